package piv

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"

	"mais/certs/attest"
	"mais/tokenctl/internal/piv/pcsc"
)

// The application identifiers (SP 800-73-5, part 1, 2.2; Yubico's OTP application).
var (
	aidPIV = []byte{0xa0, 0x00, 0x00, 0x03, 0x08}
	aidOTP = []byte{0xa0, 0x00, 0x00, 0x05, 0x27, 0x20, 0x01, 0x01}
)

// Key references (SP 800-73-5, part 1, table 4a and 4b).
const (
	refPIN        = 0x80
	refPUK        = 0x81
	refManagement = 0x9b
	refFinger     = 0x96
)

// Algorithms (SP 800-78-5, table 9).
const (
	alg3DES   = 0x03
	algAES192 = 0x0a
)

// applet is a PIV application without piv-go: for cards that piv-go does not open, and for
// what it leaves out. Its errors are status and pcsc.Code.
type applet struct {
	wire wire
}

// wire carries an APDU to a card and its answer back: a *pcsc.Card, or a test's own card.
type wire interface {
	Transmit(command []byte) ([]byte, error)
}

// send sends a command, in chained pieces where it is long (ISO/IEC 7816-4, 5.1.1), and
// collects the answer.
func (a *applet) send(ins, p1, p2 byte, data []byte) ([]byte, error) {
	const most = 255
	for ; len(data) > most; data = data[most:] {
		if _, err := a.transmit(append([]byte{0x10, ins, p1, p2, most}, data[:most]...)); err != nil {
			return nil, err
		}
	}
	command := append([]byte{0x00, ins, p1, p2, byte(len(data))}, data...)
	defer clear(command) // it may hold a PIN
	return a.transmit(command)
}

// transmit collects an answer in at most as many pieces as hold maxTLV, lest a card that always
// has more, and gives nothing, is asked for ever.
func (a *applet) transmit(command []byte) ([]byte, error) {
	var whole []byte
	for range maxTLV/256 + 1 {
		answer, err := a.wire.Transmit(command)
		if err != nil {
			return nil, err
		}
		if len(answer) < 2 {
			return nil, pcsc.NotTransacted // some readers say nothing at all of a card that went
		}
		body, word := answer[:len(answer)-2], binary.BigEndian.Uint16(answer[len(answer)-2:])
		whole = append(whole, body...)
		switch {
		case len(whole) > maxTLV:
			return nil, errTLV
		case word == 0x9000:
			return whole, nil
		case word>>8 == 0x61: // more is there
			command = []byte{0x00, 0xc0, 0x00, 0x00, byte(word)}
		default:
			return nil, status(word)
		}
	}
	return nil, errTLV
}

func (a *applet) choose(aid []byte) error {
	_, err := a.send(0xa4, 0x04, 0x00, aid)
	return err
}

// chosen reports whether PIV is the application that is selected, without selecting it.
func (a *applet) chosen() bool {
	discovery, err := a.send(0xcb, 0x3f, 0xff, []byte{0x5c, 0x01, 0x7e})
	return err == nil && bytes.Contains(discovery, aidPIV)
}

// version returns the firmware of a card with Yubico's extensions; another refuses.
func (a *applet) version() (attest.Version, error) {
	v, err := a.send(0xfd, 0, 0, nil)
	if err != nil {
		return attest.Version{}, err
	}
	if len(v) != 3 {
		return attest.Version{}, errTLV
	}
	return attest.Version{Major: v[0], Minor: v[1], Patch: v[2]}, nil
}

// serial returns the serial number. Before firmware 5 the OTP application tells it, so that
// PIV is left, and a PIN that was verified is forgotten.
func (a *applet) serial(v attest.Version) (uint32, error) {
	ins, p1 := byte(0xf8), byte(0)
	if v.Major < 5 {
		if err := a.choose(aidOTP); err != nil {
			return 0, err
		}
		defer a.choose(aidPIV)
		ins, p1 = 0x01, 0x10
	}
	serial, err := a.send(ins, p1, 0, nil)
	if err != nil {
		return 0, err
	}
	if len(serial) != 4 {
		return 0, errTLV
	}
	return binary.BigEndian.Uint32(serial), nil
}

// object returns a data object's contents; an absent one is notFound.
func (a *applet) object(id uint32) ([]byte, error) {
	answer, err := a.send(0xcb, 0x3f, 0xff, tlv(0x5c, byte(id>>16), byte(id>>8), byte(id)))
	if err != nil {
		return nil, err
	}
	contents, ok := find(answer, tagObject)
	if !ok {
		return nil, errTLV
	}
	return contents, nil
}

// put writes a data object. The management key has to be authenticated.
func (a *applet) put(id uint32, contents []byte) error {
	_, err := a.send(0xdb, 0x3f, 0xff, append(tlv(0x5c, byte(id>>16), byte(id>>8), byte(id)), tlv(tagObject, contents...)...))
	return err
}

