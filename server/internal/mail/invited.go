package mail

import (
	"context"
	"time"

	"mais/server/internal/mail/internal/outbox"
)

const (
	unusedBatch = 1000
	// unusedLeft is how long a code must still be good for a reminder of it to be of use.
	unusedLeft = 12 * time.Hour
)

// remindInvited writes once to everybody who has not used an invitation. The mail has no code:
// the first one has it, and whoever has lost that asks for another, which an administrator
// sends knowing why.
func (s *Service) remindInvited(ctx context.Context) error {
	if s.opts.RemindAfter <= 0 {
		return nil
	}
	for n := unusedBatch; n == unusedBatch; {
		now := s.opts.Now()
		var err error
		n, err = s.box.Unused(ctx, now, now.Add(-s.opts.RemindAfter), now.Add(unusedLeft), unusedBatch, s.ofUnused)
		if err != nil {
			return err
		}
		if n > 0 {
			s.wakeSender()
		}
	}
	return nil
}

func (s *Service) ofUnused(all []outbox.Unused) (out []outbox.Message) {
	for _, u := range all {
		out = s.add(out, "reminder", u.Message, u.Address, u.Name, letter{Name: u.Name, At: u.Sent, End: u.Expires, Invitation: u.Code})
	}
	return out
}
