package piv

import (
	"crypto/x509"
	"time"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
	"mais/tokenctl/internal/ui"
)

// readerData and cardData are a reader and its card as documents.
type readerData struct {
	Name  string     `json:"name"`
	Busy  bool       `json:"busy"`
	Card  *cardData  `json:"card"` // null: none, or not to be read
	Fault *faultData `json:"fault,omitempty"`
}

type faultData struct {
	Code    fault.Kind `json:"code"`
	Message string     `json:"message"`
	Next    string     `json:"next"`
}

type cardData struct {
	Kind          string     `json:"kind"` // yubikey, piv, other
	Serial        uint32     `json:"serial,omitempty"`
	Firmware      string     `json:"firmware,omitempty"`
	GUID          string     `json:"guid,omitempty"`
	PINTries      int        `json:"pin_tries"` // -1: not told
	PUKTries      int        `json:"puk_tries"` // -1: not told
	NoPUK         bool       `json:"no_puk,omitempty"`
	Finger        bool       `json:"fingerprint,omitempty"`
	Factory       []string   `json:"factory,omitempty"` // what is the factory's still
	ManagementKey string     `json:"management_key,omitempty"`
	Slots         []slotData `json:"slots"`
}

type slotData struct {
	Slot      string        `json:"slot"`
	Key       certs.KeyType `json:"key,omitempty"`
	PIN       string        `json:"pin,omitempty"`
	Touch     string        `json:"touch,omitempty"`
	Generated bool          `json:"generated,omitempty"`
	Serial    string        `json:"serial,omitempty"` // of the certificate
	Holder    string        `json:"holder,omitempty"`
	Level     string        `json:"level,omitempty"` // of MAIS; missing on others' certificates
	NotAfter  *time.Time    `json:"not_after,omitempty"`
}

func cardDataOf(s piv.Summary) *cardData {
	c := &cardData{
		Kind: s.Kind, Serial: s.Serial, Firmware: s.Firmware.String(), GUID: s.GUID, PINTries: s.PINTries, PUKTries: s.PUKTries,
		NoPUK: s.NoPUK, Finger: s.Finger, Factory: s.Factory, ManagementKey: s.ManagementKey, Slots: []slotData{},
	}
	for _, slot := range s.Slots {
		d := slotData{Slot: slot.Name, Key: slot.KeyType, PIN: slot.PIN.String(), Touch: slot.Touch.String(), Generated: slot.Generated}
		if cert := slot.Certificate; cert != nil {
			d.Serial, d.Holder, d.NotAfter = certs.SerialHex(cert.SerialNumber), holderOf(cert), &cert.NotAfter
			if rules, ok := certs.ProfileOf(cert); ok {
				d.Level = rules.Level.String()
			}
		}
		c.Slots = append(c.Slots, d)
	}
	return c
}

// personOf says to people who a certificate is for. It decides nothing: see holderOf.
func personOf(cert *x509.Certificate) string {
	if _, ours := certs.ProfileOf(cert); ours && cert.Subject.CommonName != "" {
		return cert.Subject.CommonName
	}
	return holderOf(cert)
}

// holderOf names who a certificate is for: as MAIS does, or by its subject.
func holderOf(cert *x509.Certificate) string {
	if id, err := certs.IdentityOf(cert); err == nil && !id.IsZero() {
		return id.String()
	}
	return cert.Subject.String()
}

func readerDataOf(r piv.Reader) readerData {
	d := readerData{Name: r.Name, Busy: r.Busy}
	if r.Card != nil {
		d.Card = cardDataOf(*r.Card)
	}
	if r.Fault != nil {
		f := fault.Of(r.Fault)
		d.Fault = &faultData{f.Kind, f.Error(), f.Next}
	}
	return d
}

func newPIVList(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the readers and the cards in them",
		Long: `List the readers and the cards in them. No PIN is needed, no try is spent, and a
program that uses a card is not disturbed. A card that another program keeps to
itself cannot be read; a PIV card without a maker's extensions, such as an identity
card, is listed, and 'tokenctl piv info' says what it can do here.`,
		Example: "  tokenctl piv list\n  tokenctl piv list --json",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			readers, err := piv.List(cmd.Context())
			if err != nil {
				return err
			}
			all := make([]readerData, len(readers))
			rows := [][]string{{"READER", "CARD", "SERIAL", "FIRMWARE", "PIN TRIES", "KEY FOR SIGNING IN"}}
			for i, r := range readers {
				all[i] = readerDataOf(r)
				rows = append(rows, readerRow(r))
			}
			return a.Screen.Data(map[string]any{"readers": all}, func() error { return a.Screen.Table(rows) })
		}),
	}
}

func readerRow(r piv.Reader) []string {
	switch {
	case r.Fault != nil:
		return []string{r.Name, fault.Of(r.Fault).Error()}
	case r.Card == nil:
		return []string{r.Name, "none"}
	}
	s := *r.Card
	serial := "-"
	if s.Serial != 0 {
		serial = cardID(s)
	}
	signIn := "none"
	if slot, ok := slotNamed(s, piv.Authentication); ok {
		signIn = slotLine(slot)
	}
	return []string{r.Name, s.Kind, serial, ui.OrDash(s.Firmware.String()), triesWord(s.PINTries), signIn}
}

func slotNamed(s piv.Summary, name string) (piv.Slot, bool) {
	for _, slot := range s.Slots {
		if slot.Name == name {
			return slot, true
		}
	}
	return piv.Slot{}, false
}

// slotLine says what is in a slot.
func slotLine(slot piv.Slot) string {
	cert := slot.Certificate
	switch {
	case cert == nil:
		return string(slot.KeyType) + ", no certificate"
	case time.Now().After(cert.NotAfter):
		return string(slot.KeyType) + ", " + personOf(cert) + ", expired " + ui.Day(cert.NotAfter)
	}
	return string(slot.KeyType) + ", " + personOf(cert) + ", to " + ui.Day(cert.NotAfter)
}
