package ca

import (
	"context"
	"time"

	"mais/ca/internal/keydir"
	"mais/ca/internal/store"
	"mais/certs"
)

// Count is how many certificates of a profile that have not ended have a status.
type Count struct {
	Profile certs.Profile
	Status  certs.Status
	N       int
}

// Counts counts the certificates that have not ended. It reads an index of them all: ask once
// a minute, not at each request.
func (c *CA) Counts(ctx context.Context) ([]Count, error) {
	found, err := store.CountByProfile(ctx, c.db, c.now())
	if err != nil {
		return nil, err
	}
	var out []Count
	for _, f := range found {
		out = append(out, Count{certs.Profile(f.Profile), certs.Status(f.Status), f.Count})
	}
	return out, nil
}

// Ends returns when the root, each issuing CA whose certificates are accepted, by its id, and
// as "root-crl" the root's revocation list end.
func (c *CA) Ends() map[string]time.Time {
	out := map[string]time.Time{keydir.Root: c.root.NotAfter, keydir.Root + "-crl": c.rootList.Load().Next}
	for _, i := range c.issuers {
		if cert := i.Certificate(); !c.revokedByRoot(cert) {
			out[i.ID()] = cert.NotAfter
		}
	}
	return out
}

// ListsMade returns when the full revocation list of each series was made last: of the root,
// and of the issuing CAs that issue now. A series whose list nobody has asked for yet is
// missing. It makes none.
func (c *CA) ListsMade(ctx context.Context) (map[string]time.Time, error) {
	ends, err := store.ListEnds(ctx, c.db)
	if err != nil {
		return nil, err
	}
	out := map[string]time.Time{keydir.Root: c.rootList.Load().Made}
	for series, issuer := range c.current {
		if end, ok := ends[issuer.ID()]; ok {
			out[series] = end.Add(-listValidity)
		}
	}
	return out, nil
}
