package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"

	"mais/certs"
	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/authz"
	"mais/server/internal/web/page/pagetest"
)

const someone = "3f2a91c0-5b1e-4c68-9a51-2b1df0f2c9d4"

// grounded stands in for the records of one session: it says what it is told to, and keeps
// what it was asked.
type grounded struct {
	Records
	noReason bool
	may      bool
	access   authz.Access
	err      error // of BeginEmergency and Review
	reviews  []authz.Review
	why      string // what BeginEmergency was given
	ended    bool
	finding  authz.Finding
	asked    []string
}

func (g *grounded) Grounds(context.Context, authz.Look, string) (authz.Grounds, error) {
	if g.noReason {
		return authz.Grounds{}, authz.ErrNoReason
	}
	return authz.Grounds{}, nil
}

func (g *grounded) MayBegin(context.Context, authn.Principal) (bool, []authz.Colleague, error) {
	return g.may, []authz.Colleague{{Name: "Gwen Governor", Agency: "Northshire NHS Trust"}}, nil
}

func (g *grounded) Access(context.Context, authn.Principal) (authz.Access, error) {
	return g.access, nil
}

func (g *grounded) Reads(context.Context, authn.Principal) (bool, error) { return true, nil }

func (g *grounded) Emergencies(context.Context, authn.Principal) ([]authz.Emergency, error) {
	return nil, nil
}

func (g *grounded) Identify(context.Context, authz.Look, string) (api.SearchResult, error) {
	g.asked = append(g.asked, "identify")
	return api.SearchResult{ID: someone, Surname: "Kettering", FirstName: "Tobias", DateOfBirth: "1978-05-03"}, nil
}

func (g *grounded) BeginEmergency(_ context.Context, _ authz.Look, _ authz.Grounds, why string) (authz.Emergency, error) {
	g.asked, g.why = append(g.asked, "begin"), why
	return authz.Emergency{}, g.err
}

func (g *grounded) EndEmergency(context.Context, authz.Look, string) error {
	g.ended = true
	return nil
}

func (g *grounded) Reviews(context.Context, authz.Look) ([]authz.Review, error) {
	g.asked = append(g.asked, "reviews")
	return g.reviews, g.err
}

func (g *grounded) Review(_ context.Context, _ authz.Look, _ string, f authz.Finding) error {
	g.asked, g.finding = append(g.asked, "review"), f
	return g.err
}

// calling makes the call of an officer in a session, with a form unless it is nil.
func calling(t *testing.T, g *grounded, id string, sent url.Values) *call {
	t.Helper()
	method, body := "GET", ""
	if sent != nil {
		method, body = "POST", sent.Encode()
	}
	r := httptest.NewRequest(method, "/person/"+id, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	path := chi.NewRouteContext()
	path.URLParams.Add("id", id)
	r = r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, path))
	who := authntest.Principal(t, authntest.Facts{
		Name: "Sam Sergeant", Agency: "Northshire Police", Site: "Northgate", Roles: []string{"police_officer"}, Session: "s1",
		Address: netip.MustParseAddr("192.0.2.14"), NotAfter: time.Now().Add(24 * time.Hour), Level: certs.Software,
	})
	site := &Site{opts: Options{Records: g, Deployment: "MAIS", Contact: "the desk", SessionIdle: 15 * time.Minute, Logger: slog.New(slog.DiscardHandler)}}
	return &call{Request: r, site: site, id: "reference", who: who}
}

// officers is what a police officer may see: all but one section, and that in an emergency.
func officers() authz.Access {
	a := authz.Access{Roles: []authz.Role{{Name: "police_officer", Description: "reads every restricted item"}}, Items: map[string]authz.ItemAccess{}}
	for _, s := range form.Sections() {
		for _, i := range s.Items {
			may := authz.ItemAccess{Read: []string{"police_officer"}}
			switch s.Name {
			case "release_medication":
				may = authz.ItemAccess{Emergency: []string{"police_officer"}}
			case "physical_health": // as another role might have it
				may.Emergency = []string{"police_officer"}
			}
			a.Items[s.Name+"."+i.Name] = may
		}
	}
	delete(a.Items, "service_user_details.epex_number")
	return a
}

func TestAskEmergency(t *testing.T) {
	g := &grounded{may: true, access: officers()}
	c := calling(t, g, someone, nil)
	out, err := askEmergency(t.Context(), c)
	if err != nil || out.status != http.StatusOK || !c.audited {
		t.Fatalf("askEmergency = %d, %v, audited %v", out.status, err, c.audited)
	}
	text := pagetest.Text(pagetest.ByID(pagetest.Parse(t, out.body), "main-content"))
	for _, want := range []string{"KETTERING, Tobias", "3 May 1978", "Medication prescribed on the day of release", "Gwen Governor", "30 minutes"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q: %s", want, text)
		}
	}
	if strings.Contains(text, "ePEX") || strings.Contains(text, "Physical") {
		t.Errorf("the page offers what an emergency does not open: %s", text)
	}
}

