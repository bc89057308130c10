package server

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/lifecycle"
	"mais/server/internal/mail"
	"mais/server/internal/people"
)

func init() { // what the checks of descriptions have no reader for is text
	for _, kind := range []string{"application/x-pem-file", "application/pkix-cert", "application/jose", "application/x-ndjson"} {
		openapi3filter.RegisterBodyDecoder(kind, openapi3filter.FileBodyDecoder)
	}
}

// estate is a world with a second agency, and an administrator of each kind.
type estate struct {
	*world
	d          described
	there      string // a site of the second agency, Elsewhere
	all, own   *member
	officer    *member // of Agency
	theirs     *member // an officer of Elsewhere
	theirAdmin *member // an administrator of Elsewhere
}

// member is somebody with a token, and their client.
type member struct {
	token
	c *client
	e *estate
}

func newEstate(t *testing.T) *estate {
	t.Helper()
	w := newWorld(t, nil)
	e := &estate{world: w}
	agency, err := w.host.AddAgency(t.Context(), "Elsewhere", "health", testEvent)
	if err != nil {
		t.Fatal(err)
	}
	if e.there, err = w.host.AddSite(t.Context(), agency, "Clinic", testEvent); err != nil {
		t.Fatal(err)
	}
	if err := w.host.AddSubnet(t.Context(), e.there, netip.MustParsePrefix(custody+"/32"), testEvent); err != nil {
		t.Fatal(err)
	}
	w.letsIn(t, e.there, custody)
	e.all, e.own = e.member(t, "Agency", "All Admin", lifecycle.Administrator), e.member(t, "Agency", "Own Admin", lifecycle.AgencyAdministrator)
	e.officer = e.member(t, "Agency", "Ann Officer", "police_officer")
	e.theirs, e.theirAdmin = e.member(t, "Elsewhere", "=1+1", "clinician"), e.member(t, "Elsewhere", "Their Admin", lifecycle.AgencyAdministrator)
	e.d = newDescribed(t, e.all.c.get(t, w.urls.Mutual+api.PathOpenAPI).body)
	return e
}

// member registers somebody of an agency and enrols them.
func (e *estate) member(t *testing.T, agency, name string, roles ...string) *member {
	t.Helper()
	site := e.custody
	if agency == "Elsewhere" {
		site = e.there
	}
	users.Lock()
	users.n++
	email := fmt.Sprintf("member%d@agency.example", users.n)
	users.Unlock()
	id, err := e.host.AddUser(t.Context(), people.User{Email: email, Name: name, Agency: agency, Sites: []string{site}, Roles: roles}, testEvent)
	if err != nil {
		t.Fatal(err)
	}
	return e.token(t, certs.User, id, email, name)
}

// token enrols an identity under a name.
func (e *estate) token(t *testing.T, kind certs.Kind, id, holder, name string) *member {
	t.Helper()
	who, err := certs.NewIdentity(kind, id)
	if err != nil {
		t.Fatal(err)
	}
	code, err := e.Host().Tokens.Invite(t.Context(), who, holder, name)
	if err != nil {
		t.Fatal(err)
	}
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	csr, err := certs.NewRequest(key)
	if err != nil {
		t.Fatal(err)
	}
	var issued api.IssuedCertificate
	e.client(t, custody).post(t, e.urls.Public+api.PathEnrol, api.EnrolRequest{Email: holder, Code: code, CSR: string(certs.EncodeRequest(csr))}).decode(t, http.StatusCreated, &issued)
	k := e.tokenOf(t, id, issued, key)
	k.email = holder
	return &member{token: k, c: e.client(t, custody, k.tls), e: e}
}

// get and send ask the API, and check the answer against its description.
func (m *member) get(t *testing.T, path string) reply {
	t.Helper()
	got := m.c.get(t, m.e.urls.Mutual+path)
	m.e.d.check(t, got, nil)
	return got
}

func (m *member) send(t *testing.T, path string, v any) reply {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	got := m.c.do(t, request(t, "POST", m.e.urls.Mutual+path, body, "Content-Type", "application/json"))
	m.e.d.check(t, got, body)
	return got
}

func (m *member) plan(t *testing.T, r api.PlanRequest) (p api.Plan) {
	t.Helper()
	m.send(t, api.PathPlans, r).decode(t, http.StatusCreated, &p)
	return p
}

func (m *member) confirm(t *testing.T, p api.Plan) (after api.Plan) {
	t.Helper()
	m.send(t, api.PathPlans+"/"+p.ID+"/confirm", api.ConfirmPlan{Word: p.Word}).decode(t, http.StatusOK, &after)
	return after
}

func (m *member) items(t *testing.T, p api.Plan) (results []string) {
	t.Helper()
	var items api.PlanItems
	m.get(t, api.PathPlans+"/"+p.ID+"/items?limit=1000").decode(t, http.StatusOK, &items)
	for _, i := range items.Items {
		results = append(results, i.Result)
	}
	return results
}

func at(ref certs.Ref) string { return api.PathCertificates + "/" + ref.Issuer + "/" + ref.Serial }

