package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/server"
	"mais/server/internal/backup"
)

type restoreFlags struct {
	archiveFlags
	dir, config, unlock string
	databaseOnly, yes   bool
}

func restoreCommand() *cobra.Command {
	var f restoreFlags
	cmd := &cobra.Command{
		Use:   "restore",
		Short: "Make a service of an archive, or put back its database",
		Long: `restore makes the service of an archive in a directory that holds nothing. With --database-only it
replaces the database of the service in DIR, which must be stopped, and leaves keys, settings
and journal as they are; the old database is kept beside it, and it alone has what the audit
recorded since the archive: keep it until governance has that.

Only an archive that the service signed is taken: --root-fingerprint says which service that
is, and with --database-only the root.crt that is there.

A restore never gives back what was taken away. On its start the service replays its journal:
what was held, revoked or spent after the backup is so again. Where it knows that entries are
missing it stays closed and says so; see "Restore" in docs/operations.md. Tokens that were issued
after the backup are unknown to it: their holders need new invitations.

A restored service sends no mail and makes no backups, and keeps its journal in its own
directory, until its settings say so again: it could be a drill beside the one that lives.`,
		Example: `  mais-server restore --from ARCHIVE --identity backup-key.txt --root-fingerprint sha256:... \
      --unlock-file unlock --dir /var/lib/mais
  mais-server restore --from ARCHIVE --identity backup-key.txt --dir /var/lib/mais --database-only`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if (f.dir == "") == (f.config == "") || f.config != "" && !f.databaseOnly {
			return usage(errors.New("say where to: --dir DIR; with --database-only it may be --config FILE"))
		}
		if f.databaseOnly {
			return f.database(cmd)
		}
		return f.service(cmd)
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.dir, "dir", "", "data `DIR`")
	cmd.Flags().StringVar(&f.config, "config", "", "`FILE` of settings of the service whose database is replaced")
	cmd.Flags().StringVar(&f.unlock, "unlock-file", "", "`FILE` with the passphrase of the issuing keys, which no archive has")
	cmd.Flags().BoolVar(&f.databaseOnly, "database-only", false, "replace the database of the service in DIR")
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	return cmd
}

