package site

import (
	"time"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/standing"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

// overdue is the part of a life that is left when a renewal that was due at two thirds of
// it, and a good while ago, has still not come.
const overdue = 5

func newSiteCheck(a *app) *cobra.Command {
	var warnDays int
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Call the service with a site's token and the server pinned",
		Long: `Call the service as a site does: the server has to prove a certificate that
leads to the root, holds the server's name and policy, and has the key remembered
at enrolment. If any of it is wrong, neither a request nor the site's certificate
is sent, and the exit code is 8.

For monitoring, the exit code says it all: 0 the token is good; 9 it is good and
expires within --warn-days, so that whatever should renew it does not; 4 the
service refuses it (revoked, superseded, expired, on hold, wrong network); 8 the
service cannot be reached or is not the pinned one; 1 it cannot serve now, or the
token's files are damaged; 2, 3 and 5 the check itself is set up wrongly. The
service records each check: once an hour is often enough.`,
		Example: "  tokenctl site check --token northgate-custody\n  tokenctl site check --token northgate-custody --warn-days 7 --json",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			if warnDays < 0 {
				return fault.New(fault.Usage, "", "--warn-days: %d is no number of days", warnDays)
			}
			return a.siteCheck(cmd, time.Duration(warnDays)*24*time.Hour)
		}),
	}
	cmd.Flags().IntVar(&warnDays, "warn-days", 0, "exit with 9 when the token expires within so many `days` (default a fifth of its life)")
	return cmd
}

func (a *app) siteCheck(cmd *cobra.Command, warn time.Duration) error {
	t, err := a.openSite()
	if err != nil {
		return err
	}
	if err := command.NotRevoked(t); err != nil {
		return err
	}
	done := a.Screen.Progress("asking " + t.Mutual)
	answer, err := a.standing(cmd.Context(), t)
	done()
	if err != nil {
		return err
	}
	a.Screen.Say("The server holds the pinned key, and knows this site.")
	if err := a.Screen.Data(answer.Raw, func() error { return a.Screen.Facts(standing.WhoamiRows(answer.Value)) }); err != nil {
		return err
	}
	if err := expiring(t, warn, time.Now()); err != nil {
		return err
	}
	standing.SayNext(a.Screen, standing.Describe(t))
	return nil
}

// expiring is the fault of a token that is good, and not for long.
func expiring(t *token.Token, warn time.Duration, now time.Time) error {
	cert := t.Certificate()
	if warn == 0 {
		warn = cert.NotAfter.Sub(cert.NotBefore) / overdue
	}
	if cert.NotAfter.Sub(now) > warn {
		return nil
	}
	return fault.New(fault.Expiring, "see why 'tokenctl site renew --watch' has not renewed it, or run 'tokenctl site renew --token "+t.Name+"'",
		"the token %s is good, and expires on %s (%s)", t.Name, cert.NotAfter.UTC().Format(time.RFC1123), ui.Left(cert.NotAfter, now))
}