// TestAdministrationIsClosed asks every route of administration as every role, and as a site:
// each is refused but those whose office it is.
func TestAdministrationIsClosed(t *testing.T) {
	e := newEstate(t)
	if err := e.authority.Hold(t.Context(), e.officer.ref, "test"); err != nil {
		t.Fatal(err)
	}
	made := e.all.plan(t, api.PlanRequest{Act: "release", Serials: []string{e.officer.ref.Serial}})
	both := []string{lifecycle.Administrator, lifecycle.AgencyAdministrator}
	asked := []struct {
		method, path, act string
		body              any
		ok                int // for whom it is allowed
		allowed           []string
		otherwise         int
	}{
		{"GET", api.PathCertificates, "certificate.list", nil, 200, both, 403},
		{"GET", at(e.officer.ref), "certificate.show", nil, 200, both, 403},
		{"GET", at(e.officer.ref) + "/export", "certificate.export", nil, 200, both, 403},
		{"GET", at(e.officer.ref) + "/receipt", "certificate.receipt", nil, 200, both, 403},
		{"GET", at(certs.Ref{Issuer: "people-1", Serial: certs.SerialHex(certs.NewSerial())}), "certificate.show", nil, 404, both, 403},
		{"GET", api.PathInventory + "?format=csv", "certificate.export", nil, 200, both, 403},
		{"GET", api.PathExpiries, "certificate.expiries", nil, 200, both, 403},
		{"POST", api.PathInvitations, "token.invite", api.InviteRequest{Email: e.officer.email}, 503, both, 403}, // there is no mail
		{"GET", api.PathCards, "card.list", nil, 200, both, 403},
		{"GET", api.PathCards + "/yubico-1", "card.show", nil, 404, both, 403}, // there is none
		{"POST", api.PathCards + "/yubico-1/returned", "card.returned", nil, 404, both, 403},
		{"POST", api.PathWitness, "card.witness", api.WitnessRequest{Key: strings.Repeat("0", 64), Email: "nobody@agency.example", Card: api.Card{Serial: 1, Slot: "9a"}}, 404, both, 403},
		{"GET", api.PathPlans, "plan.list", nil, 200, nil, 200},
		{"POST", api.PathPlans, "plan.make", api.PlanRequest{Act: "release"}, 201, both, 403},
		{"GET", api.PathPlans + "/" + made.ID, "plan.show", nil, 200, both[:1], 404},
		{"GET", api.PathPlans + "/" + made.ID + "/items", "plan.show", nil, 200, both[:1], 404},
		{"POST", api.PathPlans + "/" + made.ID + "/serials", "plan.serials", api.AddSerials{Lines: []api.SerialLine{}}, 200, both[:1], 404},
		{"POST", api.PathPlans + "/" + made.ID + "/confirm", "plan.confirm", api.ConfirmPlan{Word: "no"}, 409, both[:1], 404},
		{"POST", api.PathPlans + "/" + made.ID + "/stop", "plan.stop", nil, 400, both[:1], 404},
		{"POST", api.PathPlans + "/" + made.ID + "/discard", "plan.discard", nil, 200, both[:1], 404},
		{"GET", api.PathCheck, "ca.check", nil, 200, both[:1], 403},
		{"GET", api.PathQuarantines, "quarantine.list", nil, 200, both[:1], 403},
		{"POST", api.PathQuarantines + "/1/approve", "quarantine.approve", nil, 404, both[:1], 403}, // there is none
		{"GET", api.PathOwnTokens, "token.own", nil, 200, nil, 200},
	}
	known, there := map[string]bool{}, routeMap()
	callers := map[string]*member{"site": e.token(t, certs.Site, e.custody, "Custody", "Custody")}
	for _, role := range []string{"police_officer", "clinician", "record_clinician", "governance_officer", lifecycle.Administrator, lifecycle.AgencyAdministrator} {
		callers[role] = e.member(t, "Agency", "Some Body", role)
	}
	for _, r := range asked {
		path, _, _ := strings.Cut(r.path, "?")
		known[r.method+" "+there.Find(chi.NewRouteContext(), r.method, path)] = true
		for role, m := range callers {
			want := r.otherwise
			if slices.Contains(r.allowed, role) {
				want = r.ok
			}
			var got reply
			if r.method == "GET" {
				got = m.get(t, r.path)
			} else {
				got = m.send(t, r.path, r.body)
			}
			if got.StatusCode != want {
				t.Errorf("%s: %s %s = %d %.200s, want %d", role, r.method, r.path, got.StatusCode, got.body, want)
			}
			outcome := map[int]audit.Outcome{2: audit.Allowed, 4: audit.Failed, 5: audit.Failed}[want/100]
			if want == http.StatusForbidden {
				outcome = audit.Refused
			}
			found := e.entries(t, "request = $1 AND act <> $2", got.Header.Get("Request-Id"), audit.ActList) // a check reads the audit
			if len(found) != 1 || found[0].Act != r.act || found[0].Outcome != string(outcome) {
				t.Errorf("%s: the audit of %s %s = %+v, want one entry %s %s", role, r.method, r.path, found, r.act, outcome)
			}
			if want != r.ok && bytes.Contains(got.body, []byte(e.officer.email)) {
				t.Errorf("%s: %s %s tells of %s", role, r.method, r.path, e.officer.email)
			}
		}
	}
	for _, route := range mutualRoutes(t) {
		_, path, _ := strings.Cut(route, " ")
		if slices.ContainsFunc(ofCertificates, func(root string) bool { return path == root || strings.HasPrefix(path, root+"/") }) && !known[route] {
			t.Errorf("the route %s is not asked here", route)
		}
	}
}

// ofCertificates are the roots of the API's routes of their administration.
var ofCertificates = []string{
	api.PathCertificates, api.PathInventory, api.PathExpiries, api.PathInvitations, api.PathCards, api.PathPlans, api.PathCheck, api.PathQuarantines, api.PathOwnTokens,
}

