package authz_test

import (
	"slices"
	"testing"

	"mais/server/internal/authz"
	"mais/server/internal/record"
)

// Access says of each item by which role it may be read, and says the same as a decision.
func TestAccess(t *testing.T) {
	f := newFixture(t)
	for _, roles := range [][]string{{"police_officer"}, {"clinician"}, {"clinician", "police_officer"}, {"administrator"}, {"governance_officer", "no_such_role"}, nil} {
		got, err := f.Access(t.Context(), f.look(roles...).Principal)
		if err != nil {
			t.Fatalf("%v: Access = %v", roles, err)
		}
		for _, r := range got.Roles {
			if !slices.Contains(roles, r.Name) || r.Description == "" {
				t.Errorf("%v: a role %+v", roles, r)
			}
		}
		police, clinician := slices.Contains(roles, "police_officer"), slices.Contains(roles, "clinician")
		for _, key := range record.Keys() {
			i, _ := record.Lookup(key)
			var want authz.ItemAccess
			if clinician {
				want.Read = append(want.Read, "clinician")
			}
			if police && restricted(i) {
				want.Read = append(want.Read, "police_officer")
			}
			if police && inEmergency(i) {
				want.Emergency = []string{"police_officer"}
			}
			item, listed := got.Items[key]
			if !slices.Equal(item.Read, want.Read) || !slices.Equal(item.Emergency, want.Emergency) || listed != (want.Read != nil || want.Emergency != nil) {
				t.Errorf("%v: %s = %+v, listed %v, want %+v", roles, key, item, listed, want)
			}
		}
	}
	none, err := f.Access(t.Context(), f.look("no_such_role").Principal)
	if err != nil || len(none.Roles) != 0 || len(none.Items) != 0 {
		t.Errorf("Access of an unknown role = %+v, %v, want nothing", none, err)
	}
}
