package server

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"mais/server/api"
	"mais/server/internal/record/recordtest"
)

// approved has maker make a change over the API and another approve it.
func (e *estate) approved(t *testing.T, maker, other *member, req api.ChangeRequest) api.Change {
	t.Helper()
	var made, waits, done api.Change
	maker.c.post(t, e.urls.Mutual+api.PathChanges, req).decode(t, http.StatusCreated, &made)
	at := e.urls.Mutual + api.PathChanges + "/" + made.ID
	if maker.c.post(t, at+"/confirm", api.ConfirmRequest{Word: made.Word}).decode(t, http.StatusOK, &waits); waits.State != api.ChangeWaiting {
		t.Fatalf("%s = %+v, want that it waits for a second person", req.Kind, waits)
	}
	if got := maker.c.post(t, at+"/approve", api.DecisionRequest{Word: made.Word}); got.StatusCode != http.StatusForbidden {
		t.Errorf("%s is approved by who made it: %s", req.Kind, got.Status)
	}
	other.c.get(t, at).decode(t, http.StatusOK, &waits)
	if other.c.post(t, at+"/approve", api.DecisionRequest{Word: made.Word, Digest: waits.Digest}).decode(t, http.StatusOK, &done); done.State != api.ChangeApplied {
		t.Fatalf("%s = %+v, want it applied", req.Kind, done)
	}
	return made
}

// TestRoleAtRunTime: a role that two administrators make and give counts within a moment on every
// node, what they take away from the next request on, and it shows exactly what it permits.
func TestRoleAtRunTime(t *testing.T) {
	e := newEstate(t)
	second := e.member(t, "Elsewhere", "Second Admin", "administrator")
	clerk := e.member(t, "Agency", "Cleo Clerk")
	e.imported(t, recordtest.Canary())
	var person string
	if err := e.ownerOf(t).QueryRow(t.Context(), `SELECT id FROM record.person`).Scan(&person); err != nil {
		t.Fatal(err)
	}
	nodes := []*world{e.world, e.another(t, nil)}
	shows := func(what string, want ...string) {
		t.Helper()
		for n, node := range nodes {
			c := node.client(t, custody, clerk.tls)
			if len(want) == 0 {
				(&member{c: c, e: &estate{world: node}}).losesRoles(t, api.PathPeople+person)
				continue
			}
			got := c.get(t, node.urls.Mutual+api.PathPeople+person)
			if found := recordtest.Found(string(got.body)); got.StatusCode != http.StatusOK || !slices.Equal(found, want) {
				t.Errorf("%s, node %d: %s shows %v, want %v", what, n, got.Status, found, want)
			}
		}
	}
	shows("without a role")
	role := &api.RoleFields{Name: "pharmacist", Description: "sees what was prescribed", Level: "software", Passwords: api.PasswordsForbidden, TOTP: true, Permissions: []api.Permission{
		{Item: "service_user_details.surname", Act: "read"}, {Item: "release_medication", Act: "read"}}}
	e.approved(t, e.all, second, api.ChangeRequest{Kind: api.RoleAdd, Role: role})
	shows("before it is given")
	give := func(roles ...string) {
		t.Helper()
		var u api.User
		e.all.get(t, api.PathUsers+"/"+clerk.user).decode(t, http.StatusOK, &u)
		fields := u.UserFields
		fields.Roles = roles
		e.approved(t, e.all, second, api.ChangeRequest{Kind: api.UserChange, Target: clerk.user, Version: u.Version, User: &fields})
	}
	give("pharmacist")
	clerk.get(t, api.PathPeople+person).wantProblem(t, http.StatusForbidden, api.TermsDue) // the sheet of a further role comes first
	clerk.accepts(t)
	for _, node := range nodes { // what is given may take a moment; what is taken away may not
		eventually(t, "a node knows of the new role", func() bool {
			return node.client(t, custody, clerk.tls).status(t, node.urls.Mutual+api.PathPeople+person) == http.StatusOK
		})
	}
	shows("as a pharmacist", "service_user_details.surname", "release_medication.prescriptions", "release_medication.medication_non_concordance")

	var now api.Role
	e.all.get(t, api.PathRoles+"/pharmacist").decode(t, http.StatusOK, &now)
	if now.Holders != 1 || len(now.Permissions) != 3 {
		t.Errorf("the role is described as %+v", now)
	}
	less := now.RoleFields
	less.Permissions = less.Permissions[1:]
	var made api.Change // that takes away, and so one does it
	e.all.send(t, api.PathChanges, api.ChangeRequest{Kind: api.RoleChange, Target: now.Name, Version: now.Version, Role: &less}).decode(t, http.StatusCreated, &made)
	if e.all.send(t, api.PathChanges+"/"+made.ID+"/confirm", api.ConfirmRequest{Word: made.Word, Digest: made.Digest}).decode(t, http.StatusOK, &made); made.State != api.ChangeApplied {
		t.Errorf("to take an item from a role is %s", made.State)
	}
	if len(made.Effect.Losses) != 1 || made.Effect.Losses[0].ID != clerk.user {
		t.Errorf("what a change of the role would do = %+v", made.Effect)
	}
	var names []string
	for _, p := range less.Permissions {
		names = append(names, p.Item)
	}
	shows("with less", inOrder(names)...)
	e.approved(t, second, e.all, api.ChangeRequest{Kind: api.RoleDelete, Target: "pharmacist"})
	shows("when the role is gone")
	e.all.get(t, api.PathRoles+"/pharmacist").wantProblem(t, http.StatusNotFound, api.NotFound)
}

