package web

import (
	"maps"
	"slices"
	"testing"

	"mais/server/api"
	"mais/server/internal/gate"
	"mais/server/internal/web/page/audit"
)

// TestActsHaveWords: whoever reviews the audit reads what was done, and no name of ours.
func TestActsHaveWords(t *testing.T) {
	acts := slices.Collect(maps.Values(actOf))
	for _, kind := range []gate.Kind{gate.Dropped, gate.Capped, gate.Unproven, gate.Flooded} {
		acts = append(acts, string(kind))
	}
	for _, state := range []string{api.ChangeWaiting, api.ChangeRefused, api.ChangeDiscarded, api.ChangeExpired} {
		acts = append(acts, "change."+state)
	}
	acts = append(acts, api.NetworkAdd, api.NetworkRemove, api.RoleAdd, api.RoleChange, api.RoleDelete, api.SiteAdd, api.SiteChange, api.SiteClose,
		api.UserInvite, api.UsersInvite, api.UserChange, api.UserLeave, api.UserReturn, api.AgencyAdd, api.AgencyChange)
	for _, routes := range [][]endpoint{lookupRoutes, tokenRoutes, certificateRoutes, commonRoutes, apiRoutes, auditRoutes, changeRoutes,
		importRoutes, passwordRoutes, placeRoutes, roleRoutes, sessionRoutes, usageRoutes, userRoutes} {
		for _, e := range routes {
			acts = append(acts, e.act)
		}
	}
	for _, act := range acts {
		if !audit.HasWords(act) {
			t.Errorf("%s has no words", act)
		}
	}
}
