package server

import (
	"net/http"
	"slices"
	"testing"

	"mais/server/api"
	"mais/server/internal/lifecycle"
)

// TestOfficesAreAbove: an agency's administrator does nothing to the token, the code or the
// sessions of anybody who holds an office; their own, they hold like everybody.
func TestOfficesAreAbove(t *testing.T) {
	c := newCouncil(t)
	for _, whom := range []*member{
		c.member(t, "Agency", "Gov Officer", "governance_officer"), c.member(t, "Agency", "Peer Admin", lifecycle.AgencyAdministrator), c.second,
	} {
		if may := c.own.may(t, whom); len(may) != 0 {
			t.Errorf("%s: the token may be changed: %v", whom.email, may)
		}
		for _, act := range []string{"hold", "release", "revoke"} {
			req := api.PlanRequest{Act: act, Serials: []string{whom.ref.String()}}
			if act == "revoke" {
				req.Reason = "unspecified"
			}
			if p := c.own.plan(t, req); p.Total != 0 {
				t.Errorf("%s: %s would be done to %d certificates, want none", whom.email, act, p.Total)
			}
		}
		c.own.send(t, api.PathInvitations, api.InviteRequest{Email: whom.email}).wantProblem(t, http.StatusForbidden, api.NotAllowed)
		_, session := whom.sessionOf(t)
		c.own.send(t, api.PathAdminSessions+"/"+session+"/end", nil).wantProblem(t, http.StatusForbidden, api.NotAllowed)
		whom.get(t, api.PathWhoami).wantStatus(t, http.StatusOK)
	}
	if may := c.own.may(t, c.own); !slices.Contains(may, "hold") {
		t.Errorf("their own: %v, want hold among it", may)
	}
}

// TestRaisedMeanwhile: a plan that was confirmed does nothing to who has got an office since.
func TestRaisedMeanwhile(t *testing.T) {
	c := newCouncil(t)
	rising := c.member(t, "Agency", "Rising Star", "police_officer")
	p := c.own.plan(t, api.PlanRequest{Act: "revoke", Reason: "unspecified", Serials: []string{rising.ref.String()}})
	if _, err := c.ownerOf(t).Exec(t.Context(), `UPDATE access.user_role SET role = 'governance_officer' WHERE user_id = $1`, rising.user); err != nil {
		t.Fatal(err)
	}
	if done := c.own.confirm(t, p); done.Results[api.ResultNotAllowed] != 1 {
		t.Errorf("confirmed: %+v, want it not allowed", done)
	}
	rising.get(t, api.PathWhoami).wantStatus(t, http.StatusOK)
}
