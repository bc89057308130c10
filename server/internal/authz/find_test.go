package authz_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
)

// The canary's whole name has no blank that parts it, so the person who is sought is another.
func (f *fixture) sought(reference string) (id string) {
	f.t.Helper()
	p := recordtest.Canary()
	p.Reference = reference
	for name := range p.Identifiers {
		p.Identifiers[name] = reference + name
	}
	details := p.Sections["service_user_details"][0]
	for item, text := range map[string]string{"first_name": "Anne-Marie", "surname": "O’Hara Smith"} {
		e := details[item]
		e.Value = record.Word(text)
		details[item] = e
	}
	f.load(p)
	if err := f.db.Owner().QueryRow(f.t.Context(), `SELECT id FROM record.person WHERE source_reference = $1`, reference).Scan(&id); err != nil {
		f.t.Fatal(err)
	}
	return id
}

// A governance officer learns a number by the whole name, in any order, with the birth date, and
// nothing of the record; the event says whom, and not what was typed.
func TestFindNumber(t *testing.T) {
	f := newFixture(t)
	person := f.sought("ref-1")
	governor, officer := f.member("Gwen Governor", "governance_officer"), f.member("Ann Other", "police_officer")
	officer.grounds()
	born := string(recordtest.AsAt)
	found := api.AuditFound{Answer: api.FindFound, Person: person}
	for _, test := range []struct {
		asked api.AuditFind
		want  api.AuditFound
		event string
	}{
		{api.AuditFind{Name: "anne marie ohara-smith", Born: born}, found, "allowed"},
		{api.AuditFind{Name: "O'Hara Smith, Anne-Marie", Born: born}, found, "allowed"},
		{api.AuditFind{Name: "Anne-Marie O'Hara", Born: born}, api.AuditFound{Answer: api.FindNone}, "failed not-found"}, // no prefixes
		{api.AuditFind{Name: "Anne-Marie O'Hara Smith", Born: "1970-01-01"}, api.AuditFound{Answer: api.FindNone}, "failed not-found"},
		{api.AuditFind{Number: strings.ToLower(custody.Number)}, api.AuditFound{Answer: api.FindFound, Person: f.person}, "allowed"},
		{api.AuditFind{Number: "REF-1PRISON_NUMBER"}, found, "allowed"},
		{api.AuditFind{Number: "ref-1pnc_number"}, found, "allowed"},
		{api.AuditFind{Number: "ref-1nhs_number"}, api.AuditFound{Answer: api.FindNone}, "failed not-found"}, // not for the restricted login
		{api.AuditFind{Number: "50KY/1"}, api.AuditFound{Answer: api.FindNone}, "failed not-found"},
	} {
		l := governor.look()
		got, err := f.FindNumber(t.Context(), l, test.asked)
		if err != nil || got != test.want {
			t.Errorf("FindNumber(%+v) = %+v, %v, want %+v", test.asked, got, err, test.want)
		}
		e := f.wantEvents(l, test.event)[0]
		if named := test.want.Person != ""; e.Act != authz.ActFind || named != slices.Equal(e.Persons, []string{test.want.Person}) || len(e.Items) != 0 {
			t.Errorf("the event of %+v is %+v", test.asked, e)
		}
		for _, value := range e.Detail {
			if strings.Contains(strings.ToLower(value), "anne") || strings.Contains(value, born) || strings.Contains(value, "50") {
				t.Errorf("the event says what was typed: %q", value)
			}
		}
	}
	f.sought("ref-2")
	l := governor.look()
	if got, err := f.FindNumber(t.Context(), l, api.AuditFind{Name: "Anne-Marie O'Hara Smith", Born: born}); err != nil || got != (api.AuditFound{Answer: api.FindNotUnique}) {
		t.Errorf("of two FindNumber = %+v, %v", got, err)
	}
	if e := f.wantEvents(l, "failed not-unique")[0]; e.Persons != nil {
		t.Errorf("the event names %v", e.Persons)
	}
}

