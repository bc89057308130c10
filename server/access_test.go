package server

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/audit"
)

func TestWhoami(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "police_officer", w.custody, w.ward)
	for _, test := range []struct{ from, site string }{{custody, "Custody"}, {ward, "Ward"}} {
		got := w.client(t, test.from, k.tls).get(t, w.urls.Mutual+api.PathWhoami)
		var who api.Whoami
		got.decode(t, http.StatusOK, &who)
		want := api.Whoami{Kind: "user", User: k.user, Email: k.email, Name: "Test User", Agency: "Agency", Site: test.site,
			Serial: k.ref.Serial, Level: "software", NotAfter: k.tls.Leaf.NotAfter.UTC(), Address: test.from, Roles: []string{"police_officer"}}
		if fmt.Sprint(who) != fmt.Sprint(want) {
			t.Errorf("whoami from %s = %+v, want %+v", test.from, who, want)
		}
		e := w.audited(t, got, "token.whoami", audit.Allowed)
		if e.User != k.user || e.Address != test.from || e.URI != api.PathWhoami {
			t.Errorf("the audit of whoami from %s = %+v", test.from, e)
		}
	}
}

func TestSiteToken(t *testing.T) {
	w := sharedWorld(t)
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	k := w.enrol(t, certs.Site, w.ward, "Ward", key, ward)
	var who api.Whoami
	got := w.client(t, ward, k.tls).get(t, w.urls.Mutual+api.PathWhoami)
	got.decode(t, http.StatusOK, &who)
	if who.Kind != "site" || who.User != w.ward || who.Name != "Ward" || who.Site != "Ward" || who.Email != "" || len(who.Roles) != 0 {
		t.Errorf("whoami of a site = %+v", who)
	}
	if !strings.Contains(string(got.body), `"roles":[]`) {
		t.Errorf("whoami of a site = %s, want an empty list of roles", got.body)
	}
	p := w.client(t, custody, k.tls).get(t, w.urls.Mutual+api.PathWhoami).wantProblem(t, http.StatusForbidden, api.WrongNetwork)
	if p.Address != custody || !strings.Contains(p.Detail, "Your site is Ward.") || !strings.Contains(p.Next, w.settings.Contact) {
		t.Errorf("the problem = %+v, want the address %s, the caller's own site and whom to ask", p, custody)
	}
	w.client(t, ward, k.tls).post(t, w.urls.Mutual+"/sign-in", nil).wantPage(t, http.StatusForbidden, "You may not do this")
	w.client(t, ward, k.tls).post(t, w.urls.Mutual+api.PathSearch, api.SearchRequest{Surname: "sm"}).wantProblem(t, http.StatusForbidden, api.NotAllowed)
}

// wantPage asserts a page for people with text on it.
func (r reply) wantPage(t *testing.T, status int, text string) {
	t.Helper()
	if r.StatusCode != status || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") || !strings.Contains(string(r.body), text) {
		t.Fatalf("%s %s = %d %s, want a page %d with %q", r.Request.Method, r.Request.URL.Path, r.StatusCode, r.body, status, text)
	}
}

