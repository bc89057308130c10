package pivtest

import "mais/certs/attest"

// An instruction is what the PIV card application does at an INS byte. A vendor's is not on a
// plain card, and on others from some firmware on.
type instruction struct {
	name   string
	run    func(*Card, command) ([]byte, status)
	vendor bool
	since  attest.Version
}

var instructions map[byte]instruction

func init() { // the table and what it names refer to one another
	instructions = map[byte]instruction{
		insVerify:          {name: "VERIFY", run: (*Card).verify},
		insChangeReference: {name: "CHANGE REFERENCE DATA", run: (*Card).changeReference},
		insResetRetry:      {name: "RESET RETRY COUNTER", run: (*Card).resetRetry},
		insAuthenticate:    {name: "GENERAL AUTHENTICATE", run: (*Card).authenticate},
		insGenerate:        {name: "GENERATE ASYMMETRIC KEY PAIR", run: (*Card).generate},
		insGetData:         {name: "GET DATA", run: (*Card).getData},
		insPutData:         {name: "PUT DATA", run: (*Card).putData},
		insSelect:          {name: "SELECT", run: (*Card).selectApplication},
		insGetResponse:     {name: "GET RESPONSE"}, // see Transmit

		insGetVersion:       {name: "GET VERSION", run: (*Card).getVersion, vendor: true},
		insGetSerial:        {name: "GET SERIAL", run: (*Card).getSerial, vendor: true, since: attest.Version{Major: 5}},
		insGetMetadata:      {name: "GET METADATA", run: (*Card).getMetadata, vendor: true, since: attest.Version{Major: 5, Minor: 3}},
		insAttest:           {name: "ATTEST", run: (*Card).attest, vendor: true, since: attest.Version{Major: 4, Minor: 3}},
		insSetRetries:       {name: "SET PIN RETRIES", run: (*Card).setRetries, vendor: true},
		insReset:            {name: "RESET", run: (*Card).reset, vendor: true},
		insImport:           {name: "IMPORT ASYMMETRIC KEY", run: (*Card).importKey, vendor: true},
		insSetManagementKey: {name: "SET MANAGEMENT KEY", run: (*Card).setManagementKey, vendor: true},
	}
}

// Transmit gives the card a command APDU and returns its answer: data and status word. Nil is
// the answer of a card that was pulled out (see Before); after that it has no power, and Reset
// is not needed.
func (c *Card) Transmit(apdu []byte) []byte {
	fate := c.fate(apdu)
	c.mu.Lock()
	defer c.mu.Unlock()
	var answer []byte
	if fate != Pull {
		answer = c.transmit(apdu)
	}
	if fate != Stay {
		c.session = session{}
		return nil
	}
	return answer
}

func (c *Card) transmit(apdu []byte) []byte {
	rest := c.rest
	c.rest = nil
	cmd, ok := parse(apdu)
	switch {
	case !ok:
		return statusLength.bytes()
	case cmd.class&0xe0 == 0 && cmd.class&0x03 != 0:
		return statusChannel.bytes()
	case cmd.class&0xe0 == 0 && cmd.class&0x0c != 0:
		return statusSecure.bytes()
	case cmd.class&^chained != 0:
		return statusClass.bytes()
	case cmd.ins == insGetResponse:
		return c.getResponse(rest, cmd)
	}
	cmd, done, s := c.join(cmd)
	if !done {
		return s.bytes()
	}
	data, s := c.run(cmd)
	if cmd.ins != insVerify {
		c.fresh = false
	}
	if s == statusOK {
		return c.answer(data, cmd.expected)
	}
	return s.bytes()
}

// run lets the selected application answer. Only the PIV card application does much.
func (c *Card) run(cmd command) ([]byte, status) {
	if cmd.ins == insSelect {
		return c.selectApplication(cmd)
	}
	switch c.selected {
	case applicationPIV:
		ins, ok := instructions[cmd.ins]
		if !ok || ins.vendor && (c.state.Plain || !c.state.has(ins.since)) {
			return nil, statusUnknown
		}
		return ins.run(c, cmd)
	case applicationManagement:
		return c.management(cmd)
	case applicationOTP:
		return c.otp(cmd)
	}
	return nil, statusUnknown
}
