package mail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/ca"
)

// Invitation is the registration mail of one person. It is sent at once and never stored: the
// database holds no usable code.
type Invitation struct {
	To, Name string
	// Message is the mail's id, a UUID made of chance. Whoever sends it keeps it first, so that
	// a mail that comes back is known for theirs, and shows it to nobody: it is what a report
	// of non-delivery proves itself with.
	Message string
	Code    ca.Code
	Expires time.Time
	Agency  string // the name
	Sponsor string // who of the agency is asked; "": nobody is named
	Roles   []Role
	Card    bool   // the roles demand a smart card
	Command string // that enrols; "" where only a password will do
	Page    string // the address of the page where a password is registered; "": none may be had
	Again   bool   // an earlier code is void
}

// Role is a role as its holder is told of it: its name in words.
type Role struct{ Name, Description string }

// SendInvitation sends it, over the connection of the last one where there still is one. A nil
// error means that a mail server has taken it; [Refused] tells a refusal for good.
func (s *Service) SendInvitation(ctx context.Context, i Invitation) error {
	if s == nil {
		return ErrNotSetUp
	}
	if i.Code == (ca.Code{}) {
		return errors.New("send an invitation: it has no code")
	}
	return s.sendInvitation(ctx, i, i.Code.Reveal(), i.Code.ID())
}

func (s *Service) sendInvitation(ctx context.Context, i Invitation, code, id string) error {
	l := letter{
		Name: i.Name, Code: code, Invitation: id, End: i.Expires, Agency: i.Agency, Sponsor: i.Sponsor,
		Card: i.Card, Command: i.Command, Page: i.Page, Again: i.Again,
	}
	for _, r := range i.Roles[:min(len(i.Roles), maxRoles)] {
		l.Roles = append(l.Roles, entry{r.Name, r.Description})
	}
	text, err := s.compose("code", l)
	if err != nil {
		return fmt.Errorf("send an invitation: %w", err)
	}
	if err := s.sendKept(ctx, i.Message, i.To, i.Name, text); err != nil {
		return fmt.Errorf("send an invitation: %w", err)
	}
	s.opts.Log.InfoContext(ctx, "mail was sent", "kind", "code", "invitation", id)
	return nil
}

// Ready opens a connection to the mail server, unless there is one, for the invitations to
// come: no code is made, and none voided, that cannot be sent.
func (s *Service) Ready(ctx context.Context) error {
	if s == nil {
		return ErrNotSetUp
	}
	ctx, cancel := context.WithTimeout(ctx, codeTime)
	defer cancel()
	if err := s.courier.ready(ctx); err != nil {
		return &saidError{errorText(err, ""), err}
	}
	return nil
}

// maxRoles bounds the roles that a mail names.
const maxRoles = 20

// sendKept sends a text over the kept session. An error is fit for the log.
func (s *Service) sendKept(ctx context.Context, id, to, name string, t text) error {
	ctx, cancel := context.WithTimeout(ctx, codeTime)
	defer cancel()
	m, err := s.build(id, to, name, t, s.opts.Now())
	if err != nil {
		return err
	}
	_, err = s.courier.send(ctx, m)
	s.sends.WithLabelValues(outcomeOf(err)).Inc()
	if err != nil {
		return &saidError{errorText(err, to), err}
	}
	return nil
}

// Refused reports whether an error is the word that a mail will never be taken, so that there
// is no use in trying again, and what was said: one line, without the address.
func Refused(err error) (said string, forGood bool) {
	if errors.Is(err, ErrAddress) {
		return "no mail is sent to an address of this form", true
	}
	r, ok := isRefusal(err)
	if !ok || !r.forGood {
		return "", false
	}
	var s *saidError
	if errors.As(err, &s) {
		return s.text, true
	}
	return line(r.text, 400), true
}
