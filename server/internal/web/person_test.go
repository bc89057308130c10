package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/web/page/pagetest"
	"mais/server/internal/web/page/record/viewtest"
)

// looked are records that tell which of their acts was asked for.
type looked struct {
	door
	may        map[string]authz.ItemAccess
	reasonless bool
	fails      error // of each act
	acts       []string
	details    map[string]string // of the last look
}

func (l *looked) Access(context.Context, authn.Principal) (authz.Access, error) {
	return authz.Access{Items: l.may}, nil
}

func (l *looked) Reads(context.Context, authn.Principal) (bool, error) { return true, nil }

func (l *looked) Emergencies(context.Context, authn.Principal) ([]authz.Emergency, error) {
	return nil, nil
}

func (l *looked) Grounds(context.Context, authz.Look, string) (authz.Grounds, error) {
	if l.reasonless {
		l.fails = authz.ErrNoReason
		return authz.Grounds{}, authz.ErrNoReason
	}
	return authz.Grounds{}, nil
}

func (l *looked) shown(act string, look authz.Look) (api.Record, error) {
	l.acts, l.details = append(l.acts, act), look.Request.Detail
	return viewtest.Sample(), l.fails
}

func (l *looked) View(_ context.Context, look authz.Look, _ authz.Grounds) (api.Record, error) {
	return l.shown("view", look)
}

func (l *looked) Print(_ context.Context, look authz.Look, _ authz.Grounds) (api.Record, error) {
	return l.shown("print", look)
}

func (l *looked) Looked(context.Context, authz.Look, authz.Grounds) ([]authz.Looked, error) {
	l.acts = append(l.acts, "looked")
	return []authz.Looked{{At: time.Now(), Name: hostile, Agency: "Northmoor Police", Act: "record.show", Reason: "custody", Own: true}}, l.fails
}

func (l *looked) Identify(context.Context, authz.Look, string) (api.SearchResult, error) {
	l.acts = append(l.acts, "identify")
	return api.SearchResult{ID: viewtest.ID, Surname: "Kettering", FirstName: "Tobias"}, nil
}

func (l *looked) MayBegin(context.Context, authn.Principal) (bool, []authz.Colleague, error) {
	return true, nil, nil
}

// pages of a person, with what each asks of the records.
var personPages = map[string]struct {
	handle handler
	acts   string
	says   string
}{
	"record":  {recordPage, "view", "Emergency access to withheld items"},
	"history": {historyPage, "view", "When each item was last known to hold"},
	"print":   {printPage, "print", "Destroy when the custody record closes"},
	"looks":   {looksPage, "looked identify", "Opened the record"},
}

func askFor(t *testing.T, l *looked, handle handler) (*call, answer, error) {
	t.Helper()
	s := testSite(records{})
	s.open(l)
	c := callBy(s, user(t, "a session", "police_officer"), httptest.NewRequest(http.MethodGet, "/person/"+viewtest.ID, nil), "id", viewtest.ID)
	out, err := handle(t.Context(), c)
	return c, out, err
}

func TestPersonPages(t *testing.T) {
	for name, test := range personPages {
		l := &looked{may: map[string]authz.ItemAccess{
			"release_medication.prescriptions": {Emergency: []string{"police_officer"}},
			"physical_health.epilepsy":         {Read: []string{"police_officer"}, Emergency: []string{"police_officer"}},
		}}
		c, out, err := askFor(t, l, test.handle)
		if err != nil || out.status != http.StatusOK || !c.audited {
			t.Fatalf("%s: status %d, audited %v, %v; want 200 and its own event", name, out.status, c.audited, err)
		}
		if got := strings.Join(l.acts, " "); got != test.acts {
			t.Errorf("%s asks for %q, want %q", name, got, test.acts)
		}
		if (l.details["view"] == "history") != (name == "history") {
			t.Errorf("%s: the event's details are %v", name, l.details)
		}
		doc := pagetest.Parse(t, out.body)
		if text := pagetest.Text(doc); !strings.Contains(text, test.says) || !strings.Contains(text, "KETTERING, Tobias") {
			t.Errorf("%s does not say %q and who it is: %s", name, test.says, text)
		}
		if title := pagetest.Text(pagetest.ByTag(doc, "title")[0]); strings.Contains(strings.ToLower(title), "kettering") {
			t.Errorf("%s: the window's title, which the browser keeps, names the person: %s", name, title)
		}
	}
}

// No page of a person opens before it is known why. The records refuse and record the attempt,
// and are not asked for anything else.
func TestPersonPagesAskWhy(t *testing.T) {
	for name, test := range personPages {
		l := &looked{reasonless: true}
		c, out, err := askFor(t, l, test.handle)
		asksWhy(t, c, err)
		if first, _, _ := strings.Cut(test.acts, " "); strings.Join(l.acts, " ") != first || !c.audited || out.body != nil {
			t.Errorf("%s without a reason asks for %q, audited %v; want %q, refused", name, l.acts, c.audited, first)
		}
	}
}

// A look that fails has its event already, and shows nothing.
func TestPersonPagesFail(t *testing.T) {
	for name, test := range personPages {
		l := &looked{fails: authz.ErrDenied}
		c, out, err := askFor(t, l, test.handle)
		if !errors.Is(err, authz.ErrDenied) || !c.audited || out.body != nil {
			t.Errorf("%s: %v, audited %v, %d bytes; want the refusal, audited, and nothing", name, err, c.audited, len(out.body))
		}
	}
}

func TestEmergencyOnly(t *testing.T) {
	got := emergencyOnly(authz.Access{Items: map[string]authz.ItemAccess{
		"physical_health.asthma":           {Emergency: []string{"a"}},
		"physical_health.epilepsy":         {Read: []string{"a"}, Emergency: []string{"a"}},
		"release_medication.prescriptions": {},
	}})
	if len(got) != 1 || !got["physical_health.asthma"] {
		t.Errorf("emergencyOnly = %v, want asthma alone", got)
	}
}
