package server

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/lifecycle"
)

func (m *member) may(t *testing.T, of *member) []string {
	t.Helper()
	var detail api.CertificateDetail
	m.get(t, at(of.ref)).decode(t, http.StatusOK, &detail)
	return detail.May
}

// TestAdministratorsAreOutOfAnAgencysReach: its administrator sees them, and changes nothing of
// theirs, however they are named.
func TestAdministratorsAreOutOfAnAgencysReach(t *testing.T) {
	e := newEstate(t)
	if may := e.own.may(t, e.all); len(may) != 0 {
		t.Errorf("an agency's administrator may %v with an administrator's", may)
	}
	for _, act := range []string{"hold", "revoke", "release"} {
		for name, r := range map[string]api.PlanRequest{
			"serial": {Act: act, Serials: []string{e.all.ref.Serial}}, "filter": {Act: act, Filter: &api.CertificateFilter{User: e.all.email}},
		} {
			if p := e.own.plan(t, r); p.Total != 0 {
				t.Errorf("%s by %s = %+v, want nothing in it", act, name, p)
			}
		}
	}
	p := e.all.plan(t, api.PlanRequest{Act: "hold", Serials: []string{e.officer.ref.Serial}})
	e.own.send(t, api.PathPlans+"/"+p.ID+"/serials", api.AddSerials{}).wantProblem(t, http.StatusNotFound, api.NotFound)
	// Who becomes an administrator after the plan was made is out of reach when it is done.
	p = e.own.plan(t, api.PlanRequest{Act: "hold", Serials: []string{e.officer.ref.Serial}})
	if _, err := e.ownerOf(t).Exec(t.Context(), `UPDATE access.user_role SET role = 'administrator' WHERE user_id = $1`, e.officer.user); err != nil {
		t.Fatal(err)
	}
	if done := e.own.confirm(t, p); done.Results[api.ResultNotAllowed] != 1 {
		t.Errorf("confirmed: %+v, want it not allowed", done)
	}
}

// TestNobodyReleasesTheirOwn: administrators neither.
func TestNobodyReleasesTheirOwn(t *testing.T) {
	e := newEstate(t)
	spare := e.member(t, "Agency", "Second", lifecycle.Administrator)
	for _, m := range []*member{e.all, e.own} {
		held := e.token(t, certs.User, m.user, m.email, "Again")
		if err := e.authority.Hold(t.Context(), held.ref, "urn:mais:user:"+m.user); err != nil {
			t.Fatal(err)
		}
		if may := m.may(t, held); slices.Contains(may, "release") {
			t.Errorf("%s may %v with their own", m.email, may)
		}
		if !slices.Contains(spare.may(t, held), "release") {
			t.Error("another administrator may not release it")
		}
		for _, r := range []api.PlanRequest{
			{Act: "release", Serials: []string{held.ref.Serial}}, {Act: "release", Serials: []string{" " + strings.ToUpper(held.ref.Serial)}},
			{Act: "release", Serials: []string{held.ref.String()}}, {Act: "release", Filter: &api.CertificateFilter{User: m.email}}, {Act: "release", Filter: &api.CertificateFilter{Status: "held"}},
		} {
			got := m.send(t, api.PathPlans, r)
			if got.StatusCode == http.StatusBadRequest {
				continue
			}
			var p api.Plan
			if got.decode(t, http.StatusCreated, &p); p.Total != 0 {
				t.Errorf("%s plans %+v: %+v", m.email, r, p)
			}
		}
		empty := m.plan(t, api.PlanRequest{Act: "release"})
		add := m.send(t, api.PathPlans+"/"+empty.ID+"/serials", api.AddSerials{Lines: []api.SerialLine{{Line: 1, Serial: held.ref.Serial}}})
		var p api.Plan
		if add.StatusCode != http.StatusBadRequest {
			if add.decode(t, http.StatusOK, &p); p.Total != 0 {
				t.Errorf("%s adds their own: %+v", m.email, p)
			}
		}
	}
}

