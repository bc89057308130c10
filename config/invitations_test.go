package config_test

import (
	"strings"
	"testing"
	"time"

	"mais/config"
)

// TestInvitations: who sets one of them keeps the defaults of the others, and a reminder comes
// before the code has lapsed.
func TestInvitations(t *testing.T) {
	const head = "data_dir = \"/srv/mais\"\nnames = [\"mais.example\"]\n[invitations]\n"
	s, err := config.Load(write(t, head+"per_minute = 60\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := config.Invitations{ValidFor: config.Duration(168 * time.Hour), RemindAfter: config.Duration(120 * time.Hour), PerMinute: 60}
	if s.Invitations != want {
		t.Errorf("Invitations = %+v, want %+v", s.Invitations, want)
	}
	for text, fault := range map[string]string{
		"valid_for = \"100h\"\n": "remind_after", "valid_for = \"1000h\"\n": "valid_for", "remind_after = \"-1h\"\n": "remind_after", "per_minute = 0\n": "per_minute",
	} {
		if _, err := config.Load(write(t, head+text)); err == nil || !strings.Contains(err.Error(), "invitations."+fault) {
			t.Errorf("Load of %q = %v, want a fault of %s", text, err, fault)
		}
	}
}

// TestBounces: what comes back goes to an address that can be marked.
func TestBounces(t *testing.T) {
	const head = "data_dir = \"/srv/mais\"\nnames = [\"mais.example\"]\n[mail]\ndirectory = \"mail\"\nfrom = \"mais@mais.example\"\n"
	if _, err := config.Load(write(t, head+"bounces = \"bounce@mais.example\"\n")); err != nil {
		t.Error(err)
	}
	for _, wrong := range []string{"MAIS <bounce@mais.example>", "bounce+x@mais.example", "a-name-that-leaves-no-room-for-a-mark@mais.example", "bounce"} {
		if _, err := config.Load(write(t, head+"bounces = \""+wrong+"\"\n")); err == nil || !strings.Contains(err.Error(), "mail.bounces") {
			t.Errorf("bounces %q: %v, want a fault", wrong, err)
		}
	}
}
