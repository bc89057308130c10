package authz_test

import (
	"slices"
	"strings"
	"testing"

	"mais/server/api"
	"mais/server/internal/authz"
	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
)

// made makes a role while the service runs, as plain SQL does, and returns its generation.
func (f *fixture) made(role string, permissions ...string) {
	f.t.Helper()
	f.exec(`INSERT INTO access.role (name, description) VALUES ('` + role + `', 'made by a test')`)
	for _, p := range permissions {
		item, act, _ := strings.Cut(p, " ")
		f.exec(`INSERT INTO access.permission (role, item, act) VALUES ('` + role + `', '` + item + `', '` + act + `')`)
	}
}

// TestRoleMadeAtRunTime: nothing goes by a role's name. One that has an item for clinicians is
// served it, with nothing beside it; when the role is gone its holder is refused.
func TestRoleMadeAtRunTime(t *testing.T) {
	f := newFixture(t)
	f.made("pharmacist", "service_user_details.surname read", "release_medication.prescriptions read", "physical_health.epilepsy emergency")
	shown := func() (keys []string, err error) {
		r, err := f.Show(t.Context(), f.look("pharmacist"), f.person)
		return recordtest.Found(asJSON(t, r)), err
	}
	want := []string{"service_user_details.surname", "release_medication.prescriptions"}
	if got, err := shown(); err != nil || !slices.Equal(got, want) {
		t.Errorf("a role made at run time sees %v, %v, want %v", got, err, want)
	}
	m := f.member("Pat Pharmacist", "pharmacist")
	in := m.emergency()
	r, err := f.View(t.Context(), m.look(), in)
	if got := recordtest.Found(asJSON(t, r)); err != nil || !slices.Contains(got, "physical_health.epilepsy") || len(got) != 3 {
		t.Errorf("in an emergency it sees %v, %v, want one item more", got, err)
	}
	f.exec(`DELETE FROM access.permission WHERE role = 'pharmacist'`)
	if got, err := shown(); err == nil {
		t.Errorf("a role that permits nothing any more sees %v", got)
	}
}

// TestOfficePermitsNothing: not even if somebody wrote it into the table.
func TestOfficePermitsNothing(t *testing.T) {
	f := newFixture(t)
	for _, office := range []string{"administrator", "agency_administrator", "governance_officer"} {
		f.exec(`ALTER TABLE access.permission DISABLE TRIGGER USER;
			INSERT INTO access.permission (role, item, act) VALUES ('` + office + `', 'service_user_details.surname', 'read'), ('` + office + `', 'physical_health.epilepsy', 'emergency');
			ALTER TABLE access.permission ENABLE TRIGGER USER; UPDATE access.generation SET number = number + 1`)
		if reads, err := f.Reads(t.Context(), f.look(office).Principal); err != nil || reads {
			t.Errorf("%s reads %v, %v", office, reads, err)
		}
		if r, err := f.Show(t.Context(), f.look(office), f.person); err == nil {
			t.Errorf("%s is shown %+v", office, r)
		}
	}
}

// TestAsRole: the invented record is cut like a real one, in an emergency too, and is nobody's.
func TestAsRole(t *testing.T) {
	f := newFixture(t)
	for _, role := range []string{"police_officer", "clinician", "administrator", "no_such_role"} {
		l := f.look(role)
		for _, emergency := range []bool{false, true} {
			seen, err := f.AsRole(t.Context(), l.Principal, role, emergency)
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range record.Keys() {
				i, _ := record.Lookup(key)
				may := role == "clinician" || role == "police_officer" && (restricted(i) || emergency && inEmergency(i))
				if withheld := seen.Record.Sections[i.Section][i.Name].State == api.StateWithheld; withheld == may {
					t.Errorf("as %s, emergency %v: %s withheld = %v", role, emergency, key, withheld)
				}
				if got := seen.Access.Items[key].InEmergencyOnly(); got != (role == "police_officer" && inEmergency(i)) {
					t.Errorf("as %s: %s in an emergency only = %v", role, key, got)
				}
			}
			if text := asJSON(t, seen); strings.Contains(text, recordtest.MarkerPrefix) || strings.Contains(text, f.person) {
				t.Errorf("as %s: what is invented is of somebody", role)
			}
		}
		if n := len(f.events(l)); n != 0 {
			t.Errorf("as %s: %d looks were recorded", role, n)
		}
	}
	clinician, err := f.AsRole(t.Context(), f.look("clinician").Principal, "clinician", false)
	if err != nil || filled(clinician) < 40 {
		t.Errorf("the invented record has %d items that are recorded, %v: too few to show a layout", filled(clinician), err)
	}
}

func filled(seen authz.AsRole) (n int) {
	for _, section := range seen.Record.Sections {
		for _, item := range section {
			if item.State == "" {
				n++
			}
		}
	}
	return n
}
