package authz_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/authz"
	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
)

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Each item carries a word of its own; those in an answer are the role's and no other.
func TestEachRoleSeesItsItems(t *testing.T) {
	f := newFixture(t)
	for _, test := range []struct {
		role string
		may  func(record.Item) bool
	}{
		{"police_officer", func(i record.Item) bool { return i.Audience == record.Restricted }},
		{"clinician", func(record.Item) bool { return true }},
		{"record_clinician", func(record.Item) bool { return true }},
	} {
		l := f.look(test.role)
		shown, err := f.Show(t.Context(), l, f.person)
		if err != nil {
			t.Fatalf("%s: Show: %v", test.role, err)
		}
		var want []string
		for _, key := range record.Keys() {
			if i, _ := record.Lookup(key); test.may(i) && i.Type != record.Constant {
				want = append(want, key)
			}
		}
		text := asJSON(t, shown)
		if got := recordtest.Found(text); !slices.Equal(got, want) {
			t.Errorf("%s sees %v, want %v", test.role, got, want)
		}
		for _, key := range record.Keys() {
			i, _ := record.Lookup(key)
			if withheld := shown.Sections[i.Section][i.Name].State == api.StateWithheld; withheld == test.may(i) {
				t.Errorf("%s: %s withheld = %v", test.role, key, withheld)
			}
		}
		if strings.Contains(text, "person.") {
			t.Errorf("%s sees an identifier of another system: %s", test.role, text)
		}
		e := f.wantEvents(l, "allowed")[0]
		if e.Act != authz.ActShow || !slices.Equal(e.Persons, []string{f.person}) || e.Rows != 1 || e.UserName != "Ann Other" ||
			e.Serial != "4f00" || !slices.Equal(e.Roles, []string{test.role}) || !covers(e.Items, want) {
			t.Errorf("%s: the event is %+v", test.role, e)
		}
	}
}

// covers reports whether the event's items name every key.
func covers(items, keys []string) bool {
	return !slices.ContainsFunc(keys, func(key string) bool {
		section, _, _ := strings.Cut(key, ".")
		return !slices.Contains(items, key) && !slices.Contains(items, section+".*")
	})
}

func TestSearchNamesEveryCandidate(t *testing.T) {
	f := newFixture(t)
	second, third := recordtest.Canary(), recordtest.Canary()
	second.Reference, third.Reference = "2", "3"
	f.load(second, third)
	for _, role := range []string{"police_officer", "clinician"} {
		for _, q := range []authz.Query{{Surname: "canary"}, {FirstName: "canary"}, {DateOfBirth: string(recordtest.AsAt)}} {
			l := f.look(role)
			results, err := f.Search(t.Context(), l, q)
			if err != nil || len(results.Results) != 3 || results.Total != 3 || results.AsOf.IsZero() {
				t.Fatalf("%s: Search(%+v) = %+v, %v, want three", role, q, results, err)
			}
			var ids []string
			for _, r := range results.Results {
				ids = append(ids, r.ID)
			}
			e := f.wantEvents(l, "allowed")[0]
			if !slices.Equal(e.Persons, ids) || e.Rows != 3 {
				t.Errorf("%s: the event names %v, the answer %v", role, e.Persons, ids)
			}
			for _, key := range recordtest.Found(asJSON(t, results)) {
				if !covers(e.Items, []string{key}) {
					t.Errorf("%s: the answer tells of %s, the event does not", role, key)
				}
			}
		}
	}
	l := f.look("police_officer")
	results, err := f.Search(t.Context(), l, authz.Query{Surname: "Nobody"})
	if err != nil || results.Total != 0 || results.Results == nil {
		t.Errorf("Search for nobody = %+v, %v, want an empty list", results, err)
	}
	f.wantEvents(l, "allowed")
}

func TestDenied(t *testing.T) {
	f := newFixture(t)
	site, err := certs.NewIdentity(certs.Site, "11111111-2222-4333-8444-555555555555")
	if err != nil {
		t.Fatal(err)
	}
	as := func(p authn.Principal) authz.Look {
		l := f.look()
		l.Principal = p
		return l
	}
	for name, attempt := range map[string]func() authz.Look{
		"administrator":      func() authz.Look { return f.look("administrator") },
		"governance officer": func() authz.Look { return f.look("governance_officer", "administrator") },
		"no role":            func() authz.Look { return f.look() },
		"unknown role":       func() authz.Look { return f.look("Clinician", "root") },
		"nobody":             func() authz.Look { return as(authn.Principal{}) },
		"site":               func() authz.Look { return as(authntest.Principal(t, authntest.Facts{Identity: site, Name: "HMP X"})) },
		"import":             func() authz.Look { return as(authn.System("import")) },
		"unknown system":     func() authz.Look { return as(authn.System("clinician")) },
	} {
		l := attempt()
		if shown, err := f.Show(t.Context(), l, f.person); !errors.Is(err, authz.ErrDenied) || shown.Sections != nil {
			t.Errorf("%s: Show = %v, %v, want ErrDenied", name, shown, err)
		}
		if e := f.wantEvents(l, "refused not-permitted")[0]; !slices.Equal(e.Persons, []string{f.person}) {
			t.Errorf("%s: the event names %v, want whom it was about", name, e.Persons)
		}
		l = attempt()
		if found, err := f.Search(t.Context(), l, authz.Query{Surname: "canary"}); !errors.Is(err, authz.ErrDenied) || found.Results != nil {
			t.Errorf("%s: Search = %v, %v, want ErrDenied", name, found, err)
		}
		f.wantEvents(l, "refused not-permitted")
	}
}

