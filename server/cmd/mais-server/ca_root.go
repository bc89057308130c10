package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"mais/ca/ceremony"
	"mais/server"
)

func caExportRootCommand() *cobra.Command {
	var flags settingsFlags
	var to, passphraseFile string
	var keep, yes bool
	cmd := &cobra.Command{
		Use:   "export-root --to DIR",
		Short: "Take the root's key away to another medium",
		Long: `export-root copies the root's key, sealed as it is, with its certificate and list to DIR on
another medium, reads it back, and proves that the passphrase opens it and that it belongs to
the root. Only then, and after a word has been typed, it removes the key here. With --keep it
leaves it: for the first of two copies.

The service does not need the root's key. ca rotate and ca sign do.`,
		Example: `  mais-server ca export-root --dir /var/lib/mais --to /media/one/mais-root --keep
  mais-server ca export-root --dir /var/lib/mais --to /media/two/mais-root`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := flags.loadMade()
			if err != nil {
				return err
			}
			from := server.KeyDir(settings)
			if _, err := os.Stat(filepath.Join(from, "root.key")); errors.Is(err, fs.ErrNotExist) {
				return &failure{errors.New("the root's key is not here"), "nothing need be done; the medium that holds it can be copied like any directory", exitNotFound}
			}
			if sameFile(from, to) {
				return usage(errors.New("--to: the root's key lies there already: name a directory on another medium"))
			}
			passphrase, err := rootPassphrase(cmd.Context(), passphraseFile)
			if err != nil {
				return err
			}
			if err := ceremony.CopyRoot(cmd.Context(), from, to, passphrase); err != nil {
				return caAdvice(err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "the root's key lies in %s as well, was read back from there, and opens\n", to)
			if sameDevice(from, to) {
				fmt.Fprintf(os.Stderr, "%s is on the same disk as the service's data: that is no other medium\n", to)
			}
			if keep {
				fmt.Fprintln(cmd.OutOrStdout(), "next: the same with another medium, without --keep")
				return nil
			}
			if err := confirmWord("The key here, "+filepath.Join(from, "root.key")+", will be removed.", "remove", yes); err != nil {
				return err
			}
			if err := ceremony.RemoveRootKey(cmd.Context(), from, to, passphrase); err != nil {
				return caAdvice(err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "the root's key is no longer here\nnext: lock the medium away, and the passphrase elsewhere\n")
			return nil
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&to, "to", "", "`DIR` on another medium; made if it is not there")
	cmd.Flags().StringVar(&passphraseFile, "root-passphrase-file", "", passphraseUsage)
	cmd.Flags().BoolVar(&keep, "keep", false, "copy only, and leave the key here too")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.MarkFlagRequired("to")
	return cmd
}

func sameDevice(a, b string) bool {
	var x, y syscall.Stat_t
	return syscall.Stat(a, &x) == nil && syscall.Stat(b, &y) == nil && x.Dev == y.Dev
}

func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

func caSignCommand() *cobra.Command {
	var rootDir, requestFile, out, passphraseFile string
	var yes bool
	cmd := &cobra.Command{
		Use:   "sign --root DIR --request FILE --out FILE",
		Short: "On the root's machine: sign the next issuing CA",
		Long: `sign reads what mais-server ca rotate --request wrote on the service's machine, shows what it is
about to sign, and has the root sign it and its next revocation list. It needs no database and
no network. DIR is what ca export-root or ca init made; it is written to. Carry the result back
and give it to ca rotate --install.`,
		Example: `  mais-server ca sign --root /media/one/mais-root --request /media/two/people.csr --out /media/two/people.pem`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := readBounded(requestFile)
			if err = errors.Join(err, findRoot(rootDir)); err != nil {
				return err
			}
			request, err := ceremony.ParseSigningRequest(text)
			if err != nil {
				return advise(err, "give the file that ca rotate --request wrote")
			}
			describeRequest(request)
			if err := confirmWord("Compare the fingerprint with the one shown where the request was made.", request.ID, yes); err != nil {
				return err
			}
			passphrase, err := rootPassphrase(cmd.Context(), passphraseFile)
			if err != nil {
				return err
			}
			signed, err := ceremony.Sign(cmd.Context(), ceremony.RootKey{Dir: rootDir, Passphrase: passphrase}, request)
			if err != nil {
				return caAdvice(err)
			}
			if err := os.WriteFile(out, signed, 0o644); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is signed, and the root's next revocation list made: %s\nnext: on the service's machine: mais-server ca rotate %s --install FILE\n",
				request.ID, out, seriesOf(request.ID))
			return nil
		},
	}
	cmd.Flags().StringVar(&rootDir, "root", "", "`DIR` with the root's key")
	cmd.Flags().StringVar(&requestFile, "request", "", "`FILE` from ca rotate --request")
	cmd.Flags().StringVar(&out, "out", "", "`FILE` for ca rotate --install")
	cmd.Flags().StringVar(&passphraseFile, "root-passphrase-file", "", passphraseUsage)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	for _, name := range []string{"root", "request", "out"} {
		cmd.MarkFlagRequired(name)
	}
	return cmd
}

