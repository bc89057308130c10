package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mais/ca/ceremony"
	"mais/config"
)

type caInitFlags struct {
	to, deployment, plainURL string
	names, siteNames         []string
	kms, passphraseFile      string
}

func caInitCommand() *cobra.Command {
	var f caInitFlags
	cmd := &cobra.Command{
		Use:   "init --to DIR",
		Short: "The first key ceremony alone, on a machine of its own",
		Long: `init holds the key ceremony without a service, on a machine that need not have a network. It
makes DIR/root, which stays there or on media, and DIR/ca with DIR/unlock, which go into the
data directory of the service: the root's key never lies on the service's machine. Names and
site names are what the root will ever be good for. mais-server init holds the same ceremony
in place.`,
		Example: `  mais-server ca init --to /media/ceremony --name mais.example --plain-url http://pki.mais.example`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&f.to, "to", "", "`DIR` to be made")
	cmd.Flags().StringVar(&f.deployment, "deployment", "MAIS", "`NAME` of the service, in the CA's certificates")
	cmd.Flags().StringArrayVar(&f.names, "name", nil, "DNS `NAME` or address of the server, may be repeated")
	cmd.Flags().StringArrayVar(&f.siteNames, "site-name", nil, "further DNS `NAME` or network that sites may carry, may be repeated")
	cmd.Flags().StringVar(&f.plainURL, "plain-url", "", "`URL` where revocation lists will be fetched, http://HOST[:PORT]")
	cmd.Flags().StringVar(&f.kms, "kms", "", kmsUsage+" (default: encrypted files)")
	cmd.Flags().StringVar(&f.passphraseFile, "root-passphrase-file", "", passphraseUsage)
	for _, name := range []string{"to", "name", "plain-url"} {
		cmd.MarkFlagRequired(name)
	}
	return cmd
}

func (f caInitFlags) run(ctx context.Context, stdout io.Writer) error {
	dir, err := filepath.Abs(f.to)
	if err != nil {
		return err
	}
	settings := config.Default(dir)
	settings.Names, settings.SiteNames, settings.Deployment, settings.CA.KeyManager = f.names, f.siteNames, f.deployment, f.kms
	settings.Listen.PlainURL = f.plainURL
	if err := settings.Validate(); err != nil {
		return usage(err)
	}
	if held, err := os.ReadDir(dir); err == nil && len(held) > 0 {
		return advise(fmt.Errorf("%s is not empty", f.to), "give a directory that is not there yet")
	}
	passphrase, err := newRootPassphrase(ctx, f.passphraseFile, strings.Join(append(f.names, f.siteNames...), ", "))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := config.WriteSecret(settings.UnlockPath(), config.RandomSecret()); err != nil {
		return err
	}
	fingerprint, err := holdCeremony(ctx, settings, passphrase)
	if err != nil {
		return advise(err, "remove "+f.to+" and run this again")
	}
	issuing, root := filepath.Join(dir, "ca"), filepath.Join(dir, "root")
	if err := errors.Join(ceremony.CopyRoot(ctx, issuing, root, passphrase), ceremony.RemoveRootKey(ctx, issuing, root, passphrase)); err != nil {
		return advise(err, "remove "+f.to+" and run this again")
	}
	fmt.Fprintf(stdout, `The certificate authority is made. Everybody who enrols compares this fingerprint of its root:

  %s

%-14s the root, sealed with the passphrase: keep it here or on a medium, and a copy apart
%-14s and unlock: put both into the data directory of the service, unlock readable by it alone

next: on the service's machine, with ca and unlock in DIR, and in DIR/mais.toml or by flags the
      same names: mais-server init --dir DIR ...
`, fingerprint, filepath.Join(f.to, "root"), filepath.Join(f.to, "ca"))
	return nil
}