// The count of a search by an item that may not be read would tell what it holds.
func TestSearchByWithheldItem(t *testing.T) {
	f := newFixture(t)
	f.exec(`DELETE FROM access.permission WHERE role = 'police_officer' AND item = 'service_user_details.date_of_birth'`)
	l := f.look("police_officer")
	if _, err := f.Search(t.Context(), l, authz.Query{DateOfBirth: string(recordtest.AsAt)}); !errors.Is(err, authz.ErrDenied) {
		t.Errorf("Search by a withheld item = %v, want ErrDenied", err)
	}
	f.wantEvents(l, "refused not-permitted")
	l = f.look("police_officer")
	found, err := f.Search(t.Context(), l, authz.Query{Surname: "canary"})
	if err != nil || len(found.Results) != 1 || found.Results[0].DateOfBirth != "" {
		t.Errorf("Search by surname = %+v, %v, want one without date of birth", found, err)
	}
}

func TestNotFound(t *testing.T) {
	f := newFixture(t)
	for _, id := range []string{"5ad8b9f6-7c1e-4a52-9f0d-000000000001", "", "1", strings.ToUpper(f.person), "{" + f.person + "}",
		"'; DROP TABLE record.person; --", "\x00", strings.Repeat("a", 64<<10)} {
		l := f.look("clinician")
		if shown, err := f.Show(t.Context(), l, id); !errors.Is(err, authz.ErrNotFound) || shown.Sections != nil {
			t.Errorf("Show(%.40q) = %v, %v, want ErrNotFound", id, shown, err)
		}
		f.wantEvents(l, "failed not-found")
	}
}

// What people type is personal data and stays out of the log, and hostile text is no
// database error.
func TestHostileSearch(t *testing.T) {
	f := newFixture(t)
	const typed = "Zyxwvut"
	for _, test := range []struct {
		q      authz.Query
		faulty string // the fields, "" when it is merely a search that finds nobody
	}{
		{authz.Query{}, "surname"},
		{authz.Query{Surname: "Z"}, "surname"},
		{authz.Query{Surname: strings.Repeat(typed, 10_000)}, "surname"},
		{authz.Query{Surname: typed + "\x00"}, "surname"},
		{authz.Query{Surname: typed, FirstName: typed + "\r\n\x1b[2J"}, "first_name"},
		{authz.Query{Surname: typed + "\xff"}, "surname"},
		{authz.Query{Surname: typed, DateOfBirth: "14/02/1978"}, "date_of_birth"},
		{authz.Query{DateOfBirth: "1978-02-30"}, "date_of_birth"},
		{authz.Query{DateOfBirth: "9999-99-99'; --" + typed}, "date_of_birth"},
		{authz.Query{Surname: "%", FirstName: "_", DateOfBirth: typed}, "surname first_name date_of_birth"},
		{authz.Query{Surname: typed + "' OR '1'='1"}, ""},
		{authz.Query{Surname: typed + `"; DROP TABLE record.person; --`, FirstName: `Ann\'$1`}, ""},
		{authz.Query{Surname: "<script>alert('" + typed + "')</script>"}, ""},
		{authz.Query{FirstName: typed + "%_*?"}, ""},
	} {
		l := f.look("police_officer")
		found, err := f.Search(t.Context(), l, test.q)
		if test.faulty == "" {
			if err != nil || found.Total != 0 {
				t.Errorf("Search(%.80v) = %v, %v, want nobody", test.q, found, err)
			}
			f.wantEvents(l, "allowed")
			continue
		}
		var invalid *authz.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("Search(%.80v) = %v, want an InvalidError", test.q, err)
			continue
		}
		f.wantEvents(l, "failed invalid: "+test.faulty)
		if strings.Contains(err.Error(), typed) {
			t.Errorf("the error repeats what was typed: %.200v", err)
		}
	}
	for e, err := range f.log.List(t.Context(), audit.Event{}, audit.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if text := asJSON(t, e); strings.Contains(text, typed) || strings.Contains(text, "canary:") {
			t.Errorf("the log repeats what was typed or read: %.500s", text)
		}
	}
}
