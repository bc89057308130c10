package web

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage"
	"mais/server/internal/web/page/admin/admintest"
)

const (
	policeID  = "0a2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01"
	custodyID = "0b2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f02"
)

// anyChanges is Changes under a name that is not one of its methods.
type anyChanges interface{ Changes }

// places is a register of one agency and one site for those who administer anything. It keeps
// what was proposed.
type places struct {
	anyChanges
	asked api.ChangeRequest
	err   error // of Propose
	of    string
}

func (f *places) may(p authn.Principal) error {
	if !slices.Contains(p.Roles(), "administrator") && !slices.Contains(p.Roles(), "agency_administrator") {
		return manage.ErrNotAllowed
	}
	return nil
}

func (f *places) Propose(_ context.Context, p authn.Principal, req api.ChangeRequest) (api.Change, error) {
	if err := f.may(p); err != nil {
		return api.Change{}, err
	}
	f.asked = req
	return api.Change{ID: "7"}, f.err
}

func (f *places) Agencies(_ context.Context, p authn.Principal) (api.Agencies, error) {
	a, err := f.Agency(context.Background(), p, policeID)
	return api.Agencies{Agencies: []api.Agency{a}}, err
}

func (f *places) Agency(_ context.Context, p authn.Principal, id string) (api.Agency, error) {
	if err := f.may(p); err != nil {
		return api.Agency{}, err
	}
	if id != policeID {
		return api.Agency{}, manage.ErrUnknown
	}
	return api.Agency{ID: policeID, Version: 3, AgencyFields: api.AgencyFields{Name: hostile, Kind: "police", Passwords: "forbidden"}}, nil
}

func (f *places) Sites(_ context.Context, p authn.Principal, agency string) (api.Sites, error) {
	f.of = agency
	s, err := f.Site(context.Background(), p, custodyID)
	return api.Sites{Sites: []api.Site{s}}, err
}

func (f *places) Site(_ context.Context, p authn.Principal, id string) (api.Site, error) {
	if err := f.may(p); err != nil {
		return api.Site{}, err
	}
	if id != custodyID {
		return api.Site{}, manage.ErrUnknown
	}
	return api.Site{ID: custodyID, SiteFields: api.SiteFields{Agency: policeID, Name: hostile}, AgencyName: hostile, Networks: []string{"10.1.0.0/16"}, Version: 4}, nil
}

func (f *places) Whose(_ context.Context, p authn.Principal, a netip.Addr) (api.NetworkAnswer, error) {
	return api.NetworkAnswer{Address: a.String(), Matches: []api.NetworkMatch{{Prefix: "10.1.0.0/16", Site: custodyID, Name: hostile}}}, f.may(p)
}

// landRegister is a site with places that administrators and those of an agency may use.
func landRegister(f *places) *Site {
	s := bureau(&credentials{})
	s.opts.Places, s.opts.Changes = f, f
	return s
}

