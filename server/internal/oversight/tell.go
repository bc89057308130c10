package oversight

import (
	"context"
	"errors"
	"time"

	"mais/server/internal/audit"
	"mais/server/internal/mail"
)

// newsOf is how far back alerts are news: what was not told within a day, as there was nobody to
// tell, waits on the page of alerts.
const newsOf = 24 * time.Hour

// Post writes to governance officers. Without mail it returns mail.ErrNotSetUp.
type Post interface {
	TellAlerts(context.Context, []mail.Alert) error
}

// alertWords are kinds of alarms as a mail says them: it names nobody.
var alertWords = map[string]string{
	alarmScraping:         "records of many people were opened",
	alarmListing:          "many people were in lists of results",
	alarmOddHours:         "records were opened at an unusual hour",
	alarmNoReason:         "records were opened without a reason",
	alarmRefusals:         "many requests were refused",
	alarmFailures:         "many requests failed",
	alarmUnreviewed:       "an emergency access was not reviewed",
	"alarm.spraying":      "passwords are being tried at many accounts",
	"alarm.uninventoried": "a certificate is not in the inventory",
}

// Tell writes to governance officers of the alarms that wait as of a time, whichever part of the
// service raised them. Those of whoever is written to already are not told again.
func (s *Service) Tell(ctx context.Context, at time.Time) error {
	var waiting []audit.Entry
	err := s.opts.Log.Watch(ctx, func(ctx context.Context, w audit.Watch) (err error) {
		waiting, err = w.Waiting(ctx, at.Add(-newsOf))
		return err
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	err = s.opts.Post.TellAlerts(ctx, alertsOf(waiting))
	if errors.Is(err, mail.ErrNotSetUp) {
		return nil
	}
	return err
}

func alertsOf(waiting []audit.Entry) []mail.Alert {
	all := make([]mail.Alert, 0, len(waiting))
	for _, e := range waiting {
		words := alertWords[e.Act]
		if words == "" {
			words = "something else"
		}
		all = append(all, mail.Alert{Number: e.ID, What: words, At: e.At, About: e.User})
	}
	return all
}
