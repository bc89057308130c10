package server

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/crypto/ocsp"
)

// question is an OCSP request about a token.
func (w *world) question(t *testing.T, k token) (der []byte, issuer *x509.Certificate) {
	t.Helper()
	issuer, ok := w.authority.Authority(k.ref.Issuer)
	if !ok {
		t.Fatalf("Authority(%q) is not there", k.ref.Issuer)
	}
	der, err := ocsp.CreateRequest(k.tls.Leaf, issuer, nil)
	if err != nil {
		t.Fatal(err)
	}
	return der, issuer
}

// TestOCSP asks by both methods where the certificate says, before and after the end.
func TestOCSP(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "clinician", w.custody)
	if want := []string{w.urls.Plain + "/ocsp"}; len(k.tls.Leaf.OCSPServer) != 1 || k.tls.Leaf.OCSPServer[0] != want[0] {
		t.Fatalf("the certificate names %v as responder, want %v", k.tls.Leaf.OCSPServer, want)
	}
	at := k.tls.Leaf.OCSPServer[0]
	der, issuer := w.question(t, k)
	c := w.client(t, strange) // for anyone
	ask := func(what string, want int) {
		t.Helper()
		posted := c.do(t, request(t, "POST", at, der, "Content-Type", "application/ocsp-request"))
		got := c.get(t, at+"/"+url.PathEscape(base64.StdEncoding.EncodeToString(der)))
		for name, r := range map[string]reply{"POST": posted, "GET": got} {
			answer, err := ocsp.ParseResponseForCert(r.body, k.tls.Leaf, issuer)
			if err != nil || answer.Status != want || r.Header.Get("Content-Type") != "application/ocsp-response" {
				t.Errorf("%s of one that is %s = %d %v %+v, %v", name, what, r.StatusCode, r.Header, answer, err)
			}
		}
		head := c.do(t, request(t, "HEAD", at+"/"+url.PathEscape(base64.StdEncoding.EncodeToString(der)), nil))
		if head.StatusCode != http.StatusOK || head.Header.Get("Content-Type") != "application/ocsp-response" {
			t.Errorf("HEAD of one that is %s = %d %v", what, head.StatusCode, head.Header)
		}
		if cache := got.Header.Get("Cache-Control"); !strings.HasPrefix(cache, "public, max-age=") || posted.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("Cache-Control is %q of GET and %q of POST", cache, posted.Header.Get("Cache-Control"))
		}
	}
	ask("active", ocsp.Good)
	w.client(t, custody, k.tls).post(t, w.urls.Mutual+"/api/v1/token/revoke", map[string]string{"reason": "keyCompromise"}).decode(t, http.StatusOK, &struct{}{})
	eventually(t, "the responder knows", func() bool {
		answer, err := ocsp.ParseResponse(c.do(t, request(t, "POST", at, der, "Content-Type", "application/ocsp-request")).body, issuer)
		return err == nil && answer.Status == ocsp.Revoked
	})
	ask("revoked", ocsp.Revoked)
}

// TestOCSPBadQuestions: what cannot be read is malformed, of another type or too long.
func TestOCSPBadQuestions(t *testing.T) {
	w := sharedWorld(t)
	c := w.client(t, strange)
	malformed := ocsp.MalformedRequestErrorResponse
	for name, r := range map[string]*http.Request{
		"no base64":        request(t, "GET", w.urls.Plain+"/ocsp/%25%25", nil),
		"nothing":          request(t, "GET", w.urls.Plain+"/ocsp/", nil),
		"no request":       request(t, "GET", w.urls.Plain+"/ocsp/"+base64.StdEncoding.EncodeToString([]byte("MAIS")), nil),
		"too long a path":  request(t, "GET", w.urls.Plain+"/ocsp/"+strings.Repeat("A", 12<<10), nil),
		"no body":          request(t, "POST", w.urls.Plain+"/ocsp", nil, "Content-Type", "application/ocsp-request"),
		"too long a body":  request(t, "POST", w.urls.Plain+"/ocsp", make([]byte, 9<<10), "Content-Type", "application/ocsp-request"),
		"a body of garble": request(t, "POST", w.urls.Plain+"/ocsp", []byte("\x30\x80MAIS"), "Content-Type", "application/ocsp-request"),
	} {
		if got := c.do(t, r); got.StatusCode != http.StatusOK || !bytes.Equal(got.body, malformed) || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s = %d %x %v, want malformedRequest", name, got.StatusCode, got.body, got.Header)
		}
	}
	if got := c.do(t, request(t, "POST", w.urls.Plain+"/ocsp", []byte("{}"), "Content-Type", "application/json")); got.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("JSON = %d, want 415", got.StatusCode)
	}
}

// TestShard fetches the list that a certificate names, and what is none.
func TestShard(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "clinician", w.custody)
	issuer, _ := w.authority.Authority(k.ref.Issuer)
	at := k.tls.Leaf.CRLDistributionPoints
	if len(at) != 1 || !strings.HasPrefix(at[0], w.urls.Plain+"/crl/people/") {
		t.Fatalf("the certificate names %v", at)
	}
	c := w.client(t, strange)
	listed := func() bool {
		t.Helper()
		list, err := x509.ParseRevocationList(c.get(t, at[0]).body)
		if err != nil {
			t.Fatal(err)
		}
		if err := list.CheckSignatureFrom(issuer); err != nil {
			t.Fatal(err)
		}
		for _, entry := range list.RevokedCertificateEntries {
			if entry.SerialNumber.Cmp(k.tls.Leaf.SerialNumber) == 0 {
				return true
			}
		}
		return false
	}
	if listed() {
		t.Error("a good certificate is on its list")
	}
	w.client(t, custody, k.tls).post(t, w.urls.Mutual+"/api/v1/token/revoke", map[string]string{}).decode(t, http.StatusOK, &struct{}{})
	eventually(t, "the list has it", listed)
	for _, path := range []string{"/crl/people/01.crl", "/crl/people/-1.crl", "/crl/people/99999.crl", "/crl/people/x.crl", "/crl/root/1.crl", "/crl/people/..%2fsites.crl"} {
		if got := c.get(t, w.urls.Plain+path); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s = %d, want 404", path, got.StatusCode)
		}
	}
}

// TestStaple: the server's certificate comes with an answer about itself.
func TestStaple(t *testing.T) {
	w := sharedWorld(t)
	eventually(t, "a staple", func() bool {
		return len(w.dial(t, w.listeners.public, custody).ConnectionState().OCSPResponse) > 0
	})
	state := w.dial(t, w.listeners.mutual, custody).ConnectionState()
	issuer, _ := w.authority.Authority("sites-1")
	answer, err := ocsp.ParseResponseForCert(state.OCSPResponse, state.PeerCertificates[0], issuer)
	if err != nil || answer.Status != ocsp.Good {
		t.Errorf("the staple = %+v, %v, want good", answer, err)
	}
}
