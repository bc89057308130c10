package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

func TestParseMoment(t *testing.T) {
	defer func(was func() time.Time) { now = was }(now)
	now = func() time.Time { return time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC) }
	for text, want := range map[string]string{
		"":                          "0001-01-01T00:00:00Z",
		"2026-03-31":                "2026-03-31T00:00:00Z",
		"2026-03-31T17:00:00+02:00": "2026-03-31T15:00:00Z",
		"30d":                       "2026-03-31T09:30:00Z",
		"0d":                        "2026-03-01T09:30:00Z",
		"d":                         "", "-1d": "", "99999999d": "", "30": "", "2026-02-30": "", "tomorrow": "", "31.3.2026": "", "\x1b[2J": "",
	} {
		got, err := parseMoment("issued-from", text)
		if want == "" {
			if !fault.Is(err, fault.Usage) {
				t.Errorf("parseMoment(%q) = %s, %v, want it refused", text, got, err)
			}
			continue
		}
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("parseMoment(%q) = %s, %v, want %s", text, got.Format(time.RFC3339), err, want)
		}
	}
}

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
		if got := standing(test.cert); got != test.want {
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
		err := outcome(p)
		if (err == nil) != (test.want == "") || err != nil && !fault.Is(err, test.want) {
			t.Errorf("outcome(%v) = %v, want %q", test.results, err, test.want)
		}
	}
}

func TestNodeRow(t *testing.T) {
	at, after := time.Date(2026, 3, 1, 9, 0, 0, 41e6, time.UTC), int64(41)
	for _, test := range []struct {
		node api.ReceiptNode
		want string
	}{
		{api.ReceiptNode{Node: "a", RefusedFrom: &at, Millis: &after}, "a|09:00:00.041 UTC|+41 ms"},
		{api.ReceiptNode{Node: "b", SilentFrom: &at, Millis: &after}, "b|silent, closed itself by 09:00:00.041 UTC|+41 ms"},
		{api.ReceiptNode{Node: "c"}, "c|not yet|-"},
	} {
		if got := strings.Join(nodeRow(test.node), "|"); got != test.want {
			t.Errorf("nodeRow(%+v) = %q, want %q", test.node, got, test.want)
		}
	}
}

// TestNamesOfOthersSteerNothing: what comes from the service is cleaned wherever it is shown.
func TestNamesOfOthersSteerNothing(t *testing.T) {
	var out, errs bytes.Buffer
	a := &app{screen: ui.NewScreen(&out, &errs, false)}
	evil := "\x1b[2J\u202eevil"
	cert := api.Certificate{Issuer: evil, Serial: evil, Status: evil, Holder: evil, Name: evil, Reason: evil, StatusBy: evil}
	plan := api.Plan{ID: evil, Act: evil, Reason: evil, Total: 1, LosesAll: 1, Loses: []api.Loser{{Holder: evil, Roles: []string{evil}}}, Warnings: []string{evil}}
	if err := a.printCertificate(api.CertificateDetail{Certificate: cert, Line: []api.Certificate{cert}, History: []api.StatusChange{{Status: evil}}, May: []string{evil}}); err != nil {
		t.Fatal(err)
	}
	if err := printLosers(a.screen, plan); err != nil {
		t.Fatal(err)
	}
	if err := a.printCheck(api.Check{Findings: []api.CheckItem{{What: evil, State: evil, Says: evil, Do: evil}}}); err != nil {
		t.Fatal(err)
	}
	if err := a.printExpiries(api.Expiries{Weeks: []api.ExpiryWeek{{From: evil}}, Soon: []api.Certificate{cert}, ByKind: map[string]int{evil: 1}}); err != nil {
		t.Fatal(err)
	}
	a.screen.Fail(fault.New(fault.Partly, sentence(plan), "%s", summary(plan)))
	if said := out.String() + errs.String(); strings.ContainsAny(said, "\x1b\u202e") || !strings.Contains(said, "evil") {
		t.Errorf("printed %q, which steers a terminal", said)
	}
}
