package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage"
)

const danaID = "0c2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f03"

// anyRoles is Roles under a name that is not one of its methods.
type anyRoles interface{ Roles }

// staff is a register of one person for those who administer anything.
type staff struct {
	*places
	anyRoles
	may     []string
	asked   api.UserFilter
	version string // of the terms that were accepted
	terms   api.Terms
	seen    int
}

func entryFor(may []string) api.User {
	return api.User{
		ID: danaID, Version: 9, AgencyName: hostile, SiteNames: []string{hostile}, Stage: api.StageActive, May: may,
		UserFields: api.UserFields{Name: hostile, Email: "dana@police.example", Agency: policeID, Sites: []string{custodyID}, Roles: []string{"governance_officer", "police_officer"}},
	}
}

func (f *staff) Users(_ context.Context, p authn.Principal, filter api.UserFilter) (api.Users, error) {
	f.asked = filter
	return api.Users{Total: 1, Page: 1, PerPage: 25, Users: []api.User{entryFor(f.may)}}, f.places.may(p)
}

func (f *staff) User(_ context.Context, p authn.Principal, id string) (api.User, error) {
	if err := f.places.may(p); err != nil {
		return api.User{}, err
	}
	if id != danaID {
		return api.User{}, manage.ErrUnknown
	}
	return entryFor(f.may), nil
}

func (f *staff) Changes(context.Context, authn.Principal, api.ChangeFilter) (api.Changes, error) {
	return api.Changes{Changes: []api.Change{{ID: "7", Kind: api.UserChange, State: api.ChangeApplied}}}, nil
}

func (f *staff) Roles(context.Context, authn.Principal) (api.Roles, error) {
	return api.Roles{Roles: []api.Role{
		{RoleFields: api.RoleFields{Name: "administrator"}, Office: true}, {RoleFields: api.RoleFields{Name: "governance_officer"}, Office: true},
		{RoleFields: api.RoleFields{Name: "clinician"}}, {RoleFields: api.RoleFields{Name: "police_officer"}},
	}}, nil
}

func (f *staff) Terms(context.Context, authn.Principal) (api.Terms, error) { return f.terms, nil }

func (f *staff) Accept(_ context.Context, _ authn.Principal, version string, shown []string) error {
	if version != f.terms.Version || !slices.Equal(shown, f.terms.Roles()) {
		return manage.ErrConflict
	}
	f.version = version
	return nil
}

func (f *staff) Seen(context.Context, authn.Principal) error { f.seen++; return nil }

// roster is a site with people that administrators may look at and change.
func roster(may ...string) (*Site, *staff) {
	f := &staff{places: &places{}, may: may, terms: api.Terms{Version: "2026-11", Text: []string{"In confidence."}, Due: true, Sheets: []api.Sheet{{Role: "clinician", Title: "Clinician"}, {Role: "police_officer", Title: "Police officer"}}}}
	s := bureau(&credentials{})
	s.opts.Places, s.opts.Changes, s.opts.Users, s.opts.Roles = f, f, f, f
	return s, f
}

// TestPeoplePages: administrators and those of an agency see people, and nobody else any.
func TestPeoplePages(t *testing.T) {
	s, _ := roster("change", "leave", "return", "invite", "end-sessions")
	for path, h := range map[string]handler{
		"/admin/people": peoplePage, "/admin/people/new": newUserForm, "/admin/people/" + danaID + "/change": changeUserForm,
		"/admin/people/" + danaID + "/return": returnUserForm, "/admin/people/" + danaID + "/leave": leaveForm, api.PathUsers: listUsers, api.PathUsers + "/" + danaID: showUser,
	} {
		for _, role := range []string{"administrator", "agency_administrator"} {
			if out, err := visit(t, s, get(path), role, h, "id", danaID); err != nil || out.status != http.StatusOK {
				t.Errorf("%s for %s = %d, %v", path, role, out.status, err)
			}
		}
		if _, err := visit(t, s, get(path), "police_officer", h, "id", danaID); problemOf(err).Status != http.StatusForbidden {
			t.Errorf("%s for an officer: %v, want a refusal", path, err)
		}
	}
	for _, h := range []handler{changeUserForm, returnUserForm, leaveForm, showUser} {
		if _, err := visit(t, s, get("/"), "administrator", h, "id", "another"); problemOf(err).Status != http.StatusNotFound {
			t.Errorf("somebody who is not there: %v", err)
		}
	}
	none, _ := roster()
	for _, h := range []handler{changeUserForm, returnUserForm, leaveForm} {
		if _, err := visit(t, none, get("/"), "administrator", h, "id", danaID); problemOf(err).Status != http.StatusForbidden {
			t.Errorf("what may not be done: %v", err)
		}
	}
	for query, status := range map[string]int{"?q=a&q=b": 400, "?more=1": 400, "?page=0": 400, "?page=x": 400} {
		if _, err := visit(t, s, get(api.PathUsers+query), "administrator", listUsers); problemOf(err).Status != status {
			t.Errorf("%s: %v, want %d", query, err, status)
		}
	}
}

