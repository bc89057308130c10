package server

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mais/certs"
	"mais/internal/pg"
	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/audit"
	"mais/server/internal/lifecycle"
	"mais/server/internal/people"
	"mais/server/internal/web/page/pagetest"
)

// cardKey is a key that is said to be on a card, with the request that it signed.
type cardKey struct {
	csr  string
	hash string // of its SubjectPublicKeyInfo
	card api.Card
	made func(api.IssuedCertificate) token
}

// onCard makes a key for somebody that is said to be on the card with a number.
func (e *estate) onCard(t *testing.T, of *member, number uint32) cardKey {
	t.Helper()
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	csr, err := certs.NewRequest(key)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(spki)
	return cardKey{
		csr: string(certs.EncodeRequest(csr)), hash: hex.EncodeToString(sum[:]), card: api.Card{Serial: number, Slot: "9a"},
		made: func(issued api.IssuedCertificate) token { return e.tokenOf(t, of.user, issued, key) },
	}
}

// witnessed enrols somebody anew with a key that an administrator has seen on the card.
func (e *estate) witnessed(t *testing.T, by, of *member, p cardKey) (*member, api.IssuedCertificate) {
	t.Helper()
	by.send(t, api.PathWitness, api.WitnessRequest{Key: p.hash, Email: of.email, Card: p.card}).decode(t, http.StatusCreated, new(api.Witnessed))
	return e.enrolCard(t, of, p)
}

// enrolCard enrols somebody anew, with their key on a card that nobody vouches for.
func (e *estate) enrolCard(t *testing.T, of *member, p cardKey) (*member, api.IssuedCertificate) {
	t.Helper()
	code, err := e.Host().Tokens.Invite(t.Context(), identityOf(t, of.user), of.email, "Some Body")
	if err != nil {
		t.Fatal(err)
	}
	var issued api.IssuedCertificate
	e.client(t, custody).post(t, e.urls.Public+api.PathEnrol, api.EnrolRequest{
		Email: of.email, Code: code, CSR: p.csr, KeyEvidence: api.KeyEvidence{Card: &p.card},
	}).decode(t, http.StatusCreated, &issued)
	k := p.made(issued)
	k.email = of.email
	return &member{token: k, c: e.client(t, custody, k.tls), e: e}, issued
}

func (m *member) cards(t *testing.T, query string) (list api.CardList) {
	t.Helper()
	m.get(t, api.PathCards+query).decode(t, http.StatusOK, &list)
	return list
}

func (m *member) card(t *testing.T, id string) (d api.CardDetail) {
	t.Helper()
	m.get(t, api.PathCards+"/"+id).decode(t, http.StatusOK, &d)
	return d
}

