package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/mail"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mais/config"
	"mais/server"
	"mais/server/internal/dblink"
	"mais/server/internal/people"
)

type initFlags struct {
	dir            string
	names          []string
	deployment     string
	databaseHost   string
	agency, kind   string
	site           string
	subnets        []string
	admins         []string
	passphraseFile string
	kms            string
}

func initCommand() *cobra.Command {
	var f initFlags
	cmd := &cobra.Command{
		Use:   "init --dir DIR",
		Short: "The first start of a real service: keys, the first site, two administrators",
		Long: `init makes a service in DIR, in steps that can be run again after an interruption:

  1. settings: DIR/mais.toml from the flags, unless it is there already;
  2. the key ceremony: the root, whose passphrase is asked for and stored nowhere, and the
     issuing CAs. Afterwards take the root's key away: mais-server ca export-root. Where
     mais-server ca init held the ceremony on a machine of its own, put what it made into
     DIR first, and this step is done;
  3. with an external database: the certificates, passwords and SQL of its link in
     DIR/database. Have the SQL run by its administrator, then run init again;
  4. the first agency, site and subnets, and two administrators, whose enrolment codes are
     shown once.`,
		Example: `  mais-server init --dir /var/lib/mais --name mais.example --agency "Northshire NHS Trust" \
      --site "MAIS desk" --subnet 192.0.2.0/24 \
      --admin "One Administrator <one@trust.example>" --admin "Another <two@trust.example>"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return initialise(cmd.Context(), f, cmd.OutOrStdout()) },
	}
	cmd.Flags().StringVar(&f.dir, "dir", "", "data `DIR`")
	cmd.Flags().StringArrayVar(&f.names, "name", nil, "DNS `NAME` or address of the server, may be repeated")
	cmd.Flags().StringVar(&f.deployment, "deployment", "", "`NAME` of the service, in the CA's certificates (default MAIS)")
	cmd.Flags().StringVar(&f.databaseHost, "database", "", "`HOST` of an external PostgreSQL")
	cmd.Flags().StringVar(&f.agency, "agency", "", "`NAME` of the first agency")
	cmd.Flags().StringVar(&f.kind, "agency-kind", "health", "`KIND` of agency: police, health, prison, probation")
	cmd.Flags().StringVar(&f.site, "site", "", "`NAME` of its first site")
	cmd.Flags().StringArrayVar(&f.subnets, "subnet", nil, "`CIDR` of that site, may be repeated")
	cmd.Flags().StringArrayVar(&f.admins, "admin", nil, "an administrator, \"`NAME <EMAIL>`\"; at least two")
	cmd.Flags().StringVar(&f.passphraseFile, "root-passphrase-file", "", "`FILE` with the root's passphrase (default: asked for)")
	cmd.Flags().StringVar(&f.kms, "kms", "", kmsUsage+" (default: encrypted files)")
	for _, name := range []string{"dir", "agency", "site", "subnet", "admin"} {
		cmd.MarkFlagRequired(name)
	}
	return cmd
}

func initialise(ctx context.Context, f initFlags, stdout io.Writer) error {
	admins, subnets, err := f.check()
	if err != nil {
		return usage(err)
	}
	settings, err := f.settings()
	if err != nil {
		return err
	}
	if err := f.ceremony(ctx, settings, stdout); err != nil {
		return err
	}
	if linked, err := databaseLink(settings, stdout); err != nil || !linked {
		return err
	}
	host, err := server.OpenHost(ctx, settings, newLogger())
	if err != nil {
		return advise(err, startAdvice(err))
	}
	return errors.Join(f.register(ctx, host, admins, subnets, stdout), host.Close())
}

func (f initFlags) check() (admins []*mail.Address, subnets []netip.Prefix, err error) {
	if len(f.admins) < 2 {
		return nil, nil, errors.New("give two administrators with --admin: one alone could not be replaced, and some acts need a second")
	}
	for _, text := range f.admins {
		a, err := mail.ParseAddress(text)
		if err != nil || a.Name == "" {
			return nil, nil, fmt.Errorf("--admin %q: want \"Full Name <address@example>\"", text)
		}
		if slices.ContainsFunc(admins, func(b *mail.Address) bool { return strings.EqualFold(a.Address, b.Address) }) {
			return nil, nil, fmt.Errorf("--admin %s stands there twice: want two people", a.Address)
		}
		admins = append(admins, a)
	}
	subnets, err = parseSubnets(f.subnets)
	return admins, subnets, err
}

// settings reads DIR/mais.toml, or writes it from the flags.
func (f initFlags) settings() (*config.Server, error) {
	dir, err := absolute(f.dir)
	if err != nil {
		return nil, err
	}
	if isDemo(dir) {
		return nil, advise(fmt.Errorf("%s holds a demo, whose keys are not safe for a real service", f.dir), "choose another directory")
	}
	settings, err := config.Load(filepath.Join(dir, settingsFile))
	if err == nil {
		err = f.agree(settings)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return settings, err
	}
	settings = config.Default(dir)
	settings.Names = f.names
	settings.CA.KeyManager = f.kms
	if f.deployment != "" {
		settings.Deployment = f.deployment
	}
	if f.databaseHost != "" {
		link := linkDir(settings)
		settings.Database = &config.Database{
			Host: f.databaseHost, RootFile: filepath.Join(link, dblink.RootFile),
			CertFile: filepath.Join(link, dblink.ClientCertFile), KeyFile: filepath.Join(link, dblink.ClientKeyFile),
			PasswordDir: filepath.Join(link, dblink.PasswordDir),
		}
	}
	if err := settings.Validate(); err != nil {
		return nil, usage(err)
	}
	return settings, nil
}

// agree refuses flags that say other than the settings that are there: whoever corrects a
// flag must not get a root for the wrong name.
func (f initFlags) agree(settings *config.Server) error {
	host := ""
	if settings.Database != nil {
		host = settings.Database.Host
	}
	for _, c := range []struct{ flag, given, stands string }{
		{"--name", strings.Join(f.names, ", "), strings.Join(settings.Names, ", ")},
		{"--deployment", f.deployment, settings.Deployment},
		{"--database", f.databaseHost, host},
		{"--kms", f.kms, settings.CA.KeyManager},
	} {
		if c.given != "" && c.given != c.stands {
			return advise(fmt.Errorf("%s says %q, but %s says %q", c.flag, c.given, filepath.Join(f.dir, settingsFile), c.stands),
				"correct that file, or leave "+c.flag+" away")
		}
	}
	return nil
}

func (f initFlags) ceremony(ctx context.Context, settings *config.Server, stdout io.Writer) error {
	held, err := ceremonyHeld(settings)
	if err != nil {
		return err
	}
	var passphrase config.Secret
	if !held { // nothing is written before it is given
		words := strings.Join(append(slices.Clone(settings.Names), settings.SiteNames...), ", ")
		if passphrase, err = newRootPassphrase(ctx, f.passphraseFile, words); err != nil {
			return err
		}
	}
	if _, err := os.Stat(filepath.Join(settings.DataDir, settingsFile)); errors.Is(err, fs.ErrNotExist) {
		if err := writeSettings(settings); err != nil {
			return err
		}
	}
	if held {
		return nil
	}
	if _, err := os.Stat(settings.UnlockPath()); errors.Is(err, fs.ErrNotExist) {
		if err := config.WriteSecret(settings.UnlockPath(), config.RandomSecret()); err != nil {
			return err
		}
	}
	root, err := holdCeremony(ctx, settings, passphrase)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, `The certificate authority is made. Everybody who enrols compares this fingerprint of its root:

  %s

Now take %s away, to media that are kept elsewhere: twice

  mais-server ca export-root --dir %s --to DIR

The issuing keys are opened by %s: give it to the service as a credential and
keep a copy apart.

`, root, filepath.Join(server.KeyDir(settings), "root.key"), f.dir, settings.UnlockPath())
	return nil
}

func linkDir(settings *config.Server) string { return filepath.Join(settings.DataDir, "database") }

// databaseLink makes the link to an external database, and reports whether the database can
// be expected to be ready: not when the link is new.
func databaseLink(settings *config.Server, stdout io.Writer) (ready bool, err error) {
	d := settings.Database
	if d == nil {
		return true, nil
	}
	dir := linkDir(settings)
	if _, err := os.Stat(dir); err == nil {
		return true, nil
	}
	if _, err := os.Stat(d.RootFile); err == nil { // made elsewhere
		return true, nil
	}
	if err := dblink.Make(dir, d.Host); err != nil {
		return false, err
	}
	fmt.Fprintf(stdout, `The link to the database at %s is made in %s. Give its administrator

  %-11s the roles, to be run as a superuser in the database %q
  %-11s for ssl_cert_file, and %s for ssl_key_file
  %-11s for ssl_ca_file

and have pg_hba.conf say: hostssl %s all ADDRESS-OF-THIS-SERVER scram-sha-256 clientcert=verify-ca
Then remove server.key from here and run the same command again.
`, d.Host, dir, dblink.RolesFile, d.Name, dblink.ServerCertFile, dblink.ServerKeyFile, dblink.RootFile, d.Name)
	return false, nil
}

// register makes the first agency, site and subnets and the administrators.
func (f initFlags) register(ctx context.Context, host *server.Host, admins []*mail.Address, subnets []netip.Prefix, stdout io.Writer) error {
	known, err := host.Register.Users(ctx)
	if err != nil {
		return err
	}
	if len(known) >= 2 {
		return advise(errors.New("this service is set up already"), "run it: mais-server serve --dir "+f.dir+"; for a lost administrator: mais-server admin rescue-admin")
	}
	site, err := host.Register.EnsureSite(ctx, f.agency, f.kind, f.site, operator())
	if err != nil {
		return err
	}
	for _, subnet := range subnets {
		if err := host.Register.AddSubnet(ctx, site, subnet, operator()); err != nil {
			return err
		}
	}
	for _, a := range admins {
		invitation, err := host.InviteUser(ctx, people.User{
			Email: strings.ToLower(a.Address), Name: a.Name, Agency: f.agency, Sites: []string{site}, Roles: []string{"administrator"},
		}, operator())
		if err != nil {
			return err
		}
		writeInvitation(stdout, invitation)
	}
	fmt.Fprintf(stdout, "next: mais-server serve --dir %s\n", f.dir)
	return nil
}
