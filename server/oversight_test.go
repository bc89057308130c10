package server

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/server/internal/audit"
)

// reviewWorld is an estate with a governance officer, and an alert about somebody whose name wants to
// be a formula.
func reviewWorld(t *testing.T) (e *estate, governor *member, alert int64) {
	t.Helper()
	e = newEstate(t)
	governor = e.member(t, "Agency", "Gwen Governor", "governance_officer")
	receipt, err := e.ledger.Append(t.Context(), audit.Event{Act: "alarm.scraping", Outcome: audit.Allowed, User: e.theirs.user, UserName: "=1+1", Agency: "Elsewhere",
		Detail: map[string]string{"says": "Opened the records of 60 people within an hour."}})
	if err != nil {
		t.Fatal(err)
	}
	return e, governor, receipt.ID()
}

// TestOversightAPI: what a governance officer asks of the API is as described, is one entry each,
// and is nobody else's to ask.
func TestOversightAPI(t *testing.T) {
	e, governor, alert := reviewWorld(t)
	cookie, session := e.officer.sessionOf(t)
	e.officer.c.get(t, e.urls.Mutual+"/access", "Cookie", cookie)
	since := url.Values{"from": {time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)}}.Encode()
	for path, act := range map[string]string{
		api.PathAudit + "?who=ann+off&act=session.*":                       "audit.list",
		api.PathAudit + "?session=" + session + "&per_page=2":              "audit.list",
		api.PathAuditEntry + "/" + strconv.FormatInt(alert, 10):            "audit.entry",
		api.PathAuditSession + "/" + session:                               "audit.session",
		api.PathAuditPerson + "/5ad8b9f6-7c1e-4a52-9f0d-000000000001":      "audit.person",
		api.PathAuditRefusals:                                              "audit.refusals",
		api.PathAuditFigures + "?from=" + time.Now().Format(time.DateOnly): "audit.figures",
		api.PathAuditExport + "?format=json&" + since:                      "audit.export",
		api.PathAuditExport + "?format=csv&act=alarm.scraping&" + since:    "audit.export",
		api.PathAuditAlerts:                                                "audit.alerts",
	} {
		got := governor.get(t, path)
		got.wantStatus(t, http.StatusOK)
		e.audited(t, got, act, audit.Allowed)
		for _, other := range []*member{e.all, e.own, e.officer} {
			refused := other.get(t, path)
			refused.wantProblem(t, http.StatusForbidden, api.NotAllowed)
			e.audited(t, refused, act, audit.Refused)
		}
	}
	var story api.AuditStory
	governor.get(t, api.PathAuditSession+"/"+session).decode(t, http.StatusOK, &story)
	if story.UserName != "Ann Officer" || story.Address != custody || len(story.Steps) < 2 || story.Steps[0].Act != "session.start" {
		t.Errorf("the story = %+v", story)
	}
	find := api.AuditFind{Name: "Nobody Atall", Born: "1978-03-27"}
	none := governor.send(t, api.PathAuditFind, find)
	e.audited(t, none, "audit.find", audit.Failed)
	var found api.AuditFound
	if none.decode(t, http.StatusOK, &found); found != (api.AuditFound{Answer: api.FindNone}) {
		t.Errorf("of nobody the answer is %+v", found)
	}
	governor.send(t, api.PathAuditFind, api.AuditFind{Name: "Nobody"}).wantProblem(t, http.StatusBadRequest, api.Invalid)
	for _, other := range []*member{e.all, e.own, e.officer} {
		refused := other.send(t, api.PathAuditFind, find)
		refused.wantProblem(t, http.StatusForbidden, api.NotAllowed)
		e.audited(t, refused, "audit.find", audit.Refused)
	}
	e.own.get(t, api.PathAccessReviews).wantStatus(t, http.StatusOK)
	if _, err := e.ledger.Append(t.Context(), audit.Event{Act: "record.show", Outcome: audit.Allowed, Persons: []string{"5ad8b9f6-7c1e-4a52-9f0d-000000000001"}}); err != nil {
		t.Fatal(err)
	}
	for act, near := range map[string]string{"review.*": "access-review.*", "review.list": "access-review.list", "alrm.scraping": "alarm.scraping", "zzzzzzzz.*": "", "record.print": "", "recrd.show": "record.show"} {
		var slip api.AuditPage
		governor.get(t, api.PathAudit+"?agency=Elsewher&act="+act).decode(t, http.StatusOK, &slip)
		if len(slip.Unknown) != 2 || len(slip.Entries) != 0 || strings.Join(slip.Near, " ") != near {
			t.Errorf("a slip of the pen, %s, finds %+v, want %q near", act, slip, near)
		}
	}
	person := api.PathAuditPerson + "/5ad8b9f6-7c1e-4a52-9f0d-000000000001"
	for _, bad := range []string{api.PathAudit + "?user=dana", api.PathAudit + "?x=1", api.PathAudit + "?from=yesterday", api.PathAudit + "?act=a&act=b",
		api.PathAuditAlerts + "?al=true", api.PathAuditAlerts + "?all=yes", api.PathAuditAlerts + "?before=0", person + "?form=2026-01-01", person + "?before=1&before=2",
		api.PathAuditRefusals + "?since=2026-01-01", api.PathAuditRefusals + "?from=1.1.2026", api.PathAuditFigures + "?form=2026-01-01"} {
		governor.get(t, bad).wantProblem(t, http.StatusBadRequest, api.Invalid)
	}
	governor.get(t, api.PathAuditExport+"?format=csv").wantProblem(t, http.StatusBadRequest, api.Invalid)
	table, err := csv.NewReader(strings.NewReader(string(governor.get(t, api.PathAuditExport+"?format=csv&act=alarm.scraping&"+since).body))).ReadAll()
	if err != nil || len(table) != 2 || table[1][6] != "'=1+1" {
		t.Errorf("the export is %q, %v", table, err)
	}
	settle := api.PathAuditAlerts + "/" + strconv.FormatInt(alert, 10) + "/settle"
	e.officer.send(t, settle, api.SettleRequest{Note: "mine"}).wantProblem(t, http.StatusForbidden, api.NotAllowed)
	governor.send(t, settle, api.SettleRequest{}).wantProblem(t, http.StatusBadRequest, api.Invalid)
	governor.send(t, settle, api.SettleRequest{Note: "A course."}).wantStatus(t, http.StatusOK)
	governor.send(t, settle, api.SettleRequest{Note: "Again."}).wantProblem(t, http.StatusConflict, api.SettledAlready)
	governor.send(t, api.PathAuditAlerts+"/1/settle", api.SettleRequest{Note: "x"}).wantProblem(t, http.StatusNotFound, api.NotFound)
}