// TestPlaces: administrators and those of an agency see every page of it, and nobody else any.
// Only who administers everything is offered what is said of an agency.
func TestPlaces(t *testing.T) {
	s := landRegister(&places{})
	for path, h := range map[string]handler{
		"/admin/agencies": agenciesPage, "/admin/agencies/" + policeID: agencyPage, "/admin/sites/" + custodyID: sitePage, "/admin/sites/" + custodyID + "/close": closeForm,
		"/admin/networks": networksPage, "/admin/networks?address=10.1.2.3&q=10": networksPage, api.PathAgencies: listAgencies, api.PathAgencies + "/" + policeID: showAgency,
		api.PathSites + "?agency=" + policeID: listSites, api.PathSites + "/" + custodyID: showSite, api.PathNetworks + "?address=10.1.2.3": whoseNetwork,
	} {
		id := policeID
		if strings.Contains(path, custodyID) {
			id = custodyID
		}
		for _, role := range []string{"administrator", "agency_administrator"} {
			out, err := visit(t, s, get(path), role, h, "id", id)
			if err != nil || out.status != http.StatusOK {
				t.Errorf("%s for %s = %d, %v", path, role, out.status, err)
				continue
			}
			if strings.HasPrefix(out.kind, "text/html") {
				admintest.Main(t, out.body)
				if offered := strings.Contains(string(out.body), "Add an agency") || strings.Contains(string(out.body), "/change\""); offered && role != "administrator" {
					t.Errorf("%s offers an agency's administrator to change it", path)
				}
			}
		}
		for _, role := range []string{"police_officer", "governance_officer", ""} {
			if out, err := visit(t, s, get(path), role, h, "id", id); problemOf(err).Status != http.StatusForbidden || len(out.body) > 0 {
				t.Errorf("%s for %q = %d, %v, want a refusal", path, role, out.status, err)
			}
		}
	}
	for _, role := range []string{"agency_administrator", "police_officer"} {
		for _, h := range []handler{newAgencyForm, agencyForm} {
			if _, err := visit(t, s, get("/"), role, h, "id", policeID); problemOf(err).Status != http.StatusForbidden {
				t.Errorf("the form of an agency for %s: %v, want a refusal", role, err)
			}
		}
	}
}

// TestProposePlaces: each form asks for its change, whole, and leads to that.
func TestProposePlaces(t *testing.T) {
	agency := "name=North&kind=police&sponsor-name=R&sponsor-email=r%40n.example&domains=n.example%0D%0Am.example&passwords=limited&note=why&version=3"
	fields := &api.AgencyFields{Name: "North", Kind: "police", SponsorName: "R", SponsorEmail: "r@n.example", Domains: []string{"n.example", "m.example"}, Passwords: "limited"}
	for name, tt := range map[string]struct {
		h        handler
		id, body string
		want     api.ChangeRequest
	}{
		"add an agency":    {addAgency, "", agency, api.ChangeRequest{Kind: api.AgencyAdd, Version: 3, Note: "why", Agency: fields}},
		"change an agency": {changeAgency, policeID, agency, api.ChangeRequest{Kind: api.AgencyChange, Target: policeID, Version: 3, Note: "why", Agency: fields}},
		"add a site":       {addSite, policeID, "site=Court", api.ChangeRequest{Kind: api.SiteAdd, Site: &api.SiteFields{Agency: policeID, Name: "Court"}}},
		"rename":           {renameSite, custodyID, "name=Cells&version=4", api.ChangeRequest{Kind: api.SiteChange, Target: custodyID, Version: 4, Site: &api.SiteFields{Name: "Cells"}}},
		"close":            {closeSite, custodyID, "version=4&note=sold", api.ChangeRequest{Kind: api.SiteClose, Target: custodyID, Version: 4, Note: "sold"}},
		"add":              {addNetwork, custodyID, "prefix=2001%3Adb8%3A%3A%2F48", api.ChangeRequest{Kind: api.NetworkAdd, Network: &api.NetworkFields{Site: custodyID, Prefix: "2001:db8::/48"}}},
		"remove":           {removeNetwork, custodyID, "prefix=10.1.0.0%2F16", api.ChangeRequest{Kind: api.NetworkRemove, Network: &api.NetworkFields{Site: custodyID, Prefix: "10.1.0.0/16"}}},
	} {
		f := &places{}
		out, err := visit(t, landRegister(f), post("/", tt.body), "administrator", tt.h, "id", tt.id)
		goes(t, out, err, "/admin/changes/7")
		if diff := cmp.Diff(tt.want, f.asked); diff != "" {
			t.Errorf("%s asks for (-want +got):\n%s", name, diff)
		}
		if _, err := visit(t, landRegister(f), post("/", tt.body), "police_officer", tt.h, "id", tt.id); problemOf(err).Status != http.StatusForbidden {
			t.Errorf("%s by an officer: %v, want a refusal", name, err)
		}
		if _, err := visit(t, landRegister(f), post("/", tt.body+"&more=1"), "administrator", tt.h, "id", tt.id); problemOf(err).Status != http.StatusBadRequest {
			t.Errorf("%s with another field: %v, want a refusal", name, err)
		}
	}
}

