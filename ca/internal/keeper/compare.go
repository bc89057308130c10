package keeper

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"mais/ca/internal/journal"
	"mais/ca/internal/store"
)

// compare says what is wrong with the database, and which entries it lacks that are
// remembered here and that it does not know to be missing.
func (k *Keeper) compare(l store.JournalLook) (missing []journal.Head, cause error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	heads := headsOf(l)
	k.heads = heads
	recorded := l.Recorded.System != "" && l.Recorded != l.Place
	lacks := k.missing(heads)
	for _, h := range lacks {
		if heads[h.Journal].Seen < h.Number {
			missing = append(missing, h)
		}
	}
	switch {
	case k.elsewhere(l.Place) != nil:
		return missing, k.elsewhere(l.Place)
	case k.memory.System == "" && recorded:
		return nil, errors.New("the database was restored, moved or promoted, and this node remembers nothing of how it was: start the nodes that have journals, or put these here (mais-server ca journal replay); if they are lost, say so (mais-server ca journal declare-lost)")
	}
	for _, h := range l.Heads {
		if h.Missing() {
			return missing, fmt.Errorf("the database lacks entries of journal %s (of %s): somebody remembers number %d, and its last is %d. It is older than what was announced. Start the node that has this journal, or put it here (mais-server ca journal replay); if it is lost, say so (mais-server ca journal declare-lost)",
				h.Journal, h.Node, h.Seen, h.Number)
		}
	}
	if len(lacks) > 0 {
		return missing, fmt.Errorf("the database lacks entries of journal %s, of which this node remembers number %d: it is older than it was; what the journals hold is done again", lacks[0].Journal, lacks[0].Number)
	}
	if l.Open != 0 {
		return nil, errors.New("a journal was declared lost, and not everything issued before is on hold yet: mais-server ca journal declare-lost goes on with it")
	}
	return nil, nil
}

// missing returns the heads that this node remembers and the database has not come to. The
// caller holds mu.
func (k *Keeper) missing(heads map[string]store.JournalHead) (missing []journal.Head) {
	for id, h := range k.memory.Heads {
		if known := heads[id]; known.Number < h.Number && known.Lost < h.Number {
			missing = append(missing, h)
		}
	}
	return missing
}

// elsewhere says that the database is in another place than this node remembers. The caller
// holds mu.
func (k *Keeper) elsewhere(at store.Place) error {
	was := store.Place{System: k.memory.System, Timeline: k.memory.Timeline}
	if was.System == "" || was == at {
		return nil
	}
	return fmt.Errorf("the database is not the one that it was: it was %s on timeline %d and is %s on timeline %d, as after a restore or the promotion of a standby; what the journals hold is done again",
		was.System, was.Timeline, at.System, at.Timeline)
}

func headsOf(l store.JournalLook) map[string]store.JournalHead {
	heads := map[string]store.JournalHead{}
	for _, h := range l.Heads {
		heads[h.Journal] = h
	}
	return heads
}

// Behind reports whether the database lacks what the journals here hold, as after a crash or
// when it is an older one: they are to be replayed then.
func (k *Keeper) Behind(ctx context.Context) (bool, error) {
	var here []string
	for _, h := range k.dir.Idle() {
		here = append(here, h.Journal)
	}
	look, err := k.Look(ctx, here...)
	if err != nil {
		return false, err
	}
	k.mu.Lock()
	k.heads = headsOf(look)
	behind := k.elsewhere(look.Place) != nil || len(k.missing(k.heads)) > 0
	k.mu.Unlock()
	for _, h := range k.dir.Idle() {
		behind = behind || k.heads[h.Journal].Number < h.Number
	}
	return behind, nil
}

// Look reads what is to be compared with what this node remembers, of more journals too.
func (k *Keeper) Look(ctx context.Context, more ...string) (store.JournalLook, error) {
	return k.look(ctx, Asked{Transactions: []string{}}, more...)
}

// look is Look that asks about transactions as well.
func (k *Keeper) look(ctx context.Context, a Asked, more ...string) (store.JournalLook, error) {
	k.mu.Lock()
	journals := append(slices.Collect(maps.Keys(k.memory.Heads)), more...)
	k.mu.Unlock()
	return store.LookAtJournals(ctx, k.db, a.Transactions, append([]string{}, journals...), maxRemembered)
}

// Restored reports whether the database is another or older one, and no node has opened in it since.
func (k *Keeper) Restored(l store.JournalLook) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	moved := l.Recorded != l.Place && (l.Recorded.System != "" || k.elsewhere(l.Place) != nil)
	return moved || len(k.missing(headsOf(l))) > 0 || slices.ContainsFunc(l.Heads, store.JournalHead.Missing)
}

// Replayed takes in that the journals have been replayed up to heads, into the database at a
// place, which is the one that this node remembers from now on.
func (k *Keeper) Replayed(at store.Place, heads []journal.Head) {
	k.mu.Lock()
	moved := k.elsewhere(at) != nil
	if moved {
		k.memory.System, k.memory.Timeline, k.saved = at.System, at.Timeline, time.Time{}
	}
	k.mu.Unlock()
	for _, h := range heads {
		if moved && h.Journal == k.journal.ID() { // the transactions that were open are another server's
			k.begin(h)
		}
	}
}

// Adopt takes the database as it is, and returns what it lacks of what this node remembers, and
// what to remember once that has been given up.
func (k *Keeper) Adopt(l store.JournalLook) (missing []journal.Head, memory journal.Memory) {
	k.mu.Lock()
	defer k.mu.Unlock()
	missing = k.missing(headsOf(l))
	k.memory.System, k.memory.Timeline, k.saved = l.Place.System, l.Place.Timeline, time.Time{}
	return missing, k.memory.Clone()
}
