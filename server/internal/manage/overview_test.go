package manage

import (
	"errors"
	"testing"
	"time"

	"mais/server/api"
)

// TestOverview: what waits is counted for whoever may do it, an agency's administrator sees their
// own agency's, and whoever manages nothing sees nothing.
func TestOverview(t *testing.T) {
	r := newRegion(t)
	ctx := t.Context()
	made, err := r.Propose(ctx, r.ann, api.ChangeRequest{Kind: api.UserInvite, User: r.fields("new@police.example", "police_officer")})
	if err != nil {
		t.Fatal(err)
	}
	r.mustConfirm(t, r.ann, made.ID)
	ends := time.Now().UTC().AddDate(0, 0, 3).Format(time.DateOnly)
	r.exec(t, `UPDATE access.user_account SET ends_on = $1 WHERE id = $2`, ends, r.cat.User())
	own, err := r.Overview(ctx, r.ann)
	if err != nil || own.ToApprove != 0 || own.Open != 1 {
		t.Errorf("the maker's overview is %+v, %v", own, err)
	}
	if own.Ending != 1 || len(own.EndingSoon) != 1 || own.EndingSoon[0].ID != r.cat.User() || own.EndingSoon[0].Ends != ends {
		t.Errorf("whose time ends: %d, %+v", own.Ending, own.EndingSoon)
	}
	cats, err := r.Overview(ctx, r.cat)
	if err != nil || cats.ToApprove != 1 || cats.Registrations.People == 0 || cats.Registrations.People >= own.Registrations.People {
		t.Errorf("the agency's administrator's overview is %+v, %v; the maker's has %d people", cats, err, own.Registrations.People)
	}
	officer := r.member(t, "eve@police.example", r.police, "police_officer")
	if _, err := r.Overview(ctx, officer); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("an officer's overview: %v, want %v", err, ErrNotAllowed)
	}
}
