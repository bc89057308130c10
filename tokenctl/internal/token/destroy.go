package token

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"mais/tokenctl/internal/fault"
)

// Destroy wipes a token for good and leaves its tombstone, why being what ended it; the
// caller has made sure that it has ended. report, if the key was there to sign it, is kept in
// the tombstone until [Home.Reported]. It returns the files in the token's directory that
// are not a token's, which stay. A token that is kept renewed at this moment is not touched.
func (h Home) Destroy(t *Token, why string, report *Report, now time.Time) (stone Tombstone, left []string, err error) {
	left, err = h.destroy(t.Name, func() error {
		current, err := h.Open(t.Name)
		if err != nil {
			return err
		}
		if current.Serial != t.Serial {
			return fault.New(fault.Busy, "look at it again", "the token %s was replaced in the meantime", t.Name)
		}
		stone, err = h.bury(Tombstone{Name: t.Name, Kind: t.Kind, User: t.User, Holder: t.Holder, Serial: t.Serial,
			NotAfter: t.Certificate().NotAfter.UTC(), At: now.UTC().Truncate(time.Second), Why: why, Card: t.Card, Report: report})
		return err
	})
	return stone, left, err
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
