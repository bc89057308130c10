package e2e_test

import (
	"strings"
	"testing"
)

// What leads through the pages about people and places.
const (
	toDetails   = `main form[action="/admin/agencies"] button.govuk-button`
	toConfirmIt = `main form[action$="/confirm"] button:not([formaction])`
	toDiscard   = `main button[formaction$="/discard"]`
	toApprove   = `main form[action$="/approve"] button:not([formaction])`
	toRefuse    = `main button[formaction$="/refuse"]`
)

// placesAndPeople is what two administrators of the demo see of its people, places and roles:
// each page once with what the demo has, each form once with faults, and a change in each of
// its states.
func placesAndPeople(t *testing.T, s *service, g *gallery) {
	i := &inspector{g, "places"}
	b := newChromium(t, s, s.join(t, "placer", "administrator", liaison)).tab(t)
	entersAdministration(t, b)
	other := newChromium(t, s, s.join(t, "decider", "administrator", liaison)).tab(t)
	entersAdministration(t, other)
	seesPlaces(t, b, i)
	change := asksForPlace(t, b, i)
	decides(t, b, other, i, change)
	seesStaff(t, b, i)
	importsFaults(t, b, i)
	seesRoles(t, b, i)
	reviewsAccess(t, b, i)
	seesSessions(t, b, i)
	b.open(t, "/admin/usage")
	i.look(t, b, "usage")
	b.open(t, "/")
	b.press(t, toSignOut)
	b.seen.faultless(t)
	other.seen.faultless(t)
}

// option chooses an option by its words.
func (b *tab) option(t *testing.T, selector, words string) {
	t.Helper()
	js[any](t, b, `[...document.querySelector(`+quoted(selector)+`).options].find(o => o.textContent.trim() == `+quoted(words)+`).selected = true`)
}

// link presses the first link of the main part whose words begin so.
func (b *tab) link(t *testing.T, words string) {
	t.Helper()
	b.press(t, `main a[href="`+js[string](t, b, `[...document.querySelectorAll("main a")].find(a => a.textContent.trim().startsWith(`+quoted(words)+`)).getAttribute("href")`)+`"]`)
}

// retype replaces what stands in a field.
func (b *tab) retype(t *testing.T, selector, words string) {
	t.Helper()
	js[any](t, b, `document.querySelector(`+quoted(selector)+`).value = ""`)
	b.fill(t, selector, words)
}

// opens opens a page and looks at it.
func (i *inspector) opens(t *testing.T, b *tab, path, name string) {
	t.Helper()
	b.open(t, path)
	i.look(t, b, name)
}

// seesPlaces: agencies, their sites, and whose an address is.
func seesPlaces(t *testing.T, b *tab, i *inspector) {
	i.opens(t, b, "/admin/agencies", "agencies")
	b.link(t, "Northshire Police")
	i.look(t, b, "agency")
	b.press(t, `main a[href$="/change"]`)
	i.look(t, b, "agency-change")
	b.open(t, "/admin/agencies/new")
	b.fill(t, "#domains", "no domain at all")
	b.press(t, toDetails)
	if b.status != 422 {
		t.Errorf("an agency without a name: status = %d, want 422", b.status)
	}
	i.look(t, b, "agency-error")
	b.open(t, "/admin/agencies")
	b.link(t, "Northshire Police")
	b.link(t, custody)
	i.look(t, b, "site")
	site := b.path(t)
	b.fill(t, "#prefix", "0.0.0.0/0")
	b.press(t, `form[action$="/networks"] button`)
	if b.status != 422 {
		t.Errorf("a network of everybody: status = %d, want 422", b.status)
	}
	i.look(t, b, "site-error")
	i.opens(t, b, site+"/close", "site-close")
	i.opens(t, b, "/admin/networks", "networks")
	b.fill(t, `main form[action="/admin/networks"] input[type=text]`, "127.0.0.1")
	b.enter(t)
	i.look(t, b, "networks-address")
}

// asksForPlace proposes an agency, and returns where its change stands.
func asksForPlace(t *testing.T, b *tab, i *inspector) string {
	b.open(t, "/admin/agencies/new")
	for field, text := range map[string]string{"name": "Westshire Probation", "kind": "probation", "sponsor-name": "Demo Head of Probation", "sponsor-email": "head@probation.westshire.example", "domains": "probation.westshire.example"} {
		b.fill(t, "#"+field, text)
	}
	b.press(t, toDetails)
	at(t, b, "/admin/changes/")
	i.look(t, b, "change-draft")
	change := b.path(t)
	i.opens(t, b, "/admin/changes?state=mine", "changes-mine")
	b.open(t, change)
	b.press(t, toConfirmIt)
	i.look(t, b, "change-waits")
	return change
}

// decides: the other refuses once without a word and once with, and approves the next; one is
// taken back.
func decides(t *testing.T, b, other *tab, i *inspector, change string) {
	other.open(t, change)
	i.look(t, other, "change-decide")
	other.press(t, toRefuse)
	if other.status != 422 {
		t.Errorf("refused without a reason: status = %d, want 422", other.status)
	}
	i.look(t, other, "change-refuse-error")
	other.fill(t, "#note", "Not before the agreement is signed")
	other.press(t, toRefuse)
	other.open(t, change)
	says(t, other, "Not before the agreement is signed")
	i.look(t, other, "change-refused")
	for _, end := range []string{"applied", "discarded"} {
		b.open(t, "/admin/agencies")
		b.link(t, "HMP Northshire")
		b.press(t, `main a[href$="/change"]`)
		b.retype(t, "#sponsor-name", "Demo Head of Healthcare, "+end)
		b.press(t, `main form[action$="/change"] button.govuk-button`)
		if end == "discarded" {
			b.press(t, toDiscard)
			i.look(t, b, "change-discarded")
			continue
		}
		b.press(t, toConfirmIt)
		change = b.path(t)
		other.open(t, strings.SplitN(change, "?", 2)[0])
		other.press(t, toApprove)
		i.look(t, other, "change-applied")
	}
	for _, state := range []string{"open", "applied", "refused", "all"} {
		i.opens(t, b, "/admin/changes?state="+strings.TrimPrefix(state, "all"), "changes-"+state)
	}
}
