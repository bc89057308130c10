// Package browser has the commands that make the browsers of this machine use a token.
package browser

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/tokenctl/internal/browser"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

// app is the command's app, with what these commands do.
type app struct{ *command.App }

// New returns 'tokenctl browser'.
func New(shared *command.App) *cobra.Command {
	a := &app{shared}
	cmd := &cobra.Command{
		Use:   "browser",
		Short: "Make the browsers of this machine use the token",
		Long: `Make the browsers of this machine use the token: Chromium, and what is made of it,
and Firefox, on Linux. For Windows and macOS see docs/cards.md.`,
	}
	cmd.AddCommand(newBrowserSetup(a), newBrowserCheck(a))
	return cmd
}

// browserFlags are those that setup and check share.
type browserFlags struct {
	only, module, etc          string
	service, root, fingerprint string
}

func (f *browserFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.only, "browser", "", "only this one: `chromium` or firefox")
	flags.StringVar(&f.module, "module", "", "the PKCS#11 module's `file` (default OpenSC's, where distributions put it)")
	flags.StringVar(&f.etc, "policy-dir", "/etc", "`directory` below which browsers look for policies")
	flags.StringVar(&f.service, "service", "", "`URL` where the token signs in, for a card of which there is no token here")
	flags.StringVar(&f.root, "root-file", "", "`file` with the service's root certificate, for such a card")
	flags.StringVar(&f.fingerprint, "root-fingerprint", "", "SHA-256 of the root certificate, for such a card: sha256:`HEX`")
	cmd.MarkFlagsRequiredTogether("service", "root-file", "root-fingerprint")
	cmd.RegisterFlagCompletionFunc("browser", cobra.FixedCompletions([]string{"chromium", "firefox"}, cobra.ShellCompDirectiveNoFileComp))
}

// looking is what setup and check work with. The token is nil for a card of which there is none here.
type looking struct {
	machine browser.Machine
	stores  []browser.Store
	want    browser.Want
	token   *token.Token
}

// look finds the browsers, and says what they shall be able to do.
// For everybody no store of this person's is read.
func (a *app) look(f browserFlags, everybody bool) (l looking, err error) {
	if l.machine, l.stores, err = f.find(everybody); err != nil {
		return looking{}, err
	}
	if f.service != "" {
		l.want, err = f.stranger()
	} else if l.token, err = a.Open(); err == nil {
		l.want, err = wantOf(l.token)
	}
	if err == nil && (l.want.Key == nil || f.module != "") {
		l.want.Module, err = f.pkcs11(everybody)
	}
	return l, err
}

// wantOf says what browsers need for a person's token.
func wantOf(t *token.Token) (browser.Want, error) {
	want := browser.Want{Root: t.Root, Service: t.Mutual}
	switch {
	case t.Kind != certs.User.String():
		return want, fault.New(fault.Usage, "choose a person's token with --token", "the token %s is a site's, and sites do not sign in from browsers", t.Name)
	case t.Card == nil:
		want.Key = &browser.Key{File: filepath.Join(t.Dir, "token.p12"), Chain: t.Chain}
	}
	return want, nil
}

func (f browserFlags) find(everybody bool) (m browser.Machine, stores []browser.Store, err error) {
	if !slices.Contains([]string{"", string(browser.Chromium), string(browser.Firefox)}, f.only) {
		return m, nil, fault.New(fault.Usage, "", "--browser: %q is neither chromium nor firefox", f.only)
	}
	if m, err = browser.ThisMachine(f.etc); err != nil || everybody {
		return m, nil, err
	}
	if stores, err = m.Stores(); err != nil {
		return m, nil, err
	}
	return m, slices.DeleteFunc(stores, func(s browser.Store) bool { return f.only != "" && string(s.Browser) != f.only }), nil
}

// some refuses to work on no browser at all.
func (l looking) some(f browserFlags) error {
	if len(l.stores) > 0 {
		return nil
	}
	return fault.New(fault.NotFound, "start it once, which makes its profile, close it, and run this again", "no %s of yours was found", f.only)
}

// stranger reads what no token says. The root is what the fingerprint names, or nothing.
func (f browserFlags) stranger() (browser.Want, error) {
	service, err := token.ServiceURL(f.service)
	if err != nil {
		return browser.Want{}, fault.New(fault.Usage, "copy the address from your invitation", "--service").Because(err)
	}
	fingerprint, err := certs.ParseFingerprint(f.fingerprint)
	if err != nil {
		return browser.Want{}, fault.New(fault.Usage, "copy the whole fingerprint from your invitation", "--root-fingerprint").Because(err)
	}
	text, err := os.ReadFile(f.root)
	if err != nil {
		return browser.Want{}, fault.New(fault.Usage, "", "--root-file").Because(err)
	}
	roots, err := certs.ParseCertificates(text)
	if err != nil {
		return browser.Want{}, fault.New(fault.Usage, "", "--root-file").Because(err)
	}
	for _, root := range roots {
		if fingerprint.Matches(root.Raw) {
			return browser.Want{Root: root, Service: service.String()}, nil
		}
	}
	return browser.Want{}, fault.New(fault.WrongRoot, "ask your administrator for the file and the fingerprint again, by two ways",
		"none of the certificates in %s is the root %s", f.root, fingerprint)
}

func (f browserFlags) pkcs11(everybody bool) (string, error) {
	if f.module != "" {
		return browser.TrustedModule(f.module, everybody)
	}
	path, found := browser.FindModule()
	if !found {
		return "", fault.New(fault.NoCardSupport, "install it (Debian and Ubuntu: opensc-pkcs11, Fedora: opensc), or name another with --module",
			"browsers reach cards by a PKCS#11 module, and OpenSC's is in none of its usual places")
	}
	return path, nil
}
