package lifecycle

import (
	"context"
	"slices"

	"mais/ca"
	"mais/certs"
)

// reaches reports whether certificates of an identity may be changed, be it as an administrator
// or as a holder. Those of whoever holds an office are for administrators: an agency's
// administrator would otherwise decide who of them, or of their reviewers, can sign in.
func (s *Service) reaches(ctx context.Context, r reach, who certs.Identity) (bool, error) {
	within, err := s.within(ctx, r, who)
	if err != nil || !within || r.all || who == r.own {
		return within, err
	}
	above, err := s.officers(ctx)
	return err == nil && !slices.Contains(above, who), err
}

// notAbove is ErrNotAllowed for a user whom the caller does not administer, or who is above them.
func (s *Service) notAbove(ctx context.Context, r reach, user string) error {
	who, err := certs.NewIdentity(certs.User, user)
	if err != nil {
		return err
	}
	within, err := s.reaches(ctx, r, who)
	if err == nil && !within {
		err = ErrNotAllowed
	}
	return err
}

// permits reports whether an act may be done to certificates of an identity. Nobody releases
// their own; and an agency's administrator lifts no hold that came from above them.
func (s *Service) permits(ctx context.Context, r reach, act string, who certs.Identity) (bool, error) {
	within, err := s.reaches(ctx, r, who)
	if err != nil || !within || act != "release" {
		return within, err
	}
	if who == r.own || !r.administers() {
		return false, nil
	}
	above, err := s.heldFromAbove(ctx, r, ca.Filter{Confined: true, Identities: []certs.Identity{who}})
	return err == nil && len(above) == 0, err
}

// changeable takes out of a filter whom an agency's administrator may not do the act to.
func (s *Service) changeable(ctx context.Context, r reach, act string, f *ca.Filter) error {
	if r.all || !r.administers() {
		return nil
	}
	out, err := s.officers(ctx)
	if err != nil {
		return err
	}
	out = slices.DeleteFunc(out, func(who certs.Identity) bool { return who == r.own })
	if act == "release" {
		above, err := s.heldFromAbove(ctx, r, *f)
		if err != nil {
			return err
		}
		out = append(append(out, above...), r.own)
	}
	excluded := map[certs.Identity]bool{}
	for _, who := range out {
		excluded[who] = true
	}
	f.Identities = slices.DeleteFunc(f.Identities, func(who certs.Identity) bool { return excluded[who] })
	return nil
}

// heldFromAbove returns those of a filter's identities who have a certificate that is on hold by
// somebody else than its holder or an administrator of the same agency: by an administrator,
// by the operator at the server, by whoever cannot be told. An administrator lifts them all.
func (s *Service) heldFromAbove(ctx context.Context, r reach, f ca.Filter) (above []certs.Identity, err error) {
	if r.all {
		return nil, nil
	}
	f = ca.Filter{Status: string(certs.Held), Confined: f.Confined, Identities: f.Identities}
	err = s.opts.CA.Each(ctx, f, func(held []ca.Entry) error {
		colleagues, err := s.colleagues(ctx, r, held)
		for _, e := range held {
			if by, parsed := certs.ParseIdentity(e.StatusBy); parsed != nil || by != e.Identity && !colleagues[by] {
				above = append(above, e.Identity)
			}
		}
		return err
	})
	return above, err
}

// colleagues are those who changed certificates and only administer the same agency.
func (s *Service) colleagues(ctx context.Context, r reach, changed []ca.Entry) (map[certs.Identity]bool, error) {
	var ids []certs.Identity
	var users []string
	for _, e := range changed {
		if by, err := certs.ParseIdentity(e.StatusBy); err == nil && by.Kind() == certs.User {
			ids, users = append(ids, by), append(users, by.ID())
		}
	}
	members, err := s.whose(ctx, ids)
	if err != nil {
		return nil, err
	}
	roles, err := s.opts.Register.RolesOf(ctx, users)
	out := map[certs.Identity]bool{}
	for _, id := range ids {
		out[id] = reachBy(id, roles[id.ID()], members[id.ID()].Agency) == reach{own: id, agency: r.agency}
	}
	return out, err
}

// administrators are those who have the role and have not left.
func (s *Service) administrators(ctx context.Context) (ids []certs.Identity, err error) {
	users, err := s.opts.Register.Holders(ctx, Administrator)
	if err != nil {
		return nil, err
	}
	return identitiesOf(users)
}

// officers are those who hold an office, any that the database calls one.
func (s *Service) officers(ctx context.Context) ([]certs.Identity, error) {
	users, err := s.opts.Register.Officers(ctx)
	if err != nil {
		return nil, err
	}
	return identitiesOf(users)
}

func identitiesOf(users []string) (ids []certs.Identity, err error) {
	for _, id := range users {
		who, err := certs.NewIdentity(certs.User, id)
		if err != nil {
			return nil, err
		}
		ids = append(ids, who)
	}
	return ids, nil
}

// releasesOwn reports whether what is asked to be released has something of the caller's own.
func (s *Service) releasesOwn(ctx context.Context, r reach, chosen *ca.Filter, lines []ca.Line) (bool, error) {
	if chosen != nil {
		own := *chosen
		if own.Confined && !slices.Contains(own.Identities, r.own) {
			return false, nil
		}
		if own.Confined, own.Identities = true, []certs.Identity{r.own}; own.Status == "" {
			own.Status = string(certs.Held)
		}
		_, total, err := s.opts.CA.Inventory(ctx, own, "-issued", 1, 0)
		return total > 0, err
	}
	mine, err := s.ownLines(ctx, r, lines)
	return len(mine) > 0, err
}

// ownLines are the lines that name a certificate of the caller's own.
func (s *Service) ownLines(ctx context.Context, r reach, lines []ca.Line) (mine []ca.Line, err error) {
	found, err := s.opts.CA.FindIdentity(ctx, r.own)
	if err != nil {
		return nil, err
	}
	own := map[certs.Ref]bool{}
	for _, e := range found {
		own[e.Ref], own[certs.Ref{Serial: e.Ref.Serial}] = true, true
	}
	for _, l := range lines {
		if ref, err := certs.ParseRef(l.Text); err == nil && own[ref] {
			mine = append(mine, l)
		}
	}
	return mine, nil
}
