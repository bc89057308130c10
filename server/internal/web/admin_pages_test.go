package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/admin/plan"
	"mais/server/internal/web/page/pagetest"
)

// credentials is a lifecycle with what a test gives it. It keeps what it was asked.
type credentials struct {
	Credentials
	of       map[string]string // by role
	list     []api.Certificate
	plan     api.Plan
	items    []api.PlanItem
	planErr  error
	check    error
	checks   int   // how often LastCheck was asked
	err      error // of every method that acts
	filter   api.CertificateFilter
	request  api.PlanRequest
	lines    []api.SerialLine
	word     string
	invited  string
	asked    int
	jws      string
	plansToo []api.Plan
	stopped  string
	number   int64 // of the change whose receipt was asked for

	quarantines []api.Quarantine
	approved    int64
}

func (f *credentials) Stop(_ context.Context, p authn.Principal, id string) (api.Plan, error) {
	f.stopped = id
	return f.plan, f.may(p)
}

func (f *credentials) Quarantines(_ context.Context, p authn.Principal) ([]api.Quarantine, error) {
	if f.Administers(p) != everything {
		return nil, lifecycle.ErrNotAllowed
	}
	return slices.Clone(f.quarantines), f.err
}

func (f *credentials) Quarantine(ctx context.Context, p authn.Principal, id int64) (api.Quarantine, error) {
	all, err := f.Quarantines(ctx, p)
	for _, q := range all {
		if q.ID == id {
			return q, nil
		}
	}
	return api.Quarantine{}, errors.Join(err, lifecycle.ErrUnknown)
}

func (f *credentials) ApproveQuarantine(ctx context.Context, p authn.Principal, id int64) (api.Quarantine, error) {
	q, err := f.Quarantine(ctx, p, id)
	if err == nil {
		f.approved = id
	}
	return q, err
}

func (f *credentials) Administers(p authn.Principal) string {
	for _, role := range p.Roles() {
		if of := f.of[role]; of != "" {
			return of
		}
	}
	return ""
}

func (f *credentials) may(p authn.Principal) error {
	if f.Administers(p) == "" {
		return lifecycle.ErrNotAllowed
	}
	return f.err
}

func (f *credentials) Certificates(_ context.Context, p authn.Principal, filter api.CertificateFilter) (api.Certificates, error) {
	f.filter = filter
	return api.Certificates{Total: len(f.list), Certificates: f.list[:min(len(f.list), max(1, filter.PerPage))]}, f.may(p)
}

func (f *credentials) EachCertificate(_ context.Context, p authn.Principal, filter api.CertificateFilter, give func(api.Certificate) error) error {
	if err := f.may(p); err != nil {
		return err
	}
	f.filter = filter
	for _, c := range f.list {
		if err := give(c); err != nil {
			return err
		}
	}
	return nil
}

func (f *credentials) Certificate(_ context.Context, p authn.Principal, ref certs.Ref) (api.CertificateDetail, error) {
	if err := f.may(p); err != nil {
		return api.CertificateDetail{}, err
	}
	for _, c := range f.list {
		if c.Issuer == ref.Issuer && c.Serial == ref.Serial {
			return api.CertificateDetail{Certificate: c, PEM: "PEM", History: []api.StatusChange{{Number: 9, Status: c.Status, By: c.StatusBy}}, May: []string{"hold", "revoke", "receipt", "export"}}, nil
		}
	}
	return api.CertificateDetail{}, lifecycle.ErrUnknown
}

func (f *credentials) Receipt(_ context.Context, p authn.Principal, _ certs.Ref, number int64) (string, error) {
	f.number = number
	return f.jws, f.may(p)
}

func (f *credentials) Expiries(_ context.Context, p authn.Principal) (api.Expiries, error) {
	return api.Expiries{Days7: 3, ByKind: map[string]int{"site": 5}, Weeks: make([]api.ExpiryWeek, 13)}, f.may(p)
}

func (f *credentials) Check(context.Context, authn.Principal) (api.Check, error) {
	return api.Check{Findings: []api.CheckItem{{What: "chain", State: "fault", Says: "The chain is broken"}}}, f.check
}

