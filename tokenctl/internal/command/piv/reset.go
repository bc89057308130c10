package piv

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
	"mais/tokenctl/internal/token"
)

// resetData is a wiped card as a document.
type resetData struct {
	Card   string   `json:"card"`
	Lost   []string `json:"lost"`   // slots that held something
	Tokens []string `json:"tokens"` // of this machine, whose key is gone
}

func newPIVReset(a *app, which *cardFlags) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "Wipe the card: its keys, certificates, PIN and PUK",
		Long: `Wipe the card's PIV application: every key and certificate on it is lost for good, and
PIN and PUK are the factory's again. What else the card does, such as FIDO, stays. It is
for a card whose PUK is blocked, and for one that goes to somebody else. You are told
what is lost, and asked to type the card's serial number, unless you give --yes.

A certificate on it stays good for the service: revoke it first with 'tokenctl revoke',
or have your administrator do so.`,
		Example: "  tokenctl piv reset\n  tokenctl piv reset --serial 12345678 --yes",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			r, err := seen(cmd.Context(), which)
			if err != nil {
				return err
			}
			if r.Card.Kind != piv.YubiKey {
				return fault.New(fault.CardLacks, "ask those who gave you the card", "only a card with Yubico's extensions can be reset here: this is a %s", kindWords[r.Card.Kind])
			}
			if r.Card.NoPUK { // before anything is blocked
				return piv.NoPUK()
			}
			d := resetData{Card: cardID(*r.Card), Lost: []string{}, Tokens: a.tokensOn(*r.Card)}
			for _, slot := range r.Card.Slots {
				d.Lost = append(d.Lost, slot.Name+": "+slotLine(slot))
			}
			if err := a.agreeToReset(cmd.Context(), d, yes); err != nil {
				return err
			}
			if err := a.onCard(cmd.Context(), choiceOf(r), (*piv.Card).Reset); err != nil {
				return err
			}
			return a.printReset(d)
		}),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (a *app) agreeToReset(ctx context.Context, d resetData, yes bool) error {
	for _, lost := range d.Lost {
		a.Screen.Say("Lost for good: slot %s.", lost)
	}
	for _, name := range d.Tokens {
		a.Screen.Say("The token %s on this machine has its key there.", name)
	}
	word := d.Card
	if strings.Contains(word, " ") { // a card that has no name
		word = "reset"
	}
	return command.Sure(ctx, yes, "this cannot be undone", "This wipes the card "+d.Card+".", word)
}

func (a *app) printReset(d resetData) error {
	err := a.Screen.Data(d, func() error {
		return a.Screen.Facts([][]string{{"wiped", d.Card}, {"PIN", "the factory's: 123456"}, {"PUK", "the factory's: 12345678"}})
	})
	for _, name := range d.Tokens {
		a.Screen.Say("The token %s has no key any more: have it revoked, and run 'tokenctl destroy %s'.", name, name)
	}
	return err
}

// tokensOn names the tokens of this machine whose key is on the card.
func (a *app) tokensOn(card piv.Summary) []string {
	on := []string{}
	home, err := a.Tokens()
	if err != nil {
		return on
	}
	names, _ := home.List() // without them the card is wiped nevertheless
	for _, name := range names {
		if t, err := home.Open(name); err == nil && isOn(t, card) {
			on = append(on, name)
		}
	}
	return on
}

func isOn(t *token.Token, card piv.Summary) bool {
	switch {
	case t.Card == nil:
		return false
	case t.Card.Serial != 0:
		return t.Card.Serial == card.Serial
	}
	return t.Card.GUID != "" && t.Card.GUID == card.GUID
}