// Nobody else finds, nothing is told before the event is durable, and what cannot be asked is said by its field.
func TestFindNumberRefused(t *testing.T) {
	f := newFixture(t)
	asked := api.AuditFind{Name: "Anne-Marie O'Hara Smith", Born: string(recordtest.AsAt)}
	f.sought("ref-1")
	for _, roles := range [][]string{{"administrator"}, {"agency_administrator"}, {"record_clinician", "police_officer"}, {"Governance_officer"}, nil} {
		l := f.look(roles...)
		if got, err := f.FindNumber(t.Context(), l, asked); !errors.Is(err, authz.ErrDenied) || got != (api.AuditFound{}) {
			t.Errorf("%v: FindNumber = %+v, %v, want ErrDenied", roles, got, err)
		}
		f.wantEvents(l, "refused not-permitted")
	}
	governor := f.member("Gwen Governor", "governance_officer")
	for field, bad := range map[string]api.AuditFind{
		"name": {Name: "Smith", Born: asked.Born}, "born": {Name: asked.Name, Born: "12.3.1970"}, "name born": {}, "number": {Name: asked.Name, Born: asked.Born, Number: "4711"},
	} {
		l := governor.look()
		var invalid *authz.InvalidError
		if _, err := f.FindNumber(t.Context(), l, bad); !errors.As(err, &invalid) {
			t.Errorf("FindNumber(%+v) = %v, want *InvalidError", bad, err)
		}
		f.wantEvents(l, "failed invalid: "+field)
	}
	s := f.auditDown()
	if got, err := s.FindNumber(t.Context(), governor.look(), asked); !errors.Is(err, authz.ErrUnavailable) || got != (api.AuditFound{}) {
		t.Errorf("without the audit FindNumber = %+v, %v", got, err)
	}
	f.recheck = func(authn.Principal, int64, int64) error { return &authn.Refusal{Kind: authn.Revoked} }
	l := governor.look()
	if got, err := f.FindNumber(t.Context(), l, asked); err == nil || got != (api.AuditFound{}) {
		t.Errorf("revoked meanwhile FindNumber = %+v, %v", got, err)
	}
	f.wantEvents(l, "allowed", "refused "+string(authn.Revoked))
}

// Twenty an hour, however many are asked for at once and on however many nodes.
func TestFindNumberIsBounded(t *testing.T) {
	f := newFixture(t)
	f.sought("ref-1")
	governor, other := f.member("Gwen Governor", "governance_officer"), f.service(f)
	asked := api.AuditFind{Name: "Anne-Marie O'Hara Smith", Born: string(recordtest.AsAt)}
	var told, refused atomic.Int64
	ask := func(s *authz.Service) {
		switch got, err := s.FindNumber(t.Context(), authz.Look{Principal: governor.p, Request: audit.Event{Request: uuid.NewString()}}, asked); {
		case err == nil && got.Answer == api.FindFound:
			told.Add(1)
		case errors.Is(err, authz.ErrTooMany):
			refused.Add(1)
		default:
			t.Errorf("FindNumber = %+v, %v", got, err)
		}
	}
	for range authz.MaxFinds { // what cannot be understood does not count
		if _, err := f.FindNumber(t.Context(), governor.look(), api.AuditFind{Name: asked.Name, Born: "12.3.1970"}); errors.Is(err, authz.ErrTooMany) {
			t.Fatal("questions that cannot be understood are counted")
		}
	}
	for range authz.MaxFinds - 2 {
		ask(f.Service)
	}
	var all sync.WaitGroup
	for n := range 12 {
		all.Go(func() { ask([]*authz.Service{f.Service, other}[n%2]) })
	}
	all.Wait()
	ask(other)
	var many *authz.TooManyError
	_, err := other.FindNumber(t.Context(), governor.look(), asked)
	if !errors.As(err, &many) || many.Most != authz.MaxFinds || time.Until(many.Again) > time.Hour || time.Until(many.Again) < 50*time.Minute {
		t.Errorf("one more is refused with %+v, %v", many, err)
	}
	var recorded int64 // what was refused stands nowhere as told
	if err := f.db.Owner().QueryRow(t.Context(), `SELECT count(*) FROM audit.event WHERE act = 'audit.find' AND outcome = 'allowed'`).Scan(&recorded); err != nil || recorded != told.Load() {
		t.Errorf("%d finds are recorded, %v, and %d were told", recorded, err, told.Load())
	}
	if told.Load() > authz.MaxFinds || told.Load() < authz.MaxFinds-2 || told.Load()+refused.Load() != authz.MaxFinds+11 {
		t.Errorf("%d were told and %d refused, want at most %d told", told.Load(), refused.Load(), authz.MaxFinds)
	}
}
