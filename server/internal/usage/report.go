package usage

import (
	"context"
	"slices"
	"time"
	_ "time/tzdata" // a server without the system's own would count the days of elsewhere

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/people"
)

const (
	weeks    = 13
	months   = 12
	recently = 28 * 24 * time.Hour
	maxSaid  = 100
)

// london is where days begin and end.
var london = func() *time.Location {
	at, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err) // the time zones are built in
	}
	return at
}()

// Report says how those use the service whom the caller administers. Governance officers see
// everybody's, and the words. Anybody else gets lifecycle.ErrNotAllowed.
func (s *Service) Report(ctx context.Context, p authn.Principal) (u api.Usage, err error) {
	agency, reviews, err := reach(p)
	if err != nil {
		return api.Usage{}, err
	}
	if u, err = s.numbers(ctx, agency); err != nil {
		return api.Usage{}, err
	}
	if reviews {
		err = s.words(ctx, &u)
	}
	return u, err
}

// numbers are those of an agency, or of all: new ones when the last are no longer fresh. Among
// tens of thousands of people they take the database a while, and nobody needs them sooner.
func (s *Service) numbers(ctx context.Context, agency string) (u api.Usage, err error) {
	s.mu.Lock()
	u, known := s.last[agency]
	s.mu.Unlock()
	if known && s.now().Sub(u.AsOf) < fresh {
		return u, nil
	}
	u = api.Usage{}
	if u.AsOf, err = s.register.CountUse(ctx); err != nil {
		return u, err
	}
	today := s.now().In(london)
	for _, read := range []func(context.Context, *api.Usage, string, time.Time) error{s.agencies, s.weeks, s.months} {
		if err := read(ctx, &u, agency, today); err != nil {
			return u, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last[agency] = u
	return u, nil
}

// reach is the name of the agency that the caller may ask about, "" for all.
func reach(p authn.Principal) (agency string, reviews bool, err error) {
	has := func(role string) bool { return p.User() != "" && slices.Contains(p.Roles(), role) }
	switch {
	case has(governanceOfficer):
		return "", true, nil
	case has(lifecycle.Administrator):
		return "", false, nil
	case has(lifecycle.AgencyAdministrator) && p.Agency() != "":
		return p.Agency(), false, nil
	}
	return "", false, lifecycle.ErrNotAllowed
}

func (s *Service) agencies(ctx context.Context, u *api.Usage, agency string, today time.Time) error {
	found, err := s.register.UseAgencies(ctx, agency, today.Add(-recently), monday(today))
	if err != nil {
		return err
	}
	u.All, u.Agencies = empty(""), []api.UsageAgency{}
	for _, a := range found {
		row := empty(a.Agency)
		fill(&row, a)
		fill(&u.All, a)
		u.Agencies = append(u.Agencies, row)
	}
	return nil
}

// empty is an agency that has done nothing.
func empty(name string) api.UsageAgency {
	return api.UsageAgency{Agency: name, LooksByWeek: make([]int, weeks), RegisteredByMonth: make([]int, months)}
}

// fill adds an agency's numbers to a row.
func fill(row *api.UsageAgency, a people.UseAgency) {
	row.People += a.People
	row.Registered += a.Registered
	row.Readers += a.Readers
	row.NeverLooked += a.NeverLooked
	row.Active += a.Active
	row.Looks += a.Looks
	row.Answers.Yes += a.Yes
	row.Answers.Partly += a.Partly
	row.Answers.No += a.No
	row.Answers.NotFound += a.NotFound
}

// monday is the first day of the first week that is shown.
func monday(today time.Time) time.Time {
	y, m, d := today.Date()
	since := (int(today.Weekday()) + 6) % 7
	return time.Date(y, m, d-since-7*(weeks-1), 0, 0, 0, 0, time.UTC)
}

func (s *Service) weeks(ctx context.Context, u *api.Usage, agency string, today time.Time) error {
	first := monday(today)
	for n := range weeks {
		u.Weeks = append(u.Weeks, api.UsageWeek{From: first.AddDate(0, 0, 7*n).Format(time.DateOnly)})
	}
	found, err := s.register.UseWeeks(ctx, agency, first)
	if err != nil {
		return err
	}
	for _, w := range found {
		n := int(w.From.Sub(first) / (7 * 24 * time.Hour))
		if n < 0 || n >= weeks {
			continue
		}
		if w.Agency == "" {
			at := &u.Weeks[n]
			at.Active, at.Looked, at.Looks = w.Active, w.Looked, w.Looks
			u.All.LooksByWeek[n] = w.Looks
		} else if row := rowOf(u, w.Agency); row != nil {
			row.LooksByWeek[n] = w.Looks
		}
	}
	return nil
}

func (s *Service) months(ctx context.Context, u *api.Usage, agency string, today time.Time) error {
	first := time.Date(today.Year(), today.Month()-months+1, 1, 0, 0, 0, 0, time.UTC)
	for n := range months {
		u.Months = append(u.Months, api.UsageMonth{From: first.AddDate(0, n, 0).Format(time.DateOnly)})
	}
	found, err := s.register.UseMonths(ctx, agency, first)
	if err != nil {
		return err
	}
	for _, m := range found {
		n := 12*(m.From.Year()-first.Year()) + int(m.From.Month()-first.Month())
		if n < 0 || n >= months {
			continue
		}
		u.Months[n].Registered += m.Registered
		u.All.RegisteredByMonth[n] += m.Registered
		if row := rowOf(u, m.Agency); row != nil {
			row.RegisteredByMonth[n] += m.Registered
		}
	}
	return nil
}

// rowOf is an agency's row. One that was renamed has none under its former name.
func rowOf(u *api.Usage, agency string) *api.UsageAgency {
	n := slices.IndexFunc(u.Agencies, func(a api.UsageAgency) bool { return a.Agency == agency })
	if n < 0 {
		return nil
	}
	return &u.Agencies[n]
}

func (s *Service) words(ctx context.Context, u *api.Usage) error {
	said, err := s.register.UseWords(ctx, maxSaid)
	for _, w := range said {
		u.Words = append(u.Words, api.UsageWords{Day: w.Day.Format(time.DateOnly), Agency: w.Agency, Answer: w.Answer, Words: w.Words})
	}
	return err
}
