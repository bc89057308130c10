package e2e_test

import (
	"strings"
	"testing"
)

// seesStaff: the list, one person, and the forms that invite and change them.
func seesStaff(t *testing.T, b *tab, i *inspector) {
	i.opens(t, b, "/admin/people", "people")
	b.aboveFold(t, "main form select, main tbody tr:nth-child(-n+4)")
	b.fill(t, "#q", "nobody of this name")
	b.enter(t)
	i.look(t, b, "people-none")
	b.open(t, "/admin/people")
	b.fill(t, "#q", "demo custody")
	b.enter(t)
	i.look(t, b, "people-found")
	b.link(t, "Demo Custody Sergeant")
	one := b.path(t)
	i.look(t, b, "person")
	b.sameLine(t, "main > .govuk-button-group .govuk-button, main .govuk-button-group > form .govuk-button")
	b.press(t, `main a[href$="/change"]`)
	i.look(t, b, "person-change")
	b.retype(t, "#name", "Demo Custody Inspector")
	b.press(t, `main form[action*="/change/"]:not([action$="/agency"]) button.govuk-button`)
	i.look(t, b, "person-change-draft")
	b.press(t, toDiscard)
	i.opens(t, b, one+"/leave", "person-leave")
	b.open(t, "/admin/people/new")
	b.option(t, "#agency", "Northshire Police")
	b.press(t, `main form[action$="/agency"] button`)
	b.fill(t, "#email", "somebody@elsewhere.example")
	b.fill(t, "#ends", "31")
	b.press(t, `main form[action^="/admin/people/new/"]:not([action$="/agency"]) button.govuk-button`)
	if b.status != 422 {
		t.Errorf("an invitation with faults: status = %d, want 422", b.status)
	}
	i.look(t, b, "invite-error")
	i.opens(t, b, "/admin/people/funnel", "funnel")
}

// sameLine demands that elements stand on one line, wherever they are wide enough to.
func (b *tab) sameLine(t *testing.T, selector string) {
	t.Helper()
	tops := js[[]float64](t, b, `[...document.querySelectorAll(`+quoted(selector)+`)].map(e => Math.round(e.getBoundingClientRect().top))`)
	for _, top := range tops {
		if top != tops[0] {
			t.Errorf("%s: %s stand at %v, want one line", b.path(t), selector, tops)
			return
		}
	}
}

// importsFaults: a file with faults, and one without that becomes a change.
func importsFaults(t *testing.T, b *tab, i *inspector) {
	const columns = "email,name,agency,sites,roles,starts,ends\n"
	i.opens(t, b, "/admin/people/import", "import")
	b.aboveFold(t, "#file, main form button")
	b.fill(t, "#note", "The night shift")
	b.file(t, columns+"one@elsewhere.example,One,Northshire Police,"+custody+",police_officer,,\n,Two,No Agency,,no_role,31/12/2026,\n")
	b.press(t, `main form[action="/admin/people/import"] button`)
	i.look(t, b, "import-error")
	b.open(t, "/admin/people/import")
	b.fill(t, "#note", "The night shift")
	var rows strings.Builder
	for _, name := range []string{"Ada", "Bel", "Cas", "Dov", "Eli"} {
		rows.WriteString("night." + strings.ToLower(name) + "@police.northshire.example,Night " + name + ",Northshire Police," + custody + ",police_officer,,\n")
	}
	b.file(t, columns+rows.String())
	b.press(t, `main form[action="/admin/people/import"] button`)
	at(t, b, "/admin/changes/")
	i.look(t, b, "import-draft")
	b.press(t, toDiscard)
}

// file puts a file into the form.
func (b *tab) file(t *testing.T, text string) {
	t.Helper()
	js[any](t, b, `(() => { const all = new DataTransfer(); all.items.add(new File([`+quoted(text)+`], "staff.csv", {type: "text/csv"})); document.querySelector("#file").files = all.files; return null })()`)
}

// seesRoles: what each permits, a role to be made, and what somebody who has it sees.
func seesRoles(t *testing.T, b *tab, i *inspector) {
	i.opens(t, b, "/admin/roles", "roles")
	i.opens(t, b, "/admin/roles/police_officer", "role")
	i.opens(t, b, "/admin/roles/administrator", "role-office")
	i.opens(t, b, "/admin/roles/police_officer/as", "role-as")
	b.link(t, "As in an emergency")
	i.look(t, b, "role-as-emergency")
	i.opens(t, b, "/admin/roles/new", "role-new")
	b.press(t, `main form[action="/admin/roles/new"] button.govuk-button`)
	if b.status != 422 {
		t.Errorf("a role without a name: status = %d, want 422", b.status)
	}
	i.look(t, b, "role-error")
	b.open(t, "/admin/roles/police_officer")
	js[any](t, b, `document.querySelector(".mais-matrix tbody:nth-of-type(2) tr:nth-child(2) input").click()`)
	b.press(t, `main form[action="/admin/roles/police_officer"] button.govuk-button`)
	at(t, b, "/admin/changes/")
	i.look(t, b, "role-draft")
	b.press(t, toDiscard)
}

