package token

import (
	"crypto"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"mais/certs"
	"mais/config"
	"mais/tokenctl/internal/fault"
)

const (
	intentFile = "pending.json"

	// keepPending is how long a key whose certificate never came is worth keeping: the
	// service gives the same key the same certificate for ten minutes after it issued it.
	keepPending = 15 * time.Minute
)

// Intent is what a token in the making is for. Two runs with the same intent are one
// attempt, and share the key.
type Intent struct {
	Act    string `json:"act"`    // enrol or renew
	Server string `json:"server"` // the URL that is asked
	Root   string `json:"root"`   // the fingerprint of the root
	For    string `json:"for"`    // the holder, or the serial that is renewed
}

// Pending is a token in the making. Its key is on disk before anybody is asked to certify
// it, so that a connection that breaks after the service has issued costs nothing.
type Pending struct {
	lock *Lock
	dir  string
	Key  crypto.Signer
	Made bool // the certificate is there as well: nothing is left to ask
	pass config.Secret
}

// Waiting reports whether an earlier run left a key for the same intent. An older or other
// one is forgotten.
func (l *Lock) Waiting(want Intent, now time.Time) (bool, error) {
	dir := l.home.next(l.name)
	var kept struct {
		Intent
		Tried time.Time `json:"tried"`
	}
	text, err := os.ReadFile(filepath.Join(dir, intentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, os.RemoveAll(dir)
	}
	if err != nil {
		return false, err
	}
	if json.Unmarshal(text, &kept) != nil || kept.Intent != want {
		return false, os.RemoveAll(dir)
	}
	if _, err := load(dir, l.name); err == nil {
		return true, nil // whole: it never gets too old
	}
	if age := now.Sub(kept.Tried); age < 0 || age > keepPending {
		return false, os.RemoveAll(dir)
	}
	return true, nil
}

// Start makes a key and keeps it under the passphrase, or in the clear when there is none.
func (l *Lock) Start(intent Intent, passphrase config.Secret, now time.Time) (*Pending, error) {
	key, err := certs.NewKey()
	if err != nil {
		return nil, err
	}
	text, err := certs.EncodeKey(key, secretOrNil(passphrase))
	if err != nil {
		return nil, err
	}
	part, err := os.MkdirTemp(l.home.dir, partPattern.of(l.name)+"-")
	if err != nil {
		return nil, fault.New(fault.Failed, "", "keep the new key").Because(err)
	}
	err = writeFile(part, keyFile, text)
	if err == nil {
		err = writeIntent(part, intent, now)
	}
	if err == nil {
		err = errors.Join(syncDir(part), os.RemoveAll(l.home.next(l.name)))
	}
	if err == nil {
		err = os.Rename(part, l.home.next(l.name))
	}
	if err != nil {
		return nil, fault.New(fault.Failed, "", "keep the new key").Because(err)
	}
	return &Pending{lock: l, dir: l.home.next(l.name), Key: key, pass: passphrase}, syncDir(l.home.dir)
}

// Resume opens the key that Waiting reported.
func (l *Lock) Resume(intent Intent, passphrase config.Secret, now time.Time) (*Pending, error) {
	dir := l.home.next(l.name)
	text, err := readFile(dir, keyFile)
	if err != nil {
		return nil, err
	}
	p := &Pending{lock: l, dir: dir, pass: passphrase}
	if p.Key, err = unlock(text, passphrase, dir); err != nil {
		return nil, err
	}
	if t, err := load(dir, l.name); err == nil {
		p.Made = certs.SameKey(p.Key.Public(), t.Certificate().PublicKey)
	}
	return p, writeIntent(dir, intent, now)
}

// Token returns the token that Fill made.
func (p *Pending) Token() (*Token, error) { return load(p.dir, p.lock.name) }

// Fill adds everything besides the key, token.json last: its presence says that the rest is
// there. A key under a passphrase gets a PKCS#12 file for browsers as well.
func (p *Pending) Fill(c Contents) error {
	files := []struct {
		name string
		text []byte
	}{
		{certFile, certs.EncodeCertificates(c.Chain...)},
		{rootsFile, certs.EncodeCertificates(c.Root)},
	}
	for _, f := range files {
		if err := writeFile(p.dir, f.name, f.text); err != nil {
			return err
		}
	}
	if !p.pass.IsZero() {
		p12, err := certs.EncodePKCS12(p.Key, c.Chain[0], append(c.Chain[1:len(c.Chain):len(c.Chain)], c.Root), p.pass.Reveal())
		if err != nil {
			return err
		}
		if err := writeFile(p.dir, p12File, p12); err != nil {
			return err
		}
	}
	if err := errors.Join(c.Pins.Check(), writePins(p.dir, c.Pins)); err != nil {
		return err
	}
	if err := writeMeta(p.dir, c.Meta); err != nil {
		return err
	}
	p.Made = true
	return nil
}

// Commit puts the token in its place, instead of the one that was there.
func (p *Pending) Commit() error {
	if err := syncDir(p.dir); err != nil {
		return err
	}
	if err := p.lock.replace(); err != nil {
		return err
	}
	return os.Remove(filepath.Join(p.lock.home.path(p.lock.name), intentFile)) // of no use from here on
}

// Discard forgets the token in the making: for answers that will not change.
func (p *Pending) Discard() error { return os.RemoveAll(p.dir) }

// MarkRevoked notes in token.json that the token was revoked.
func (t *Token) MarkRevoked(at time.Time) error {
	t.Revoked = &at
	return writeMeta(t.Dir, t.Meta)
}

func writeMeta(dir string, m Meta) error {
	if err := m.check(); err != nil {
		return err
	}
	text, err := m.encode()
	if err != nil {
		return err
	}
	if err := writeFile(dir, metaFile+".new", text); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(dir, metaFile+".new"), filepath.Join(dir, metaFile)); err != nil {
		return err
	}
	return syncDir(dir)
}

func writeIntent(dir string, intent Intent, now time.Time) error {
	text, err := json.Marshal(struct {
		Intent
		Tried time.Time `json:"tried"`
	}{intent, now})
	if err != nil {
		return err
	}
	return writeFile(dir, intentFile, text)
}

func secretOrNil(s config.Secret) []byte {
	if s.IsZero() {
		return nil
	}
	return s.Reveal()
}
