package authz

import (
	"context"
	"fmt"

	"mais/server/internal/authn"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// Access is what a caller's roles allow, and which role allows it.
type Access struct {
	Roles []Role
	Items map[string]ItemAccess // by "section.item"; an item without an entry is withheld
}

// Role is a role with its description.
type Role struct{ Name, Description string }

// ItemAccess says by which of the caller's roles an item may be read, by which only in an
// emergency, and by which not with a password, but with a token.
type ItemAccess struct{ Read, Emergency, Token []string }

// InEmergencyOnly reports whether it takes an emergency to read the item.
func (a ItemAccess) InEmergencyOnly() bool { return len(a.Read) == 0 && len(a.Emergency) > 0 }

// Access returns what the caller's roles allow them to read. It is no event of its own. The
// error is ErrUnavailable.
func (s *Service) Access(ctx context.Context, p authn.Principal) (Access, error) {
	table, err := s.permissions.At(ctx, p.Generation())
	if err != nil {
		return Access{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	roles, err := s.permissions.Describe(ctx, p.Roles())
	if err != nil {
		return Access{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	access := Access{Items: make(map[string]ItemAccess)}
	for _, r := range roles {
		access.Roles = append(access.Roles, Role(r))
		access.addLimited(r.Name, p.Limited(), table.Grants)
	}
	return access, nil
}

// add adds what a role gives.
func (a Access) add(role string, grants policy.Grants) { a.addLimited(role, nil, grants) }

// addLimited is add for one whose roles may be limited.
func (a Access) addLimited(role string, limited []string, grants policy.Grants) {
	always := grants.DecideLimited([]string{role}, limited, policy.Read)
	emergency := grants.DecideLimitedEmergency([]string{role}, limited)
	whole := grants.Decide([]string{role}, policy.Read)
	for _, key := range record.Keys() {
		item := a.Items[key]
		switch {
		case always.Allows(key):
			item.Read = append(item.Read, role)
		case emergency.Allows(key):
			item.Emergency = append(item.Emergency, role)
		case whole.Allows(key):
			item.Token = append(item.Token, role)
		default:
			continue
		}
		a.Items[key] = item
	}
}

// Reads reports whether the caller's roles let them read anything of a record. It is no
// event. The error is ErrUnavailable.
func (s *Service) Reads(ctx context.Context, p authn.Principal) (bool, error) {
	table, err := s.permissions.At(ctx, p.Generation())
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return decide(table, p, policy.Read).Any(), nil
}