// TestCardLife: a card is issued at a witnessed station, found in the inventory, held, released,
// revoked, given back, and turns up with somebody else of another agency.
func TestCardLife(t *testing.T) {
	e := newEstate(t)
	made := e.onCard(t, e.officer, 12345678)
	var said api.Witnessed
	e.own.send(t, api.PathWitness, api.WitnessRequest{Key: made.hash, Email: strings.ToUpper(e.officer.email), Card: made.card}).decode(t, http.StatusCreated, &said)
	if n := len(e.entries(t, "act = 'card.witness' AND outcome = 'allowed' AND user_id = $1", e.own.user)); n != 1 {
		t.Errorf("%d entries of the witness, want 1", n)
	}
	held, issued := e.enrolCard(t, e.officer, made)
	if issued.Level != "card" {
		t.Errorf("level = %s, want card", issued.Level)
	}

	list := e.own.cards(t, "?q=12345678&state=in-use&level=card")
	if list.Total != 1 || list.Cards[0].Serial != 12345678 || list.Cards[0].Holder != e.officer.email || list.Cards[0].Agency != "Agency" || list.Cards[0].OtherHolder || list.Cards[0].Attested {
		t.Fatalf("the list = %+v", list)
	}
	id := list.Cards[0].ID
	for query, total := range map[string]int{"": 1, "?q=87654321": 0, "?q=" + e.officer.email[:7]: 1, "?state=held": 0, "?level=attested": 0, "?other_holder=true": 0} {
		if got := e.all.cards(t, query); got.Total != total || len(got.Cards) != total {
			t.Errorf("%q finds %d, want %d", query, got.Total, total)
		}
	}
	d := e.own.card(t, id)
	if len(d.Keys) != 1 || d.Keys[0].Card == nil || d.Keys[0].Card.Witness != e.own.email || d.Keys[0].Card.Slot != "9a" || d.Others != 0 ||
		len(d.Holders) != 1 || !slices.Equal(d.May, []string{"hold", "revoke", "replace", "return"}) || len(d.Warnings) == 0 {
		t.Errorf("the card = %+v", d)
	}
	var detail api.CertificateDetail
	e.own.get(t, at(held.ref)).decode(t, http.StatusOK, &detail)
	if detail.Card == nil || detail.Card.ID != id || detail.Level != "card" {
		t.Errorf("the certificate's card = %+v", detail.Card)
	}

	act := func(r api.PlanRequest) {
		t.Helper()
		if done := e.own.confirm(t, e.own.plan(t, r)); done.Results[api.ResultDone] != 1 {
			t.Fatalf("%s: %+v", r.Act, done)
		}
	}
	act(api.PlanRequest{Act: "hold", Filter: &api.CertificateFilter{Card: id, Status: "live"}})
	held.get(t, api.PathWhoami).wantProblem(t, http.StatusForbidden, api.HeldToken)
	if got := e.officer.get(t, api.PathWhoami); got.StatusCode != http.StatusOK {
		t.Errorf("another token of the holder = %d", got.StatusCode)
	}
	if d := e.own.card(t, id); d.State != api.CardHeld || !slices.Equal(d.May, []string{"release", "revoke", "replace", "return"}) {
		t.Errorf("held: %+v", d.CardEntry)
	}
	act(api.PlanRequest{Act: "release", Filter: &api.CertificateFilter{Card: id, Status: "held"}})
	if got := held.get(t, api.PathWhoami); got.StatusCode != http.StatusOK {
		t.Errorf("released: %d", got.StatusCode)
	}
	e.own.send(t, api.PathCards+"/"+id+"/returned", nil).wantProblem(t, http.StatusConflict, api.CardInUseStill)
	act(api.PlanRequest{Act: "revoke", Reason: "cessationOfOperation", Filter: &api.CertificateFilter{Card: id}})
	if d := e.own.card(t, id); d.State != api.CardEnded {
		t.Errorf("revoked: %+v", d.CardEntry)
	}
	got := e.own.send(t, api.PathCards+"/"+id+"/returned", nil)
	got.decode(t, http.StatusOK, &d)
	if d.State != api.CardReturned || d.ReturnedBy != e.own.email || !slices.Equal(d.May, []string{"replace"}) {
		t.Errorf("given back: %+v, may %v", d.CardEntry, d.May)
	}
	if entry := e.audited(t, got, "card.returned", audit.Allowed); entry.Detail["card"] != id || entry.User != e.own.user {
		t.Errorf("the audit = %+v", entry)
	}

	// Somebody of another agency who merely says so: nobody's card is theirs by that.
	if _, issued = e.enrolCard(t, e.theirs, e.onCard(t, e.theirs, 12345678)); issued.Level != "software" {
		t.Errorf("level = %s, want software", issued.Level)
	}
	if n := len(e.entries(t, "act = 'card.other-holder'")); n != 0 {
		t.Errorf("a claim is news: %d events", n)
	}
	e.theirAdmin.get(t, api.PathCards+"/"+id).wantProblem(t, http.StatusNotFound, api.NotFound)
	if d := e.own.card(t, id); d.State != api.CardReturned || d.OtherHolder || d.Certificates != 1 {
		t.Errorf("the card after a claim: %+v", d.CardEntry)
	}
	// And with a witness.
	if _, issued = e.witnessed(t, e.theirAdmin, e.theirs, e.onCard(t, e.theirs, 12345678)); issued.Level != "card" {
		t.Errorf("level = %s, want card", issued.Level)
	}
	moved := e.entries(t, "act = 'card.other-holder'")
	if len(moved) != 1 || moved[0].Detail["card"] != id || !strings.Contains(moved[0].Detail["former"], e.officer.user) || moved[0].User != e.theirs.user {
		t.Errorf("the event of the other holder = %+v", moved)
	}
	e.own.get(t, api.PathCards+"/"+id).wantProblem(t, http.StatusNotFound, api.NotFound)
	if list := e.own.cards(t, ""); list.Total != 0 {
		t.Errorf("who had the card before still sees it: %+v", list)
	}
	e.own.send(t, api.PathCards+"/"+id+"/returned", nil).wantProblem(t, http.StatusNotFound, api.NotFound)
	theirs := e.theirAdmin.card(t, id)
	if !theirs.OtherHolder || theirs.Others != 1 || len(theirs.Keys) != 1 || len(theirs.Holders) != 1 || strings.Contains(fmt.Sprint(theirs), e.officer.email) {
		t.Errorf("the new agency sees %+v", theirs)
	}
	if all := e.all.card(t, id); len(all.Keys) != 2 || len(all.Holders) != 2 || all.Holders[1].Holder != e.officer.email || all.State != api.CardInUse {
		t.Errorf("an administrator sees %+v", all)
	}
	if list := e.all.cards(t, "?other_holder=true"); list.Total != 1 {
		t.Errorf("cards with another holder = %+v", list)
	}
	plan := e.own.plan(t, api.PlanRequest{Act: "revoke", Filter: &api.CertificateFilter{Card: id}})
	if plan.Total != 1 { // their own officer's, which has ended; not the other agency's
		t.Errorf("the former agency plans on %d certificates of the card, want 1", plan.Total)
	}
}

