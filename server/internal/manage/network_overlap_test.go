package manage

import (
	"fmt"
	"strings"
	"testing"

	"mais/server/api"
)

// TestNetworkThenPerson: who adds a network alone, and then has somebody work there, shows both to whoever
// approves the second; what others added is no news of this change.
func TestNetworkThenPerson(t *testing.T) {
	c := newCountry(t)
	if _, err := c.owner.Exec(t.Context(), `UPDATE access.agency SET domains = '{police.example}' WHERE id = $1`, c.police); err != nil {
		t.Fatal(err)
	}
	const lately = "has lately, alone, recognised networks"
	invite := func(n int, sites ...string) string {
		u := api.UserFields{Email: fmt.Sprintf("new%d@police.example", n), Name: "New", Agency: c.police, Sites: sites, Roles: []string{"police_officer"}}
		return sayings(confirmed(t, c.Service, c.local, api.ChangeRequest{Kind: api.UserInvite, User: &u}).Effect)
	}
	if said := invite(1, c.custody); strings.Contains(said, lately) {
		t.Errorf("nothing was added, and it says:\n%s", said)
	}
	for n := range aloneShown + 2 {
		confirmed(t, c.Service, c.local, api.ChangeRequest{Kind: api.NetworkAdd, Network: &api.NetworkFields{Site: c.custody, Prefix: fmt.Sprintf("203.0.113.%d/32", n)}})
	}
	confirmed(t, c.Service, c.admin, api.ChangeRequest{Kind: api.NetworkAdd, Network: &api.NetworkFields{Site: c.court, Prefix: "203.0.113.99/32"}})
	said := invite(2, c.custody)
	if !strings.Contains(said, lately) || !strings.Contains(said, "203.0.113.6/32 at Custody on ") || !strings.Contains(said, "; and 2 more.") {
		t.Errorf("networks were added, and it says:\n%s", said)
	}
	if said := invite(3, c.court); strings.Contains(said, lately) {
		t.Errorf("somebody else added one at another site, and it says:\n%s", said)
	}
	csv := "email,name,sites,roles\nnew4@police.example,New,Custody,police_officer\n"
	got, err := c.Import(t.Context(), c.local, strings.NewReader(csv), api.ImportRequest{})
	if err != nil || got.Change == nil || !strings.Contains(sayings(got.Change.Effect), "203.0.113.6/32 at Custody") {
		t.Errorf("a list says nothing of it: %+v, %v", got, err)
	}
}

// TestOverlaps: an agency's administrator adds a network alone, which thousands of prefixes need; but
// not one that is in another agency's, that holds it, or that is it, in IPv6 as in IPv4.
func TestOverlaps(t *testing.T) {
	c := newCountry(t)
	c.network(t, c.ward, "198.18.4.0/22")
	c.network(t, c.ward, "2001:db8:5::/48")
	const another = "It overlaps a network of another agency."
	for prefix, want := range map[string]string{
		"198.18.4.0/22": another, "198.18.5.7/32": another, "198.18.0.0/16": another, "::ffff:198.18.6.0/120": another,
		"2001:db8:5::/48": another, "2001:db8:5:1::/64": another, "2001:db8:5::1/128": another, "2001:db8::/36": another,
		"198.18.8.0/22": "", "198.18.3.255/32": "", "2001:db8:6::/48": "", "2001:db8:4:ffff::/64": "",
		"10.1.2.0/24": "", "192.0.2.0/24": "", // the agency's own, at another of its sites
	} {
		made := confirmed(t, c.Service, c.local, api.ChangeRequest{Kind: api.NetworkAdd, Network: &api.NetworkFields{Site: c.custody, Prefix: prefix}})
		if got := strings.Join(made.Second, " "); got != want || (made.State == api.ChangeApplied) != (want == "") {
			t.Errorf("%s: %s, %q, want %q", prefix, made.State, got, want)
		}
		if made.State == api.ChangeWaiting {
			if _, err := c.Discard(t.Context(), c.local, made.ID); err != nil { // so many may be open
				t.Fatal(err)
			}
		}
	}
}