func (f *restoreFlags) service(cmd *cobra.Command) error {
	r, err := f.restore()
	if err != nil {
		return err
	}
	if f.root == "" {
		return usage(errors.New("say which service's archive it must be: --root-fingerprint sha256:..., as users compare it when they enrol"))
	}
	dir, err := filepath.Abs(f.dir)
	if err != nil {
		return err
	}
	var unlock config.Secret
	if f.unlock != "" {
		if unlock, err = config.ReadSecret(f.unlock); err != nil {
			return err
		}
	}
	say := waiting("restoring")
	out, err := r.Service(cmd.Context(), dir, unlock)
	say("")
	if err != nil {
		return explainArchive(err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s is %q as of %s\n", dir, out.Service, out.Made.Format(time.RFC3339))
	return f.tell(os.Stderr, out)
}

// tell says what the operator has to know before the first start.
func (f *restoreFlags) tell(w io.Writer, out server.Restored) error {
	if _, err := os.Stat(out.Settings.UnlockPath()); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(w, "Put the passphrase of the issuing keys into %s.\n", out.Settings.UnlockPath())
	}
	if len(out.Off) > 0 {
		fmt.Fprintf(w, "Switched off, until you put them back from %s: %s.\n", out.ArchivedSettings, strings.Join(out.Off, ", "))
	}
	if len(out.Outside) > 0 {
		fmt.Fprintf(w, "It shares with whoever else goes by them, so see that this is meant:\n")
		for _, what := range out.Outside {
			fmt.Fprintf(w, "  %q\n", what)
		}
	}
	for _, path := range out.Journals {
		fmt.Fprintf(w, "A newer journal was taken over: %s\n", path)
	}
	for _, place := range out.Missing {
		fmt.Fprintf(w, "The service kept its journal in %s, which is not here: what was taken away since the backup stands in it.\n", place)
	}
	tellKept(w, out)
	dir := shellLine([]string{f.dir})
	_, err := fmt.Fprintf(w, "next: 1. bring the newest journal that there is: mais-server ca journal replay FILE... --dir %s\n"+
		"         without one: mais-server ca journal declare-lost --dir %s\n"+
		"      2. mais-server ca journal status --dir %s says whether anything is missing\n"+
		"      3. mais-server serve --dir %s\n", dir, dir, dir, dir)
	return err
}

func (f *restoreFlags) database(cmd *cobra.Command) error {
	r, err := f.restore()
	if err != nil {
		return err
	}
	settings, err := (&settingsFlags{dir: f.dir, file: f.config}).load()
	if err != nil {
		return err
	}
	own, err := rootOf(settings)
	if err != nil {
		return err
	}
	if f.root != "" && r.Root.String() != own.String() {
		return usage(fmt.Errorf("the root of the service in %s is %s, not %s", settings.DataDir, own, r.Root))
	}
	r.Root = own
	if err := f.confirm(settings.DataDir); err != nil {
		return err
	}
	say := waiting("restoring")
	out, err := r.Database(cmd.Context(), settings)
	say("")
	if err != nil {
		return explainArchive(err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "the database is as of %s\n", out.Made.Format(time.RFC3339))
	if out.Aside != "" {
		fmt.Fprintf(os.Stderr, "The one before lies in %s, in the clear.\n", out.Aside)
	}
	tellKept(os.Stderr, out)
	f.tellStart(os.Stderr, settings.DataDir)
	return nil
}

// tellStart says how the service whose database was replaced is started.
func (f *restoreFlags) tellStart(w io.Writer, dir string) {
	where := []string{"--dir", f.dir}
	if f.config != "" {
		where = []string{"--config", f.config}
	}
	start := append([]string{"mais-server", "serve"}, where...)
	if isDemo(dir) {
		start = []string{"mais-server", "up", "--dir", dir}
	}
	fmt.Fprintf(w, "next: start it: %s\n      It is closed until its journals have been replayed into the database, which it does by itself;\n"+
		"      %s says what is missing\n", shellLine(start), shellLine(append([]string{"mais-server", "ca", "journal", "status"}, where...)))
}

// tellKept says what is nowhere but in the database of before.
func tellKept(w io.Writer, out server.Restored) {
	fmt.Fprintf(w, "What the audit recorded since %s, who looked at which record too, stands in the database of before alone:\n"+
		"keep that until governance has it; \"Restore\" in docs/operations.md says how it is taken out.\n", out.Made.Format(time.RFC3339))
}

func rootOf(settings *config.Server) (certs.Fingerprint, error) {
	text, err := os.ReadFile(filepath.Join(server.KeyDir(settings), "root.crt"))
	if err != nil {
		return certs.Fingerprint{}, err
	}
	found, err := certs.ParseCertificates(text)
	if err != nil {
		return certs.Fingerprint{}, err
	}
	return certs.FingerprintOf(found[0].Raw), nil
}

// confirm asks for the word before the database is replaced.
func (f *restoreFlags) confirm(dir string) error {
	return confirmWord("This replaces the database of "+dir+": what was entered since the backup is lost.", "restore", f.yes)
}

// explainArchive says what to do about a restore that did not happen.
func explainArchive(err error) error {
	switch {
	case errors.Is(err, backup.ErrKey):
		return advise(err, "give the file of another backup key; nothing was changed")
	case errors.Is(err, backup.ErrDamaged):
		return advise(err, "take another archive, or another copy of this one; nothing was changed")
	case errors.Is(err, backup.ErrForeign):
		return advise(err, "compare the fingerprint with the one that was published; if it is right, somebody else made this archive: use none of it, and ask who can write where it lay. Nothing was changed")
	case errors.Is(err, server.ErrThere):
		return advise(err, "give an empty directory, or --database-only to replace the database of the service that is there")
	case errors.Is(err, server.ErrNotEmpty):
		return advise(err, "have its administrator rename it and make an empty one, run roles.sql on that, and run this again; see \"Restore\" in docs/operations.md")
	case errors.Is(err, pg.ErrInUse):
		return advise(err, "stop the service first; nothing was changed")
	}
	return err
}
