package oversight

import (
	"context"
	"slices"
	"time"

	"mais/server/api"
	"mais/server/internal/audit"
)

// mostSteps is how much of a session is told at once.
const mostSteps = 2000

// Story returns what was done in a session, in its order, with how long apart, and how it ended.
func (s *Service) Story(ctx context.Context, l Look, session string) (api.AuditStory, error) {
	entries, gaps, err := releasedOf(ctx, s, l, l.event(ActSession), time.Time{}, time.Time{}, func(e audit.Event) (audit.Sealed[[]audit.Entry], error) {
		if !sessionForm.MatchString(session) {
			return audit.Sealed[[]audit.Entry]{}, errUnknown
		}
		return s.opts.Log.Story(ctx, e, session, mostSteps+1)
	})
	if err != nil {
		return api.AuditStory{}, err
	}
	if len(entries) == 0 {
		return api.AuditStory{}, errUnknown
	}
	told := storyOf(session, entries)
	end := s.now()
	if told.Ended != nil || told.Cut {
		end = told.Steps[len(told.Steps)-1].At
	}
	told.Gaps = gaps.between(entries[0].At, end).told()
	return told, nil
}

func storyOf(session string, entries []audit.Entry) api.AuditStory {
	first := entries[0]
	for _, e := range entries { // the attempt to use it from elsewhere is not its holder's
		if e.Act == "session.start" {
			first = e
		}
	}
	told := api.AuditStory{Session: session, User: first.User, UserName: first.UserName, Agency: first.Agency, Site: first.Site, Began: first.At, Steps: []api.AuditStep{}}
	if first.Address.IsValid() {
		told.Address = first.Address.String()
	}
	if told.Cut = len(entries) > mostSteps; told.Cut {
		entries = entries[:mostSteps]
	}
	var people []string
	for i, e := range entries {
		step := api.AuditStep{AuditEntry: wireOne(e)}
		if i > 0 {
			step.After = int(e.At.Sub(entries[i-1].At).Seconds())
		}
		told.Steps = append(told.Steps, step)
		if e.Act == "session.end" && e.Outcome == audit.Allowed {
			at := e.At
			told.Ended, told.Reason = &at, e.Reason
		}
		if opens(e) && !slices.Contains(people, e.Persons[0]) {
			people = append(people, e.Persons[0])
		}
	}
	told.People = len(people)
	return told
}

// opens reports whether an entry is of a record that was opened.
func opens(e audit.Entry) bool {
	return (e.Act == "record.show" || e.Act == "record.print") && e.Outcome == audit.Allowed && len(e.Persons) > 0
}

// mostLookers is how many of those who opened a record are told.
const mostLookers = 500

// Looks says who looked at a person's record, and returns the newest entries about it before a
// number, 0 for all. That there is such a person is not told: governance reads no record.
func (s *Service) Looks(ctx context.Context, l Look, person string, before int64) (api.AuditLooks, error) {
	type both struct {
		lookers []audit.Looker
		entries []audit.Entry
	}
	found, gaps, err := releasedOf(ctx, s, l, l.event(ActPerson), time.Time{}, time.Time{}, func(e audit.Event) (audit.Sealed[both], error) {
		if !isUUID(person) || before < 0 {
			return audit.Sealed[both]{}, errUnknown
		}
		lookers, err := s.opts.Log.Lookers(ctx, e, person, mostLookers)
		if err != nil {
			return audit.Sealed[both]{}, err
		}
		entries, err := s.opts.Log.Search(ctx, e, audit.Filter{Person: person, Before: before, Limit: perPage + 1})
		if err != nil {
			return audit.Sealed[both]{}, err
		}
		return audit.Join(lookers, entries, entries.Event(), func(l []audit.Looker, e []audit.Entry) both { return both{l, e} }), nil
	})
	if err != nil {
		return api.AuditLooks{}, err
	}
	told := api.AuditLooks{Person: person, Lookers: []api.AuditLooker{}}
	for _, f := range found.lookers {
		told.Lookers = append(told.Lookers, api.AuditLooker{User: f.User, Name: f.Name, Agency: f.Agency, Looks: f.Looks, First: f.First.UTC(), Last: f.Last.UTC()})
	}
	told.Entries, told.Next = cut(found.entries, perPage)
	oldest := oldestOf(told.Entries)
	for _, f := range found.lookers { // that list goes back to the first who looked
		if before == 0 && f.First.Before(oldest) {
			oldest = f.First
		}
	}
	told.Gaps = gaps.ofPage(before, oldest, s.now()).told()
	return told, nil
}
