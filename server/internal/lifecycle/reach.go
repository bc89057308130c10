package lifecycle

import (
	"context"
	"slices"

	"mais/ca"
	"mais/certs"
	"mais/server/internal/authn"
	"mais/server/internal/people"
)

// The roles that administer.
const (
	Administrator       = "administrator"
	AgencyAdministrator = "agency_administrator"
)

// everything is what Administers says of an administrator. It decides nothing: an agency's
// administrator of an agency with that name would be given no more.
const everything = "all"

// reach is whose certificates somebody may look at and change. The zero reach is nobody's.
type reach struct {
	all    bool
	agency string         // name
	own    certs.Identity // their own, which they may not release
}

func reachOf(p authn.Principal) reach {
	return reachBy(p.Identity(), p.Roles(), p.Agency())
}

// reachBy is the one rule. A site has no roles.
func reachBy(who certs.Identity, roles []string, agency string) reach {
	r := reach{own: who}
	if who.Kind() != certs.User {
		return r
	}
	switch {
	case slices.Contains(roles, Administrator):
		r.all = true
	case slices.Contains(roles, AgencyAdministrator):
		r.agency = agency
	}
	return r
}

func (r reach) administers() bool { return r.all || r.agency != "" }

// The scopes of plans: who may see them.
const (
	scopeAll    = "all"
	scopeAgency = "agency:" // and its name
	scopeOwn    = "own"
)

func (r reach) scope() string {
	switch {
	case r.all:
		return scopeAll
	case r.agency != "":
		return scopeAgency + r.agency
	}
	return scopeOwn
}

// sees reports whether a plan is the caller's or their colleagues'. One made in a role that
// its maker has lost is theirs no more.
func (r reach) sees(p ca.Plan) bool {
	return r.all || p.Scope == scopeOwn && p.Owner == r.own || r.agency != "" && p.Scope == r.scope()
}

// Administers reports what the caller administers: "" nothing, "all", or an agency's name.
func (s *Service) Administers(p authn.Principal) string {
	r := reachOf(p)
	if r.all {
		return everything
	}
	return r.agency
}

// confine limits a filter to what a reach and a choice of people have in common.
func (s *Service) confine(ctx context.Context, r reach, c people.Choice, f *ca.Filter) error {
	if r.all && c == (people.Choice{}) {
		return nil
	}
	f.Confined = true
	if r.agency != "" && c.Agency != "" && c.Agency != r.agency {
		return nil // nobody
	}
	if r.agency != "" {
		c.Agency = r.agency
	}
	if !r.administers() && c == (people.Choice{}) {
		f.Identities = []certs.Identity{r.own}
		return nil
	}
	users, sites, err := s.opts.Register.Members(ctx, c)
	if err != nil {
		return err
	}
	for _, of := range []struct {
		kind certs.Kind
		ids  []string
	}{{certs.User, users}, {certs.Site, sites}} {
		for _, id := range of.ids {
			who, err := certs.NewIdentity(of.kind, id)
			if err != nil {
				return err
			}
			if r.administers() || who == r.own {
				f.Identities = append(f.Identities, who)
			}
		}
	}
	return nil
}

// within reports whether certificates of an identity may be looked at, be it as an administrator
// or as a holder; reaches, whether they may be changed.
func (s *Service) within(ctx context.Context, r reach, who certs.Identity) (bool, error) {
	if r.all || who == r.own {
		return true, nil
	}
	if r.agency == "" {
		return false, nil
	}
	members, err := s.whose(ctx, []certs.Identity{who})
	return err == nil && members[who.ID()].Agency == r.agency, err
}

// whose returns who stands behind identities, by UUID.
func (s *Service) whose(ctx context.Context, ids []certs.Identity) (map[string]people.Member, error) {
	var users, sites []string
	for _, id := range ids {
		switch id.Kind() {
		case certs.User:
			users = append(users, id.ID())
		case certs.Site:
			sites = append(sites, id.ID())
		}
	}
	return s.opts.Register.Whose(ctx, users, sites)
}
