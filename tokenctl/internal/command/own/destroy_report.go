package own

import (
	"context"
	"crypto"
	"time"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

// statement has a token's key sign that it is destroyed, or returns nil where the key cannot
// be had: a key that nobody can open is wiped all the same. One on a card is not destroyed with
// its token's files, and does not say so.
func (a *app) statement(ctx context.Context, t *token.Token, f destroyFlags, at time.Time) (*token.Report, error) {
	if f.noReport || t.Card != nil {
		return nil, nil
	}
	if t.Encrypted() && a.PassphraseFile == "" && !ui.HasTerminal() {
		a.Screen.Warn("the service is not told of it: that needs the passphrase, and there is neither --passphrase-file nor a terminal to ask on")
		return nil, nil
	}
	own, err := a.Unlock(ctx, t)
	if fault.Is(err, fault.Damaged) {
		a.Screen.Warn("the service is not told of it: %s", err)
		return nil, nil
	}
	if err != nil {
		known := fault.Of(err)
		if known.Kind == fault.WrongPassphrase {
			known.Next = "try again, or give --no-report: the token is wiped then, and the service not told"
		}
		return nil, known
	}
	report := &token.Report{Public: t.Public, Root: string(certs.EncodeCertificates(t.Root)), Destroyed: api.Destroyed{
		Certificate: string(certs.EncodeCertificates(t.Certificate())), At: at,
	}}
	report.Signature, err = certs.SignDestruction(own.PrivateKey.(crypto.Signer), t.Certificate(), at)
	return report, err
}

// tell sends what a tombstone keeps for the service, and returns the tombstone as it is then.
// The token is gone whatever comes of it.
func (a *app) tell(ctx context.Context, home token.Home, stone token.Tombstone, offline bool) token.Tombstone {
	if stone.Report == nil {
		return stone
	}
	if offline {
		a.Screen.Say("The service is not told now. When the token has ended there: tokenctl destroy --report")
		return stone
	}
	done := a.Screen.Progress("telling " + stone.Report.Public)
	told, err := a.send(ctx, home, stone)
	done()
	if err != nil {
		a.Screen.Warn("the token is wiped, and the service does not know it yet: %s; send it later: tokenctl destroy --report", err)
	}
	return told
}

func (a *app) send(ctx context.Context, home token.Home, stone token.Tombstone) (token.Tombstone, error) {
	roots, err := certs.ParseCertificates([]byte(stone.Report.Root))
	if err != nil {
		return stone, fault.New(fault.Damaged, "", "the record of the token %s cannot be used", stone.Name).Because(err)
	}
	to, err := token.ServiceURL(stone.Report.Public)
	if err != nil {
		return stone, fault.New(fault.Damaged, "", "the record of the token %s cannot be used", stone.Name).Because(err)
	}
	c := client.Public(to, roots[0])
	defer c.Close()
	answer, err := c.ReportDestroyed(ctx, stone.Report.Destroyed)
	if err != nil {
		return stone, err
	}
	if err := home.Reported(stone, time.Now()); err != nil {
		return stone, err
	}
	stone.Report, stone.Reported = nil, answer.Value.At
	return stone, nil
}

// reported is what came of a report.
type reported struct {
	Name   string `json:"name"`
	Serial string `json:"serial"`
	Told   bool   `json:"told"`
	Why    string `json:"why,omitempty"` // it was not
}

// reportAll sends every statement that is kept, or those of the tokens called so.
func (a *app) reportAll(ctx context.Context, names []string) error {
	home, err := a.Tokens()
	if err != nil {
		return err
	}
	stones, err := home.Destroyed()
	if err != nil {
		return err
	}
	all, rows, failed := []reported{}, [][]string{{"NAME", "SERIAL", "REPORT"}}, 0
	for _, stone := range stones {
		if stone.Report == nil || len(names) > 0 && names[0] != stone.Name {
			continue
		}
		if t, err := home.Open(stone.Name); err == nil && t.Serial == stone.Serial {
			a.Screen.Warn("the token %s was to be destroyed and is still there: finish that with 'tokenctl destroy %s'", stone.Name, stone.Name)
			continue
		}
		_, err := a.send(ctx, home, stone)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r, said := reported{Name: stone.Name, Serial: stone.Serial, Told: err == nil}, "the service was told"
		if err != nil {
			failed++
			r.Why = err.Error()
			said = r.Why
		}
		all, rows = append(all, r), append(rows, []string{r.Name, r.Serial, said})
	}
	err = a.Screen.Data(all, func() error {
		if len(all) == 0 {
			a.Screen.Say("There is nothing to tell the service.")
			return nil
		}
		return a.Screen.Table(rows)
	})
	if err == nil && failed > 0 {
		err = fault.New(fault.Partly, "try again later", "%d of %d destructions could not be reported", failed, len(all))
	}
	return err
}
