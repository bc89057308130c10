package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"mais/certs"
	"mais/server"
)

func backupCommand() *cobra.Command {
	var flags settingsFlags
	var to string
	var recipients []string
	cmd := &cobra.Command{
		Use:   "backup",
		Short: "Archive the whole service into one encrypted file",
		Long: `backup archives the database, the keys, the settings and the journal into one file, encrypted with
age to the backup keys and signed by the service. The root's key, the pin recovery key
and whatever opens other keys are never in it. The service may run, and must have run once. It
does the same by itself, weekly unless told otherwise, when its settings have a section
[backup], whose directory and keys are the defaults here. It is audited.

For an external database, pg_dump finds it by its environment (PGSERVICE or PGHOST, PGUSER,
PGPASSFILE, PGSSLROOTCERT ...), as a role that may read everything.`,
		Example: `  mais-server backup key --out backup-key.txt
  mais-server backup --dir DIR --to /mnt/backup --recipient age1...
  mais-server backup verify --from /mnt/backup/mais-3f2a9c1d-7be01c22-20260301T020000Z.tar.age \
      --identity backup-key.txt --root-fingerprint sha256:...`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		settings, err := flags.loadMade()
		if err != nil {
			return err
		}
		keys, keep := recipients, 0
		if b := settings.Backup; b != nil {
			if to == "" {
				to, keep = b.Directory, *b.Keep
			}
			if len(keys) == 0 {
				keys = b.Recipients
			}
		}
		if to == "" || len(keys) == 0 {
			return usage(errors.New("say where to and for whom: --to DIR and --recipient age1..., or a section [backup] in the settings"))
		}
		parsed, err := age.ParseRecipients(strings.NewReader(strings.Join(keys, "\n")))
		if err != nil {
			return usage(errors.New("one of the backup keys age1... is none, or mistyped")) // it could be a secret one
		}
		host, err := server.OpenHost(cmd.Context(), settings, newLogger())
		if err != nil {
			return advise(err, startAdvice(err))
		}
		return errors.Join(makeBackup(cmd, host, to, keep, parsed), host.Close())
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&to, "to", "", "`DIR` of the archive (default: of the settings)")
	cmd.Flags().StringArrayVar(&recipients, "recipient", nil, "backup `KEY` age1..., may be repeated (default: of the settings)")
	cmd.AddCommand(backupKeyCommand(), backupVerifyCommand())
	return cmd
}

func makeBackup(cmd *cobra.Command, host *server.Host, to string, keep int, keys []age.Recipient) error {
	say := waiting("backing up")
	path, err := host.Backup(cmd.Context(), to, keep, keys, operator())
	say("")
	if err != nil {
		return advise(err, "no archive was made; see that there is room in "+to)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s\n", path)
	fmt.Fprintf(os.Stderr, "%d bytes for %s; check it where a secret one is: mais-server backup verify --from %s --identity FILE --root-fingerprint %s\n",
		info.Size(), count(len(keys), "backup key", "backup keys"), path, host.Root)
	return nil
}

func backupKeyCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Make a backup key: its secret half into a file, its public half on the screen",
		Long: `key makes an age key. Keep the file away from the service, in two places; the public half goes
into the settings. It is the same as age-keygen's.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		identity, err := age.GenerateX25519Identity()
		if err != nil {
			return err
		}
		f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(f, "# created: %s\n# public key: %s\n%s\n", time.Now().UTC().Format(time.RFC3339), identity.Recipient(), identity)
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			return err
		}
		fmt.Fprintln(cmd.OutOrStdout(), identity.Recipient())
		return nil
	}
	cmd.Flags().StringVar(&out, "out", "", "`FILE` for the secret half, which is not there yet")
	cmd.MarkFlagRequired("out")
	return cmd
}

func backupVerifyCommand() *cobra.Command {
	var archive archiveFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check that an archive is whole and signed by the service, without restoring",
		Long: `verify decrypts an archive and checks every byte of it, and that the service with this root signed
it. Nothing of it is written to a disk. It needs no service and no network; do it where a
backup key is.`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		r, err := archive.restore()
		if err != nil {
			return err
		}
		m, err := r.Verify(cmd.Context())
		if err != nil {
			return explainArchive(err)
		}
		if asJSON {
			return writeJSON(cmd.OutOrStdout(), m)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%q of %s, root %s: %s, whole, and signed by this service\n",
			m.Service, m.Made.Format(time.RFC3339), m.Root, count(len(m.Entries), "entry", "entries"))
		return nil
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	archive.add(cmd)
	cmd.MarkFlagRequired("root-fingerprint")
	return cmd
}

// archiveFlags say which archive a command reads, and by what it is known to be genuine.
type archiveFlags struct{ from, identity, root string }

func (f *archiveFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.from, "from", "", "the archive's `FILE`")
	cmd.Flags().StringVar(&f.identity, "identity", "", "`FILE` with the secret half of a backup key")
	cmd.Flags().StringVar(&f.root, "root-fingerprint", "", "`sha256:HEX` of the service's root, as it was published and as users compare it")
	cmd.MarkFlagRequired("from")
	cmd.MarkFlagRequired("identity")
}

func (f *archiveFlags) restore() (r server.Restore, err error) {
	r = server.Restore{Archive: f.from, By: operator()}
	if f.root != "" {
		if r.Root, err = certs.ParseFingerprint(f.root); err != nil {
			return r, usage(fmt.Errorf("--root-fingerprint: %w", err))
		}
	}
	r.With, err = readIdentities(f.identity)
	return r, err
}

const maxIdentities = 1 << 20

func readIdentities(path string) ([]age.Identity, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	found, err := age.ParseIdentities(io.LimitReader(f, maxIdentities))
	if err != nil {
		return nil, usage(fmt.Errorf("%s holds no backup key (AGE-SECRET-KEY-1...)", path)) // the cause could show the key
	}
	return found, nil
}
