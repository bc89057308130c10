package e2e_test

import (
	"fmt"
	"testing"
)

// refusals are pages that say which, what to do, and a number. The wrong network has its
// page too; a browser has one address here, so that clients of other kinds look at that one
// (strangers_test.go).
func refusals(t *testing.T, s *service, g *gallery) {
	i := &inspector{g, "refused"}
	t.Run("no token", func(t *testing.T) {
		b := newChromium(t, s, nil).tab(t)
		b.open(t, "/")
		refusal(t, b, i, "no-token", 401)
		b.open(t, s.demo.URLs.Public)
		i.look(t, b, "public")
	})
	p := s.join(t, "refused", "police_officer", custody)
	serial, b := p.serial(t), newChromium(t, s, p).tab(t)
	signIn(t, b)
	t.Run("session ended", func(t *testing.T) {
		find(t, b, "brackenridge", 1)
		s.psql(t, fmt.Sprintf("UPDATE access.session SET ended_at = now(), end_reason = 'test' WHERE ended_at IS NULL AND user_id = (SELECT id FROM access.user_account WHERE email = '%s')", p.email))
		b.press(t, toResult)
		refusal(t, b, i, "session-ended", 401)
		says(t, b, "session has ended")
	})
	for _, tt := range []struct{ name, status string }{{"held", "held"}, {"released", "active"}, {"revoked", "revoked"}} {
		t.Run(tt.name, func(t *testing.T) {
			s.psql(t, fmt.Sprintf("UPDATE ca.certificate SET status = '%s' WHERE serial = '%s'", tt.status, serial))
			s.goesBy(t, serial)
			b.open(t, "/")
			if tt.status == "active" {
				signIn(t, b)
				return
			}
			refusal(t, b, i, tt.name, 403)
		})
	}
}

// goesBy waits until the service has said that it goes by the last change of a certificate. What it
// writes down it refuses before, but not a page that is the same for everybody.
func (s *service) goesBy(t testing.TB, serial string) {
	t.Helper()
	await(t, "the service to go by what has become of "+serial, func() bool {
		return s.psql(t, `SELECT count(*) > 0 FROM ca.acknowledgement a JOIN ca.node n USING (instance)
			WHERE n.name NOT LIKE '% (a command)' AND a.number >= (SELECT max(number) FROM ca.status_change WHERE serial = '`+serial+`')`) == "t"
	})
}

// refusal demands the page of one.
func refusal(t *testing.T, b *tab, i *inspector, name string, status int) {
	t.Helper()
	if b.status != status {
		t.Errorf("%s: status = %d, want %d", name, b.status, status)
	}
	if b.count(t, "#reference") != 1 || js[string](t, b, `document.querySelector("#reference").textContent`) == "" {
		t.Errorf("%s: no reference number:\n%s", name, b.text(t))
	}
	says(t, b, "What to do")
	i.look(t, b, name)
}
