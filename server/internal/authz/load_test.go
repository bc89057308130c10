package authz_test

import (
	"errors"
	"strings"
	"testing"

	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/record/importcsv"
)

const file = "source,source_reference,surname,first_name,date_of_birth,epilepsy\n" +
	"P-NOMIS,A1,Kettering,Tobias,1978-02-14,yes\n" +
	"P-NOMIS,A2,Sandford,Ada,1990-12-01,no\n"

func (f *fixture) people() (n int) {
	f.t.Helper()
	if err := f.db.Owner().QueryRow(f.t.Context(), `SELECT count(*) FROM record.person`).Scan(&n); err != nil {
		f.t.Fatal(err)
	}
	return n
}

// last returns the last event of an act.
func (f *fixture) last(act string) audit.Entry {
	f.t.Helper()
	var last audit.Entry
	for e, err := range f.log.List(f.t.Context(), audit.Event{}, audit.Filter{Act: act, Limit: 1}) {
		if err != nil {
			f.t.Fatal(err)
		}
		last = e
	}
	return last
}

func TestImport(t *testing.T) {
	f := newFixture(t)
	importer := authn.System("import")
	for _, test := range []struct {
		name   string
		dryRun bool
		want   authz.ImportReport
		people int
	}{
		{"dry run", true, authz.ImportReport{Loaded: 2}, 1},
		{"first", false, authz.ImportReport{Loaded: 2}, 3},
		{"again", false, authz.ImportReport{Skipped: 2}, 3},
	} {
		done := 0
		got, err := f.Import(t.Context(), importer, strings.NewReader(file), test.dryRun, func(n int) { done = n })
		if err != nil || got != test.want || f.people() != test.people || done != 2 {
			t.Errorf("%s: Import = %+v, %v, %d people, progress %d, want %+v, %d people, progress 2",
				test.name, got, err, f.people(), done, test.want, test.people)
		}
		e := f.last(authz.ActImport)
		if e.Outcome != audit.Allowed || e.Rows != test.want.Loaded || e.UserName != "import" || (e.Detail["dry_run"] == "true") != test.dryRun {
			t.Errorf("%s: the event is %+v", test.name, e)
		}
	}
}

func TestFaultyImport(t *testing.T) {
	f := newFixture(t)
	bad := file + "P-NOMIS,A3,Kettering,Tobias,14/02/1978,perhaps\n"
	for _, dryRun := range []bool{true, false} {
		_, err := f.Import(t.Context(), authn.System("import"), strings.NewReader(bad), dryRun, nil)
		var faults *importcsv.Faults
		if !errors.As(err, &faults) || len(faults.Told) != 2 || f.people() != 1 {
			t.Errorf("Import of a faulty file = %v and %d people, want two faults and nothing loaded", err, f.people())
		}
		if e := f.last(authz.ActImport); e.Outcome != audit.Failed || e.Reason != "invalid" || e.Rows != 0 {
			t.Errorf("the event is %+v", e)
		}
	}
}

func TestGenerate(t *testing.T) {
	f := newFixture(t)
	for range 2 { // the second time changes nothing
		if err := f.Generate(t.Context(), authn.System("generator"), 40, 1, nil); err != nil || f.people() != 41 {
			t.Errorf("Generate = %v and %d people, want the canary and 40", err, f.people())
		}
	}
	if err := f.Generate(t.Context(), authn.System("import"), 40, 2, nil); !errors.Is(err, authz.ErrDenied) || f.people() != 41 {
		t.Errorf("Generate by the import = %v and %d people, want ErrDenied", err, f.people())
	}
	if e := f.last(authz.ActGenerate); e.Outcome != audit.Refused || e.UserName != "import" {
		t.Errorf("the event is %+v", e)
	}
}

func TestWhoMayLoad(t *testing.T) {
	f := newFixture(t)
	for name, p := range map[string]authn.Principal{
		"nobody": {}, "generator": authn.System("generator"), "web": authn.System("web"), "clinician": f.look("record_clinician").Principal,
	} {
		if _, err := f.Import(t.Context(), p, strings.NewReader(file), false, nil); !errors.Is(err, authz.ErrDenied) || f.people() != 1 {
			t.Errorf("%s: Import = %v and %d people, want ErrDenied", name, err, f.people())
		}
		if e := f.last(authz.ActImport); e.Outcome != audit.Refused || e.UserName != p.Name() {
			t.Errorf("%s: the event is %+v", name, e)
		}
	}
}

// A load whose event cannot be written loads nothing.
func TestLoadWithoutItsEvent(t *testing.T) {
	f := newFixture(t)
	f.exec(`REVOKE EXECUTE ON FUNCTION audit.append(jsonb) FROM mais_write_health`)
	if _, err := f.Import(t.Context(), authn.System("import"), strings.NewReader(file), false, nil); !errors.Is(err, authz.ErrUnavailable) || f.people() != 1 {
		t.Errorf("Import = %v and %d people, want ErrUnavailable and nothing loaded", err, f.people())
	}
}
