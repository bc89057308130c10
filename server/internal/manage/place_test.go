package manage

import (
	"errors"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/internal/authn"
)

// TestReach: an administrator sees all places, one of an agency its own, and nobody else any;
// what is not theirs is not there.
func TestReach(t *testing.T) {
	c := newCountry(t)
	ctx := t.Context()
	for _, tt := range []struct {
		name     string
		p        authn.Principal
		agencies []string
		sites    int
	}{
		{"administrator", c.admin, []string{"Northshire Police", "Northshire Trust"}, 3},
		{"of the police", c.local, []string{"Northshire Police"}, 2},
	} {
		found, err := c.Agencies(ctx, tt.p)
		var names []string
		for _, a := range found.Agencies {
			names = append(names, a.Name)
		}
		if err != nil || !slices.Equal(names, tt.agencies) {
			t.Errorf("%s: Agencies = %v, %v, want %v", tt.name, names, err, tt.agencies)
		}
		if sites, err := c.Sites(ctx, tt.p, ""); err != nil || len(sites.Sites) != tt.sites {
			t.Errorf("%s: Sites are %d, %v, want %d", tt.name, len(sites.Sites), err, tt.sites)
		}
	}
	if a, err := c.Agency(ctx, c.local, c.police); err != nil || a.Sites != 2 || a.Users != 5 || a.Version != 1 {
		t.Errorf("Agency = %+v, %v, want 2 sites and 5 users", a, err)
	}
	for name, ask := range map[string]func(p authn.Principal) error{
		"agency":   func(p authn.Principal) error { _, err := c.Agency(ctx, p, c.trust); return err },
		"sites":    func(p authn.Principal) error { _, err := c.Sites(ctx, p, c.trust); return err },
		"site":     func(p authn.Principal) error { _, err := c.Site(ctx, p, c.ward); return err },
		"no UUID":  func(p authn.Principal) error { _, err := c.Site(ctx, p, "' OR true --"); return err },
		"capitals": func(p authn.Principal) error { _, err := c.Agency(ctx, p, "{"+c.police+"}"); return err },
		"nowhere":  func(p authn.Principal) error { _, err := c.Site(ctx, p, c.police); return err },
	} {
		if err := ask(c.local); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s of another agency: %v, want %v", name, err, ErrUnknown)
		}
		for who, p := range map[string]authn.Principal{"an officer": c.worker, "nobody": {}} {
			if err := ask(p); !errors.Is(err, ErrNotAllowed) {
				t.Errorf("%s for %s: %v, want %v", name, who, err, ErrNotAllowed)
			}
		}
	}
}

// TestWhose: the most specific first, closed sites never, and of others' networks an agency's
// administrator learns nothing.
func TestWhose(t *testing.T) {
	c := newCountry(t)
	ctx := t.Context()
	c.network(t, c.ward, "10.1.200.0/24")
	c.network(t, c.ward, "2001:db8:12::/48")
	whose := func(p authn.Principal, address string) (found []string) {
		answer, err := c.Whose(ctx, p, netip.MustParseAddr(address))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range answer.Matches {
			found = append(found, m.Prefix+" "+m.Name)
		}
		return found
	}
	for _, tt := range []struct {
		p       authn.Principal
		address string
		want    []string
	}{
		{c.admin, "10.1.200.7", []string{"10.1.200.0/24 Ward", "10.1.128.0/17 Court", "10.1.0.0/16 Custody"}},
		{c.admin, "::ffff:10.1.200.7", []string{"10.1.200.0/24 Ward", "10.1.128.0/17 Court", "10.1.0.0/16 Custody"}},
		{c.local, "10.1.200.7", []string{"10.1.128.0/17 Court", "10.1.0.0/16 Custody"}},
		{c.admin, "2001:db8:12::1", []string{"2001:db8:12::/48 Ward"}},
		{c.local, "2001:db8:12::1", nil},
		{c.admin, "203.0.113.9", nil},
	} {
		if diff := cmp.Diff(tt.want, whose(tt.p, tt.address)); diff != "" {
			t.Errorf("Whose(%s) (-want +got):\n%s", tt.address, diff)
		}
	}
	if _, err := c.owner.Exec(ctx, `UPDATE access.site SET closed_at = now() WHERE id = $1`, c.ward); err != nil {
		t.Fatal(err)
	}
	if found := whose(c.admin, "10.1.200.7"); len(found) != 2 {
		t.Errorf("after the ward closed it is still %v", found)
	}
	if _, err := c.Whose(ctx, c.admin, netip.MustParseAddr("fe80::1%eth0")); faulty(t, err)["address"] == "" {
		t.Errorf("an address with a zone: %v", err)
	}
	if _, err := c.Whose(ctx, c.worker, netip.MustParseAddr("10.1.0.1")); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("an officer: %v", err)
	}
	sites, err := c.Sites(ctx, c.admin, c.trust)
	if err != nil || len(sites.Sites) != 1 || sites.Sites[0].ClosedAt == nil || sites.Sites[0].Users != 1 {
		t.Errorf("Sites = %+v, %v, want the ward, closed", sites, err)
	}
}

