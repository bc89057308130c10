package audit

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/ui"
)

func TestDayOrTime(t *testing.T) {
	day := time.Date(2026, 3, 12, 0, 0, 0, 0, time.Local)
	for _, test := range []struct {
		text  string
		later int
		want  time.Time
	}{
		{"", 1, time.Time{}}, {"2026-03-12", 0, day}, {"2026-03-12", 1, day.AddDate(0, 0, 1)}, {"2026-03-12T02:14:00Z", 1, time.Date(2026, 3, 12, 2, 14, 0, 0, time.UTC)},
	} {
		if got, err := dayOrTime("since", test.text, test.later); err != nil || !got.Equal(test.want) {
			t.Errorf("dayOrTime(%q, %d) = %v, %v, want %v", test.text, test.later, got, err, test.want)
		}
	}
	if _, err := dayOrTime("since", "12.3.", 0); err == nil {
		t.Error("12.3. is a day")
	}
}

// TestGaps: of which time the audit has nothing is said beside whatever it has, and not among it.
func TestGaps(t *testing.T) {
	var out, errs bytes.Buffer
	a := &app{&command.App{Screen: ui.NewScreen(&out, &errs, false)}}
	gaps := []api.AuditGap{{Says: "The audit has nothing between ten and eleven."}}
	for what, show := range map[string]func() error{
		"session":  func() error { return a.printStory(api.AuditStory{Gaps: gaps}) },
		"list":     func() error { return a.printEntries(api.AuditPage{Gaps: gaps}) },
		"person":   func() error { return a.printLookers(api.AuditLooks{Gaps: gaps}) },
		"refusals": func() error { return a.printRefusals(api.AuditRefusals{Gaps: gaps}) },
		"figures":  func() error { return a.printFigures(api.AuditFigures{Gaps: gaps}) },
		"alerts":   func() error { return a.printAlerts(api.AuditAlerts{Gaps: gaps}) },
	} {
		out.Reset()
		errs.Reset()
		if err := show(); err != nil || !strings.HasPrefix(errs.String(), gaps[0].Says+"\n") || strings.Contains(out.String(), gaps[0].Says) {
			t.Errorf("%s: %v, says %q, and prints %q", what, err, errs.String(), out.String())
		}
	}
	if all := withGaps([]api.AuditGap{{Says: "older"}, gaps[0]}, gaps); len(all) != 2 {
		t.Errorf("two pages have %+v, want each gap once", all)
	}
}

// TestRefusalsInWords: why something was refused is said as the page says it; its code is in the JSON.
func TestRefusalsInWords(t *testing.T) {
	var out, errs bytes.Buffer
	a := &app{&command.App{Screen: ui.NewScreen(&out, &errs, false)}}
	refusals := api.AuditRefusals{Groups: []api.AuditRefusal{{Outcome: "refused", Reason: "wrong-network", Count: 3}}}
	if err := a.printRefusals(refusals); err != nil || !strings.Contains(out.String(), "Not from a network of their sites") || strings.Contains(out.String(), "wrong-network") {
		t.Errorf("%v, prints %q", err, out.String())
	}
	out.Reset()
	if err := a.printEntries(api.AuditPage{Entries: []api.AuditEntry{{Act: "record.show", Outcome: "refused", Reason: "wrong-network"}}}); err != nil ||
		!strings.Contains(out.String(), "Not from a network of their sites") || strings.Contains(out.String(), "wrong-network") {
		t.Errorf("the list: %v, prints %q", err, out.String())
	}
	out.Reset()
	if err := a.printStory(api.AuditStory{Ended: &time.Time{}, Reason: "timeout"}); err != nil || !strings.Contains(out.String(), ", nobody used it any more") {
		t.Errorf("a session: %v, prints %q", err, out.String())
	}
}