func (f *credentials) LastCheck(ctx context.Context, p authn.Principal) (api.Check, error) {
	f.checks++
	if _, bounded := ctx.Deadline(); !bounded {
		return api.Check{}, errors.New("the overview waits for ever")
	}
	return f.Check(ctx, p)
}

func (f *credentials) PlanSize(_ context.Context, _ authn.Principal, id string) (int, error) {
	if id != f.plan.ID {
		return 0, lifecycle.ErrUnknown
	}
	return len(f.items), nil
}

func (f *credentials) Plan(_ context.Context, _ authn.Principal, r api.PlanRequest) (api.Plan, error) {
	f.request = r
	return f.plan, f.planErr
}

func (f *credentials) AddSerials(_ context.Context, _ authn.Principal, _ string, lines []api.SerialLine) (api.Plan, error) {
	f.lines = lines
	return f.plan, f.err
}

func (f *credentials) Plans(_ context.Context, p authn.Principal) ([]api.Plan, error) {
	return f.plansToo, f.may(p)
}

func (f *credentials) PlanOf(_ context.Context, _ authn.Principal, id string) (api.Plan, error) {
	if id != f.plan.ID {
		return api.Plan{}, lifecycle.ErrUnknown
	}
	return f.plan, nil
}

func (f *credentials) PlanItems(_ context.Context, _ authn.Principal, id string, after, limit int) (api.PlanItems, error) {
	if id != f.plan.ID {
		return api.PlanItems{}, lifecycle.ErrUnknown
	}
	f.asked++
	part := f.items[min(after, len(f.items)):min(after+limit, len(f.items))]
	found := api.PlanItems{Items: part}
	if after+limit < len(f.items) {
		found.Next = after + limit
	}
	return found, nil
}

func (f *credentials) Confirm(_ context.Context, _ authn.Principal, _, word string) (api.Plan, error) {
	if f.word = word; word != f.plan.Word {
		return api.Plan{}, lifecycle.ErrWord
	}
	return f.plan, f.err
}

func (f *credentials) Invite(_ context.Context, _ authn.Principal, email string) (api.Invited, error) {
	f.invited = email
	return api.Invited{Email: email}, f.err
}

func (f *credentials) Own(context.Context, authn.Principal) ([]api.Certificate, error) {
	return f.list, f.err
}

// bureau is a site with a lifecycle that administrators and those of an agency may use.
func bureau(f *credentials) *Site {
	s := testSite(records{})
	f.of = map[string]string{"administrator": "all", "agency_administrator": "Northshire Police"}
	s.opts.Credentials, s.opts.Tasks, s.opts.Usage = f, waits{}, &uses{}
	return s
}

// visit makes a request of a user with roles, with whose token is people-1/aa.
func visit(t *testing.T, s *Site, r *http.Request, role string, h handler, params ...string) (answer, error) {
	t.Helper()
	id, err := certs.NewIdentity(certs.User, "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01")
	if err != nil {
		t.Fatal(err)
	}
	who := authntest.Principal(t, authntest.Facts{Identity: id, Name: hostile, Agency: hostile, Roles: []string{role}, Session: "session",
		Certificate: certs.Ref{Issuer: "people-1", Serial: "aa"}, NotAfter: time.Now().AddDate(1, 0, 0)})
	return h(t.Context(), callBy(s, who, r, params...))
}

func get(path string) *http.Request { return httptest.NewRequest("GET", path, nil) }

func some(serials ...string) (list []api.Certificate) {
	for _, s := range serials {
		c := admintest.Certificate(s)
		c.Name = hostile
		list = append(list, c)
	}
	return list
}

// jws is a receipt with a signature that nobody checks here.
func jws(t *testing.T, says api.Receipt) string {
	t.Helper()
	payload, err := json.Marshal(says)
	if err != nil {
		t.Fatal(err)
	}
	return "e30." + base64.RawURLEncoding.EncodeToString(payload) + ".c2ln"
}

