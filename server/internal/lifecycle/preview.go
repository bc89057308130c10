package lifecycle

import (
	"context"
	"fmt"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
	"mais/server/internal/authn"
)

// foreseen is what was told of a plan; it is kept with a confirmed one.
type foreseen struct {
	Loses     []api.Loser `json:"loses"`
	LosesAll  int         `json:"loses_all"`
	Unchanged int         `json:"unchanged"`
	Warnings  []string    `json:"warnings"`
}

func (f foreseen) into(p *api.Plan) {
	p.LosesAll, p.Unchanged, p.Warnings = f.LosesAll, f.Unchanged, f.Warnings
	if f.Loses != nil {
		p.Loses = f.Loses
	}
}

// maxLosers is how many of those who lose access are named.
const maxLosers = 50

// foresee says what a plan would do, to who confirms it. A plan that would leave no
// administrator who can sign in is an *InvalidError: nobody could undo that but at the server.
func (s *Service) foresee(ctx context.Context, p authn.Principal, plan ca.Plan) (foreseen, error) {
	out, last, err := s.foretell(ctx, p, plan)
	if err == nil && last {
		err = errLast
	}
	return out, err
}

// errLast is of a plan that would leave no administrator, or that would with what is under way.
var errLast = invalid("plan", "would leave no administrator who can sign in; that can be done at the server only, with mais-server admin cert revoke")

// foretell says what a plan would do, warns of what nobody may want, and says whether no
// administrator would be left.
func (s *Service) foretell(ctx context.Context, p authn.Principal, plan ca.Plan) (_ foreseen, last bool, err error) {
	administrators, err := s.liveAdministrators(ctx)
	if err != nil {
		return foreseen{}, false, err
	}
	found, err := s.opts.CA.Preview(ctx, plan, ca.PreviewOf{Among: administrators, Own: p.Certificate(), Limit: maxLosers})
	if err != nil {
		return foreseen{}, false, err
	}
	last = len(administrators) > 0 && len(found.Among) == len(administrators)
	out := foreseen{LosesAll: found.LosersAll, Unchanged: found.Total - found.Changes}
	out.Warnings = warnings(plan, found, last)
	out.Loses, err = s.losers(ctx, found.Losers)
	return out, last, err
}

// liveAdministrators are the administrators who could sign in now.
func (s *Service) liveAdministrators(ctx context.Context) ([]certs.Identity, error) {
	ids, err := s.administrators(ctx)
	if err != nil {
		return nil, err
	}
	return s.opts.CA.Live(ctx, ids)
}

func (s *Service) losers(ctx context.Context, holders []ca.Holder) ([]api.Loser, error) {
	var ids []certs.Identity
	var users []string
	for _, h := range holders {
		ids = append(ids, h.Identity)
		if h.Identity.Kind() == certs.User {
			users = append(users, h.Identity.ID())
		}
	}
	members, err := s.whose(ctx, ids)
	if err != nil {
		return nil, err
	}
	roles, err := s.opts.Register.RolesOf(ctx, users)
	if err != nil {
		return nil, err
	}
	var out []api.Loser
	for _, h := range holders {
		out = append(out, api.Loser{Holder: h.Holder, Name: h.Name, Agency: members[h.Identity.ID()].Agency, Roles: roles[h.Identity.ID()]})
	}
	return out, nil
}

// warnings says what an act would do beyond its list.
func warnings(plan ca.Plan, p ca.Preview, noAdministrator bool) (out []string) {
	add := func(worth bool, format string, args ...any) {
		if worth {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	add(noAdministrator, "No administrator would have a live certificate left: nobody could undo this or invite anybody, but at the server itself. So it cannot be confirmed here.")
	add(p.Own, "The token that you are using now is among them, or goes with one that is: you would be signed out at once, and could not come back with it.")
	add(p.Nodes > 0, "%s of the service itself: a node whose certificate ends answers nobody until it is given another.", count(p.Nodes, "certificate is", "certificates are"))
	add(p.Along > 0, "%s with those in the list, being of one line with them by renewal.", count(p.Along, "more certificate goes", "more certificates go"))
	add(p.Long, "The list is too long to follow each certificate: take it that everybody in it loses access, and that more certificates may go with them, being of one line by renewal.")
	add(p.Raised > 0, "%s before, for another reason: keyCompromise takes its place, which stays. The date of the revocation stays too.",
		count(p.Raised, "certificate was revoked", "certificates were revoked"))
	blocked := p.Total - p.Changes - p.Already
	add(blocked > 0, "%s, being expired or at an end already.", count(blocked, "certificate cannot be changed so", "certificates cannot be changed so"))
	add(p.Younger > 0, "%s after %s: the date since which nobody is to trust a certificate is not before its own beginning, so it will be that.",
		count(p.Younger, "certificate began", "certificates began"), plan.Since.UTC().Format("2006-01-02 15:04 UTC"))
	add(plan.Act == "release" && p.Changes > 0, "Only what is in the list is released: not what was held with it.")
	return out
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
