package e2e_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Who is there on the first day.
const (
	ann    = "ann@trust.example"
	ben    = "ben@trust.example"
	sam    = "sam@police.example"
	police = "Northshire Police"
	night  = "Northgate Custody"
)

// day is an administrators' first day.
type day struct {
	*service
	post     *post
	ann, ben *tab // each at their own browser
	i        *inspector
}

// TestFirstDay goes from an empty system to a working agency in the browser: two administrators
// enrol; one makes an agency, its site, its network and an officer who reads records, the
// other approves what needs a second person; the officer's code comes by mail to the officer
// alone; they enrol, accept the terms and look somebody up; and are refused from the moment
// when they leave.
func TestFirstDay(t *testing.T) {
	t.Parallel()
	d := &day{post: newPost(t), i: &inspector{&gallery{pages: map[string]string{}}, "firstday"}}
	d.begin(t)
	d.makeAgency(t)
	d.makePlace(t)
	d.inviteOfficer(t)
	officer := d.officerComes(t)
	d.numbers(t)
	d.officerLeaves(t, officer)
	d.i.validate(t)
}

// begin sets the service up, and has both administrators enrol and sign in.
func (d *day) begin(t *testing.T) {
	dir := t.TempDir()
	at := writeSettings(t, dir, "127.0.0.1", fmt.Sprintf("[mail]\nhost = \"127.0.0.1\"\nport = %d\ntls = \"none\"\nfrom = \"MAIS <mais@mais.example>\"\n", d.post.port))
	secret := write(t, filepath.Join(t.TempDir(), "root"), "a long passphrase for the root\n")
	made := server(t, "init", "--dir", dir, "--name", "localhost", "--agency", "Northshire NHS Trust", "--site", "MAIS desk", "--subnet", "127.0.0.0/8",
		"--admin", "Ann Administrator <"+ann+">", "--admin", "Ben Administrator <"+ben+">", "--root-passphrase-file", secret).exits(t, 0)
	d.service = serve(t, dir, at)
	for who, browser := range map[string]**tab{ann: &d.ann, ben: &d.ben} {
		p := newPerson(t, d.service, who)
		code, command := shownInvitation(t, made.stdout, who)
		p.enrolSoon(t, command, code)
		*browser = newChromium(t, d.service, p).tab(t)
		entersAdministration(t, *browser)
	}
	says(t, d.ann, "Nothing waits for you among people and places")
	d.i.look(t, d.ann, "empty-overview")
}

// confirm confirms the change that is shown. A picture of it is called name.
func (d *day) confirm(t *testing.T, b *tab, name string) {
	t.Helper()
	at(t, b, "/admin/changes/")
	d.i.look(t, b, name)
	d.types(t, b)
	b.press(t, `main form[action$="/confirm"] button.govuk-button`)
}

// approve has the other administrator find what waits on their overview, and approve it.
func (d *day) approve(t *testing.T, name string) {
	t.Helper()
	b := d.ben
	b.open(t, "/admin")
	says(t, b, "1 change waits for your approval")
	b.press(t, `main a[href="/admin/changes?state=mine"]`)
	d.i.look(t, b, name+"-waits")
	b.press(t, `main table a[href^="/admin/changes/"], main li a[href^="/admin/changes/"]`)
	d.i.look(t, b, name+"-to-approve")
	d.types(t, b)
	b.press(t, `main form[action$="/approve"] button.govuk-button`)
}

// types types the word that a change wants, if it wants one.
func (d *day) types(t *testing.T, b *tab) {
	t.Helper()
	if b.count(t, "#word") > 0 {
		b.fill(t, "#word", js[string](t, b, `document.querySelector("label[for=word] strong").textContent`))
	}
}

// makeAgency: an agency needs a second person, and whoever makes it cannot be that person.
func (d *day) makeAgency(t *testing.T) {
	b := d.ann
	b.press(t, `nav a[href="/admin/agencies"]`)
	d.i.look(t, b, "agencies")
	b.press(t, `main a[href="/admin/agencies/new"]`)
	d.i.look(t, b, "new-agency")
	for field, text := range map[string]string{"name": police, "kind": "police", "sponsor-name": "Ch Supt Reid", "sponsor-email": "reid@police.example", "domains": "police.example"} {
		b.fill(t, "#"+field, text)
	}
	b.press(t, `main form[action="/admin/agencies"] button.govuk-button`)
	d.confirm(t, b, "agency-preview")
	if b.count(t, `main form[action$="/approve"]`) != 0 {
		t.Error("the maker of a change may approve it")
	}
	d.approve(t, "agency")
}

// makePlace: a site is one person's to make, and so is a network but for one as large as this, which
// another agency has too; with whom it lets in before it does.
func (d *day) makePlace(t *testing.T) {
	b := d.ann
	b.open(t, "/admin/agencies")
	d.follow(t, police)
	d.i.look(t, b, "agency")
	b.fill(t, `#site`, night)
	b.press(t, `form[action$="/sites"] button`)
	d.confirm(t, b, "site-preview")
	b.open(t, "/admin/agencies")
	d.follow(t, police)
	d.follow(t, night)
	d.i.look(t, b, "site")
	b.fill(t, "#prefix", "127.0.0.0/8")
	b.press(t, `form[action$="/networks"] button`)
	d.confirm(t, b, "network-preview")
	d.approve(t, "network")
}

