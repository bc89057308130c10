package oversight

import (
	"context"
	"slices"
	"time"
	_ "time/tzdata" // a server without the system's own would tell the time of elsewhere

	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/lifecycle"
)

// The longest periods that are counted at once.
const (
	mostRefusalDays = 92
	mostFigureDays  = 92
	mostGroups      = 200
)

// Refusals returns what was refused or failed in a period, in groups.
func (s *Service) Refusals(ctx context.Context, l Look, from, to time.Time) (api.AuditRefusals, error) {
	found, gaps, err := releasedOf(ctx, s, l, l.event(ActRefusals), from, to, func(e audit.Event) (audit.Sealed[[]audit.Unmet], error) {
		if err := period(from, to, mostRefusalDays); err != nil {
			return audit.Sealed[[]audit.Unmet]{}, err
		}
		return s.opts.Log.Unmet(ctx, e, from, to, mostGroups)
	})
	if err != nil {
		return api.AuditRefusals{}, err
	}
	told := api.AuditRefusals{From: from.UTC(), To: to.UTC(), Groups: []api.AuditRefusal{}, Gaps: gaps.told()}
	for _, u := range found {
		told.Total += u.Count
		told.Groups = append(told.Groups, api.AuditRefusal{
			Outcome: string(u.Outcome), Reason: u.Why, Kind: KindOf(u.Outcome, u.Why), Address: u.Address, User: u.User, UserName: u.Name, Agency: u.Agency,
			Count: u.Count, First: u.First, Last: u.Last, LastID: u.LastID,
		})
	}
	return told, nil
}

func period(from, to time.Time, days int) error {
	fault := func(detail string) error {
		return &lifecycle.InvalidError{Fields: []api.FieldError{{Field: "to", Detail: detail}}}
	}
	switch {
	case !from.Before(to):
		return fault("is not after from")
	case to.Sub(from) > time.Duration(days)*24*time.Hour+time.Hour: // the clocks may go back meanwhile
		return fault("is more than 92 days after from")
	}
	return nil
}

// atDoor are the reasons of those who were not let in.
var atDoor = []string{
	"no-token", "unknown-token", "expired", "expired-token", "held", "held-token", "revoked", "revoked-token", "superseded", "superseded-token",
	"wrong-network", "level-too-low", "session-ended", "session-mismatch", "status-stale", "access-changed", "outside-dates", "enrolment-refused", "cross-site",
	"terms-due", "password-refused", "sign-in-refused", "too-many",
}

// KindOf sorts what was not allowed by the word that its reason begins with.
func KindOf(outcome audit.Outcome, why string) string {
	switch {
	case slices.Contains(atDoor, why):
		return api.RefusedAtDoor
	case outcome == audit.Refused:
		return api.RefusedPermission
	}
	return api.RefusedOther
}

// Figures returns the numbers of the days from and to, both included, London's.
func (s *Service) Figures(ctx context.Context, l Look, from, to time.Time) (api.AuditFigures, error) {
	from, to = dayOf(from), dayOf(to)
	end := to.AddDate(0, 0, 1)
	found, gaps, err := releasedOf(ctx, s, l, l.event(ActFigures), from, end, func(e audit.Event) (audit.Sealed[audit.Figures], error) {
		if err := period(from, end, mostFigureDays); err != nil {
			return audit.Sealed[audit.Figures]{}, err
		}
		return s.opts.Log.Figures(ctx, e, from, end)
	})
	if err != nil {
		return api.AuditFigures{}, err
	}
	told := figuresOf(found, from, to)
	told.Gaps = gaps.told()
	return told, nil
}

// London is where days begin.
var London = mustZone("Europe/London")

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // embedded
	}
	return zone
}

func dayOf(t time.Time) time.Time {
	t = t.In(London)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, London)
}

// figuresOf fills every day and hour in, those without anything too.
func figuresOf(f audit.Figures, from, to time.Time) api.AuditFigures {
	told := api.AuditFigures{From: from.Format(time.DateOnly), To: to.Format(time.DateOnly), Days: []api.AuditDay{}, Agencies: []api.AuditAgency{}}
	at := map[string]int{}
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		at[day.Format(time.DateOnly)] = len(told.Days)
		told.Days = append(told.Days, api.AuditDay{Day: day.Format(time.DateOnly)})
	}
	for _, d := range f.Days {
		if n, ok := at[d.Key]; ok {
			told.Days[n].Looks, told.Days[n].Lookers = d.Looks, d.Lookers
		}
	}
	for _, u := range f.Unmet {
		n, ok := at[u.Day]
		if !ok {
			continue
		}
		switch KindOf(audit.Outcome(u.Outcome), u.Why) {
		case api.RefusedAtDoor:
			told.Days[n].Door += u.Count
		case api.RefusedPermission:
			told.Days[n].Permission += u.Count
		default:
			told.Days[n].Other += u.Count
		}
	}
	for _, a := range f.Agencies {
		told.Agencies = append(told.Agencies, api.AuditAgency{Agency: a.Key, Looks: a.Looks, Lookers: a.Lookers})
	}
	told.Hours = make([]api.AuditHour, 24)
	for hour := range told.Hours {
		told.Hours[hour].Hour = hour
	}
	for _, h := range f.Hours {
		told.Hours[h.Hour%24].Looks = h.Looks
	}
	return told
}