// TestDraftNetwork: what is typed is a network, in its one form, and one that the site has not.
func TestDraftNetwork(t *testing.T) {
	c := newCountry(t)
	for typed, want := range map[string]string{
		" 172.20.0.0/16 ": "172.20.0.0/16", "::ffff:172.20.0.0/112": "172.20.0.0/16", "2001:DB8::/32": "2001:db8::/32", "203.0.113.9/32": "203.0.113.9/32",
		"10.0.0.1/8": "", "0.0.0.0/0": "", "::/0": "", "::ffff:0:0/96": "", "10.0.0.0": "", "10.0.0.0/33": "", "fe80::%eth0/64": "", "": "", "10.1.0.0/16": "", "010.0.0.0/8": "",
	} {
		d, err := c.draftPlace(t.Context(), c.local, api.ChangeRequest{Kind: api.NetworkAdd, Network: &api.NetworkFields{Site: c.custody, Prefix: typed}})
		if want == "" {
			if faulty(t, err)["network.prefix"] == "" {
				t.Errorf("%q: %v, want a fault of the prefix", typed, err)
			}
			continue
		}
		if err != nil || d.After.Network.Prefix != want || d.Agency != c.police || d.Subject != want+" at Custody, Northshire Police" {
			t.Errorf("%q = %+v, %v, want %s", typed, d, err, want)
		}
	}
	for name, tt := range map[string]struct {
		req  api.ChangeRequest
		want error
	}{
		"another agency's": {api.ChangeRequest{Kind: api.NetworkAdd, Network: &api.NetworkFields{Site: c.ward, Prefix: "172.20.0.0/16"}}, ErrUnknown},
		"no site":          {api.ChangeRequest{Kind: api.NetworkAdd, Network: &api.NetworkFields{Site: "x", Prefix: "172.20.0.0/16"}}, ErrUnknown},
		"site elsewhere":   {api.ChangeRequest{Kind: api.SiteAdd, Site: &api.SiteFields{Agency: c.trust, Name: "X"}}, ErrUnknown},
		"close elsewhere":  {api.ChangeRequest{Kind: api.SiteClose, Target: c.ward}, ErrUnknown},
		"their own agency": {api.ChangeRequest{Kind: api.AgencyChange, Target: c.police, Agency: &api.AgencyFields{}}, ErrNotAllowed},
		"an old version":   {api.ChangeRequest{Kind: api.SiteChange, Target: c.custody, Version: 9, Site: &api.SiteFields{Name: "X"}}, ErrConflict},
	} {
		if _, err := c.draftPlace(t.Context(), c.local, tt.req); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	for name, tt := range map[string]struct {
		req   api.ChangeRequest
		field string
	}{
		"not there":       {api.ChangeRequest{Kind: api.NetworkRemove, Network: &api.NetworkFields{Site: c.custody, Prefix: "172.20.0.0/16"}}, "network.prefix"},
		"nothing":         {api.ChangeRequest{Kind: api.NetworkAdd}, "network"},
		"taken":           {api.ChangeRequest{Kind: api.SiteAdd, Site: &api.SiteFields{Agency: c.police, Name: " Custody "}}, "site.name"},
		"taken, but case": {api.ChangeRequest{Kind: api.SiteAdd, Site: &api.SiteFields{Agency: c.police, Name: "cUSTODY"}}, "site.name"},
		"no name":         {api.ChangeRequest{Kind: api.SiteAdd, Site: &api.SiteFields{Agency: c.police, Name: " "}}, "site.name"},
		"unseen":          {api.ChangeRequest{Kind: api.SiteChange, Target: c.custody, Site: &api.SiteFields{Name: "Cus\u202etody"}}, "site.name"},
		"moves":           {api.ChangeRequest{Kind: api.SiteChange, Target: c.custody, Site: &api.SiteFields{Agency: c.trust, Name: "X"}}, "site.agency"},
		"nothing of it":   {api.ChangeRequest{Kind: api.SiteChange, Target: c.custody}, "site"},
	} {
		if _, err := c.draftPlace(t.Context(), c.local, tt.req); faulty(t, err)[tt.field] == "" {
			t.Errorf("%s: %v, want a fault of %s", name, err, tt.field)
		}
	}
}

// TestDraftAgency: every field is checked, and has its one form.
func TestDraftAgency(t *testing.T) {
	c := newCountry(t)
	good := api.AgencyFields{Name: " Probation North ", Kind: "probation", SponsorName: "R Reid", SponsorEmail: "Reid@North.Example", Domains: []string{"@North.example", "a.example", "north.example"}, Passwords: "limited"}
	d, err := c.draftPlace(t.Context(), c.admin, api.ChangeRequest{Kind: api.AgencyAdd, Agency: &good})
	want := api.AgencyFields{Name: "Probation North", Kind: "probation", SponsorName: "R Reid", SponsorEmail: "reid@north.example", Domains: []string{"a.example", "north.example"}, Passwords: "limited"}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, *d.After.Agency); diff != "" || d.Subject != "Probation North" || d.Agency != "" {
		t.Errorf("draft %+v (-want +got):\n%s", d, diff)
	}
	for field, spoil := range map[string]func(*api.AgencyFields){
		"agency.name":          func(a *api.AgencyFields) { a.Name = "Northshire Trust" },
		"agency.kind":          func(a *api.AgencyFields) { a.Kind = "" },
		"agency.sponsor_name":  func(a *api.AgencyFields) { a.SponsorName = "\x1b[2J" },
		"agency.sponsor_email": func(a *api.AgencyFields) { a.SponsorEmail = "Reid <reid@north.example>" },
		"agency.domains":       func(a *api.AgencyFields) { a.Domains = nil },
		"agency.passwords":     func(a *api.AgencyFields) { a.Passwords = "" },
	} {
		bad := good
		spoil(&bad)
		_, err := c.draftPlace(t.Context(), c.admin, api.ChangeRequest{Kind: api.AgencyAdd, Agency: &bad})
		if got := faulty(t, err); len(got) != 1 || got[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, domain := range []string{"example", "-a.example", "a..example", "a b.example", "*.example", "a.example.", "police.example\nBcc: x", "пример.рф", "127.0.0.1"} {
		if _, faults := completeDomains([]string{domain}); len(faults) != 1 {
			t.Errorf("%q is taken for a domain", domain)
		}
	}
}
