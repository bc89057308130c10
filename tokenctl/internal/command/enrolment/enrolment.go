// Package enrolment enrols and renews as the commands do, whosever the token is and wherever its key:
// it takes what an invitation says from the flags, asks for secrets, and shows the token.
package enrolment

import (
	"context"
	"crypto"
	"strings"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/config"
	"mais/server/api"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/standing"
	"mais/tokenctl/internal/enrol"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

// Flags are those that people and sites share.
type Flags struct {
	Server, Fingerprint, codeFile, code string
	Replace                             bool
}

// Add puts them on a command.
func (f *Flags) Add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.Server, "server", "", "`URL` of the service, as the invitation has it")
	flags.StringVar(&f.Fingerprint, "root-fingerprint", "", "SHA-256 of the service's root certificate: sha256:`HEX`")
	flags.StringVar(&f.codeFile, "code-file", "", "`file` that holds the enrolment code")
	flags.StringVar(&f.code, "code", "", "the enrolment `code` itself; for demonstrations, because others on this machine can see it")
	flags.BoolVar(&f.Replace, "replace", false, "throw away a token of the same name")
	cmd.MarkFlagRequired("server")
	cmd.MarkFlagRequired("root-fingerprint")
	cmd.MarkFlagsMutuallyExclusive("code-file", "code")
}

// Invitation checks what was typed.
func (f *Flags) Invitation(kind certs.Kind, holder string) (enrol.Invitation, error) {
	server, err := token.ServiceURL(f.Server)
	if err != nil {
		return enrol.Invitation{}, fault.New(fault.Usage, "copy the address from your invitation", "--server").Because(err)
	}
	root, err := certs.ParseFingerprint(f.Fingerprint)
	if err != nil {
		return enrol.Invitation{}, fault.New(fault.Usage, "copy the whole fingerprint from your invitation", "--root-fingerprint").Because(err)
	}
	return enrol.Invitation{Server: server, Root: root, Kind: kind, Holder: holder}, nil
}

func (f *Flags) askCode() ui.Source {
	return ui.Source{What: "enrolment code", File: f.codeFile, Flag: "--code-file"}
}

// ReadCode returns the code, which has the form of one: so a slip of the pen costs no try.
func (f *Flags) ReadCode(ctx context.Context, screen *ui.Screen) (config.Secret, error) {
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

// NewFileKeeper asks for the passphrase of a key in the making.
func NewFileKeeper(a *command.App, name string) func(context.Context, token.Left) (token.Keeper, error) {
	return func(ctx context.Context, left token.Left) (token.Keeper, error) {
		ask := ui.Source{What: "new passphrase for the token " + name, File: a.PassphraseFile, Flag: "--passphrase-file"}.GetNew
		if left.Key {
			a.Screen.Say("An earlier attempt left its key, which is used again. The passphrase is the one chosen then.")
			ask = a.PassphraseOf(name).Get
		}
		passphrase, err := ask(ctx, a.Screen)
		return token.InFile(passphrase), err
	}
}

// ClearKeeper keeps a key in the clear.
func ClearKeeper(context.Context, token.Left) (token.Keeper, error) {
	return token.InFile(config.Secret{}), nil
}

// EnrolInFile runs an enrolment with a key in a file, and shows the token.
func EnrolInFile(ctx context.Context, a *command.App, name string, in enrol.Invitation, f Flags, keeper func(context.Context, token.Left) (token.Keeper, error)) error {
	t, err := Enrol(ctx, a, name, in, f, enrol.Ask{
		Keeper: keeper,
		Code:   func(ctx context.Context) (config.Secret, error) { return f.ReadCode(ctx, a.Screen) },
	})
	if err != nil {
		return err
	}
	return standing.Print(a.Screen, t)
}

// Enrol runs an enrolment of any kind. Whatever asks a person stops the spinner first.
func Enrol(ctx context.Context, a *command.App, name string, in enrol.Invitation, f Flags, ask enrol.Ask) (*token.Token, error) {
	if err := token.CheckName(name); err != nil {
		return nil, err
	}
	home, err := a.Tokens()
	if err != nil {
		return nil, err
	}
	what := "asking " + in.Server.Host
	done := a.Screen.Progress(what)
	t, err := enrol.Enrol(ctx, home, name, in, enrol.Ask{
		Keeper: func(ctx context.Context, left token.Left) (token.Keeper, error) {
			done()
			return ask.Keeper(ctx, left)
		},
		Witness: quietly(ask.Witness, func() { done() }),
		Code: func(ctx context.Context) (config.Secret, error) {
			done()
			code, err := ask.Code(ctx)
			done = a.Screen.Progress(what)
			return code, err
		},
	}, f.Replace)
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

// CanAsk says, before anything is done, that a secret cannot be had.
func (f *Flags) CanAsk(others ...ui.Source) error {
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
