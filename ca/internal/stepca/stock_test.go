package stepca

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/smallstep/certificates/authority"
	"github.com/smallstep/certificates/authority/config"
	"github.com/smallstep/certificates/authority/provisioner"
	"github.com/smallstep/certificates/db"
	"go.step.sm/crypto/jose"
)

// certificates are had in one round, made ready before it.
const certificates = 200

// BenchmarkStock is what certificates cost that step-ca issues without us, in C: one P-256
// x509.CreateCertificate, in the same run, by processor time of the process. "authority" is
// its embedded authority as we call it. "http" is step-ca as it comes: a token of a JWK
// provisioner for each request, over TLS on a connection that is kept, with the database
// that it makes by default. The handler does what step-ca's own does, without its log, because
// package api would bring modules that nothing else here wants. The client, net/http, is in
// the figure.
func BenchmarkStock(b *testing.B) {
	authorities := newChain(b)
	b.Run("authority", func(b *testing.B) {
		a, err := New(authorities.root, authorities.cert, authorities.key)
		must(b, err)
		inC(b, authorities, func(n int) func() error {
			proof, template := authorities.request(b, n), leaf(n)
			return func() error { _, err := a.Sign(b.Context(), proof, template); return err }
		})
	})
	b.Run("http", func(b *testing.B) {
		s := newStock(b, authorities)
		inC(b, authorities, func(n int) func() error {
			body := s.signRequest(b, authorities.request(b, n), n)
			return func() error { return s.sign(body) }
		})
	})
}

// inC reports what one of the certificates costs that ready makes ready.
func inC(b *testing.B, with chain, ready func(n int) func() error) {
	var ours, unit time.Duration
	rounds := 0
	key := newKey(b)
	for b.Loop() {
		var all []func() error
		for n := range certificates {
			all = append(all, ready(rounds*certificates+n))
		}
		before := used(b)
		for _, one := range all {
			must(b, one())
		}
		between := used(b)
		for n := range certificates {
			_, err := x509.CreateCertificate(rand.Reader, leaf(n), with.cert, key.Public(), with.key)
			must(b, err)
		}
		ours, unit = ours+between-before, unit+used(b)-between
		rounds++
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(ours)/float64(unit), "C")
	b.ReportMetric(float64(unit.Microseconds())/float64(rounds*certificates), "C-us")
}

// used is the processor time of this process so far.
func used(b *testing.B) time.Duration {
	var r syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &r))
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// chain is a root and an issuing CA.
type chain struct {
	root, cert *x509.Certificate
	key        crypto.Signer
}

func newKey(b *testing.B) *ecdsa.PrivateKey {
	b.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(b, err)
	return key
}

func newChain(b *testing.B) chain {
	b.Helper()
	rootKey, key := newKey(b), newKey(b)
	sign := func(name string, parent *x509.Certificate, public crypto.PublicKey) *x509.Certificate {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, SubjectKeyId: []byte(name), IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		}
		if parent == nil {
			parent = template
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, public, rootKey)
		must(b, err)
		cert, err := x509.ParseCertificate(der)
		must(b, err)
		return cert
	}
	root := sign("root", nil, rootKey.Public())
	return chain{root, sign("issuing", root, key.Public()), key}
}

// leaf is the template of a client's certificate.
func leaf(n int) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(int64(n) + 1<<40), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, SubjectKeyId: make([]byte, 20),
	}
}

const host = "client.example.org"

func (c chain) request(b *testing.B, _ int) *x509.CertificateRequest {
	b.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}}, newKey(b))
	must(b, err)
	request, err := x509.ParseCertificateRequest(der)
	must(b, err)
	return request
}

// stock is a step-ca that listens.
type stock struct {
	server *httptest.Server
	client *http.Client
	signer jose.Signer
}

const provisionerName = "bench"

func newStock(b *testing.B, with chain) *stock {
	b.Helper()
	jwk, err := jose.GenerateJWK("EC", "P-256", "ES256", "sig", "", 0)
	must(b, err)
	public := jwk.Public()
	kept, err := db.New(&db.Config{Type: "badgerv2", DataSource: b.TempDir()})
	must(b, err)
	b.Cleanup(func() { kept.Shutdown() })
	a, err := authority.NewEmbedded(
		authority.WithConfig(&config.Config{DNSNames: []string{"localhost"}, AuthorityConfig: &config.AuthConfig{
			Provisioners: provisioner.List{&provisioner.JWK{Type: "JWK", Name: provisionerName, Key: &public}},
		}}),
		authority.WithX509RootCerts(with.root), authority.WithX509Signer(with.cert, with.key), authority.WithDatabase(kept), authority.WithQuietInit(),
	)
	must(b, err)
	s := &stock{server: httptest.NewUnstartedServer(handler{a})}
	s.server.EnableHTTP2 = true
	s.server.StartTLS()
	b.Cleanup(s.server.Close)
	s.client = s.server.Client()
	s.signer, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jwk.Key}, new(jose.SignerOptions).WithType("JWT").WithHeader("kid", jwk.KeyID))
	must(b, err)
	return s
}

// handler answers as step-ca's api.Sign does.
type handler struct{ authority *authority.Authority }

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	chain, err := h.sign(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	var texts []string
	for _, cert := range chain {
		texts = append(texts, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	json.NewEncoder(w).Encode(map[string]any{"crt": texts[0], "ca": texts[1], "certChain": texts})
}

func (h handler) sign(r *http.Request) ([]*x509.Certificate, error) {
	var body struct{ CSR, OTT string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, err
	}
	block, _ := pem.Decode([]byte(body.CSR))
	if block == nil {
		return nil, errors.New("no request in PEM")
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, err
	}
	if err := request.CheckSignature(); err != nil { // as api.SignRequest.Validate
		return nil, err
	}
	ctx := provisioner.NewContextWithMethod(r.Context(), provisioner.SignMethod)
	options, err := h.authority.Authorize(ctx, body.OTT)
	if err != nil {
		return nil, err
	}
	return h.authority.SignWithContext(ctx, request, provisioner.SignOptions{}, options...)
}

// signRequest is the body of a request with a token of its own.
func (s *stock) signRequest(b *testing.B, request *x509.CertificateRequest, _ int) []byte {
	b.Helper()
	now := time.Now()
	token, err := jose.Signed(s.signer).Claims(struct {
		jose.Claims
		SANs []string `json:"sans"`
	}{jose.Claims{
		ID: uuid.NewString(), Subject: host, Issuer: provisionerName, Audience: []string{"https://localhost/1.0/sign"},
		NotBefore: jose.NewNumericDate(now.Add(-time.Minute)), IssuedAt: jose.NewNumericDate(now), Expiry: jose.NewNumericDate(now.Add(4 * time.Minute)),
	}, []string{host}}).CompactSerialize()
	must(b, err)
	csr := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request.Raw})
	body, err := json.Marshal(map[string]string{"csr": string(csr), "ott": token})
	must(b, err)
	return body
}

func (s *stock) sign(body []byte) error {
	answer, err := s.client.Post(s.server.URL+"/sign", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusCreated {
		err = fmt.Errorf("%s: %s", answer.Status, text)
	}
	return err
}
