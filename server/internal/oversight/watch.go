package oversight

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"mais/server/internal/audit"
)

// How often the log is looked at, and how far back what is usual goes.
const (
	watchEvery = 30 * time.Second
	usualDays  = 28 // of how busy somebody is
	habitDays  = 56 // of when they are at work
	again      = 24 * time.Hour
)

// The alarms that a watch raises.
const (
	alarmScraping   = "alarm.scraping"
	alarmListing    = "alarm.listing"
	alarmOddHours   = "alarm.odd-hours"
	alarmNoReason   = "alarm.no-reason"
	alarmRefusals   = "alarm.refusals"
	alarmFailures   = "alarm.failures"
	alarmUnreviewed = "alarm.unreviewed"
)

// Run looks at the log and tells of alarms until ctx ends, on one node at a time. It outlives every
// failure.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := s.Watch(ctx, s.now())
		if err == nil { // what it raised has committed
			err = s.Tell(ctx, s.now())
		}
		if err != nil && !failing && ctx.Err() == nil {
			s.opts.Logger.ErrorContext(ctx, "the audit is not watched for unusual use, or nobody is told of it", "error", err)
		}
		failing = err != nil
	}
}

// Watch looks at the log once, as of a time, and raises what wants looking into. What it raised
// it does not raise again within a day, unless it has doubled.
func (s *Service) Watch(ctx context.Context, at time.Time) error {
	return s.opts.Log.Watch(ctx, func(ctx context.Context, w audit.Watch) error {
		look := watch{Watch: w, at: at, s: s}
		for _, rule := range []func(context.Context) error{look.scraping, look.listing, look.oddHours, look.noReason, look.trouble, look.unreviewed} {
			if err := rule(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// watch is one look at the log.
type watch struct {
	audit.Watch
	at time.Time
	s  *Service
}

// raise records an alarm about somebody, and about so many of something; 0: nothing is counted.
func (w watch) raise(ctx context.Context, act, user, name, agency, address string, count int, says string, detail map[string]string) error {
	e := audit.Event{Act: act, Outcome: audit.Allowed, AuthMethod: "system", User: user, UserName: name, Agency: agency, Detail: detail}
	if a, err := netip.ParseAddr(address); err == nil && user == "" {
		e.Address = a
	}
	e.Detail[detailSays] = says
	raised, err := w.Raise(ctx, e, count, w.at.Add(-again))
	if raised {
		w.s.opts.Logger.WarnContext(ctx, "ALERT: see the alerts of the audit", "alarm", act, "user", user)
	}
	return err
}

// openers returns who opened records since then; nobody where the limit is off.
func (w watch) openers(ctx context.Context, from time.Time, limit int) ([]audit.Opener, error) {
	if limit == 0 {
		return nil, nil
	}
	return w.Openers(ctx, from, w.at)
}

// noReason: many records opened without a reason, which pages ask for and programs may leave out.
func (w watch) noReason(ctx context.Context) error {
	most := w.s.opts.Alerts.WithoutReasonADay
	openers, err := w.openers(ctx, w.at.Add(-24*time.Hour), most)
	if err != nil {
		return err
	}
	for _, o := range openers {
		if o.Unwhy <= most {
			continue
		}
		err := w.raise(ctx, alarmNoReason, o.User, o.Name, o.Agency, "", o.Unwhy,
			fmt.Sprintf("Opened records %d times within 24 hours without giving a reason.", o.Unwhy),
			map[string]string{"looks": fmt.Sprint(o.Unwhy), "limit": fmt.Sprint(most)})
		if err != nil {
			return err
		}
	}
	return nil
}

// oddHours: a record opened at an hour, or on a day of the week, at which this user has not been at
// work, though there is enough of their history to tell.
func (w watch) oddHours(ctx context.Context) error {
	need := w.s.opts.Alerts.UsualDays
	from := w.at.Add(-time.Hour)
	openers, err := w.openers(ctx, from, need)
	if err != nil {
		return err
	}
	for _, o := range openers {
		past, err := w.Habits(ctx, o.User, from.AddDate(0, 0, -habitDays), from)
		if err != nil {
			return err
		}
		odd := oddness(past, o.Last, need)
		if odd == "" {
			continue
		}
		err = w.raise(ctx, alarmOddHours, o.User, o.Name, o.Agency, "", 0,
			fmt.Sprintf("Opened %s %s, %s.", records(o.Looks), o.Last.In(London).Format("on Monday at 15:04"), odd),
			map[string]string{"looks": fmt.Sprint(o.Looks), "last": o.Last.UTC().Format(time.RFC3339)})
		if err != nil {
			return err
		}
	}
	return nil
}

func records(n int) string {
	if n == 1 {
		return "a record"
	}
	return fmt.Sprintf("records %d times", n)
}

// oddness says how a time differs from what is usual, "" if it does not or there is too little to
// tell. Two hours before or after the usual is no wonder, where a shift begins early or ends late.
func oddness(past []audit.Habit, at time.Time, need int) string {
	var days []string
	var hours [24]bool
	var weekdays [8]bool
	for _, h := range past {
		if !slices.Contains(days, h.Day) {
			days = append(days, h.Day)
		}
		hours[h.Hour], weekdays[h.Weekday] = true, true
	}
	if len(days) < need {
		return ""
	}
	at = at.In(London)
	near := false
	for d := -2; d <= 2; d++ {
		near = near || hours[(at.Hour()+d+24)%24]
	}
	weekday := (int(at.Weekday())+6)%7 + 1
	switch {
	case !near:
		return fmt.Sprintf("an hour at which they were never seen on any of %d days", len(days))
	case weekday > 5 && !weekdays[6] && !weekdays[7]:
		return fmt.Sprintf("at a weekend, when they were never seen on any of %d days", len(days))
	}
	return ""
}

// trouble: many requests that were refused, or that failed.
func (w watch) trouble(ctx context.Context) error {
	for _, of := range []struct {
		act     string
		outcome audit.Outcome
		words   string
		most    int
	}{{alarmRefusals, audit.Refused, "were refused", w.s.opts.Alerts.RefusalsAnHour}, {alarmFailures, audit.Failed, "failed", w.s.opts.Alerts.FailuresAnHour}} {
		if of.most == 0 {
			continue
		}
		found, err := w.Troubles(ctx, of.outcome, w.at.Add(-time.Hour), w.at, of.most)
		if err != nil {
			return err
		}
		for _, t := range found {
			err := w.raise(ctx, of.act, t.User, t.Name, t.Agency, t.Address, t.Count,
				fmt.Sprintf("%d requests within an hour %s.", t.Count, of.words),
				map[string]string{"requests": fmt.Sprint(t.Count), "limit": fmt.Sprint(of.most)})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// longAgo is where emergency accesses without a review are no longer looked for.
const longAgo = 365

// unreviewed: an emergency access that nobody has reviewed in time. Each is raised once a week.
func (w watch) unreviewed(ctx context.Context) error {
	within := w.s.opts.Alerts.ReviewWithin.Std()
	if within == 0 {
		return nil
	}
	lately := w.at.AddDate(0, 0, -7)
	found, err := w.Unreviewed(ctx, w.at.AddDate(0, 0, -longAgo), w.at.Add(-within), lately)
	if err != nil {
		return err
	}
	for _, u := range found {
		e := audit.Event{Act: alarmUnreviewed, Outcome: audit.Allowed, AuthMethod: "system", User: u.User, UserName: u.Name, Agency: u.Agency,
			Detail: map[string]string{"about": u.Emergency, "emergency_id": u.Emergency,
				detailSays: "Emergency access of " + u.Began.In(London).Format("2 January 2006 at 15:04") + " was not reviewed."}}
		if _, err := w.Raise(ctx, e, 0, lately); err != nil {
			return err
		}
	}
	return nil
}