// TestFindPeople: a search is looked at, and an address that no page of ours leads to is not there.
func TestFindPeople(t *testing.T) {
	s, f := roster()
	out, err := visit(t, s, post("/admin/people", "q=&stage=left&sort=-seen&agency=&role="), "administrator", findPeople)
	goes(t, out, err, "/admin/people?sort=-seen&stage=left")
	out, err = visit(t, s, post("/admin/people", "stage=odd"), "administrator", findPeople)
	shows(t, out, err, http.StatusUnprocessableEntity, "Choose a stage from the list")
	if _, err := visit(t, s, get("/admin/people?stage=odd"), "administrator", peoplePage); problemOf(err).Status != http.StatusNotFound {
		t.Errorf("an address of no page of ours: %v", err)
	}
	if _, err := visit(t, s, get("/admin/people?role=clinician&page=3"), "administrator", peoplePage); err != nil || f.asked.Role != "clinician" || f.asked.Page != 3 {
		t.Errorf("the register is asked for %+v, %v", f.asked, err)
	}
}

// TestUserForms: a form proposes the whole entry. Who cannot give an office neither gives nor takes one with it.
func TestUserForms(t *testing.T) {
	body := url.Values{
		"name": {" Dana "}, "email": {"Dana@Police.example"}, "pick": {"site-" + custodyID, "role-clinician", "role-administrator"}, "ends": {"1"}, "ends-month": {"2"}, "ends-year": {"2027"},
		"version": {"9"}, "note": {"why"},
	}.Encode()
	fields := func(roles ...string) *api.UserFields {
		return &api.UserFields{Name: "Dana", Email: "dana@police.example", Agency: policeID, Sites: []string{custodyID}, Roles: roles, Ends: "2027-02-01"}
	}
	for name, tt := range map[string]struct {
		h        handler
		role, id string
		want     api.ChangeRequest
	}{
		"invite": {inviteUserByForm, "administrator", "", api.ChangeRequest{Kind: api.UserInvite, Version: 9, Note: "why", User: fields("administrator", "clinician")}},
		"change": {changeUserByForm, "administrator", danaID, api.ChangeRequest{Kind: api.UserChange, Target: danaID, Version: 9, Note: "why", User: fields("administrator", "clinician")}},
		"change, of an agency": {changeUserByForm, "agency_administrator", danaID,
			api.ChangeRequest{Kind: api.UserChange, Target: danaID, Version: 9, Note: "why", User: fields("clinician", "governance_officer")}},
		"return": {returnUserByForm, "administrator", danaID, api.ChangeRequest{Kind: api.UserReturn, Target: danaID, Version: 9, Note: "why", User: fields("administrator", "clinician")}},
	} {
		s, f := roster("change", "return")
		out, err := visit(t, s, post("/", body), tt.role, tt.h, "id", tt.id, "agency", policeID)
		goes(t, out, err, "/admin/changes/7")
		if diff := cmp.Diff(tt.want, f.places.asked); diff != "" {
			t.Errorf("%s asks for (-want +got):\n%s", name, diff)
		}
		if _, err := visit(t, s, post("/", body), "police_officer", tt.h, "id", tt.id, "agency", policeID); problemOf(err).Status != http.StatusForbidden {
			t.Errorf("%s by an officer: %v, want a refusal", name, err)
		}
		if _, err := visit(t, s, post("/", body+"&more=1"), "administrator", tt.h, "id", tt.id, "agency", policeID); problemOf(err).Status != http.StatusBadRequest {
			t.Errorf("%s with another field: %v, want a refusal", name, err)
		}
		if _, err := visit(t, s, post("/", body), "administrator", tt.h, "id", tt.id, "agency", "another"); problemOf(err).Status != http.StatusNotFound {
			t.Errorf("%s at an agency that is not there: %v", name, err)
		}
	}
	s, f := roster("leave")
	out, err := visit(t, s, post("/", "note=left"), "administrator", leaveByForm, "id", danaID)
	goes(t, out, err, "/admin/changes/7")
	if diff := cmp.Diff(api.ChangeRequest{Kind: api.UserLeave, Target: danaID, Version: 9, Note: "left"}, f.places.asked); diff != "" {
		t.Errorf("leaving asks for (-want +got):\n%s", diff)
	}
	out, err = visit(t, s, post("/admin/people/new/agency", "agency="+url.QueryEscape("a/../b?c")), "administrator", chooseAgency)
	goes(t, out, err, "/admin/people/new/a%2F..%2Fb%3Fc")
}

