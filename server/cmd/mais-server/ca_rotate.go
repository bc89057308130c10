package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"mais/ca"
	"mais/ca/ceremony"
	"mais/server"
)

func caRotateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Bring in the next generation of an issuing CA, or the root's next list",
		Long: `rotate rolls an issuing CA over while what the old one issued goes on:

  1. the new key and certificate: in one go with --root DIR, or in three with the root
     elsewhere: rotate --request FILE here, ca sign there, rotate --install FILE here;
  2. copy the new .crt and .key (or .kms) into DATA/ca of every other node; restart every node;
  3. rotate --activate, which refuses while a running node does not have the new key;
  4. restart every node again, one after another: each then issues from the new CA.`,
		Args: cobra.NoArgs,
	}
	cmd.AddCommand(caRotateSeriesCommand("people", "persons"), caRotateSeriesCommand("sites", "sites and nodes"), caRotateListCommand())
	return cmd
}

type rotateFlags struct {
	flags                                       settingsFlags
	series                                      string
	root, request, install, kms, passphraseFile string
	activate, withdraw, yes                     bool
}

func caRotateSeriesCommand(series, of string) *cobra.Command {
	f := rotateFlags{series: series}
	cmd := &cobra.Command{
		Use:   series,
		Short: "The next issuing CA for the certificates of " + of,
		Long: `Give one of --root, --request, --install, --activate and --withdraw; see mais-server ca rotate --help for
their order. Each can be run again after an interruption.`,
		Example: fmt.Sprintf(`  mais-server ca rotate %[1]s --dir /var/lib/mais --root /media/one/mais-root
  mais-server ca rotate %[1]s --dir /var/lib/mais --request /media/two/%[1]s.csr
  mais-server ca rotate %[1]s --dir /var/lib/mais --install /media/two/%[1]s.pem
  mais-server ca rotate %[1]s --dir /var/lib/mais --activate
  mais-server ca rotate %[1]s --dir /var/lib/mais --withdraw`, series),
		Args: cobra.NoArgs,
	}
	cmd.RunE = onHost(&f.flags, func(ctx context.Context, cmd *cobra.Command, host *server.Host, _ []string) error {
		if f.kms == "" {
			settings, err := f.flags.load()
			if err != nil {
				return err
			}
			f.kms = settings.CA.KeyManager
		}
		return caAdvice(f.run(ctx, cmd, host))
	})
	f.flags.add(cmd)
	cmd.Flags().StringVar(&f.root, "root", "", "`DIR` with the root's key: make, sign and install in one go")
	cmd.Flags().StringVar(&f.request, "request", "", "make the key, and write to `FILE` what the root has to sign")
	cmd.Flags().StringVar(&f.install, "install", "", "bring in `FILE`, which ca sign wrote")
	cmd.Flags().BoolVar(&f.activate, "activate", false, "have the new CA issue from now on")
	cmd.Flags().BoolVar(&f.withdraw, "withdraw", false, "remove the key of a request that the root has not signed")
	cmd.Flags().StringVar(&f.kms, "kms", "", kmsUsage+" (default: key_manager of the settings, or encrypted files)")
	cmd.Flags().StringVar(&f.passphraseFile, "root-passphrase-file", "", passphraseUsage)
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	cmd.MarkFlagsMutuallyExclusive("root", "request", "install", "activate", "withdraw")
	cmd.MarkFlagsOneRequired("root", "request", "install", "activate", "withdraw")
	return cmd
}

func (f rotateFlags) run(ctx context.Context, cmd *cobra.Command, host *server.Host) error {
	switch {
	case f.activate:
		return f.activateNext(ctx, cmd, host)
	case f.withdraw:
		return f.takeBack(ctx, cmd, host)
	case f.install != "":
		signed, err := readBounded(f.install)
		if err != nil {
			return err
		}
		return f.bringIn(ctx, cmd, host, signed)
	case f.root != "":
		if err := findRoot(f.root); err != nil {
			return err
		}
	}
	text, err := host.CA.Request(ctx, f.series, f.kms)
	if err != nil {
		return err
	}
	request, err := ceremony.ParseSigningRequest(text)
	if err != nil {
		return err
	}
	if f.request != "" {
		if err := os.WriteFile(f.request, text, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "the key of %s is made here, and what the root has to sign is in %s\nfingerprint: %s\nnext: carry the file to the root, compare the fingerprint there, and run: mais-server ca sign --root DIR --request FILE --out FILE\n",
			request.ID, f.request, request.Fingerprint)
		return nil
	}
	describeRequest(request)
	if err := confirmWord("It is made here, by this command.", request.ID, f.yes); err != nil {
		return err
	}
	passphrase, err := rootPassphrase(ctx, f.passphraseFile)
	if err != nil {
		return err
	}
	signed, err := ceremony.Sign(ctx, ceremony.RootKey{Dir: f.root, Passphrase: passphrase}, request)
	if err != nil {
		return err
	}
	return f.bringIn(ctx, cmd, host, signed)
}

func (f rotateFlags) bringIn(ctx context.Context, cmd *cobra.Command, host *server.Host, signed []byte) error {
	id, err := host.CA.Install(ctx, signed, operator().UserName)
	if err != nil {
		return advise(err, "give the file that ca sign wrote")
	}
	if seriesOf(id) != f.series {
		return fmt.Errorf("the file held %s, which is installed: go on with mais-server ca rotate %s", id, seriesOf(id))
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s is installed, and does not issue yet\nnext: copy %s.crt and its .key or .kms into DATA/ca of every other node, restart every node, then: mais-server ca rotate %s --activate\n", id, id, f.series)
	return nil
}

func (f rotateFlags) activateNext(ctx context.Context, cmd *cobra.Command, host *server.Host) error {
	entries, err := host.CA.Authorities(ctx)
	if err != nil {
		return err
	}
	var next string
	var whole int
	for _, e := range entries {
		switch {
		case seriesOf(e.ID) != f.series:
		case e.Standing == ca.CAWaits:
			next = e.ID
		case e.Standing == ca.CAIssues:
			whole = e.Whole
		}
	}
	if next == "" {
		return &failure{errors.New("no issuing CA of " + f.series + " waits for its activation"), "mais-server ca show lists them", exitNotFound}
	}
	if whole > 0 {
		fmt.Fprintf(os.Stderr, "%d certificates, from before lists were divided, name /crl/%s.crl, which goes over to %s: relying parties that look there no longer find them; MAIS itself does not look there.\n", whole, f.series, next)
	}
	if err := confirmWord(next+" will issue, and its predecessor will not again.", "activate "+next, f.yes); err != nil {
		return err
	}
	id, err := host.CA.Activate(ctx, f.series, operator().UserName)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s is active\nnext: restart every node, one after another; what its predecessor issued stays good and renews by itself\n", id)
	return nil
}

func (f rotateFlags) takeBack(ctx context.Context, cmd *cobra.Command, host *server.Host) error {
	err := confirmWord("The key that was made for the next CA of "+f.series+" is removed. If the root has signed its request, install that instead: the root signs no other key of the same name.", "withdraw", f.yes)
	if err != nil {
		return err
	}
	id, err := host.CA.WithdrawRequest(ctx, f.series, operator().UserName)
	if errors.Is(err, ca.ErrNoRequest) {
		return &failure{errors.New("no request of " + f.series + " waits for its certificate"), "mais-server ca check tells of requests that wait", exitNotFound}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "the request of %s is withdrawn\nnext: destroy the files that were made of it; in a key manager, remove the key too\n", id)
	return nil
}
