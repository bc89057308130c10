package ca_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"mais/ca"
	"mais/ca/catest"
)

// TestInvitationsAreBounded: of those at once too only so many are made, and one that is refused
// leaves the last code good.
func TestInvitationsAreBounded(t *testing.T) {
	f := newFixture(t)
	i := invitation(t)
	i.AnHour = 3
	var all sync.WaitGroup
	errs := make([]error, 8)
	for n := range errs {
		all.Go(func() { _, errs[n] = f.Invite(context.Background(), i) })
	}
	all.Wait()
	made := 0
	for _, err := range errs {
		switch {
		case err == nil:
			made++
		case !errors.Is(err, ca.ErrTooOften):
			t.Error(err)
		}
	}
	if made != 3 {
		t.Errorf("%d codes were made at once, want 3", made)
	}
	i.AnHour = 0 // as at the host
	code := f.invite(t, i)
	i.AnHour = 4
	if _, err := f.Invite(t.Context(), i); !errors.Is(err, ca.ErrTooOften) {
		t.Errorf("Invite once more = %v, want %v", err, ca.ErrTooOften)
	}
	if _, err := f.ask(code, catest.Request(t, catest.Key(t))); err != nil {
		t.Errorf("the last code: %v", err)
	}
}
