package pivtest

// A status is the status word that ends an answer (ISO/IEC 7816-4, 5.1.3).
type status uint16

const (
	statusOK         status = 0x9000
	statusMore       status = 0x6100 // and how many bytes GET RESPONSE will bring
	statusWrong      status = 0x63c0 // and how many tries are left
	statusMemory     status = 0x6581
	statusLength     status = 0x6700
	statusChannel    status = 0x6881
	statusSecure     status = 0x6882
	statusSecurity   status = 0x6982 // security status not satisfied
	statusBlocked    status = 0x6983
	statusConditions status = 0x6985
	statusData       status = 0x6a80
	statusNotFound   status = 0x6a82
	statusFull       status = 0x6a84
	statusP1P2       status = 0x6a86
	statusReference  status = 0x6a88
	statusUnknown    status = 0x6d00
	statusClass      status = 0x6e00
)

func (s status) bytes() []byte { return []byte{byte(s >> 8), byte(s)} }

// The instructions (SP 800-73-5, part 2, table 2), then Yubico's.
const (
	insVerify           = 0x20
	insChangeReference  = 0x24
	insResetRetry       = 0x2c
	insGenerate         = 0x47
	insAuthenticate     = 0x87
	insSelect           = 0xa4
	insGetResponse      = 0xc0
	insGetData          = 0xcb
	insPutData          = 0xdb
	insGetMetadata      = 0xf7
	insGetSerial        = 0xf8
	insAttest           = 0xf9
	insSetRetries       = 0xfa
	insReset            = 0xfb
	insGetVersion       = 0xfd
	insImport           = 0xfe
	insSetManagementKey = 0xff
)

// A command is a whole command APDU, its chain put together.
type command struct {
	class, ins, p1, p2 byte
	data               []byte
	expected           int // the most bytes that the answer may have
}

// chained says that more of the same command follows (ISO/IEC 7816-4, 5.1.1.1).
const chained = 0x10

const (
	maxShort    = 256
	maxExtended = 65536
	// maxCommand is what a chain may come to: a data object of the largest size and its tags.
	maxCommand = maxObject + 64
)

// parse reads a command APDU of any of the seven cases of ISO/IEC 7816-3, 12.1.3. A missing Le
// leaves the answer's length to the card, as the clients that leave it away expect.
func parse(apdu []byte) (cmd command, ok bool) {
	if len(apdu) < 4 {
		return command{}, false
	}
	cmd = command{class: apdu[0], ins: apdu[1], p1: apdu[2], p2: apdu[3], expected: maxShort}
	body := apdu[4:]
	switch {
	case len(body) == 0:
		return cmd, true
	case len(body) == 1:
		cmd.expected = length(int(body[0]), maxShort)
		return cmd, true
	case body[0] == 0 && len(body) == 3:
		cmd.expected = length(int(body[1])<<8|int(body[2]), maxExtended)
		return cmd, true
	case body[0] == 0 && len(body) > 3:
		return cmd.withData(body[3:], int(body[1])<<8|int(body[2]), 2, maxExtended)
	case body[0] == 0:
		return command{}, false
	}
	return cmd.withData(body[1:], int(body[0]), 1, maxShort)
}

// withData takes n bytes of data, then an Le of width bytes or none.
func (cmd command) withData(body []byte, n, width, most int) (command, bool) {
	if n == 0 || n > len(body) {
		return command{}, false
	}
	cmd.data = body[:n]
	switch le := body[n:]; {
	case len(le) == 0:
		return cmd, true
	case len(le) == width && width == 1:
		cmd.expected = length(int(le[0]), most)
	case len(le) == width:
		cmd.expected = length(int(le[0])<<8|int(le[1]), most)
	default:
		return command{}, false
	}
	return cmd, true
}

// length reads an Le, where 0 is the most that it can say.
func length(le, most int) int {
	if le == 0 {
		return most
	}
	return le
}

// join adds what is part of a chain to what came before, and says whether the command is
// whole. Another command in between drops the chain.
func (c *session) join(cmd command) (whole command, done bool, s status) {
	chain := c.chain
	c.chain = nil
	if chain != nil && chain.ins == cmd.ins && chain.p1 == cmd.p1 && chain.p2 == cmd.p2 {
		cmd.data = append(chain.data, cmd.data...)
	} else {
		cmd.data = append([]byte(nil), cmd.data...)
	}
	if len(cmd.data) > maxCommand {
		return command{}, false, statusLength
	}
	if cmd.class&chained == 0 {
		return cmd, true, statusOK
	}
	c.chain = &cmd
	return command{}, false, statusOK
}

// answer cuts an answer to what was asked for and keeps the rest for GET RESPONSE.
func (c *session) answer(data []byte, expected int) []byte {
	if len(data) <= expected {
		return append(data, statusOK.bytes()...)
	}
	c.rest = data[expected:]
	left := status(min(len(c.rest), maxShort) & 0xff) // 0 is 256 and more
	return append(data[:expected:expected], (statusMore | left).bytes()...)
}

// getResponse brings what the last answer left.
func (c *session) getResponse(rest []byte, cmd command) []byte {
	if rest == nil || cmd.p1 != 0 || cmd.p2 != 0 {
		return statusConditions.bytes()
	}
	return c.answer(rest, cmd.expected)
}