// TestWitnessIsBounded: nobody is a witness for themselves, for whom they do not administer, or
// for whom only an administrator speaks; a word counts for the key, the holder and the card that
// it names, once.
func TestWitnessIsBounded(t *testing.T) {
	e := newEstate(t)
	governor := e.member(t, "Agency", "Governor", "governance_officer")
	made := e.onCard(t, e.officer, 77)
	word := func(of *member) api.WitnessRequest {
		return api.WitnessRequest{Key: made.hash, Email: of.email, Card: made.card}
	}
	for name, test := range map[string]struct {
		by, of *member
		status int
		kind   string
	}{
		"oneself":               {e.own, e.own, http.StatusForbidden, api.NotAllowed},
		"an administrator":      {e.all, e.all, http.StatusForbidden, api.NotAllowed},
		"another agency's":      {e.own, e.theirs, http.StatusNotFound, api.NotFound},
		"one's administrator":   {e.own, e.all, http.StatusForbidden, api.NotAllowed},
		"a governance officer":  {e.own, governor, http.StatusForbidden, api.NotAllowed},
		"an officer's word":     {e.officer, e.theirs, http.StatusForbidden, api.NotAllowed},
		"an officer for theirs": {e.officer, e.officer, http.StatusForbidden, api.NotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			got := test.by.send(t, api.PathWitness, word(test.of))
			got.wantProblem(t, test.status, test.kind)
		})
	}
	good := word(e.officer)
	for name, change := range map[string]func(*api.WitnessRequest){
		"key": func(w *api.WitnessRequest) { w.Key = w.Key[1:] + "g" }, "upper case": func(w *api.WitnessRequest) { w.Key = strings.ToUpper(w.Key) },
		"short": func(w *api.WitnessRequest) { w.Key = w.Key[2:] }, "email": func(w *api.WitnessRequest) { w.Email = "a\nb@c.example" },
		"slot": func(w *api.WitnessRequest) { w.Card.Slot = "9a9c" }, "9E": func(w *api.WitnessRequest) { w.Card.Slot = "9e" }, "card": func(w *api.WitnessRequest) { w.Card.Serial = 0 },
		"guid": func(w *api.WitnessRequest) { w.Card.GUID = "x" },
	} {
		w := good
		change(&w)
		if got := e.all.send(t, api.PathWitness, w); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
	}
	if got := e.all.send(t, api.PathWitness, good); got.StatusCode != http.StatusCreated {
		t.Fatalf("a word = %d %s", got.StatusCode, got.body)
	}
	if _, issued := e.enrolCard(t, e.officer, e.onCard(t, e.officer, 77)); issued.Level != "software" {
		t.Errorf("another key on the same card = %s", issued.Level)
	}
	if _, issued := e.enrolCard(t, e.officer, made); issued.Level != "card" {
		t.Errorf("the key that was seen = %s", issued.Level)
	}
}

