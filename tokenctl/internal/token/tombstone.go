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

	"mais/server/api"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
)

const (
	tombstoneFile   = "destroyed.json"
	tombstoneSchema = 1
	maxTombstones   = 1000 // the oldest are forgotten
	maxTombstone    = 8 << 20
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

	// Card has the key still: only its files were destroyed. Nil: the key was in them.
	Card *piv.Ref `json:"card,omitempty"`

	Report   *Report   `json:"report,omitempty"`  // that the service has not been told yet
	Reported time.Time `json:"reported,omitzero"` // when it was
}

// Report is what the service is to be told of a destruction, and how to reach it without the
// token: the key has signed it before it went.
type Report struct {
	Public string `json:"public"` // URL
	Root   string `json:"root"`   // PEM, of the root that the token trusted
	api.Destroyed
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
	err := h.edit(func(stones []Tombstone) []Tombstone {
		if at := slices.IndexFunc(stones, stone.same); at >= 0 {
			stone = stones[at]
			return nil
		}
		return append(stones, stone)
	})
	return stone, err
}

// Reported notes that the service was told of a destruction; its statement is forgotten.
func (h Home) Reported(stone Tombstone, at time.Time) error {
	return h.edit(func(stones []Tombstone) []Tombstone {
		i := slices.IndexFunc(stones, stone.same)
		if i < 0 || stones[i].Report == nil {
			return nil
		}
		stones[i].Report, stones[i].Reported = nil, at.UTC().Truncate(time.Second)
		return stones
	})
}

func (s Tombstone) same(other Tombstone) bool {
	return s.Serial == other.Serial && s.User == other.User
}

// edit changes the tombstones while no other process does; nil changes nothing.
func (h Home) edit(change func([]Tombstone) []Tombstone) error {
	f, err := hold(filepath.Join(h.dir, "."+tombstoneFile+".lock"))
	var held heldBy
	if errors.As(err, &held) {
		return fault.New(fault.Busy, "try again", "another tokenctl%s destroys a token", held.process)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	stones, err := h.Destroyed()
	if err != nil {
		return err
	}
	if stones = change(stones); stones == nil {
		return nil
	}
	return h.record(stones)
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
