package cert

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/server/api"
	"mais/server/api/form"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/inventory"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

func newCertShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show SERIAL",
		Short: "Show one certificate, its history and its line",
		Long: `Show one certificate: whose it is, how it stands and why, every change of its
status, and its line, which is what it renewed and what renewed it. The last line
says which acts you may do. SERIAL is the whole serial number, colons allowed, or
ISSUER/SERIAL.`,
		Example: "  tokenctl admin cert show 7f3a…\n  tokenctl admin cert show people-1/7f3a… --json",
		Args:    cobra.ExactArgs(1),
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			return a.withCertificate(cmd.Context(), args[0], func(c *client.Client, ref certs.Ref) error {
				answer, err := c.Certificate(cmd.Context(), ref)
				if err != nil {
					return err
				}
				return a.Screen.Data(answer.Raw, func() error { return a.printCertificate(answer.Value) })
			})
		}),
	}
}

// withCertificate signs in and finds the certificate that an argument names.
func (a *app) withCertificate(ctx context.Context, named string, work func(*client.Client, certs.Ref) error) error {
	asked, err := inventory.ParseSerial(named)
	if err != nil {
		return err
	}
	return command.Fetching(ctx, a.App, func(c *client.Client, ctx context.Context) (certs.Ref, error) { return findCertificate(ctx, c, asked) }, work)
}

// findCertificate asks the service whose a serial is that stands without its issuer.
func findCertificate(ctx context.Context, c *client.Client, asked certs.Ref) (certs.Ref, error) {
	if asked.Issuer != "" {
		return asked, nil
	}
	found, err := certPages(ctx, c, api.CertificateFilter{Query: asked.Serial}, command.MaxPage)
	if err != nil {
		return certs.Ref{}, err
	}
	return inventory.OneOfThem(found.Certificates, asked, fault.New(fault.NotFound, "find it with 'tokenctl admin cert list'; what you do not administer is not shown either",
		"there is no certificate with the serial number %s", asked))
}

func (a *app) printCertificate(d api.CertificateDetail) error {
	if err := a.Screen.Facts(certificateFacts(d)); err != nil {
		return err
	}
	if len(d.History) > 0 {
		a.Screen.Line("")
		a.Screen.Heading("History")
		if err := ui.Listing(a.Screen, []string{"  CHANGE", "WHEN", "STATUS", "BY", "WHY"}, d.History, historyRow); err != nil {
			return err
		}
	}
	if len(d.Line) > 0 {
		a.Screen.Line("")
		a.Screen.Heading("Line")
		if _, err := a.certTable(func(give func(any) error) error { return giveEach(d.Line, give) }); err != nil {
			return err
		}
	}
	a.Screen.Say("You may: %s.", ui.OrDash(strings.Join(d.May, ", ")))
	return nil
}

// historyRow is a change of status: which, when, to what, by whom and why.
func historyRow(h api.StatusChange) []string {
	why := h.Reason
	for _, more := range []string{before(h.RaisedFrom), h.Note, firstSo(h.FirstAt)} {
		if why != "" && more != "" {
			why += "; "
		}
		why += more
	}
	return []string{"  " + strconv.FormatInt(h.Number, 10), ui.Second(h.At), inventory.StatusWord(h.Status), ui.OrDash(h.By), why}
}

// before says of a change that only made a revocation graver why it was revoked before.
func before(reason string) string {
	if reason == "" {
		return ""
	}
	return "revoked before for " + reason
}

// firstSo says of a change that a restored service was told again when it was so first.
func firstSo(at *time.Time) string {
	if at == nil {
		return ""
	}
	return "so since " + ui.Second(*at) + ": told again after a restore"
}

func certificateFacts(d api.CertificateDetail) [][]string {
	rows := [][]string{
		{"certificate", inventory.RefOf(d.Certificate)},
		{"holder", d.Holder},
		{"name", ui.OrDash(d.Name)},
		{"agency", ui.OrDash(d.Agency)},
		{"status", inventory.StatusSentence(d.Certificate)},
		{"identity", d.Identity},
		{"SAN", strings.Join(d.SAN, ", ")},
		{"profile", d.Profile + " (" + form.LevelLabel(d.Level) + ")"},
		{"key", d.KeyType},
		{"valid", ui.Minute(d.NotBefore) + " to " + ui.Minute(d.NotAfter) + " (" + ui.Left(d.NotAfter, now()) + ")"},
		{"issued", ui.Minute(d.IssuedAt) + " by " + ui.OrDash(d.IssuedBy)},
		{"fingerprint", d.Fingerprint},
		{"pin", d.Pin},
	}
	if d.Card != nil {
		name := inventory.CardName(d.Card.Serial, d.Card.ID)
		if name == "" { // merely said to be there
			name = d.Card.GUID
		}
		rows = append(append(rows, []string{"card", name}), keyFacts(*d.Card)...)
	}
	if d.InvalidityDate != nil {
		rows = append(rows, []string{"invalid since", ui.Minute(*d.InvalidityDate)})
	}
	if d.DestroyedAt != nil {
		rows = append(rows, []string{"destroyed", ui.Minute(*d.DestroyedAt)})
	}
	return rows
}
