package lifecycle

import (
	"context"
	"errors"
	"testing"
	"time"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
)

func principal(t *testing.T, roles ...string) authn.Principal {
	t.Helper()
	id, err := certs.NewIdentity(certs.User, "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01")
	if err != nil {
		t.Fatal(err)
	}
	return authntest.Principal(t, authntest.Facts{Identity: id, Agency: "all", Roles: roles})
}

// TestLastCheck: within a minute the same answer, asked for of nobody; it is for those only
// whose Check is, and whoever waits for it waits no longer than they may.
func TestLastCheck(t *testing.T) {
	s := New(Options{}) // there is nothing to check with
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return now.Add(checkKept - time.Second) }
	s.checked = api.Check{AsOf: now, Findings: []api.CheckItem{{What: "chain", State: "ok"}}}
	if got, err := s.LastCheck(t.Context(), principal(t, Administrator)); err != nil || !got.AsOf.Equal(now) || len(got.Findings) != 1 {
		t.Errorf("LastCheck = %+v, %v, want what is kept", got, err)
	}
	for _, role := range []string{AgencyAdministrator, "police_officer"} {
		if got, err := s.LastCheck(t.Context(), principal(t, role)); !errors.Is(err, ErrNotAllowed) || len(got.Findings) > 0 {
			t.Errorf("LastCheck of %s = %+v, %v, want %v", role, got, err, ErrNotAllowed)
		}
	}
	s.checking <- struct{}{} // somebody makes one
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := s.LastCheck(ctx, principal(t, Administrator)); !errors.Is(err, context.Canceled) {
		t.Errorf("LastCheck behind another = %+v, %v, want %v", got, err, context.Canceled)
	}
}
