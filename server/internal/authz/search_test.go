package authz_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/internal/authz"
	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
)

// alias gives a canary another name.
func alias(reference, firstName, surname string) record.Person {
	p := recordtest.Canary()
	p.Reference = reference
	row := p.Sections["service_user_details"][0]
	entry := row["aliases"]
	entry.Value = record.Rows{{"first_name": firstName, "surname": surname}}
	row["aliases"] = entry
	return p
}

// An answer says which alias fitted, as it is written, to those who may read aliases; the
// search for whole names finds no beginnings.
func TestSearchSaysWhichAlias(t *testing.T) {
	f := newFixture(t)
	f.load(alias("2", "Tóby", "Kay"))
	for _, test := range []struct {
		role string
		q    authz.Query
		want []*api.Name // of each person found
	}{
		{"police_officer", authz.Query{Surname: "KAY"}, []*api.Name{{FirstName: "Tóby", Surname: "Kay"}}},
		{"clinician", authz.Query{FirstName: "to"}, []*api.Name{{FirstName: "Tóby", Surname: "Kay"}}},
		{"police_officer", authz.Query{FirstName: "to", Exact: true}, nil},
		{"police_officer", authz.Query{FirstName: "toby", Surname: "kay", Exact: true}, []*api.Name{{FirstName: "Tóby", Surname: "Kay"}}},
		{"police_officer", authz.Query{Surname: "canary"}, []*api.Name{nil, nil}}, // by their own name
	} {
		l := f.look(test.role)
		found, err := f.Search(t.Context(), l, test.q)
		if err != nil {
			t.Errorf("%s: Search(%+v): %v", test.role, test.q, err)
			continue
		}
		var got []*api.Name
		for _, r := range found.Results {
			got = append(got, r.Alias)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: aliases of Search(%+v) (-want +got):\n%s", test.role, test.q, diff)
		}
		if e := f.wantEvents(l, "allowed")[0]; !slices.Contains(e.Items, "service_user_details.aliases") {
			t.Errorf("%s: the event's items are %v, without aliases", test.role, e.Items)
		}
	}
}
