package inventory

import (
	"testing"
	"time"

	"mais/server/api"
	"mais/tokenctl/internal/fault"
)

func TestStanding(t *testing.T) {
	at := time.Now()
	for _, test := range []struct {
		cert api.Certificate
		want string
	}{
		{api.Certificate{Status: "active"}, "good"},
		{api.Certificate{Status: "held", Expired: true}, "expired"},
		{api.Certificate{Status: "revoked", Expired: true}, "revoked"},
		{api.Certificate{Status: "revoked", DestroyedAt: &at}, "destroyed"},
	} {
		if got := Standing(test.cert); got != test.want {
			t.Errorf("standing(%+v) = %q, want %q", test.cert, got, test.want)
		}
	}
}

func TestOutcome(t *testing.T) {
	at := time.Now()
	for _, test := range []struct {
		results map[string]int
		running bool
		want    fault.Kind
	}{
		{map[string]int{api.ResultDone: 3, api.ResultAlready: 2}, false, ""},
		{map[string]int{api.ResultDone: 3, api.ResultWaiting: 2}, true, ""},
		{map[string]int{api.ResultDone: 3, api.ResultUnknown: 1}, false, fault.Partly},
		{map[string]int{api.ResultAlready: 1, api.ResultFailed: 1}, false, fault.Partly},
		{map[string]int{api.ResultFailed: 1, api.ResultNotAllowed: 4}, false, fault.Failed},
		{map[string]int{api.ResultNotAllowed: 4, api.ResultBadLine: 1}, false, fault.Denied},
		{map[string]int{api.ResultUnknown: 4}, false, fault.NotFound},
	} {
		p := api.Plan{ID: "x", Results: test.results, FinishedAt: &at}
		if test.running {
			p.FinishedAt = nil
		}
		err := Outcome(p)
		if (err == nil) != (test.want == "") || err != nil && !fault.Is(err, test.want) {
			t.Errorf("outcome(%v) = %v, want %q", test.results, err, test.want)
		}
	}
}