// TestUserFaults: what is wrong stands beside its field, and what was typed stays.
func TestUserFaults(t *testing.T) {
	for _, tt := range []struct {
		h           handler
		field, want string
	}{
		{changeUserByForm, "user.email", "The email address is wrong"}, {changeUserByForm, "user", "The entry is wrong"}, {inviteUserByForm, "user.roles", "The roles is wrong"},
		{returnUserByForm, "user.vetted_on", "The day of the vetting is wrong"}, {leaveByForm, "target", "This person is wrong"},
	} {
		s, f := roster("change", "leave", "return")
		f.places.err = &lifecycle.InvalidError{Fields: []api.FieldError{{Field: tt.field, Detail: "is wrong"}}}
		out, err := visit(t, s, post("/", "note=typed+words"), "administrator", tt.h, "id", danaID, "agency", policeID)
		shows(t, out, err, http.StatusUnprocessableEntity, "There is a problem", tt.want)
		if !strings.Contains(string(out.body), `value="typed words"`) {
			t.Errorf("%s: what was typed is lost", tt.field)
		}
	}
	s, _ := roster("change")
	out, err := visit(t, s, post("/", "starts=31&starts-month=2&starts-year=2026"), "administrator", changeUserByForm, "id", danaID, "agency", policeID)
	shows(t, out, err, http.StatusUnprocessableEntity, "Enter a real date")
}

// TestAgreed: what may be done before the terms are accepted is a short list, and no route that shows or changes anything
// of anybody is on it.
func TestAgreed(t *testing.T) {
	who, err := certs.NewIdentity(certs.User, danaID)
	if err != nil {
		t.Fatal(err)
	}
	s, f := roster()
	due := &call{site: s, who: authntest.Principal(t, authntest.Facts{Identity: who, TermsDue: true})}
	var before []string
	for _, of := range [][]endpoint{
		lookupRoutes, tokenRoutes, certificateRoutes, changeRoutes, placeRoutes, userRoutes, importRoutes, roleRoutes, sessionRoutes, auditRoutes, usageRoutes, apiRoutes,
	} {
		for _, at := range of {
			if due.agreed(t.Context(), at.act) == nil && !slices.Contains(before, at.act) {
				before = append(before, at.act)
			}
			if (&call{who: authntest.Principal(t, authntest.Facts{Identity: who})}).agreed(t.Context(), at.act) != nil {
				t.Errorf("%s is refused to who has accepted", at.act)
			}
		}
	}
	slices.Sort(before)
	want := []string{
		"api.describe", "page.contacts", "page.home", "session.end", "session.end-others", "session.end-own", "session.keep", "session.own", "session.start",
		"terms.accept", "terms.show", "token.own", "token.pins", "token.renew", "token.revoke", "token.whoami",
	}
	if diff := cmp.Diff(want, before); diff != "" {
		t.Errorf("before the terms these may be done (-want +got):\n%s", diff)
	}
	if f.terms.Due = false; due.agreed(t.Context(), "record.search") != nil {
		t.Error("who accepted a moment ago, which this node has yet to learn, is refused")
	}
}

// TestAcceptTerms: the box is to be ticked, and the version and the roles are those that were shown.
func TestAcceptTerms(t *testing.T) {
	s, f := roster()
	out, err := visit(t, s, get("/terms"), "police_officer", termsPage)
	shows(t, out, err, http.StatusOK, "Before you begin", "In confidence.")
	out, err = visit(t, s, post("/terms", "version=2026-11"), "police_officer", acceptTermsHere)
	shows(t, out, err, http.StatusUnprocessableEntity, "Tick the box")
	for _, other := range []string{"version=1999&role=clinician&role=police_officer", "version=2026-11&role=police_officer", "version=2026-11"} {
		if _, err := visit(t, s, post("/terms", other+"&accept=yes"), "police_officer", acceptTermsHere); problemOf(err).Status != http.StatusConflict || f.version != "" {
			t.Errorf("%s: %v, accepted %q", other, err, f.version)
		}
	}
	out, err = visit(t, s, post("/terms", "version=2026-11&role=clinician&role=police_officer&accept=yes"), "police_officer", acceptTermsHere)
	if goes(t, out, err, "/"); f.version != "2026-11" || !out.settled {
		t.Errorf("accepted %q, settled %v", f.version, out.settled)
	}
}

// TestSeen: that somebody was here is noted once a day.
func TestSeen(t *testing.T) {
	s, f := roster()
	for range 3 {
		visit(t, s, get("/"), "police_officer", func(ctx context.Context, c *call) (answer, error) { s.seen(ctx, c); return answer{}, nil })
	}
	if f.seen != 1 {
		t.Errorf("it was noted %d times, want once", f.seen)
	}
}