// TestAdministratorsDay: find, look, hold, release and revoke, each by a plan, with what is said
// beforehand, the word, the result, and what the audit has.
func TestAdministratorsDay(t *testing.T) {
	e := newEstate(t)
	var page api.Certificates
	e.all.get(t, api.PathCertificates+"?q="+e.officer.email+"&status=live&sort=-expires").decode(t, http.StatusOK, &page)
	if page.Total != 1 || page.Certificates[0].Serial != e.officer.ref.Serial || page.Certificates[0].Agency != "Agency" || page.Certificates[0].Name != "Ann Officer" {
		t.Fatalf("found %+v, want the officer's", page)
	}
	var detail api.CertificateDetail
	e.all.get(t, at(e.officer.ref)).decode(t, http.StatusOK, &detail)
	if detail.KeyType != "ECDSA P-256" || !slices.Equal(detail.May, []string{"hold", "revoke", "export"}) || len(detail.History)+len(detail.Line) != 0 ||
		!strings.HasPrefix(detail.Fingerprint, "sha256:") || !strings.Contains(detail.PEM, "BEGIN CERTIFICATE") {
		t.Errorf("detail = %+v", detail)
	}
	for form, kind := range map[string]string{"pem": "application/x-pem-file", "chain": "application/x-pem-file", "der": "application/pkix-cert"} {
		if got := e.all.get(t, at(e.officer.ref)+"/export?form="+form); got.StatusCode != 200 || got.Header.Get("Content-Type") != kind || len(got.body) < 300 {
			t.Errorf("export as %s = %d %s", form, got.StatusCode, got.Header.Get("Content-Type"))
		}
	}

	held := e.all.plan(t, api.PlanRequest{Act: "hold", Serials: []string{e.officer.ref.String()}, Note: "lost at the gym"})
	digits := e.officer.ref.Serial[len(e.officer.ref.Serial)-6:]
	if held.Word != digits || held.Total != 1 || held.LosesAll != 1 || held.Loses[0].Holder != e.officer.email || held.Loses[0].Agency != "Agency" ||
		!slices.Equal(held.Loses[0].Roles, []string{"police_officer"}) || held.Unchanged != 0 || held.Results[api.ResultWaiting] != 1 || len(held.Warnings) != 0 {
		t.Errorf("the plan = %+v", held)
	}
	for _, wrong := range []string{"", digits[1:], digits + "0", "hold 1", strings.Repeat("x", 5000)} {
		e.all.send(t, api.PathPlans+"/"+held.ID+"/confirm", api.ConfirmPlan{Word: wrong}).wantProblem(t, http.StatusConflict, api.WrongWord)
	}
	if got := e.officer.get(t, api.PathWhoami); got.StatusCode != http.StatusOK {
		t.Fatalf("before it is confirmed: whoami = %d", got.StatusCode)
	}
	held.Word = "  " + strings.ToUpper(held.Word) + "\n"
	done := e.all.confirm(t, held)
	if done.FinishedAt == nil || done.Results[api.ResultDone] != 1 || done.LosesAll != 1 {
		t.Errorf("confirmed: %+v, want it done, and what was said still there", done)
	}
	e.officer.get(t, api.PathWhoami).wantProblem(t, http.StatusForbidden, api.HeldToken)
	changes := e.entries(t, "act = 'token.hold' AND detail ->> 'certificate' = $1", e.officer.ref.String())
	if len(changes) != 1 || changes[0].User != e.all.user || changes[0].Detail["plan"] != held.ID || changes[0].Detail["note"] != "lost at the gym" || changes[0].Address != custody {
		t.Errorf("the audit of the hold = %+v, want one entry", changes)
	}

	release := e.all.plan(t, api.PlanRequest{Act: "release", Filter: &api.CertificateFilter{User: strings.ToUpper(e.officer.email), Status: "held"}})
	if done := e.all.confirm(t, release); done.Results[api.ResultDone] != 1 {
		t.Errorf("released: %+v", done)
	}
	if got := e.officer.get(t, api.PathWhoami); got.StatusCode != http.StatusOK {
		t.Errorf("after its release: whoami = %d", got.StatusCode)
	}

	since := time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
	revoke := e.all.plan(t, api.PlanRequest{Act: "revoke", Reason: "keyCompromise", InvalidityDate: &since, Serials: []string{e.officer.ref.Serial, e.theirs.ref.Serial}})
	if revoke.Word != "revoke 2" || revoke.LosesAll != 2 {
		t.Errorf("the plan = %+v", revoke)
	}
	revoke.Word = "REVOKE 2"
	if done := e.all.confirm(t, revoke); done.Results[api.ResultDone] != 2 {
		t.Errorf("revoked: %+v", done)
	}
	e.officer.get(t, api.PathWhoami).wantProblem(t, http.StatusForbidden, api.RevokedToken)
	e.all.get(t, at(e.officer.ref)).decode(t, http.StatusOK, &detail)
	var statuses []string
	for _, c := range detail.History {
		statuses = append(statuses, c.Status)
	}
	if diff := cmp.Diff([]string{"held", "active", "revoked"}, statuses); diff != "" || detail.Reason != "keyCompromise" || detail.StatusBy != e.all.email || detail.InvalidityDate == nil {
		t.Errorf("revoked: %+v, history -want +got:\n%s", detail, diff)
	}
	if !slices.Equal(detail.May, []string{"export", "receipt"}) {
		t.Errorf("may = %v", detail.May)
	}
	var plans api.Plans
	e.all.get(t, api.PathPlans).decode(t, http.StatusOK, &plans)
	if len(plans.Plans) != 3 || plans.Plans[0].ID != revoke.ID {
		t.Errorf("plans = %+v, want three, the newest first", plans)
	}
	var own api.OwnTokens
	e.all.get(t, api.PathOwnTokens).decode(t, http.StatusOK, &own)
	if len(own.Tokens) != 1 || own.Tokens[0].Serial != e.all.ref.Serial {
		t.Errorf("own = %+v", own)
	}
	var ends api.Expiries
	e.all.get(t, api.PathExpiries).decode(t, http.StatusOK, &ends)
	if len(ends.Weeks) != 13 || ends.ByKind["person-software"] != 3 || len(ends.Soon) != 3 {
		t.Errorf("expiries = %+v", ends)
	}
	var check api.Check
	e.all.get(t, api.PathCheck).decode(t, http.StatusOK, &check)
	if !slices.ContainsFunc(check.Findings, func(i api.CheckItem) bool { return i.What == "unknown" && i.State == "ok" }) {
		t.Errorf("check = %+v", check)
	}
}

