package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/config"
	"mais/tokenctl/internal/enrol"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

// enrolFlags are those that people and sites share.
type enrolFlags struct {
	server, fingerprint, codeFile, code string
	replace                             bool
}

func (f *enrolFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.server, "server", "", "`URL` of the service, as the invitation has it")
	flags.StringVar(&f.fingerprint, "root-fingerprint", "", "SHA-256 of the service's root certificate: sha256:`HEX`")
	flags.StringVar(&f.codeFile, "code-file", "", "`file` that holds the enrolment code")
	flags.StringVar(&f.code, "code", "", "the enrolment `code` itself; for demonstrations, because others on this machine can see it")
	flags.BoolVar(&f.replace, "replace", false, "throw away a token of the same name")
	cmd.MarkFlagRequired("server")
	cmd.MarkFlagRequired("root-fingerprint")
	cmd.MarkFlagsMutuallyExclusive("code-file", "code")
}

// invitation checks what was typed.
func (f *enrolFlags) invitation(kind certs.Kind, holder string) (enrol.Invitation, error) {
	server, err := token.ServiceURL(f.server)
	if err != nil {
		return enrol.Invitation{}, fault.New(fault.Usage, "copy the address from your invitation", "--server").Because(err)
	}
	root, err := certs.ParseFingerprint(f.fingerprint)
	if err != nil {
		return enrol.Invitation{}, fault.New(fault.Usage, "copy the whole fingerprint from your invitation", "--root-fingerprint").Because(err)
	}
	return enrol.Invitation{Server: server, Root: root, Kind: kind, Holder: holder}, nil
}

func (f *enrolFlags) askCode() ui.Source {
	return ui.Source{What: "enrolment code", File: f.codeFile, Flag: "--code-file"}
}

func (f *enrolFlags) readCode(ctx context.Context, screen *ui.Screen) (config.Secret, error) {
	if f.code != "" {
		return config.NewSecret([]byte(strings.TrimSpace(f.code))), nil
	}
	return f.askCode().Get(ctx, screen)
}

func newEnrol(a *app) *cobra.Command {
	var f enrolFlags
	var email string
	cmd := &cobra.Command{
		Use:   "enrol",
		Short: "Make a token with the code of your invitation",
		Long: `Make a token: a new key in a file under a passphrase that you choose, and the
certificate that the service issues for it.

The service's root certificate is compared with the fingerprint in your
invitation before the code is sent. If the connection breaks, run the same
command again: the same code and key get the same certificate for ten minutes.

The token is the directory NAME under --home. Import its token.p12 into a
browser to use the applications there; the passphrase is the same.`,
		Example: `  tokenctl enrol --server https://mais.example:8443 \
      --root-fingerprint sha256:HEX --email anna@police.example

  # without a terminal
  tokenctl enrol --server https://mais.example:8443 --root-fingerprint sha256:HEX \
      --email anna@police.example --code-file code.txt --passphrase-file passphrase.txt`,
		Args: cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			email, err := checkEmail(email)
			if err != nil {
				return err
			}
			in, err := f.invitation(certs.User, email)
			if err != nil {
				return err
			}
			name := a.token
			if name == "" {
				name = token.NameFor(email)
			}
			return a.enrol(cmd.Context(), name, in, f, a.newPassphrase(name))
		}),
	}
	f.add(cmd)
	cmd.Flags().StringVar(&email, "email", "", "your email `address`, as the invitation has it")
	cmd.MarkFlagRequired("email")
	return cmd
}

// newPassphrase asks for the passphrase of a key in the making.
func (a *app) newPassphrase(name string) func(context.Context, bool) (config.Secret, error) {
	return func(ctx context.Context, resumed bool) (config.Secret, error) {
		if resumed {
			a.screen.Say("An earlier attempt left its key, which is used again. The passphrase is the one chosen then.")
			return a.passphraseOf(name).Get(ctx, a.screen)
		}
		return ui.Source{What: "new passphrase for the token " + name, File: a.passphraseFile, Flag: "--passphrase-file"}.GetNew(ctx, a.screen)
	}
}

// enrol runs an enrolment of either kind. A nil passphrase leaves the key in the clear.
func (a *app) enrol(ctx context.Context, name string, in enrol.Invitation, f enrolFlags, passphrase func(context.Context, bool) (config.Secret, error)) error {
	if err := token.CheckName(name); err != nil {
		return err
	}
	if err := a.canAsk(name, f, passphrase != nil); err != nil {
		return err
	}
	home, err := a.tokens()
	if err != nil {
		return err
	}
	what := "asking " + in.Server.Host
	done := a.screen.Progress(what)
	t, err := enrol.Enrol(ctx, home, name, in, enrol.Ask{
		Passphrase: func(ctx context.Context, resumed bool) (config.Secret, error) {
			done()
			if passphrase == nil {
				return config.Secret{}, nil
			}
			return passphrase(ctx, resumed)
		},
		Code: func(ctx context.Context) (config.Secret, error) {
			done()
			code, err := f.readCode(ctx, a.screen)
			done = a.screen.Progress(what)
			return code, err
		},
	}, f.replace)
	done()
	if err != nil {
		return err
	}
	return a.printToken(t)
}

// canAsk says, before anything is done, that a secret cannot be had.
func (a *app) canAsk(name string, f enrolFlags, passphrase bool) error {
	if f.code == "" {
		if err := f.askCode().Ready(); err != nil {
			return err
		}
	}
	if passphrase {
		return a.passphraseOf(name).Ready()
	}
	return nil
}

// checkEmail normalises an address as the service compares it. That it exists, the
// invitation has shown.
func checkEmail(text string) (string, error) {
	email := strings.ToLower(strings.TrimSpace(text))
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || domain == "" || len(email) > 254 || strings.ContainsAny(email, " \t\r\n") || ui.Clean(email) != email {
		return "", fault.New(fault.Usage, "copy the address from your invitation", "--email: %.80q is not an email address", text)
	}
	return email, nil
}
