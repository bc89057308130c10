package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"mais/tokenctl/internal/fault"
)

const (
	tombstoneFile   = "destroyed.json"
	tombstoneSchema = 1
	maxTombstones   = 1000 // the oldest are forgotten
	maxTombstone    = 4 << 20
)

// Tombstone is what remains of a token that was destroyed. It holds no secret.
type Tombstone struct {
	Name     string    `json:"name"`
	Kind     string    `json:"kind"`
	User     string    `json:"user"`
	Holder   string    `json:"holder"`
	Serial   string    `json:"serial"`
	NotAfter time.Time `json:"not_after"` // of its certificate
	At       time.Time `json:"at"`        // when it was destroyed
	Why      string    `json:"why"`       // expired, revoked, superseded, unknown-token or not-asked
}

type tombstones struct {
	Schema    int         `json:"schema"`
	Destroyed []Tombstone `json:"destroyed"`
}

// Destroyed returns the tombstones of the home, oldest first.
func (h Home) Destroyed() ([]Tombstone, error) {
	path := filepath.Join(h.dir, tombstoneFile)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	unreadable := func(cause error) error {
		return fault.New(fault.Damaged, "move it aside", "%s, the record of destroyed tokens, cannot be used", path).Because(cause)
	}
	if err != nil {
		return nil, unreadable(err)
	}
	if info.Size() > maxTombstone {
		return nil, unreadable(fmt.Errorf("%d bytes, at most %d", info.Size(), maxTombstone))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(err)
	}
	var all tombstones
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, unreadable(err)
	}
	if all.Schema != tombstoneSchema {
		return nil, unreadable(fmt.Errorf("schema %d, this tokenctl reads %d", all.Schema, tombstoneSchema))
	}
	return all.Destroyed, nil
}

// bury writes a tombstone, once for each serial, before anything is wiped: a wipe that was
// cut off is finished by what it says.
func (h Home) bury(stone Tombstone) error {
	f, err := hold(filepath.Join(h.dir, "."+tombstoneFile+".lock"))
	var held heldBy
	if errors.As(err, &held) {
		return fault.New(fault.Busy, "try again", "another tokenctl%s destroys a token", held)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	stones, err := h.Destroyed()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(stones, func(s Tombstone) bool { return s.Serial == stone.Serial && s.User == stone.User }) {
		return nil
	}
	stones = append(stones, stone)
	text, err := json.MarshalIndent(tombstones{tombstoneSchema, stones[max(0, len(stones)-maxTombstones):]}, "", "  ")
	if err != nil {
		return err
	}
	part := "." + tombstoneFile + ".new"
	if err := writeFile(h.dir, part, append(text, '\n')); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(h.dir, part), filepath.Join(h.dir, tombstoneFile)); err != nil {
		return err
	}
	return syncDir(h.dir)
}

// Destroy wipes a token for good and leaves its tombstone, why being what ended it; the
// caller has made sure that it has ended. It returns the files in the token's directory that
// are not a token's, which stay. A token that is kept renewed at this moment is not touched.
func (h Home) Destroy(t *Token, why string, now time.Time) (left []string, err error) {
	return h.destroy(t.Name, func() error {
		current, err := h.Open(t.Name)
		if err != nil {
			return err
		}
		if current.Serial != t.Serial {
			return fault.New(fault.Busy, "look at it again", "the token %s was replaced in the meantime", t.Name)
		}
		return h.bury(Tombstone{Name: t.Name, Kind: t.Kind, User: t.User, Holder: t.Holder, Serial: t.Serial,
			NotAfter: t.Certificate().NotAfter.UTC(), At: now.UTC().Truncate(time.Second), Why: why})
	})
}

// Finish wipes what is left of a token whose destruction was cut off, and reports whether
// there was one: its tombstone is there, and its directory cannot be opened any more.
func (h Home) Finish(name string) (stone Tombstone, left []string, found bool, err error) {
	if CheckName(name) != nil {
		return Tombstone{}, nil, false, nil
	}
	if _, err := h.Open(name); !fault.Is(err, fault.Damaged) {
		return Tombstone{}, nil, false, nil
	}
	stones, err := h.Destroyed()
	if err != nil {
		return Tombstone{}, nil, false, err
	}
	for _, s := range slices.Backward(stones) {
		if s.Name == name && h.remainsOf(s) {
			left, err = h.destroy(name, func() error { return nil })
			return s, left, true, err
		}
	}
	return Tombstone{}, nil, false, nil
}

// remainsOf reports whether what stands under a tombstone's name is that token or parts of
// it, and not another one that is damaged.
func (h Home) remainsOf(s Tombstone) bool {
	text, err := os.ReadFile(filepath.Join(h.path(s.Name), metaFile))
	if errors.Is(err, fs.ErrNotExist) {
		return true // it goes last
	}
	m, err2 := ParseMeta(text)
	return err == nil && err2 == nil && m.Serial == s.Serial
}

func (h Home) destroy(name string, before func() error) (left []string, err error) {
	release, err := h.Watch(name)
	if err != nil {
		return nil, err
	}
	defer release()
	l, err := h.Lock(name)
	if err != nil {
		return nil, err
	}
	defer l.Unlock()
	if err := before(); err != nil {
		return nil, err
	}
	if _, err := wipe(h.next(name)); err != nil { // a key in the making dies with it
		return nil, err
	}
	if err := os.Remove(h.path(donePattern.of(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return wipe(h.path(name))
}
