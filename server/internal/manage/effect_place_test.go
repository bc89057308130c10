package manage

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
)

// faulty returns what is wrong with which field.
func faulty(t *testing.T, err error) map[string]string {
	t.Helper()
	var invalid *lifecycle.InvalidError
	found := map[string]string{}
	if errors.As(err, &invalid) {
		for _, f := range invalid.Fields {
			found[f.Field] = f.Detail
		}
	}
	return found
}

// who says of those who are affected, by the part of the address before the @, from where.
func who(all []api.Affected) map[string]string {
	found := map[string]string{}
	for _, a := range all {
		name, _, _ := strings.Cut(a.Email, "@")
		found[name] = strings.Join(slices.Concat(a.Places, a.What), "; ")
	}
	return found
}

func (c *country) effect(t *testing.T, p proposed) api.Effect {
	t.Helper()
	e, err := foresee[p.Kind](c.Service, t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func network(kind, site, prefix string) proposed {
	return proposed{Kind: kind, After: api.ChangeRequest{Kind: kind, Network: &api.NetworkFields{Site: site, Prefix: prefix}}}
}

// TestForeseeAdd: who works at the site gains what no other site of theirs holds.
func TestForeseeAdd(t *testing.T) {
	c := newCountry(t)
	for _, tt := range []struct {
		prefix string
		gains  map[string]string
	}{
		{"172.20.0.0/16", map[string]string{"anna": "172.20.0.0/16", "bert": "172.20.0.0/16"}},
		{"2001:db8:12::/48", map[string]string{"anna": "2001:db8:12::/48", "bert": "2001:db8:12::/48"}},
		{"10.1.7.0/24", map[string]string{}}, // within what custody has
		{"192.0.2.128/25", map[string]string{"bert": "192.0.2.128/25"}},
		{"192.0.0.0/22", map[string]string{"anna": "192.0.0.0/23; 192.0.3.0/24; for the rest another network of theirs stands", "bert": "192.0.0.0/22"}},
	} {
		e := c.effect(t, network(api.NetworkAdd, c.custody, tt.prefix))
		if diff := cmp.Diff(tt.gains, who(e.Gains)); diff != "" || e.GainsAll != len(tt.gains) || e.LossesAll != 0 {
			t.Errorf("%s: %d gain and %d lose (-want +got):\n%s", tt.prefix, e.GainsAll, e.LossesAll, diff)
		}
	}
	empty := c.newSite(t, "Northshire Police", "police", "New")
	c.user(t, "dora@police.example", "Northshire Police", []string{"police_officer"}, empty)
	e := c.effect(t, network(api.NetworkAdd, empty, "172.20.0.0/16"))
	if diff := cmp.Diff(map[string]string{"dora": "172.20.0.0/16; could not come in from anywhere"}, who(e.Gains)); diff != "" {
		t.Errorf("the first network of a site (-want +got):\n%s", diff)
	}
	c.network(t, empty, "172.20.0.0/16")
	if again := c.effect(t, network(api.NetworkAdd, empty, "172.20.0.0/16")); again.GainsAll != 1 {
		t.Errorf("once it is there the effect is another: %+v", again)
	}
}

// TestForeseeRemove: who works elsewhere too keeps what the other site holds, by half where it is
// half.
func TestForeseeRemove(t *testing.T) {
	c := newCountry(t)
	c.session(t, c.worker, c.custody, "10.1.3.3")
	c.session(t, c.worker, c.custody, "10.1.3.4")
	c.session(t, c.worker, c.custody, "172.20.0.1")
	e := c.effect(t, network(api.NetworkRemove, c.custody, "10.1.0.0/16"))
	want := map[string]string{"anna": "10.1.0.0/17; for the rest another network of theirs stands", "bert": "10.1.0.0/16; can come in from nowhere any more"}
	if diff := cmp.Diff(want, who(e.Losses)); diff != "" || e.LossesAll != 2 || e.GainsAll != 0 || e.Sessions != 3 {
		t.Errorf("%d lose, %d sessions end (-want +got):\n%s", e.LossesAll, e.Sessions, diff)
	}
	warned(t, e, "last network of Custody", "1 person works at no other site")
	c.network(t, c.custody, "172.20.0.0/16")
	c.good[c.custody] = 2
	e = c.effect(t, network(api.NetworkRemove, c.custody, "10.1.0.0/16"))
	if e.Sessions != 2 || len(e.Warnings) != 1 {
		t.Errorf("%d sessions end, want the 2 from there; %q", e.Sessions, e.Warnings)
	}
	warned(t, e, "2 good certificates of the site’s own system are refused from 10.1.0.0/16")
	again := network(api.NetworkRemove, c.court, "192.0.2.0/24")
	again.By, again.From = c.admin.User(), netip.MustParseAddr("192.0.2.7")
	warned(t, c.effect(t, again), "You would cut yourself off: you are at 192.0.2.7")
	again.From = netip.MustParseAddr("10.1.200.1")
	if e := c.effect(t, again); strings.Contains(strings.Join(e.Warnings, " "), "cut yourself off") {
		t.Errorf("who is at another network of theirs is warned: %q", e.Warnings)
	}
}

// TestForeseeClose: all of a site goes.
func TestForeseeClose(t *testing.T) {
	c := newCountry(t)
	c.good[c.court] = 1
	c.session(t, c.admin, c.court, "192.0.2.7")
	p := proposed{Kind: api.SiteClose, Target: c.court, By: c.admin.User()}
	e := c.effect(t, p)
	want := map[string]string{"anna": "192.0.2.0/24"} // custody holds the other
	for _, name := range []string{"ada", "sam", "lena"} {
		want[name] = "10.1.128.0/17; 192.0.2.0/24; can come in from nowhere any more"
	}
	if diff := cmp.Diff(want, who(e.Losses)); diff != "" || e.Sessions != 1 {
		t.Errorf("%d sessions end (-want +got):\n%s", e.Sessions, diff)
	}
	warned(t, e, "cut yourself off: you could come in from nowhere", "3 people work at no other site", "1 good certificate of the site’s own system is refused from then on")
	warned(t, c.effect(t, proposed{Kind: api.SiteClose, Target: c.ward}), "last site of Northshire Trust")
	if _, err := c.foreseeSite(t.Context(), proposed{Kind: api.SiteClose, Target: c.police}); !errors.Is(err, ErrUnknown) {
		t.Errorf("a site that is none: %v", err)
	}
}

func warned(t *testing.T, e api.Effect, words ...string) {
	t.Helper()
	all := strings.Join(e.Warnings, "\n")
	for _, w := range words {
		if !strings.Contains(all, w) {
			t.Errorf("nothing warns of %q:\n%s", w, all)
		}
	}
}

// TestWarnings: what a network is worth a second thought for. Of another agency neither its name is
// told nor a network.
func TestWarnings(t *testing.T) {
	c := newCountry(t)
	c.network(t, c.ward, "203.0.113.0/24")
	for prefix, want := range map[string][]string{
		"203.0.112.0/22":  {"overlaps a network of another agency"},
		"203.0.113.0/24":  {"overlaps a network of another agency"}, // two agencies share it
		"10.1.7.0/24":     {"within 10.1.0.0/16, which Custody has already", "10.0.0.0/8: it is private space"},
		"10.0.0.0/15":     {"very large: 131,072 addresses", "holds 10.1.0.0/16, which Custody has already", "overlaps a network of Court"},
		"198.51.100.0/24": nil,
		"2001:db8::/47":   {"more than a /48"},
		"2001:db8::/48":   nil,
		"127.0.0.0/8":     {"on the machine of the service", "very large: 16,777,216"},
		"::1/128":         {"on the machine of the service"},
		"fd12:3456::/48":  {"private space"},
		"100.64.1.0/24":   {"carriers"},
		"169.254.1.0/24":  {"a single link"},
		"fe80::/64":       {"a single link"},
		"224.0.1.0/24":    {"nobody calls from it"},
		"ff02::/64":       {"nobody calls from it"},
		"10.0.0.0/8":      {"very large", "10.0.0.0/8", "another agency"},
		"192.0.2.128/25":  {"overlaps a network of Court: who works at both"},
		"192.168.0.0/24":  {"private space"},
		"172.31.255.0/24": {"private space"},
		"172.32.0.0/24":   nil,
		"100.128.0.0/24":  nil,
	} {
		e := c.effect(t, network(api.NetworkAdd, c.custody, prefix))
		warned(t, e, want...)
		if len(want) == 0 && len(e.Warnings) > 0 {
			t.Errorf("%s: %q", prefix, e.Warnings)
		}
		if text := strings.Join(e.Warnings, " "); strings.Contains(text, "203.0.113.0/24") || strings.Contains(text, "Ward") || strings.Contains(text, "Trust") {
			t.Errorf("%s tells of another agency's networks: %s", prefix, text)
		}
	}
}

// TestForeseeAgency: whose address falls outside the domains, and who may sign in by password.
func TestForeseeAgency(t *testing.T) {
	c := newCountry(t)
	ctx := t.Context()
	if _, err := c.owner.Exec(ctx, `UPDATE access.role SET passwords = 'allowed' WHERE name = 'police_officer'`); err != nil {
		t.Fatal(err)
	}
	was := api.AgencyFields{Name: "Northshire Police", Domains: []string{"police.example"}, Passwords: api.PasswordsForbidden, SponsorEmail: "a@police.example"}
	will := was
	will.Domains, will.Passwords, will.SponsorEmail = []string{"gmail.com", "north.example"}, api.PasswordsLimited, "b@police.example"
	p := proposed{Kind: api.AgencyChange, Target: c.police, Before: api.ChangeRequest{Agency: &was}, After: api.ChangeRequest{Agency: &will}}
	e := c.effect(t, p)
	if diff := cmp.Diff(map[string]string{"anna": "may sign in by password, which opens restricted items alone, to read", "bert": "may sign in by password, which opens restricted items alone, to read"}, who(e.Gains)); diff != "" {
		t.Errorf("gains (-want +got):\n%s", diff)
	}
	if e.LossesAll != 5 || who(e.Losses)["ada"] != "is sent no code any more: police.example is none of the domains" {
		t.Errorf("%d lose: %v", e.LossesAll, who(e.Losses))
	}
	warned(t, e, "At gmail.com anybody gets an address", "told to b@police.example")
	will.Passwords = api.PasswordsAllowed
	if e = c.effect(t, p); who(e.Gains)["anna"] != "may sign in by password" {
		t.Errorf("where passwords open all: %v", who(e.Gains))
	}
	will.Passwords = api.PasswordsLimited
	p.Before, p.After = p.After, p.Before
	e = c.effect(t, p)
	if e.GainsAll != 5 || who(e.Losses)["bert"] != "may sign in by password no more" || e.LossesAll != 2 {
		t.Errorf("the other way %d gain, %v lose", e.GainsAll, who(e.Losses))
	}
}

// TestForeseeAlike: a new agency is not taken for one that is there without a word.
func TestForeseeAlike(t *testing.T) {
	c := newCountry(t)
	if _, err := c.owner.Exec(t.Context(), `UPDATE access.agency SET domains = '{police.example}' WHERE id = $1`, c.police); err != nil {
		t.Fatal(err)
	}
	was, err := c.opts.Register.PlacesAgencies(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range was {
		if a.ID == c.police {
			will := api.AgencyFields{Name: strings.ToLower(a.Name), Kind: "probatoin", Domains: []string{"police.example"}}
			e := c.effect(t, proposed{Kind: api.AgencyAdd, After: api.ChangeRequest{Agency: &will}})
			warned(t, e, "almost this name: "+a.Name, "police.example is a domain of "+a.Name, "of the kind probatoin: is probation meant?")
			return
		}
	}
	t.Error("there is no police")
}

// TestNetworkChange goes the whole way: a network is proposed, foreseen, confirmed and there.
func TestNetworkChange(t *testing.T) {
	c := newCountry(t)
	ctx := t.Context()
	do := func(p authn.Principal, req api.ChangeRequest) api.Change {
		t.Helper()
		made, err := c.Propose(ctx, p, req)
		if err != nil {
			t.Fatal(err)
		}
		done, err := c.Confirm(ctx, p, made.ID, seen(made))
		if err != nil || done.State != api.ChangeApplied {
			t.Fatalf("%s = %+v, %v, want it applied", req.Kind, done, err)
		}
		return made
	}
	made := do(c.local, api.ChangeRequest{Kind: api.NetworkAdd, Network: &api.NetworkFields{Site: c.custody, Prefix: "::ffff:172.20.0.0/112"}})
	if made.Effect.GainsAll != 2 || len(made.Second) != 0 {
		t.Errorf("the draft = %+v", made)
	}
	if s := c.siteOf(t, c.custody); !slices.Contains(s.Networks, "172.20.0.0/16") {
		t.Errorf("networks = %v", s.Networks)
	}
	do(c.local, api.ChangeRequest{Kind: api.NetworkRemove, Network: &api.NetworkFields{Site: c.custody, Prefix: "172.20.0.0/16"}})
	do(c.local, api.ChangeRequest{Kind: api.SiteChange, Target: c.custody, Site: &api.SiteFields{Name: "Cells"}})
	do(c.local, api.ChangeRequest{Kind: api.SiteAdd, Site: &api.SiteFields{Agency: c.police, Name: "Annexe"}})
	do(c.local, api.ChangeRequest{Kind: api.SiteClose, Target: c.custody})
	s := c.siteOf(t, c.custody)
	if s.Name != "Cells" || s.ClosedAt == nil || len(s.Networks) != 0 {
		t.Errorf("the site that was closed = %+v", s)
	}
	if _, err := c.Propose(ctx, c.local, api.ChangeRequest{Kind: api.NetworkAdd, Network: &api.NetworkFields{Site: c.custody, Prefix: "172.20.0.0/16"}}); faulty(t, err)["network.site"] == "" {
		t.Errorf("a network for a closed site: %v", err)
	}
}

// TestAgencyChange: a new agency, and another policy, wait for a second administrator.
func TestAgencyChange(t *testing.T) {
	c := newCountry(t)
	ctx := t.Context()
	fields := api.AgencyFields{Name: "Probation North", Kind: "probation", SponsorName: "R Reid", SponsorEmail: "reid@north.example", Domains: []string{"north.example"}, Passwords: "forbidden"}
	made, err := c.Propose(ctx, c.admin, api.ChangeRequest{Kind: api.AgencyAdd, Agency: &fields})
	if err != nil {
		t.Fatal(err)
	}
	waits, err := c.Confirm(ctx, c.admin, made.ID, seen(made))
	if err != nil || waits.State != api.ChangeWaiting {
		t.Fatalf("confirmed = %+v, %v, want it to wait", waits, err)
	}
	if _, err := c.Approve(ctx, c.admin, made.ID, agree(t, c.Service, c.admin, made.ID)); !errors.Is(err, ErrOwn) {
		t.Errorf("approved by its maker: %v", err)
	}
	if done, err := c.Approve(ctx, c.second, made.ID, agree(t, c.Service, c.second, made.ID)); err != nil || done.State != api.ChangeApplied {
		t.Fatalf("approved = %+v, %v", done, err)
	}
	found, err := c.Agencies(ctx, c.admin)
	if n := slices.IndexFunc(found.Agencies, func(a api.Agency) bool { return a.Name == "Probation North" }); err != nil || n < 0 {
		t.Errorf("Agencies = %+v, %v", found, err)
	} else if diff := cmp.Diff(fields, found.Agencies[n].AgencyFields); diff != "" {
		t.Errorf("the agency (-want +got):\n%s", diff)
	}
}
