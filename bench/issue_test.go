package bench

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
)

// In one turn: about as long on both sides.
const certificates, signatures = 64, 1000

// BenchmarkIssue is what a certificate costs in C, one x509.CreateCertificate over P-256 of
// the same contents, by processor time: of the service's process, and of PostgreSQL beside
// it. A person enrols with a code, or renews (proof in the request checked, lints, step-ca's
// signature, inventory and audit committed to disk), in process, and over the API on
// connections that are open, by clients in another process; one at a time and eight at
// once. Codes, officers, tokens, keys and connections are made beforehand.
func BenchmarkIssue(b *testing.B) {
	s := startService(b, "")
	own := s.officers(b, 1)[0]
	for _, way := range []struct {
		name string
		of   func(b *testing.B, clients int) side
	}{{"enrol", s.enrolling}, {"renew", s.renewing}, {"api-enrol", s.enrollingOverAPI}, {"api-renew", s.renewingOverAPI}} {
		for _, clients := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/clients=%d", way.name, clients), func(b *testing.B) {
				key := own.PrivateKey.(*ecdsa.PrivateKey)
				unit := side{n: signatures, run: func(n int) error {
					return atOnce(clients, n, func(int) error { return sign(*own.Leaf, key) })
				}}
				of, against := inTurns(b, s.meter, way.of(b, clients), unit)
				reportIssue(b, of, against)
			})
		}
	}
}

// atOnce does n pieces of work, so many at once.
func atOnce(workers, n int, work func(at int) error) error {
	var next atomic.Int64
	var working sync.WaitGroup
	failed := make(chan error, workers)
	for range workers {
		working.Go(func() {
			for at := int(next.Add(1)) - 1; at < n; at = int(next.Add(1)) - 1 {
				if err := work(at); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	working.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

func reportIssue(b *testing.B, of, against figures) {
	unit := against.each(against.here)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(1e6/of.rate(), "us/issue")
	b.ReportMetric(of.each(of.here)/unit, "C")
	b.ReportMetric(of.each(of.postgres)/unit, "postgres-C")
	b.ReportMetric(unit, "C-us")
}

// sign makes a certificate with the contents of one that the service issued.
func sign(template x509.Certificate, key *ecdsa.PrivateKey) error {
	if _, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key); err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	return nil
}

// enrolment invites a new officer, who has a key.
func (s *service) enrolment(b *testing.B) ca.Enrolment {
	b.Helper()
	who, email := s.officer(b)
	_, csr := newRequest(b)
	return ca.Enrolment{Code: s.invite(b, who, email), Holder: email, CSR: csr, By: "127.0.0.1"}
}

func (s *service) enrolling(b *testing.B, clients int) side {
	var waiting []ca.Enrolment
	return side{
		n: certificates,
		before: func(n int) error {
			waiting = nil
			for range n {
				waiting = append(waiting, s.enrolment(b))
			}
			return nil
		},
		run: func(n int) error {
			return atOnce(clients, n, func(at int) error { _, err := s.host.CA.Enrol(b.Context(), waiting[at]); return err })
		},
	}
}

func (s *service) renewing(b *testing.B, clients int) side {
	type renewal struct {
		of  certs.Ref
		csr []byte
	}
	var waiting []renewal
	return side{
		n: certificates,
		before: func(n int) error {
			waiting = nil
			for range n {
				issued, err := s.host.CA.Enrol(b.Context(), s.enrolment(b))
				must(b, err)
				_, csr := newRequest(b)
				waiting = append(waiting, renewal{issued.Ref, csr})
			}
			return nil
		},
		run: func(n int) error {
			return atOnce(clients, n, func(at int) error {
				_, err := s.host.CA.Renew(b.Context(), waiting[at].of, waiting[at].csr, ca.Evidence{})
				return err
			})
		},
	}
}

// enrollingOverAPI is over a connection to the public listener for each.
func (s *service) enrollingOverAPI(b *testing.B, clients int) side {
	return s.asking(b, errand{Address: s.public, AtOnce: clients}, func(n int) (q question, err error) {
		e := s.enrolment(b)
		return questionOf(n, api.PathEnrol, api.EnrolRequest{Email: e.Holder, Code: e.Code, CSR: pemRequest(e.CSR)}, tls.Certificate{})
	})
}

// renewingOverAPI is over a connection for each holder, on which they have asked before.
func (s *service) renewingOverAPI(b *testing.B, clients int) side {
	return s.asking(b, errand{Address: s.mutual, AtOnce: clients, Warm: api.PathWhoami}, func(n int) (q question, err error) {
		e := s.enrolment(b)
		key, csr := newRequest(b)
		e.CSR = csr
		issued, err := s.host.CA.Enrol(b.Context(), e)
		must(b, err)
		_, next := newRequest(b)
		return questionOf(n, api.PathRenew, api.RenewRequest{CSR: pemRequest(next)}, token(issued, key))
	})
}

// asking has another process ask what make makes.
func (s *service) asking(b *testing.B, e errand, make func(n int) (question, error)) side {
	e.Want = http.StatusCreated
	var a *asker
	end := func() {
		if a != nil {
			must(b, a.end())
			a = nil
		}
	}
	b.Cleanup(end)
	return side{
		n: certificates,
		before: func(n int) error {
			end()
			e.Questions = nil
			for at := range n {
				q, err := make(at)
				must(b, err)
				e.Questions = append(e.Questions, q)
			}
			a = startAsker(b, e)
			return nil
		},
		run: func(int) error { return a.ask() },
	}
}
