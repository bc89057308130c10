package clienttest

import (
	"crypto"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"mais/certs"
	"mais/certs/receipt"
	"mais/server/api"
)

// AddCertificates puts n certificates into the inventory, people-1/4000…0001 and on, whose
// holders are user1@police.example and so on. Every tenth has expired.
func (s *Service) AddCertificates(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		i := len(s.inventory) + 1
		cert := api.Certificate{
			Issuer: "people-1", Serial: fmt.Sprintf("40%030x", i), Status: "active", Holder: fmt.Sprintf("user%d@police.example", i),
			Name: fmt.Sprintf("User %d", i), Agency: "Police", Profile: string(certs.PersonSoftware), Level: "software",
			NotBefore: today().Add(-time.Hour), NotAfter: today().Add(90 * 24 * time.Hour), IssuedAt: today(), IssuedBy: "enrolment",
		}
		if i%10 == 0 {
			cert.Expired, cert.NotAfter = true, today().Add(-time.Minute)
		}
		s.inventory = append(s.inventory, cert)
	}
}

// AddTwin gives the first serial of the inventory a second issuer.
func (s *Service) AddTwin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	twin := s.inventory[0]
	twin.Issuer = "sites-1"
	s.inventory = append(s.inventory, twin)
}

func (s *Service) adminRoutes(mux *http.ServeMux) {
	one := api.PathCertificates + "/{issuer}/{serial}"
	for pattern, handle := range map[string]http.HandlerFunc{
		"GET " + api.PathCertificates: s.certificates, "GET " + api.PathInventory: s.wholeInventory, "GET " + one: s.certificate,
		"GET " + one + "/export": s.export, "GET " + one + "/receipt": s.receipt,
		"GET " + api.PathUsage: s.usage, "GET " + api.PathOverview: s.overview,
		"GET " + api.PathExpiries: s.expiries, "GET " + api.PathCheck: s.check, "POST " + api.PathInvitations: s.invite, "GET " + api.PathOwnTokens: s.ownTokens,
		"GET " + api.PathPlans: s.listPlans, "POST " + api.PathPlans: s.makePlan, "GET " + api.PathPlans + "/{id}": s.plan,
		"GET " + api.PathPlans + "/{id}/items": s.planItems, "POST " + api.PathPlans + "/{id}/serials": s.addSerials, "POST " + api.PathPlans + "/{id}/confirm": s.confirm,
		"POST " + api.PathPlans + "/{id}/stop": s.stop, "POST " + api.PathPlans + "/{id}/discard": s.discard,
		"POST " + api.PathQuarantines + "/{id}/approve": notFound,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if s.caller(w, r) == nil {
				return
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			handle(w, r)
		})
	}
}

func notFound(w http.ResponseWriter, r *http.Request) {
	Problem(http.StatusNotFound, api.Problem{Type: api.NotFound, Title: "Not found", Instance: "urn:uuid:404a"})(w, r)
}

// found are the certificates that a request's filter fits, as far as the tests use it.
func (s *Service) found(r *http.Request) (found []api.Certificate) {
	q := r.URL.Query()
	for _, c := range s.inventory {
		text := c.Holder + " " + c.Name + " " + c.Serial
		if strings.Contains(text, q.Get("q")) && (q.Get("status") == "" || q.Get("status") == c.Status) && (q.Get("user") == "" || q.Get("user") == c.Holder) {
			found = append(found, c)
		}
	}
	return found
}

func (s *Service) certificates(w http.ResponseWriter, r *http.Request) {
	found := s.found(r)
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	per, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	from := min(len(found), (page-1)*per)
	answer(w, http.StatusOK, api.Certificates{Total: len(found), Page: page, PerPage: per, Certificates: found[from:min(len(found), from+per)]})
}

