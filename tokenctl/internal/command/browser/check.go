package browser

import (
	"context"
	"crypto/x509"
	"time"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/browser"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
)

func newBrowserCheck(a *app) *cobra.Command {
	var f browserFlags
	cmd := &cobra.Command{
		Use:   "check",
		Short: "See whether your browsers can sign in with the token",
		Long: `See whether your browsers can sign in with the token: the service's root is there
and is the token's, and trusted for no more than web servers, or what Firefox makes
of a policy; the module for cards loads; a card is seen through it, as the browser would see it, with the token's
certificate and key; which certificate to present is settled; and the token lasts.
Nothing is changed, and no PIN is asked for.

The exit code is 9 when something has to be done, which stands under it.`,
		Example: "  tokenctl browser check\n  tokenctl browser check --browser firefox --json",
		Args:    cobra.NoArgs,
		RunE:    a.Do(func(cmd *cobra.Command, _ []string) error { return a.browserCheck(cmd.Context(), f) }),
	}
	f.add(cmd)
	return cmd
}

func (a *app) browserCheck(ctx context.Context, f browserFlags) error {
	l, err := a.look(f, false)
	if err != nil {
		return err
	}
	if err := l.some(f); err != nil {
		return err
	}
	look := browser.Look{Want: l.want, Now: time.Now()}
	if l.token != nil {
		if err := command.NotRevoked(l.token); err != nil {
			return err
		}
		look.Own = l.token.Certificate()
	}
	if l.want.Module != "" {
		if look.OnCards, err = onCards(ctx); err != nil {
			a.Screen.Warn("what is on the card cannot be read: %s", fault.Of(err).Error())
		}
	}
	found, err := l.machine.Check(ctx, l.stores, look)
	if err != nil {
		return err
	}
	err = a.Screen.Data(map[string][]browser.Finding{"findings": found}, func() error { return a.printFindings(found) })
	if err != nil {
		return err
	}
	wrong := 0
	for _, f := range found {
		if f.Verdict == browser.Wrong {
			wrong++
		}
	}
	if wrong == 0 {
		a.Screen.Say("Everything is in place: start the browser and open %s.", l.want.Service)
		return nil
	}
	return fault.New(fault.Findings, "do what stands under each, and run this again", "%d of %d things are not as they should be", wrong, len(found))
}

// onCards returns the certificates of the cards that are in. The cards are shared with whatever
// program has them.
func onCards(ctx context.Context) (found []*x509.Certificate, err error) {
	readers, err := piv.List(ctx)
	for _, r := range readers {
		if r.Fault != nil {
			err = r.Fault
		}
		if r.Card == nil {
			continue
		}
		for _, slot := range r.Card.Slots {
			if slot.Certificate != nil {
				found = append(found, slot.Certificate)
			}
		}
	}
	return found, err
}

func (a *app) printFindings(found []browser.Finding) error {
	rows := [][]string{{"", "BROWSER", "WHAT", ""}}
	for _, f := range found {
		rows = append(rows, []string{string(f.Verdict), string(f.Browser), f.What, f.Text})
		if f.Next != "" {
			rows = append(rows, []string{"", "", "", "→ " + f.Next})
		}
	}
	return a.Screen.Table(rows)
}
