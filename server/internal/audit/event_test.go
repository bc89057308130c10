package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEncodeRefuses(t *testing.T) {
	for name, change := range map[string]func(*Event){
		"no act":           func(e *Event) { e.Act = "" },
		"act of two lines": func(e *Event) { e.Act = "a\nb" },
		"long act":         func(e *Event) { e.Act = strings.Repeat("a", 65) },
		"no outcome":       func(e *Event) { e.Outcome = "" },
		"unknown outcome":  func(e *Event) { e.Outcome = "maybe" },
		"request":          func(e *Event) { e.Request = "1" },
		"user":             func(e *Event) { e.User = "root" },
		"upper-case user":  func(e *Event) { e.User = strings.ToUpper(person1) },
		"person":           func(e *Event) { e.Persons = []string{person1, "x"} },
		"persons":          func(e *Event) { e.Persons = make([]string, maxPersons+1) },
		"items":            func(e *Event) { e.Items = make([]string, maxItems+1) },
		"rows":             func(e *Event) { e.Rows = -1 },
	} {
		e := shown(person1)
		change(&e)
		if encoded, err := e.encode(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: encode = %s, %v, want ErrInvalid", name, encoded, err)
		}
	}
}

func TestEncode(t *testing.T) {
	e := shown(person1)
	e.UserName = "Ann\r\nB\x00\x1b[2J\u202e\u2028\xff"
	e.URI = "/people?surname=Smith#x"
	e.Reason = strings.Repeat("é", 5000)
	e.Address = netip.MustParseAddr("::ffff:192.0.2.1")
	e.Detail = map[string]string{"a\nb": "c\td"}
	e.Certificate = Certificate{Issuer: "people-1", Serial: "4f"}
	encoded, err := e.encode()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"user_name": `Ann\u000d\u000aB\u0000\u001b[2J\u202e\u2028\xff`, "uri": "/people", "address": "192.0.2.1",
		"issuer": "people-1", "serial": "4f"} {
		if got[name] != want {
			t.Errorf("%s = %q, want %q", name, got[name], want)
		}
	}
	if reason := got["reason"].(string); len(reason) > maxReason+len("…") || !strings.HasSuffix(reason, "é…") {
		t.Errorf("reason has %d bytes, want at most %d and an ellipsis", len(reason), maxReason)
	}
	if detail := got["detail"].(map[string]any); detail[`a\u000ab`] != `c\u0009d` {
		t.Errorf("detail = %q, want it escaped", detail)
	}
}

func FuzzLine(f *testing.F) {
	for _, seed := range []string{"", "plain", "a\nb", "\x00", "\xff\xfe", "é\u202e\u2066", strings.Repeat("\n", 99), `<b>' OR 1=1 --`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := line(s, 50)
		if !utf8.ValidString(got) || len(got) > 50+len(`\u10ffff`)+len("…") || strings.ContainsFunc(got, disrupts) {
			t.Errorf("line(%q) = %q", s, got)
		}
	})
}

// A long text comes back whole from its parts, each within the bound, whatever is in it.
func TestSpell(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "short": "he has fits", "exact": strings.Repeat("a", maxReason), "one more": strings.Repeat("a", maxReason+1),
		"two bytes each": strings.Repeat("é", 500), "lines": strings.Repeat("\n", 500), "four bytes each": strings.Repeat("😀", 500), "marks": strings.Repeat("\u00ad", 600),
	} {
		e := shown(person1)
		e.Detail = map[string]string{"reason": "custody"}
		Spell(e.Detail, "why", text)
		parts := len(e.Detail) - 1
		encoded, err := e.encode()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var entry Entry
		if err := json.Unmarshal(encoded, &entry); err != nil {
			t.Fatal(err)
		}
		whole := entry.Detail["why"]
		for n := 2; n <= parts; n++ {
			whole += entry.Detail[fmt.Sprintf("why_%d", n)]
		}
		if want := line(text, 1<<20); whole != want || parts > maxParts || len(entry.Detail) != parts+1 {
			t.Errorf("%s: %d parts make %d bytes, want %d", name, parts, len(whole), len(want))
		}
	}
	detail := map[string]string{}
	Spell(detail, "why", strings.Repeat("\n", 100_000))
	if len(detail) != maxParts {
		t.Errorf("a huge text makes %d parts, want %d", len(detail), maxParts)
	}
	if _, err := (Event{Act: "a", Outcome: Allowed, Detail: detail}).encode(); err != nil {
		t.Errorf("a huge text makes an event that cannot be recorded: %v", err)
	}
}