// TestCardPages: an administrator finds a card, looks at it, goes to its plans, and notes that it
// came back; the pages of its certificate and of its holder name it.
func TestCardPages(t *testing.T) {
	e := newEstate(t)
	card, _ := e.witnessed(t, e.all, e.officer, e.onCard(t, e.officer, 4711))
	claimed, _ := e.enrolCard(t, e.theirs, e.onCard(t, e.theirs, 4712))
	v := &visitor{client: e.all.c, world: e.world, user: e.all.user, cookie: e.signIn(t, e.all.c)}
	to := v.send(t, "/admin/cards", url.Values{"q": {"some bod"}, "state": {"in-use"}, "level": {"card"}, "other": {""}}).goesTo(t, "/admin/cards?")
	if strings.Contains(to, "some") {
		t.Errorf("part of a name stands in %s", to)
	}
	list := v.page(t, to).shown(t, http.StatusOK)
	var path string
	for _, a := range pagetest.ByTag(list, "a") {
		if strings.HasPrefix(pagetest.Attr(a, "href"), "/admin/cards/") {
			path = pagetest.Attr(a, "href")
		}
	}
	page := v.page(t, path).shown(t, http.StatusOK)
	for _, want := range []string{"Card 4711", "In use", e.officer.email, "No maker vouches", "Certificates on the card"} {
		if !strings.Contains(pagetest.Text(page), want) {
			t.Errorf("the card's page does not say %q", want)
		}
	}
	var hold string
	for _, a := range pagetest.ByClass(page, "govuk-button") {
		if strings.Contains(pagetest.Attr(a, "href"), "act=hold") {
			hold = pagetest.Attr(a, "href")
		}
	}
	if text := pagetest.Text(v.page(t, hold).shown(t, http.StatusOK)); !strings.Contains(text, "All 1 certificate that was found") {
		t.Errorf("the form of the plan says %s", text)
	}
	if text := pagetest.Text(v.page(t, path+"/replace").shown(t, http.StatusOK)); !strings.Contains(text, "Revoke what is on it") || !strings.Contains(text, "Send them a code") {
		t.Errorf("the replacement says %s", text)
	}
	if text := pagetest.Text(v.page(t, path+"/returned").shown(t, http.StatusOK)); !strings.Contains(text, "First what is on it has to end") {
		t.Errorf("the return says %s", text)
	}
	v.send(t, path+"/returned", nil).shown(t, http.StatusOK) // it says that something is good still
	if err := e.authority.Revoke(t.Context(), card.ref, 5, "test"); err != nil {
		t.Fatal(err)
	}
	if text := pagetest.Text(v.page(t, v.send(t, path+"/returned", nil).goesTo(t, path+"?returned")).shown(t, http.StatusOK)); !strings.Contains(text, "Given back") || !strings.Contains(text, "tokenctl piv reset") {
		t.Errorf("afterwards the page says %s", text)
	}
	if text := pagetest.Text(v.page(t, "/admin/certificates/people-1/"+card.ref.Serial).shown(t, http.StatusOK)); !strings.Contains(text, "4711") || !strings.Contains(text, e.all.email+" saw the key being made") {
		t.Errorf("the certificate's page says %s", text)
	}
	said := v.page(t, "/admin/certificates/people-1/"+claimed.ref.Serial).shown(t, http.StatusOK)
	if text := pagetest.Text(said); !strings.Contains(text, "4712") || !strings.Contains(text, "what its holder’s program said") {
		t.Errorf("the page of a claim says %s", text)
	}
	for _, a := range pagetest.ByTag(said, "a") {
		if href := pagetest.Attr(a, "href"); strings.HasPrefix(href, "/admin/cards/") {
			t.Errorf("the page of a claim leads to %s", href)
		}
	}
	mine := &visitor{client: e.officer.c, world: e.world, user: e.officer.user, cookie: e.signIn(t, e.officer.c)}
	if text := pagetest.Text(mine.page(t, "/tokens").shown(t, http.StatusOK)); !strings.Contains(text, "card 4711") {
		t.Errorf("My tokens says %s", text)
	}
	mine.page(t, path).shown(t, http.StatusForbidden)
	mine.page(t, "/admin/cards").shown(t, http.StatusForbidden)
	mine.send(t, path+"/returned", nil).shown(t, http.StatusForbidden)
	for _, bad := range []string{"/admin/cards/nobody-1", "/admin/cards/x", "/admin/cards/yubico-1%2f2", "/admin/cards?state=x", "/admin/cards?find=forged"} {
		v.page(t, bad).shown(t, http.StatusNotFound)
	}
	v.send(t, "/admin/cards", url.Values{"q": {"a\u200bb"}}).shown(t, http.StatusUnprocessableEntity)

	e.witnessed(t, e.theirAdmin, e.theirs, e.onCard(t, e.theirs, 4711))
	if text := pagetest.Text(v.page(t, "/admin").shown(t, http.StatusOK)); !strings.Contains(text, "Card 4711, now of "+e.theirs.email) {
		t.Errorf("the overview says %s", text)
	}
}

