package people

import (
	"strings"
	"testing"
	"time"

	"mais/server/api"
)

// TestRestoredInWords: an administrator is told of a restore, and of what to do where it took something away.
func TestRestoredInWords(t *testing.T) {
	at := time.Date(2026, 11, 23, 1, 26, 0, 0, time.UTC)
	made := at.Add(-6 * time.Minute)
	for want, r := range map[string]api.Restored{
		"The service was restored on 2026-11-23 01:26 UTC, to the backup of 2026-11-23 01:20 UTC; nothing had to be taken away again.": {At: at, Made: &made},
		"The service was restored on 2026-11-23 01:26 UTC; taken away again: 6, from people: 3.\nReturn whoever had only moved":        {At: at, Things: 6, People: 3},
	} {
		if got := restoredWords(r); !strings.HasPrefix(got, want) {
			t.Errorf("of %+v is said %q, want %q", r, got, want)
		}
	}
}