// TestAgencyAdministratorIsConfined: to the users and sites of their agency, in every way that a
// certificate can be named.
func TestAgencyAdministratorIsConfined(t *testing.T) {
	e := newEstate(t)
	site := e.token(t, certs.Site, e.custody, "Custody", "Custody")
	var page api.Certificates
	e.own.get(t, api.PathCertificates+"?sort=holder").decode(t, http.StatusOK, &page)
	var holders []string
	for _, c := range page.Certificates {
		holders = append(holders, c.Holder)
		if c.Agency != "Agency" {
			t.Errorf("%s is shown to another agency", c.Holder)
		}
	}
	want := []string{"custody", e.all.email, e.own.email, e.officer.email}
	slices.Sort(want)
	if diff := cmp.Diff(want, holders); diff != "" || page.Total != 4 {
		t.Errorf("the inventory, -want +got:\n%s", diff)
	}
	for query, total := range map[string]int{"?agency=Agency": 4, "?user=" + e.officer.email: 1, "?site=Custody": 4, "?profile=server": 0, "?q=member": 3} {
		e.own.get(t, api.PathCertificates+query).decode(t, http.StatusOK, &page)
		if page.Total != total {
			t.Errorf("%s finds %d, want %d", query, page.Total, total)
		}
	}
	for query, field := range map[string]string{"?agency=Elsewhere": "agency", "?agency=Nowhere": "agency", "?site=Clinic": "site", "?site=Nowhere": "site",
		"?user=" + e.theirs.email: "user"} {
		if p := e.own.get(t, api.PathCertificates+query).wantProblem(t, http.StatusBadRequest, api.Invalid); p.Errors[0].Field != field {
			t.Errorf("%s: the problem is of %s, want %s", query, p.Errors[0].Field, field)
		}
	}
	served, err := e.node.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	node, err := e.authority.Find(t.Context(), certs.SerialHex(served.Leaf.SerialNumber))
	if err != nil || len(node) != 1 {
		t.Fatal(node, err)
	}
	var shown api.CertificateDetail
	e.all.get(t, at(site.ref)).decode(t, http.StatusOK, &shown)
	if want := []string{"URI:" + shown.Identity}; !slices.Equal(shown.SAN, want) {
		t.Errorf("the names of the site's certificate = %q, want %q", shown.SAN, want)
	}
	e.all.get(t, at(node[0].Ref)).decode(t, http.StatusOK, &shown)
	if diff := cmp.Diff([]string{"DNS:localhost", "IP:127.0.0.1"}, shown.SAN); diff != "" {
		t.Errorf("the names of the node's certificate, -want +got:\n%s", diff)
	}
	for _, ref := range []certs.Ref{e.theirs.ref, e.theirAdmin.ref, node[0].Ref} {
		for _, below := range []string{"", "/export", "/receipt"} {
			e.own.get(t, at(ref)+below).wantProblem(t, http.StatusNotFound, api.NotFound)
		}
	}
	p := e.own.plan(t, api.PlanRequest{Act: "revoke", Serials: []string{e.theirs.ref.Serial, e.theirAdmin.ref.String(), node[0].Ref.Serial, site.ref.Serial}})
	if p.Total != 1 || p.Bad != 3 || !slices.Equal(e.own.items(t, p), []string{"unknown", "unknown", "unknown", "waiting"}) {
		t.Errorf("the plan = %+v", p)
	}
	all := e.own.plan(t, api.PlanRequest{Act: "revoke", Filter: &api.CertificateFilter{}})
	if all.Total != 3 {
		t.Errorf("a plan of everything has %d certificates, want the agency's 4 without the administrator's", all.Total)
	}
	if len(all.Warnings) != 1 || !strings.HasPrefix(all.Warnings[0], "The token that you are using now") {
		t.Errorf("the warnings = %q", all.Warnings)
	}
	e.theirAdmin.get(t, api.PathPlans+"/"+p.ID).wantProblem(t, http.StatusNotFound, api.NotFound)
	colleague := e.member(t, "Agency", "Second", lifecycle.AgencyAdministrator)
	if done := colleague.confirm(t, p); done.Results[api.ResultDone] != 1 || done.By != "Own Admin" {
		t.Errorf("confirmed by a colleague: %+v", done)
	}
	e.own.send(t, api.PathInvitations, api.InviteRequest{Email: e.theirs.email}).wantProblem(t, http.StatusNotFound, api.NotFound)
	e.all.send(t, api.PathInvitations, api.InviteRequest{Email: "nobody@agency.example"}).wantProblem(t, http.StatusNotFound, api.NotFound)
	if got := e.theirs.get(t, api.PathWhoami); got.StatusCode != http.StatusOK {
		t.Errorf("another agency's token: %d", got.StatusCode)
	}
}

// TestHolderIsConfined: to hold and revoke what is their own.
func TestHolderIsConfined(t *testing.T) {
	e := newEstate(t)
	second := e.token(t, certs.User, e.officer.user, e.officer.email, "Ann Officer")
	for name, r := range map[string]api.PlanRequest{
		"another's serial": {Act: "revoke", Serials: []string{e.theirs.ref.Serial, e.all.ref.String()}},
		"another's filter": {Act: "revoke", Filter: &api.CertificateFilter{User: e.theirs.email}},
		"an agency":        {Act: "revoke", Filter: &api.CertificateFilter{Agency: "Elsewhere"}},
	} {
		if p := e.officer.plan(t, r); p.Total != 0 || len(p.Loses) != 0 {
			t.Errorf("%s: the plan = %+v, want nothing in it", name, p)
		} else {
			e.officer.send(t, api.PathPlans+"/"+p.ID+"/confirm", api.ConfirmPlan{Word: p.Word}).wantProblem(t, http.StatusBadRequest, api.Invalid)
		}
	}
	for _, r := range []api.PlanRequest{{Act: "hold", Filter: &api.CertificateFilter{}}, {Act: "hold", Filter: &api.CertificateFilter{Agency: "Agency"}}} {
		if p := e.officer.plan(t, r); p.Total != 2 || p.LosesAll != 1 {
			t.Errorf("a holder's plan of everything = %+v, want their two", p)
		}
	}
	mine := e.officer.plan(t, api.PlanRequest{Act: "hold", Serials: []string{second.ref.Serial}})
	if mine.LosesAll != 0 || len(mine.Warnings) != 0 {
		t.Errorf("to hold one of two = %+v", mine)
	}
	if done := e.officer.confirm(t, mine); done.Results[api.ResultDone] != 1 {
		t.Errorf("held: %+v", done)
	}
	second.get(t, api.PathWhoami).wantProblem(t, http.StatusForbidden, api.HeldToken)
	e.officer.send(t, api.PathPlans, api.PlanRequest{Act: "release", Serials: []string{second.ref.Serial}}).wantProblem(t, http.StatusForbidden, api.NotAllowed)
	e.officer.send(t, api.PathPlans, api.PlanRequest{Act: "hold", Serials: make([]string, 101)}).wantProblem(t, http.StatusBadRequest, api.Invalid)
	e.officer.send(t, api.PathPlans+"/"+mine.ID+"/serials", api.AddSerials{Lines: []api.SerialLine{{Line: 1, Serial: "00"}}}).wantProblem(t, http.StatusForbidden, api.NotAllowed)
	var detail api.CertificateDetail
	e.officer.get(t, at(second.ref)).decode(t, http.StatusOK, &detail)
	if !slices.Equal(detail.May, []string{"revoke", "export", "receipt"}) {
		t.Errorf("a holder may %v with what is on hold", detail.May)
	}
	var plans api.Plans
	e.theirs.get(t, api.PathPlans).decode(t, http.StatusOK, &plans)
	if len(plans.Plans) != 0 {
		t.Errorf("another holder sees %+v", plans)
	}
	// What is confirmed is answered, though it ends the very token that asks.
	own := e.officer.plan(t, api.PlanRequest{Act: "revoke", Reason: "cessationOfOperation", Serials: []string{e.officer.ref.Serial}})
	if len(own.Warnings) != 1 || !strings.HasPrefix(own.Warnings[0], "The token that you are using now") {
		t.Errorf("warnings = %q", own.Warnings)
	}
	if done := e.officer.confirm(t, own); done.Results[api.ResultDone] != 1 {
		t.Errorf("revoked: %+v", done)
	}
	e.officer.c.transport.CloseIdleConnections()
	e.officer.get(t, api.PathWhoami).wantProblem(t, http.StatusForbidden, api.RevokedToken)
}