func (s *Service) wholeInventory(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("format") == "csv" {
		w.Header().Set("Content-Type", "text/csv")
		fmt.Fprintln(w, "issuer,serial,status,holder")
		for _, c := range s.found(r) {
			fmt.Fprintf(w, "%s,%s,%s,%s\n", c.Issuer, c.Serial, c.Status, c.Holder)
		}
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	for _, c := range s.found(r) {
		json.NewEncoder(w).Encode(c)
	}
}

// named finds the certificate of a request's path.
func (s *Service) named(w http.ResponseWriter, r *http.Request) *api.Certificate {
	i := slices.IndexFunc(s.inventory, func(c api.Certificate) bool {
		return c.Issuer == r.PathValue("issuer") && c.Serial == r.PathValue("serial")
	})
	if i < 0 {
		notFound(w, r)
		return nil
	}
	return &s.inventory[i]
}

func (s *Service) certificate(w http.ResponseWriter, r *http.Request) {
	if c := s.named(w, r); c != nil {
		answer(w, http.StatusOK, api.CertificateDetail{
			Certificate: *c, KeyType: "ECDSA P-256", SAN: []string{"DNS:feed.moor.example", "IP:192.0.2.7", "URI:urn:mais:site:1"}, Fingerprint: "sha256:00", Pin: "sha256:11", May: []string{"hold", "revoke", "export", "receipt"},
			History: []api.StatusChange{{Number: 7, Status: "active", At: c.IssuedAt, By: "an administrator", Note: "lost at the gym"}}, Line: s.inventory[1:2],
		})
	}
}

// export gives the caller's own certificate, whose serial is that of the path or not.
func (s *Service) export(w http.ResponseWriter, r *http.Request) {
	cert := r.TLS.PeerCertificates[0]
	switch r.URL.Query().Get("form") {
	case "der":
		w.Header().Set("Content-Type", "application/pkix-cert")
		w.Write(cert.Raw)
	case "chain":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		w.Write(certs.EncodeCertificates(cert, s.PKI.people.cert))
	default:
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		w.Write(certs.EncodeCertificates(cert))
	}
}

// receipt signs for the certificate of the path; it is final from the second time on.
func (s *Service) receipt(w http.ResponseWriter, r *http.Request) {
	c := s.named(w, r)
	if c == nil {
		return
	}
	s.receipts++
	committed := today().Add(-time.Second)
	refused, after := committed.Add(41*time.Millisecond), int64(41)
	number := int64(9)
	if asked := r.URL.Query().Get("number"); asked != "" {
		number, _ = strconv.ParseInt(asked, 10, 64)
	}
	said := api.Receipt{Issuer: c.Issuer, Serial: c.Serial, Status: c.Status, Reason: "keyCompromise", By: s.Email, Number: number, CommittedAt: committed, IssuedAt: today(),
		Final: s.receipts > 1, Nodes: []api.ReceiptNode{{Node: "node-a", RefusedFrom: &refused, Millis: &after}, {Node: "node-b"}}}
	if said.Final {
		said.Nodes[1].SilentFrom, said.Nodes[1].Millis = &refused, &after
	}
	payload, err := json.Marshal(said)
	if err != nil {
		panic(err) // strings, times and numbers
	}
	token := s.PKI.ServerToken(s.tb, certs.ReceiptSigner)
	jws, err := receipt.Signer{Key: token.PrivateKey.(crypto.Signer), Leaf: token.Leaf, Issuer: s.PKI.sites.cert}.Sign(payload, time.Now())
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/jose")
	fmt.Fprint(w, jws)
}

func (s *Service) expiries(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, api.Expiries{AsOf: today(), Days7: 3, Days30: 11, Later: 2, Overdue: 1, ByKind: map[string]int{"person-software": 16},
		Weeks: []api.ExpiryWeek{{From: "2026-03-02", People: 30, Sites: 10}, {From: "2026-03-09", People: 1, Server: 19}, {From: "2026-03-16"}}, Soon: s.inventory[:min(1, len(s.inventory))]})
}

func (s *Service) overview(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, api.Overview{ToApprove: 2, Open: 3, ReviewsOverdue: 1, Registrations: api.FunnelRow{People: 188, Registered: 125, Bounced: 4},
		Ending: 1, EndingSoon: []api.Ending{{ID: "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01", Name: "Dana Whitlock", Agency: "Northshire Police", Ends: "2026-12-01"}}})
}

func (s *Service) usage(w http.ResponseWriter, _ *http.Request) {
	of := func(name string, n int) api.UsageAgency {
		return api.UsageAgency{Agency: name, People: 10 * n, Registered: 8 * n, Readers: 7 * n, NeverLooked: n, Active: 5 * n, Looks: 40 * n, Answers: api.UsageAnswers{Yes: 3 * n, NotFound: n}}
	}
	answer(w, http.StatusOK, api.Usage{AsOf: today(), Weeks: []api.UsageWeek{{From: "2026-03-02", Active: 9, Looked: 8, Looks: 40}, {From: "2026-03-09"}},
		Months: []api.UsageMonth{{From: "2026-03-01", Registered: 8}}, Agencies: []api.UsageAgency{of("Northshire Police", 1), of("HMP Northshire", 2)}, All: of("", 3)})
}

func (s *Service) check(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, api.Check{AsOf: time.Now().UTC(), Findings: []api.CheckItem{
		{What: "chain", State: "ok", Says: "The chain leads to the root."}, {What: "root-key", State: "warning", Says: "The root's key lies on this machine.", Do: "Move it away."}}})
}

func (s *Service) invite(w http.ResponseWriter, r *http.Request) {
	var q api.InviteRequest
	if json.NewDecoder(r.Body).Decode(&q) != nil || q.Email != s.Email {
		notFound(w, r)
		return
	}
	answer(w, http.StatusCreated, api.Invited{Email: q.Email, Order: "b7f5d0c2-8a55-4a52-8a7f-0d7e6a9b1c3d", Expires: today().Add(72 * time.Hour)})
}

func (s *Service) ownTokens(w http.ResponseWriter, r *http.Request) {
	answer(w, http.StatusOK, api.OwnTokens{Tokens: []api.Certificate{{Issuer: "people-1", Serial: certs.SerialHex(r.TLS.PeerCertificates[0].SerialNumber), Status: "active",
		Profile: string(certs.PersonSoftware), IssuedAt: today(), NotAfter: today().Add(time.Hour)}}})
}
