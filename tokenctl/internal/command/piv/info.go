package piv

import (
	"strings"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/piv"
)

const plainCard = `tokenctl makes no keys on this card, and does not sign in with it on the command line:
it lacks the maker's extensions by which a key is made and vouched for. If a certificate
on it was issued by the service, it signs in through OpenSC and the browser: see
'tokenctl browser setup'. Its PIN is changed and unblocked here as any other's.`

func newPIVInfo(a *app, which *cardFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "info",
		Short: "Say what a card is, what is on it, and what it can do here",
		Long: `Say what a card is, what is on it, and what it can do here. No PIN is needed, no try
is spent, and a program that uses the card is not disturbed.`,
		Example: "  tokenctl piv info\n  tokenctl piv info --serial 12345678 --json",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			r, err := seen(cmd.Context(), which)
			if err != nil {
				return err
			}
			err = a.Screen.Data(readerDataOf(r), func() error { return a.Screen.Facts(infoRows(r)) })
			switch {
			case r.Card.Kind == piv.Plain:
				a.Screen.Say("%s", "")
				for line := range strings.Lines(plainCard) {
					a.Screen.Say("%s", strings.TrimSuffix(line, "\n"))
				}
			case r.Card.Kind == piv.Other:
				a.Screen.Say("There is no PIV application on it: it is of no use here.")
			}
			return err
		}),
	}
}

func infoRows(r piv.Reader) [][]string {
	s := *r.Card
	rows := [][]string{{"reader", r.Name}, {"card", kindWords[s.Kind]}}
	add := func(label, value string) {
		if value != "" {
			rows = append(rows, []string{label, value})
		}
	}
	if r.Busy {
		add("in use", "a program has the card open")
	}
	if s.Serial != 0 {
		add("serial", cardID(s))
	}
	add("firmware", s.Firmware.String())
	add("GUID", s.GUID)
	if s.Kind == piv.Other {
		return rows
	}
	add("PIN tries", triesWord(s.PINTries))
	puk := triesWord(s.PUKTries)
	if s.NoPUK {
		puk = "it has no PUK"
	}
	add("PUK tries", puk)
	if s.Finger {
		add("fingerprint", "it can ask for one")
	}
	add("management key", s.ManagementKey)
	add("from the factory", strings.Join(s.Factory, ", "))
	for _, slot := range s.Slots {
		add("slot "+slot.Name, slotLine(slot))
		if slot.PIN != 0 {
			made := "made elsewhere"
			if slot.Generated {
				made = "made on the card"
			}
			rows = append(rows, []string{"", "PIN " + slot.PIN.String() + "; touch " + slot.Touch.String() + "; " + made})
		}
	}
	if len(s.Slots) == 0 {
		add("slots", "empty")
	}
	return rows
}
