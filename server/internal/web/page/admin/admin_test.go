package admin_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) {
	page := admin.Template(fstest.MapFS{"x.html": {Data: []byte(`{{define "main"}}{{template "date" .D}}{{template "state" .S}}{{template "pager" .P}}{{template "finding" .F}}{{end}}`)}}, "x.html")
	pagetest.Check(t, page, struct {
		frame.Frame
		D admin.Date
		S admin.State
		P admin.Pager
		F api.CheckItem
	}{})
}

func TestState(t *testing.T) {
	for _, tt := range []struct {
		status  string
		expired bool
		want    string
	}{
		{"active", false, "Good"}, {"active", true, "Expired"}, {"held", false, "On hold"}, {"held", true, "On hold"},
		{"revoked", true, "Revoked"}, {"superseded", false, "Superseded"}, {"later_status", false, "Later status"},
	} {
		if got := admin.StateOf(tt.status, tt.expired).Words; got != tt.want {
			t.Errorf("StateOf(%q, %v) = %q, want %q", tt.status, tt.expired, got, tt.want)
		}
	}
}

func TestCertificate(t *testing.T) {
	c := admin.Certificate{Certificate: admintest.Certificate("4f219c0b77aa"), Now: admintest.Now}
	if got, want := c.Path(), "/admin/certificates/people-1/4f219c0b77aa"; got != want {
		t.Errorf("Path() = %q, want %q", got, want)
	}
	if c.Last() != "0b77aa" || c.Whose() != "Dana Whitlock" || c.Soon() || c.Kind() != "Person, software token" {
		t.Errorf("Last() = %q, Whose() = %q, Soon() = %v, Kind() = %q", c.Last(), c.Whose(), c.Soon(), c.Kind())
	}
	for left, want := range map[time.Duration]string{
		49 * time.Hour: "in 2 days", 25 * time.Hour: "in 1 day", time.Hour: "within a day", -time.Hour: "less than a day ago", -25 * time.Hour: "1 day ago",
		-2000 * 24 * time.Hour: "2,000 days ago",
	} {
		c.NotAfter = admintest.Now.Add(left)
		if got := c.Left(); got != want {
			t.Errorf("Left() with %v = %q, want %q", left, got, want)
		}
	}
	c.Name, c.Serial, c.Issuer = "", "ab", "a/../b"
	if c.Whose() != "dana@example.org" || c.Last() != "ab" || c.Path() != "/admin/certificates/a%2F..%2Fb/ab" {
		t.Errorf("Whose() = %q, Last() = %q, Path() = %q", c.Whose(), c.Last(), c.Path())
	}
}

func TestDate(t *testing.T) {
	for typed, want := range map[string]string{
		"..": "", "27.3.2027": "2027-03-27", " 1 . 12 . 2026": "2026-12-01", "29.2.2028": "2028-02-29",
		"29.2.2027": "fault", "1.13.2027": "fault", "x.1.2027": "fault", "1..2027": "fault", "1.1.27": "fault", "1.1.1066": "fault", "-1.1.2027": "fault",
	} {
		parts := strings.Split(typed, ".")
		got, faults := admin.Date{Field: "since", Day: parts[0], Month: parts[1], Year: parts[2]}.Time()
		text := ""
		switch {
		case len(faults) > 0:
			text = "fault"
		case !got.IsZero():
			text = got.Format(time.DateOnly)
			if back := admin.DateOf("since", got); back.Year != "2027" && back.Year != "2026" && back.Year != "2028" {
				t.Errorf("DateOf(%v) = %+v", got, back)
			}
		}
		if text != want {
			t.Errorf("Time() of %q = %q, want %q", typed, text, want)
		}
	}
}

func TestPagerOf(t *testing.T) {
	at := func(n int) string { return strings.Repeat("p", n) }
	for _, tt := range []struct {
		page, total, pages int
		prev, next         string
	}{
		{1, 0, 1, "", ""}, {1, 25, 1, "", ""}, {1, 26, 2, "", "pp"}, {2, 26, 2, "p", ""}, {9, 26, 2, "pp", ""}, {2, 100, 4, "p", "ppp"},
	} {
		if got, want := admin.PagerOf(tt.page, 25, tt.total, at), (admin.Pager{Page: tt.page, Pages: tt.pages, Prev: tt.prev, Next: tt.next}); got != want {
			t.Errorf("PagerOf(%d, 25, %d) = %+v, want %+v", tt.page, tt.total, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234"} {
		if got := admin.Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
}
