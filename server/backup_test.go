package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/server/internal/backup"
)

func recoveryKey(t testing.TB) *age.X25519Identity {
	t.Helper()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (w *world) backUp(t testing.TB, to *age.X25519Identity) string {
	t.Helper()
	path, err := w.Host().Backup(t.Context(), t.TempDir(), 0, []age.Recipient{to.Recipient()}, testEvent)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func (w *world) restore(path string, with age.Identity) Restore {
	return Restore{Archive: path, With: []age.Identity{with}, Root: certs.FingerprintOf(w.authority.Root().Raw), By: testEvent}
}

// holds returns what an archive holds, by part.
func holds(t testing.TB, r Restore) map[string]string {
	t.Helper()
	a, done, err := r.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	found := map[string]string{}
	if err := a.Each(t.Context(), func(e backup.Entry, content []byte) error {
		found[e.Name] += string(content)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestDrill restores a service beside the one that lives, whose journal, archives and mails
// lie outside its directory: nothing of the living is touched, and what was taken away since the
// backup is taken away there too.
func TestDrill(t *testing.T) {
	outside, key := t.TempDir(), recoveryKey(t)
	journals, mails := filepath.Join(outside, "journal"), filepath.Join(outside, "mails")
	keep := 8
	w := newWholeWorld(t, func(s *config.Server) {
		s.CA.JournalDir = journals
		s.Mail = &config.Mail{Directory: mails, From: "mais@mais.example"}
		s.Backup = &config.Backup{Directory: filepath.Join(outside, "archives"), Recipients: []string{key.Recipient().String()}, Every: config.Duration(time.Hour), Keep: &keep}
	})
	gone := w.enrolled(t, "police_officer", w.custody)
	if err := errors.Join(os.WriteFile(filepath.Join(KeyDir(w.settings), "pin"), []byte("1234"), 0o600),
		os.WriteFile(filepath.Join(KeyDir(w.settings), "people-7.kms"), []byte("pkcs11:token=mais?pin-source="+filepath.Join(KeyDir(w.settings), "pin")), 0o600)); err != nil {
		t.Fatal(err)
	}
	archive := w.backUp(t, key)
	if err := os.Remove(filepath.Join(KeyDir(w.settings), "people-7.kms")); err != nil {
		t.Fatal(err)
	}
	r := w.restore(archive, key)
	w.checkArchive(t, r)
	if err := w.authority.Revoke(t.Context(), gone.ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	before := listed(t, journals)

	dir := filepath.Join(shortDir(t), "drill")
	out, err := r.Service(t.Context(), dir, config.NewSecret([]byte("not asked for")))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"backup", "ca.journal_dir", "mail"}; !slices.Equal(out.Off, want) {
		t.Errorf("switched off: %q, want %q", out.Off, want)
	}
	if len(out.Journals) == 0 || len(out.Missing) > 0 {
		t.Errorf("journals taken over: %q, missing: %q", out.Journals, out.Missing)
	}
	settings, err := config.Load(filepath.Join(dir, "mais.toml"))
	if err != nil || settings.DataDir != dir || settings.Mail != nil || settings.Backup != nil || settings.CA.JournalDir != "" {
		t.Fatalf("the settings are %+v, %v", settings, err)
	}
	if err := config.WriteSecret(settings.UnlockPath()+".right", catest.Unlock); err != nil {
		t.Fatal(err)
	}
	settings.CA.UnlockFile = settings.UnlockPath() + ".right"
	again, err := New(t.Context(), settings, testLog())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if e, err := again.authority.Get(t.Context(), gone.ref); err != nil || e.Status != certs.Revoked {
		t.Errorf("what was revoked after the backup is %s, %v", e.Status, err)
	}
	drilled := &world{Server: again}
	if events := drilled.entries(t, "act = 'backup.restore'"); len(events) != 1 || events[0].Detail["archive"] != archive {
		t.Errorf("the audit has %+v, want the restore", events)
	}
	events := drilled.entries(t, "act = 'backup.make' AND detail ->> 'directory' = $1", filepath.Dir(archive))
	if len(events) != 1 || events[0].Detail["recipient_1"] != key.Recipient().String() {
		t.Errorf("the audit of the archive has %+v, want the backup itself", events)
	}
	if _, err := os.Stat(filepath.Join(dir, restoredName)); !os.IsNotExist(err) {
		t.Errorf("the note of the restore after the first start: %v", err)
	}
	if left := hidden(t, dir); len(left) > 0 {
		t.Errorf("the restore left %q", left)
	}
	if after := listed(t, journals); !slices.Equal(after, before) {
		t.Errorf("the drill wrote into the journals of the service that lives: %q, were %q", after, before)
	}
}

// checkArchive looks for what an archive must have, and must not.
func (w *world) checkArchive(t *testing.T, r Restore) {
	t.Helper()
	found := holds(t, r)
	for _, name := range []string{"mais.toml", "database.dump", "files/server.id", "files/server.key", "files/ca/people-1.key", "files/ca/sites-1.key", "files/ca/journal.key", "files/ca/people-7.kms"} {
		if found[name] == "" {
			t.Errorf("the archive has no %s", name)
		}
	}
	journal := false
	for name, text := range found {
		journal = journal || strings.HasPrefix(name, "journal/") && strings.HasSuffix(name, ".journal")
		if strings.Contains(text, string(catest.Unlock.Reveal())) || text == "1234" {
			t.Errorf("%s holds what opens a key", name)
		}
	}
	if !journal {
		t.Error("the archive has no journal")
	}
	if !strings.HasPrefix(found["database.dump"], "PGDMP") {
		t.Errorf("the dump begins with %.10q", found["database.dump"])
	}
}

func listed(t testing.TB, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func hidden(t testing.TB, dir string) (names []string) {
	t.Helper()
	for _, name := range listed(t, dir) {
		if strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	return names
}

// TestRestoreDatabase puts the database back, beside a directory that holds everything else;
// what goes wrong before the end changes nothing.
func TestRestoreDatabase(t *testing.T) {
	w, key := newWholeWorld(t, nil), recoveryKey(t)
	kept := w.enrolled(t, "police_officer", w.custody)
	archive := w.backUp(t, key)
	late := w.enrolled(t, "police_officer", w.custody)
	r, settings := w.restore(archive, key), w.settings
	if _, err := r.Database(t.Context(), settings); !errors.Is(err, pg.ErrInUse) {
		t.Errorf("Database of a service that runs = %v, want ErrInUse", err)
	}
	w.stop()
	err := <-w.finished
	w.finished <- err // for the end of the test
	foreign := r
	foreign.Root = certs.FingerprintOf([]byte("another"))
	if _, err := foreign.Database(t.Context(), settings); !errors.Is(err, backup.ErrForeign) {
		t.Errorf("Database of another service's archive = %v, want ErrForeign", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := r.Database(ended, settings); err == nil {
		t.Error("Database went on without its context")
	}
	if got := databases(t, settings.DataDir); !slices.Equal(got, []string{"postgres"}) {
		t.Errorf("after what failed there are %q", got)
	}

	out, err := r.Database(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	if got := databases(t, settings.DataDir); len(got) != 2 || filepath.Join(settings.DataDir, got[1]) != out.Aside {
		t.Errorf("there are %q, want the database and %s", got, out.Aside)
	}
	// Killed between its two renames: the old one comes back, and nobody makes an empty one.
	mark := filepath.Join(settings.DataDir, workspaceName, swappingName)
	if err := errors.Join(os.Mkdir(filepath.Dir(mark), 0o700), os.WriteFile(mark, []byte(filepath.Base(out.Aside)), 0o600),
		os.RemoveAll(DatabaseDir(settings))); err != nil {
		t.Fatal(err)
	}
	if n := knownUsers(t, settings, kept, late); n != 2 {
		t.Errorf("%d of 2 users are in the database that came back", n)
	}
	if out, err = r.Database(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	if n := knownUsers(t, settings, kept, late); n != 1 {
		t.Errorf("%d users are in the restored database, want the one of before the backup", n)
	}
	if left := hidden(t, settings.DataDir); len(left) > 0 {
		t.Errorf("the restore left %q", left)
	}
}

func databases(t *testing.T, dir string) (names []string) {
	t.Helper()
	for _, name := range listed(t, dir) {
		if strings.HasPrefix(name, "postgres") {
			names = append(names, name)
		}
	}
	return names
}

// knownUsers counts which of the users the database knows.
func knownUsers(t *testing.T, settings *config.Server, of ...token) (n int) {
	t.Helper()
	host, err := OpenHost(t.Context(), settings, testLog())
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	for _, k := range of {
		if _, err := host.User(t.Context(), k.email); err == nil {
			n++
		}
	}
	return n
}

// TestRestoreRefuses: where something is, or the archive is not ours, nothing changes.
func TestRestoreRefuses(t *testing.T) {
	w, key := newWholeWorld(t, nil), recoveryKey(t)
	r := w.restore(w.backUp(t, key), key)
	forged := r
	forged.Archive = w.forge(t, key)
	if _, err := forged.Service(t.Context(), filepath.Join(t.TempDir(), "a"), config.Secret{}); !errors.Is(err, backup.ErrForeign) {
		t.Errorf("Service of an archive that somebody else made = %v, want ErrForeign", err)
	}
	if _, err := forged.Verify(t.Context()); !errors.Is(err, backup.ErrForeign) {
		t.Errorf("Verify of it = %v, want ErrForeign", err)
	}
	for what, lay := range map[string]func(dir string) error{
		"a file": func(dir string) error { return os.WriteFile(filepath.Join(dir, "precious"), nil, 0o600) },
		"hidden": func(dir string) error { return os.WriteFile(filepath.Join(dir, ".precious"), nil, 0o600) },
		"the workspace of a restored database": func(dir string) error {
			return errors.Join(os.Mkdir(filepath.Join(dir, workspaceName), 0o700), os.Mkdir(filepath.Join(dir, "ca"), 0o700))
		},
	} {
		dir := t.TempDir()
		if err := lay(dir); err != nil {
			t.Fatal(err)
		}
		before := listed(t, dir)
		if _, err := r.Service(t.Context(), dir, config.Secret{}); !errors.Is(err, ErrThere) {
			t.Errorf("Service over %s = %v, want ErrThere", what, err)
		}
		if after := listed(t, dir); !slices.Equal(before, after) {
			t.Errorf("over %s: there are %q, were %q", what, after, before)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Service(t.Context(), file, config.Secret{}); err == nil {
		t.Error("Service restores over a file")
	}
	if text, err := os.ReadFile(file); string(text) != "precious" {
		t.Errorf("the file is %q, %v", text, err)
	}
	held, err := holdDir(filepath.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if _, err := r.Service(t.Context(), filepath.Dir(file), config.Secret{}); !errors.Is(err, errRestoring) {
		t.Errorf("Service beside another restore = %v, want %v", err, errRestoring)
	}
}

// forge makes what whoever can write the medium can make: an archive to the same recovery
// keys, with everything of the genuine one but the signature.
func (w *world) forge(t *testing.T, key *age.X25519Identity) string {
	t.Helper()
	root := w.authority.Root().Raw
	evil := filepath.Join(t.TempDir(), "evil")
	path, err := backup.Save(t.Context(), filepath.Dir(evil), 0, backup.Source{
		To:       []age.Recipient{key.Recipient()},
		Manifest: backup.Manifest{Made: time.Now(), Root: certs.FingerprintOf(root).String(), RootCertificate: root},
		Parts:    backupParts(t.Context(), w.settings),
		Sign:     func([]byte) (string, error) { return "eyJhbGciOiJub25lIn0..", nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestClaim: a volume of its own is as good as empty, and a restore that was killed does not
// bar the next, which takes away what it had put there.
func TestClaim(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, lostFound), 0o700), os.MkdirAll(filepath.Join(dir, workspaceName, "new", "postgres"), 0o700),
		os.WriteFile(filepath.Join(dir, workspaceName, freshName), nil, 0o600), os.Mkdir(filepath.Join(dir, "postgres"), 0o700)); err != nil {
		t.Fatal(err)
	}
	w, err := claim(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := listed(t, dir), []string{workspaceName, lostFound}; !slices.Equal(got, want) {
		t.Errorf("after claim there are %q, want %q", got, want)
	}
	from := w.path("new")
	if err := errors.Join(os.MkdirAll(filepath.Join(from, keyDirName), 0o700), os.WriteFile(filepath.Join(from, settingsName), nil, 0o600), w.moveIn(from), w.end(false)); err != nil {
		t.Fatal(err)
	}
	if got, want := listed(t, dir), []string{keyDirName, lostFound, settingsName}; !slices.Equal(got, want) {
		t.Errorf("after moveIn there are %q, want %q", got, want)
	}
	fresh := filepath.Join(t.TempDir(), "fresh")
	if w, err = claim(fresh); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Mkdir(filepath.Join(fresh, "postgres"), 0o700), w.end(true)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(fresh); !os.IsNotExist(err) {
		t.Errorf("a directory that a failed restore made: %v", err)
	}
}

// TestBackupRefuses: an archive that could not be restored is not made.
func TestBackupRefuses(t *testing.T) {
	settings := testSettings(shortDir(t))
	if err := errors.Join(os.Rename(catest.Dir(t), KeyDir(settings))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, want string
		change     func() error
	}{
		{"no journal", "journal", func() error { return nil }},
		{"an empty journal", "journal", func() error { return os.Mkdir(journalPath(settings), 0o700) }},
		{"no fault", "", func() error {
			return os.WriteFile(filepath.Join(journalPath(settings), "x.journal"), []byte("x"), 0o600)
		}},
		{"a linked key", "people-2.key", func() error {
			return errors.Join(os.WriteFile(filepath.Join(KeyDir(settings), "people-2.crt"), nil, 0o600), os.Symlink("people-1.key", filepath.Join(KeyDir(settings), "people-2.key")))
		}},
		{"a CA without its key", "people-2.key", func() error { return os.Remove(filepath.Join(KeyDir(settings), "people-2.key")) }},
		{"a CA without its key", "people-1.key", func() error {
			return errors.Join(os.Remove(filepath.Join(KeyDir(settings), "people-2.crt")), os.Remove(filepath.Join(KeyDir(settings), "people-1.key")))
		}},
	} {
		if err := c.change(); err != nil {
			t.Fatal(err)
		}
		_, err := fileParts(settings)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: fileParts = %v, want %q", c.what, err, c.want)
		}
	}
}

// TestLastBackup believes nothing but what this node wrote down itself.
func TestLastBackup(t *testing.T) {
	settings := testSettings(t.TempDir())
	settings.Backup = &config.Backup{Directory: t.TempDir()}
	now := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	archive := filepath.Join(settings.Backup.Directory, "mais-1-2-20260301T020000Z.tar.age")
	for _, c := range []struct {
		what   string
		change func() error
		want   time.Time
	}{
		{"never", func() error { return nil }, time.Time{}},
		{"an archive of somebody's", func() error { return os.WriteFile(archive, []byte("archive"), 0o600) }, time.Time{}},
		{"our own", func() error { return noteMade(settings, archive, now) }, now},
		{"dated ahead by somebody", func() error { return os.Chtimes(archive, now.AddDate(9, 0, 0), now.AddDate(9, 0, 0)) }, now},
		{"dated ahead by our own clock", func() error { return noteMade(settings, archive, now.AddDate(1, 0, 0)) }, time.Time{}},
		{"replaced", func() error {
			return errors.Join(noteMade(settings, archive, now), os.WriteFile(archive, []byte("another"+"x"), 0o600))
		}, time.Time{}},
		{"gone", func() error { return errors.Join(noteMade(settings, archive, now), os.Remove(archive)) }, time.Time{}},
	} {
		if err := c.change(); err != nil {
			t.Fatal(err)
		}
		if got, err := lastBackup(settings, now.Add(time.Hour)); err != nil || !got.Equal(c.want) {
			t.Errorf("%s: lastBackup = %v, %v, want %v", c.what, got, err, c.want)
		}
	}
}

// TestExternalDatabase dumps the database that the settings name, whatever the environment
// says, and fills an empty one only.
func TestExternalDatabase(t *testing.T) {
	w, key := newWholeWorld(t, nil), recoveryKey(t)
	w.reachable(t)
	external := *w.settings
	external.Database = &config.Database{Host: "db.example", Name: "mais"}
	t.Setenv("PGDATABASE", "postgres")
	var text bytes.Buffer
	d, err := openDump(t.Context(), &external)
	if err == nil {
		_, err = text.ReadFrom(d)
		err = errors.Join(err, d.Close())
	}
	if err != nil || !bytes.HasPrefix(text.Bytes(), []byte("PGDMP")) {
		t.Fatalf("openDump = %.10q, %v", text.Bytes(), err)
	}
	external.Database.Name = "postgres"
	if _, err := openDump(t.Context(), &external); err == nil || !strings.Contains(err.Error(), "no schema") {
		t.Errorf("openDump of another database = %v, want that it is none of ours", err)
	}
	external.Database.Name = "nowhere' host='elsewhere"
	if _, err := openDump(t.Context(), &external); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("openDump of a database with a strange name = %v", err)
	}

	external.Database.Name = "mais"
	r := w.restore(w.backUp(t, key), key)
	if _, err := r.Database(t.Context(), &external); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("Database over one that is in use = %v, want ErrNotEmpty", err)
	}
	external.Database.Name = "it's empty"
	if out, err := exec.Command("psql", "-d", "postgres", "-c", `CREATE DATABASE "it's empty" TEMPLATE template0`).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := r.Database(t.Context(), &external); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Database(t.Context(), &external); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("Database a second time = %v, want ErrNotEmpty", err)
	}
}

// reachable makes PostgreSQL's programs find the embedded database by the environment, as an
// administrator of an external one has it.
func (w *world) reachable(t *testing.T) {
	t.Helper()
	cmd, stop, err := pg.ClientCommand(t.Context(), DatabaseDir(w.settings), "psql")
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for _, v := range cmd.Env {
		if name, value, _ := strings.Cut(v, "="); strings.HasPrefix(name, "PG") {
			t.Setenv(name, value)
		}
	}
}

// TestWords: what a tool says is bounded, and shows nothing of a record.
func TestWords(t *testing.T) {
	var w words
	for range 3000 {
		fmt.Fprintf(&w, "pg_restore: while PROCESSING TOC:\npg_restore: error: COPY failed for table \"person\": ERROR:  invalid input syntax for type date: \"Jane Doe\x1b[2J\"\n"+
			"DETAIL:  Failing row contains (Jane Doe).\nCONTEXT:  COPY person, line 1: \"Jane Doe\"\n")
	}
	said := w.explain("pg_restore", errors.New("exit status 1")).Error()
	if strings.Contains(said, "Jane") || strings.Contains(said, "\x1b") || len(said) > 1200 {
		t.Errorf("%d bytes: %s", len(said), said)
	}
	if !strings.Contains(said, `COPY failed for table "person": ERROR:  invalid input syntax for type date: "…"`) {
		t.Errorf("it does not say what went wrong: %s", said)
	}
}
