package cert

import (
	"context"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/relying"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

func newCACheck(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Check the certificate authority, from the service and from here",
		Long: `Check the certificate authority. The service looks at its chain and keys, the age of
its revocation lists, its OCSP answers, clocks, certificates about to expire, and
certificates that were seen and are not in its inventory. From here it is checked
whether this computer's clock agrees with the service's, what certificate the server
proves, and whether the revocation list and the OCSP answer for your own token can
be had, verified and are fresh, at the addresses that stand in its certificate.

Each finding is ok, a warning or a fault, with what to do. For monitoring: exit code
0 when all is ok, 9 when something is not.`,
		Example: "  tokenctl admin ca check\n  tokenctl admin ca check --json",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			t, c, err := a.SignIn(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			done := a.Screen.Progress("looking")
			check, err := lookAround(cmd.Context(), t, c)
			done()
			if err != nil {
				return err
			}
			if err := a.Screen.Data(check, func() error { return a.printCheck(check) }); err != nil {
				return err
			}
			return findings(check)
		}),
	}
}

// lookAround joins what the service has found with what is seen from here.
func lookAround(ctx context.Context, t *token.Token, c *client.Client) (api.Check, error) {
	answer, before, after, err := c.Check(ctx)
	if err != nil {
		return api.Check{}, err
	}
	check := answer.Value
	check.Findings = append(check.Findings, relying.Clock(check.AsOf, before, after), relying.Server(c.ServerChain(), now()))
	if len(t.Chain) > 1 { // as every token that was enrolled has it
		p := relying.Party{Leaf: t.Certificate(), Issuer: t.Chain[1], Now: now()}
		check.Findings = append(check.Findings, p.CRL(ctx), p.OCSP(ctx))
	}
	return check, ctx.Err()
}

func (a *app) printCheck(check api.Check) error {
	rows := [][]string{{"STATE", "WHAT", "FOUND"}}
	for _, f := range check.Findings {
		for i, line := range ui.Wrap(f.Says, ui.Width) {
			row := []string{f.State, f.What, line}
			if i > 0 {
				row = []string{"", "", line}
			}
			rows = append(rows, row)
		}
		if f.Do == "" {
			continue
		}
		for i, line := range ui.Wrap(f.Do, ui.Width-len("do: ")) {
			lead := "do: "
			if i > 0 {
				lead = "    "
			}
			rows = append(rows, []string{"", "", lead + line})
		}
	}
	return a.Screen.Table(rows)
}

// findings is the fault of a check that has found something to act on.
func findings(check api.Check) error {
	count := map[string]int{}
	for _, f := range check.Findings {
		count[f.State]++
	}
	if count[relying.Warning]+count[relying.Fault] == 0 {
		return nil
	}
	return fault.New(fault.Findings, "do what stands beside each", "%d of %d checks found a fault, %d a warning", count[relying.Fault], len(check.Findings), count[relying.Warning])
}
