package ca

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"mais/ca/internal/keydir"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/internal/pg"
)

// ErrNodes: nodes of the service that run do not know an issuing CA yet.
var ErrNodes = errors.New("ca: running nodes do not know it yet")

// Standing is how an issuing CA stands.
type Standing string

// The standings.
const (
	CAIssues   Standing = "issues"   // new certificates of its series come from it
	CAAccepted Standing = "accepted" // it issued before; what it issued is good
	CAWaits    Standing = "waits"    // for its activation
	CAEnded    Standing = "ended"
	CARevoked  Standing = "revoked" // by the root, with all below it
)

// AuthorityEntry is an issuing CA as directory and database know it.
type AuthorityEntry struct {
	ID          string
	Standing    Standing
	Fingerprint certs.Fingerprint
	NotBefore   time.Time
	NotAfter    time.Time
	Key         string   // where this node has it: "file", "key manager" or "missing"
	Live        int      // certificates of it that are good or held and have not ended
	Whole       int      // those of them that name the full list of their series, which will be another's after a roll-over
	Without     []string // running nodes that do not have its key, if it waits
}

// Authorities returns the issuing CAs, the oldest of each series first.
func (c *CA) Authorities(ctx context.Context) ([]AuthorityEntry, error) {
	all, err := c.authorities(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the issuing CAs: %w", err)
	}
	active, err := c.activeIDs(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the issuing CAs: %w", err)
	}
	var out []AuthorityEntry
	for _, a := range all {
		e := AuthorityEntry{
			ID: a.id, Standing: c.standingOfAuthority(a, active[keydir.SeriesOf(a.id)]), Fingerprint: certs.FingerprintOf(a.cert.Raw),
			NotBefore: a.cert.NotBefore, NotAfter: a.cert.NotAfter, Key: a.held.Where(),
		}
		if e.Live, e.Whole, err = store.Below(ctx, c.db, a.id, c.now()); err != nil {
			return nil, fmt.Errorf("list the issuing CAs: %w", err)
		}
		if e.Standing == CAWaits {
			if e.Without, err = store.NodesWithout(ctx, c.db, a.id); err != nil {
				return nil, fmt.Errorf("list the issuing CAs: %w", err)
			}
		}
		out = append(out, e)
	}
	return out, nil
}

func (c *CA) standingOfAuthority(a authority, active string) Standing {
	switch {
	case c.revokedByRoot(a.cert):
		return CARevoked
	case !c.now().Before(a.cert.NotAfter):
		return CAEnded
	case a.id == active:
		return CAIssues
	case keydir.GenerationOf(a.id) > keydir.GenerationOf(active):
		return CAWaits
	}
	return CAAccepted
}

// Activate makes the latest generation of a series the one that issues, and returns its id.
// Nodes take it over when they are restarted. It refuses with ErrNodes while a node that runs
// does not have its key, and with ErrAlready when the latest is active. by says who did it.
func (c *CA) Activate(ctx context.Context, series, by string) (id string, err error) {
	err = c.db.Transact(ctx, func(tx *pg.Tx) error {
		if id, err = c.waiting(ctx, series); err != nil {
			return err
		}
		without, err := store.NodesWithout(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(without) > 0 {
			return fmt.Errorf("%w: %s on %s", ErrNodes, id, strings.Join(without, ", "))
		}
		if err := store.Activate(ctx, tx, id, by); err != nil {
			return err
		}
		return c.report(ctx, tx, Act{What: "activate-ca", Name: id, By: by})
	})
	if err != nil {
		return "", fmt.Errorf("activate an issuing CA: %w", err)
	}
	return id, nil
}

// waiting returns the generation of a series that can be activated. Its key must be here:
// where a command of the host cannot sign with it, the node there could not either.
func (c *CA) waiting(ctx context.Context, series string) (string, error) {
	all, err := c.authorities(ctx)
	if err != nil {
		return "", err
	}
	active, err := c.activeIDs(ctx)
	if err != nil {
		return "", err
	}
	for n := len(all) - 1; n >= 0; n-- {
		a := all[n]
		if keydir.SeriesOf(a.id) != series || c.standingOfAuthority(a, active[series]) != CAWaits {
			continue
		}
		if _, err := c.issuer(a.id); err != nil {
			return "", fmt.Errorf("%w %s holds no key of %s", ErrDirectory, c.dir, a.id)
		}
		return a.id, nil
	}
	if active[series] == "" {
		return "", fmt.Errorf("%q: %w: want people or sites", series, ErrUnknown)
	}
	return "", fmt.Errorf("%w: %s is active and nothing later waits", ErrAlready, active[series])
}
