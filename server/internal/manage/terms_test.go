package manage

import (
	"slices"
	"testing"

	"mais/server/api"
)

// TestFurtherRoleShowsItsSheet: whoever is given a further role reads its sheet and accepts the
// terms, once for each role, however often it is taken and given again.
func TestFurtherRoleShowsItsSheet(t *testing.T) {
	r := newRegion(t)
	eve := r.member(t, "eve@police.example", r.police, "police_officer")
	give := func(roles ...string) {
		t.Helper()
		f := api.UserFields{Email: "eve@police.example", Name: "Eve", Agency: r.police, Sites: []string{r.desk}, Roles: roles}
		made := r.mustConfirm(t, r.ann, r.mustPropose(t, r.ann, api.ChangeRequest{Kind: api.UserChange, Target: eve.User(), User: &f}).ID)
		if made.State == api.ChangeWaiting {
			r.mustApprove(t, r.bob, made.ID)
		}
	}
	due := func(what string, want bool, fresh ...string) {
		t.Helper()
		found, err := r.Terms(t.Context(), eve)
		var unread []string
		for _, s := range found.Sheets[:len(fresh)] {
			if s.New {
				unread = append(unread, s.Role)
			}
		}
		if err != nil || found.Due != want || !slices.Equal(unread, fresh) {
			t.Errorf("%s: %+v, %v; want due %v and the new sheets %v first", what, found, err, want, fresh)
		}
	}
	accept := func() {
		t.Helper()
		found, err := r.Terms(t.Context(), eve)
		if err == nil {
			err = r.Accept(t.Context(), eve, found.Version, found.Roles())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	accept()
	give("clinician", "police_officer", "record_clinician")
	due("two further roles", true, "clinician", "record_clinician")
	accept()
	due("accepted", false)
	give("police_officer")
	due("roles were taken", false)
	give("clinician", "police_officer")
	due("one was given back", false)
}