// TestHoldFromAboveStays: an agency's administrator lifts a colleague's hold and a holder's own,
// not an administrator's nor the operator's.
func TestHoldFromAboveStays(t *testing.T) {
	e := newEstate(t)
	colleague := e.member(t, "Agency", "Second", lifecycle.AgencyAdministrator)
	for by, want := range map[string]int{
		"urn:mais:user:" + e.all.user: 0, "operator": 0, "urn:mais:user:" + e.theirAdmin.user: 0, "urn:mais:user:" + e.theirs.user: 0,
		"urn:mais:user:" + colleague.user: 1, "urn:mais:user:" + e.officer.user: 1,
	} {
		if err := e.authority.Hold(t.Context(), e.officer.ref, by); err != nil {
			t.Fatal(err)
		}
		for _, r := range []api.PlanRequest{{Act: "release", Serials: []string{e.officer.ref.Serial}}, {Act: "release", Filter: &api.CertificateFilter{Status: "held"}}} {
			if p := e.own.plan(t, r); p.Total != want {
				t.Errorf("held by %s: the plan %+v has %d, want %d", by, r, p.Total, want)
			}
		}
		if got := slices.Contains(e.own.may(t, e.officer), "release"); got != (want == 1) {
			t.Errorf("held by %s: release is offered = %v", by, got)
		}
		if err := e.authority.Release(t.Context(), e.officer.ref, "test"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLastAdministratorStays: a plan that would leave none is refused when it is confirmed.
func TestLastAdministratorStays(t *testing.T) {
	e := newEstate(t)
	second := e.member(t, "Agency", "Second", lifecycle.Administrator)
	both := e.all.plan(t, api.PlanRequest{Act: "revoke", Serials: []string{e.all.ref.Serial, second.ref.Serial}})
	if len(both.Warnings) == 0 || !strings.HasPrefix(both.Warnings[0], "No administrator") {
		t.Errorf("warnings = %q", both.Warnings)
	}
	confirm := func(p api.Plan) reply {
		return e.all.send(t, api.PathPlans+"/"+p.ID+"/confirm", api.ConfirmPlan{Word: p.Word})
	}
	if p := confirm(both).wantProblem(t, http.StatusBadRequest, api.Invalid); !strings.Contains(p.Errors[0].Detail, "no administrator") {
		t.Errorf("the problem = %+v", p)
	}
	one, other := e.all.plan(t, api.PlanRequest{Act: "hold", Serials: []string{second.ref.Serial}}), e.all.plan(t, api.PlanRequest{Act: "hold", Serials: []string{e.all.ref.Serial}})
	e.all.confirm(t, one)
	confirm(other).wantProblem(t, http.StatusBadRequest, api.Invalid) // though it was shown when there were two
	if got := e.all.get(t, api.PathWhoami); got.StatusCode != http.StatusOK {
		t.Errorf("whoami = %d", got.StatusCode)
	}
}

// TestHoldersPlansAreBounded: in number and length, and none of an administrator's business.
func TestHoldersPlansAreBounded(t *testing.T) {
	e := newEstate(t)
	theirs := e.all.plan(t, api.PlanRequest{Act: "hold"})
	for range 10 {
		p := e.officer.plan(t, api.PlanRequest{Act: "hold", Serials: []string{e.theirs.ref.Serial, "00", "not a serial", e.officer.ref.Serial}})
		if got := e.officer.items(t, p); !slices.Equal(got, []string{api.ResultWaiting}) {
			t.Errorf("the items = %v, want what is theirs", got)
		}
	}
	e.officer.send(t, api.PathPlans, api.PlanRequest{Act: "hold"}).wantProblem(t, http.StatusBadRequest, api.Invalid)
	for range 70 {
		if _, err := e.authority.MakePlan(t.Context(), ca.Plan{Act: "hold", Scope: "own", Owner: identityOf(t, uuid.NewString())}); err != nil {
			t.Fatal(err)
		}
	}
	var plans api.Plans
	if e.all.get(t, api.PathPlans).decode(t, http.StatusOK, &plans); len(plans.Plans) != 1 || plans.Plans[0].ID != theirs.ID {
		t.Errorf("an administrator's list has %d, want one", len(plans.Plans))
	}
	if e.officer.get(t, api.PathPlans).decode(t, http.StatusOK, &plans); len(plans.Plans) != 10 {
		t.Errorf("the holder's list has %d, want 10", len(plans.Plans))
	}
}

// TestHolderBackdates: a compromised key only, and as their claim.
func TestHolderBackdates(t *testing.T) {
	e := newEstate(t)
	since := time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
	r := api.PlanRequest{Act: "revoke", InvalidityDate: &since, Serials: []string{e.officer.ref.Serial}}
	for _, reason := range []string{"", "cessationOfOperation", "superseded"} {
		r.Reason = reason
		if p := e.officer.send(t, api.PathPlans, r).wantProblem(t, http.StatusBadRequest, api.Invalid); p.Errors[0].Field != "invalidity_date" {
			t.Errorf("%s: %+v", reason, p.Errors)
		}
	}
	r.Reason = "keyCompromise"
	if p := e.officer.plan(t, r); p.Note != "date claimed by the holder" {
		t.Errorf("the note = %q", p.Note)
	}
	r.Note = "bag stolen"
	if p := e.officer.plan(t, r); p.Note != "date claimed by the holder: bag stolen" {
		t.Errorf("the note = %q", p.Note)
	}
	r.Note = strings.Repeat("x", 200)
	e.officer.send(t, api.PathPlans, r).wantProblem(t, http.StatusBadRequest, api.Invalid)
	r.Reason = "superseded"
	if p := e.all.plan(t, r); p.Note != r.Note {
		t.Errorf("an administrator's note = %q", p.Note)
	}
}

// TestPlansAreInTheAudit: what was asked for, who was shown, and how it ended.
func TestPlansAreInTheAudit(t *testing.T) {
	e := newEstate(t)
	event := func(got reply) entry {
		t.Helper()
		found := e.entries(t, "request = $1", got.Header.Get("Request-Id"))
		if len(found) != 1 {
			t.Fatalf("the audit has %+v, want one entry", found)
		}
		return found[0]
	}
	made := e.all.send(t, api.PathPlans, api.PlanRequest{Act: "hold", Serials: []string{e.officer.ref.Serial, "00"}})
	if d := event(made).Detail; d["serials"] != e.officer.ref.Serial+" 00" || d["lines"] != "2" || d["shown"] != e.officer.email || d["what"] != "hold" || d["plan"] == "" {
		t.Errorf("plan.make of serials: %v", d)
	}
	var p api.Plan
	made.decode(t, http.StatusCreated, &p)
	if d := event(e.all.get(t, api.PathPlans+"/"+p.ID)).Detail; d["shown"] != e.officer.email {
		t.Errorf("plan.show: %v", d)
	}
	made = e.all.send(t, api.PathPlans, api.PlanRequest{Act: "revoke", Filter: &api.CertificateFilter{Query: e.officer.email, Status: "live"}})
	if d := event(made).Detail; !strings.Contains(d["filter"], "q="+strings.ReplaceAll(e.officer.email, "@", "%40")+"&status=live") {
		t.Errorf("plan.make of a filter: %v", d)
	}
	hidden := e.all.get(t, api.PathCertificates+"?q="+strings.Repeat("%20", 600)+e.officer.email)
	if d := event(hidden).Detail; d["filter"] != "q="+strings.ReplaceAll(e.officer.email, "@", "%40") {
		t.Errorf("certificate.list behind spaces: %v", d)
	}
}

// TestItemsOutOfReach: who holds a certificate of a plan, and how it stands, is for those only
// who may look at it now.
func TestItemsOutOfReach(t *testing.T) {
	e := newEstate(t)
	p := e.own.plan(t, api.PlanRequest{Act: "hold", Serials: []string{e.officer.ref.Serial}})
	if err := e.authority.AddLines(t.Context(), p.ID, ca.Filter{}, []ca.Line{{Text: e.theirs.ref.Serial}}); err != nil { // as if they had moved since
		t.Fatal(err)
	}
	for m, want := range map[*member][]string{e.own: {e.officer.email, ""}, e.all: {e.officer.email, e.theirs.email}} {
		var items api.PlanItems
		m.get(t, api.PathPlans+"/"+p.ID+"/items").decode(t, http.StatusOK, &items)
		for n, i := range items.Items {
			if i.Holder != want[n] || (i.Status == "") != (want[n] == "") {
				t.Errorf("%s sees %+v, want %q", m.email, i, want[n])
			}
		}
	}
}

// TestInvitedFromAbove: administrators and governance officers are, by administrators, and nobody by themselves.
func TestInvitedFromAbove(t *testing.T) {
	e := newEstate(t)
	governor, other := e.member(t, "Agency", "Governor", "governance_officer"), e.member(t, "Agency", "Other", "administrator")
	for _, m := range []*member{e.all, e.own} {
		m.send(t, api.PathInvitations, api.InviteRequest{Email: m.email}).wantProblem(t, http.StatusForbidden, api.NotByYou)
	}
	for _, m := range []*member{other, governor} {
		e.own.send(t, api.PathInvitations, api.InviteRequest{Email: m.email}).wantProblem(t, http.StatusForbidden, api.NotAllowed)
		e.all.send(t, api.PathInvitations, api.InviteRequest{Email: m.email}).wantProblem(t, http.StatusServiceUnavailable, api.Unavailable) // there is no mail
	}
}

// TestEndOfAPlanIsInTheAudit: with how it ended, in the name of who confirmed it.
func TestEndOfAPlanIsInTheAudit(t *testing.T) {
	e := newEstate(t)
	gone := e.token(t, certs.User, e.officer.user, e.officer.email, "Ann Officer")
	if err := e.authority.Revoke(t.Context(), gone.ref, ca.Unspecified, "test"); err != nil {
		t.Fatal(err)
	}
	p := e.all.plan(t, api.PlanRequest{Act: "hold", Serials: []string{e.officer.ref.Serial, gone.ref.Serial}})
	as, err := json.Marshal(audit.Event{User: e.all.user, UserName: "All Admin", AuthMethod: "certificate"})
	if err != nil {
		t.Fatal(err)
	}
	err = e.authority.ConfirmPlan(t.Context(), p.ID, 2, ca.Confirmation{By: identityOf(t, e.all.user), As: as, Preview: json.RawMessage(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	var ends []entry
	eventually(t, "the end of the plan is recorded", func() bool {
		ends = e.entries(t, "act = 'plan.end' AND detail ->> 'plan' = $1", p.ID)
		return len(ends) > 0
	})
	if got := ends[0]; got.Outcome != string(audit.Refused) || got.User != e.all.user || got.Detail[api.ResultDone] != "1" || got.Detail[api.ResultNotAllowed] != "1" ||
		got.Detail["confirmed_by"] != "urn:mais:user:"+e.all.user {
		t.Errorf("the event = %+v", got)
	}
}

// TestWhoMayRaise: whoever may revoke it may say of what was revoked that its key is in other hands, its holder with another
// token too; once.
func TestWhoMayRaise(t *testing.T) {
	e := newEstate(t)
	for name, m := range map[string]*member{"its holder": e.officer, "their administrator": e.own, "an administrator": e.all} {
		lost := e.token(t, certs.User, e.officer.user, e.officer.email, "Ann Officer")
		if err := e.authority.Revoke(t.Context(), lost.ref, ca.CessationOfOperation, "test"); err != nil {
			t.Fatal(err)
		}
		if may := m.may(t, lost); !slices.Contains(may, "revoke") {
			t.Errorf("%s may %v", name, may)
		}
		p := m.plan(t, api.PlanRequest{Act: "revoke", Reason: ca.KeyCompromise.String(), Serials: []string{lost.ref.Serial}})
		if p.Total != 1 || len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "revoked before") {
			t.Errorf("%s is told %+v", name, p)
		}
		if done := m.confirm(t, p); done.Results[api.ResultDone] != 1 {
			t.Errorf("%s confirmed: %+v", name, done)
		}
		var d api.CertificateDetail
		m.get(t, at(lost.ref)).decode(t, http.StatusOK, &d)
		if d.Reason != "keyCompromise" || d.RaisedAt == nil || !d.StatusAt.Before(*d.RaisedAt) || slices.Contains(d.May, "revoke") || d.History[1].RaisedFrom != "cessationOfOperation" {
			t.Errorf("%s then sees %+v", name, d)
		}
	}
	gone := e.token(t, certs.User, e.officer.user, e.officer.email, "Ann Officer")
	if err := e.authority.Revoke(t.Context(), gone.ref, ca.CessationOfOperation, "test"); err != nil {
		t.Fatal(err)
	}
	e.theirAdmin.get(t, at(gone.ref)).wantProblem(t, http.StatusNotFound, api.NotFound)
	if p := e.theirAdmin.plan(t, api.PlanRequest{Act: "revoke", Reason: ca.KeyCompromise.String(), Serials: []string{gone.ref.Serial}}); p.Total != 0 {
		t.Errorf("another agency's administrator has %+v", p)
	}
}
