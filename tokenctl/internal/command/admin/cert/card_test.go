package cert

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/inventory"
	"mais/tokenctl/internal/ui"
)

// TestNamesOnCardsSteerNothing: what comes from the service of cards is cleaned wherever it is
// shown.
func TestNamesOnCardsSteerNothing(t *testing.T) {
	var out, errs bytes.Buffer
	a := &app{&command.App{Screen: ui.NewScreen(&out, &errs, false)}}
	evil := "\x1b[2J\u202eevil"
	at := time.Now()
	e := api.CardEntry{ID: evil, State: evil, Holder: evil, Name: evil, Agency: evil, Firmware: evil, Form: evil, Level: evil, ReturnedAt: &at, ReturnedBy: evil}
	key := api.Certificate{Issuer: evil, Serial: evil, Holder: evil, Card: &api.KeyOnCard{Maker: evil, Firmware: evil, Form: evil, PIN: evil, Touch: evil, Slot: evil, GUID: evil, Attested: true}}
	d := api.CardDetail{CardEntry: e, Keys: []api.Certificate{key}, Holders: []api.CardHolder{{}, {Holder: evil}}, Warnings: []string{evil}, May: []string{evil}}
	if err := a.printCard(d); err != nil {
		t.Fatal(err)
	}
	if err := a.Screen.Table([][]string{cardRow(e)}); err != nil {
		t.Fatal(err)
	}
	if said := out.String() + errs.String(); strings.ContainsAny(said, "\x1b\u202e") || !strings.Contains(said, "evil") {
		t.Errorf("printed %q, which steers a terminal", said)
	}
}

// TestKeyFacts: a maker's word, a witness's and a mere claim are told apart.
func TestKeyFacts(t *testing.T) {
	for want, k := range map[string]api.KeyOnCard{
		"its maker, Yubico":                    {Attested: true, Maker: "Yubico"},
		"a witness, ada@example.org":           {Witness: "ada@example.org"},
		"nobody: its holder's program said so": {},
	} {
		if got := keyFacts(k); got[0][1] != want {
			t.Errorf("keyFacts(%+v) = %q, want %q", k, got, want)
		}
	}
	if inventory.CardName(0, "guid-00") != "guid-00" || inventory.CardName(4294967295, "x") != "4294967295" {
		t.Error("cardName")
	}
}
