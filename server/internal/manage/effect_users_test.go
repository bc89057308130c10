package manage

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/internal/people"
)

// TestListWarnings: one person gets what many get, and a large number can be read.
func TestListWarnings(t *testing.T) {
	for n, want := range map[int][]string{
		0:    nil,
		1:    {"1 person has no last day.", "1 person has no vetting noted."},
		2:    {"2 people have no last day.", "2 people have no vetting noted."},
		3120: {"3,120 people have no last day.", "3,120 people have no vetting noted."},
	} {
		if diff := cmp.Diff(want, listWarnings(people.List{Endless: n, Unvetted: n})); diff != "" {
			t.Errorf("of %d (-want +got):\n%s", n, diff)
		}
	}
	if got := waitingFor("users.invite", 1); got != "invite 1 person" {
		t.Errorf("one on a list is to %q", got)
	}
}
