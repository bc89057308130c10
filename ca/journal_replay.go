package ca

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mais/ca/internal/journal"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// Replayed is what came of a replay.
type Replayed struct {
	Journals int // that were read
	Entries  int // that take away and were not lifted
	Applied  int // certificates, orders and other things that stood otherwise
	Unknown  int // certificates that the database does not have: they are refused anyhow
}

// Replay does again what the journals of this node's directory and its second place, and of
// the files given, took away and the database does not know of. Nothing is given back. It may
// be called at any time, and again; progress, if not nil, is told how many entries are done.
func (c *CA) Replay(ctx context.Context, files []string, progress func(done, of int)) (Replayed, error) {
	out, err := c.replay(ctx, files, progress)
	if err != nil {
		return out, fmt.Errorf("replay the journal: %w", err)
	}
	return out, nil
}

func (c *CA) replay(ctx context.Context, files []string, progress func(done, of int)) (out Replayed, err error) {
	var held journal.Outstanding
	nodes := map[string]string{}
	heads, err := c.keeper.Read(func(e journal.Entry) error {
		if e.Kind == journal.Begin {
			nodes[e.Journal] = e.Node
		}
		return held.Add(e)
	}, files...)
	if err != nil {
		return out, err
	}
	entries, err := c.unknownTo(ctx, held.Taken(), heads)
	if err != nil {
		return out, err
	}
	out.Journals, out.Entries = len(heads), len(entries)
	for i, e := range entries {
		if err := c.again(ctx, e, &out); err != nil {
			return out, fmt.Errorf("journal %s, entry %d: %w", e.Journal, e.Number, err)
		}
		if progress != nil {
			progress(i+1, len(entries))
		}
	}
	return out, c.replayedTo(ctx, heads, nodes, out)
}

// unknownTo leaves the entries that the database does not know, in the order in which they
// are to be done: what ends for good first, so that no order of the journals makes a
// difference.
func (c *CA) unknownTo(ctx context.Context, taken []journal.Entry, heads []journal.Head) (entries []journal.Entry, err error) {
	known := map[string]map[store.EntryKey]bool{}
	for _, h := range heads {
		if known[h.Journal], err = store.EntriesKnown(ctx, c.db, h.Journal); err != nil {
			return nil, err
		}
	}
	for _, e := range taken {
		if !known[e.Journal][store.EntryKey{Number: e.Number, Kind: string(e.Kind), Hash: string(e.Hash[:])}] { // an entry is recorded whole or not at all
			entries = append(entries, e)
		}
	}
	rank := map[journal.Kind]int{journal.Revoke: 1, journal.Supersede: 2, journal.Hold: 3, journal.Spend: 4, journal.Withdraw: 5}
	slices.SortFunc(entries, func(a, b journal.Entry) int {
		return cmp.Or(cmp.Compare(rank[a.Kind], rank[b.Kind]), a.At.Compare(b.At), strings.Compare(a.Journal, b.Journal), cmp.Compare(a.Number, b.Number))
	})
	return entries, nil
}

// again does what an entry says to what stands otherwise, and records that it is done.
func (c *CA) again(ctx context.Context, e journal.Entry, out *Replayed) error {
	var changed, unknown int
	err := c.db.Transact(ctx, func(tx *pg.Tx) (err error) {
		done := store.JournalEntry{Journal: e.Journal, Number: e.Number, Kind: string(e.Kind), Hash: e.Hash[:]}
		if e.Kind == journal.Withdraw {
			changed, err = c.withdrawAgain(ctx, tx, e)
			return err
		}
		if e.Kind == journal.Spend {
			changed, err = c.cancelAgain(ctx, tx, e)
			done.Orders = e.What
		} else {
			done.Refs, changed, err = c.changeAgain(ctx, tx, e)
			unknown = len(e.What) - len(done.Refs)
		}
		if err != nil {
			return err
		}
		return store.RecordEntry(ctx, tx, done)
	})
	if err == nil {
		out.Applied, out.Unknown = out.Applied+changed, out.Unknown+unknown
	}
	return err
}

func (c *CA) cancelAgain(ctx context.Context, tx *pg.Tx, e journal.Entry) (changed int, err error) {
	for _, id := range e.What {
		was, err := store.CancelOrder(ctx, tx, id)
		if err != nil {
			return 0, err
		}
		if was {
			changed++
		}
	}
	return changed, nil
}

