package cert

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/certs/receipt"
	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/inventory"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

const (
	receiptEvery   = time.Second
	maxReceiptFile = 1 << 20
)

type receiptFlags struct {
	wait, verify bool
	from, out    string
	number       int64
}

func newCertReceipt(a *app) *cobra.Command {
	var f receiptFlags
	cmd := &cobra.Command{
		Use:   "receipt SERIAL | receipt --from FILE",
		Short: "Prove when a change of status was committed and took effect",
		Long: `Fetch the signed receipt for the last change of a certificate's status, or with
--number for an earlier one, as 'tokenctl admin cert show' numbers them: when it was
committed, by whom and why, and for each node of the service when it began to
refuse, in milliseconds after the commit. It is final when every node that lived at
the commit is accounted for: it has said that it refuses, or it was silent and has
closed itself. --wait asks again until it is.

The receipt is a JWS (RFC 7515). Its signature is always verified, to the root that
the token has pinned; what does not verify is an error and is not shown. --verify
says with what it was verified. --out keeps the receipt itself, and --from verifies
one that was kept, without asking the service.`,
		Example: `  tokenctl admin cert receipt 7f3a… --wait --out 7f3a.jws
  tokenctl admin cert receipt --from 7f3a.jws --verify`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (f.from != "") {
				return fault.New(fault.Usage, "name a certificate, or a file with --from", "one of the two is needed, and only one")
			}
			if f.from != "" {
				return a.keptReceipt(f)
			}
			if cmd.Flags().Changed("number") && f.number < 1 {
				return fault.New(fault.Usage, "see 'tokenctl admin cert show'", "--number: %d is not the number of a change", f.number)
			}
			return a.withCertificate(cmd.Context(), args[0], func(c *client.Client, ref certs.Ref) error {
				return a.fetchReceipt(cmd.Context(), c, ref, f)
			})
		}),
	}
	cmd.Flags().BoolVar(&f.wait, "wait", false, "wait until it is final")
	cmd.Flags().Int64Var(&f.number, "number", 0, "of the change with this `number` (default: the last)")
	cmd.Flags().BoolVar(&f.verify, "verify", false, "say with which certificates it was verified, as it always is")
	cmd.Flags().StringVar(&f.out, "out", "", "keep the receipt in this `file`")
	cmd.Flags().StringVar(&f.from, "from", "", "verify the receipt in this `file`")
	cmd.MarkFlagsMutuallyExclusive("from", "wait")
	cmd.MarkFlagsMutuallyExclusive("from", "out")
	cmd.MarkFlagsMutuallyExclusive("from", "number")
	return cmd
}

// proven is a receipt whose signature holds.
type proven struct {
	Receipt  api.Receipt `json:"receipt"`
	JWS      string      `json:"jws"`
	SignedAt time.Time   `json:"signed_at"`
	Signer   string      `json:"signer"` // the subject of the certificate that signed
	Root     string      `json:"root"`   // to which it leads: sha256:HEX
	leaf     *x509.Certificate
}

func prove(jws string, root *x509.Certificate) (proven, error) {
	wrong := fault.New(fault.BadAnswer, "do not rely on it, and tell your administrator", "the receipt does not hold")
	good, err := receipt.Verify(jws, root, now())
	if err != nil {
		return proven{}, wrong.Because(err)
	}
	p := proven{JWS: jws, SignedAt: good.SignedAt.UTC(), Signer: good.Leaf.Subject.String(), Root: certs.FingerprintOf(root.Raw).String(), leaf: good.Leaf}
	if err := json.Unmarshal(good.Payload, &p.Receipt); err != nil {
		return proven{}, wrong.Because(err)
	}
	return p, nil
}

