package main

import (
	"context"
	"crypto"
	"strings"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/config"
	"mais/server/api"
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

// readCode returns the code, which has the form of one: so a slip of the pen costs no try.
func (f *enrolFlags) readCode(ctx context.Context, screen *ui.Screen) (config.Secret, error) {
	code := config.NewSecret([]byte(strings.TrimSpace(f.code)))
	if f.code == "" {
		var err error
		if code, err = f.askCode().Get(ctx, screen); err != nil {
			return config.Secret{}, err
		}
	}
	if _, ok := certs.NormaliseCode(string(code.Reveal())); !ok {
		return config.Secret{}, fault.New(fault.WrongCode, "copy the whole code from your invitation; nothing was sent, and no try is lost",
			"that is no enrolment code: one has %d letters and digits, in seven groups of five", certs.CodeLength)
	}
	return code, nil
}

func newEnrol(a *app) *cobra.Command {
	var f enrolFlags
	var email string
	var own requestFlags
	cmd := &cobra.Command{
		Use:   "enrol",
		Short: "Make a token with the code of your invitation",
		Long: `Make a token: a new key in a file under a passphrase that you choose, and the
certificate that the service issues for it.

The service's root certificate is compared with the fingerprint in your
invitation before the code is sent. If the connection breaks, run the same
command again: the same code and key get the same certificate for ten minutes.

The token is the directory NAME under --home. Import its token.p12 into a
browser to use the applications there; the passphrase is the same.

With --csr the key is your own affair: on a card that tokenctl makes no keys on, for
one. --csr names the request that the key's keeper made, and --out the file for the
certificate and its issuing CA. There is no token then, and it counts as a key in a
file: nobody vouches for it.`,
		Example: `  tokenctl enrol --server https://mais.example:8443 \
      --root-fingerprint sha256:HEX --email anna@police.example

  # without a terminal
  tokenctl enrol --server https://mais.example:8443 --root-fingerprint sha256:HEX \
      --email anna@police.example --code-file code.txt --passphrase-file passphrase.txt

  # for a key of one's own
  tokenctl enrol --server https://mais.example:8443 --root-fingerprint sha256:HEX \
      --email anna@police.example --csr request.pem --out certificate.pem`,
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
			if own.csr != "" {
				return a.certify(cmd.Context(), in, f, own)
			}
			name := a.token
			if name == "" {
				name = token.NameFor(email)
			}
			if err := a.canAsk(f, a.passphraseOf(name)); err != nil {
				return err
			}
			return a.enrol(cmd.Context(), name, in, f, a.newFileKeeper(name))
		}),
	}
	f.add(cmd)
	own.add(cmd)
	cmd.Flags().StringVar(&email, "email", "", "your email `address`, as the invitation has it")
	cmd.MarkFlagRequired("email")
	return cmd
}

// newFileKeeper asks for the passphrase of a key in the making.
func (a *app) newFileKeeper(name string) func(context.Context, token.Left) (token.Keeper, error) {
	return func(ctx context.Context, left token.Left) (token.Keeper, error) {
		ask := ui.Source{What: "new passphrase for the token " + name, File: a.passphraseFile, Flag: "--passphrase-file"}.GetNew
		if left.Key {
			a.screen.Say("An earlier attempt left its key, which is used again. The passphrase is the one chosen then.")
			ask = a.passphraseOf(name).Get
		}
		passphrase, err := ask(ctx, a.screen)
		return token.InFile(passphrase), err
	}
}

// clearKeeper keeps a key in the clear.
func clearKeeper(context.Context, token.Left) (token.Keeper, error) {
	return token.InFile(config.Secret{}), nil
}

// enrol runs an enrolment with a key in a file, and shows the token.
func (a *app) enrol(ctx context.Context, name string, in enrol.Invitation, f enrolFlags, keeper func(context.Context, token.Left) (token.Keeper, error)) error {
	t, err := a.enrolWith(ctx, name, in, f, enrol.Ask{
		Keeper: keeper,
		Code:   func(ctx context.Context) (config.Secret, error) { return f.readCode(ctx, a.screen) },
	})
	if err != nil {
		return err
	}
	return a.printToken(t)
}

// enrolWith runs an enrolment of any kind. Whatever asks a person stops the spinner first.
func (a *app) enrolWith(ctx context.Context, name string, in enrol.Invitation, f enrolFlags, ask enrol.Ask) (*token.Token, error) {
	if err := token.CheckName(name); err != nil {
		return nil, err
	}
	home, err := a.tokens()
	if err != nil {
		return nil, err
	}
	what := "asking " + in.Server.Host
	done := a.screen.Progress(what)
	t, err := enrol.Enrol(ctx, home, name, in, enrol.Ask{
		Keeper: func(ctx context.Context, left token.Left) (token.Keeper, error) {
			done()
			return ask.Keeper(ctx, left)
		},
		Witness: quietly(ask.Witness, func() { done() }),
		Code: func(ctx context.Context) (config.Secret, error) {
			done()
			code, err := ask.Code(ctx)
			done = a.screen.Progress(what)
			return code, err
		},
	}, f.replace)
	done()
	return t, err
}

// quietly has a spinner stopped before a witness is asked; no witness stays none.
func quietly(witness func(context.Context, crypto.PublicKey, api.Card) error, stop func()) func(context.Context, crypto.PublicKey, api.Card) error {
	if witness == nil {
		return nil
	}
	return func(ctx context.Context, key crypto.PublicKey, card api.Card) error {
		stop()
		return witness(ctx, key, card)
	}
}

// canAsk says, before anything is done, that a secret cannot be had.
func (a *app) canAsk(f enrolFlags, others ...ui.Source) error {
	if f.code == "" {
		others = append(others, f.askCode())
	}
	for _, source := range others {
		if err := source.Ready(); err != nil {
			return err
		}
	}
	return nil
}

// checkEmail normalises an address as the service compares it. That it exists, the
// invitation has shown.
func checkEmail(text string) (string, error) {
	email := strings.ToLower(strings.TrimSpace(text))
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || domain == "" || len(email) > 254 || strings.ContainsAny(email, " \t\r\n") || ui.Clean(email) != email {
		return "", fault.New(fault.Usage, "give the whole address, like dana@police.example", "--email: %.80q is not an email address", text)
	}
	return email, nil
}
