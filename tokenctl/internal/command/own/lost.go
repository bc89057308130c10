package own

import (
	"context"
	"crypto/x509"
	"net/url"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/enrolment"
	"mais/tokenctl/internal/command/inventory"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

// lostFlags say whose card was lost, and where to report it.
type lostFlags struct {
	server, fingerprint, email, codeFile string
	send                                 bool
}

func newLost(a *app) *cobra.Command {
	var f lostFlags
	cmd := &cobra.Command{
		Use:   "lost",
		Short: "Report a lost card or token, and put everything of yours on hold",
		Long: `Report that your card or token is lost. The service sends a code to the email address
that you are registered with; with the code everything of yours is put on hold at
once, whatever machine it is on. It gives nobody anything: an administrator has to
release what turns up again, or to replace what does not.

Where a token of yours was enrolled on this machine, nothing has to be said: the
service and your address are in its directory, and neither the card nor a passphrase
is needed. Elsewhere give all three flags. The service does not say whether an address is known to
it. Without a terminal, have the code sent with --send, then give it with
--code-file.`,
		Example: `  tokenctl lost
  tokenctl lost --server https://mais.example:8443 --root-fingerprint sha256:HEX \
      --email anna@police.example`,
		Args: cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error { return a.lost(cmd.Context(), f) }),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.server, "server", "", "`URL` of the service, as the invitation has it")
	flags.StringVar(&f.fingerprint, "root-fingerprint", "", "SHA-256 of the service's root certificate: sha256:`HEX`")
	flags.StringVar(&f.email, "email", "", "your email `address`")
	flags.StringVar(&f.codeFile, "code-file", "", "`file` that holds the code from the mail: none is sent")
	flags.BoolVar(&f.send, "send", false, "have the code sent, and end")
	cmd.MarkFlagsRequiredTogether("server", "root-fingerprint", "email")
	cmd.MarkFlagsMutuallyExclusive("code-file", "send")
	return cmd
}

func (a *app) lost(ctx context.Context, f lostFlags) error {
	code := ui.Source{What: "code from your mail", File: f.codeFile, Flag: "--code-file"}
	if !f.send {
		if err := code.Ready(); err != nil {
			return err
		}
	}
	to, root, email, err := a.whereLost(ctx, f)
	if err != nil {
		return err
	}
	c := client.Public(to, root)
	defer c.Close()
	if f.codeFile == "" {
		done := a.Screen.Progress("asking " + to.Host)
		sent, err := c.AskLost(ctx, api.LostRequest{Email: email})
		done()
		if err != nil {
			return err
		}
		a.Screen.Say("If %s is registered, a code is on its way there. It is good for %d minutes.", email, sent.Value.Minutes)
		if f.send {
			return a.Screen.Data(sent.Raw, func() error { return nil })
		}
	}
	secret, err := code.Get(ctx, a.Screen)
	if err != nil {
		return err
	}
	done := a.Screen.Progress("asking " + to.Host)
	held, err := c.ReportLost(ctx, api.LostConfirm{Code: string(secret.Reveal())})
	done()
	if err != nil {
		return err
	}
	return a.Screen.Data(held.Raw, func() error { return a.printLost(held.Value) })
}

// whereLost is where to report, and whose: as the flags say, or as the chosen token does.
func (a *app) whereLost(ctx context.Context, f lostFlags) (to *url.URL, root *x509.Certificate, email string, err error) {
	if f.server == "" {
		t, err := a.Open()
		if err != nil {
			return nil, nil, "", fault.New(fault.Usage, "give --server, --root-fingerprint and --email, as your invitation has them", "there is no token here that says where to report").Because(err)
		}
		to, err = token.ServiceURL(t.Public)
		return to, t.Root, t.Holder, err
	}
	if email, err = command.CheckEmail(f.email); err != nil {
		return nil, nil, "", err
	}
	in, err := (&enrolment.Flags{Server: f.server, Fingerprint: f.fingerprint}).Invitation(certs.User, email)
	if err != nil {
		return nil, nil, "", err
	}
	root, err = client.FetchRoot(ctx, in.Server, in.Root)
	return in.Server, root, email, err
}

func (a *app) printLost(h api.LostHeld) error {
	if h.Password {
		a.Screen.Say("Your password opens nothing any more: a new invitation gives you another.")
	}
	if len(h.Held) == 0 {
		if !h.Password {
			a.Screen.Say("Nothing of yours was good any more: it was on hold, revoked or expired before.")
		}
		return nil
	}
	rows := [][]string{{"ON HOLD", "CARD", "PROFILE", "EXPIRES"}}
	for _, t := range h.Held {
		rows = append(rows, []string{t.Serial, ui.OrDash(inventory.CardName(t.Card, "")), t.Profile, ui.Day(t.NotAfter)})
	}
	err := a.Screen.Table(rows)
	a.Screen.Say("Ring your administrator: they release it when it is found, or replace it.")
	return err
}