// asksWhy asserts that a page was refused for want of a reason, which leads to the question.
func asksWhy(t *testing.T, c *call, err error) {
	t.Helper()
	if out := c.site.problemPage(c, err); !errors.Is(err, authz.ErrNoReason) || out.status != http.StatusSeeOther || out.goTo != reasonPath(c.person()) {
		t.Errorf("%s = %v, %d to %q, want the question why", c.URL.Path, err, out.status, out.goTo)
	}
}

// TestEmergencyAsksWhyFirst: without a reason for looking nobody is even named, and the
// attempt to begin is the records' to refuse and to record.
func TestEmergencyAsksWhyFirst(t *testing.T) {
	for _, tt := range []struct {
		handle  handler
		why     string
		asked   []string
		audited bool
	}{
		{askEmergency, "", nil, false},
		{beginEmergency, "Unconscious, paramedic asks", []string{"begin"}, true},
		{beginEmergency, "short", []string{"begin"}, true},
	} {
		g := &grounded{noReason: true, may: true, access: officers(), err: authz.ErrNoReason}
		c := calling(t, g, someone, url.Values{"why": {tt.why}})
		_, err := tt.handle(t.Context(), c)
		asksWhy(t, c, err)
		if cmp.Diff(tt.asked, g.asked) != "" || c.audited != tt.audited {
			t.Errorf("%q without a reason asks the records %v, audited %v", tt.why, g.asked, c.audited)
		}
	}
}

func TestBeginEmergency(t *testing.T) {
	for _, tt := range []struct {
		name, why string
		status    int
		given     string // to the records
		says      string
	}{
		{"good", " Unconscious,\r\nparamedic asks ", http.StatusSeeOther, "Unconscious,\nparamedic asks", ""},
		{"as short as may be", "0123456789", http.StatusSeeOther, "0123456789", ""},
		{"as long as may be", strings.Repeat("é", 500), http.StatusSeeOther, strings.Repeat("é", 500), ""},
		{"empty", "", http.StatusUnprocessableEntity, "", "Say what the emergency is"},
		{"spaces", strings.Repeat(" ", 20), http.StatusUnprocessableEntity, "", "Say what the emergency is"},
		{"short", "123456789", http.StatusUnprocessableEntity, "", "10 characters or more"},
		{"long", strings.Repeat("x", 501), http.StatusUnprocessableEntity, "", "500 characters or fewer"},
		{"a control character", "Unconscious \x00 in cell", http.StatusUnprocessableEntity, "", "letters, numbers and signs"},
	} {
		g := &grounded{may: true, access: officers()}
		c := calling(t, g, someone, url.Values{"why": {tt.why}})
		out, err := beginEmergency(t.Context(), c)
		if err != nil || out.status != tt.status || g.why != tt.given || !c.audited {
			t.Errorf("%s: beginEmergency = %d, %v, and %q was given; want %d and %q", tt.name, out.status, err, g.why, tt.status, tt.given)
		}
		if tt.status == http.StatusSeeOther && out.goTo != "/person/"+someone {
			t.Errorf("%s: leads to %q", tt.name, out.goTo)
		}
		if text := string(out.body); !strings.Contains(text, tt.says) || tt.says != "" && !strings.Contains(text, "<title>Error: ") {
			t.Errorf("%s: the page does not say %q", tt.name, tt.says)
		}
	}
}

// TestEmergencyDenied says who can help instead, and tells those apart who need none.
func TestEmergencyDenied(t *testing.T) {
	everything := officers()
	for key := range everything.Items {
		everything.Items[key] = authz.ItemAccess{Read: []string{"clinician"}}
	}
	everything.Items["service_user_details.epex_number"] = authz.ItemAccess{Read: []string{"clinician"}}
	for _, tt := range []struct {
		access authz.Access
		says   string
	}{{officers(), "a clinician at your site"}, {everything, "Nothing of this record is withheld from your role"}} {
		c := calling(t, &grounded{access: tt.access}, someone, nil)
		out, err := askEmergency(t.Context(), c)
		if err != nil || out.status != http.StatusForbidden || c.audited || !strings.HasPrefix(c.event.Reason, "not-allowed") {
			t.Errorf("askEmergency of one who may not = %d, %v, audited %v for %q", out.status, err, c.audited, c.event.Reason)
		}
		if text := pagetest.Text(pagetest.Parse(t, out.body)); !strings.Contains(text, tt.says) {
			t.Errorf("the refusal does not say %q: %s", tt.says, text)
		}
		c = calling(t, &grounded{access: tt.access, err: authz.ErrDenied}, someone, url.Values{"why": {"Unconscious, paramedic asks"}})
		if out, err := beginEmergency(t.Context(), c); err != nil || out.status != http.StatusForbidden || !c.audited {
			t.Errorf("beginEmergency of one who may not = %d, %v", out.status, err)
		}
	}
}

func TestEndEmergency(t *testing.T) {
	g := &grounded{}
	c := calling(t, g, someone, url.Values{})
	out, err := endEmergency(t.Context(), c)
	if err != nil || out.goTo != "/person/"+someone || !g.ended || !c.audited {
		t.Errorf("endEmergency = %d to %q, %v, ended %v", out.status, out.goTo, err, g.ended)
	}
	g = &grounded{}
	if _, err := endEmergency(t.Context(), calling(t, g, someone, url.Values{"x": {"1"}})); err == nil || g.ended {
		t.Error("endEmergency takes a form with contents")
	}
}

