package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/server/internal/authz"
	"mais/server/internal/web/page/find"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestFindForm(t *testing.T) {
	out, err := findForm(t.Context(), callBy(testSite(records{}), user(t, "session", "police_officer"), httptest.NewRequest("GET", "/find", nil)))
	shows(t, out, err, http.StatusOK, "Find a person", "Any one of these is enough")
}

// TestAskFind: what is wrong comes back with the form, which keeps what was typed, as text
// and nowhere but in the fields.
func TestAskFind(t *testing.T) {
	typed := url.Values{find.FamilyName: {hostile}, find.BirthDay: {"14"}, find.BirthMonth: {"2"}, find.BirthYear: {"78"}}
	out, err := askFind(t.Context(), callBy(testSite(records{}), user(t, "session", "police_officer"), post("/find", typed.Encode())))
	shows(t, out, err, http.StatusUnprocessableEntity, "Year of birth must have all four numbers")
	doc := pagetest.Parse(t, out.body)
	if got := pagetest.Attr(pagetest.ByID(doc, find.FamilyName), "value"); got != hostile {
		t.Errorf("the family name = %q, want what was typed", got)
	}
}

func TestAskFindRefuses(t *testing.T) {
	for _, body := range []string{"family-name=Smith&surname=Smith", "family-name=Smith&family-name=Jones", "family-name=%ff", "%"} {
		_, err := askFind(t.Context(), callBy(testSite(records{}), user(t, "session", "police_officer"), post("/find", body)))
		if got := problemOf(err); got.Status != http.StatusBadRequest {
			t.Errorf("askFind(%q) = %v, want a form that is refused", body, err)
		}
	}
}

// TestFindResultOfAnotherSession: no search is made.
func TestFindResultOfAnotherSession(t *testing.T) {
	c := callBy(testSite(records{}), user(t, "session", "police_officer"), httptest.NewRequest("GET", "/find/x", nil), "result", "x")
	out, err := findResult(t.Context(), c)
	shows(t, out, err, http.StatusNotFound, "That search is no longer open. Search again.")
	if c.audited {
		t.Error("a search that was not made counts as recorded")
	}
}

func TestFindFaults(t *testing.T) {
	invalid := &authz.InvalidError{Fields: []api.FieldError{{Field: "surname", Detail: "is too odd"}, {Field: "other", Detail: "x"}}}
	got := findFaults(invalid)
	if want := (frame.Faults{{Field: find.FamilyName, Text: "Family name is too odd"}}); !slices.Equal(got, want) {
		t.Errorf("findFaults = %v, want %v", got, want)
	}
	if got := findFaults(authz.ErrDenied); got != nil {
		t.Errorf("findFaults(ErrDenied) = %v, want none", got)
	}
}

// somebody is whom the question is about.
func somebody(id string) (api.SearchResult, error) {
	return api.SearchResult{ID: id, Surname: hostile, FirstName: "Tobias", DateOfBirth: "1978-02-14"}, nil
}

func TestReasonForm(t *testing.T) {
	s := testSite(records{identify: somebody})
	c := callBy(s, user(t, "session", "police_officer"), httptest.NewRequest("GET", "/person/7/reason", nil), "id", "7")
	out, err := reasonForm(t.Context(), c)
	shows(t, out, err, http.StatusOK, hostile+", Tobias", "born 14 February 1978")
	if !c.audited {
		t.Error("Identify has recorded the look, and it would be recorded again")
	}
	if title := pagetest.Text(pagetest.ByTag(pagetest.Parse(t, out.body), "title")[0]); strings.Contains(title, "Tobias") {
		t.Errorf("the title names the person: %q", title)
	}
}

func TestGiveReason(t *testing.T) {
	var given authz.Purpose
	s := testSite(records{identify: somebody, give: func(id string, why authz.Purpose) error {
		given = why
		if why.Reason == "other" {
			return &authz.InvalidError{Fields: []api.FieldError{{Field: "explanation", Detail: "is needed"}}}
		}
		return nil
	}})
	give := func(form url.Values) (answer, error) {
		return giveReason(t.Context(), callBy(s, user(t, "session", "police_officer"), post("/person/7/reason", form.Encode()), "id", "7"))
	}
	out, err := give(url.Values{"reason": {"custody"}, "number": {"C/1"}})
	goes(t, out, err, "/person/7")
	if want := (authz.Purpose{Reason: "custody", Number: "C/1"}); given != want {
		t.Errorf("given = %+v, want %+v", given, want)
	}
	out, err = give(url.Values{"reason": {"other"}, "number": {hostile}})
	shows(t, out, err, http.StatusUnprocessableEntity, "Explain the other reason", "There is a problem")
	if got := pagetest.Attr(pagetest.ByID(pagetest.Parse(t, out.body), "number"), "value"); got != hostile {
		t.Errorf("the number = %q, want what was typed", got)
	}
}

// TestTooManyReasons: the question comes again, and says what helps.
func TestTooManyReasons(t *testing.T) {
	s := testSite(records{identify: somebody, give: func(string, authz.Purpose) error { return authz.ErrTooMany }})
	sent := url.Values{"reason": {"custody"}, "number": {"C/1"}}
	out, err := giveReason(t.Context(), callBy(s, user(t, "session", "police_officer"), post("/person/7/reason", sent.Encode()), "id", "7"))
	shows(t, out, err, http.StatusUnprocessableEntity, "You have looked at 500 people since you signed in. Sign out, and sign in again", "There is a problem")
}

// TestPathsTo: where no reason was given a link leads to the question, not into a refusal.
func TestPathsTo(t *testing.T) {
	c := callBy(testSite(records{given: []string{"7"}}), user(t, "session", "police_officer"), httptest.NewRequest("GET", "/recent", nil))
	got, err := c.pathsTo(t.Context(), []string{"7", "8"})
	if err != nil || got["7"] != "/person/7" || got["8"] != "/person/8/reason" {
		t.Errorf("pathsTo = %v, %v", got, err)
	}
}

func TestRecentPage(t *testing.T) {
	person, _ := somebody("7")
	s := testSite(records{recent: []authz.Recent{{At: time.Date(2010, 7, 22, 23, 30, 0, 0, time.UTC), Looks: 2, Reason: "custody", Person: person}}})
	c := callBy(s, user(t, "session", "police_officer"), httptest.NewRequest("GET", "/recent", nil))
	out, err := recentPage(t.Context(), c)
	shows(t, out, err, http.StatusOK, hostile+", Tobias", "23 July 2010, 00:30", "Twice", "Risk assessment of a person in custody")
	if link := pagetest.ByTag(pagetest.ByTag(pagetest.Parse(t, out.body), "tbody")[0], "a")[0]; pagetest.Attr(link, "href") != "/person/7/reason" {
		t.Errorf("the name leads to %q, want the question why", pagetest.Attr(link, "href"))
	}
	if !c.audited {
		t.Error("Recent has recorded the look, and it would be recorded again")
	}
}
