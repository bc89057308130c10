package e2e_test

import (
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"

	"mais/certs"
	"mais/internal/pivtest"
	"mais/server/api"
)

// plainCard makes a card as agencies give them out, without a maker's extensions, and gets it a
// certificate of ours over the API, as whoever personalises such cards would.
func plainCard(t testing.TB, s *service, who string) *pivtest.Card {
	t.Helper()
	card := newCard(t, pivtest.Options{Plain: true})
	key, err := card.Provision(0x9a, "P-256")
	if err != nil {
		t.Fatal(err)
	}
	leaf, a := s.certify(t, who, key, api.KeyEvidence{})
	if leaf == nil {
		t.Fatalf("enrol %s: %d %s", who, a.status, a.body)
	}
	if err := card.Store(0x9a, leaf.Raw); err != nil {
		t.Fatal(err)
	}
	return card
}

var certified atomic.Int64

// certify registers a new police officer and enrols a key for them over the API, which answers
// with a certificate or with a refusal.
func (s *service) certify(t testing.TB, who string, key crypto.Signer, e api.KeyEvidence) (*x509.Certificate, answer) {
	t.Helper()
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	email := fmt.Sprintf("%s-%d@police.northshire.example", who, certified.Add(1))
	code := s.invite(t, email, "--name", "Journey "+who, "--role", "police_officer", "--site", custody)
	anybody := newClient(t, s.demo.URLs.Public, &tls.Config{RootCAs: s.roots(t)})
	a := anybody.post(t, api.PathEnrol, api.EnrolRequest{Email: email, Code: code, CSR: string(certs.EncodeRequest(csr)), KeyEvidence: e})
	var issued api.IssuedCertificate
	if json.Unmarshal(a.body, &issued) != nil || issued.Certificate == "" {
		return nil, a
	}
	leaf, err := certs.ParseCertificates([]byte(issued.Certificate))
	if err != nil {
		t.Fatal(err)
	}
	return leaf[0], a
}