// TestRefusals shows each kind of bad token as a problem and as a page, and its audit entry.
func TestRefusals(t *testing.T) {
	w := sharedWorld(t)
	foreign := foreignCertificate(t)
	people, peopleKey := w.keyOf(t, "people-1")
	node, err := w.node.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	of := func(der []byte, key crypto.Signer) []tls.Certificate {
		return []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
	}
	expired := w.forged(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	w.record(t, expired)
	early := w.forged(t, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(30 * time.Minute) })
	w.record(t, early)
	anyUsage := w.forged(t, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} })
	w.record(t, anyUsage)
	long := w.forged(t, nil)
	w.record(t, long)
	chain := long.tls
	for range 300 {
		chain.Certificate = append(chain.Certificate, foreign.Certificate[0])
	}
	gone := w.enrolled(t, "clinician", w.custody)
	if _, err := w.ownerOf(t).Exec(t.Context(), `UPDATE access.user_account SET left_at = now() WHERE id = $1`, gone.user); err != nil {
		t.Fatal(err)
	}
	nowhere := w.enrolled(t, "clinician", w.custody)
	if _, err := w.ownerOf(t).Exec(t.Context(), `DELETE FROM access.user_site WHERE user_id = $1`, nowhere.user); err != nil {
		t.Fatal(err)
	}
	for _, k := range []token{gone, nowhere} {
		eventually(t, "the directory knows who left", func() bool {
			status := w.client(t, custody, k.tls).status(t, w.urls.Mutual+api.PathWhoami)
			return status != 0 && status != http.StatusOK
		})
	}

	for name, test := range map[string]struct {
		certificates []tls.Certificate
		status       int
		kind         string
		page         string
	}{
		"no certificate":       {nil, 401, api.NoToken, "No token was presented"},
		"self-signed":          {[]tls.Certificate{foreign}, 401, api.UnknownToken, "not known here"},
		"uninventoried":        {[]tls.Certificate{w.forged(t, nil).tls}, 401, api.UnknownToken, "not known here"},
		"the CA's own":         {of(people.Raw, peopleKey), 401, api.UnknownToken, "not known here"},
		"the server's own":     {of(node.Certificate[0], node.PrivateKey.(crypto.Signer)), 401, api.UnknownToken, "not known here"},
		"anyExtendedKeyUsage":  {[]tls.Certificate{anyUsage.tls}, 401, api.UnknownToken, "not known here"},
		"chain of 301":         {[]tls.Certificate{chain}, 401, api.UnknownToken, "not known here"},
		"not yet valid":        {[]tls.Certificate{early.tls}, 401, api.UnknownToken, "not known here"},
		"holder gone":          {[]tls.Certificate{gone.tls}, 401, api.UnknownToken, "not known here"},
		"expired":              {[]tls.Certificate{expired.tls}, 403, api.ExpiredToken, "has expired"},
		"held":                 {[]tls.Certificate{w.inStatus(t, "held").tls}, 403, api.HeldToken, "on hold"},
		"revoked":              {[]tls.Certificate{w.inStatus(t, "revoked").tls}, 403, api.RevokedToken, "was revoked"},
		"superseded":           {[]tls.Certificate{w.inStatus(t, "superseded").tls}, 403, api.SupersededToken, "was superseded"},
		"another site's user":  {[]tls.Certificate{w.enrolled(t, "clinician", w.ward).tls}, 403, api.WrongNetwork, custody},
		"user without a site":  {[]tls.Certificate{nowhere.tls}, 403, api.WrongNetwork, custody},
		"expired, not in list": {[]tls.Certificate{w.forged(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }).tls}, 401, api.UnknownToken, "not known here"},
	} {
		t.Run(name, func(t *testing.T) {
			c := w.client(t, custody, test.certificates...)
			got := c.get(t, w.urls.Mutual+api.PathWhoami)
			p := got.wantProblem(t, test.status, test.kind)
			if got.Header.Get("Content-Type") != "application/problem+json" || p.Instance != "urn:uuid:"+got.Header.Get("Request-Id") || p.Next == "" {
				t.Errorf("the problem = %+v, headers %v", p, got.Header)
			}
			if e := w.audited(t, got, "token.whoami", audit.Refused); !strings.HasPrefix(e.Reason, test.kind) || e.Address != custody {
				t.Errorf("the audit = %+v, want the reason %s", e, test.kind)
			}
			for _, path := range []string{"/", "/no/such/page"} { // only the help page, wherever one asks
				page := c.get(t, w.urls.Mutual+path)
				page.wantPage(t, test.status, test.page)
				if !strings.Contains(string(page.body), page.Header.Get("Request-Id")) {
					t.Errorf("the page %s lacks its reference number", path)
				}
			}
		})
	}
}

func TestUninventoriedRaisesAlarm(t *testing.T) {
	w := sharedWorld(t)
	forged := w.forged(t, nil)
	c := w.client(t, custody, forged.tls)
	for range 3 {
		c.get(t, w.urls.Mutual+api.PathWhoami).wantProblem(t, http.StatusUnauthorized, api.UnknownToken)
	}
	if got := w.entries(t, "act = 'alarm.uninventoried' AND serial = $1", forged.ref.Serial); len(got) != 1 || got[0].Outcome != "refused" {
		t.Errorf("alarms = %+v, want one for the certificate", got)
	}
}

// TestRevokedByPlainSQL: the very next request on a live HTTP/2 connection is refused.
func TestRevokedByPlainSQL(t *testing.T) {
	w := sharedWorld(t)
	for _, status := range []string{"revoked", "held"} {
		k := w.enrolled(t, "police_officer", w.custody)
		c := w.client(t, custody, k.tls)
		if got := c.get(t, w.urls.Mutual+api.PathWhoami); got.StatusCode != http.StatusOK || got.ProtoMajor != 2 {
			t.Fatalf("whoami = %d over HTTP/%d, want 200 over HTTP/2", got.StatusCode, got.ProtoMajor)
		}
		w.setStatus(t, k.ref, status)
		got, err := c.try(request(t, "GET", w.urls.Mutual+api.PathWhoami, nil))
		if err == nil {
			got.wantProblem(t, http.StatusForbidden, status)
		}
		c.transport.CloseIdleConnections()
		c.get(t, w.urls.Mutual+api.PathWhoami).wantProblem(t, http.StatusForbidden, status)
	}
}

