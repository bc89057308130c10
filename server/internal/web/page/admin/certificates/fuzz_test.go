package certificates

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// FuzzRead: an address that is taken means the same when it is written again.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "status=held&sort=-expires&page=2", "find=x&before=2027-03-31", "agency=%00", "page=-1", "sort=--", "status=live&status=held"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		v, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		a, ok := Read(v)
		if !ok {
			return
		}
		u, err := url.Parse(a.Path())
		if err != nil {
			t.Fatalf("Path() = %q: %v", a.Path(), err)
		}
		if a.Page == 1 {
			a.Page = 0 // the first page is not written
		}
		again, ok := Read(u.Query())
		if diff := cmp.Diff(a, again, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" || !ok {
			t.Errorf("Read(%q) and again %v (-first +again):\n%s", query, ok, diff)
		}
		if again.Filter().PerPage != PerPage {
			t.Errorf("Filter() = %+v", again.Filter())
		}
	})
}
