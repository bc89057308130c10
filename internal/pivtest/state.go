package pivtest

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"mais/certs/attest"
)

// state is what a card keeps without power, and its file.
type state struct {
	Plain    bool `json:",omitempty"`
	NoPUK    bool `json:",omitempty"`
	Serial   uint32
	Firmware attest.Version
	Form     attest.FormFactor
	Maker    *Maker `json:",omitempty"`

	PIN, PUK   secret
	Management managementKey
	Keys       map[byte]*key
	Objects    map[uint32][]byte // by tag, without the 53 around them
}

// blank is the card from the factory. What the maker put on it stays.
func (s *state) blank() {
	s.PIN, s.PUK = newSecret(DefaultPIN, 3), newSecret(DefaultPUK, 3)
	s.Management = managementKey{Algorithm: alg3DES, Value: DefaultManagementKey}
	if s.has(attest.Version{Major: 5, Minor: 7}) && !s.Plain {
		s.Management.Algorithm = algAES192
	}
	attester, cert := s.Keys[slotAttestation], s.Objects[objectAttestation]
	s.Keys, s.Objects = map[byte]*key{}, map[uint32][]byte{}
	if attester != nil {
		s.Keys[slotAttestation], s.Objects[objectAttestation] = attester, cert
	}
}

// has says whether the firmware is this one or a later one.
func (s *state) has(v attest.Version) bool {
	f := s.Firmware
	return bytes.Compare([]byte{f.Major, f.Minor, f.Patch}, []byte{v.Major, v.Minor, v.Patch}) >= 0
}

func (s *state) version() string {
	return fmt.Sprintf("%d.%d.%d", s.Firmware.Major, s.Firmware.Minor, s.Firmware.Patch)
}

// load reads the card from its file, if it has one.
func (c *Card) load() (found bool, err error) {
	if c.file == "" {
		return false, nil
	}
	text, err := os.ReadFile(c.file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &c.state)
	}
	if err != nil {
		return false, fmt.Errorf("read the card %s: %w", c.file, err)
	}
	return true, nil
}

// save writes the card's file as a whole or not at all.
func (c *Card) save() error {
	if c.file == "" {
		return nil
	}
	text, err := json.MarshalIndent(&c.state, "", "  ")
	if err != nil {
		return fmt.Errorf("write the card %s: %w", c.file, err)
	}
	next, err := os.CreateTemp(filepath.Dir(c.file), filepath.Base(c.file)+".*") // 0600: it holds keys
	if err != nil {
		return fmt.Errorf("write the card: %w", err)
	}
	_, err = next.Write(text)
	if err = errors.Join(err, next.Close()); err == nil {
		err = os.Rename(next.Name(), c.file)
	}
	if err != nil {
		os.Remove(next.Name())
		return fmt.Errorf("write the card: %w", err)
	}
	return nil
}

// saved keeps the card and returns s, or what a card says whose memory fails.
func (c *Card) saved(s status) status {
	if c.save() != nil {
		return statusMemory
	}
	return s
}

// keyFile is a key as the card's file has it.
type keyFile struct {
	Algorithm byte
	PIN       attest.PINPolicy
	Touch     attest.TouchPolicy
	Generated bool
	PKCS8     []byte
}

// MarshalJSON writes the private key too.
func (k *key) MarshalJSON() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return nil, err
	}
	return json.Marshal(keyFile{k.Algorithm, k.PIN, k.Touch, k.Generated, der})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (k *key) UnmarshalJSON(text []byte) error {
	var f keyFile
	if err := json.Unmarshal(text, &f); err != nil {
		return err
	}
	private, err := parseSigner(f.PKCS8)
	*k = key{f.Algorithm, f.PIN, f.Touch, f.Generated, private}
	return err
}