// TestRevocationClosesConnections: an idle connection of a revoked certificate is closed
// from our side, and its sessions are ended.
func TestRevocationClosesConnections(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "police_officer", w.custody)
	c := w.client(t, custody, k.tls)
	signedIn := c.post(t, w.urls.Mutual+"/sign-in", nil)
	if signedIn.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign-in = %d %s", signedIn.StatusCode, signedIn.body)
	}
	conn := w.dial(t, w.listeners.mutual, custody, k.tls)
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", api.PathWhoami)
	answer := make([]byte, 12)
	_, err := conn.Read(answer)
	if err != nil || string(answer) != "HTTP/1.1 200" {
		t.Fatalf("whoami = %q, %v", answer, err)
	}
	w.setStatus(t, k.ref, "revoked")
	conn.SetReadDeadline(time.Now().Add(testPatience))
	rest := make([]byte, 4096)
	for err == nil {
		_, err = conn.Read(rest)
	}
	if strings.Contains(err.Error(), "timeout") {
		t.Fatal("the connection of a revoked certificate stays open")
	}
	eventually(t, "the session is ended", func() bool {
		ended := w.entries(t, "act = 'session.end' AND serial = $1", k.ref.Serial)
		return len(ended) == 1 && ended[0].Reason == "revoked"
	})
}

func TestForwardingHeadersAreIgnored(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "police_officer", w.ward)
	for _, header := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "X-Client-Ip", "X-Forwarded-Host", "Client-Ip"} {
		value := ward
		if header == "Forwarded" {
			value = "for=" + ward
		}
		got := w.client(t, custody, k.tls).get(t, w.urls.Mutual+api.PathWhoami, header, value)
		if p := got.wantProblem(t, http.StatusForbidden, api.WrongNetwork); p.Address != custody {
			t.Errorf("with %s the address is %q, want the socket's, %s", header, p.Address, custody)
		}
		if e := w.audited(t, got, "token.whoami", audit.Refused); e.Address != custody {
			t.Errorf("with %s the audit has the address %q, want %s", header, e.Address, custody)
		}
	}
}

// foreignCertificate is self-signed and otherwise just like ours.
func foreignCertificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	template := template(t)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func template(t *testing.T) *x509.Certificate {
	t.Helper()
	rules, _ := certs.RulesOf(certs.PersonSoftware)
	id, err := certs.NewIdentity(certs.User, uuid.NewString())
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: certs.NewSerial(), Subject: pkix.Name{CommonName: "Forged"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: rules.Usages,
		BasicConstraintsValid: true, Policies: []x509.OID{rules.Policy},
	}
	c.URIs = append(c.URIs, id.URI())
	return c
}

// forged is a certificate with a good signature of people-1 that the CA never issued.
func (w *world) forged(t *testing.T, change func(*x509.Certificate)) token {
	t.Helper()
	issuer, signer := w.keyOf(t, "people-1")
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	template := template(t)
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	ref, _ := w.authority.RefOf(leaf)
	return token{ref: ref, tls: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}}
}

// record puts a forged certificate into the inventory, by plain SQL.
func (w *world) record(t *testing.T, k token) {
	t.Helper()
	leaf := k.tls.Leaf
	id, err := certs.IdentityOf(leaf)
	if err != nil {
		t.Fatal(err)
	}
	sum, spki := sha256.Sum256(leaf.Raw), sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	_, err = w.owner.Exec(t.Context(), `INSERT INTO ca.certificate (issuer, serial, identity, profile, level, holder, name, not_before, not_after,
		sha256, spki_sha256, der, issued_by) VALUES ($1, $2, $3, $4, 'software', 'forged', 'forged', $5, $6, $7, $8, $9, 'test')`,
		k.ref.Issuer, k.ref.Serial, id.String(), string(certs.PersonSoftware), leaf.NotBefore, leaf.NotAfter, sum[:], spki[:], leaf.Raw)
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) setStatus(t *testing.T, ref certs.Ref, status string) {
	t.Helper()
	n, err := w.owner.Exec(t.Context(), `UPDATE ca.certificate SET status = $3 WHERE issuer = $1 AND serial = $2`, ref.Issuer, ref.Serial, status)
	if err != nil || n != 1 {
		t.Fatalf("UPDATE ca.certificate SET status = %s: %d rows, %v", status, n, err)
	}
}

func (w *world) inStatus(t *testing.T, status string) token {
	t.Helper()
	k := w.enrolled(t, "police_officer", w.custody)
	w.setStatus(t, k.ref, status)
	return k
}
