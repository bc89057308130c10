package sessions

import (
	"testing"

	"mais/certs"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
)

const (
	ours   = "22222222-2222-4333-8444-000000000001"
	theirs = "22222222-2222-4333-8444-000000000002"
)

// TestReach: an administrator reaches everybody, an agency's own those of their agency who hold no
// office, whatever else they are, and nobody else anybody.
func TestReach(t *testing.T) {
	of := func(agency string, office bool) authn.OpenSession {
		return authn.OpenSession{AgencyID: agency, Office: office}
	}
	sessions := []authn.OpenSession{of(ours, false), of(ours, true), of(theirs, false), of(theirs, true), of("", false)}
	for name, test := range map[string]struct {
		roles  []string
		agency string
		want   [5]bool
	}{
		"an administrator":                      {[]string{"administrator"}, ours, [5]bool{true, true, true, true, true}},
		"both":                                  {[]string{"agency_administrator", "administrator"}, ours, [5]bool{true, true, true, true, true}},
		"an agency's administrator":             {[]string{"agency_administrator"}, ours, [5]bool{true, false, false, false, false}},
		"an agency's administrator without one": {[]string{"agency_administrator"}, "", [5]bool{}},
		"an officer":                            {[]string{"police_officer"}, ours, [5]bool{}},
		"a governance officer":                  {[]string{"governance_officer"}, ours, [5]bool{}},
		"nobody":                                {nil, ours, [5]bool{}},
	} {
		identity, err := certs.NewIdentity(certs.User, "11111111-2222-4333-8444-555555555555")
		if err != nil {
			t.Fatal(err)
		}
		r := reachOf(authntest.Principal(t, authntest.Facts{Identity: identity, AgencyID: test.agency, Roles: test.roles}))
		manages := false
		for n, s := range sessions {
			if got := r.reaches(s); got != test.want[n] {
				t.Errorf("%s reaches %+v: %v, want %v", name, s, got, test.want[n])
			}
			manages = manages || test.want[n]
		}
		if r.manages() != manages {
			t.Errorf("%s manages: %v, want %v", name, r.manages(), manages)
		}
	}
	if r := reachOf(authn.Principal{}); r.manages() {
		t.Error("who is not signed in manages sessions")
	}
}
