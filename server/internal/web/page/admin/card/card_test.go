package card

import (
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplates(t *testing.T) {
	pagetest.Check(t, page, Page{})
	pagetest.Check(t, replace, Page{})
	pagetest.Check(t, taken, Page{})
}

func one() Page {
	at := admintest.Now.Add(-time.Hour)
	c := admintest.Certificate("aa00000000000000000000000000000a")
	c.Profile, c.Level = "person-attested", "attested"
	c.Card = &api.KeyOnCard{ID: "yubico-12345678", Serial: 12345678, Slot: "9a", Attested: true, Maker: "Yubico PIV Root CA", Firmware: "5.7.1", Form: "USB-C key", PIN: "once a session", Touch: "never"}
	old := admintest.Certificate("bb")
	old.Status, old.Level, old.Card = "revoked", "card", &api.KeyOnCard{ID: "yubico-12345678", Slot: "9a", Witness: "ada@example.org", WitnessedAt: &at}
	return Page{Frame: admintest.Frame("Card"), Detail: api.CardDetail{
		CardEntry: api.CardEntry{
			ID: "yubico-12345678", Serial: 12345678, GUID: "00ff", Attested: true, Level: "attested", State: api.CardInUse, Holder: "dana@example.org", Name: "Dana Whitlock",
			Agency: "Northshire Police", Certificates: 3, Live: 1, FirstSeen: at, LastSeen: admintest.Now,
		},
		Keys: []api.Certificate{c, old}, Others: 1, Holders: []api.CardHolder{{Holder: "dana@example.org", Name: "Dana Whitlock"}, {Holder: "sam@example.org"}},
		Warnings: []string{"It has held keys of 2 people."}, May: []string{"hold", "revoke", "replace", "return"},
	}}
}

// TestCard: what is known of a card, in words, and each act on the way to its plan.
func TestCard(t *testing.T) {
	p := one()
	page := Render(p)
	admintest.Says(t, page, "Card 12345678", "In use", "Dana Whitlock, dana@example.org, Northshire Police", "It has held keys of 2 people.", "The card’s maker vouches",
		"Yubico PIV Root CA", "5.7.1", "USB-C key", "9a, for signing in", "Once a session", "3 certificates ever, 1 good, 0 on hold", "sam@example.org",
		"1 more certificate on it was issued to people whom you do not administer", "Witness: ada@example.org", "Revoked")
	var buttons []string
	for _, b := range pagetest.ByClass(admintest.Main(t, page), "govuk-button") {
		buttons = append(buttons, pagetest.Attr(b, "href"))
	}
	want := "/admin/plans/new?act=hold&filter=card%3Dyubico-12345678%26status%3Dlive /admin/plans/new?act=revoke&filter=card%3Dyubico-12345678 /admin/cards/yubico-12345678/replace /admin/cards/yubico-12345678/returned"
	if got := strings.Join(buttons, " "); got != want {
		t.Errorf("buttons lead to %s, want %s", got, want)
	}
	p.Detail.State, p.Detail.May, p.Returned, p.Detail.ReturnedAt, p.Detail.ReturnedBy = api.CardReturned, nil, true, &admintest.Now, "ada@example.org"
	admintest.Says(t, Render(p), "Given back", "tokenctl piv reset", "Noted by ada@example.org")
	if n := len(pagetest.ByClass(admintest.Main(t, Render(p)), "govuk-button")); n != 0 {
		t.Errorf("%d buttons for who may do nothing", n)
	}
	p.Detail.Serial, p.Detail.ID, p.Detail.Holders, p.Detail.Keys = 0, "guid-00ff", nil, nil
	admintest.Says(t, Render(p), "Card guid-00ff", "It tells none", "Nobody whom you administer")
}

// TestFacts: proof, a witness and a mere claim are three different texts.
func TestFacts(t *testing.T) {
	at := admintest.Now
	for want, k := range map[string]api.KeyOnCard{
		"The card’s maker vouches that the key was made in the card and cannot leave it": {Attested: true, Slot: "9a"},
		"A witness vouches that the key was made on the card; its maker does not":        {Witness: "ada@example.org", WitnessedAt: &at, Slot: "9c"},
		"None: that the key is on a card is what its holder’s program said":              {Slot: ""},
	} {
		if got := Facts(k); got[0] != (Fact{"Proof", want}) {
			t.Errorf("Facts(%+v) = %+v", k, got)
		}
	}
	if got := Facts(api.KeyOnCard{Witness: "ada@example.org", WitnessedAt: &at}); got[1] != (Fact{"Witness", "ada@example.org saw the key being made on 22 November 2026 at 12:00"}) {
		t.Errorf("Facts = %+v", got)
	}
}

// TestReplace leads from one page to the next, and shows nobody a code.
func TestReplace(t *testing.T) {
	p := one()
	doc := admintest.Main(t, RenderReplace(p))
	admintest.Says(t, RenderReplace(p), "Revoke what is on it", "The code goes to dana@example.org and is shown to nobody", "tokenctl piv enrol")
	form := pagetest.ByTag(doc, "form")[0]
	if pagetest.Attr(form, "action") != "/admin/invite" || pagetest.Attr(pagetest.ByTag(form, "input")[0], "value") != "dana@example.org" {
		t.Error("the form does not invite the holder")
	}
	p.Detail.Live = 0
	admintest.Says(t, RenderReplace(p), "Done: nothing on it is good")
}

// TestReturn: first everything on it ends.
func TestReturn(t *testing.T) {
	p := one()
	admintest.Says(t, RenderReturn(p), "First what is on it has to end")
	if n := len(pagetest.ByTag(admintest.Main(t, RenderReturn(p)), "form")); n != 0 {
		t.Error("it can be noted as given back while something on it is good")
	}
	p.Faults = frame.Faults{{Field: "first", Text: "Something on the card is still good"}}
	admintest.Says(t, RenderReturn(p), "There is a problem")
	p.Faults, p.Detail.Live = nil, 0
	admintest.Says(t, RenderReturn(p), "I have it", "tokenctl piv reset")
}

func TestStateOf(t *testing.T) {
	for state, want := range map[string]string{api.CardInUse: "In use", api.CardHeld: "On hold", api.CardEnded: "Ended", api.CardReturned: "Given back", "later_state": "Later state"} {
		if got := StateOf(state).Words; got != want {
			t.Errorf("StateOf(%q) = %q, want %q", state, got, want)
		}
	}
}

func TestHostile(t *testing.T) {
	filled := func(text string) Page {
		p := one()
		d := &p.Detail
		d.Name, d.Holder, d.Agency, d.Maker, d.GUID, d.Firmware, d.Form = text, text+"2", text, text, text, text, text
		d.Holders, d.Warnings = []api.CardHolder{{Holder: text, Name: text, Agency: text}}, []string{text}
		d.Keys[0].Card.Maker, d.Keys[0].Card.Firmware, d.Keys[0].Card.Form, d.Keys[0].Card.PIN, d.Keys[0].Card.Witness, d.Keys[0].Holder = text, text, text, text, text, text
		return p
	}
	for _, text := range admintest.Hostile(t) {
		for _, render := range []func(Page) []byte{Render, RenderReplace} {
			admintest.Calm(t, render(filled(text)), render(filled("calm")), text)
		}
	}
}
