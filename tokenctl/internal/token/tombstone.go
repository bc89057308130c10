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

// bury writes a tombstone before anything is wiped: a wipe that was cut off is finished by
// what it says. It returns the one that stands; the first for a serial does.
func (h Home) bury(stone Tombstone) (Tombstone, error) {
	f, err := hold(filepath.Join(h.dir, "."+tombstoneFile+".lock"))
	var held heldBy
	if errors.As(err, &held) {
		return stone, fault.New(fault.Busy, "try again", "another tokenctl%s destroys a token", held.process)
	}
	if err != nil {
		return stone, err
	}
	defer f.Close()
	stones, err := h.Destroyed()
	if err != nil {
		return stone, err
	}
	same := func(s Tombstone) bool { return s.Serial == stone.Serial && s.User == stone.User }
	if at := slices.IndexFunc(stones, same); at >= 0 {
		return stones[at], nil
	}
	return stone, h.record(append(stones, stone))
}

func (h Home) record(stones []Tombstone) error {
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