// TestPlanConfirmedTwiceAtOnce: by two administrators, many times; each certificate changes once.
func TestPlanConfirmedTwiceAtOnce(t *testing.T) {
	e := newEstate(t)
	other := e.member(t, "Agency", "Second", lifecycle.Administrator)
	var serials []string
	for range 8 {
		serials = append(serials, e.enrolled(t, "police_officer", e.custody).ref.Serial)
	}
	p := e.all.plan(t, api.PlanRequest{Act: "revoke", Serials: serials})
	var all sync.WaitGroup
	for n := range 6 {
		all.Go(func() {
			by := []*member{e.all, other}[n%2]
			body := []byte(`{"word":"revoke 8"}`)
			got, err := by.c.try(request(t, "POST", e.urls.Mutual+api.PathPlans+"/"+p.ID+"/confirm", body, "Content-Type", "application/json"))
			if err != nil || got.StatusCode != http.StatusOK {
				t.Errorf("confirm = %d %s, %v", got.StatusCode, got.body, err)
			}
		})
	}
	all.Wait()
	eventually(t, "the plan is finished", func() bool {
		var now api.Plan
		e.all.get(t, api.PathPlans+"/"+p.ID).decode(t, http.StatusOK, &now)
		return now.FinishedAt != nil && now.Results[api.ResultDone] == 8
	})
	if n := len(e.entries(t, "act = 'token.revoke' AND detail ->> 'plan' = $1", p.ID)); n != 8 {
		t.Errorf("the audit has %d revocations, want 8", n)
	}
	e.all.send(t, api.PathPlans+"/"+p.ID+"/serials", api.AddSerials{Lines: []api.SerialLine{{Line: 1, Serial: "00"}}}).wantProblem(t, http.StatusBadRequest, api.Invalid)
}

// TestRoleLostStopsAPlan: what was confirmed in a role that is gone is not done, and somebody
// who has the role can go on.
func TestRoleLostStopsAPlan(t *testing.T) {
	e := newEstate(t)
	// Somebody whom the register knows as an officer, with a principal from before.
	was := authntest.Principal(t, authntest.Facts{
		Identity: identityOf(t, e.officer.user), Name: "Ann Officer", Roles: []string{lifecycle.Administrator}, Agency: "Agency", Certificate: e.officer.ref,
	})
	for name, by := range map[string]authn.Principal{
		"an officer now": was,
		"who has left": authntest.Principal(t, authntest.Facts{
			Identity: identityOf(t, "7b0a3a0e-6a32-4b3c-9a6c-0c8a6a9c2f10"), Name: "Gone", Roles: []string{lifecycle.Administrator}, Agency: "Agency",
		}),
	} {
		t.Run(name, func(t *testing.T) {
			p, err := e.lifecycle.Plan(t.Context(), by, api.PlanRequest{Act: "hold", Serials: []string{e.theirs.ref.Serial}})
			if err != nil {
				t.Fatal(err)
			}
			if p, err = e.lifecycle.Confirm(t.Context(), by, p.ID, p.Word); err != nil || p.Results[api.ResultFailed] != 1 {
				t.Fatalf("Confirm = %+v, %v, want it failed", p, err)
			}
			if got := e.theirs.get(t, api.PathWhoami); got.StatusCode != http.StatusOK {
				t.Errorf("whoami = %d, want nothing done", got.StatusCode)
			}
			if done := e.all.confirm(t, p); done.Results[api.ResultDone] != 1 {
				t.Errorf("confirmed by an administrator: %+v", done)
			}
			if recorded, err := e.authority.GetPlan(t.Context(), p.ID); err != nil || recorded.Confirmed.With != e.all.ref {
				t.Errorf("it was confirmed with %s, %v, want their certificate, %s", recorded.Confirmed.With, err, e.all.ref)
			}
			if _, err := e.lifecycle.Stop(t.Context(), by, p.ID); !errors.Is(err, lifecycle.ErrInvalid) {
				t.Errorf("Stop of a finished plan = %v, want %v", err, lifecycle.ErrInvalid)
			}
			if err := e.authority.Release(t.Context(), e.theirs.ref, "test"); err != nil {
				t.Fatal(err)
			}
		})
	}
	// An agency's administrator now, with a plan of everybody from before: their own are done.
	narrowed := authntest.Principal(t, authntest.Facts{Identity: identityOf(t, e.own.user), Name: "Own Admin", Roles: []string{lifecycle.Administrator}, Agency: "Agency"})
	p, err := e.lifecycle.Plan(t.Context(), narrowed, api.PlanRequest{Act: "hold", Serials: []string{e.theirs.ref.Serial, e.officer.ref.Serial}})
	if err != nil {
		t.Fatal(err)
	}
	if p, err = e.lifecycle.Confirm(t.Context(), narrowed, p.ID, p.Word); err != nil || !slices.Equal(e.all.items(t, p), []string{"not-allowed", "done"}) {
		t.Errorf("Confirm = %+v, %v, %v", p, err, e.all.items(t, p))
	}
}

