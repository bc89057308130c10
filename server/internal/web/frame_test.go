package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/certs"
	"mais/server/api/form"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/authz"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/practice"
)

// emergencies are records of which only the emergency accesses are asked, and who reads any.
type emergencies struct {
	door
	on  []authz.Emergency
	err error
}

func (e emergencies) Emergencies(context.Context, authn.Principal) ([]authz.Emergency, error) {
	return e.on, e.err
}

func (e emergencies) Reads(_ context.Context, p authn.Principal) (bool, error) {
	reader := func(role string) bool { return !strings.HasSuffix(role, "administrator") && role != authz.Reviewer }
	return slices.ContainsFunc(p.Roles(), reader), e.err
}

// callOf is a request of somebody, at a site for training.
func callOf(t *testing.T, who authn.Principal, d door) *call {
	t.Helper()
	s := &Site{opts: Options{
		Deployment: "MAIS", Contact: "the desk, 01632 960000", Practice: &practice.Cast{}, SessionIdle: 15 * time.Minute,
		Credentials: &credentials{of: map[string]string{"administrator": "all"}}, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}}
	s.open(d)
	return &call{Request: httptest.NewRequest("POST", "/", nil), site: s, id: "reference", who: who}
}

func dana(t *testing.T, session string, roles ...string) authn.Principal {
	return authntest.Principal(t, authntest.Facts{
		Name: "Dana Whitlock", Agency: "Northmoor Police", Site: "Harbour Street", Roles: roles, Level: certs.Card,
		Certificate: certs.Ref{Issuer: "people-1", Serial: "4f219c0b77aa"}, NotAfter: time.Now().AddDate(0, 0, 23), Session: session,
	})
}

// TestFrame: a page names its reader once they are signed in, and shows nobody the way to
// where they may not go.
func TestFrame(t *testing.T) {
	find, recent := frame.Link{Path: "/find", Text: "Find a person"}, frame.Link{Path: "/recent", Text: "My recent views"}
	reviews, audited := frame.Link{Path: "/reviews", Text: "Emergency reviews"}, frame.Link{Path: "/audit", Text: "Audit"}
	all := []frame.Link{{Path: "/contacts", Text: "Urgent contacts"}, {Path: "/access", Text: "My access"}, {Path: "/tokens", Text: "My tokens"}}
	admin := frame.Link{Path: "/admin", Text: "Administration"}
	readers := append(slices.Clone(all), frame.Link{Path: "/practice", Text: "Practice"})
	for name, test := range map[string]struct {
		roles []string
		want  []frame.Link
	}{
		"officer":       {[]string{"police_officer"}, append([]frame.Link{find, recent}, readers...)},
		"clinician":     {[]string{"clinician"}, append([]frame.Link{find, recent}, readers...)},
		"writer":        {[]string{"record_clinician"}, append([]frame.Link{find, recent}, readers...)},
		"governance":    {[]string{"governance_officer"}, append([]frame.Link{reviews, audited}, all...)},
		"both":          {[]string{"governance_officer", "clinician"}, append([]frame.Link{find, recent, reviews, audited}, readers...)},
		"administrator": {[]string{"administrator"}, append([]frame.Link{admin}, all...)},
		"no role":       {nil, all},
	} {
		c := callOf(t, dana(t, "s", test.roles...), emergencies{})
		f := c.site.frameFor(c, "T", "/find")
		if diff := cmp.Diff(test.want, f.Nav); diff != "" {
			t.Errorf("%s: navigation (-want +got):\n%s", name, diff)
		}
		if !f.Holder.SignedIn || f.Locks.Sub(f.Now) != 14*time.Minute || len(f.Strips) > 0 || !f.Training {
			t.Errorf("%s: %+v", name, f)
		}
	}
	c := callOf(t, dana(t, "s", "police_officer"), emergencies{})
	c.site.opts.Practice = nil
	if nav := c.site.frameFor(c, "T", "").Nav; len(nav) != 5 {
		t.Errorf("outside training the navigation is %v", nav)
	}
}

// TestFrameOfOthers: nothing locks and nothing leads anywhere for who has not signed in.
func TestFrameOfOthers(t *testing.T) {
	c := callOf(t, dana(t, "", "police_officer"), nil)
	if f := c.site.frameFor(c, "T", "/"); f.Holder == nil || f.Holder.SignedIn || f.Holder.Roles[0] != "Police officer" || f.Holder.Token != "Smart card" || f.Nav != nil || !f.Locks.IsZero() {
		t.Errorf("frame of a holder who has not signed in: %+v", f)
	}
	c = callOf(t, authn.Principal{}, nil)
	if f := c.site.frameFor(c, "T", "/"); f.Holder != nil || f.Nav != nil || !f.Locks.IsZero() || f.Contact == "" {
		t.Errorf("frame of a stranger: %+v", f)
	}
}

// TestNumberUnbroken: no line ends within the number that somebody is to ring, and it can still be dialled.
func TestNumberUnbroken(t *testing.T) {
	got := unbroken("the desk, 01632 960 000 (day)")
	if want := "the desk, 01632\u00a0960\u00a0000 (day)"; got != want || form.Telephone(got) != "+441632960000" {
		t.Errorf("unbroken = %q, dialled as %q, want %q", got, form.Telephone(got), want)
	}
}

func TestStrips(t *testing.T) {
	ends := time.Now().Add(time.Minute)
	c := callOf(t, dana(t, "s", "police_officer"), emergencies{on: []authz.Emergency{{ID: "e", Person: "0192", Ends: ends}}})
	if diff := cmp.Diff([]frame.Emergency{{Path: "/person/0192", Ends: ends}}, c.site.frameFor(c, "T", "").Strips); diff != "" {
		t.Errorf("strips (-want +got):\n%s", diff)
	}
	c = callOf(t, dana(t, "s", "police_officer"), emergencies{err: errors.New("no database")})
	if f := c.site.frameFor(c, "T", ""); f.Strips != nil || f.Holder == nil {
		t.Errorf("frame while the database is away: %+v", f)
	}
}
