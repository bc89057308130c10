package authn

import (
	"fmt"
	"time"

	"mais/server/internal/authn/internal/creds"
)

// within refuses a user before their first day and after their last. Days are those of UTC, so that
// every node and the database agree when one begins.
func within(u creds.User, now time.Time) *Refusal {
	switch {
	case !u.StartsOn.IsZero() && now.Before(dayOf(u.StartsOn)):
		return refuse(OutsideDates, fmt.Errorf("the user starts on %s", u.StartsOn.Format(time.DateOnly)))
	case !u.EndsOn.IsZero() && !now.Before(dayOf(u.EndsOn).AddDate(0, 0, 1)):
		return refuse(OutsideDates, fmt.Errorf("the user's last day was %s", u.EndsOn.Format(time.DateOnly)))
	}
	return nil
}

// dayOf is when a date of the database begins, whatever zone it was read in.
func dayOf(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
