package server

import (
	"errors"
	"net/http"
	"testing"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/lifecycle"
	"mais/server/internal/people"
)

// TestCodeInFlight: a code that went to the former address, and what was made of it before the
// revocation came round, end with the rest; and there is no new code before that.
func TestCodeInFlight(t *testing.T) {
	c := newCouncil(t)
	dana, _ := c.working(t)
	owner := c.ownerOf(t)
	for _, sql := range []string{
		`CREATE FUNCTION access.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.due_at := now() + interval '1 hour'; RETURN NEW; END $$`,
		`CREATE TRIGGER slow BEFORE INSERT ON access.errand FOR EACH ROW WHEN (NEW.kind = 'revoke') EXECUTE FUNCTION access.slow()`,
	} {
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	who, err := certs.NewIdentity(certs.User, dana.user)
	if err != nil {
		t.Fatal(err)
	}
	code, err := c.Host().Tokens.Invite(t.Context(), who, dana.email, "Test")
	if err != nil {
		t.Fatal(err)
	}
	u := c.all.entryOf(t, dana.user)
	will := u.UserFields
	will.Email = "new.address@agency.example"
	c.second.approves(t, c.all.proposes(t, api.ChangeRequest{Kind: api.UserChange, Target: u.ID, Version: u.Version, User: &will}))
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	csr, err := certs.NewRequest(key)
	if err != nil {
		t.Fatal(err)
	}
	var issued api.IssuedCertificate
	c.client(t, custody).post(t, c.urls.Public+api.PathEnrol, api.EnrolRequest{Email: dana.email, Code: code, CSR: string(certs.EncodeRequest(csr))}).decode(t, http.StatusCreated, &issued)
	if _, err := c.Host().InviteUser(t.Context(), people.User{Email: will.Email}, audit.Event{UserName: "test", AuthMethod: "system"}); !errors.Is(err, lifecycle.ErrEnding) {
		t.Errorf("a new code before the end: %v", err)
	}
	if _, err := owner.Exec(t.Context(), `UPDATE access.errand SET due_at = now() WHERE done_at IS NULL`); err != nil {
		t.Fatal(err)
	}
	k := c.tokenOf(t, dana.user, issued, key)
	eventually(t, "the token of the old code is revoked", func() bool {
		return c.client(t, custody, k.tls).status(t, c.urls.Mutual+api.PathWhoami) == http.StatusForbidden
	})
	c.client(t, custody, k.tls).get(t, c.urls.Mutual+api.PathWhoami).wantProblem(t, http.StatusForbidden, api.RevokedToken)
}
