package bench

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"testing"

	"mais/ca"
)

// In one turn: about as long on both sides.
const enrolments, signatures = 25, 1000

// BenchmarkIssue is what a certificate costs in C: a person enrols with a code (the proof
// in the request checked, order and key locked, a twin linted, step-ca's signature
// compared, inventory and audit committed to disk), beside C, one x509.CreateCertificate
// over P-256 of the same contents. Each enrolment has a code and an officer of its own,
// made beforehand.
func BenchmarkIssue(b *testing.B) {
	s := startService(b, "")
	own := s.officers(b, 1)[0]
	var waiting []ca.Enrolment
	issue := side{
		n: enrolments,
		before: func(n int) error {
			waiting = s.enrolments(b, n)
			return nil
		},
		run: func(n int) error {
			for _, e := range waiting[:n] {
				if _, err := s.host.CA.Enrol(b.Context(), e); err != nil {
					return err
				}
			}
			return nil
		},
	}
	sign := side{n: signatures, run: func(n int) error { return signs(own.Leaf, own.PrivateKey.(*ecdsa.PrivateKey), n) }}
	of, against := inTurns(b, s.meter, issue, sign)
	reportCosts(b, "issue", "C", of, against)
	b.ReportMetric(of.each(of.here)/against.each(against.here), "cpu-cost-without-postgres")
}

// enrolments invites n new officers, who each have a key.
func (s *service) enrolments(b *testing.B, n int) []ca.Enrolment {
	b.Helper()
	all := make([]ca.Enrolment, n)
	for i := range all {
		who, email := s.officer(b)
		_, csr := newRequest(b)
		all[i] = ca.Enrolment{Code: s.invite(b, who, email), Holder: email, CSR: csr, By: "127.0.0.1"}
	}
	return all
}

// signs makes n certificates with the contents of one that the service issued.
func signs(like *x509.Certificate, key *ecdsa.PrivateKey, n int) error {
	template := *like
	for range n {
		if _, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key); err != nil {
			return fmt.Errorf("sign: %w", err)
		}
	}
	return nil
}