func (a *app) fetchReceipt(ctx context.Context, c *client.Client, ref certs.Ref, f receiptFlags) error {
	t, err := a.Open()
	if err != nil {
		return err
	}
	done := a.Screen.Progress("waiting until every node is accounted for")
	defer done()
	tick := time.NewTicker(receiptEvery)
	defer tick.Stop()
	for {
		jws, err := c.Receipt(ctx, ref, f.number)
		if err != nil {
			return err
		}
		p, err := prove(jws, t.Root)
		if err != nil {
			return err
		}
		if got := (certs.Ref{Issuer: p.Receipt.Issuer, Serial: p.Receipt.Serial}); got != ref || f.number != 0 && p.Receipt.Number != f.number {
			return fault.New(fault.BadAnswer, "tell your administrator", "the service gave the receipt of %s for change %d, not what was asked for", got, p.Receipt.Number)
		}
		if p.Receipt.Final || !f.wait {
			done()
			return a.printReceipt(p, f)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (a *app) keptReceipt(f receiptFlags) error {
	t, err := a.Open()
	if err != nil {
		return err
	}
	file, err := os.Open(f.from)
	if err != nil {
		return fault.New(fault.Usage, "", "read the receipt").Because(err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxReceiptFile))
	if err != nil {
		return fault.New(fault.Usage, "", "read the receipt").Because(err)
	}
	p, err := prove(string(text), t.Root)
	if err != nil {
		return err
	}
	return a.printReceipt(p, f)
}

func (a *app) printReceipt(p proven, f receiptFlags) error {
	if f.out != "" {
		if err := command.WriteNew(f.out, []byte(p.JWS+"\n")); err != nil {
			return err
		}
	}
	err := a.Screen.Data(p, func() error {
		if err := a.Screen.Facts(receiptFacts(p, f.verify)); err != nil {
			return err
		}
		if len(p.Receipt.Nodes) == 0 {
			if p.Receipt.FirstAt != nil {
				a.Screen.Say("It names no node: none answered when the service was told again, and each that did later knew it from its first answer on.")
			}
			return nil
		}
		a.Screen.Line("")
		rows := [][]string{{"NODE", "REFUSES FROM", "AFTER THE COMMIT"}}
		if p.Receipt.Status == "active" {
			rows[0][1] = "ADMITS FROM"
		}
		for _, n := range p.Receipt.Nodes {
			rows = append(rows, nodeRow(n))
		}
		return a.Screen.Table(rows)
	})
	if !p.Receipt.Final {
		a.Screen.Say("It is not final: some nodes have not said yet that they refuse. Ask again, or with --wait.")
	}
	return err
}

func receiptFacts(p proven, verified bool) [][]string {
	r := p.Receipt
	status := inventory.StatusWord(r.Status)
	if r.Reason != "" {
		status += ", " + r.Reason
	}
	rows := [][]string{
		{"certificate", r.Issuer + "/" + r.Serial},
		{"status", status},
		{"by", ui.OrDash(r.By)},
		{"change number", fmt.Sprint(r.Number)},
		{"committed", r.CommittedAt.UTC().Format("2006-01-02 15:04:05.000 UTC")},
	}
	if r.RaisedFrom != "" {
		rows = append(rows, []string{"before", "revoked for " + r.RaisedFrom + ", and refused all along"})
	}
	if r.FirstAt != nil {
		rows = append(rows, []string{"so since", ui.Second(*r.FirstAt) + ": a restored service was told again by its journal, at the time above"})
	}
	if r.InvalidityDate != nil {
		rows = append(rows, []string{"invalid since", ui.Minute(*r.InvalidityDate)})
	}
	final := "no, not yet"
	if r.Final {
		final = "yes: every node is accounted for"
	}
	rows = append(rows, []string{"final", final}, []string{"signed", ui.Second(p.SignedAt) + ", and the signature holds"})
	if verified {
		rows = append(rows, []string{"signer", p.Signer}, []string{"its certificate", certs.FingerprintOf(p.leaf.Raw).String()}, []string{"to the root", p.Root})
	}
	return rows
}

func nodeRow(n api.ReceiptNode) []string {
	after := "-"
	if n.Millis != nil {
		after = fmt.Sprintf("+%d ms", *n.Millis)
	}
	switch {
	case n.RefusedFrom != nil:
		return []string{n.Node, n.RefusedFrom.UTC().Format("15:04:05.000 UTC"), after}
	case n.SilentFrom != nil:
		return []string{n.Node, "silent, closed itself by " + n.SilentFrom.UTC().Format("15:04:05.000 UTC"), after}
	}
	return []string{n.Node, "not yet", after}
}