// TestCardTurnsUp: administrators of both agencies are written to, each with what they may know.
func TestCardTurnsUp(t *testing.T) {
	o := newPostOffice(t)
	agency, err := o.host.AddAgency(t.Context(), "Elsewhere", "health", testEvent)
	if err != nil {
		t.Fatal(err)
	}
	if o.there, err = o.host.AddSite(t.Context(), agency, "Clinic", testEvent); err != nil {
		t.Fatal(err)
	}
	if err := o.host.AddSubnet(t.Context(), o.there, netip.MustParsePrefix(custody+"/32"), testEvent); err != nil {
		t.Fatal(err)
	}
	o.letsIn(t, o.there, custody)
	o.own = o.member(t, "Agency", "Own Admin", lifecycle.AgencyAdministrator)
	o.theirs, o.theirAdmin = o.member(t, "Elsewhere", "Their Nurse", "clinician"), o.member(t, "Elsewhere", "Their Admin", lifecycle.AgencyAdministrator)
	o.witnessed(t, o.own, o.officer, o.onCard(t, o.officer, 99))
	o.witnessed(t, o.own, o.officer, o.onCard(t, o.officer, 99)) // the same holder
	o.enrolCard(t, o.theirs, o.onCard(t, o.theirs, 99))          // merely said
	o.witnessed(t, o.all, o.theirs, o.onCard(t, o.theirs, 99))
	const subject = "another holder"
	eventually(t, "three administrators are written to", func() bool {
		return len(o.letters(t, o.all.email, subject)) == 1 && len(o.letters(t, o.own.email, subject)) == 1 && len(o.letters(t, o.theirAdmin.email, subject)) == 1
	})
	for _, test := range []struct {
		to        *member
		has, lack []string
	}{
		{o.all, []string{o.officer.email, o.theirs.email}, nil},
		{o.own, []string{o.officer.email, "somebody of another agency"}, []string{o.theirs.email}},
		{o.theirAdmin, []string{o.theirs.email, "somebody of another agency"}, []string{o.officer.email}},
	} {
		letter := o.letters(t, test.to.email, subject)[0]
		for _, want := range test.has {
			if !strings.Contains(letter, want) {
				t.Errorf("%s is not told of %s:\n%s", test.to.email, want, letter)
			}
		}
		for _, not := range test.lack {
			if strings.Contains(letter, not) {
				t.Errorf("%s is told of %s", test.to.email, not)
			}
		}
	}
}

