package cert

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/inventory"
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

// TestRaised: of a revocation that was raised, both are told.
func TestRaised(t *testing.T) {
	at, later := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	c := api.Certificate{Status: "revoked", Reason: "keyCompromise", StatusAt: at, RaisedAt: &later, StatusBy: "Ada"}
	if got, want := inventory.StatusSentence(c), "revoked, keyCompromise, since 2026-03-01 09:00:00 UTC, with that reason since 2026-03-02 09:00:00 UTC by Ada"; got != want {
		t.Errorf("statusSentence = %q, want %q", got, want)
	}
	row := historyRow(api.StatusChange{Number: 9, Status: "revoked", At: later, Reason: "keyCompromise", RaisedFrom: "superseded", Note: "found"})
	if got, want := row[len(row)-1], "keyCompromise; revoked before for superseded; found"; got != want {
		t.Errorf("historyRow says why: %q, want %q", got, want)
	}
	facts := receiptFacts(proven{Receipt: api.Receipt{RaisedFrom: "superseded"}}, false)
	if !slices.ContainsFunc(facts, func(f []string) bool { return f[0] == "before" && strings.Contains(f[1], "superseded") }) {
		t.Errorf("receiptFacts = %q, want what was before", facts)
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
	a := &app{&command.App{Screen: ui.NewScreen(&out, &errs, false)}}
	evil := "\x1b[2J\u202eevil"
	cert := api.Certificate{Issuer: evil, Serial: evil, Status: evil, Holder: evil, Name: evil, Reason: evil, StatusBy: evil}
	plan := api.Plan{ID: evil, Act: evil, Reason: evil, Total: 1, LosesAll: 1, Loses: []api.Loser{{Holder: evil, Roles: []string{evil}}}, Warnings: []string{evil}}
	if err := a.printCertificate(api.CertificateDetail{Certificate: cert, Line: []api.Certificate{cert}, History: []api.StatusChange{{Status: evil}}, May: []string{evil}}); err != nil {
		t.Fatal(err)
	}
	if err := printLosers(a.Screen, plan); err != nil {
		t.Fatal(err)
	}
	if err := a.printCheck(api.Check{Findings: []api.CheckItem{{What: evil, State: evil, Says: evil, Do: evil}}}); err != nil {
		t.Fatal(err)
	}
	if err := a.printExpiries(api.Expiries{Weeks: []api.ExpiryWeek{{From: evil}}, Soon: []api.Certificate{cert}, ByKind: map[string]int{evil: 1}}); err != nil {
		t.Fatal(err)
	}
	a.Screen.Fail(fault.New(fault.Partly, inventory.Sentence(plan), "%s", inventory.Summary(plan)))
	if said := out.String() + errs.String(); strings.ContainsAny(said, "\x1b\u202e") || !strings.Contains(said, "evil") {
		t.Errorf("printed %q, which steers a terminal", said)
	}
}