// reviewsAccess opens a review of an agency and decides on one of its people.
func reviewsAccess(t *testing.T, b *tab, i *inspector) {
	i.opens(t, b, "/admin/access-reviews", "access-reviews")
	b.option(t, "#agency", "HMP Northshire")
	b.press(t, `main form[action="/admin/access-reviews"] button`)
	i.look(t, b, "access-review")
	b.press(t, `main form[action$="/decide"] button`)
	if b.status != 422 {
		t.Errorf("nobody ticked and nothing decided: status = %d, want 422", b.status)
	}
	i.look(t, b, "access-review-error")
	b.choose(t, `input[name="user"]`)
	b.choose(t, `input[name="decision"]`)
	b.press(t, `main form[action$="/decide"] button`)
	i.look(t, b, "access-review-decided")
	i.opens(t, b, "/admin/access-reviews", "access-reviews-open")
}

// seesSessions: one's own, those of others, and the question before one is ended.
func seesSessions(t *testing.T, b *tab, i *inspector) {
	i.opens(t, b, "/sessions", "sessions")
	i.opens(t, b, "/admin/sessions", "admin-sessions")
	b.fill(t, "#q", "nobody of this name")
	b.enter(t)
	i.look(t, b, "admin-sessions-none")
}

// oversees is what a governance officer finds in the audit: what others did, whole and one by
// one, what was refused, the figures, and what the service found unusual.
func oversees(t *testing.T, s *service, g *gallery) {
	officer := newChromium(t, s, s.join(t, "watched", "police_officer", custody)).tab(t)
	signIn(t, officer)
	find(t, officer, "brackenridge", 1)
	reason(t, officer, "custody", "NG/9/10")
	officer.open(t, "/admin")
	b, i := newChromium(t, s, s.join(t, "overseer", "governance_officer", liaison)).tab(t), &inspector{g, "audit"}
	b.open(t, "/")
	b.press(t, toSignIn)
	i.opens(t, b, "/audit", "search")
	b.fill(t, "#who", "watched")
	b.enter(t)
	says(t, b, "Journey watched")
	i.look(t, b, "found")
	b.press(t, `main table a[href^="/audit/people/"]`)
	says(t, b, "Journey watched")
	silent(t, b, "Brackenridge", "Tobias")
	i.look(t, b, "person")
	b.press(t, `main a[href^="/audit/sessions/"]`)
	i.look(t, b, "story")
	b.press(t, `main a[href^="/audit/entry/"]`)
	i.look(t, b, "entry")
	b.open(t, "/audit")
	b.fill(t, "#who", "nobody of this name")
	b.enter(t)
	i.look(t, b, "none")
	b.open(t, "/audit")
	js[any](t, b, `document.querySelector("details").open = true`)
	b.fill(t, "#address", "no address")
	b.enter(t)
	if b.status != 422 {
		t.Errorf("a search with a fault: status = %d, want 422", b.status)
	}
	i.look(t, b, "error")
	i.opens(t, b, "/audit/people", "whose")
	b.aboveFold(t, "#number, main form button")
	if high := js[float64](t, b, `document.querySelector("header").offsetHeight`); high > 150 {
		t.Errorf("below a second menu the page begins %v pixels from the top", high)
	}
	if high := js[float64](t, b, `(document.querySelector(".mais-id strong").textContent = "Journey Overseer-Featherstonehaugh", document.querySelector("header").offsetHeight)`); high > 170 {
		t.Errorf("with a long name it begins %v pixels from the top, want one line more at most", high)
	}
	fills(t, b, "#name", "brackenridge, tobias james", "#born", "14", "#born-month", "2", "#born-year", "1979")
	b.press(t, `main form[action="/audit/people"] button`)
	says(t, b, "Nobody fits")
	i.look(t, b, "whose-none")
	b.retype(t, "#born-year", "1978")
	b.press(t, `main form[action="/audit/people"] button`)
	says(t, b, "Journey watched") // of who looked, and nothing of whom
	silent(t, b, "Brackenridge", "Tobias")
	for _, page := range []string{"refusals", "figures", "alerts"} {
		i.opens(t, b, "/audit/"+page, page)
	}
	i.opens(t, b, "/audit/alerts?all=yes", "alerts-all")
	b.seen.faultless(t)
	officer.seen.faultless(t)
}