// TestOversightPages: the pages of the review, from a search to a session's story, and an alert that
// is settled. What was typed to find somebody of staff stands in no address.
func TestOversightPages(t *testing.T) {
	e, governor, alert := reviewWorld(t)
	_, session := e.officer.sessionOf(t)
	v := &visitor{client: governor.c, world: e.world, cookie: e.signIn(t, governor.c)}
	at := v.send(t, "/audit", url.Values{"who": {"ann off"}, "act": {"session.*"}, "from": {time.Now().AddDate(0, 0, -1).Format(time.DateOnly)}}).goesTo(t, "/audit?")
	if strings.Contains(strings.ToLower(at), "ann") {
		t.Errorf("the address holds what was typed: %s", at)
	}
	v.page(t, at).wantPage(t, http.StatusOK, "Ann Officer")
	for path, says := range map[string]string{
		"/audit": "The newest entries", "/audit/entry/" + strconv.FormatInt(alert, 10): "alarm.scraping", "/audit/sessions/" + session: "Ann Officer",
		"/audit/people/5ad8b9f6-7c1e-4a52-9f0d-000000000001": "Nobody has opened", "/audit/refusals": "Refusals", "/audit/figures": "By hour of the day",
		"/audit/alerts": "records of 60 people",
	} {
		v.page(t, path).wantPage(t, http.StatusOK, says)
	}
	export := v.page(t, strings.Replace(at, "/audit?", "/audit/export/csv?", 1))
	if export.StatusCode != http.StatusOK || !strings.Contains(string(export.body), "Ann Officer") {
		t.Errorf("the export = %d %.200s", export.StatusCode, export.body)
	}
	v.send(t, "/audit", url.Values{"person": {"nobody"}}).wantPage(t, http.StatusUnprocessableEntity, "36 characters")
	v.page(t, "/audit?find=forged").wantPage(t, http.StatusNotFound, "no longer open")
	for path, status := range map[string]int{"/audit/alerts?al=yes": http.StatusNotFound, "/audit/people/5ad8b9f6-7c1e-4a52-9f0d-000000000001?form=x": http.StatusNotFound,
		"/audit/figures?form=2026-01-01": http.StatusUnprocessableEntity, "/audit/refusals?form=2026-01-01": http.StatusUnprocessableEntity} {
		v.page(t, path).wantStatus(t, status)
	}
	v.page(t, v.send(t, "/audit/figures", url.Values{"from": {"2020-01-01"}, "to": {"2026-01-01"}}).goesTo(t, "/audit/figures?")).wantPage(t, http.StatusUnprocessableEntity, "at most 92 days")
	whose := url.Values{"name": {"Nobody Atall"}, "born": {"27"}, "born-month": {"3"}, "born-year": {"1978"}}
	v.send(t, "/audit/people", whose).wantPage(t, http.StatusOK, "Nobody fits")
	v.send(t, "/audit/people", url.Values{"name": {"Nobody"}, "born": {"27"}}).wantPage(t, http.StatusUnprocessableEntity, "real date")
	v.send(t, "/audit/people", url.Values{"name": {"Nobody"}}).wantPage(t, http.StatusUnprocessableEntity, "first name and a family name")
	settle := "/audit/alerts/" + strconv.FormatInt(alert, 10) + "/settle"
	v.send(t, settle, url.Values{"note": {" "}}).wantPage(t, http.StatusUnprocessableEntity, "Say what you found")
	v.send(t, settle, url.Values{"note": {"A course."}}).goesTo(t, "/audit/alerts")
	v.page(t, "/audit/alerts").wantPage(t, http.StatusOK, "No alert waits")
	v.page(t, "/audit/alerts?all=yes").wantPage(t, http.StatusOK, "A course.")
	officer := &visitor{client: e.officer.c, world: e.world, cookie: e.signIn(t, e.officer.c)}
	for _, path := range []string{"/audit", "/audit/alerts", "/audit/figures", "/audit/refusals", "/audit/sessions/" + session, "/audit/export/csv?from=2026-01-01"} {
		got := officer.page(t, path)
		got.wantPage(t, http.StatusForbidden, "None of your roles")
	}
}
