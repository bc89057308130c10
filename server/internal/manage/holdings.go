package manage

import (
	"context"

	"mais/certs"
)

// Certificates counts what somebody holds.
type Certificates interface {
	// Good returns how many certificates of an identity, a user's or a site's, are good.
	Good(ctx context.Context, who certs.Identity) (int, error)
}

// good returns how many good certificates a user has. Who is not there yet has none.
func (s *Service) good(ctx context.Context, user string) (int, error) {
	if user == "" {
		return 0, nil
	}
	who, err := certs.NewIdentity(certs.User, user)
	if err != nil {
		return 0, err
	}
	return s.opts.Certificates.Good(ctx, who)
}
