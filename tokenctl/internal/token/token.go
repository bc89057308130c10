// Package token keeps tokens: a private key, its certificate, the root that both sides
// trust, and where the service is.
//
// A token is a directory NAME in a [Home] with token.json, cert.pem (the certificate and its
// issuing CA), roots.pem and pins.json (the server's keys). Its key is in key.pem (PKCS#8),
// with token.p12 for a person's browsers, or on a card that token.json names; a [Keeper] opens
// it. Start with [Home.Open] to use a token, and with [Home.Lock] to make or replace one.
//
// A token is replaced whole: the new one is made in the hidden directory .NAME.next, and
// takes the place of the old by renaming, so that key and certificate always belong
// together, whenever the machine stops. The package does not talk to the service.
package token

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"mais/certs"
	"mais/certs/pins"
	"mais/config"
	"mais/tokenctl/internal/fault"
)

// The files of a token.
const (
	metaFile  = "token.json"
	keyFile   = "key.pem"
	certFile  = "cert.pem"
	rootsFile = "roots.pem"
	pinsFile  = "pins.json"
	p12File   = "token.p12"
	cardFile  = "card.json" // of a token in the making

	dirMode, fileMode = 0o700, 0o600

	maxFileBytes = 256 << 10
)

// Token is a token as its files have it, key still locked.
type Token struct {
	Meta
	Name  string
	Dir   string
	Chain []*x509.Certificate // its certificate first, then the issuing CA
	Root  *x509.Certificate
	Pins  pins.Announcement // the keys of the server behind Mutual
	key   []byte            // PEM; nil: it is on a card
}

// Contents is everything that a new token consists of besides its key.
type Contents struct {
	Meta  Meta
	Chain []*x509.Certificate
	Root  *x509.Certificate
	Pins  pins.Announcement
}

// Certificate returns the token's own certificate.
func (t *Token) Certificate() *x509.Certificate { return t.Chain[0] }

// Encrypted reports whether the key needs a passphrase. A site's may not, because nobody is
// there to type one.
func (t *Token) Encrypted() bool {
	block, _ := pem.Decode(t.key)
	return block != nil && block.Type == "ENCRYPTED PRIVATE KEY"
}

// RenewFrom returns the moment from which the token should be renewed: two thirds of its life.
func (t *Token) RenewFrom() time.Time {
	cert := t.Certificate()
	return cert.NotBefore.Add(cert.NotAfter.Sub(cert.NotBefore) * 2 / 3)
}

// The states of a token as far as this computer knows; the service knows more.
const (
	StateGood       = "good"
	StateDue        = "renewal-due"
	StateExpired    = "expired"
	StateRevoked    = "revoked"    // from here, or the service said so
	StateHeld       = "held"       // the service said so
	StateSuperseded = "superseded" // the service said so
)

// refusals are the states that the service tells.
var refusals = []string{StateHeld, StateRevoked, StateSuperseded, StateExpired}

// State says how the token stands at now. What the service said of it lasts until the service
// takes it again.
func (t *Token) State(now time.Time) string {
	switch {
	case t.Revoked != nil:
		return StateRevoked
	case t.Refused != nil:
		return t.Refused.As
	case now.After(t.Certificate().NotAfter):
		return StateExpired
	case !now.Before(t.RenewFrom()):
		return StateDue
	}
	return StateGood
}

// Unlock returns the token ready for TLS.
func (t *Token) Unlock(keeper Keeper) (tls.Certificate, error) {
	key, err := keeper.open(t)
	if err != nil {
		return tls.Certificate{}, err
	}
	if !certs.SameKey(key.Public(), t.Certificate().PublicKey) {
		return tls.Certificate{}, damaged(t.Dir, errors.New("key.pem and cert.pem do not belong together"))
	}
	return TLSCertificate(key, t.Chain), nil
}

// TLSCertificate joins a key and its chain for a handshake.
func TLSCertificate(key crypto.Signer, chain []*x509.Certificate) tls.Certificate {
	out := tls.Certificate{PrivateKey: key, Leaf: chain[0]}
	for _, cert := range chain {
		out.Certificate = append(out.Certificate, cert.Raw)
	}
	return out
}

func unlock(text []byte, passphrase config.Secret, dir string) (crypto.Signer, error) {
	key, err := certs.ParseKey(text, passphrase.Reveal())
	if errors.Is(err, certs.ErrPassphrase) {
		return nil, fault.New(fault.WrongPassphrase, "try again; the passphrase is the one chosen at enrolment, and nobody can reset it",
			"the passphrase does not open %s", filepath.Join(dir, keyFile))
	}
	if err != nil {
		return nil, damaged(dir, err)
	}
	return key, nil
}

// load reads the files of a token and checks that they fit together, as far as that goes
// without the key.
func load(dir, name string) (*Token, error) {
	t := &Token{Name: name, Dir: dir}
	text, err := readFile(dir, metaFile)
	if err != nil {
		return nil, err
	}
	if t.Meta, err = ParseMeta(text); err != nil {
		return nil, damaged(dir, err)
	}
	if t.Card == nil {
		if t.key, err = readFile(dir, keyFile); err != nil {
			return nil, err
		}
	}
	if t.Chain, err = readCertificates(dir, certFile); err != nil {
		return nil, err
	}
	roots, err := readCertificates(dir, rootsFile)
	if err != nil {
		return nil, err
	}
	t.Root = roots[0]
	if t.Pins, err = readPins(dir); err != nil {
		return nil, err
	}
	if serial := certs.SerialHex(t.Certificate().SerialNumber); serial != t.Serial {
		return nil, damaged(dir, errors.New("token.json names the serial "+t.Serial+", cert.pem has "+serial))
	}
	return t, nil
}

func readCertificates(dir, name string) ([]*x509.Certificate, error) {
	text, err := readFile(dir, name)
	if err != nil {
		return nil, err
	}
	out, err := certs.ParseCertificates(text)
	if err != nil {
		return nil, damaged(dir, err)
	}
	return out, nil
}

func readFile(dir, name string) ([]byte, error) { return readOwned(dir, name, os.Geteuid()) }

// readOwned refuses a file that is not the user's own: whoever put it there knows its key.
func readOwned(dir, name string, user int) ([]byte, error) {
	path := filepath.Join(dir, name)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, damaged(dir, errors.New("there is no "+name))
	}
	if err != nil {
		return nil, damaged(dir, err)
	}
	if name == keyFile && info.Mode().Perm()&0o077 != 0 {
		return nil, fault.New(fault.Damaged, "if nobody has copied it, run: chmod 600 "+path+"; otherwise have the token revoked",
			"others on this machine can read the key in %s", path)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != user {
		return nil, fault.New(fault.Damaged, "use it as the user it belongs to, or give another directory with --home",
			"%s belongs to another user of this machine, who could have put it there", path)
	}
	if info.Size() > maxFileBytes {
		return nil, damaged(dir, errors.New(name+" is too long"))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, damaged(dir, err)
	}
	return text, nil
}

func damaged(dir string, cause error) error {
	return fault.New(fault.Damaged, "restore the directory from a copy, or ask your administrator for a new invitation and enrol again with --replace",
		"the token in %s cannot be used", dir).Because(cause)
}