// follow presses the first link of the main part with a text.
func (d *day) follow(t *testing.T, text string) {
	t.Helper()
	href := js[string](t, d.ann, `[...document.querySelectorAll("main a")].find(a => a.textContent.trim().startsWith(`+quoted(text)+`)).getAttribute("href")`)
	d.ann.press(t, `main a[href="`+href+`"]`)
}

// inviteOfficer: an officer with record access waits for the second person; no code exists
// before, and none is shown to either.
func (d *day) inviteOfficer(t *testing.T) {
	b := d.ann
	b.open(t, "/admin/people")
	d.i.look(t, b, "people")
	b.press(t, `nav a[href="/admin/people/new"]`)
	d.i.look(t, b, "invite-agency")
	chosen := js[string](t, b, `[...document.querySelectorAll("#agency option")].find(o => o.textContent == `+quoted(police)+`).value`)
	js[any](t, b, `document.querySelector("#agency").value = `+quoted(chosen))
	b.press(t, `main form[action$="/agency"] button`)
	b.fill(t, "#name", "Sam Sergeant")
	b.fill(t, "#email", sam)
	b.choose(t, `#role-police_officer`)
	says(t, b, night)
	b.choose(t, "#"+js[string](t, b, `document.querySelector('input[id^="site-"]').id`))
	d.i.look(t, b, "invite")
	b.press(t, `main form[action^="/admin/people/new/"]:not([action$="/agency"]) button.govuk-button`)
	d.confirm(t, b, "invite-preview")
	for _, l := range d.post.all() {
		if l.to == sam {
			t.Errorf("before anybody approved, %s was sent %q", sam, l.subject)
		}
	}
	d.post.brought(t, ben, "look under Approvals")
	d.approve(t, "invitation")
}

// codeForm is how a code is written.
var codeForm = regexp.MustCompile(`\b[0-9A-Z]{5}(?:-[0-9A-Z]{5}){6}\b`)

// officerComes: the letter has the code, which nobody else was sent; with it the officer enrols,
// accepts the terms, looks somebody up and says that it was of use.
func (d *day) officerComes(t *testing.T) *person {
	l := d.post.brought(t, sam, "tokenctl enrol")
	code := codeForm.FindString(l.text)
	if code == "" {
		t.Fatalf("no code in\n%s", l.text)
	}
	for _, other := range d.post.all() {
		if other.to != sam && strings.Contains(other.text, code) {
			t.Errorf("%s was sent the code too", other.to)
		}
	}
	for name, b := range map[string]*tab{"the maker": d.ann, "the second person": d.ben} {
		if strings.Contains(b.source(t), code) {
			t.Errorf("%s sees the code", name)
		}
	}
	p := newPerson(t, d.service, sam)
	p.run(t, commandIn(t, l.text), code).exits(t, 0)
	columns, cells := brackenridge()
	d.load(t, columns, cells)
	b := newChromium(t, d.service, p).tab(t)
	b.open(t, "/")
	b.press(t, toSignIn)
	at(t, b, "/terms")
	d.i.look(t, b, "terms")
	b.choose(t, "#accept")
	b.press(t, `main form[action="/terms"] button`)
	b.open(t, "/find")
	find(t, b, "Brackenridge", 1)
	reason(t, b, "custody", "NC/1")
	says(t, b, "Was this of use?")
	b.press(t, `main form[action$="/useful"] button[value="yes"]`)
	d.i.look(t, b, "thanks")
	b.press(t, `main a[href^="/person/"]`)
	silent(t, b, "Was this of use?")
	return p
}

// numbers: who registered, and what was of use, without a word of whom it was about.
func (d *day) numbers(t *testing.T) {
	b := d.ann
	b.open(t, "/admin/people/funnel")
	d.i.look(t, b, "funnel")
	b.open(t, "/admin/usage")
	says(t, b, "1 of 1 (100%) said yes", "3 people used the service", "0 have never opened one")
	silent(t, b, "Brackenridge")
	d.i.look(t, b, "usage")
	b.open(t, "/admin")
	says(t, b, "3 people: 3 registered")
	d.i.look(t, b, "overview")
}

// officerLeaves: one act of one person, and the next request is refused.
func (d *day) officerLeaves(t *testing.T, officer *person) {
	b := d.ann
	officer.whoami(t)
	b.open(t, "/admin/people")
	d.follow(t, "Sam Sergeant")
	d.i.look(t, b, "person")
	b.press(t, `main a[href$="/leave"]`)
	d.i.look(t, b, "leave")
	b.press(t, `main form[action$="/leave"] button.govuk-button`)
	d.confirm(t, b, "leave-preview")
	if r := officer.ctl(t, "whoami"); r.code == 0 {
		t.Error("who has left is not refused")
	}
	await(t, "the leaver's token to be revoked for good", func() bool {
		return d.psql(t, "SELECT count(*) FROM ca.certificate WHERE holder = '"+sam+"' AND status = 'revoked'") == "1"
	})
	if open := d.psql(t, "SELECT count(*) FROM access.session s JOIN access.user_account u ON u.id = s.user_id WHERE u.email = '"+sam+"' AND s.ended_at IS NULL"); open != "0" {
		t.Errorf("%s sessions of the leaver are open", open)
	}
	b.open(t, "/admin/people?stage=left")
	says(t, b, "Sam Sergeant")
	d.i.look(t, b, "left")
}

// commandIn finds the line of a letter that enrols.
func commandIn(t *testing.T, text string) string {
	t.Helper()
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "tokenctl enrol") {
			return line
		}
	}
	t.Fatalf("no command in\n%s", text)
	return ""
}
