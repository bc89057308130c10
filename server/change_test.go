package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mais/server/api"
)

// TestChangeInThePages goes the way of a browser: a draft with what it would do, the second
// person's queue, a wrong word, and the approval.
func TestChangeInThePages(t *testing.T) {
	c := newCouncil(t)
	first, second := c.signIn(t, c.all.c), c.signIn(t, c.second.c)
	page := func(m *member, cookie, path string) reply {
		t.Helper()
		return m.c.get(t, c.urls.Mutual+path, "Cookie", cookie, "Accept", "text/html")
	}
	press := func(m *member, cookie, path string, form url.Values) reply {
		t.Helper()
		return m.c.do(t, request(t, "POST", c.urls.Mutual+path, []byte(form.Encode()), "Content-Type", "application/x-www-form-urlencoded",
			"Cookie", cookie, "Accept", "text/html", "Sec-Fetch-Site", "same-origin"))
	}
	var made api.Change
	c.all.send(t, api.PathChanges, api.ChangeRequest{Kind: api.UserChange, Target: c.officer.user, User: &api.UserFields{
		Email: c.officer.email, Name: "Ann Officer", Agency: c.all.entryOf(t, c.officer.user).Agency, Sites: []string{c.custody}, Roles: []string{"clinician", "police_officer"},
	}}).decode(t, http.StatusCreated, &made)
	at := "/admin/changes/" + made.ID
	page(c.all, first, at).wantPage(t, http.StatusOK, "Nothing has happened yet")
	press(c.second, second, at+"/confirm", nil).wantPage(t, http.StatusForbidden, "may not")
	if got := press(c.all, first, at+"/confirm", url.Values{"digest": {made.Digest}}); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("confirmed: %d", got.StatusCode)
	}
	press(c.all, first, at+"/approve", nil).wantPage(t, http.StatusForbidden, "You made this, or it is about you")
	page(c.second, second, "/admin/changes").wantPage(t, http.StatusOK, "Ann Officer")
	press(c.second, second, at+"/refuse", nil).wantPage(t, http.StatusUnprocessableEntity, "is missing: say why")
	press(c.second, second, at+"/approve", url.Values{"note": {"known"}}).wantPage(t, http.StatusConflict, "look again")
	c.second.get(t, api.PathChanges+"/"+made.ID).decode(t, http.StatusOK, &made)
	if got := press(c.second, second, at+"/approve", url.Values{"note": {"known"}, "digest": {made.Digest}}); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("approved: %d", got.StatusCode)
	}
	page(c.second, second, at).wantPage(t, http.StatusOK, "Second Admin")
	if roles := strings.Join(c.all.entryOf(t, c.officer.user).Roles, " "); roles != "clinician police_officer" {
		t.Errorf("the officer has the roles %s", roles)
	}
	c.all.send(t, api.PathChanges+"/"+made.ID+"/discard", nil).wantProblem(t, http.StatusConflict, api.DecidedAlready)
	var leave api.Change
	c.all.send(t, api.PathChanges, api.ChangeRequest{Kind: api.UserLeave, Target: c.officer.user}).decode(t, http.StatusCreated, &leave)
	press(c.all, first, "/admin/changes/"+leave.ID+"/confirm", url.Values{"word": {"nobody"}, "digest": {leave.Digest}}).wantPage(t, http.StatusUnprocessableEntity, "nothing was done")
	c.all.send(t, api.PathChanges+"/"+leave.ID+"/confirm", api.ConfirmRequest{Word: "nobody"}).wantProblem(t, http.StatusConflict, api.WrongWord)
	var list api.Changes
	c.all.get(t, api.PathChanges+"?state=applied&kind=user.change").decode(t, http.StatusOK, &list)
	if list.Total != 1 || list.Changes[0].ID != made.ID {
		t.Errorf("applied: %+v", list)
	}
	c.officer.accepts(t) // the sheet of their further role
	c.officer.send(t, api.PathChanges, api.ChangeRequest{Kind: api.UserLeave, Target: c.all.user}).wantProblem(t, http.StatusForbidden, api.NotAllowed)
}
