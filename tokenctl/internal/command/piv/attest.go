package piv

import (
	"crypto/x509"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/certs/attest"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
)

// attestedData is what a card's maker says of a key, as a document.
type attestedData struct {
	Proven   bool          `json:"proven"`
	Why      string        `json:"why,omitempty"` // it is not
	Maker    string        `json:"maker,omitempty"`
	Card     string        `json:"card"`
	Serial   uint32        `json:"serial,omitempty"`
	Firmware string        `json:"firmware,omitempty"`
	Form     string        `json:"form,omitempty"`
	Slot     string        `json:"slot"`
	Key      certs.KeyType `json:"key"`
	KeyPin   string        `json:"key_sha256"`
	PIN      string        `json:"pin,omitempty"`
	Touch    string        `json:"touch,omitempty"`
	PEM      string        `json:"pem"`
}

func newPIVAttest(a *app, which *cardFlags) *cobra.Command {
	var slot, makers string
	var asPEM bool
	cmd := &cobra.Command{
		Use:   "attest",
		Short: "Say what the card's maker says of a key",
		Long: `Say what the card's maker says of a key: that it was made on this card and cannot leave
it, and when it wants the PIN or a touch. The card signs that with a key of its maker's;
no PIN is needed.

tokenctl checks it against Yubico's certificates, and against those in --makers, a file
of PEM. The service decides by its own list. When it proves nothing here, the exit
code is 9.`,
		Example: "  tokenctl piv attest\n  tokenctl piv attest --slot 9c --pem >statement.pem",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			roots, err := makersOf(makers)
			if err != nil {
				return err
			}
			var chain []*x509.Certificate
			err = a.onCard(cmd.Context(), which.choice(), func(c *piv.Card) (err error) {
				chain, err = c.Attest(slot)
				return err
			})
			if err != nil {
				return err
			}
			if asPEM {
				return a.Screen.Bytes(certs.EncodeCertificates(chain...))
			}
			return a.printAttested(slot, chain, roots)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&slot, "slot", piv.Authentication, "`slot` of the key: 9a, 9c, 9d or 9e")
	flags.BoolVar(&asPEM, "pem", false, "print the certificates: the statement, then the card's own")
	flags.StringVar(&makers, "makers", "", "`file` with the CA certificates of makers to trust beside Yubico")
	cmd.RegisterFlagCompletionFunc("slot", cobra.FixedCompletions([]string{"9a", "9c", "9d", "9e"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func makersOf(file string) (*attest.Roots, error) {
	cas := attest.Yubico()
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fault.New(fault.Usage, "", "read the makers").Because(err)
		}
		more, err := attest.LoadRoots(text)
		if err != nil {
			return nil, fault.New(fault.Usage, "name a file with the makers' CA certificates in PEM", "read the makers").Because(err)
		}
		cas = append(cas, more...)
	}
	return attest.NewRoots(cas...)
}

func (a *app) printAttested(slot string, chain []*x509.Certificate, roots *attest.Roots) error {
	public := chain[0].PublicKey
	pin, err := certs.PinOfKey(public)
	if err != nil {
		return err
	}
	d := attestedData{Slot: slot, Key: certs.KeyTypeOf(public), KeyPin: pin.String(), PEM: string(certs.EncodeCertificates(chain...))}
	rows := [][]string{{"slot", slot}, {"key", string(d.Key)}, {"key SHA-256", d.KeyPin}}
	s, err := roots.Verify(chain, public, time.Now())
	if err != nil {
		d.Why = whyNot(err)
		rows = append([][]string{{"proven", "no: " + d.Why}}, rows...)
	} else {
		d.Proven, d.Maker, d.Card, d.Serial, d.Firmware = true, s.Maker, s.Card(), s.Serial, s.Firmware.String()
		d.Form, d.PIN, d.Touch = s.Form.String(), s.PIN.String(), s.Touch.String()
		rows = append([][]string{{"proven", "made on the card, which it cannot leave"}, {"maker", d.Maker}, {"card", d.Card}, {"form", d.Form}, {"firmware", d.Firmware}}, rows...)
		rows = append(rows, []string{"PIN", d.PIN}, []string{"touch", d.Touch})
	}
	if printed := a.Screen.Data(d, func() error { return a.Screen.Facts(rows) }); printed != nil || err == nil {
		return printed
	}
	return fault.New(fault.Findings, "if the service trusts the card's maker, name its CA certificates with --makers", "the statement leads to no maker that is known here")
}

// whyNot is what is wrong with a statement, in a sentence.
func whyNot(err error) string {
	var wrong *attest.Error
	if errors.As(err, &wrong) {
		return wrong.Why
	}
	return err.Error()
}
