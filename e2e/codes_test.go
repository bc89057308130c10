package e2e_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestCodes: every refusal of a code is one and the same, and says what to do.
func TestCodes(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	good := newPerson(t, s, "codes@police.northshire.example")
	used := s.invite(t, good.email, "--name", "Journey codes", "--role", "police_officer", "--site", custody)
	good.enrolWith(t, used).exits(t, 0)
	if f := failure(t, good.enrolWith(t, s.invite(t, good.email), "--json").exits(t, 2)); !strings.Contains(f.Message, "already") || !strings.Contains(f.Next, "--replace") {
		t.Errorf("a second enrolment under the same name = %+v", f)
	}

	late := newPerson(t, s, "late@police.northshire.example")
	expired := s.invite(t, late.email, "--name", "Journey late", "--role", "police_officer", "--site", custody)
	// What was ordered cannot be changed, the schema sees to that; its owner can unlock it.
	s.psql(t, "BEGIN; ALTER TABLE ca.enrolment_order DISABLE TRIGGER guard;"+
		"UPDATE ca.enrolment_order SET expires_at = now() - interval '1 second' WHERE holder = '"+late.email+"';"+
		"ALTER TABLE ca.enrolment_order ENABLE ALWAYS TRIGGER guard; COMMIT")
	void := s.invite(t, "void@police.northshire.example", "--name", "Journey void", "--role", "police_officer", "--site", custody)
	s.invite(t, "void@police.northshire.example")

	var said string
	for _, tt := range []struct{ name, email, code string }{
		{"wrong", late.email, "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE-FFFFF-GGGGG"},
		{"used", good.email, used},
		{"expired", late.email, expired},
		{"replaced by a newer", "void@police.northshire.example", void},
		{"somebody else's", late.email, used},
		{"nobody's", "nobody@police.northshire.example", used},
	} {
		p := newPerson(t, s, tt.email)
		f := failure(t, p.enrolWith(t, tt.code, "--json").exits(t, 4))
		if f.Code != "wrong-code" || f.Next == "" || f.Reference == "" {
			t.Errorf("%s: %+v", tt.name, f)
		}
		if said == "" {
			said = f.Message + f.Next
		} else if f.Message+f.Next != said {
			t.Errorf("%s: %q, want what is said of others: %q", tt.name, f.Message+f.Next, said)
		}
		if events := s.audit(t, func(e event) bool {
			return e.Request == f.Reference && e.Act == "token.enrol" && e.Outcome == "refused"
		}); len(events) != 1 || events[0].Reason == "" {
			t.Errorf("%s: the audit has %v under the reference", tt.name, events)
		}
	}
}

// TestNoCode: what cannot be a code is not sent, and costs no try.
func TestNoCode(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	p := newPerson(t, s, "no-code@police.northshire.example")
	code := s.invite(t, p.email, "--name", "Journey no-code", "--role", "police_officer", "--site", custody)
	for range 6 {
		f := failure(t, p.enrolWith(t, "' OR 1=1 --", "--json").exits(t, 4))
		if f.Code != "wrong-code" || !strings.Contains(f.Next, "nothing was sent") || f.Reference != "" {
			t.Errorf("what is no code = %+v", f)
		}
	}
	p.enrolWith(t, code).exits(t, 0)
}

// TestWrongServer: the ends of a connection that are not as they should be.
func TestWrongServer(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	p := s.join(t, "wrong-server", "police_officer", custody)
	typo := write(t, filepath.Join(t.TempDir(), "typo"), "for easy words here\n")
	if f := failure(t, tokenctl(t, "whoami", "--json", "--home", p.home, "--passphrase-file", typo).exits(t, 5)); f.Code != "wrong-passphrase" || f.Next == "" {
		t.Errorf("a typo in the passphrase = %+v", f)
	}
	enrol := func(server, root string) trouble {
		return failure(t, p.ctl(t, "enrol", "--json", "--token", "other", "--server", server, "--root-fingerprint", root, "--email", p.email,
			"--code", "x").exits(t, 8))
	}
	closed := "https://localhost:" + freePort(t)
	if f := enrol(closed, s.demo.RootFingerprint); f.Code != "unreachable" || !strings.Contains(f.Message, closed) {
		t.Errorf("enrol where nobody listens = %+v", f)
	}
	wrong := s.demo.RootFingerprint[:len(s.demo.RootFingerprint)-4] + "0000"
	if f := enrol(s.demo.URLs.Public, wrong); f.Code != "wrong-root" || !strings.Contains(f.Message, wrong) {
		t.Errorf("enrol with another root = %+v", f)
	}
	p.edit(t, "token.json", func(token map[string]any) { token["mutual"] = closed })
	if f := failure(t, p.ctl(t, "whoami", "--json").exits(t, 8)); f.Code != "unreachable" || f.Next == "" {
		t.Errorf("whoami where nobody listens = %+v", f)
	}
	p.edit(t, "token.json", func(token map[string]any) { token["mutual"] = s.demo.URLs.Mutual })
	p.whoami(t)
}
