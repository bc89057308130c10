package server

import (
	"bytes"
	"crypto"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"mais/certs"
	"mais/certs/attest"
	"mais/certs/attest/attesttest"
	"mais/config"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/people"
)

// agencyMaker is a maker of cards that is trusted by a file, as an agency's own would be: it
// does not carry the mark of the tests'.
func agencyMaker(t *testing.T) (maker attesttest.Maker, settings func(*config.Server)) {
	t.Helper()
	template := attesttest.CA("Agency Cards")
	template.ExtraExtensions = nil
	maker = attesttest.Maker{Signer: attesttest.Certify(t, template, attesttest.Signer{})}
	file := rootFile(t, maker.Certificate.Raw)
	return maker, func(s *config.Server) { s.Attestation.Roots = []string{file} }
}

func requestOf(t *testing.T, key crypto.Signer) string {
	t.Helper()
	csr, err := certs.NewRequest(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(certs.EncodeRequest(csr))
}

func newKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// cards is a world that trusts one maker, and a description that its answers are held against.
type cards struct {
	*world
	maker attesttest.Maker
	described
}

func newCards(t *testing.T) cards {
	t.Helper()
	maker, settings := agencyMaker(t)
	w := newWorld(t, settings)
	return cards{w, maker, newDescribed(t, w.client(t, custody).get(t, w.urls.Public+api.PathOpenAPI).body)}
}

func (w cards) attested(t *testing.T, serial uint32, key crypto.Signer, adjust ...func(*attest.Statement)) string {
	t.Helper()
	return string(certs.EncodeCertificates(w.maker.Card(t, serial, adjust...).Attest(t, key.Public())...))
}

// post sends a body that the description must know, and holds the answer against it.
func (w cards) post(t *testing.T, c *client, url string, body any) reply {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	got := c.do(t, request(t, "POST", url, text, "Content-Type", "application/json"))
	w.check(t, got, text)
	return got
}

// invited registers a user and returns their address and a code.
func (w cards) invited(t *testing.T, email string) (id, code string) {
	t.Helper()
	id, err := w.host.AddUser(t.Context(), people.User{Email: email, Name: "Card Holder", Agency: "Agency", Sites: []string{w.custody}, Roles: []string{"police_officer"}}, testEvent)
	if err != nil {
		t.Fatal(err)
	}
	who, err := certs.NewIdentity(certs.User, id)
	if err != nil {
		t.Fatal(err)
	}
	if code, err = w.Host().Tokens.Invite(t.Context(), who, email, "Card Holder"); err != nil {
		t.Fatal(err)
	}
	return id, code
}

// TestAttestationOverTheWire: an attested key signs in as one; what is forged gets the same
// bytes as a wrong code, with the cause in the audit; a renewal says what was wrong.
func TestAttestationOverTheWire(t *testing.T) {
	w := newCards(t)
	c := w.client(t, custody)
	id, code := w.invited(t, "attested@agency.example")
	key := newKey(t)
	ask := api.EnrolRequest{Email: "attested@agency.example", Code: code, CSR: requestOf(t, key)}

	wrong := ask
	wrong.Code = "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"
	reference := w.post(t, c, w.urls.Public+api.PathEnrol, wrong)
	reference.wantProblem(t, http.StatusForbidden, api.EnrolmentRefused)
	for cause, evidence := range map[string]api.KeyEvidence{
		"attestation of another key":           {Attestation: w.attested(t, 5, newKey(t))},
		"PIN policy that is not taken":         {Attestation: w.attested(t, 5, key, func(s *attest.Statement) { s.PIN = attest.PINNever })},
		"slot that is not taken":               {Attestation: w.attested(t, 5, key, func(s *attest.Statement) { s.Slot = 0x9e })},
		"evidence of another card":             {Attestation: w.attested(t, 5, key), Card: &api.Card{Serial: 6, Slot: "9a"}},
		"is not at most 4 certificates in PEM": {Attestation: "hello"},
		"at most 16 KiB":                       {Attestation: w.attested(t, 5, key) + strings.Repeat("\n", 16<<10)},
		"is not a slot":                        {Card: &api.Card{Serial: 6, Slot: "zz"}},
	} {
		forged := ask
		forged.KeyEvidence = evidence
		got := w.post(t, c, w.urls.Public+api.PathEnrol, forged)
		if got.StatusCode != reference.StatusCode || !bytes.Equal(got.body, reference.body) {
			t.Errorf("%s: %d %s, want what a wrong code gets", cause, got.StatusCode, got.body)
		}
		if e := w.audited(t, got, "token.enrol", audit.Refused); !strings.Contains(e.Reason, cause) {
			t.Errorf("the audit says %q, want %q", e.Reason, cause)
		}
	}

	ask.KeyEvidence = api.KeyEvidence{Attestation: w.attested(t, 5, key), Card: &api.Card{Serial: 5, GUID: strings.Repeat("5a", 16), Slot: "9a"}}
	good := w.post(t, c, w.urls.Public+api.PathEnrol, ask)
	var issued api.IssuedCertificate
	good.decode(t, http.StatusCreated, &issued)
	if e := w.audited(t, good, "token.enrol", audit.Allowed); issued.Level != "attested" || e.Detail["profile"] != "person-attested" || !strings.HasSuffix(e.Detail["card"], "-5") {
		t.Errorf("level %q, the audit says %v", issued.Level, e.Detail)
	}
	k := w.tokenOf(t, id, issued, key)
	holder := w.client(t, custody, k.tls)
	var who api.Whoami
	holder.get(t, w.urls.Mutual+api.PathWhoami).decode(t, http.StatusOK, &who)
	if who.Level != "attested" {
		t.Errorf("the server takes the token for %q", who.Level)
	}

	refused := w.post(t, holder, w.urls.Mutual+api.PathRenew, api.RenewRequest{CSR: requestOf(t, key),
		KeyEvidence: api.KeyEvidence{Attestation: w.attested(t, 5, key, func(s *attest.Statement) { s.PIN = attest.PINNever })}})
	p := refused.wantProblem(t, http.StatusForbidden, api.RenewalRefused)
	if p.Detail != "The key wants the PIN never, which is not taken here." {
		t.Errorf("the holder is told %q", p.Detail)
	}
	if e := w.audited(t, refused, "token.renew", audit.Refused); !strings.Contains(e.Reason, "PIN policy") {
		t.Errorf("the audit says %q", e.Reason)
	}
	w.post(t, holder, w.urls.Mutual+api.PathRenew, api.RenewRequest{CSR: requestOf(t, key), KeyEvidence: api.KeyEvidence{Attestation: "x"}}).
		wantProblem(t, http.StatusBadRequest, api.Invalid)
	w.post(t, holder, w.urls.Mutual+api.PathRenew, api.RenewRequest{CSR: requestOf(t, newKey(t))}).decode(t, http.StatusCreated, &issued)
	if issued.Level != "software" {
		t.Errorf("renewed with a key in a file: %q", issued.Level)
	}
	if n := len(w.entries(t, "act = 'token.level-lowered' AND user_id = $1", id)); n != 1 {
		t.Errorf("%d events of a lower level, want 1", n)
	}
}

// TestCardOfAnother: a card that held one officer's key and now holds another's is an event of
// its own, in the same request.
func TestCardOfAnother(t *testing.T) {
	w := newCards(t)
	c := w.client(t, custody)
	card := w.maker.Card(t, 99)
	var ids []string
	var last reply
	for _, email := range []string{"first@agency.example", "second@agency.example"} {
		id, code := w.invited(t, email)
		key := newKey(t)
		last = w.post(t, c, w.urls.Public+api.PathEnrol, api.EnrolRequest{Email: email, Code: code, CSR: requestOf(t, key),
			KeyEvidence: api.KeyEvidence{Attestation: string(certs.EncodeCertificates(card.Attest(t, key.Public())...))}})
		var issued api.IssuedCertificate
		last.decode(t, http.StatusCreated, &issued)
		ids = append(ids, id)
	}
	found := w.entries(t, "request = $1", last.Header.Get("Request-Id"))
	if len(found) != 2 || found[0].Act != "card.other-holder" || found[1].Act != "token.enrol" {
		t.Fatalf("the audit of the second enrolment = %+v", found)
	}
	if e := found[0]; !strings.HasSuffix(e.Detail["former"], ids[0]) || !strings.HasSuffix(e.Detail["identity"], ids[1]) || !strings.HasSuffix(e.Detail["card"], "-99") {
		t.Errorf("the event says %v", e.Detail)
	}
	if n := len(w.entries(t, "act = 'card.other-holder'")); n != 1 {
		t.Errorf("%d events of another holder", n)
	}
}