// TestPlaceFaults: what is wrong stands beside its field, and what was typed stays.
func TestPlaceFaults(t *testing.T) {
	wrong := func(field, detail string) *places {
		return &places{err: &lifecycle.InvalidError{Fields: []api.FieldError{{Field: field, Detail: detail}}}}
	}
	for name, tt := range map[string]struct {
		h                handler
		id, body         string
		field, want, has string
	}{
		"add an agency": {addAgency, "", "name=" + "North+%3Cb%3E&domains=x", "agency.domains", "The list of domains is wrong", "North &lt;b&gt;"},
		"add a site":    {addSite, policeID, "site=Court", "site.name", "The name is wrong", `value="Court"`},
		"rename":        {renameSite, custodyID, "name=Cells", "site.name", "The name is wrong", `value="Cells"`},
		"close":         {closeSite, custodyID, "note=sold", "target", "This is wrong", `value="sold"`},
		"add":           {addNetwork, custodyID, "prefix=10.0.0.1%2F8", "network.prefix", "The network is wrong", `value="10.0.0.1/8"`},
	} {
		out, err := visit(t, landRegister(wrong(tt.field, "is wrong")), post("/", tt.body), "administrator", tt.h, "id", tt.id)
		shows(t, out, err, http.StatusUnprocessableEntity, "There is a problem", tt.want)
		if !strings.Contains(string(out.body), tt.has) {
			t.Errorf("%s: what was typed is lost", name)
		}
	}
	out, err := visit(t, landRegister(&places{}), post("/", "address=10.0.0.0%2F8&q="), "administrator", findNetworks)
	shows(t, out, err, http.StatusUnprocessableEntity, "Enter one address")
	out, err = visit(t, landRegister(&places{}), post("/", "address=10.1.2.3&q=ward"), "agency_administrator", findNetworks)
	goes(t, out, err, "/admin/networks?address=10.1.2.3&q=ward")
	for _, path := range []string{"?address=x", "?more=1", "?q=a&q=b"} {
		if _, err := visit(t, landRegister(&places{}), get("/admin/networks"+path), "administrator", networksPage); problemOf(err).Status != http.StatusNotFound {
			t.Errorf("%s: %v, want nothing there", path, err)
		}
	}
	for path, h := range map[string]handler{api.PathNetworks: whoseNetwork, api.PathNetworks + "?address=x": whoseNetwork, api.PathNetworks + "?address=::1&more=1": whoseNetwork,
		api.PathSites + "?agency=a&agency=b": listSites, api.PathAgencies + "?x=1": listAgencies} {
		if _, err := visit(t, landRegister(&places{}), get(path), "administrator", h); problemOf(err).Status != http.StatusBadRequest {
			t.Errorf("%s: %v, want a refusal", path, err)
		}
	}
	for _, h := range []handler{sitePage, agencyPage, agencyForm, showSite} {
		if _, err := visit(t, landRegister(&places{}), get("/"), "administrator", h, "id", "another"); problemOf(err).Status != http.StatusNotFound {
			t.Errorf("a place that is not there: %v", err)
		}
	}
}

// TestNotYours: a known caller at the wrong place is told where they would be let in.
func TestNotYours(t *testing.T) {
	for want, sites := range map[string][]string{
		"registered at no site": nil, "Your site is Custody.": {"Custody"}, "Your sites are Court and Custody.": {"Court", "Custody"},
		"Your sites are A, B, C, D, E and 2 more.": {"A", "B", "C", "D", "E", "F", "G"},
	} {
		if got := notYours(sites); !strings.Contains(got, want) {
			t.Errorf("notYours(%v) = %q, want %q in it", sites, got, want)
		}
	}
}
