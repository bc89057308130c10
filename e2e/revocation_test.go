package e2e_test

import (
	"fmt"
	"net/http"
	"testing"

	"mais/server/api"
)

// TestRevokedBySQL ends and holds tokens behind the server's back, as a database
// administrator could, while their holders keep an HTTP/2 connection open.
func TestRevokedBySQL(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	for _, tt := range []struct {
		name string
		end  func(t *testing.T, serial string)
	}{
		{"plain SQL", func(t *testing.T, serial string) {
			s.psql(t, fmt.Sprintf("UPDATE ca.certificate SET status = 'revoked' WHERE serial = '%s'", serial))
		}},
		{"admin cert revoke", func(t *testing.T, serial string) {
			server(t, "admin", "cert", "revoke", serial, "--yes", "--reason", "privilegeWithdrawn", "--dir", s.dir).exits(t, 0).shows(t, serial+" is revoked")
			server(t, "admin", "cert", "revoke", serial, "--yes", "--dir", s.dir).exits(t, 0).shows(t, "was revoked already")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := s.join(t, "revoked-"+tt.name[:5], "police_officer", custody)
			live := p.client(t)
			who := live.get(t, api.PathWhoami).granted(t)
			if who.proto != "HTTP/2.0" {
				t.Fatalf("protocol = %s, want HTTP/2.0", who.proto)
			}
			serial := decode[api.Whoami](t, who).Serial
			tt.end(t, serial)
			// The very next request. A connection that was closed under it is a refusal too;
			// then the client has made another.
			live.refusedFromNowOn(t, api.RevokedToken)
			p.client(t).refusedFromNowOn(t, api.RevokedToken)
			refusals := s.audit(t, func(e event) bool { return e.Serial == serial && e.Outcome == "refused" })
			if len(refusals) == 0 {
				t.Errorf("the audit has no refusal of %s", serial)
			}
		})
	}
}

// refusedFromNowOn demands that several requests are refused, each by an answer or by a
// connection that ends.
func (c *client) refusedFromNowOn(t *testing.T, problem string) {
	t.Helper()
	answered := 0
	for range 5 {
		a, err := c.do(t.Context(), http.MethodGet, api.PathWhoami, nil, nil)
		if err != nil {
			continue
		}
		answered++
		a.refused(t, http.StatusForbidden, problem)
	}
	if answered == 0 {
		t.Error("the connections ended without an answer; the caller is never told why")
	}
}

// TestHeldAndReleasedBySQL: a hold refuses at once, and a release lets the same key in.
func TestHeldAndReleasedBySQL(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	p := s.join(t, "held", "police_officer", custody)
	live := p.client(t)
	serial := decode[api.Whoami](t, live.get(t, api.PathWhoami).granted(t)).Serial
	set := func(status string) {
		s.psql(t, fmt.Sprintf("UPDATE ca.certificate SET status = '%s' WHERE serial = '%s'", status, serial))
	}
	set("held")
	live.refusedFromNowOn(t, api.HeldToken)
	if f := failure(t, p.ctl(t, "whoami", "--json").exits(t, 4)); f.Code != "held" || f.Next == "" || f.Reference == "" {
		t.Errorf("whoami with a token on hold = %+v", f)
	}
	set("active")
	live.CloseIdleConnections()
	await(t, "the release to be known", func() bool {
		a, err := live.do(t.Context(), http.MethodGet, api.PathWhoami, nil, nil)
		return err == nil && a.status == http.StatusOK
	})
	p.whoami(t)
}
