package ca

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"mais/ca/internal/keydir"
	"mais/internal/pg"
)

// ErrNoRequest: nothing waits for its certificate.
var ErrNoRequest = errors.New("ca: no request waits for its certificate")

// WithdrawRequest takes a request back that has not been installed, and whatever an interruption left of
// one: its key is removed, so that nothing which the root makes of it can be installed. It
// returns the id, which the next request has again; a root that has signed for it signs no other
// of that name. A key in a key manager stays there. by says who did it.
func (c *CA) WithdrawRequest(ctx context.Context, series, by string) (id string, err error) {
	if id, err = c.nextID(ctx, series); err == nil {
		err = c.withdrawRequest(ctx, id, by)
	}
	if err != nil {
		return "", fmt.Errorf("withdraw the request of %s: %w", series, err)
	}
	return id, nil
}

func (c *CA) withdrawRequest(ctx context.Context, id, by string) error {
	held, err := keydir.Holdings(c.dir)
	if err != nil {
		return err
	}
	if h := held[id]; !h.Request && !h.Key && !h.Address {
		return fmt.Errorf("%s: %w", id, ErrNoRequest)
	}
	err = c.db.Transact(ctx, func(tx *pg.Tx) error { return c.report(ctx, tx, Act{What: "withdraw-request", Name: id, By: by}) })
	if err != nil {
		return err
	}
	// The request first: a request without its key would be handed out again.
	for _, name := range []string{keydir.RequestFile(id), keydir.KeyFile(id), keydir.AddressFile(id)} {
		if err := os.Remove(filepath.Join(c.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return keydir.Sync(c.dir)
}
