package authz

import (
	"context"
	"time"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/audit"
	"mais/server/internal/authz/internal/look"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// Looked is one look at a record, for those who may see the record. It says which reason was
// given, and not the number and the words with it: those are between who looked and those
// who read the audit.
type Looked struct {
	At        time.Time
	Name      string // of the user who looked
	Agency    string
	Act       string // record.show or record.print
	Reason    string // code of form.Reasons, or empty
	Emergency bool
	Own       bool // it was the caller
}

// Recent is a person whose record the caller looked at lately.
type Recent struct {
	At     time.Time // of the last look
	Looks  int
	Reason string           // of the last look
	Person api.SearchResult // without alerts; without a name when the caller may no longer read it
}

const maxRecent = 50

// Looked returns who opened a person's record, last first, at most form.MaxLooks: those that
// were allowed, of whatever user. It is for whoever may read something of the record, on
// grounds. Act record.looked.
//
// The error is ErrNoReason for grounds that are none or another session's, ErrDenied,
// ErrUnavailable or an *authn.Refusal.
func (s *Service) Looked(ctx context.Context, l Look, g Grounds) ([]Looked, error) {
	e, err := g.begin(l.Principal, l.event(ActLooked))
	if err != nil {
		return nil, s.failed(ctx, e, err)
	}
	entries, err := released(ctx, s, l.Principal, e, func(_ policy.Decision, e audit.Event) (audit.Sealed[[]audit.Entry], error) {
		return s.reader.Looked(ctx, g.person, form.MaxLooks, e)
	})
	if err != nil {
		return nil, err
	}
	looks := make([]Looked, len(entries))
	for n, entry := range entries {
		looks[n] = Looked{At: entry.At, Name: entry.UserName, Agency: entry.Agency, Act: entry.Act, Reason: entry.Detail[detailReason],
			Emergency: entry.Detail[detailEmergency] == "true", Own: entry.User != "" && entry.User == l.Principal.User()}
	}
	return looks, nil
}

// Recent returns whom the caller looked at in the last form.RecentDays, last first, at most 50
// people, with what the caller may read of their names now. Act record.recent, which names
// them all.
//
// The error is ErrDenied for one who may read no record, ErrUnavailable or an *authn.Refusal.
func (s *Service) Recent(ctx context.Context, l Look) ([]Recent, error) {
	user := l.Principal.User()
	e := l.event(ActRecent)
	if user == "" {
		return nil, s.failed(ctx, e, ErrDenied)
	}
	since := time.Now().AddDate(0, 0, -form.RecentDays)
	found, err := released(ctx, s, l.Principal, e, func(d policy.Decision, e audit.Event) (audit.Sealed[look.Recent], error) {
		return s.reader.Recent(ctx, d, user, since, maxRecent, e)
	})
	if err != nil {
		return nil, err
	}
	recent := make([]Recent, len(found.Visits))
	for n, v := range found.Visits {
		recent[n] = Recent{At: v.At, Looks: v.Looks, Reason: v.Detail[detailReason], Person: named(v.Persons[0], found.Names)}
	}
	return recent, nil
}

// named returns the person of an id with the name that was read, if there is one.
func named(id string, names map[string]record.Match) api.SearchResult {
	person := wireName(names[id])
	person.ID = id
	return person
}
