package mail

import (
	"context"
	"fmt"
	"time"

	"mais/server/internal/mail/internal/outbox"
)

// alertsApart is how long a governance officer who was written to of alerts is not written to of
// others: those go together into the next mail.
const alertsApart = time.Hour

// Alert is an alarm of the audit that waits for a governance officer.
type Alert struct {
	Number int64  // in the audit
	What   string // its kind, in words that name nobody
	At     time.Time
	About  string // id of the user whom it is about, who is not told of it; "": nobody
}

// TellAlerts writes to the governance officers which kinds of alerts wait, in the order of their
// numbers, and names nobody. Each is told of an alert once, and is written to once an hour at most.
func (s *Service) TellAlerts(ctx context.Context, all []Alert) error {
	if s == nil {
		return ErrNotSetUp
	}
	now := s.opts.Now()
	kept, err := s.box.Alerts(ctx, now, now.Add(-alertsApart), func(officers []outbox.Officer) (out []outbox.Message) {
		for _, o := range officers {
			if l, last := alertLetter(o, all); last > 0 {
				out = s.add(out, outbox.KindAlert, fmt.Sprint(last), o.Address, o.Name, l)
			}
		}
		return out
	})
	if kept > 0 {
		s.wakeSender()
	}
	return err
}

// alertLetter is of the alerts that an officer was not told of, and says the number of the last;
// 0: there are none.
func alertLetter(o outbox.Officer, all []Alert) (l letter, last int64) {
	l.Name = o.Name
	at := map[string]int{}
	for _, a := range all {
		if a.Number <= o.Told || a.About == o.User {
			continue
		}
		n, ok := at[a.What]
		if !ok {
			n = len(l.Alerts)
			at[a.What], l.Alerts = n, append(l.Alerts, alerted{What: a.What})
		}
		l.Alerts[n].N++
		l.Alerts[n].Last, last = a.At, a.Number
		l.Total++
	}
	return l, last
}
