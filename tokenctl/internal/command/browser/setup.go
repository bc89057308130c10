package browser

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/browser"
	"mais/tokenctl/internal/token"
)

type setupFlags struct {
	browserFlags
	everybody, remove, dry bool
}

// setupData is what setup did, as a document.
type setupData struct {
	DryRun bool           `json:"dry_run"`
	Remove bool           `json:"remove"`
	Steps  []browser.Step `json:"steps"`
}

func newBrowserSetup(a *app) *cobra.Command {
	var f setupFlags
	cmd := &cobra.Command{
		Use:   "setup",
		Short: "Let your browsers sign in with the token",
		Long: `Let your browsers sign in with the token. In each browser's certificate database
the service's root becomes trusted for web servers, and for nothing else. For a
card OpenSC's PKCS#11 module is made known; for a software token its key is taken
in, with the token's passphrase. Then Chromium is told to present the certificate
to the service without asking which, by a policy, for which root is needed: without
it the file and the command are printed. Firefox asks once after each start: it
could be told for all sites only, and any of them would be shown the name.

What is there already stays as it is, so that it can be run as often as you like.
A database that a browser has open is not touched: close every window first.
--remove takes away what setup has put there, and nothing else; what was done is
remembered in mais/browser.json under XDG_CONFIG_HOME.

With --everybody, for administrators, only policies are made, which hold for all
users of the machine: root and choice for Chromium, root and module for Firefox.
Chromium's users run setup once each for the module. Firefox trusts a root that a
policy gives it for mail as well.

What belongs to another user is not read, as after 'sudo -E', and a module that
others may write is refused.`,
		Example: `  tokenctl browser setup --dry-run
  tokenctl browser setup
  sudo tokenctl browser setup --everybody --service https://mais.example:9443 \
      --root-file roots.pem --root-fingerprint sha256:HEX
  tokenctl browser setup --remove`,
		Args: cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			if f.remove {
				return a.browserRemove(cmd.Context(), f)
			}
			return a.browserSetup(cmd.Context(), f)
		}),
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&f.everybody, "everybody", false, "make policies for every user of the machine, and nothing else")
	cmd.Flags().BoolVar(&f.remove, "remove", false, "take away what setup has put there")
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "say what would be done")
	cmd.MarkFlagsMutuallyExclusive("everybody", "remove")
	return cmd
}

func (a *app) browserSetup(ctx context.Context, f setupFlags) error {
	l, err := a.look(f.browserFlags, f.everybody)
	if err != nil {
		return err
	}
	if err := l.some(f.browserFlags); err != nil && !f.everybody {
		return err
	}
	ledger, err := l.machine.OpenLedger()
	if err != nil {
		return err
	}
	var old []browser.Step
	if l.want.Key != nil && !f.everybody {
		if old, err = ledger.Outdated(ctx, l.stores, l.token.Certificate()); err != nil {
			return err
		}
	}
	steps, err := l.steps(ctx, f.everybody)
	if err != nil || f.dry {
		return a.finish(f, append(old, steps...), err)
	}
	if err := a.openKey(ctx, l, steps); err != nil {
		return err
	}
	if err := ledger.Take(ctx, old); err != nil {
		return err
	}
	err = browser.Do(ctx, ledger, steps)
	return a.finish(f, append(old, steps...), err)
}

func (l looking) steps(ctx context.Context, everybody bool) ([]browser.Step, error) {
	if everybody {
		return l.machine.SetupEverybody(l.want)
	}
	return l.machine.Setup(ctx, l.stores, l.want)
}

// openKey asks for the passphrase of a software token when a browser is to take in its key,
// and sees that it is the right one before anything is done.
func (a *app) openKey(ctx context.Context, l looking, steps []browser.Step) error {
	for _, s := range steps {
		if s.What == "key" && s.State == browser.ToDo && len(s.Busy) == 0 {
			secret, err := a.PassphraseOf(l.token.Name).Get(ctx, a.Screen)
			if err == nil {
				_, err = l.token.Unlock(token.InFile(secret))
			}
			l.want.Key.Passphrase = secret
			return err
		}
	}
	return nil
}

func (a *app) browserRemove(ctx context.Context, f setupFlags) error {
	machine, err := browser.ThisMachine(f.etc)
	if err != nil {
		return err
	}
	ledger, err := machine.OpenLedger()
	if err != nil {
		return err
	}
	steps, err := ledger.Undo(ctx)
	if err == nil && !f.dry {
		err = ledger.Take(ctx, steps)
	}
	return a.finish(f, steps, err)
}

// finish shows what was done, or as far as it came, and what is left for others to do.
func (a *app) finish(f setupFlags, steps []browser.Step, err error) error {
	if err != nil {
		return err
	}
	if steps == nil {
		steps = []browser.Step{}
	}
	if err := a.Screen.Data(setupData{f.dry, f.remove, steps}, func() error { return a.printSteps(steps) }); err != nil {
		return err
	}
	waits := false
	for _, s := range steps {
		waits = waits || s.State == browser.ToDo && len(s.Busy) > 0
		if s.State == browser.ByHand && s.Command != "" {
			a.Screen.Say("")
			a.Screen.Say("By hand, for %s:", s.Where)
			a.sayLines(s.Command)
		}
	}
	switch {
	case f.dry && waits:
		a.Screen.Say("Nothing was done. A browser has a database open: close every window before you run it without --dry-run.")
	case f.dry:
		a.Screen.Say("Nothing was done.")
	case f.remove:
		a.Screen.Say("What setup had put there is gone.")
	default:
		a.Screen.Say("Next: insert the card if the token is on one, start the browser, and open the service. 'tokenctl browser check' looks at each thing.")
	}
	return nil
}

func (a *app) printSteps(steps []browser.Step) error {
	rows := [][]string{{"STATE", "BROWSER", "WHAT", "WHERE"}}
	for _, s := range steps {
		text := s.Text
		for _, p := range s.Busy {
			text += "; waits for " + p.String()
		}
		rows = append(rows, []string{string(s.State), string(s.Browser), text, s.Where})
	}
	if len(steps) == 0 {
		a.Screen.Say("There is nothing to do.")
		return nil
	}
	return a.Screen.Table(rows)
}

// sayLines prints a text for a shell or a file as it is, line by line.
func (a *app) sayLines(text string) {
	aside := a.Screen.Aside()
	for line := range strings.Lines(text) {
		aside.Line("%s", strings.TrimSuffix(line, "\n"))
	}
}