// accepts has somebody accept the terms, with the sheets of their roles.
func (m *member) accepts(t *testing.T) {
	t.Helper()
	var terms api.Terms
	m.get(t, api.PathTerms).decode(t, http.StatusOK, &terms)
	m.send(t, api.PathTerms, api.TermsRequest{Version: terms.Version, Roles: terms.Roles()}).decode(t, http.StatusOK, &terms)
}

// inOrder puts items into the order of the form.
func inOrder(items []string) (all []string) {
	for _, key := range []string{"service_user_details.surname", "release_medication.prescriptions", "release_medication.medication_non_concordance"} {
		if slices.Contains(items, key) {
			all = append(all, key)
		}
	}
	return all
}

// TestRolesAPI: roles and items for whoever administers anything, each answer as it is described.
func TestRolesAPI(t *testing.T) {
	e := newEstate(t)
	for _, m := range []*member{e.all, e.own} {
		var roles api.Roles
		m.get(t, api.PathRoles).decode(t, http.StatusOK, &roles)
		if n := slices.IndexFunc(roles.Roles, func(r api.Role) bool { return r.Name == "police_officer" }); n < 0 || roles.Roles[n].Holders != 1 || len(roles.Roles[n].Permissions) != 62 {
			t.Errorf("roles = %+v", roles)
		}
		var items api.Items
		m.get(t, api.PathItems).decode(t, http.StatusOK, &items)
		if len(items.Sections) != 10 {
			t.Errorf("items = %+v", items)
		}
	}
	for _, path := range []string{api.PathRoles, api.PathRoles + "/clinician", api.PathItems, api.PathAccessReviews} {
		e.officer.get(t, path).wantProblem(t, http.StatusForbidden, api.NotAllowed)
	}
}

