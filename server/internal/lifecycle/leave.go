package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/ca"
	"mais/certs"
)

// Leaving is what is to be taken from somebody who left or moved.
type Leaving struct {
	User   string // UUID
	Reason ca.Reason
	By     string // who is the cause, as it stands with each certificate
}

// RevokeAll revokes, for good, all that a user holds that is good or on hold, and makes their open codes
// void: also what was made a moment ago of a code that went to their former address. Nobody is given
// a new code before it is through (inviteOne). It returns how many certificates it revoked. It may
// be called again: what has ended stays as it ended.
func (s *Service) RevokeAll(ctx context.Context, l Leaving) (revoked int, err error) {
	who, err := certs.NewIdentity(certs.User, l.User)
	if err != nil {
		return 0, err
	}
	if _, err := s.opts.CA.CancelCodes(ctx, who, time.Time{}, l.By); err != nil { // first: or another certificate comes of one
		return 0, err
	}
	for _, status := range []string{"live", string(certs.Held)} {
		n, err := s.revokeThose(ctx, l, ca.Filter{Status: status, Confined: true, Identities: []certs.Identity{who}})
		if revoked += n; err != nil {
			return revoked, err
		}
	}
	return revoked, nil
}

// revokeThose looks again until nothing is left: a renewal under way may have made another meanwhile.
func (s *Service) revokeThose(ctx context.Context, l Leaving, f ca.Filter) (revoked int, err error) {
	for range lostRounds {
		found, _, err := s.opts.CA.Inventory(ctx, f, "-issued", maxPage, 0)
		if err != nil || len(found) == 0 {
			return revoked, err
		}
		for _, c := range found {
			err := s.opts.CA.Revoke(ctx, c.Ref, l.Reason, l.By)
			switch {
			case err == nil:
				revoked++
			case errors.Is(err, ca.ErrAlready): // with another of its line
			default:
				return revoked, fmt.Errorf("revoke what %s holds: %w", l.User, err)
			}
		}
	}
	return revoked, errors.New("revoke what somebody holds: there is always more")
}

// Good returns how many good certificates an identity has.
func (s *Service) Good(ctx context.Context, who certs.Identity) (int, error) {
	_, n, err := s.opts.CA.Inventory(ctx, ca.Filter{Status: "live", Confined: true, Identities: []certs.Identity{who}}, "-issued", 0, 0)
	return n, err
}