func identityOf(t *testing.T, id string) certs.Identity {
	t.Helper()
	who, err := certs.NewIdentity(certs.User, id)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// TestPlanRunsInTheBackground: a node goes on with what another confirmed and did not finish.
func TestPlanRunsInTheBackground(t *testing.T) {
	e := newEstate(t)
	p := e.all.plan(t, api.PlanRequest{Act: "hold", Serials: []string{e.officer.ref.Serial, e.theirs.ref.Serial}})
	as, err := json.Marshal(audit.Event{User: e.all.user, UserName: "All Admin", Agency: "Agency", AuthMethod: "certificate"})
	if err != nil {
		t.Fatal(err)
	}
	err = e.authority.ConfirmPlan(t.Context(), p.ID, 2, ca.Confirmation{By: identityOf(t, e.all.user), As: as, Preview: json.RawMessage(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the plan is finished", func() bool {
		var now api.Plan
		e.all.get(t, api.PathPlans+"/"+p.ID).decode(t, http.StatusOK, &now)
		return now.FinishedAt != nil
	})
	if got := e.all.items(t, p); !slices.Equal(got, []string{"done", "done"}) {
		t.Errorf("results = %v", got)
	}
	for _, entry := range e.entries(t, "act = 'token.hold' AND detail ->> 'plan' = $1", p.ID) {
		if entry.User != e.all.user {
			t.Errorf("the audit = %+v, want who confirmed", entry)
		}
	}
}

// TestPlanRequestsRefused: each field that cannot be taken is named.
func TestPlanRequestsRefused(t *testing.T) {
	e := newEstate(t)
	soon, long := time.Now().Add(time.Hour), strings.Repeat("x", 201)
	serials := []string{e.officer.ref.Serial}
	for name, test := range map[string]struct {
		request api.PlanRequest
		field   string
	}{
		"no act":                  {api.PlanRequest{Serials: serials}, "act"},
		"an act of the CA's own":  {api.PlanRequest{Act: "supersede", Serials: serials}, "act"},
		"certificateHold":         {api.PlanRequest{Act: "revoke", Reason: "certificateHold"}, "reason"},
		"an unknown reason":       {api.PlanRequest{Act: "revoke", Reason: "boredom"}, "reason"},
		"a hold with a reason":    {api.PlanRequest{Act: "hold", Reason: "keyCompromise"}, "reason"},
		"a date to come":          {api.PlanRequest{Act: "revoke", InvalidityDate: &soon}, "invalidity_date"},
		"a date with a hold":      {api.PlanRequest{Act: "hold", InvalidityDate: &time.Time{}}, "invalidity_date"},
		"a long note":             {api.PlanRequest{Act: "hold", Note: long}, "note"},
		"a note of two lines":     {api.PlanRequest{Act: "hold", Note: "a\r\nb"}, "note"},
		"serials and a filter":    {api.PlanRequest{Act: "hold", Serials: serials, Filter: &api.CertificateFilter{}}, "filter"},
		"a filter of no status":   {api.PlanRequest{Act: "hold", Filter: &api.CertificateFilter{Status: "dead"}}, "status"},
		"a filter of no profile":  {api.PlanRequest{Act: "hold", Filter: &api.CertificateFilter{Profile: "x"}}, "profile"},
		"a filter that is a line": {api.PlanRequest{Act: "hold", Filter: &api.CertificateFilter{Query: "a\x00"}}, "q"},
	} {
		p := e.all.send(t, api.PathPlans, test.request).wantProblem(t, http.StatusBadRequest, api.Invalid)
		if len(p.Errors) == 0 || p.Errors[0].Field != test.field {
			t.Errorf("%s: errors = %+v, want %s", name, p.Errors, test.field)
		}
	}
	for _, query := range []string{"?status=dead", "?sort=name", "?page=0", "?page=x", "?per_page=201", "?per_page=-1", "?expires_before=yesterday", "?colour=red", "?status=held&status=live", "?q=%00"} {
		e.all.get(t, api.PathCertificates+query).wantProblem(t, http.StatusBadRequest, api.Invalid)
	}
	for _, query := range []string{"", "?format=xml", "?format=csv&status=dead"} {
		e.all.get(t, api.PathInventory+query).wantProblem(t, http.StatusBadRequest, api.Invalid)
	}
	for _, path := range []string{"/people-1/xyz", "/people-1/" + strings.ToUpper(e.officer.ref.Serial), "/people-9/" + e.officer.ref.Serial, "/" + strings.Repeat("p", 100) + "/00"} {
		e.all.get(t, api.PathCertificates+path).wantProblem(t, http.StatusNotFound, api.NotFound)
	}
	for _, id := range []string{"x", "7b0a3a0e-6a32-4b3c-9a6c-0c8a6a9c2f10", strings.ToUpper("7b0a3a0e-6a32-4b3c-9a6c-0c8a6a9c2f10")} {
		e.all.get(t, api.PathPlans+"/"+id).wantProblem(t, http.StatusNotFound, api.NotFound)
	}
}

// TestFilterByNothing: a filter by what is not there, or not the caller's, is refused with what
// there is, on lists, exports and plans alike.
func TestFilterByNothing(t *testing.T) {
	e := newEstate(t)
	for query, want := range map[string]string{
		"issuer=people-7": `is no issuing CA of this service; there is "people-1"`, "agency=Agencie": `is no agency that you administer; there is "Agency"`,
		"site=Nowhere": "is no site that you administer; there is ", "user=nobody@agency.example": "is the address of nobody whom you administer",
	} {
		field, name, _ := strings.Cut(query, "=")
		for _, path := range []string{api.PathCertificates + "?", api.PathInventory + "?format=csv&"} {
			p := e.all.get(t, path+query).wantProblem(t, http.StatusBadRequest, api.Invalid)
			if len(p.Errors) != 1 || p.Errors[0].Field != field || !strings.HasPrefix(p.Errors[0].Detail, want) {
				t.Errorf("%s%s: %+v, want %q", path, query, p.Errors, want)
			}
		}
		var f api.CertificateFilter
		*map[string]*string{"issuer": &f.Issuer, "agency": &f.Agency, "site": &f.Site, "user": &f.User}[field] = name
		e.all.send(t, api.PathPlans, api.PlanRequest{Act: "hold", Filter: &f}).wantProblem(t, http.StatusBadRequest, api.Invalid)
	}
	p := e.own.get(t, api.PathCertificates+"?agency=Elsewhere").wantProblem(t, http.StatusBadRequest, api.Invalid)
	if len(p.Errors) != 1 || !strings.HasSuffix(p.Errors[0].Detail, `there is "Agency"`) {
		t.Errorf("another's agency: %+v, want their own alone", p.Errors)
	}
	for _, query := range []string{"issuer=sites-1", "agency=Elsewhere", "user=" + strings.ToUpper(e.officer.email)} {
		e.all.get(t, api.PathCertificates+"?"+query).decode(t, http.StatusOK, &api.Certificates{})
	}
}

// TestFileOfSerials: lines in requests of their own size, those that name nothing with them.
func TestFileOfSerials(t *testing.T) {
	e := newEstate(t)
	p := e.all.plan(t, api.PlanRequest{Act: "hold"})
	var lines []api.SerialLine
	for n := range 20_000 {
		lines = append(lines, api.SerialLine{Line: n + 1, Serial: fmt.Sprintf("5%031x", n)})
	}
	lines[0].Serial, lines[7].Serial, lines[9].Serial = e.officer.ref.Serial, "not a serial", e.officer.ref.String()
	var after api.Plan
	for range 2 { // the second time changes nothing
		e.all.send(t, api.PathPlans+"/"+p.ID+"/serials", api.AddSerials{Lines: lines}).decode(t, http.StatusOK, &after)
		if after.Total != 1 || after.Bad != 19_998 || after.Results[api.ResultDuplicate] != 1 || after.Results[api.ResultBadLine] != 1 {
			t.Errorf("the plan = %+v", after)
		}
	}
	lines = append(lines, api.SerialLine{Line: 20_001})
	e.all.send(t, api.PathPlans+"/"+p.ID+"/serials", api.AddSerials{Lines: lines}).wantProblem(t, http.StatusBadRequest, api.Invalid)
	for _, line := range []int{0, -1, 1 << 40} {
		e.all.send(t, api.PathPlans+"/"+p.ID+"/serials", api.AddSerials{Lines: []api.SerialLine{{Line: line, Serial: "00"}}}).wantProblem(t, http.StatusBadRequest, api.Invalid)
	}
	for path, size := range map[string]int{api.PathPlans + "/" + p.ID + "/serials": 2<<20 + 1, api.PathPlans: 64<<10 + 1} {
		body := []byte(`{"act":"` + strings.Repeat("x", size) + `"}`)
		e.all.c.do(t, request(t, "POST", e.urls.Mutual+path, body, "Content-Type", "application/json")).wantProblem(t, http.StatusRequestEntityTooLarge, api.Invalid)
	}
	var part api.PlanItems
	e.all.get(t, api.PathPlans+"/"+p.ID+"/items?after=19990&limit=100").decode(t, http.StatusOK, &part)
	if len(part.Items) != 10 || part.Next != 0 {
		t.Errorf("the last items = %d, next %d", len(part.Items), part.Next)
	}
	for _, query := range []string{"?limit=1001", "?after=-1", "?limit=x", "?from=2"} {
		e.all.get(t, api.PathPlans+"/"+p.ID+"/items"+query).wantProblem(t, http.StatusBadRequest, api.Invalid)
	}
}

// TestExportOfTheInventory: as a table whose cells no spreadsheet runs, and as lines; recorded
// with how many it gives.
func TestExportOfTheInventory(t *testing.T) {
	e := newEstate(t)
	got := e.all.get(t, api.PathInventory+"?format=csv&profile=person-software")
	rows, err := csv.NewReader(bytes.NewReader(got.body)).ReadAll()
	if err != nil || len(rows) != 6 || got.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Fatalf("the table has %d rows, %v, %v", len(rows), err, got.Header)
	}
	name := slices.Index(rows[0], "name")
	if !slices.ContainsFunc(rows, func(row []string) bool { return row[name] == "'=1+1" }) {
		t.Errorf("the table = %v, want the formula as text", rows)
	}
	e.audited(t, got, "certificate.export", audit.Allowed)
	var n int
	if err := e.health.QueryRow(t.Context(), `SELECT rows FROM audit.event WHERE request = $1`, got.Header.Get("Request-Id")).Scan(&n); err != nil || n != 5 {
		t.Errorf("the audit has %d rows, %v, want 5", n, err)
	}
	lines := e.own.get(t, api.PathInventory+"?format=json")
	var serials []string
	for in := bufio.NewScanner(bytes.NewReader(lines.body)); in.Scan(); {
		var c api.Certificate
		if err := json.Unmarshal(in.Bytes(), &c); err != nil || c.Agency != "Agency" {
			t.Errorf("line %s: %v", in.Bytes(), err)
		}
		serials = append(serials, c.Serial)
	}
	if want := []string{e.officer.ref.Serial, e.own.ref.Serial, e.all.ref.Serial}; !slices.Equal(serials, want) {
		t.Errorf("the lines have %v, want %v", serials, want)
	}
}

// postbag keeps what was to be sent.
type postbag struct {
	to, command string
	code        ca.Code
	letter      mail.Invitation
	broken      error
}

func (p *postbag) Ready(context.Context) error { return nil }

func (p *postbag) SendInvitation(_ context.Context, i mail.Invitation) error {
	p.to, p.code, p.command, p.letter = i.To, i.Code, i.Command, i
	return p.broken
}

// TestInvitationGoesToItsHolder: the code is sent to the address in the register, is told to
// nobody else, and enrols.
func TestInvitationGoesToItsHolder(t *testing.T) {
	e := newEstate(t)
	box := &postbag{}
	service := lifecycle.New(lifecycle.Options{
		CA: e.authority, Register: e.register, Ledger: e.ledger, Mailer: box, Command: e.enrolCommand, Log: testLog(),
	})
	principal := func(m *member, role, agency string) authn.Principal {
		return authntest.Principal(t, authntest.Facts{Identity: identityOf(t, m.user), Name: "Admin", Roles: []string{role}, Agency: agency})
	}
	sponsored(t, e.world)
	own := principal(e.own, lifecycle.AgencyAdministrator, "Agency")
	const fresh = "fresh.start@agency.example"
	id, err := e.host.AddUser(t.Context(), people.User{Email: fresh, Name: "Fresh Start", Agency: "Agency", Sites: []string{e.custody}, Roles: []string{"police_officer"}}, testEvent)
	if err != nil {
		t.Fatal(err)
	}
	got, err := service.Invite(t.Context(), own, strings.ToUpper(fresh))
	if err != nil || box.to != fresh || got.Email != box.to || got.Order != box.code.ID() || !strings.Contains(box.command, fresh) {
		t.Fatalf("Invite = %+v, %v, and sent to %s: %s", got, err, box.to, box.command)
	}
	first, secret := box.code, strings.ReplaceAll(box.code.Reveal(), "-", "")[9:]
	text, err := json.Marshal(got)
	if err != nil || strings.Contains(strings.ReplaceAll(string(text), "-", ""), secret) {
		t.Errorf("the administrator is told %s, %v", text, err)
	}
	if len(e.entries(t, "act = 'token.invite' AND detail ->> 'order' = $1 AND detail::text NOT LIKE '%' || $2 || '%'", got.Order, secret)) != 1 {
		t.Error("the invitation is not in the audit, or with its secret")
	}
	box.broken = fmt.Errorf("no mail server")
	if _, err := service.Invite(t.Context(), own, fresh); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("Invite without a mail server = %v", err)
	}
	box.broken = nil
	if _, err := service.Invite(t.Context(), own, fresh); err != nil {
		t.Fatal(err)
	}
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	csr, err := certs.NewRequest(key)
	if err != nil {
		t.Fatal(err)
	}
	for code, status := range map[string]int{first.Reveal(): http.StatusForbidden, box.code.Reveal(): http.StatusCreated} { // the last one's is good
		r := api.EnrolRequest{Email: fresh, Code: code, CSR: string(certs.EncodeRequest(csr))}
		if got := e.client(t, custody).post(t, e.urls.Public+api.PathEnrol, r); got.StatusCode != status {
			t.Errorf("enrol = %d, want %d", got.StatusCode, status)
		}
	}
	if _, err := e.ownerOf(t).Exec(t.Context(), `UPDATE access.user_account SET left_at = now() WHERE id = $1`, id); err != nil {
		t.Fatal(err)
	}
	for email, want := range map[string]error{
		fresh: lifecycle.ErrUnknown, e.theirs.email: lifecycle.ErrUnknown, "nobody@agency.example": lifecycle.ErrUnknown,
		"": lifecycle.ErrInvalid, "a\r\nBcc: b@example.org": lifecycle.ErrInvalid, strings.Repeat("a", 255): lifecycle.ErrInvalid,
	} {
		if _, err := service.Invite(t.Context(), own, email); !errors.Is(err, want) {
			t.Errorf("Invite(%.30q) = %v, want %v", email, err, want)
		}
	}
	if _, err := service.Invite(t.Context(), principal(e.theirs, "clinician", "Elsewhere"), e.theirs.email); !errors.Is(err, lifecycle.ErrNotAllowed) {
		t.Errorf("Invite by a clinician = %v, want %v", err, lifecycle.ErrNotAllowed)
	}
}

