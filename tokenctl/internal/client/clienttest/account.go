package clienttest

import (
	"crypto/x509"
	"encoding/json"
	"net/http"

	"mais/certs"
	"mais/server/api"
)

func (s *Service) roots(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Write(certs.EncodeCertificates(s.PKI.Root()))
}

func (s *Service) enrol(w http.ResponseWriter, r *http.Request) {
	var q api.EnrolRequest
	if json.NewDecoder(r.Body).Decode(&q) != nil || q.Code != s.Code || q.Email != s.Email && q.Email != s.Site {
		Problem(http.StatusForbidden, api.Problem{Type: api.EnrolmentRefused, Title: "Refused", Instance: "urn:uuid:f1"})(w, r)
		return
	}
	s.issue(w, r, q.CSR, q.Email == s.Site, "")
}

func (s *Service) renew(w http.ResponseWriter, r *http.Request) {
	var q api.RenewRequest
	cert := s.caller(w, r)
	if cert == nil || json.NewDecoder(r.Body).Decode(&q) != nil {
		return
	}
	s.issue(w, r, q.CSR, s.isSite(cert), certs.SerialHex(cert.SerialNumber))
}

func (s *Service) isSite(cert *x509.Certificate) bool {
	identity, err := certs.IdentityOf(cert)
	return err == nil && identity.ID() == s.SiteID
}

// issue gives a key one certificate for each that it replaces.
func (s *Service) issue(w http.ResponseWriter, r *http.Request, request string, site bool, replaces string) {
	der, err := certs.DecodeRequest([]byte(request))
	if err != nil {
		Problem(http.StatusBadRequest, api.Problem{Type: api.Invalid, Title: "Bad request"})(w, r)
		return
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil || csr.CheckSignature() != nil {
		Problem(http.StatusBadRequest, api.Problem{Type: api.Invalid, Title: "Bad request"})(w, r)
		return
	}
	profile, id := certs.PersonSoftware, s.User
	if site {
		profile, id = certs.SiteToken, s.SiteID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	request = string(csr.RawSubjectPublicKeyInfo) + replaces
	cert := s.certified[request]
	if cert == nil {
		cert = s.PKI.Issue(s.tb, profile, id, csr.PublicKey, s.life)
		s.certified[request] = cert
	}
	answer(w, http.StatusCreated, api.IssuedCertificate{
		Certificate: string(certs.EncodeCertificates(cert)), Chain: string(certs.EncodeCertificates(s.PKI.Issuer(s.tb, profile))), MutualURL: s.Mutual,
	})
}

// Issued returns how many certificates were made.
func (s *Service) Issued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.certified)
}

func (s *Service) caller(w http.ResponseWriter, r *http.Request) *x509.Certificate {
	if len(r.TLS.PeerCertificates) == 0 {
		Problem(http.StatusUnauthorized, api.Problem{Type: api.NoToken, Title: "No token"})(w, r)
		return nil
	}
	return r.TLS.PeerCertificates[0]
}

func (s *Service) whoami(w http.ResponseWriter, r *http.Request) {
	s.tellPins(w)
	cert := s.caller(w, r)
	if cert == nil {
		return
	}
	out := api.Whoami{Kind: "user", User: s.User, Email: s.Email, Name: "Anna Example", Agency: "Police", Site: "Northgate",
		Roles: []string{"police_officer"}, Serial: certs.SerialHex(cert.SerialNumber), Level: "software", NotAfter: cert.NotAfter, Address: "127.0.0.1"}
	if s.isSite(cert) {
		out.Kind, out.User, out.Email, out.Name, out.Roles = "site", s.SiteID, "", s.Site, []string{}
	}
	answer(w, http.StatusOK, out)
}

func (s *Service) revoke(w http.ResponseWriter, r *http.Request) {
	if cert := s.caller(w, r); cert != nil {
		answer(w, http.StatusOK, api.Revoked{Serial: certs.SerialHex(cert.SerialNumber), At: today()})
	}
}

func (s *Service) search(w http.ResponseWriter, r *http.Request) {
	if s.caller(w, r) != nil {
		answer(w, http.StatusOK, api.SearchResults{AsOf: today(), Results: []api.SearchResult{}})
	}
}

func (s *Service) show(w http.ResponseWriter, r *http.Request) {
	if s.caller(w, r) != nil {
		Problem(http.StatusNotFound, api.Problem{Type: api.NotFound, Title: "Not found"})(w, r)
	}
}

// destroyed takes what the key of a certificate has signed, and counts it.
func (s *Service) destroyed(w http.ResponseWriter, r *http.Request) {
	var q api.Destroyed
	if json.NewDecoder(r.Body).Decode(&q) != nil {
		Problem(http.StatusBadRequest, api.Problem{Type: api.Invalid, Title: "Bad request"})(w, r)
		return
	}
	chain, err := certs.ParseCertificates([]byte(q.Certificate))
	if err != nil || certs.VerifyDestruction(chain[0], q.At, q.Signature) != nil {
		Problem(http.StatusForbidden, api.Problem{Type: api.NotAllowed, Title: "Not signed by its key"})(w, r)
		return
	}
	answer(w, http.StatusOK, api.DestructionNoted{Serial: certs.SerialHex(chain[0].SerialNumber), At: q.At})
}
