package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
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
	door
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

// Reviews puts the first of what there is on every page of what waits, and the last on those
// of what was reviewed; others follow each.
func (g *grounded) Reviews(_ context.Context, _ authz.Look, places ...authz.Place) (authz.Queue, error) {
	queue := authz.Queue{Waiting: 137}
	for _, p := range places {
		g.asked = append(g.asked, fmt.Sprintf("reviews %d %s", p.Order, p.After))
		page := authz.ReviewPage{Reviews: g.reviews[:2], More: true}
		if p.Order == authz.LastReviewed {
			page.Reviews = g.reviews[2:]
		}
		queue.Pages = append(queue.Pages, page)
	}
	return queue, g.err
}

func (g *grounded) ReviewOf(_ context.Context, _ authz.Look, id string) (authz.Review, error) {
	g.asked = append(g.asked, "review of "+id)
	for _, r := range g.reviews {
		if r.ID == id {
			return r, nil
		}
	}
	return authz.Review{}, authz.ErrNotFound
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
	site := &Site{opts: Options{Usage: &uses{}, Credentials: &credentials{}, Deployment: "MAIS", Contact: "the desk", SessionIdle: 15 * time.Minute, Logger: slog.New(slog.DiscardHandler)}}
	site.open(g)
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

// TestTooManyEmergencies: the form comes again, with what was typed and what to do.
func TestTooManyEmergencies(t *testing.T) {
	g := &grounded{may: true, access: officers(), err: authz.ErrTooMany}
	c := calling(t, g, someone, url.Values{"why": {"Unconscious, paramedic asks"}})
	out, err := beginEmergency(t.Context(), c)
	if err != nil || out.status != http.StatusUnprocessableEntity || !c.audited {
		t.Fatalf("beginEmergency of a fourth = %d, %v, audited %v", out.status, err, c.audited)
	}
	doc := pagetest.Parse(t, out.body)
	if text := pagetest.Text(doc); !strings.Contains(text, "3 records already: end one of them first") || pagetest.Text(pagetest.ByID(doc, "why")) != "Unconscious, paramedic asks" {
		t.Errorf("the page says: %s", text)
	}
}

func TestEmergencyForm(t *testing.T) {
	g := &grounded{may: true, access: officers()}
	c := calling(t, g, someone, nil)
	out, err := emergencyForm(t.Context(), c)
	if err != nil || out.status != http.StatusOK || !c.audited {
		t.Fatalf("emergencyForm = %d, %v, audited %v", out.status, err, c.audited)
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
		{emergencyForm, "", nil, false},
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
		if !c.audited && len(c.event.Persons) != 1 {
			t.Errorf("the page's own event names %v, want whom it was about", c.event.Persons)
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
		{"no words", strings.Repeat(". ", 20), http.StatusUnprocessableEntity, "", "in words"},
		{"what looks like a space", strings.Repeat("\u3164", 20), http.StatusUnprocessableEntity, "", "letters, numbers and signs"},
		{"a control character", "Unconscious \x00 in cell", http.StatusUnprocessableEntity, "", "letters, numbers and signs"},
		{"what turns the text", "Unconscious \u202e in cell", http.StatusUnprocessableEntity, "", "letters, numbers and signs"},
	} {
		g := &grounded{may: true, access: officers()}
		c := calling(t, g, someone, url.Values{"why": {tt.why}})
		out, err := beginEmergency(t.Context(), c)
		if err != nil || out.status != tt.status || g.why != tt.given || !c.audited {
			t.Errorf("%s: beginEmergency = %d, %v, and %q was given; want %d and %q", tt.name, out.status, err, g.why, tt.status, tt.given)
		}
		if tt.status == http.StatusSeeOther && out.goTo != "/person/"+someone+"#release_medication" {
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
		out, err := emergencyForm(t.Context(), c)
		if err != nil || out.status != http.StatusForbidden || c.audited || !strings.HasPrefix(c.event.Reason, "not-allowed") {
			t.Errorf("emergencyForm of one who may not = %d, %v, audited %v for %q", out.status, err, c.audited, c.event.Reason)
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

// TestEmergencyOneField: nothing but the one field.
func TestEmergencyOneField(t *testing.T) {
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

func TestReviewsPage(t *testing.T) {
	c := calling(t, governed(), "", nil)
	out, err := reviewsPage(t.Context(), c)
	if err != nil || out.status != http.StatusOK || !c.audited {
		t.Fatalf("reviewsPage = %d, %v", out.status, err)
	}
	doc := pagetest.Parse(t, out.body)
	if n := len(pagetest.ByClass(doc, "mais-queue__entry")); n != 2 {
		t.Errorf("%d wait, want 2", n)
	}
	if text := pagetest.Text(doc); !strings.Contains(text, "still on") || !strings.Contains(text, "lasted: 10 minutes") || !strings.Contains(text, "Not justified") {
		t.Errorf("the queue says: %s", text)
	}
}

// TestReviewsPages: the address says where in the queue the page begins.
func TestReviewsPages(t *testing.T) {
	for query, tt := range map[string]struct {
		asked []string
		links []string
	}{
		"":                         {[]string{"reviews 0 ", "reviews 2 "}, []string{"/reviews?after=e2", "/reviews?after=e3&order=reviewed"}},
		"?after=e9":                {[]string{"reviews 0 e9"}, []string{"/reviews?after=e2"}},
		"?order=newest":            {[]string{"reviews 1 "}, []string{"/reviews?after=e2&order=newest"}},
		"?order=newest&after=e9":   {[]string{"reviews 1 e9"}, []string{"/reviews?after=e2&order=newest"}},
		"?order=reviewed":          {[]string{"reviews 2 "}, []string{"/reviews?after=e3&order=reviewed"}},
		"?after=e9&order=reviewed": {[]string{"reviews 2 e9"}, []string{"/reviews?after=e3&order=reviewed"}},
	} {
		g := governed()
		c := calling(t, g, "", nil)
		c.URL.RawQuery = strings.TrimPrefix(query, "?")
		out, err := reviewsPage(t.Context(), c)
		if err != nil || !slices.Equal(g.asked, tt.asked) {
			t.Errorf("/reviews%s = %v, asks %q, want %q", query, err, g.asked, tt.asked)
			continue
		}
		var links []string
		doc := pagetest.Parse(t, out.body)
		for _, link := range pagetest.ByTag(doc, "a") {
			if to := pagetest.Attr(link, "href"); strings.Contains(to, "after=") {
				links = append(links, to)
			}
		}
		if !slices.Equal(links, tt.links) {
			t.Errorf("/reviews%s leads to %q, want %q", query, links, tt.links)
		}
		if text := pagetest.Text(doc); strings.Contains(query, "reviewed") == strings.Contains(text, "137") {
			t.Errorf("/reviews%s says: %s", query, text)
		}
	}
	g := governed()
	c := calling(t, g, "", nil)
	c.URL.RawQuery = "order=x"
	if _, err := reviewsPage(t.Context(), c); !errors.Is(err, errNotFound) || len(g.asked) > 0 {
		t.Errorf("another order = %v, asks %q, want errNotFound", err, g.asked)
	}
}

func TestReviewForm(t *testing.T) {
	out, err := reviewForm(t.Context(), calling(t, governed(), "e1", nil))
	doc := pagetest.Parse(t, out.body)
	text := pagetest.Text(doc)
	if title := pagetest.Text(pagetest.ByTag(doc, "title")[0]); strings.Contains(title, "Sergeant") {
		t.Errorf("the window's title names somebody: %s", title)
	}
	if err != nil || !strings.Contains(text, "Emergency access of Sam Sergeant") || !strings.Contains(text, "Risk assessment of a person in custody, NS/1") ||
		!strings.Contains(text, "twice under it") {
		t.Errorf("reviewForm = %v: %s", err, text)
	}
	c := calling(t, governed(), "e4", nil)
	if _, err := reviewForm(t.Context(), c); !errors.Is(err, authz.ErrNotFound) || !c.audited {
		t.Errorf("reviewForm of none = %v", err)
	}
	g := governed()
	g.err = authz.ErrDenied
	if _, err := reviewsPage(t.Context(), calling(t, g, "", nil)); !errors.Is(err, authz.ErrDenied) {
		t.Errorf("reviewsPage of another role = %v", err)
	}
}

func ofField(field string) error {
	return &authz.InvalidError{Fields: []api.FieldError{{Field: field, Detail: "is wrong"}}}
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
		{"without a note", "not-justified", " ", nil, http.StatusUnprocessableEntity, "", []string{"review of e1"}},
		{"nothing chosen", "", "x", nil, http.StatusUnprocessableEntity, "", []string{"review of e1"}},
		{"another word", "maybe", "x", nil, http.StatusUnprocessableEntity, "", []string{"review of e1"}},
		{"long", "justified", strings.Repeat("x", 1001), nil, http.StatusUnprocessableEntity, "", []string{"review of e1"}},
		{"what turns the text", "justified", "a\u202eb", nil, http.StatusUnprocessableEntity, "", []string{"review of e1"}},
		{"by a colleague before", "justified", "", ofField("review"), http.StatusSeeOther, "/reviews/e1", []string{"review"}},
		{"what only the records refuse", "justified", "Kept", ofField("note"), http.StatusUnprocessableEntity, "", []string{"review", "review of e1"}},
	} {
		g := governed()
		c := calling(t, g, "e1", url.Values{"finding": {tt.finding}, "note": {tt.note}})
		g.err = tt.err
		out, err := review(t.Context(), c)
		if err != nil || out.status != tt.status || out.goTo != tt.goTo || !c.audited || cmp.Diff(tt.asked, g.asked) != "" {
			t.Errorf("%s: review = %d to %q, %v; asked %v", tt.name, out.status, out.goTo, err, g.asked)
		}
		if tt.status == http.StatusUnprocessableEntity {
			doc := pagetest.Parse(t, out.body)
			if got, want := pagetest.Text(pagetest.ByID(doc, "note")), strings.TrimSpace(tt.note); got != want || !strings.Contains(pagetest.Text(doc), "There is a problem") {
				t.Errorf("%s: the note is %q, want what was typed, %q, and what is wrong", tt.name, got, want)
			}
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