// findRoot sees that a medium is there before anything is made, asked or typed.
func findRoot(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "root.key")); err != nil {
		return &failure{fmt.Errorf("--root: %w", err), "give the directory that ca export-root or ca init made: is the medium there?", exitNotFound}
	}
	return nil
}

func describeRequest(r ceremony.SigningRequest) {
	fmt.Fprintf(os.Stderr, `About to be signed by the root:

  issuing CA       %s (%s)
  fingerprint      %s
  revocation lists %s

Its uses, name constraints and end follow from the root, whatever the request says.
`, r.ID, r.Name, r.Fingerprint, r.PlainURL)
}

func seriesOf(id string) string { series, _, _ := strings.Cut(id, "-"); return series }

// maxCeremonyFile bounds what is read of a medium.
const maxCeremonyFile = 256 << 10

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxCeremonyFile || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file of at most %d bytes", path, maxCeremonyFile)
	}
	return os.ReadFile(path)
}

func caRotateListCommand() *cobra.Command {
	var f rootListFlags
	cmd := &cobra.Command{
		Use:   "root-list",
		Short: "Renew the root's revocation list, or revoke an issuing CA with it",
		Long: `root-list makes the root's next revocation list, good for a year. With --dir or --config it
installs it as well, and every node takes it over within seconds; without, on the root's own
machine, it writes it to --out, and --install brings it in at the service.

--revoke ends an issuing CA for good and every certificate below it: first make and activate
its successor, if its key is not in strange hands.`,
		Example: `  mais-server ca rotate root-list --dir /var/lib/mais --root /media/one/mais-root
  mais-server ca rotate root-list --dir /var/lib/mais --root /media/one/mais-root --revoke people-1 --reason keyCompromise`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.flags.add(cmd)
	cmd.Flags().StringVar(&f.root, "root", "", "`DIR` with the root's key")
	cmd.Flags().StringVar(&f.revoke, "revoke", "", "`ID` of an issuing CA to revoke, such as people-1")
	cmd.Flags().StringVar(&f.reason, "reason", "unspecified", "`REASON` of RFC 5280: "+strings.Join(ceremony.RootReasons(), ", "))
	cmd.Flags().StringVar(&f.current, "current", "", "`FILE` with the list that the service has (root.crl), on the root's own machine")
	cmd.Flags().StringVar(&f.out, "out", "", "`FILE` for the list, on the root's own machine")
	cmd.Flags().StringVar(&f.install, "install", "", "`FILE` with a list that was made elsewhere")
	cmd.Flags().StringVar(&f.passphraseFile, "root-passphrase-file", "", passphraseUsage)
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	cmd.MarkFlagsMutuallyExclusive("root", "install")
	cmd.MarkFlagsOneRequired("root", "install")
	cmd.MarkFlagsMutuallyExclusive("out", "install")
	return cmd
}

type rootListFlags struct {
	flags                                                       settingsFlags
	root, revoke, reason, current, out, install, passphraseFile string
	yes                                                         bool
}

func (f rootListFlags) run(cmd *cobra.Command) error {
	here := f.flags.dir != "" || f.flags.file != ""
	switch {
	case !here && f.install != "":
		return usage(errors.New("--install needs the service: --dir DIR, or --config FILE"))
	case here == (f.out != "") && f.install == "":
		return usage(errors.New("say where the list goes: to the service (--dir or --config), or into a file (--out)"))
	case f.install == "":
		if err := f.findable(); err != nil {
			return err
		}
	}
	switch {
	case !here:
		var current []byte
		var err error
		if f.current != "" {
			if current, err = readBounded(f.current); err != nil {
				return err
			}
		}
		list, err := f.make(cmd.Context(), current)
		if err == nil {
			err = os.WriteFile(f.out, list, 0o644)
		}
		if err != nil {
			return caAdvice(err)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "the list is made: %s\nnext: on the service's machine: mais-server ca rotate root-list --install FILE\n", f.out)
		return nil
	}
	return onHost(&f.flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, _ []string) error {
		list, err := []byte(nil), error(nil)
		if f.install != "" {
			list, err = readBounded(f.install)
		} else {
			list, err = f.make(ctx, host.CA.RootListPEM())
		}
		if err != nil {
			return caAdvice(err)
		}
		return caAdvice(f.bringIn(ctx, cmd, host, list))
	})(cmd, nil)
}

