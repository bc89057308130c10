package config_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"

	"mais/config"
)

func TestUrgent(t *testing.T) {
	s, err := config.Load(filepath.Join("examples", "embedded.toml"))
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Contact{
		{Name: "Criminal justice liaison team, out of hours", Telephone: "01632 960101", Hours: "24 hours",
			For: "Advice on somebody in custody whose mental health worries you"},
		{Name: "Appropriate adult scheme", Telephone: "0808 157 0123", Hours: "8am to 11pm, every day",
			For: "An appropriate adult for an interview"},
	}
	if diff := cmp.Diff(want, s.Urgent); diff != "" {
		t.Errorf("Load reads other urgent contacts (-want +got):\n%s", diff)
	}
	if dial := want[0].Dial(); dial != "01632960101" {
		t.Errorf("Dial() = %q, want the digits alone", dial)
	}
	if !want[0].RoundTheClock() || want[1].RoundTheClock() {
		t.Error("RoundTheClock() does not tell 24 hours from others")
	}
}

// TestUrgentFaults changes one thing of a good contact at a time.
func TestUrgentFaults(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*config.Contact)
		want   string // in the fault; empty: it is taken
	}{
		{"as it is", func(*config.Contact) {}, ""},
		{"short number", func(c *config.Contact) { c.Telephone = "101" }, ""},
		{"international", func(c *config.Contact) { c.Telephone = "+44 1632 960101" }, ""},
		{"no name", func(c *config.Contact) { c.Name = "" }, "name: is required"},
		{"long name", func(c *config.Contact) { c.Name = strings.Repeat("x", 81) }, "longer than 80"},
		{"no number", func(c *config.Contact) { c.Telephone = "" }, "telephone: is required"},
		{"words", func(c *config.Contact) { c.Telephone = "the desk" }, "cannot be dialled"},
		{"extension", func(c *config.Contact) { c.Telephone = "01632 960101 ext 4" }, "cannot be dialled"},
		{"two digits", func(c *config.Contact) { c.Telephone = "99" }, "cannot be dialled"},
		{"sixteen digits", func(c *config.Contact) { c.Telephone = "0163296010101632" }, "cannot be dialled"},
		{"two gaps", func(c *config.Contact) { c.Telephone = "01632  960101" }, "cannot be dialled"},
		{"another script's digits", func(c *config.Contact) { c.Telephone = "٠١٦٣٢" }, "cannot be dialled"},
		{"no hours", func(c *config.Contact) { c.Hours = "" }, "hours: is required"},
		{"24/7", func(c *config.Contact) { c.Hours = "24/7" }, `write "24 hours"`},
		{"round the clock", func(c *config.Contact) { c.Hours = "Round the clock" }, `write "24 hours"`},
		{"24 hours a day", func(c *config.Contact) { c.Hours = "24 hours a day" }, `write "24 hours"`},
		{"no purpose", func(c *config.Contact) { c.For = "" }, "for: is required"},
		{"long purpose", func(c *config.Contact) { c.For = strings.Repeat("x", 201) }, "longer than 200"},
		{"a line break", func(c *config.Contact) { c.For = "one\ntwo" }, "control character"},
	} {
		s := config.Default("var")
		c := config.Contact{Name: "Desk", Telephone: "01632 960101", Hours: "24 hours", For: "Help"}
		tt.change(&c)
		s.Urgent = []config.Contact{c}
		err := s.Validate()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), "urgent, number 1") || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: Validate() = %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestUrgentIsBounded(t *testing.T) {
	s := config.Default("var")
	for i := range 21 {
		s.Urgent = append(s.Urgent, config.Contact{Name: fmt.Sprint("Desk ", i), Telephone: "101", Hours: "24 hours", For: "Help"})
	}
	if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "at most 20") {
		t.Errorf("Validate() of 21 urgent contacts = %v", err)
	}
	s.Urgent = s.Urgent[:20]
	if err := s.Validate(); err != nil {
		t.Errorf("Validate() of 20 urgent contacts = %v", err)
	}
}

// TestUrgentUnknownKey: a contact is read as strictly as everything else.
func TestUrgentUnknownKey(t *testing.T) {
	_, err := config.Load(write(t, "data_dir = \"var\"\nnames = [\"mais.example\"]\n\n[[urgent]]\nname = \"Desk\"\nphone = \"101\"\n"))
	if err == nil || !strings.Contains(err.Error(), "6:1: urgent.phone: no such setting") || !strings.Contains(err.Error(), "number 1: telephone: is required") {
		t.Errorf("Load of a misspelt key = %v", err)
	}
}

// TestUrgentIsWritten: what init and up write is what they were given.
func TestUrgentIsWritten(t *testing.T) {
	s := config.Default("var")
	s.Urgent = []config.Contact{{Name: "Desk “A”", Telephone: "101", Hours: "24 hours", For: "Help"}}
	text, err := toml.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := config.Load(write(t, string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.Urgent, got.Urgent); diff != "" {
		t.Errorf("the contacts that were written are read otherwise (-want +got):\n%s", diff)
	}
}