// TestEmergencyForm: nothing but the one field.
func TestEmergencyForm(t *testing.T) {
	for _, sent := range []url.Values{{"why": {"a long enough why", "another"}}, {"why": {"a long enough why"}, "person": {"x"}}} {
		g := &grounded{may: true, access: officers()}
		if out, err := beginEmergency(t.Context(), calling(t, g, someone, sent)); err == nil || g.why != "" {
			t.Errorf("beginEmergency of %v = %d, %v", sent, out.status, err)
		}
	}
}

func governed() *grounded {
	now := time.Now()
	review := authz.Review{
		ID: "e1", User: "Sam Sergeant", Agency: "Northshire Police", Person: someone, Reason: "Unconscious", Began: now.Add(-time.Hour), Ended: now.Add(-50 * time.Minute),
		Purpose: authz.Purpose{Reason: "custody", Number: "NS/1"}, Looks: 2,
	}
	on, done := review, review
	on.ID, on.Ended = "e2", now.Add(10*time.Minute)
	done.ID, done.ReviewedAt, done.Reviewer = "e3", now, "Gwen Governor"
	return &grounded{reviews: []authz.Review{review, on, done}}
}

func TestShowReviews(t *testing.T) {
	c := calling(t, governed(), "", nil)
	out, err := showReviews(t.Context(), c)
	if err != nil || out.status != http.StatusOK || !c.audited {
		t.Fatalf("showReviews = %d, %v", out.status, err)
	}
	doc := pagetest.Parse(t, out.body)
	if n := len(pagetest.ByClass(doc, "mais-queue__entry")); n != 2 {
		t.Errorf("%d wait, want 2", n)
	}
	if text := pagetest.Text(doc); !strings.Contains(text, "still on") || !strings.Contains(text, "lasted: 10 minutes") || !strings.Contains(text, "Not justified") {
		t.Errorf("the queue says: %s", text)
	}
}

func TestShowReview(t *testing.T) {
	out, err := showReview(t.Context(), calling(t, governed(), "e1", nil))
	text := pagetest.Text(pagetest.Parse(t, out.body))
	if err != nil || !strings.Contains(text, "Risk assessment of a person in custody, NS/1") || !strings.Contains(text, "twice under it") {
		t.Errorf("showReview = %v: %s", err, text)
	}
	c := calling(t, governed(), "e4", nil)
	if _, err := showReview(t.Context(), c); !errors.Is(err, errNotFound) || !c.audited {
		t.Errorf("showReview of none = %v", err)
	}
	g := governed()
	g.err = authz.ErrDenied
	if _, err := showReviews(t.Context(), calling(t, g, "", nil)); !errors.Is(err, authz.ErrDenied) {
		t.Errorf("showReviews of another role = %v", err)
	}
}

func TestReview(t *testing.T) {
	for _, tt := range []struct {
		name, finding, note string
		err                 error
		status              int
		goTo                string
		asked               []string
	}{
		{"justified", "justified", "", nil, http.StatusSeeOther, "/reviews", []string{"review"}},
		{"not justified", "not-justified", " No log\r\nof it. ", nil, http.StatusSeeOther, "/reviews", []string{"review"}},
		{"without a note", "not-justified", " ", nil, http.StatusUnprocessableEntity, "", []string{"reviews"}},
		{"nothing chosen", "", "x", nil, http.StatusUnprocessableEntity, "", []string{"reviews"}},
		{"another word", "maybe", "x", nil, http.StatusUnprocessableEntity, "", []string{"reviews"}},
		{"long", "justified", strings.Repeat("x", 1001), nil, http.StatusUnprocessableEntity, "", []string{"reviews"}},
		{"by a colleague before", "justified", "", &authz.InvalidError{}, http.StatusSeeOther, "/reviews/e1", []string{"review"}},
	} {
		g := governed()
		c := calling(t, g, "e1", url.Values{"finding": {tt.finding}, "note": {tt.note}})
		if g.err = tt.err; tt.status == http.StatusUnprocessableEntity {
			g.err = nil
		}
		out, err := review(t.Context(), c)
		if err != nil || out.status != tt.status || out.goTo != tt.goTo || !c.audited || cmp.Diff(tt.asked, g.asked) != "" {
			t.Errorf("%s: review = %d to %q, %v; asked %v", tt.name, out.status, out.goTo, err, g.asked)
		}
	}
	g := governed()
	if _, err := review(t.Context(), calling(t, g, "e1", url.Values{"finding": {"not-justified"}, "note": {" No log\r\nof it. "}})); err != nil || g.finding != (authz.Finding{Note: "No log\nof it."}) {
		t.Errorf("review gives %+v, %v", g.finding, err)
	}
	g.err = authz.ErrDenied
	if _, err := review(t.Context(), calling(t, g, "e1", url.Values{"finding": {"justified"}})); !errors.Is(err, authz.ErrDenied) {
		t.Errorf("review of one's own = %v", err)
	}
}