// administration are the pages for administrators.
func administration(t *testing.T) (s *Site, pages map[string]func(role string) (answer, error)) {
	t.Helper()
	f := &credentials{list: some("aa", "bb"), plan: admintest.Plan(), jws: jws(t, api.Receipt{Status: "held", CommittedAt: time.Now(), Nodes: []api.ReceiptNode{{Node: "one"}}})}
	f.plan.ID = "7"
	s = bureau(f)
	on := func(path string, h handler, params ...string) func(string) (answer, error) {
		return func(role string) (answer, error) { return visit(t, s, get(path), role, h, params...) }
	}
	send := func(path, body string, h handler, params ...string) func(string) (answer, error) {
		return func(role string) (answer, error) { return visit(t, s, post(path, body), role, h, params...) }
	}
	one := []string{"issuer", "people-1", "serial", "bb"}
	return s, map[string]func(string) (answer, error){
		"overview": on("/admin", overviewPage), "list": on("/admin/certificates", certificatesPage), "expiries": on("/admin/expiries", expiriesPage),
		"plans": on("/admin/plans", plansPage), "invite": on("/admin/invite", inviteForm), "one": on("/", certificatePage, one...),
		"pem": on("/", exportCertificate, one...), "receipt": on("/", receiptPage, one...), "jws": on("/", receipt, one...),
		"csv": on("/", exportCertificates, "format", "csv"), "json": on("/", exportCertificates, "format", "json"),
		"new": on("/admin/plans/new?act=hold", forAll.blank), "plan": on("/admin/plans/7", forAll.show, "id", "7"), "results": on("/", forAll.results, "id", "7"),
		"find": send("/", "status=held", findCertificates), "select": send("/", "act=hold&pick=people-1%2Fbb", chooseCertificates),
		"prepare": send("/", "act=hold&serial=people-1%2Fbb", forAll.prepare), "confirm": send("/", "word=revoke+3", forAll.confirm, "id", "7"),
		"stop?": on("/", stopForm, "id", "7"), "stop": send("/", "", stopHere, "id", "7"),
	}
}

// TestAdministration: administrators and those of an agency see every page of it, and nobody
// else sees any.
func TestAdministration(t *testing.T) {
	_, pages := administration(t)
	for name, ask := range pages {
		for _, role := range []string{"administrator", "agency_administrator"} {
			out, err := ask(role)
			if err != nil || out.status >= http.StatusBadRequest {
				t.Errorf("%s for %s = %d, %v", name, role, out.status, err)
				continue
			}
			if !strings.HasPrefix(out.kind, "text/html") {
				continue
			}
			doc := pagetest.Parse(t, out.body)
			if body := pagetest.ByTag(doc, "body")[0]; !strings.Contains(pagetest.Attr(body, "class"), "mais-app--admin") || !strings.Contains(pagetest.Text(doc), "Administration") {
				t.Errorf("%s is not in the look of the administration", name)
			}
			if title := pagetest.Text(pagetest.ByTag(doc, "title")[0]); strings.Contains(strings.TrimSuffix(title, "MAIS "+hostile), "script") {
				t.Errorf("%s names somebody in its title: %q", name, title)
			}
			if n := len(pagetest.ByTag(doc, "script")); n != 2 {
				t.Errorf("%s has %d scripts, want ours", name, n)
			}
		}
		for _, role := range []string{"police_officer", "governance_officer", "clinician", ""} {
			if out, err := ask(role); problemOf(err).Status != http.StatusForbidden || len(out.body) > 0 {
				t.Errorf("%s for %q = %d, %v, want a refusal", name, role, out.status, err)
			}
		}
	}
}

// TestOverview: who administers one agency is told which, and the check is not theirs.
func TestOverview(t *testing.T) {
	late := time.Now()
	f := &credentials{list: some("aa"), plansToo: []api.Plan{{ConfirmedAt: &late}, {}}}
	out, err := visit(t, bureau(f), get("/admin"), "administrator", overviewPage)
	shows(t, out, err, http.StatusOK, "every user", "The chain is broken", "1 plan not finished", "1 on hold", "5 good certificates", "1 change waits for your approval")
	f.check = lifecycle.ErrNotAllowed
	out, err = visit(t, bureau(f), get("/admin"), "agency_administrator", overviewPage)
	if text := shows(t, out, err, http.StatusOK, "Northshire Police"); strings.Contains(text, "The chain is broken") {
		t.Error("the service's check is shown to an agency")
	}
	f.check = errors.New("no database")
	out, err = visit(t, bureau(f), get("/admin"), "administrator", overviewPage)
	if text := shows(t, out, err, http.StatusOK, "could not be checked just now", "1 plan not finished"); strings.Contains(text, "In order") {
		t.Error("a check that failed is shown as one")
	}
	if f.checks != 3 {
		t.Errorf("three overviews asked for %d checks that may be a minute old", f.checks)
	}
}