// TestCheckFindsUnknown: a certificate that our key signed and nobody issued is a fault for a
// week, and says which.
func TestCheckFindsUnknown(t *testing.T) {
	e := newEstate(t)
	forged := e.forged(t, nil)
	e.client(t, custody, forged.tls).get(t, e.urls.Mutual+api.PathWhoami).wantProblem(t, http.StatusUnauthorized, api.UnknownToken)
	var check api.Check
	e.all.get(t, api.PathCheck).decode(t, http.StatusOK, &check)
	for _, i := range check.Findings {
		if i.What == "unknown" && (i.State != "fault" || !strings.Contains(i.Says, forged.ref.String()) || i.Do == "") {
			t.Errorf("the finding = %+v", i)
		}
	}
}

// TestDestroyedToken: the key of a dead token says that it was wiped, and nobody else.
func TestDestroyedToken(t *testing.T) {
	e := newEstate(t)
	alive := e.theirs
	if err := e.authority.Revoke(t.Context(), e.officer.ref, ca.Unspecified, "test"); err != nil {
		t.Fatal(err)
	}
	tell := func(of *member, by crypto.PrivateKey, at time.Time) reply {
		t.Helper()
		signature, err := certs.SignDestruction(by.(crypto.Signer), of.tls.Leaf, at)
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(api.Destroyed{Certificate: string(certs.EncodeCertificates(of.tls.Leaf)), At: at, Signature: signature})
		if err != nil {
			t.Fatal(err)
		}
		got := e.client(t, custody).do(t, request(t, "POST", e.urls.Public+api.PathDestroyed, body, "Content-Type", "application/json"))
		e.d.check(t, got, body)
		return got
	}
	now := time.Now().UTC().Truncate(time.Second)
	forged := e.forged(t, nil)
	for name, got := range map[string]reply{
		"another's key":       tell(e.officer, alive.tls.PrivateKey, now),
		"a token in use":      tell(alive, alive.tls.PrivateKey, now),
		"nobody's":            tell(&member{token: forged}, forged.tls.PrivateKey, now),
		"a time before it":    tell(e.officer, e.officer.tls.PrivateKey, now.AddDate(-1, 0, 0)),
		"a time long to come": tell(e.officer, e.officer.tls.PrivateKey, now.AddDate(1, 0, 0)),
	} {
		p := got.wantProblem(t, http.StatusForbidden, api.DestructionRefused)
		e.audited(t, got, "token.destroy", audit.Refused)
		if p.Detail == "" {
			t.Errorf("%s: %+v", name, p)
		}
	}
	for n := range 2 {
		var noted api.DestructionNoted
		got := tell(e.officer, e.officer.tls.PrivateKey, now.Add(time.Duration(-n)*time.Second))
		if got.decode(t, http.StatusOK, &noted); noted.Serial != e.officer.ref.Serial || !noted.At.Equal(now) {
			t.Errorf("noted %+v, want %s", noted, now)
		}
		e.audited(t, got, "token.destroy", audit.Allowed)
	}
	var detail api.CertificateDetail
	e.all.get(t, at(e.officer.ref)).decode(t, http.StatusOK, &detail)
	if detail.DestroyedAt == nil || !detail.DestroyedAt.Equal(now) {
		t.Errorf("the inventory says %v", detail.DestroyedAt)
	}
}
