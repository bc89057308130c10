package manage

import (
	"context"
	"slices"

	"mais/server/api"
	"mais/server/api/form"
)

// waits warns of changes that wait and touch the same role, or the same person: each of two may do
// nothing that matters, and both together much.
func (s *Service) waits(ctx context.Context, c proposed, role, user string) ([]string, error) {
	n, err := s.opts.Register.Touching(ctx, c.ID, role, user)
	if err != nil || n == 0 {
		return nil, err
	}
	about := "this person"
	if role != "" {
		about = "the role " + form.RoleLabel(role)
	}
	what := count(n, "other change that waits touches ", "other changes that wait touch ")
	return []string{what + about + ": look at what it all does together."}, nil
}

// waitsToo warns of those that touch whom a change is about, or a role that it gives them.
func (s *Service) waitsToo(ctx context.Context, c proposed, before, after account) (say []string, err error) {
	if c.Target != "" {
		if say, err = s.waits(ctx, c, "", c.Target); err != nil {
			return nil, err
		}
	}
	if c.Kind == api.UserInvite {
		n, err := s.opts.Register.AlsoInvited(ctx, c.ID, after.fields.Email, after.fields.Agency)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			say = append(say, "Another change that waits invites this address too: only the first that is approved can.")
		}
	}
	for _, role := range after.fields.Roles {
		if slices.Contains(before.fields.Roles, role) {
			continue
		}
		waiting, err := s.waits(ctx, c, role, "")
		if err != nil {
			return nil, err
		}
		say = append(say, waiting...)
	}
	return say, nil
}
