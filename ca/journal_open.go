package ca

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"mais/ca/internal/journal"
	"mais/ca/internal/keydir"
	"mais/ca/internal/keys"
	"mais/ca/internal/store"
	"mais/internal/pg"
)

// journalKeyFile lies among the CA's keys, sealed like them. It is the same on every node, so
// that each can verify the others' journals.
const journalKeyFile = "journal.key"

// openJournal opens this node's journal and brings the database up to it, if that is behind.
func (c *CA) openJournal(ctx context.Context, o Options) error {
	key, err := c.journalKey(ctx, o)
	if err != nil {
		return err
	}
	dir := o.Journal
	if dir == "" {
		dir = filepath.Join(o.Dir, "journal")
	}
	j, d, err := journal.Open(journal.Options{Dir: dir, Copy: o.JournalCopy, Node: o.Node, Key: key, Log: c.log})
	if err != nil {
		return err
	}
	memory, err := d.Remembered()
	if err != nil {
		return err
	}
	c.keeper = &keeper{journal: j, dir: d, key: key, node: o.Node, log: c.log, memory: memory, signed: map[journal.Name]string{}}
	c.keeper.life, c.keeper.endLife = context.WithCancel(context.WithoutCancel(ctx))
	c.keeper.begin(journal.Head{Name: journal.Name{Journal: j.ID()}})
	return c.settleJournals(ctx)
}

func headsOf(l store.JournalLook) map[string]store.JournalHead {
	heads := map[string]store.JournalHead{}
	for _, h := range l.Heads {
		heads[h.Journal] = h
	}
	return heads
}

// settleJournals does again what a crash came before, or all that the journals here hold when
// the database is an older one.
func (c *CA) settleJournals(ctx context.Context) error {
	k := c.keeper
	var here []string
	for _, h := range k.dir.Idle() {
		here = append(here, h.Journal)
	}
	look, err := c.lookAtJournals(ctx, asked{transactions: []string{}}, here...)
	if err != nil {
		return err
	}
	k.mu.Lock()
	k.heads = headsOf(look)
	behind := k.elsewhere(look.Place) != nil || len(k.missing(k.heads)) > 0
	k.mu.Unlock()
	for _, h := range k.dir.Idle() {
		behind = behind || k.heads[h.Journal].Number < h.Number
	}
	if !behind {
		return nil
	}
	_, err = c.replay(ctx, nil)
	return err
}

// lookAtJournals reads what is to be compared with what this node remembers.
func (c *CA) lookAtJournals(ctx context.Context, a asked, more ...string) (store.JournalLook, error) {
	k := c.keeper
	k.mu.Lock()
	journals := append(slices.Collect(maps.Keys(k.memory.Heads)), more...)
	k.mu.Unlock()
	return store.LookAtJournals(ctx, c.db, a.transactions, append([]string{}, journals...), maxRemembered)
}

// journalKey opens the journal's key. It is made when neither this directory nor the database
// knows one.
func (c *CA) journalKey(ctx context.Context, o Options) (crypto.Signer, error) {
	sealed, err := os.ReadFile(filepath.Join(c.dir, journalKeyFile))
	if errors.Is(err, fs.ErrNotExist) {
		if sealed, err = c.makeJournalKey(ctx, o); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	key, err := keys.Open(ctx, sealed, o.Unlock)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", journalKeyFile, err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", journalKeyFile, err)
	}
	recorded, err := store.RegisterJournalKey(ctx, c.db, public)
	if err == nil && !bytes.Equal(recorded, public) {
		err = fmt.Errorf("%w %s: %s is not the key that the database knows: copy %s from another node, or from a backup of this one", ErrDirectory, c.dir, journalKeyFile, journalKeyFile)
	}
	return key, err
}

func (c *CA) makeJournalKey(ctx context.Context, o Options) (sealed []byte, err error) {
	switch _, err := store.JournalKey(ctx, c.db); {
	case err == nil:
		return nil, fmt.Errorf("%w %s lacks %s, with which the journals of this service are signed: copy it from another node, or from a backup",
			ErrDirectory, c.dir, journalKeyFile)
	case !errors.Is(err, pg.ErrNoRows):
		return nil, err
	}
	if _, sealed, err = keys.New(ctx, keys.P256, o.Unlock); err != nil {
		return nil, fmt.Errorf("make the journal's key: %w", err)
	}
	if err := keydir.WriteNew(c.dir, journalKeyFile, sealed); errors.Is(err, fs.ErrExist) { // another process was at it
		return os.ReadFile(filepath.Join(c.dir, journalKeyFile))
	} else if err != nil {
		return nil, err
	}
	return sealed, nil
}

// Close gives the journal back, so that another process may continue it. Nothing can be
// taken away any more.
func (c *CA) Close() error { return c.keeper.close() }
