package mail

import (
	"context"
	"fmt"
	"time"

	"mais/server/api"
)

// overdue is how long a message may wait before an operator should look.
const overdue = time.Hour

// setUp is what to do when there is no mail.
const setUp = "add [mail] to the settings, and try it with: mais-server mail test --to ADDRESS"

// messages says "1 message waits", "3 messages wait".
func messages(n int, one, many string) string {
	if n == 1 {
		return "1 message " + one
	}
	return fmt.Sprintf("%d messages %s", n, many)
}

// Finding says how mail stands, for the check of the certificate authority and for the start.
// It may be asked of nil.
func (s *Service) Finding(ctx context.Context) api.CheckItem {
	f := api.CheckItem{What: "mail", State: "ok"}
	if s == nil {
		f.State, f.Do = "warning", setUp
		f.Says = "mail is not set up: nobody is told when a certificate is held, revoked or about to end, and no invitation can be sent"
		return f
	}
	c, err := s.box.Count(ctx)
	switch {
	case err != nil:
		f.State, f.Says, f.Do = "fault", "the outbox cannot be read", "bring the database back"
	case !c.Oldest.IsZero() && s.opts.Now().Sub(c.Oldest) > overdue:
		f.State = "warning"
		f.Says = fmt.Sprintf("%s, the oldest since %s", messages(c.Waiting, "waits", "wait"), c.Oldest.UTC().Format(time.RFC3339))
		if c.LastError != "" {
			f.Says += ": " + c.LastError
		}
		f.Do = "look at: mais-server mail list; try: mais-server mail test --to ADDRESS"
	case c.GivenUp > 0:
		f.State = "warning"
		f.Says = fmt.Sprintf("%s given up, the last because: %s", messages(c.GivenUp, "was", "were"), c.GivenUpError)
		f.Do = "look at: mais-server mail list; correct what it says, then run: mais-server mail retry"
	default:
		f.Says = fmt.Sprintf("%s sent in the last 180 days, %d waiting", messages(c.Sent, "was", "were"), c.Waiting)
	}
	return f
}