// TestAccessReviewAPI: a review over the API, each answer as it is described; what is decided is
// done, each act is one event, and it ends when it is signed off.
func TestAccessReviewAPI(t *testing.T) {
	e := newEstate(t)
	var u api.User
	e.own.get(t, api.PathUsers+"/"+e.officer.user).decode(t, http.StatusOK, &u)
	var w api.AccessReview
	opened := e.own.send(t, api.PathAccessReviews, api.OpenReviewRequest{Agency: u.Agency})
	if opened.decode(t, http.StatusCreated, &w); w.People != 3 || w.Undecided != 3 {
		t.Fatalf("the review = %+v", w)
	}
	e.audited(t, opened, "access-review.open", "allowed")
	at := api.PathAccessReviews + "/" + w.ID
	e.theirAdmin.get(t, at).wantProblem(t, http.StatusNotFound, api.NotFound)
	e.own.send(t, at+"/sign", nil).wantProblem(t, http.StatusConflict, api.ReviewUndecided)
	e.own.send(t, at+"/decide", api.DecideRequest{Users: []string{e.own.user}, Decision: api.ReviewKeep}).wantProblem(t, http.StatusForbidden, api.NotByYou)
	e.own.send(t, at+"/decide", api.DecideRequest{Users: []string{e.officer.user}, Decision: api.ReviewLeave, Note: "left in May"}).decode(t, http.StatusOK, &w)
	if w.Taken != 1 {
		t.Errorf("after one has left = %+v", w)
	}
	eventually(t, "who left is refused", func() bool {
		return e.officer.c.status(t, e.urls.Mutual+api.PathWhoami) == http.StatusForbidden
	})
	second := e.member(t, "Elsewhere", "Second Admin", "administrator")
	e.approvedReview(t, second, at, e.all, e.own)
	signed := e.own.send(t, at+"/sign", nil)
	if signed.decode(t, http.StatusOK, &w); w.SignedBy == nil || w.SignedBy.ID != e.own.user {
		t.Errorf("signed off = %+v", w)
	}
	e.audited(t, signed, "access-review.sign", "allowed")
	e.own.send(t, at+"/decide", api.DecideRequest{Users: []string{e.all.user}, Decision: api.ReviewKeep}).wantProblem(t, http.StatusConflict, api.ReviewSigned)
	var d api.AccessReviewDetail
	e.own.get(t, at+"?per_page=2&page=2").decode(t, http.StatusOK, &d)
	if d.Total != 3 || len(d.Items) != 1 {
		t.Errorf("the second page = %+v", d)
	}
	for _, query := range []string{"?page=0", "?per_page=101", "?undecided=perhaps", "?q=1"} {
		e.own.get(t, at+query).wantProblem(t, http.StatusBadRequest, api.Invalid)
	}
}

// approvedReview has somebody say of these that they keep what they have.
func (e *estate) approvedReview(t *testing.T, by *member, at string, of ...*member) {
	t.Helper()
	var users []string
	for _, m := range of {
		users = append(users, m.user)
	}
	by.send(t, at+"/decide", api.DecideRequest{Users: users, Decision: api.ReviewKeep}).decode(t, http.StatusOK, &api.AccessReview{})
}

// TestRolePages: an administrator sees the roles and the matrix, asks for a change on the form,
// which leads to the change's page, and sees an invented record as a role would.
func TestRolePages(t *testing.T) {
	w := sharedWorld(t)
	v := w.visitor(t, "administrator")
	for path, want := range map[string]string{
		"/admin/roles": "Police officer", "/admin/roles/police_officer": "Show who gains or loses what", "/admin/roles/new": "Add a role", "/admin/roles/administrator": "This is an",
		"/admin/roles/police_officer/as": "Everything below is invented", "/admin/roles/police_officer/as?emergency=yes": "while emergency access is on", "/admin/roles/administrator/as": "finds nobody",
		"/admin/access-reviews": "Open one now",
	} {
		v.page(t, path).wantPage(t, http.StatusOK, want)
	}
	for path, status := range map[string]int{"/admin/roles/nobody": 404, "/admin/roles/nobody/as": 404, "/admin/roles/clinician/as?x=1": 400, "/admin/access-reviews/x": 404} {
		if got := v.page(t, path); got.StatusCode != status {
			t.Errorf("GET %s = %s, want %d", path, got.Status, status)
		}
	}
	form := url.Values{"name": {"court_officer"}, "description": {"sees the risks"}, "level": {"software"}, "passwords": {"forbidden"}, "totp": {"yes"}, "version": {"0"}, "wholes": {""},
		"may": {"risk_factors r", "service_user_details.surname r"}}
	to := v.send(t, "/admin/roles/new", form).goesTo(t, "/admin/changes/")
	v.page(t, to).wantPage(t, http.StatusOK, "court_officer")
	form.Set("level", "gold")
	v.send(t, "/admin/roles/new", form).wantPage(t, http.StatusUnprocessableEntity, "The token is not software, card or attested")
	v.send(t, "/admin/roles/clinician/delete", url.Values{"version": {"1"}}).wantPage(t, http.StatusUnprocessableEntity, "The role is built in and cannot be deleted")
	officer := w.visitor(t, "police_officer")
	for _, path := range []string{"/admin/roles", "/admin/roles/new", "/admin/roles/clinician", "/admin/roles/clinician/as", "/admin/access-reviews"} {
		if got := officer.page(t, path); got.StatusCode != http.StatusForbidden {
			t.Errorf("GET %s as an officer = %s, want 403", path, got.Status)
		}
	}
}