// findable sees that the root can do what is asked of it, before anybody types a word for it.
func (f rootListFlags) findable() error {
	if err := findRoot(f.root); err != nil || f.revoke == "" {
		return err
	}
	if !slices.Contains(ceremony.RootReasons(), f.reason) {
		return usage(fmt.Errorf("--reason %q: want one of %s", f.reason, strings.Join(ceremony.RootReasons(), ", ")))
	}
	if _, err := os.Stat(filepath.Join(f.root, f.revoke+".crt")); err != nil {
		return &failure{fmt.Errorf("--revoke %s: %w", f.revoke, err),
			"mais-server ca show lists the issuing CAs; the certificate of one that another medium has signed lies in DATA/ca: copy it there", exitNotFound}
	}
	return nil
}

func (f rootListFlags) make(ctx context.Context, current []byte) ([]byte, error) {
	var revoke ceremony.Revocation
	if f.revoke != "" {
		revoke = ceremony.Revocation{ID: f.revoke, Reason: f.reason}
		if err := confirmWord(f.revoke+" is about to be revoked, for good, with everything below it.", "revoke "+f.revoke, f.yes); err != nil {
			return nil, err
		}
	}
	passphrase, err := rootPassphrase(ctx, f.passphraseFile)
	if err != nil {
		return nil, err
	}
	return ceremony.NextRootList(ctx, ceremony.RootKey{Dir: f.root, Passphrase: passphrase}, current, revoke)
}

func (f rootListFlags) bringIn(ctx context.Context, cmd *cobra.Command, host *server.Host, list []byte) error {
	revoked, err := host.CA.RevokedIn(list)
	if err != nil {
		return advise(err, "give the file that ca rotate root-list --out wrote")
	}
	for _, id := range revoked {
		if f.revoke != id { // it was asked above
			if err := confirmWord("This list revokes "+id+", for good, with everything below it.", "revoke "+id, f.yes); err != nil {
				return err
			}
		}
		tell, end := progress(os.Stderr, "certificates revoked")
		ended, err := host.CA.EndBelow(ctx, id, operator().UserName, tell)
		end()
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s: %s revoked\n", id, count(ended, "certificate below it is", "certificates below it are"))
	}
	if err := host.CA.InstallRootList(ctx, list, operator().UserName); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "the root's new revocation list is in place, and every node takes it over within seconds\n")
	if len(revoked) > 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "next: mais-server ca rotate %s, unless its successor issues already; then restart every node and invite its holders anew\n", seriesOf(revoked[0]))
		return nil
	}
	fmt.Fprintf(cmd.OutOrStdout(), "next: mais-server ca check; renew the list again before %s\n", time.Now().AddDate(1, 0, 0).Format(time.DateOnly))
	return nil
}
