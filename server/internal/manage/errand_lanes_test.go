package manage

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/server/internal/people"
)

func TestLanes(t *testing.T) {
	got := [][]int64{}
	for _, lane := range lanes([]people.Errand{{ID: 1, User: "a"}, {ID: 2}, {ID: 3, User: "b"}, {ID: 4, User: "a"}, {ID: 5}}) {
		ids := []int64{}
		for _, e := range lane {
			ids = append(ids, e.ID)
		}
		got = append(got, ids)
	}
	if diff := cmp.Diff([][]int64{{1, 4}, {2}, {3}, {5}}, got); diff != "" {
		t.Errorf("lanes (-want +got):\n%s", diff)
	}
}

// meeting is an inviter who lets nobody go before so many are with them at once.
type meeting struct {
	wanted int
	all    chan struct{}

	mu      sync.Mutex
	here    int
	invited map[string][]int64
}

func (m *meeting) InviteUser(ctx context.Context, user, _ string, errand int64) error {
	m.mu.Lock()
	m.invited[user] = append(m.invited[user], errand)
	if m.here++; m.here == m.wanted {
		close(m.all)
	}
	m.mu.Unlock()
	select {
	case <-m.all:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestInvitedAtOnce: codes of several people are made at once; one person's follow each other, each
// errand is done once, and no more people are at it than there are lanes.
func TestInvitedAtOnce(t *testing.T) {
	r := newRegion(t)
	m := &meeting{wanted: lanesAtOnce, all: make(chan struct{}), invited: map[string][]int64{}}
	r.opts.Inviter = m
	for n := range lanesAtOnce + 3 {
		who := r.member(t, fmt.Sprintf("p%d@police.example", n), r.police, "police_officer").User()
		r.exec(t, `INSERT INTO access.errand (kind, user_id) SELECT 'invite', $1 FROM generate_series(1, $2)`, who, 1+n%2)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r.doErrands(ctx, slow)
	for user, done := range m.invited {
		if len(done) == 2 && done[0] > done[1] {
			t.Errorf("%s was invited for %v, in that order", user, done)
		}
	}
	if open := one[int](t, r, `SELECT count(*) FROM access.errand WHERE kind = 'invite' AND (done_at IS NULL OR tries <> 1)`); open != 0 || len(m.invited) != lanesAtOnce+3 {
		t.Errorf("%d errands are open or were done twice, %d people were invited", open, len(m.invited))
	}
}
