package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"mais/config"
	"mais/server/internal/mail/internal/dsn"
)

// ErrNoNotification is returned for a mail that does not say that one of ours came back.
var ErrNoNotification = errors.New("mail: this is not word of a mail that could not be delivered")

// bouncedWithin is how long after an invitation word of its mail is believed.
const bouncedWithin = 30 * 24 * time.Hour

// returnPath is where a mail comes back to: the bounce address with the mail's id as its mark.
// Chance made the id, and no page, log or event holds an invitation's: who writes to that
// address has had the mail in hand, as its reader or as a server on its way. "": the sender.
func (s *Service) returnPath(id string) string {
	local, domain, ok := strings.Cut(s.opts.Settings.Bounces, "@")
	mark, err := uuid.Parse(id)
	if !ok || err != nil {
		return ""
	}
	return fmt.Sprintf("%s+%x@%s", local, mark[:], domain)
}

// Bounced reads the notification of a mail server, and notes of whoever a mail of an
// invitation did not reach that it came back. to is the address that the notification came to,
// "" where it is not known but for its headers. It reports whether it noted anything: what is
// about none of our mails changes nothing, and neither does word of a delay.
func (s *Service) Bounced(ctx context.Context, notification io.Reader, to string) (noted bool, err error) {
	report, err := dsn.Read(notification)
	if errors.Is(err, dsn.ErrNot) {
		return false, fmt.Errorf("%w: %w", ErrNoNotification, err)
	}
	if err != nil || !report.Failed {
		return false, err
	}
	now := s.opts.Now()
	for _, id := range s.marked(report, to) {
		if noted, err = s.box.Bounced(ctx, id, now, now.Add(-bouncedWithin), s.said(report, to)); noted || err != nil {
			return noted, err
		}
	}
	return false, nil
}

// said is what the mail server said, fit for an administrator's page.
func (s *Service) said(r dsn.Report, to string) string {
	said := strings.TrimSpace(r.Status + " " + r.Says)
	if said == "" {
		said = "the mail came back without a reason"
	}
	return line(said, maxWord)
}

// marked returns the ids of mails that a notification may be about: of its own recipient's
// mark, and of the Message-ID of what was returned.
func (s *Service) marked(r dsn.Report, to string) (ids []string) {
	from := s.opts.Settings.Bounces
	if from == "" {
		from = s.from.Address
	}
	for _, address := range append([]string{to}, r.To...) {
		if id, ok := markOf(address, from); ok {
			ids = append(ids, id)
		}
	}
	local, domain, _ := strings.Cut(strings.Trim(strings.TrimSpace(r.MessageID), "<>"), "@")
	_, ours, _ := strings.Cut(s.from.Address, "@")
	if id, err := uuid.Parse(local); err == nil && len(local) == 36 && strings.EqualFold(domain, ours) {
		ids = append(ids, id.String())
	}
	return ids
}

// markOf returns the id that an address has as a mark behind a bounce address.
func markOf(address, bounces string) (string, bool) {
	local, domain, _ := strings.Cut(bounces, "@")
	a, err := config.ParseAddress(address)
	if err != nil {
		return "", false
	}
	at, where, _ := strings.Cut(a.Address, "@")
	mark, ok := strings.CutPrefix(strings.ToLower(at), strings.ToLower(local)+"+")
	id, err := uuid.Parse(mark)
	return id.String(), ok && err == nil && len(mark) == 32 && strings.EqualFold(where, domain)
}
