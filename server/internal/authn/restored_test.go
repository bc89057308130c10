package authn

import (
	"context"
	"errors"
	"net/http/httptest"
	"net/netip"
	"testing"

	"mais/ca"
	"mais/certs"
	"mais/server/internal/audit"
)

// restoredFeed is that of a database which was restored since the last look: only the next one says so.
type restoredFeed struct{ steadyFeed }

func (restoredFeed) Look(context.Context) error { return ca.ErrStale }

// A password that is right by a database which was restored a moment ago lets nobody in.
func TestPasswordOfRestoredDatabase(t *testing.T) {
	for name, test := range map[string]struct {
		feed Feed
		want Kind
	}{"restored": {restoredFeed{}, StatusStale}, "the same": {steadyFeed{}, ""}} {
		t.Run(name, func(t *testing.T) {
			s, d := newLevels(t)
			var err error
			s.opts.Feed = test.feed
			s.passwords, err = newPasswords(&PasswordOptions{Key: []byte("key"), Costs: PasswordCosts{Memory: 64, Passes: 1, Lanes: 1}, AtOnce: 2}, s.opts.Now)
			if err != nil {
				t.Fatal(err)
			}
			hash, err := s.passwords.Costs.Hash("seven brass kettles")
			if err != nil {
				t.Fatal(err)
			}
			change(t, d, `UPDATE access.agency SET passwords = 'allowed'; UPDATE access.role SET passwords = 'allowed', totp = false WHERE name = 'clinician';
				INSERT INTO access.password (user_id, hash) VALUES ('`+levelUser+`', '`+hash+`')`)
			if err := s.directory.refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			v := &Verdict{listener: Public, known: &connection{address: netip.MustParseAddr("127.0.0.1")}, refusal: refuse(NoToken, errors.New("nobody yet"))}
			_, err = s.SignInByPassword(t.Context(), v, httptest.NewRequest("POST", "/sign-in", nil), PasswordSignIn{Email: "a@b", Password: "seven brass kettles"}, audit.Event{})
			if got := KindOf(err); got != test.want || test.want == "" && err != nil {
				t.Errorf("SignInByPassword = %v, want %q", err, test.want)
			}
			var began bool
			if err := d.Owner().QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM access.session)`).Scan(&began); err != nil || began != (test.want == "") {
				t.Errorf("a session began = %v, %v", began, err)
			}
		})
	}
}

// What was recognised by a later state of access than the database knows is not answered from it.
func TestReceiptOfRestoredDatabase(t *testing.T) {
	s, _ := newLevels(t)
	who := ask(t, s, certs.Software).principal
	if got := KindOf(s.Recheck(t.Context(), who, 0, who.Generation()-1)); got != StatusStale {
		t.Errorf("Recheck is refused as %q, want %q", got, StatusStale)
	}
	if err := s.Recheck(t.Context(), who, 0, who.Generation()); err != nil {
		t.Error(err)
	}
}
