package token

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
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
	Card   bool   `json:"card"`   // the key is on a card, or to be made there
}

// Pending is a token in the making. Its key is there, and found again, before anybody is asked
// to certify it, so that a connection that breaks after the service has issued costs nothing.
type Pending struct {
	lock     *Lock
	dir      string
	keeper   Keeper
	card     *piv.Ref
	Key      crypto.Signer
	Evidence api.KeyEvidence // of how the key is held
	Made     bool            // the certificate is there as well: nothing is left to ask
}

// Left is what an earlier run for the same intent has left.
type Left struct {
	Key  bool // there is one, or it was about to be made on a card
	Made bool // and its certificate
	Card Mark // where it is, if on a card
}

// Waiting says what an earlier run has left for the same intent. What is older or for another
// is forgotten, except a key on a card: that is not copied, and as good as on its first day.
func (l *Lock) Waiting(want Intent, now time.Time) (Left, error) {
	dir := l.home.next(l.name)
	var kept struct {
		Intent
		Tried time.Time `json:"tried"`
	}
	text, err := os.ReadFile(filepath.Join(dir, intentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Left{}, os.RemoveAll(dir)
	}
	if err != nil {
		return Left{}, err
	}
	if json.Unmarshal(text, &kept) != nil || kept.Intent != want {
		return Left{}, os.RemoveAll(dir)
	}
	mark, err := readMark(dir)
	if err != nil {
		return Left{}, os.RemoveAll(dir)
	}
	if _, err := load(dir, l.name); err == nil {
		return Left{Key: true, Made: true, Card: mark}, nil // whole: it never gets too old
	}
	if age := now.Sub(kept.Tried); mark.Slot == "" && (age < 0 || age > keepPending) {
		return Left{}, os.RemoveAll(dir)
	}
	return Left{Key: true, Card: mark}, nil
}

// Start makes a key where the keeper keeps it.
func (l *Lock) Start(ctx context.Context, intent Intent, keeper Keeper, now time.Time) (*Pending, error) {
	keep := func() error {
		part, err := os.MkdirTemp(l.home.dir, partPattern.of(l.name)+"-")
		if err != nil {
			return err
		}
		if err := keeper.mark(part); err != nil {
			return err
		}
		if err := writeIntent(part, intent, now); err != nil {
			return err
		}
		if err := errors.Join(syncDir(part), os.RemoveAll(l.home.next(l.name))); err != nil {
			return err
		}
		return errors.Join(os.Rename(part, l.home.next(l.name)), syncDir(l.home.dir))
	}
	if err := keep(); err != nil {
		return nil, fault.New(fault.Failed, "", "keep the new key").Because(err)
	}
	return l.pending(ctx, keeper)
}

// Resume goes on with the key that Waiting told of.
func (l *Lock) Resume(ctx context.Context, intent Intent, keeper Keeper, now time.Time) (*Pending, error) {
	p, err := l.pending(ctx, keeper)
	if err != nil {
		return nil, err
	}
	if t, err := load(p.dir, l.name); err == nil {
		p.Made = certs.SameKey(p.Key.Public(), t.Certificate().PublicKey)
	}
	return p, writeIntent(p.dir, intent, now)
}

func (l *Lock) pending(ctx context.Context, keeper Keeper) (*Pending, error) {
	dir := l.home.next(l.name)
	made, err := keeper.make(ctx, dir)
	if err != nil {
		return nil, err
	}
	return &Pending{lock: l, dir: dir, keeper: keeper, card: made.card, Key: made.key, Evidence: made.evidence}, nil
}

// Token returns the token that Fill made.
func (p *Pending) Token() (*Token, error) { return load(p.dir, p.lock.name) }

// Fill adds everything besides the key, token.json last: its presence says that the rest is
// there.
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
	if err := errors.Join(c.Pins.Check(), writePins(p.dir, c.Pins)); err != nil {
		return err
	}
	c.Meta.Card = p.card
	if err := writeMeta(p.dir, c.Meta); err != nil {
		return err
	}
	p.Made = true
	return nil
}

// Commit equips browsers with the new certificate, in token.p12 or on the card, and puts the
// token in its place, instead of the one that was there.
func (p *Pending) Commit(ctx context.Context) error {
	t, err := p.Token()
	if err != nil {
		return err
	}
	if err := p.keeper.equip(ctx, t, p.Key); err != nil {
		return err
	}
	if err := syncDir(p.dir); err != nil {
		return err
	}
	if err := p.lock.replace(); err != nil {
		return err
	}
	return removeFiles(p.lock.home.path(p.lock.name), intentFile, cardFile) // of no use from here on
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
