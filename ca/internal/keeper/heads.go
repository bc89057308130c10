package keeper

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"mais/ca/internal/journal"
	"mais/ca/internal/store"
)

// headOf reads a head as the database has it.
func headOf(h store.JournalHead) journal.Head {
	out := journal.Head{Name: journal.Name{Journal: h.Journal, Number: h.Number}}
	if raw, err := hex.DecodeString(h.Hash); err == nil {
		copy(out.Hash[:], raw)
	}
	return out
}

// tell makes the announcement of the heads that were raised last, all of them committed. The
// caller holds mu.
func (k *Keeper) tell(l store.JournalLook) {
	heads := slices.DeleteFunc(slices.Clone(l.Heads), func(h store.JournalHead) bool { return h.Number == 0 })
	var told []string
	signed := map[journal.Name]string{}
	for _, h := range heads[:min(len(heads), maxTold)] {
		head := headOf(h)
		text, ok := k.signed[head.Name]
		if !ok {
			var err error
			if text, err = head.Announce(k.key, time.Now()); err != nil {
				k.log.Error("a journal's head can't be announced", "error", err)
				continue
			}
		}
		signed[head.Name] = text
		told = append(told, text)
	}
	k.signed, k.told = signed, strings.Join(told, ",")
}

// Announced returns the heads that others are to remember, signed, or "" while the service is
// closed on account of a journal.
func (k *Keeper) Announced() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.told
}

// maxSeen is how many heads are read of what somebody remembers.
const maxSeen = 8

// Ahead returns those of the heads that somebody remembers, as Announced gave them, that are
// ahead of what this node knows. It checks no signature.
func (k *Keeper) Ahead(text string) (ahead []string) {
	if len(text) > maxSeen*(journal.MaxAnnounced+1) {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for part := range strings.SplitSeq(text, ",") {
		if len(ahead) == maxSeen {
			break
		}
		a, err := journal.ParseAnnounced(strings.TrimSpace(part))
		known := k.heads[a.Journal]
		if err == nil && a.Number > max(known.Number, known.Seen, known.Lost, k.fine[a.Journal]) {
			ahead = append(ahead, strings.TrimSpace(part))
		}
	}
	return ahead
}

// Seen takes in heads that Ahead returned. One that is genuine, and that the database does not
// know even now, closes the service on every node.
func (k *Keeper) Seen(ctx context.Context, ahead []string, by string) error {
	closing := false
	for _, text := range ahead {
		a, err := journal.ParseAnnounced(text)
		if err != nil || !a.Genuine(k.key.Public()) {
			continue
		}
		// It looks once more: another node may have committed the entry a moment ago.
		missing, err := k.NoteHead(ctx, a.Head, by)
		if err != nil {
			return err
		}
		closing = closing || missing
		k.known(a.Head)
	}
	if !closing {
		return nil
	}
	return k.feed.Look(ctx)
}

// maxFine bounds the journals that are known beyond those that are compared with each look.
const maxFine = 4096

// known notes that the database has been asked about a head.
func (k *Keeper) known(h journal.Head) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fine == nil || len(k.fine) >= maxFine {
		k.fine = map[string]int64{}
	}
	k.fine[h.Journal] = max(k.fine[h.Journal], h.Number)
}
