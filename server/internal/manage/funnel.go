package manage

import (
	"context"

	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
)

// Funnel says how far those whom the caller manages have come.
func (s *Service) Funnel(ctx context.Context, p authn.Principal) (api.Funnel, error) {
	r := reachOf(p)
	if !r.manages() {
		return api.Funnel{}, ErrNotAllowed
	}
	found, err := s.opts.Register.Progress(ctx, r.agency)
	if err != nil {
		return api.Funnel{}, err
	}
	f := api.Funnel{AsOf: s.now().UTC(), Agencies: []api.FunnelRow{}}
	for _, a := range found {
		row := api.FunnelRow{
			Agency: a.Agency, AgencyID: a.AgencyID, People: a.People, Due: a.Due, Sent: a.Sent, Bounced: a.Bounced, Waiting: a.Waiting, Reminded: a.Reminded,
			Lapsed: a.Lapsed, Registered: a.Arrived, Active: a.Active,
		}
		f.Agencies = append(f.Agencies, row)
		for _, sum := range []struct {
			all *int
			n   int
		}{
			{&f.All.People, row.People}, {&f.All.Due, row.Due}, {&f.All.Sent, row.Sent}, {&f.All.Bounced, row.Bounced}, {&f.All.Waiting, row.Waiting},
			{&f.All.Reminded, row.Reminded}, {&f.All.Lapsed, row.Lapsed}, {&f.All.Registered, row.Registered}, {&f.All.Active, row.Active},
		} {
			*sum.all += sum.n
		}
	}
	return f, nil
}

// InviteAgain has a fresh code sent to everybody whose code lapsed unused: of an agency or,
// with "", of all that the caller manages. Who was invited was decided before; this decides
// nothing anew, and a code goes where the first one went.
func (s *Service) InviteAgain(ctx context.Context, p authn.Principal, agency string) (api.InvitedAgain, error) {
	r := reachOf(p)
	if agency == "" {
		agency = r.agency
	}
	switch {
	case !r.manages():
		return api.InvitedAgain{}, ErrNotAllowed
	case agency == "" && r.all:
	case !isUUID(agency):
		return api.InvitedAgain{}, &lifecycle.InvalidError{Fields: []api.FieldError{{Field: "agency", Detail: "is not an agency's id"}}}
	case !r.within(agency):
		return api.InvitedAgain{}, ErrUnknown
	}
	event, ok := lifecycle.EventOf(ctx)
	if !ok {
		event = audit.Event{User: p.User(), UserName: p.Name(), Agency: p.Agency(), Roles: p.Roles()}
	}
	n, err := s.opts.Register.InviteAgain(ctx, p.User(), agency, event)
	if err != nil {
		return api.InvitedAgain{}, err
	}
	s.Wake()
	return api.InvitedAgain{People: n}, nil
}
