package lookup

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
)

func TestTakeWords(t *testing.T) {
	for _, test := range []struct {
		flags api.SearchRequest
		words string
		want  api.SearchRequest
		fault string
	}{
		{words: "nowak", want: api.SearchRequest{Surname: "nowak"}},
		{words: "nowak ann", want: api.SearchRequest{Surname: "nowak", FirstName: "ann"}},
		{words: "1979-03-12 nowak", want: api.SearchRequest{Surname: "nowak", DateOfBirth: "1979-03-12"}},
		{words: "1979-03-12", want: api.SearchRequest{DateOfBirth: "1979-03-12"}},
		{flags: api.SearchRequest{Surname: "nowak"}, words: "ann", want: api.SearchRequest{Surname: "nowak", FirstName: "ann"}},
		{words: "a b c", fault: "one word too many"},
		{flags: api.SearchRequest{DateOfBirth: "1979-03-12"}, words: "1979-03-12", fault: "one word too many"},
		{flags: api.SearchRequest{DateOfBirth: "1979-02-30"}, fault: "not a date"},
		{fault: "nothing to search for"},
	} {
		got := test.flags
		err := takeWords(&got, strings.Fields(test.words))
		if test.fault != "" {
			if err == nil || !strings.Contains(err.Error(), test.fault) {
				t.Errorf("takeWords(%+v, %q) = %v, want %q", test.flags, test.words, err, test.fault)
			}
			continue
		}
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("takeWords(%+v, %q) = %v (-want +got):\n%s", test.flags, test.words, err, diff)
		}
	}
}

func TestProvenance(t *testing.T) {
	defer func(was func() time.Time) { now = was }(now)
	now = func() time.Time { return time.Date(2010, 11, 12, 9, 0, 0, 0, time.UTC) }
	for _, test := range []struct {
		item api.Item
		want string
	}{
		{api.Item{}, nothingSaid},
		{api.Item{Source: "SystmOne"}, "from SystmOne"},
		{api.Item{AsAt: "2010-03-12", Source: "SystmOne"}, "as at 12 March 2010, 8 months old; from SystmOne"},
		{api.Item{AsAt: "spring"}, "as at spring"},
	} {
		if got := provenance(test.item); got != test.want {
			t.Errorf("provenance(%+v) = %q, want %q", test.item, got, test.want)
		}
	}
}
