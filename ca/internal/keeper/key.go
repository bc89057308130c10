package keeper

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"mais/ca/internal/keydir"
	"mais/ca/internal/keys"
	"mais/ca/internal/store"
	"mais/internal/pg"
)

// journalKeyFile lies among the CA's keys, sealed like them. It is the same on every node, so
// that each can verify the others' journals.
const journalKeyFile = "journal.key"

// journalKey opens the journal's key. It is made when neither this directory nor the database
// knows one.
func (o Options) journalKey(ctx context.Context) (crypto.Signer, error) {
	sealed, err := os.ReadFile(filepath.Join(o.KeyDir, journalKeyFile))
	if errors.Is(err, fs.ErrNotExist) {
		if sealed, err = o.makeJournalKey(ctx); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", keydir.ErrDirectory, err)
	}
	key, err := keys.Open(ctx, sealed, o.Unlock)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", journalKeyFile, err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", journalKeyFile, err)
	}
	recorded, err := store.RegisterJournalKey(ctx, o.DB, public)
	if err == nil && !bytes.Equal(recorded, public) {
		err = fmt.Errorf("%w %s: %s is not the key that the database knows: copy %s from another node, or from a backup of this one", keydir.ErrDirectory, o.KeyDir, journalKeyFile, journalKeyFile)
	}
	return key, err
}

func (o Options) makeJournalKey(ctx context.Context) (sealed []byte, err error) {
	switch _, err := store.JournalKey(ctx, o.DB); {
	case err == nil:
		return nil, fmt.Errorf("%w %s lacks %s, with which the journals of this service are signed: copy it from another node, or from a backup",
			keydir.ErrDirectory, o.KeyDir, journalKeyFile)
	case !errors.Is(err, pg.ErrNoRows):
		return nil, err
	}
	if _, sealed, err = keys.New(ctx, keys.P256, o.Unlock); err != nil {
		return nil, fmt.Errorf("make the journal's key: %w", err)
	}
	if err := keydir.WriteNew(o.KeyDir, journalKeyFile, sealed); errors.Is(err, fs.ErrExist) { // another process was at it
		return os.ReadFile(filepath.Join(o.KeyDir, journalKeyFile))
	} else if err != nil {
		return nil, err
	}
	return sealed, nil
}