func TestList(t *testing.T) {
	f := &credentials{list: some("aa", "bb")}
	out, err := visit(t, bureau(f), get("/admin/certificates?status=held&sort=-expires&page=2&agency=N"), "administrator", certificatesPage)
	shows(t, out, err, http.StatusOK, "2 certificates", hostile)
	if diff := cmp.Diff(api.CertificateFilter{Status: "held", Agency: "N", Sort: "-expires", Page: 2, PerPage: 25}, f.filter); diff != "" {
		t.Errorf("filter (-want +got):\n%s", diff)
	}
	out, err = visit(t, bureau(f), get("/admin/certificates?find=of-another-session"), "administrator", certificatesPage)
	shows(t, out, err, http.StatusNotFound, "That search is no longer open")
	for _, path := range []string{"?status=odd", "?q=Whitlock", "?page=0", "?sort=name"} {
		if _, err := visit(t, bureau(f), get("/admin/certificates"+path), "administrator", certificatesPage); problemOf(err).Status != http.StatusNotFound {
			t.Errorf("%s: %v, want nothing there", path, err)
		}
	}
	out, err = visit(t, bureau(f), post("/", "q=&status=held&before=31&before-month=3&before-year=2027"), "administrator", findCertificates)
	goes(t, out, err, "/admin/certificates?before=2027-03-31&status=held")
	out, err = visit(t, bureau(f), post("/", "before=31&before-month=2&before-year=2027&q="+url.QueryEscape(hostile)), "administrator", findCertificates)
	shows(t, out, err, http.StatusUnprocessableEntity, "Enter a real date")
}

// TestListOfNothing: a search by an issuer or an agency that is not there says so at the field,
// with what there is.
func TestListOfNothing(t *testing.T) {
	f := &credentials{err: &lifecycle.InvalidError{Fields: []api.FieldError{{Field: "issuer", Detail: `is no issuing CA of this service; there is "people-1"`}}}}
	out, err := visit(t, bureau(f), get("/admin/certificates?issuer=people-7"), "administrator", certificatesPage)
	shows(t, out, err, http.StatusUnprocessableEntity, `What you typed is no issuing CA of this service; there is "people-1"`)
}

// TestSelect: what was ticked goes to the form, by number or all of it, and nothing is a fault.
func TestSelect(t *testing.T) {
	f := &credentials{list: some("aa", "bb")}
	for body, want := range map[string]string{
		"act=hold&pick=people-1%2Faa&pick=people-1%2Fbb":             "/admin/plans/new?act=hold&serial=people-1%2Faa&serial=people-1%2Fbb",
		"act=revoke&all=yes&filter=status%3Dheld&pick=people-1%2Faa": "/admin/plans/new?act=revoke&filter=sort%3D-issued%26status%3Dheld",
		"act=release&all=yes&filter=":                                "/admin/plans/new?act=release&filter=sort%3D-issued",
	} {
		out, err := visit(t, bureau(f), post("/", body), "administrator", chooseCertificates)
		goes(t, out, err, want)
	}
	out, err := visit(t, bureau(f), post("/", "act=hold&filter="), "administrator", chooseCertificates)
	shows(t, out, err, http.StatusUnprocessableEntity, "Tick the certificates first", hostile)
	for _, body := range []string{"act=destroy&pick=a", "act=hold&pick=a&filter=status%3Dodd", "act=hold&filter=%25zz", "act=hold&act=hold&pick=a", "act=hold&pick=%ff",
		"act=hold" + strings.Repeat("&pick=a", plan.MostSerials+1)} {
		if _, err := visit(t, bureau(f), post("/", body), "administrator", chooseCertificates); err == nil || problemOf(err).Status/100 != 4 {
			t.Errorf("select %.60q: %v, want a refusal", body, err)
		}
	}
}