// witnessing are the fields of the page on which an administrator vouches.
func (p cardKey) witnessing(of *member) url.Values {
	return url.Values{"email": {of.email}, "key": {form.KeyGroups(p.hash)}, "serial": {fmt.Sprint(p.card.Serial)}, "guid": {""}}
}

// TestWitnessPage: an administrator vouches on a page of their own machine, for the key that the
// officer's screen shows; what is wrong is said beside its field, and takes no word.
func TestWitnessPage(t *testing.T) {
	e := newEstate(t)
	v := &visitor{client: e.own.c, world: e.world, user: e.own.user, cookie: e.signIn(t, e.own.c)}
	made := e.onCard(t, e.officer, 4712)
	if text := pagetest.Text(v.page(t, "/admin/cards").shown(t, http.StatusOK)); !strings.Contains(text, "Witness a card") {
		t.Errorf("nothing leads to the page: %s", text)
	}
	v.page(t, "/admin/cards/witness").shown(t, http.StatusOK)
	v.page(t, "/admin/cards/witness?said=forged").shown(t, http.StatusOK)
	for name, wrong := range map[string]url.Values{
		"part of a key": {"key": {made.hash[:60]}}, "no key": {"key": {""}}, "no card": {"serial": {""}}, "card 0": {"serial": {"0"}}, "words": {"serial": {"12x"}},
		"a GUID": {"guid": {"xy"}}, "a GUID of noughts alone": {"serial": {""}, "guid": {strings.Repeat("0", 32)}},
		"no address": {"email": {"ann"}}, "nobody": {"email": {"nobody@agency.example"}}, "of another agency": {"email": {e.theirs.email}},
	} {
		fields := made.witnessing(e.officer)
		for field, value := range wrong {
			fields[field] = value
		}
		if text := pagetest.Text(v.send(t, "/admin/cards/witness", fields).shown(t, http.StatusUnprocessableEntity)); !strings.Contains(text, "Error:") {
			t.Errorf("%s: the page says %s", name, text)
		}
	}
	if n := len(e.entries(t, "act = 'card.witness' AND outcome = 'allowed'")); n != 0 {
		t.Errorf("%d words were taken of what is wrong", n)
	}
	v.send(t, "/admin/cards/witness", made.witnessing(e.own)).shown(t, http.StatusForbidden)
	mine := &visitor{client: e.officer.c, world: e.world, user: e.officer.user, cookie: e.signIn(t, e.officer.c)}
	mine.page(t, "/admin/cards/witness").shown(t, http.StatusForbidden)
	mine.send(t, "/admin/cards/witness", made.witnessing(e.officer)).shown(t, http.StatusForbidden)

	sent := v.send(t, "/admin/cards/witness", made.witnessing(e.officer))
	to := sent.goesTo(t, "/admin/cards/witness?said=")
	if strings.Contains(to, e.officer.email) || strings.Contains(to, made.hash) {
		t.Errorf("what was vouched for stands in %s", to)
	}
	if text := pagetest.Text(v.page(t, to).shown(t, http.StatusOK)); !strings.Contains(text, "Your word for "+e.officer.email) || !strings.Contains(text, form.KeyGroups(made.hash)) {
		t.Errorf("afterwards the page says %s", text)
	}
	if entry := e.audited(t, sent, "card.witness", audit.Allowed); entry.User != e.own.user {
		t.Errorf("the audit = %+v", entry)
	}
	if _, issued := e.enrolCard(t, e.officer, made); issued.Level != "card" {
		t.Errorf("level = %s, want card", issued.Level)
	}
}