// fatesAgain are what becomes of a certificate that stands as the key says. What is held and
// was superseded is revoked for that reason: nothing else ends what is held for good. What is
// revoked for less than an entry says is raised.
var fatesAgain = map[journal.Kind]map[certs.Status]certs.Status{
	journal.Hold:      {certs.Active: certs.Held},
	journal.Revoke:    {certs.Active: certs.Revoked, certs.Held: certs.Revoked, certs.Superseded: certs.Revoked},
	journal.Supersede: {certs.Active: certs.Superseded, certs.Held: certs.Revoked},
}

func (c *CA) changeAgain(ctx context.Context, tx *pg.Tx, e journal.Entry) (here []certs.Ref, changed int, err error) {
	var refs []certs.Ref
	for _, what := range e.What {
		issuer, serial, _ := strings.Cut(what, "/")
		refs = append(refs, certs.Ref{Issuer: issuer, Serial: serial})
	}
	found, err := store.LockCertificates(ctx, tx, refs)
	if err != nil {
		return nil, 0, err
	}
	fates := map[certs.Status][]store.Certificate{}
	for _, cert := range found {
		here = append(here, cert.Ref)
		fate, ok := fatesAgain[e.Kind][certs.Status(cert.Status)]
		if e.Kind == journal.Revoke && raised(cert, certs.Revoked, Reason(e.Reason)) {
			fate, ok = certs.Revoked, true
		}
		if ok {
			fates[fate] = append(fates[fate], cert)
		}
	}
	for _, fate := range []certs.Status{certs.Held, certs.Superseded, certs.Revoked} {
		if err := c.setAgain(ctx, tx, fates[fate], fate, e); err != nil {
			return nil, 0, err
		}
		changed += len(fates[fate])
	}
	return here, changed, nil
}

// setAgain changes the status of certificates without an entry: it has one. Reason, invalidity
// date and since when it is so are those of the entry; when the database was told again stands
// with the change.
func (c *CA) setAgain(ctx context.Context, tx *pg.Tx, changed []store.Certificate, to certs.Status, e journal.Entry) error {
	if len(changed) == 0 {
		return nil
	}
	reason := e.Reason
	if e.Kind == journal.Supersede {
		reason = int(ReasonSuperseded)
	}
	var refs []certs.Ref
	for _, cert := range changed {
		refs = append(refs, cert.Ref)
	}
	fate := store.Fate{Status: string(to), Reason: reason, By: e.By, At: e.At}
	if to == certs.Revoked && e.Since != nil {
		fate.Since = *e.Since
	}
	if err := store.SetStatus(ctx, tx, refs, fate); err != nil {
		return err
	}
	for _, cert := range changed {
		act, err := actOn(acts[to], cert, e.By)
		if err != nil {
			return err
		}
		act.Note = fmt.Sprintf("again, as journal %s entry %d says of %s", e.Journal, e.Number, e.At.Format(time.RFC3339))
		if to == certs.Revoked {
			act.Reason, act.Since = Reason(reason).String(), fate.Since
		}
		if err := c.report(ctx, tx, act); err != nil {
			return err
		}
	}
	return nil
}

// replayedTo raises the heads of what was replayed; from now on the place of the database is
// the one that this node remembers.
func (c *CA) replayedTo(ctx context.Context, heads []journal.Head, nodes map[string]string, out Replayed) error {
	look, err := c.keeper.Look(ctx)
	if err != nil {
		return err
	}
	restored := c.keeper.Restored(look)
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		ended, err := c.beginAnew(ctx, tx, restored, out)
		if err != nil {
			return err
		}
		for _, h := range heads {
			if err := store.RaiseHead(ctx, tx, store.Raise{Journal: h.Journal, Node: nodes[h.Journal], Number: h.Number, Hash: h.Hash[:]}); err != nil {
				return err
			}
		}
		if out.Applied == 0 && ended == 0 {
			return nil
		}
		return c.report(ctx, tx, Act{What: "journal-replay", By: c.keeper.Node(),
			Note: fmt.Sprintf("%d things that %d entries took away; %s ended", out.Applied, out.Entries, count(ended, "session", "sessions"))})
	})
	if err == nil {
		c.keeper.Replayed(look.Place, heads)
	}
	return err
}

// beginAnew has whoever remembers something of the database read it again, and ends the sessions
// of one that was restored.
func (c *CA) beginAnew(ctx context.Context, tx *pg.Tx, restored bool, out Replayed) (ended int, err error) {
	if c.withdrawn == nil || !restored && out.Applied == 0 {
		return 0, nil
	}
	if err := c.withdrawn.BeginAnew(ctx, tx); err != nil || !restored {
		return 0, err
	}
	return c.withdrawn.EndSessions(ctx, tx)
}
