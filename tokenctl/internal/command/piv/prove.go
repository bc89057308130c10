package piv

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"time"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
	"mais/tokenctl/internal/ui"
)

// provenData is a test signature as a document.
type provenData struct {
	Card         string        `json:"card"`
	Slot         string        `json:"slot"`
	Key          certs.KeyType `json:"key"`
	Certificate  string        `json:"certificate"` // its serial
	Holder       string        `json:"holder"`
	NotAfter     time.Time     `json:"not_after"`
	Milliseconds int64         `json:"milliseconds"`
}

func newPIVTest(a *app, which *cardFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "test",
		Short: "Sign something random with the card, and check it against its certificate",
		Long: `Sign something random with the key in slot 9a, which signs in, and check the signature
against the certificate in that slot. It takes the PIN, and a touch where the key wants
one. Nothing leaves this machine; whether the service takes the token, 'tokenctl whoami'
tells.`,
		Example: "  tokenctl piv test\n  tokenctl piv test --serial 12345678 --pin-file pin.txt",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			r, err := seen(cmd.Context(), which)
			if err != nil {
				return err
			}
			if r.Card.Kind != piv.YubiKey {
				return fault.New(fault.CardLacks, "try it with: pkcs11-tool --login --test", "tokenctl does not sign with such a card: it is a %s", kindWords[r.Card.Kind])
			}
			slot, ok := slotNamed(*r.Card, piv.Authentication)
			if !ok || slot.Certificate == nil {
				return fault.New(fault.NotFound, "run 'tokenctl piv enrol'", "there is no certificate in slot 9a of the card")
			}
			pin, err := a.oldSecret(cmd.Context(), a.PINSource(), "PIN", r.Card.PINTries)
			if err != nil {
				return err
			}
			ref := piv.Ref{Serial: r.Card.Serial, GUID: r.Card.GUID, Slot: piv.Authentication, PIN: slot.PIN, Touch: slot.Touch}
			took, err := signOnce(piv.NewKey(ref, slot.Certificate.PublicKey, a.Use(pin)))
			if err != nil {
				return err
			}
			return a.printProven(*r.Card, slot, took)
		}),
	}
}

// signOnce has a key sign. That the signature is the certificate's, the key checks itself.
func signOnce(key *piv.Key) (time.Duration, error) {
	nonce := make([]byte, 32)
	rand.Read(nonce) // never fails: crypto/rand
	digest := sha256.Sum256(nonce)
	start := time.Now()
	_, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	return time.Since(start), err
}

func (a *app) printProven(card piv.Summary, slot piv.Slot, took time.Duration) error {
	cert := slot.Certificate
	d := provenData{cardID(card), slot.Name, slot.KeyType, certs.SerialHex(cert.SerialNumber), holderOf(cert), cert.NotAfter.UTC(), took.Milliseconds()}
	return a.Screen.Data(d, func() error {
		return a.Screen.Facts([][]string{
			{"signed", "with the " + string(d.Key) + " key in slot " + d.Slot + " of " + d.Card + ", as its certificate says"},
			{"certificate", d.Certificate},
			{"holder", d.Holder},
			{"expires", ui.Day(d.NotAfter)},
			{"took", took.Round(time.Millisecond).String()},
		})
	})
}
