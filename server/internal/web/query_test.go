package web

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/server/internal/oversight"
)

// asked is one of each kind of parameter.
type asked struct {
	Text   string
	Also   bool
	After  uint
	Page   int
	Before int64
	Since  time.Time
	Day    time.Time
}

func (a *asked) parameters() parameters {
	return parameters{"text": &a.Text, "also": &a.Also, "after": &a.After, "page": &a.Page, "before": &a.Before, "since": &a.Since, "day": (*day)(&a.Day)}
}

// preset is what stands where nothing is asked for.
func preset() asked {
	return asked{Also: true, After: 3, Page: 2, Before: 9, Since: time.Unix(0, 0), Day: time.Unix(0, 0)}
}

// TestParameters: each kind is read; one that is empty is as if it were not there.
func TestParameters(t *testing.T) {
	for query, want := range map[string]asked{
		"text=+a+b&also=TRUE&after=0&page=1&before=1&since=2026-03-12T09:30:00Z&day=2026-07-01": {"a b", true, 0, 1, 1,
			time.Date(2026, 3, 12, 9, 30, 0, 0, time.UTC), time.Date(2026, 7, 1, 0, 0, 0, 0, oversight.London)},
		"also=1": func() asked { a := preset(); a.Also = true; return a }(),
		"also=0": func() asked { a := preset(); a.Also = false; return a }(),
		"text=&also=&after=&page=&before=&since=&day=": preset(), "page=+": preset(), "": preset(),
	} {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		got := preset()
		if err := got.parameters().read(v); err != nil {
			t.Errorf("read(%q) = %v", query, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("read(%q) (-want +got):\n%s", query, diff)
		}
	}
}

func TestParametersRefuse(t *testing.T) {
	for _, query := range []string{"x=1", "x=", "text=a&text=b", "also=yes", "after=-1", "after=99999999999", "page=0", "page=x", "before=-1", "since=yesterday", "day=1.7.2026"} {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		got := preset()
		if err := got.parameters().read(v); err == nil {
			t.Errorf("read(%q) = %+v, want it refused", query, got)
		}
	}
}

// TestStrangeParameter: a kind that is not known is a slip of ours, and not taken for one that was not sent.
func TestStrangeParameter(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a *float64 is read")
		}
	}()
	var f float64
	parameters{"f": &f}.read(url.Values{"f": {"5"}})
}
