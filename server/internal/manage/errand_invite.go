package manage

import (
	"context"
	"errors"

	"mais/server/api"
	"mais/server/internal/mail"
	"mais/server/internal/people"
)

// invite sends a user a code, once for the errand, at the pace that the settings allow. Whom no
// mail reaches is noted; then there is nothing more to do.
func (s *Service) invite(ctx context.Context, e Errand) error {
	if err := s.pace.wait(ctx, s.opts.PerMinute); err != nil {
		return err
	}
	return s.opts.Inviter.InviteUser(ctx, e.User, e.Detail["by"], e.ID)
}

// tellSponsor tells an agency's sponsor who was invited in its name. Where none is named, or
// there is no mail, nobody is told.
func (s *Service) tellSponsor(ctx context.Context, e Errand) error {
	n, err := s.opts.Register.Sponsored(ctx, e.Change, e.Detail["agency"], e.User)
	if errors.Is(err, people.ErrUnknown) || err == nil && (n.SponsorAddress == "" || len(n.People) == 0) {
		return nil
	}
	if err != nil {
		return err
	}
	told := mail.Sponsored{Change: e.Change, Agency: n.Agency, Sponsor: mail.Person{Name: n.SponsorName, Address: n.SponsorAddress}, By: n.By}
	for _, p := range n.People {
		told.People = append(told.People, mail.Person{Name: p.Name, Address: p.Address})
	}
	return without(s.opts.Post.TellSponsor(ctx, told))
}

// tellApprovers tells those who may decide on a change that it waits. The mail names nobody
// whom it is about: a mailbox is no place for that.
func (s *Service) tellApprovers(ctx context.Context, e Errand) error {
	w, err := s.opts.Register.Waiting(ctx, e.Change)
	if errors.Is(err, people.ErrUnknown) {
		return nil // decided meanwhile
	}
	if err != nil {
		return err
	}
	told := mail.Waiting{Change: e.Change, What: waitingFor(w.Kind, w.Items), By: w.By, Until: w.Until}
	for _, p := range w.Approvers {
		told.To = append(told.To, mail.Person{Name: p.Name, Address: p.Address})
	}
	return without(s.opts.Post.TellApprovers(ctx, told))
}

// tellMaker tells whoever made a change that nothing came of it, and no more than that: why, and what
// it was about, stands on its page. Who is not there any more is not told.
func (s *Service) tellMaker(ctx context.Context, e Errand) error {
	m, err := s.opts.Register.MakerOf(ctx, e.Change)
	if errors.Is(err, people.ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	return without(s.opts.Post.TellMaker(ctx, mail.Returned{
		Change: e.Change, What: waitingFor(m.Kind, m.Items), Became: e.Detail["became"], To: mail.Person{Name: m.Name, Address: m.Address},
	}))
}

// without makes nothing of it that there is no mail: nobody can be told, and that is no fault
// of what was to be done.
func without(err error) error {
	if errors.Is(err, mail.ErrNotSetUp) {
		return nil
	}
	return err
}

// waitingFor says a kind of change.
func waitingFor(kind string, items int) string {
	if kind == api.UsersInvite && items > 0 {
		return "invite " + persons(items)
	}
	if words, ok := kindWords[kind]; ok {
		return words
	}
	return "change who may come in, or what they may do"
}

var kindWords = map[string]string{
	api.AgencyAdd: "add an agency", api.AgencyChange: "change an agency's sponsor, mail domains or passwords",
	api.UserInvite: "invite one person", api.UsersInvite: "invite people", api.UserChange: "give somebody a role, another address or agency, or more time", api.UserReturn: "have somebody return who had left",
	api.RoleAdd: "add a role", api.RoleChange: "change what a role permits", api.RoleDelete: "delete a role",
}