func (a *applet) metadata(reference byte) (metadata, error) {
	answer, err := a.send(0xf7, 0x00, reference, nil)
	if err != nil {
		return metadata{left: -1}, err
	}
	return parseMetadata(answer)
}

// pinTries asks for the counter with a VERIFY that has no PIN, which costs none. A card whose
// PIN is verified does not tell: -1.
func (a *applet) pinTries() (int, error) {
	_, err := a.transmit([]byte{0x00, 0x20, 0x00, refPIN})
	switch word, ok := statusOf(err); {
	case err == nil:
		return -1, nil
	case ok && word == blocked:
		return 0, nil
	case ok && (word&0xfff0 == 0x63c0 || word&0xfff0 == 0x6300):
		return int(word & 0xf), nil
	}
	return -1, err
}

func (a *applet) verify(pin []byte) error {
	padded := pad(pin)
	defer clear(padded)
	_, err := a.send(0x20, 0x00, refPIN, padded)
	return err
}

// change replaces a PIN or PUK.
func (a *applet) change(reference byte, old, next []byte) error {
	both := append(pad(old), pad(next)...)
	defer clear(both)
	_, err := a.send(0x24, 0x00, reference, both)
	return err
}

func (a *applet) unblock(puk, pin []byte) error {
	both := append(pad(puk), pad(pin)...)
	defer clear(both)
	_, err := a.send(0x2c, 0x00, refPIN, both)
	return err
}

// pad fills a secret of at most eight bytes with FF (SP 800-73-5, part 2, 2.4.3).
func pad(secret []byte) []byte {
	padded := bytes.Repeat([]byte{0xff}, 8)
	copy(padded, secret)
	return padded
}

var errForeignCard = errors.New("the card does not know its own management key")

// authenticate proves the management key to the card, and has the card prove it as well (SP
// 800-73-5, part 2, appendix A.1).
func (a *applet) authenticate(key []byte) error {
	algorithm := byte(alg3DES)
	if m, err := a.metadata(refManagement); err == nil {
		algorithm = m.algorithm
	}
	block, err := managementCipher(algorithm, key)
	if err != nil {
		return err
	}
	n := block.BlockSize()
	answer, err := a.send(0x87, algorithm, refManagement, tlv(0x7c, tlv(0x80)...))
	if err != nil {
		return err
	}
	witness, err := authentication(answer, 0x80, n)
	if err != nil {
		return err
	}
	proof, challenge, want := make([]byte, n), random(n), make([]byte, n)
	block.Decrypt(proof, witness)
	block.Encrypt(want, challenge)
	answer, err = a.send(0x87, algorithm, refManagement, tlv(0x7c, append(tlv(0x80, proof...), tlv(0x81, challenge...)...)...))
	if err != nil {
		return err
	}
	got, err := authentication(answer, 0x82, n)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(got, want) != 1 {
		return errForeignCard
	}
	return nil
}

// setManagementKey replaces the management key (Yubico's PIV extensions, SET MANAGEMENT KEY). The
// old one has to be authenticated, and stays so.
func (a *applet) setManagementKey(algorithm byte, key []byte) error {
	data := append([]byte{algorithm, refManagement, byte(len(key))}, key...)
	defer clear(data)
	_, err := a.send(0xff, 0xff, 0xff, data)
	return err
}

// generate makes a key in a slot (SP 800-73-5, part 2, 3.3.2, with Yubico's policies). The
// management key has to be authenticated.
func (a *applet) generate(slot, algorithm byte, spec KeySpec) (crypto.PublicKey, error) {
	answer, err := a.send(0x47, 0x00, slot, tlv(0xac, 0x80, 1, algorithm, 0xaa, 1, byte(spec.PIN), 0xab, 1, byte(spec.Touch)))
	if err != nil {
		return nil, err
	}
	public, ok := find(answer, 0x7f49)
	key := publicKey(algorithm, public)
	if !ok || key == nil {
		return nil, errTLV
	}
	return key, nil
}

func authentication(answer []byte, tag uint32, n int) ([]byte, error) {
	template, _ := find(answer, 0x7c)
	value, ok := find(template, tag)
	if !ok || len(value) != n {
		return nil, errTLV
	}
	return value, nil
}

func managementCipher(algorithm byte, key []byte) (cipher.Block, error) {
	switch algorithm {
	case 0x03:
		return des.NewTripleDESCipher(key)
	case 0x08, 0x0a, 0x0c:
		return aes.NewCipher(key)
	}
	return nil, fmt.Errorf("management key of an unknown kind: %s", algorithmName(algorithm))
}

// isGone tells a card that went, or a service, from one that refuses.
func isGone(err error) bool {
	_, gone := codeOf(err)
	return gone
}

func atLeast(v attest.Version, major, minor byte) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}