// TestWitnessHasACard: once a role demands a card, only who has signed in with one vouches.
func TestWitnessHasACard(t *testing.T) {
	e := newEstate(t)
	said := func(by *member, p cardKey, of *member) reply {
		return by.send(t, api.PathWitness, api.WitnessRequest{Key: p.hash, Email: of.email, Card: p.card})
	}
	first := e.onCard(t, e.own, 1)
	said(e.all, first, e.own).decode(t, http.StatusCreated, &api.Witnessed{}) // or there would be no first card
	carded, issued := e.enrolCard(t, e.own, first)
	if issued.Level != "card" {
		t.Fatalf("level = %s, want card", issued.Level)
	}
	db, err := e.source.Open(t.Context(), pg.Migrator)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := people.NewRoles(db).SetLevel(t.Context(), "clinician", "card", testEvent); err != nil {
		t.Fatal(err)
	}
	second := e.onCard(t, e.officer, 2)
	got := said(e.own, second, e.officer)
	got.wantProblem(t, http.StatusForbidden, api.LevelTooLow)
	e.audited(t, got, "card.witness", audit.Refused)
	v := &visitor{client: e.own.c, world: e.world, user: e.own.user, cookie: e.signIn(t, e.own.c)}
	if text := pagetest.Text(v.send(t, "/admin/cards/witness", second.witnessing(e.officer)).shown(t, http.StatusForbidden)); !strings.Contains(text, "not enough to vouch for a card") {
		t.Errorf("the page says %s", text)
	}
	said(carded, second, e.officer).decode(t, http.StatusCreated, &api.Witnessed{})
}

// TestLevelLowered: a renewal that nobody vouches for is an event of its own, and the holder and
// the administrators are written to, others not.
func TestLevelLowered(t *testing.T) {
	o := newPostOffice(t)
	own := o.member(t, "Agency", "Own Admin", lifecycle.AgencyAdministrator)
	p := o.onCard(t, o.officer, 99)
	held, issued := o.witnessed(t, own, o.officer, p)
	if issued.Level != "card" {
		t.Fatalf("level = %s, want card", issued.Level)
	}
	got := held.send(t, api.PathRenew, api.RenewRequest{CSR: p.csr, KeyEvidence: api.KeyEvidence{Card: &p.card}})
	got.decode(t, http.StatusCreated, &issued)
	if issued.Level != "software" {
		t.Errorf("level = %s, want software", issued.Level)
	}
	found := o.entries(t, "request = $1", got.Header.Get("Request-Id"))
	if len(found) != 2 || found[0].Act != "token.renew" || found[1].Act != "token.level-lowered" {
		t.Fatalf("the audit of the renewal = %+v", found)
	}
	if e := found[1]; e.User != o.officer.user || e.Detail["note"] != "from card to software" || e.Detail["replaces"] != held.ref.String() {
		t.Errorf("the event is %+v", e)
	}
	const subject = "weaker than before"
	eventually(t, "holder and administrators are written to", func() bool {
		return len(o.letters(t, o.officer.email, subject)) == 1 && len(o.letters(t, own.email, subject)) == 1 && len(o.letters(t, o.all.email, subject)) == 1
	})
	if text := o.letters(t, o.officer.email, subject)[0]; !strings.Contains(text, "tokenctl lost") || strings.Contains(text, "cert hold") {
		t.Errorf("the holder is told:\n%s", text)
	}
	if text := o.letters(t, own.email, subject)[0]; !strings.Contains(text, o.officer.email) || !strings.Contains(text, "cert hold") {
		t.Errorf("the administrator is told:\n%s", text)
	}
}