// TestPrepare: the plan has what the form had, with the filter frozen into it or the lines
// added to it.
func TestPrepare(t *testing.T) {
	f := &credentials{list: some("aa", "bb"), plan: api.Plan{ID: "7"}}
	form := url.Values{"act": {"revoke"}, "reason": {"keyCompromise"}, "note": {"rang"}, "serial": {"people-1/aa", "people-1/bb"}}
	out, err := visit(t, bureau(f), post("/", form.Encode()), "administrator", forAll.prepare)
	goes(t, out, err, "/admin/plans/7")
	if diff := cmp.Diff(api.PlanRequest{Act: "revoke", Reason: "keyCompromise", Note: "rang", Serials: []string{"people-1/aa", "people-1/bb"}}, f.request); diff != "" {
		t.Errorf("the plan (-want +got):\n%s", diff)
	}
	out, err = visit(t, bureau(f), post("/", url.Values{"act": {"hold"}, "filter": {"sort=-issued&status=live"}}.Encode()), "administrator", forAll.prepare)
	goes(t, out, err, "/admin/plans/7")
	if diff := cmp.Diff(api.PlanRequest{Act: "hold", Filter: &api.CertificateFilter{Status: "live"}}, f.request); diff != "" {
		t.Errorf("the plan (-want +got):\n%s", diff)
	}
	out, err = visit(t, bureau(f), post("/", url.Values{"act": {"release"}, "serials": {"aa\r\n\r\n<bad>"}}.Encode()), "administrator", forAll.prepare)
	goes(t, out, err, "/admin/plans/7")
	if diff := cmp.Diff([]api.SerialLine{{Line: 1, Serial: "aa"}, {Line: 3, Serial: "<bad>"}}, f.lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	for body, want := range map[string]string{
		"act=hold": "Enter at least one serial number", "act=revoke&serial=people-1%2Faa": "Choose why",
		"act=revoke&serial=people-1%2Faa&serial=x&reason=superseded&since=1&since-month=1&since-year=2026": "belongs to a lost or stolen key only",
	} {
		f.request = api.PlanRequest{}
		out, err := visit(t, bureau(f), post("/", body), "administrator", forAll.prepare)
		shows(t, out, err, http.StatusUnprocessableEntity, want)
		if f.request.Act != "" {
			t.Errorf("%s: a plan was made", body)
		}
	}
	f.planErr = lifecycle.ErrInvalid
	out, err = visit(t, bureau(f), post("/", "act=hold&serial=people-1%2Faa"), "administrator", forAll.prepare)
	shows(t, out, err, http.StatusUnprocessableEntity, "That cannot be planned")
	f.planErr = &lifecycle.InvalidError{Fields: []api.FieldError{{Field: "note", Detail: "is too odd"}}}
	out, err = visit(t, bureau(f), post("/", "act=hold&serial=people-1%2Faa"), "administrator", forAll.prepare)
	shows(t, out, err, http.StatusUnprocessableEntity, "This is too odd")
}

// TestPrepareOwn: a holder plans one certificate at a time, and no release.
func TestPrepareOwn(t *testing.T) {
	f := &credentials{list: some("aa"), plan: api.Plan{ID: "7"}}
	out, err := visit(t, bureau(f), post("/", "act=hold&serial=people-1%2Faa"), "police_officer", forOwn.prepare)
	goes(t, out, err, "/tokens/plans/7")
	out, err = visit(t, bureau(f), get("/tokens/plans/new?act=revoke&serial=people-1%2Faa"), "police_officer", forOwn.blank)
	text := shows(t, out, err, http.StatusOK, "This is the token that you are using now", hostile)
	if strings.Contains(text, "Administration") {
		t.Error("a holder's page is in the look of the administration")
	}
	for _, body := range []string{"act=release&serial=a", "act=hold&serial=a&serial=b", "act=hold&filter=status%3Dlive", "act=hold&serials=aa", "act=hold", "act=destroy&serial=a"} {
		f.request = api.PlanRequest{}
		_, err := visit(t, bureau(f), post("/", body), "police_officer", forOwn.prepare)
		if problemOf(err).Status != http.StatusNotFound && body != "act=release&serial=a" || f.request.Act != "" && body != "act=release&serial=a" {
			t.Errorf("a holder's %s: %v, planned %+v", body, err, f.request)
		}
	}
	f.planErr = lifecycle.ErrUnknown
	if _, err := visit(t, bureau(f), post("/", "act=hold&serial=people-1%2Fzz"), "police_officer", forOwn.prepare); problemOf(err).Status != http.StatusNotFound {
		t.Errorf("another's certificate: %v, want nothing there", err)
	}
}

// TestConfirm: a wrong word does nothing and stays to be mended; the right one leads to the
// progress, which may be the end of the caller's own token.
func TestConfirm(t *testing.T) {
	f := &credentials{plan: admintest.Plan()}
	f.plan.ID = "7"
	f.items = []api.PlanItem{{N: 1, Issuer: "people-1", Serial: "aa", Holder: hostile, Result: api.ResultWaiting}}
	out, err := visit(t, bureau(f), post("/", "word=revoke"), "administrator", forAll.confirm, "id", "7")
	shows(t, out, err, http.StatusUnprocessableEntity, "nothing was done", hostile)
	out, err = visit(t, bureau(f), post("/", "word="+strings.Repeat("x", 101)), "administrator", forAll.confirm, "id", "7")
	shows(t, out, err, http.StatusUnprocessableEntity, "nothing was done")
	out, err = visit(t, bureau(f), post("/", "word=+revoke+3+"), "administrator", forAll.confirm, "id", "7")
	goes(t, out, err, "/admin/plans/7")
	if f.word != "revoke 3" || !out.settled {
		t.Errorf("confirmed with %q, settled %v", f.word, out.settled)
	}
	for _, id := range []string{"8", "", "new"} {
		if _, err := visit(t, bureau(f), get("/"), "administrator", forAll.show, "id", id); problemOf(err).Status != http.StatusNotFound {
			t.Errorf("plan %q: %v, want nothing there", id, err)
		}
	}
}

// TestProgress: a page of a plan under way asks again by itself, until it has done so for long
// or is told to stop: each time is a use of the session.
func TestProgress(t *testing.T) {
	for _, tt := range []struct {
		began time.Duration
		path  string
		asks  bool
	}{{time.Second, "/admin/plans/7", true}, {time.Second, "/admin/plans/7?still=1", false}, {time.Hour, "/admin/plans/7", false}} {
		f := &credentials{plan: admintest.Plan()}
		confirmed := time.Now().Add(-tt.began)
		f.plan.ID, f.plan.ConfirmedAt = "7", &confirmed
		out, err := visit(t, bureau(f), get(tt.path), "administrator", forAll.show, "id", "7")
		text := shows(t, out, err, http.StatusOK, "0 of 3 certificates so far")
		if asks := strings.Contains(text, "Stop that"); asks != tt.asks {
			t.Errorf("%s after %v asks again: %v, want %v", tt.path, tt.began, asks, tt.asks)
		}
		if reload := pagetest.Attr(pagetest.ByTag(pagetest.Parse(t, out.body), "body")[0], "data-reload-in"); (reload != "") != tt.asks {
			t.Errorf("%s after %v: reload in %q", tt.path, tt.began, reload)
		}
	}
}

// TestItems: the items of a page, one after another or those of a result alone; none is left
// out between pages, and none comes twice.
func TestItems(t *testing.T) {
	f := &credentials{plan: admintest.Plan()}
	f.plan.ID = "7"
	for n := range 2345 {
		i := api.PlanItem{N: n + 1, Issuer: "people-1", Serial: fmt.Sprint(n), Result: api.ResultDone}
		if n%20 == 7 {
			i.Result = api.ResultFailed
		}
		f.items = append(f.items, i)
	}
	c := callBy(bureau(f), authn.Principal{}, get("/"))
	for only, want := range map[string]int{"": 2345, api.ResultFailed: 117, api.ResultBadLine: 0} {
		var seen []int
		for after, pages := 0, 0; ; pages++ {
			items, next, err := c.items(t.Context(), "7", after, only)
			if err != nil || len(items) > plan.PerPage || pages > 100 {
				t.Fatalf("items(%d, %q) = %d, %d, %v", after, only, len(items), next, err)
			}
			for _, i := range items {
				seen = append(seen, i.N)
			}
			if after = next; next == 0 {
				break
			}
		}
		if unique := slices.Compact(slices.Clone(seen)); len(seen) != want || len(unique) != want {
			t.Errorf("%q: %d items, %d of them different, want %d", only, len(seen), len(unique), want)
		}
	}
	for _, path := range []string{"/?only=odd", "/?after=x", "/?after=-1"} {
		if _, err := visit(t, bureau(f), get(path), "administrator", forAll.show, "id", "7"); problemOf(err).Status != http.StatusNotFound {
			t.Errorf("%s: %v, want nothing there", path, err)
		}
	}
}

// TestCSV: a table that a spreadsheet takes for text, whatever stands in it.
func TestCSV(t *testing.T) {
	f := &credentials{plan: admintest.Plan(), items: []api.PlanItem{{N: 1, Line: 3, Text: `=HYPERLINK("x")`, Result: api.ResultBadLine}, {N: 2, Holder: "@cmd", Serial: "aa", Result: "done"}}}
	f.plan.ID = "7"
	out, err := visit(t, bureau(f), get("/"), "administrator", forAll.results, "id", "7")
	want := "n,line,text,issuer,serial,holder,status,result,detail,at\n1,3,\"'=HYPERLINK(\"\"x\"\")\",,,,,bad-line,,\n2,,,,aa,'@cmd,,done,,\n"
	if got := streamOf(t, out, err); got != want || out.kind != "text/csv; charset=utf-8" {
		t.Errorf("results = %q, want %q", got, want)
	}
	c := callBy(bureau(f), authn.Principal{}, get("/"), "id", "7")
	out, err = forOwn.results(t.Context(), c)
	f.items = append(f.items, api.PlanItem{N: 3, Serial: "bb"}) // after its event
	if got := streamOf(t, out, err); got != want || c.event.Rows != 2 || c.event.Detail["plan"] != "7" {
		t.Errorf("results = %q with the event %+v, want %q and 2 rows", got, c.event, want)
	}
	if _, err := forOwn.results(t.Context(), callBy(bureau(f), authn.Principal{}, get("/"), "id", "8")); !errors.Is(err, lifecycle.ErrUnknown) {
		t.Errorf("results of no plan = %v", err)
	}
	f.list = some("aa")
	f.list[0].Name, f.list[0].DNSNames = "+1+1", []string{"a", "b"}
	out, err = visit(t, bureau(f), get("/?status=held"), "administrator", exportCertificates, "format", "csv")
	if lines := strings.Split(streamOf(t, out, err), "\n"); len(lines) != 3 || !strings.Contains(lines[1], ",'+1+1,") || !strings.Contains(lines[1], ",a b,") {
		t.Errorf("inventory = %q", lines)
	}
	if f.filter.Status != "held" {
		t.Errorf("filter = %+v", f.filter)
	}
	out, err = visit(t, bureau(f), get("/"), "administrator", exportCertificates, "format", "json")
	var back api.Certificate
	if text := streamOf(t, out, err); json.Unmarshal([]byte(text), &back) != nil || back.Serial != "aa" {
		t.Errorf("inventory = %q", text)
	}
	if _, err := visit(t, bureau(f), get("/"), "administrator", exportCertificates, "format", "xml"); problemOf(err).Status != http.StatusBadRequest {
		t.Errorf("as xml: %v, want a refusal", err)
	}
}

// wary holds for as many looks as there are left, and is otherwise a site's authentication.
type wary struct {
	Authentication
	left int
}

func (w *wary) Recheck(context.Context, authn.Principal, int64, int64) error {
	if w.left--; w.left < 0 {
		return &authn.Refusal{Kind: authn.Revoked}
	}
	return nil
}

// TestStreamEnds: an export goes no further than the part at which its caller's token or role
// is gone, and ends as what broke off.
func TestStreamEnds(t *testing.T) {
	f := &credentials{}
	for range 5000 {
		f.list = append(f.list, admintest.Certificate("aa"))
	}
	s := bureau(f)
	for looks, whole := range map[int]bool{0: false, 1: false, 2: false, 1000: true} {
		s.opts.Authn = &wary{left: looks}
		out, err := visit(t, s, get("/"), "administrator", exportCertificates, "format", "csv")
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		err = s.streamed(t.Context(), w, callBy(s, authn.Principal{}, get("/")), out)
		if (err == nil) != whole || !whole && (authn.KindOf(err) != authn.Revoked || w.Body.Len() > looks*streamPart) || whole && strings.Count(w.Body.String(), "\n") != 5001 {
			t.Errorf("after %d looks: %d bytes left, %v", looks, w.Body.Len(), err)
		}
	}
}

// streamOf is all that an answer writes.
func streamOf(t *testing.T, out answer, err error) string {
	t.Helper()
	if err != nil || out.stream == nil {
		t.Fatalf("the answer is %d with %v and no stream", out.status, err)
	}
	var b strings.Builder
	if err := out.stream(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestOneCertificate(t *testing.T) {
	s, _ := administration(t)
	out, err := visit(t, s, get("/"), "administrator", certificatePage, "issuer", "people-1", "serial", "aa")
	shows(t, out, err, http.StatusOK, "This is the one you are using now", hostile)
	for _, serial := range []string{"zz", "", strings.Repeat("a", 65), hostile} {
		if _, err := visit(t, s, get("/"), "administrator", certificatePage, "issuer", "people-1", "serial", serial); problemOf(err).Status != http.StatusNotFound {
			t.Errorf("%.20q: %v, want nothing there", serial, err)
		}
	}
}

// TestReceiptNames: who made the change is a person on the page of its receipt, and the name of
// an identity where the inventory tells of another change.
func TestReceiptNames(t *testing.T) {
	f := &credentials{list: some("aa")}
	f.list[0].StatusBy = "ann@agency.example"
	for number, want := range map[int64]string{9: "By ann@agency.example", 8: "By urn:mais:user:1"} {
		f.jws = jws(t, api.Receipt{Status: "held", By: "urn:mais:user:1", Number: number, Final: true, CommittedAt: time.Now()})
		out, err := visit(t, bureau(f), get("/"), "administrator", receiptPage, "issuer", "people-1", "serial", "aa")
		shows(t, out, err, http.StatusOK, want)
	}
}

func TestReceiptOf(t *testing.T) {
	want := api.Receipt{Issuer: "people-1", Serial: "aa", Status: "revoked", Final: true, CommittedAt: time.Now().UTC()}
	if got, err := receiptOf(jws(t, want)); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("receiptOf = %+v, %v, want %+v", got, err, want)
	}
	for _, text := range []string{"", "a.b", "e30.%.c2ln", "e30.e30", "e30.W10.c2ln", "a.b.c.d"} {
		if got, err := receiptOf(text); err == nil {
			t.Errorf("receiptOf(%q) = %+v, want an error", text, got)
		}
	}
}

// TestInvite: every way that it can go wrong says what to do.
func TestInvite(t *testing.T) {
	for _, tt := range []struct {
		email  string
		err    error
		status int
		says   string
	}{
		{"", nil, 422, "Enter an email address"}, {"dana", nil, 422, "Enter an email address"}, {"D <d@example.org>", nil, 422, "Enter an email address"},
		{"d@example.org\nBcc: x@example.org", nil, 422, "Enter an email address"},
		{"d@example.org", lifecycle.ErrUnknown, 422, "No user whom you administer"}, {"d@example.org", lifecycle.ErrInvalid, 422, "registered with"},
		{"d@example.org", lifecycle.ErrNoMail, 503, "mais-server admin invite"},
	} {
		f := &credentials{err: tt.err}
		out, err := visit(t, bureau(f), post("/", url.Values{"email": {tt.email}}.Encode()), "administrator", inviteSomebody)
		shows(t, out, err, tt.status, tt.says)
		if asked := f.invited != ""; asked != (tt.err != nil) {
			t.Errorf("%q: asked = %v", tt.email, asked)
		}
	}
	if _, err := visit(t, bureau(&credentials{}), post("/", "email=d%40example.org"), "police_officer", inviteSomebody); problemOf(err).Status != http.StatusForbidden {
		t.Errorf("an officer invites: %v", err)
	}
}

func TestTokens(t *testing.T) {
	f := &credentials{list: some("aa", "bb")}
	out, err := visit(t, bureau(f), get("/tokens"), "police_officer", tokensPage)
	shows(t, out, err, http.StatusOK, "The one you are using now", "I have lost it: hold it now")
}
