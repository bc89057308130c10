package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"mais/certs/attest"
	"mais/config"
	"mais/server"
	"mais/server/internal/demo"
	"mais/server/internal/record/synthetic"
)

// The demo's marks in its directory: it refuses a directory without them, which would be a
// real service's.
const (
	demoFile           = "demo.json"
	demoMark           = "demo"
	rootPassphraseFile = "root-passphrase"
	demoMail           = "mail" // holds what is written to people
)

type upFlags struct {
	dir     string
	people  int
	subnets []string
	// cardRoots are files, as attestation.roots has them.
	cardRoots  []string
	enrolments int // a minute from one address, as limits.enrolments_per_minute has it
	listen     config.Listen
}

func upCommand() *cobra.Command {
	var f upFlags
	cmd := &cobra.Command{
		Use:   "up --dir DIR",
		Short: "Run everything on loopback with synthetic people, for trying and training",
		Long: `up makes a service in DIR at its first start and resumes it afterwards: the certificate
authority, an embedded PostgreSQL, synthetic people, three invented agencies and users of
every role. It prints the command that enrols each user without a token, and writes the same
to DIR/demo.json. ^C stops it cleanly. It is laxer than a real service and says where.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return up(cmd.Context(), f, cmd.OutOrStdout(), newLogger())
		},
	}
	cmd.Flags().StringVar(&f.dir, "dir", "", "data `DIR`")
	cmd.Flags().IntVar(&f.people, "people", synthetic.DefaultPeople, "`N` synthetic people at the first start")
	cmd.Flags().StringArrayVar(&f.subnets, "subnet", nil, "recognised `CIDR`, may be repeated (default 127.0.0.0/8)")
	cmd.Flags().StringVar(&f.listen.Public, "listen-public", "127.0.0.1:8443", "`ADDRESS` for enrolment; port 0 takes a free one")
	cmd.Flags().StringVar(&f.listen.Mutual, "listen-mutual", "127.0.0.1:9443", "`ADDRESS` for mutual TLS")
	cmd.Flags().StringVar(&f.listen.Plain, "listen-plain", "127.0.0.1:8080", "`ADDRESS` for revocation lists")
	cmd.Flags().StringVar(&f.listen.Ops, "listen-ops", "127.0.0.1:8081", "`ADDRESS` for health and metrics")
	cmd.Flags().StringArrayVar(&f.cardRoots, "card-roots", nil, "`FILE` with the roots of a maker of smart cards that is believed beside Yubico (PEM), may be repeated")
	cmd.Flags().IntVar(&f.enrolments, "enrolments-per-minute", config.Default("").Limits.EnrolmentsPerMinute, "`N` attempts to enrol from one address")
	cmd.MarkFlagRequired("dir")
	return cmd
}

func up(ctx context.Context, f upFlags, stdout io.Writer, log *slog.Logger) error {
	subnets, err := parseSubnets(f.subnets)
	if err != nil {
		return usage(err)
	}
	if f.people < 0 || f.people > 10_000_000 {
		return usage(fmt.Errorf("--people %d: want 0 to 10000000", f.people))
	}
	settings, err := demoSettings(f)
	if err != nil {
		return err
	}
	for _, warning := range demo.Warnings {
		log.Warn("demo: " + warning)
	}
	srv, err := server.New(ctx, settings, log)
	if err != nil {
		return advise(err, startAdvice(err))
	}
	cast, err := demo.Practice()
	if err != nil {
		return errors.Join(err, srv.Close())
	}
	srv.Training(cast)
	parts := srv.Host()
	tell, end := progress(os.Stderr, "synthetic people")
	err = demo.Load(ctx, parts.Register, parts.Records, subnets, f.people, tell)
	end()
	if err != nil {
		return errors.Join(err, srv.Close())
	}
	return srv.Run(ctx, func(urls server.URLs) error {
		file, err := demo.Invite(ctx, settings.DataDir, parts.Register.Register, parts.Tokens, demo.URLs(urls), parts.Root)
		if err != nil {
			return err
		}
		if err := file.Write(settings.DataDir); err != nil {
			return err
		}
		return announce(stdout, settings.DataDir, file)
	})
}

func parseSubnets(texts []string) ([]netip.Prefix, error) {
	if len(texts) == 0 {
		texts = []string{"127.0.0.0/8"}
	}
	var out []netip.Prefix
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		switch {
		case err != nil:
			return nil, fmt.Errorf("--subnet %q is not a network such as 192.0.2.0/24", text)
		case p.Bits() == 0:
			return nil, fmt.Errorf("--subnet %s would recognise everybody", p)
		case p.Masked() != p:
			return nil, fmt.Errorf("--subnet %s: did you mean %s?", p, p.Masked())
		}
		out = append(out, p)
	}
	return out, nil
}

// demoSettings makes the demo's directory, keys and settings at the first start, and takes
// the listeners from the flags at every start.
func demoSettings(f upFlags) (*config.Server, error) {
	roots, err := cardRoots(f.cardRoots) // before a directory is made
	if err != nil {
		return nil, err
	}
	dir, err := absolute(f.dir)
	if err != nil {
		return nil, err
	}
	if err := claimForDemo(dir); err != nil {
		return nil, err
	}
	settings := config.Default(dir)
	settings.Deployment = "MAIS demo"
	settings.Contact = "the demo’s help desk, 01632 960000 (invented)"
	settings.Urgent = demo.Urgent
	settings.Mail = &config.Mail{Directory: filepath.Join(dir, demoMail), From: "MAIS demo <mais@mais.example>"}
	settings.Names = []string{"localhost", "127.0.0.1", "::1"}
	settings.SiteNames = []string{"localhost", "127.0.0.0/8"}
	settings.Attestation.Roots = roots
	settings.Limits.EnrolmentsPerMinute = f.enrolments
	settings.Listen = f.listen
	if settings.Listen.Plain, err = fixedPort(f.listen.Plain); err != nil {
		return nil, advise(err, "give a free one with --listen-plain, or port 0")
	}
	if err := settings.Validate(); err != nil {
		return nil, usage(err)
	}
	if err := writeSettings(settings); err != nil {
		return nil, err
	}
	return settings, demoKeys(settings)
}

// cardRoots names the files for whoever reads the settings later, from another directory, and
// sees that they can be used.
func cardRoots(files []string) (paths []string, err error) {
	for _, file := range files {
		path, err := filepath.Abs(file)
		if err != nil {
			return nil, err
		}
		text, err := os.ReadFile(path)
		if err == nil {
			_, err = attest.LoadRoots(text)
		}
		if err != nil {
			return nil, &failure{fmt.Errorf("--card-roots %s: %w", file, err), "name a file with the maker's CA certificates in PEM", exitUsage}
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// claimForDemo marks a directory as a demo's. One that holds anything and is not marked is
// somebody's: a real service's, most likely.
func claimForDemo(dir string) error {
	if isDemo(dir) {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		return advise(fmt.Errorf("%s is not a demo's directory: it holds %s", dir, entries[0].Name()), "give an empty directory; a real service is run with: mais-server serve")
	}
	return os.WriteFile(filepath.Join(dir, demoMark), []byte("made by mais-server up: invented data, lax keys\n"), 0o600)
}

func isDemo(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, demoMark))
	return err == nil
}

// fixedPort replaces port 0 by a free one. Certificates carry the address of the plain
// listener, so it must be known before the first is made.
func fixedPort(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port != "0" {
		return address, nil
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "", err
	}
	defer l.Close()
	return net.JoinHostPort(host, strconv.Itoa(l.Addr().(*net.TCPAddr).Port)), nil
}

// demoKeys holds the demo's key ceremony, with the root's passphrase kept where the next
// start finds it, which a real service never does.
func demoKeys(settings *config.Server) error {
	for _, path := range []string{settings.UnlockPath(), filepath.Join(settings.DataDir, rootPassphraseFile)} {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			if err := config.WriteSecret(path, config.RandomSecret()); err != nil {
				return err
			}
		}
	}
	passphrase, err := config.ReadSecret(filepath.Join(settings.DataDir, rootPassphraseFile))
	if err != nil {
		return err
	}
	made, err := ceremonyHeld(settings)
	if err != nil || made {
		return err
	}
	_, err = holdCeremony(context.Background(), settings, passphrase)
	return err
}

// announce says what to do next, then the line that scripts wait for.
func announce(w io.Writer, dir string, file *demo.File) error {
	fmt.Fprintf(w, "\nMAIS demo, with invented people. It listens at\n\n")
	fmt.Fprintf(w, "  %s   enrolment\n  %s   the service, for enrolled tokens\n", file.URLs.Public, file.URLs.Mutual)
	fmt.Fprintf(w, "  %s   revocation lists\n  %s   health and metrics\n\n", file.URLs.Plain, file.URLs.Ops)
	waiting := 0
	for _, u := range file.Users {
		if u.Enrol == nil {
			continue
		}
		if waiting++; waiting == 1 {
			fmt.Fprintf(w, "Enrol one of its users, in another terminal; with a smart card: 'piv enrol' instead of 'enrol':\n")
		}
		fmt.Fprintf(w, "\n  # %s, %s\n  %s\n", u.Name, u.Agency, *u.Enrol)
	}
	if waiting == 0 {
		fmt.Fprintf(w, "Every demo user has a token; try: bin/tokenctl list\n")
	}
	fmt.Fprintf(w, "\nThen: bin/tokenctl --token officer whoami; or import its token.p12 into a browser and open\n%s. The README goes on from there.\n", file.URLs.Mutual)
	fmt.Fprintf(w, "The same for scripts: %s. What is written to people lies in %s. Stop with ^C.\n\n",
		filepath.Join(dir, demoFile), filepath.Join(dir, demoMail))
	_, err := fmt.Fprintf(w, "ready %s\n", time.Now().UTC().Format(time.RFC3339))
	return err
}
