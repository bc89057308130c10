package lifecycle

import (
	"testing"

	"mais/ca"
	"mais/certs"
)

func identity(t *testing.T, kind certs.Kind, id string) certs.Identity {
	t.Helper()
	who, err := certs.NewIdentity(kind, id)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// Who administers what, and which plans they see: the whole rule, cell by cell.
func TestReach(t *testing.T) {
	ann := identity(t, certs.User, "7b0a3a0e-6a32-4b3c-9a6c-0c8a6a9c2f10")
	bob := identity(t, certs.User, "7b0a3a0e-6a32-4b3c-9a6c-0c8a6a9c2f11")
	site := identity(t, certs.Site, "7b0a3a0e-6a32-4b3c-9a6c-0c8a6a9c2f12")
	plans := map[string]ca.Plan{
		"everybody's": {Scope: scopeAll, Owner: bob}, "the agency's": {Scope: scopeAgency + "Police", Owner: bob}, "another agency's": {Scope: scopeAgency + "Trust", Owner: bob},
		"their own": {Scope: scopeOwn, Owner: ann}, "another's own": {Scope: scopeOwn, Owner: bob}, "of a role they lost": {Scope: scopeAll, Owner: ann},
		"no scope": {Owner: ann},
	}
	for _, test := range []struct {
		name   string
		who    certs.Identity
		roles  []string
		agency string
		scope  string
		sees   []string
	}{
		{"an administrator", ann, []string{"administrator"}, "Police", "all", []string{"everybody's", "the agency's", "another agency's", "their own", "another's own", "of a role they lost", "no scope"}},
		{"of both kinds", ann, []string{"administrator", "agency_administrator"}, "Police", "all", []string{"everybody's", "the agency's", "another agency's", "their own", "another's own", "of a role they lost", "no scope"}},
		{"an agency's", ann, []string{"agency_administrator", "police_officer"}, "Police", "agency:Police", []string{"the agency's", "their own"}},
		{"of an agency called all", ann, []string{"agency_administrator"}, "all", "agency:all", []string{"their own"}},
		{"an agency's without one", ann, []string{"agency_administrator"}, "", "own", []string{"their own"}},
		{"an officer", ann, []string{"police_officer"}, "Police", "own", []string{"their own"}},
		{"a governance officer", ann, []string{"governance_officer"}, "Police", "own", []string{"their own"}},
		{"nobody in particular", ann, nil, "Police", "own", []string{"their own"}},
		{"a role that is nearly one", ann, []string{"Administrator", "administrator ", "mais_administrator"}, "Police", "own", []string{"their own"}},
		{"a site that says it is one", site, []string{"administrator", "agency_administrator"}, "Police", "own", nil},
		{"nobody", certs.Identity{}, []string{"administrator"}, "Police", "own", nil},
	} {
		r := reachBy(test.who, test.roles, test.agency)
		if got := r.scope(); got != test.scope || r.administers() != (test.scope != "own") {
			t.Errorf("%s: scope = %q, administers = %v, want %q", test.name, got, r.administers(), test.scope)
		}
		want := map[string]bool{}
		for _, name := range test.sees {
			want[name] = true
		}
		for name, plan := range plans {
			if got := r.sees(plan); got != want[name] {
				t.Errorf("%s: sees a plan that is %s = %v, want %v", test.name, name, got, want[name])
			}
		}
	}
}

func TestWarnings(t *testing.T) {
	for _, test := range []struct {
		act  string
		p    ca.Preview
		none bool
		want int
	}{
		{"hold", ca.Preview{Total: 2, Changes: 2}, false, 0},
		{"hold", ca.Preview{Total: 2, Changes: 1, Already: 1}, false, 0},
		{"hold", ca.Preview{Total: 3, Changes: 1, Already: 1}, false, 1}, // one can't be
		{"revoke", ca.Preview{Total: 1, Changes: 1, Along: 1, Nodes: 1, Own: true}, true, 4},
		{"release", ca.Preview{Total: 1, Changes: 1}, false, 1},
		{"revoke", ca.Preview{Total: 2, Changes: 2, Raised: 1}, false, 1},
		{"revoke", ca.Preview{Total: 9, Changes: 9, Long: true}, false, 1},
	} {
		if got := warnings(ca.Plan{Act: test.act}, test.p, test.none); len(got) != test.want {
			t.Errorf("warnings(%s, %+v) = %q, want %d", test.act, test.p, got, test.want)
		}
	}
}
