package site

import (
	"context"
	"crypto/tls"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/standing"
	"mais/tokenctl/internal/deploy"
	"mais/tokenctl/internal/enrol"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/watch"
)

// renewFlags are those of 'site renew'; 'site unit' weaves them into a unit.
type renewFlags struct {
	due, watch           bool
	at                   watch.Share
	cert, key, reloading string
}

func (f *renewFlags) addTarget(cmd *cobra.Command) {
	f.at = watch.TwoThirds()
	flags := cmd.Flags()
	flags.Var(&f.at, "at", "with --watch, after which share of its life the token is renewed; 0 is at once, for trying")
	flags.StringVar(&f.cert, "cert-out", "", "`file` for the certificate and its issuing CA, which a server reads (PEM, mode 0644)")
	flags.StringVar(&f.key, "key-out", "", "`file` for the key, NOT ENCRYPTED, which a server reads (PEM, mode 0600)")
	flags.StringVar(&f.reloading, "reload", "", "`command` that makes a server take over the new token; split at spaces, run without a shell")
}

const longSiteRenew = `Renew a site's token: a new key, certified with the present token, takes its
place, all files at once, when the service has recognised it. The old one goes
on being good for the service's grace period.

Without a flag it is renewed now. With --due that is done only from two thirds of
its life on, for a timer such as cron; before that it says so and exits with 0.

With --watch the command goes on and does it all: it renews after two thirds of
the life, spread by up to a tenth of the remaining time so that many sites do not
come at once; tries again after a failure, at first after half a minute, at last
hourly, and more often near the end; takes over a token renewed by hand; and asks
the service once a day whether the token is good. It logs to standard error, and
tells systemd that it is ready, alive and how it stands. SIGHUP makes it look at
once, SIGTERM ends it with 0. Only one can watch a token. It exits by itself when
a person has to act: 4 the token is revoked, superseded or has expired; 3 it is
gone; 1 its files are damaged; 2 or 5 its passphrase cannot be had or is wrong.

--cert-out and --key-out write the certificate with its issuing CA, and the key,
for a server of the site's own such as nginx. That server starts without anybody
to type a passphrase, so the key stands there in the clear: choose a directory
that only the server's user can enter. Each file is replaced whole. --reload then
makes the server read them. The command is split at spaces and run without a
shell; one that needs quotes, pipes or variables belongs in a script. It has a
minute; when it fails the token is good all the same, and it is run again until
it succeeds. It runs at least once for each token, the first included.

A passphrase comes from --passphrase-file or, under systemd, from the credential
'passphrase'; nobody is asked. 'tokenctl site unit' prints a unit for all this.`

func newSiteRenew(a *app) *cobra.Command {
	var f renewFlags
	cmd := &cobra.Command{
		Use:   "renew",
		Short: "Renew a site's token, once or for as long as it runs",
		Long:  longSiteRenew,
		Example: `  tokenctl site renew --token northgate-custody
  tokenctl site renew --token northgate-custody --due
  tokenctl site renew --token northgate-custody --watch \
      --cert-out /etc/nginx/mais/cert.pem --key-out /etc/nginx/mais/key.pem \
      --reload 'systemctl reload nginx'`,
		Args: cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("at") && !f.watch {
				return fault.New(fault.Usage, "add --watch", "--at says when --watch renews")
			}
			r, err := a.newRenewal(f)
			if err != nil {
				return err
			}
			if f.watch {
				return a.watch(cmd.Context(), r, f.at)
			}
			return a.renewOnce(cmd.Context(), r, f.due)
		}),
	}
	cmd.Flags().BoolVar(&f.due, "due", false, "only if two thirds of the token's life are over")
	cmd.Flags().BoolVar(&f.watch, "watch", false, "go on, and renew whenever it is due")
	cmd.MarkFlagsMutuallyExclusive("due", "watch")
	f.addTarget(cmd)
	return cmd
}

// renewal is what a renewal of one site's token needs, once or again and again.
type renewal struct {
	app    *app
	home   token.Home
	name   string
	target deploy.Target
}

func (a *app) newRenewal(f renewFlags) (*renewal, error) {
	t, err := a.openSite()
	if err != nil {
		return nil, err
	}
	home, err := a.Tokens()
	if err != nil {
		return nil, err
	}
	target, err := deploy.NewTarget(home, f.cert, f.key, f.reloading)
	return &renewal{a, home, t.Name, target}, err
}

func (r *renewal) open() (*token.Token, error) { return r.home.Open(r.name) }

func (r *renewal) renew(ctx context.Context) (*token.Token, error) {
	t, err := r.open()
	if err != nil {
		return nil, err
	}
	passphrase, err := r.app.sitePassphrase(ctx, t)
	if err != nil {
		return nil, err
	}
	return enrol.Renew(ctx, r.home, r.name, token.InFile(passphrase))
}

func (r *renewal) ask(ctx context.Context, t *token.Token) error {
	_, err := r.app.standing(ctx, t)
	return err
}

func (r *renewal) deploy(ctx context.Context, t *token.Token) (bool, error) {
	return r.target.Apply(ctx, r.home, t, func() (tls.Certificate, error) { return r.app.unlockSite(ctx, t) })
}

// renewOnce renews now, or if it is due, and hands on what is there afterwards.
func (a *app) renewOnce(ctx context.Context, r *renewal, ifDue bool) error {
	t, err := r.open()
	if err != nil {
		return err
	}
	if err := command.NotRevoked(t); err != nil {
		return err
	}
	if ifDue && time.Now().Before(t.RenewFrom()) {
		a.Screen.Say("Not due until %s.", t.RenewFrom().UTC().Format(time.RFC1123))
	} else {
		done := a.Screen.Progress("asking " + t.Mutual)
		next, err := r.renew(ctx)
		done()
		if err != nil {
			return err
		}
		a.Screen.Say("Renewed: %s takes the place of %s.", next.Serial, t.Serial)
		t = next
	}
	_, undeployed := r.deploy(ctx, t)
	if err := standing.Print(a.Screen, t); err != nil {
		return err
	}
	if undeployed != nil {
		return fmt.Errorf("hand the token on: %w", undeployed)
	}
	return nil
}
