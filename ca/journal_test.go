package ca_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/ca/migrations"
	"mais/certs"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
)

// beside opens a CA on the fixture's database in a directory; "" is another machine's.
func (f fixture) beside(t testing.TB, dir string, adjust ...func(*ca.Options)) fixture {
	t.Helper()
	at := func(o *ca.Options) {
		if dir != "" {
			o.Dir = dir
		}
	}
	again := fixture{catest.New(t, f.db, append([]func(*ca.Options){at}, adjust...)...), f.db}
	if dir != "" {
		again.Dir = dir
	}
	return again
}

// follow runs the feed until stop, which returns when it has ended.
func (f fixture) follow(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Feed().Run(ctx) }()
	eventually(t, "the feed gets going", func() bool { return f.Feed().Fresh() == nil })
	return func() {
		cancel()
		must(t, <-done)
	}
}

func (f fixture) restart(t testing.TB) fixture {
	t.Helper()
	if err := f.CA.Close(); err != nil {
		t.Fatal(err)
	}
	return f.beside(t, f.Dir)
}

// standing returns how the inventory has a certificate.
func (f fixture) standing(t testing.TB, token catest.Token) string {
	t.Helper()
	e, err := f.Get(context.Background(), token.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if e.Status != certs.Revoked {
		return string(e.Status)
	}
	return string(e.Status) + " " + e.Reason
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// taken is what is done between the backup and the restore.
type taken struct {
	held, revoked, superseded, released, lived catest.Token
	spent                                      string
	holder                                     ca.Invitation
}

// prepare makes what take will take away.
func (f fixture) prepare(t testing.TB) (k taken) {
	t.Helper()
	for _, token := range []*catest.Token{&k.held, &k.revoked, &k.superseded, &k.released, &k.lived} {
		*token = f.Person(t, "Jane Doe")
	}
	k.holder = invitation(t)
	k.spent = f.invite(t, k.holder)
	return k
}

func (f fixture) take(t testing.TB, k taken) {
	t.Helper()
	ctx := context.Background()
	must(t, f.Hold(ctx, k.held.Ref, "test"), f.Revoke(ctx, k.revoked.Ref, ca.KeyCompromise, "test"),
		f.Hold(ctx, k.released.Ref, "test"), f.Release(ctx, k.released.Ref, "test"))
	if _, err := f.Renew(ctx, k.superseded.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{}); err != nil {
		t.Fatal(err)
	}
	f.SetNow(func() time.Time { return time.Now().Add(2 * time.Hour) })
	if n, err := f.Supersede(ctx); n != 1 || err != nil {
		t.Fatalf("Supersede = %d, %v, want 1", n, err)
	}
	f.SetNow(time.Now)
	if _, err := f.ask(k.spent, catest.Request(t, catest.Key(t))); err != nil {
		t.Fatal(err)
	}
}

// wantTaken checks that what was taken away is, and nothing else.
func (f fixture) wantTaken(t testing.TB, k taken) {
	t.Helper()
	for what, test := range map[string]struct {
		token catest.Token
		want  string
	}{
		"held": {k.held, "held"}, "revoked": {k.revoked, "revoked keyCompromise"}, "superseded": {k.superseded, "superseded"},
		"held and released": {k.released, "active"}, "left alone": {k.lived, "active"},
	} {
		if got := f.standing(t, test.token); got != test.want {
			t.Errorf("what was %s is %s, want %s", what, got, test.want)
		}
	}
	if _, err := f.ask(k.spent, catest.Request(t, catest.Key(t))); !errors.Is(err, ca.ErrRefused) {
		t.Errorf("the code that was spent = %v, want %v", err, ca.ErrRefused)
	}
}

// Backup, take away, restore the database: refused still, by a node that runs and by one that
// starts after it.
func TestRestoreDoesNotGiveBack(t *testing.T) {
	for name, running := range map[string]bool{"running": true, "stopped": false} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			k := f.prepare(t)
			restore := f.db.Save(t)
			if running {
				f.Follow(t)
			}
			f.take(t, k)
			restore()
			if !running {
				f = f.restart(t)
				f.Follow(t)
			}
			f.wantOpen(t, k)
			f.wantTaken(t, k)
			if n := f.count(t, `SELECT count(*) FROM ca.journal_head WHERE seen_number > number`); n != 0 {
				t.Errorf("%d journals are behind", n)
			}
			restore() // once more, and to an older state than the journal has been replayed into
			f.wantOpen(t, k)
			f.wantTaken(t, k)
		})
	}
}

// wantOpen waits until the service answers by what was taken away. From the restore on it
// never answers otherwise.
func (f fixture) wantOpen(t *testing.T, k taken) {
	t.Helper()
	eventually(t, "open with what was taken away", func() bool {
		for token, want := range map[*catest.Token]certs.Status{&k.revoked: certs.Revoked, &k.held: certs.Held, &k.superseded: certs.Superseded} {
			if status, err := statusOf(f.Feed(), *token); err == nil && status != want {
				t.Fatalf("Status = %s, want %s or an error", status, want)
			}
		}
		return f.Feed().Fresh() == nil && f.count(t, `SELECT count(*) FROM ca.certificate WHERE status = 'revoked'`) == 1
	})
}

// While the database is older than the journal nobody is answered, by no way.
func TestClosedUntilReplayed(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	token, third := f.Person(t, "Jane Doe"), f.Person(t, "Jim Doe")
	other := f.beside(t, "")
	restore := f.db.Save(t)
	must(t, other.Revoke(ctx, token.Ref, ca.KeyCompromise, "test"))
	must(t, other.CA.Close())
	f.Follow(t)
	if status, err := statusOf(f.Feed(), token); err != nil || status != certs.Revoked {
		t.Fatalf("Status = %v, %v, want revoked", status, err)
	}
	eventually(t, "the other's head is remembered", func() bool { return strings.Count(f.JournalHeads(), ",") == 1 })
	restore()
	eventually(t, "closed", func() bool {
		return errors.Is(f.Feed().Fresh(), ca.ErrStale) && strings.Contains(f.Feed().Fresh().Error(), "journal")
	})
	code := f.invite(t, invitation(t))
	if _, err := f.ask(code, catest.Request(t, catest.Key(t))); !errors.Is(err, ca.ErrStale) {
		t.Errorf("Enrol while closed = %v, want %v", err, ca.ErrStale)
	}
	if _, err := f.CRL(ctx, "people"); !errors.Is(err, ca.ErrStale) {
		t.Errorf("CRL while closed = %v, want %v", err, ca.ErrStale)
	}
	if f.JournalHeads() != "" {
		t.Errorf("heads are announced while closed: %s", f.JournalHeads())
	}
	eventually(t, "what lies here is replayed, and one can revoke while closed", func() bool {
		return f.Revoke(ctx, third.Ref, ca.Unspecified, "test") == nil
	})
	var said []string
	for _, finding := range f.Check(ctx) {
		if finding.State == ca.Fault {
			said = append(said, finding.What)
		}
	}
	if !slices.Contains(said, "journal") {
		t.Errorf("Check finds faults of %v, want of the journal among them", said)
	}
	missing := 0
	for _, act := range f.Acts() {
		if act.What == "journal-missing" {
			missing++
		}
	}
	if missing != 1 {
		t.Errorf("%d acts say that a journal is missing, want 1", missing)
	}
	back := f.beside(t, other.Dir) // the node that has it comes back, and replays by itself
	eventually(t, "open", func() bool { return f.Feed().Fresh() == nil })
	if got := back.standing(t, token); got != "revoked keyCompromise" {
		t.Errorf("after the other's replay it is %s, want revoked", got)
	}
}

// keep copies a directory, as a backup does, and returns what puts it back.
func keep(t testing.TB, dir string) (restore func()) {
	t.Helper()
	saved := filepath.Join(t.TempDir(), "saved")
	must(t, os.CopyFS(saved, os.DirFS(dir)))
	return func() { must(t, os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(saved))) }
}

// Database and journal restored together look whole. A head that a client remembers tells.
func TestBothRestored(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	k := f.prepare(t)
	stop := f.follow(t)
	eventually(t, "an announcement", func() bool { return f.JournalHeads() != "" })
	before := f.JournalHeads()
	database := f.db.Save(t)
	eventually(t, "memory on disk", func() bool {
		_, err := os.Stat(filepath.Join(f.Dir, "journal", "memory.json"))
		return err == nil
	})
	directory := keep(t, filepath.Join(f.Dir, "journal"))
	f.take(t, k)
	eventually(t, "another announcement", func() bool { return f.JournalHeads() != before })
	remembered := f.JournalHeads()
	stop()
	must(t, f.CA.Close())
	supplied := t.TempDir()
	must(t, os.CopyFS(supplied, os.DirFS(filepath.Join(f.Dir, "journal"))))
	directory()
	database()

	f = f.beside(t, f.Dir)
	f.Follow(t)
	if got := f.standing(t, k.revoked); got != "active" {
		t.Fatalf("the database is not the older one: %s", got)
	}
	for what, text := range map[string]string{
		"forged": forged(t, remembered), "old": before, "nonsense": "x,,1.2.3",
		"another key's": otherHead(t), "far too long": strings.Repeat(remembered+",", 100),
	} {
		must(t, f.SeenJournalHeads(ctx, f.NewJournalHeads(text), "test"))
		if err := f.Feed().Fresh(); err != nil {
			t.Fatalf("a head that is %s closes the service: %v", what, err)
		}
	}
	ahead := f.NewJournalHeads(remembered)
	if len(ahead) == 0 {
		t.Fatalf("NewJournalHeads(%s) = none", remembered)
	}
	if err := f.SeenJournalHeads(ctx, ahead, "a site"); err == nil || !errors.Is(f.Feed().Fresh(), ca.ErrStale) {
		t.Fatalf("SeenJournalHeads = %v, and the service is %v, want it closed", err, f.Feed().Fresh())
	}
	other := f.beside(t, "") // on every node, the announcement is in the database
	if other.Feed().CatchUp(ctx, 1<<40) == nil || !errors.Is(other.Feed().Fresh(), ca.ErrStale) {
		t.Errorf("another node is %v, want it closed", other.Feed().Fresh())
	}
	files, err := filepath.Glob(filepath.Join(supplied, "*.journal"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	steps := 0
	done, err := f.Replay(ctx, files, func(int, int) { steps++ })
	if err != nil || done.Applied == 0 || steps != done.Entries {
		t.Fatalf("Replay = %+v in %d steps, %v", done, steps, err)
	}
	eventually(t, "open", func() bool { return f.Feed().Fresh() == nil })
	f.wantTaken(t, k)
	if again, err := f.Replay(ctx, files, nil); err != nil || again.Applied != 0 {
		t.Errorf("Replay once more = %+v, %v, want nothing to do", again, err)
	}
}

// forged returns a head with its number raised.
func forged(t testing.TB, head string) string {
	t.Helper()
	parts := strings.Split(head, ".")
	number, err := strconv.Atoi(parts[2])
	must(t, err)
	parts[2] = strconv.Itoa(number + 1)
	return strings.Join(parts, ".")
}

// otherHead returns a head signed by another service's key.
func otherHead(t *testing.T) string {
	t.Helper()
	other := fixture{catest.New(t, pgtest.New(t, migrations.Set), func(o *ca.Options) {
		if err := os.Remove(filepath.Join(o.Dir, "journal.key")); err != nil {
			t.Fatal(err)
		}
	}), nil}
	other.Person(t, "Jane Doe")
	other.Follow(t)
	eventually(t, "an announcement", func() bool { return other.JournalHeads() != "" })
	return other.JournalHeads()
}

// A head that another node has committed a moment ago is no alarm.
func TestHeadOfAMomentAgo(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	token := f.Person(t, "Jane Doe")
	other := f.beside(t, "")
	other.Follow(t)
	if f.Feed().CatchUp(ctx, 1<<40); f.Feed().Fresh() != nil { // one look
		t.Fatal(f.Feed().Fresh())
	}
	before := other.JournalHeads()
	must(t, other.Hold(ctx, token.Ref, "test"))
	eventually(t, "an announcement", func() bool { return other.JournalHeads() != before })
	ahead := f.NewJournalHeads(other.JournalHeads())
	if len(ahead) == 0 {
		t.Fatal("this node knows already what it has not read")
	}
	if err := f.SeenJournalHeads(ctx, ahead, "test"); err != nil || f.Feed().Fresh() != nil {
		t.Errorf("SeenJournalHeads = %v, and the service is %v, want it open", err, f.Feed().Fresh())
	}
}

// Without room for the entry nothing is done; with room again it is. The limit on files is the whole
// process's, and go test has it keep a log of its own: so this one is a process without that.
func TestDiskFullStopsTheAct(t *testing.T) {
	if flag.Lookup("test.testlogfile").Value.String() != "" {
		if said, err := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$").CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, said)
		}
		return
	}
	f := newFixture(t)
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	code := f.invite(t, invitation(t))
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var was syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was))
	full := was
	full.Cur = 10 // bytes: every file of this process has more; PostgreSQL is another
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full))
	revoke := f.Revoke(ctx, token.Ref, ca.KeyCompromise, "test")
	_, enrol := f.ask(code, catest.Request(t, catest.Key(t)))
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was))
	if !errors.Is(revoke, ca.ErrJournal) || !errors.Is(enrol, ca.ErrJournal) {
		t.Errorf("Revoke = %v, Enrol = %v, want %v", revoke, enrol, ca.ErrJournal)
	}
	if got := f.standing(t, token); got != "active" {
		t.Errorf("what could not be journalled is %s, want active", got)
	}
	must(t, f.Revoke(ctx, token.Ref, ca.KeyCompromise, "test"))
	if _, err := f.ask(code, catest.Request(t, catest.Key(t))); err != nil {
		t.Errorf("Enrol with room again = %v", err)
	}
}

// hang makes a transaction stop between the entry, which is on disk, and its commit, until
// cut ends its connection.
func (f fixture) hang(t testing.TB) (hangs func() bool, cut func()) {
	t.Helper()
	ctx := context.Background()
	_, err := f.db.Owner().Exec(ctx, `CREATE FUNCTION ca.hang() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); RETURN NULL; END';
		CREATE TRIGGER hang AFTER INSERT ON ca.journal_entry FOR EACH STATEMENT EXECUTE FUNCTION ca.hang();
		ALTER TABLE ca.journal_entry ENABLE ALWAYS TRIGGER hang`)
	must(t, err)
	hangs = func() bool {
		return f.count(t, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`) == 1
	}
	return hangs, func() {
		f.count(t, `SELECT count(*) FROM (SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep') x`)
		_, err := f.db.Owner().Exec(ctx, `DROP TRIGGER hang ON ca.journal_entry`)
		must(t, err)
	}
}

// A crash between the entry and the commit: what was to be taken away is, at the next start.
// When the node lives on, the entry is void instead.
func TestCrashBetweenEntryAndCommit(t *testing.T) {
	for name, test := range map[string]struct {
		lives bool
		want  string
	}{"crash": {false, "held"}, "failure": {true, "active"}} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			ctx, token := context.Background(), f.Person(t, "Jane Doe")
			restore := f.db.Save(t)
			hangs, cut := f.hang(t)
			failed := make(chan error)
			go func() { failed <- f.Hold(ctx, token.Ref, "test") }()
			eventually(t, "the transaction hangs", hangs)
			cut()
			if err := <-failed; err == nil {
				t.Fatal("Hold = nil error")
			}
			if test.lives {
				f.Feed().CatchUp(ctx, 1<<40) // one look
			}
			if f = f.restart(t); f.standing(t, token) != test.want {
				t.Errorf("after a restart it is %s, want %s", f.standing(t, token), test.want)
			}
			must(t, f.CA.Close())
			restore()
			if f = f.beside(t, f.Dir); f.standing(t, token) != test.want {
				t.Errorf("after a restore it is %s, want %s", f.standing(t, token), test.want)
			}
		})
	}
}

// A transaction that the server has tried again leaves an entry that is void.
func TestRetriedTransaction(t *testing.T) {
	f := newFixture(t)
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	restore := f.db.Save(t)
	_, err := f.db.Owner().Exec(ctx, `CREATE SEQUENCE ca.attempt; GRANT USAGE ON SEQUENCE ca.attempt TO mais_ca;
		CREATE FUNCTION ca.fail_twice() RETURNS trigger LANGUAGE plpgsql AS
			'BEGIN IF nextval(''ca.attempt'') < 3 THEN RAISE EXCEPTION ''again'' USING ERRCODE = ''serialization_failure''; END IF; RETURN NULL; END';
		CREATE TRIGGER fail_twice AFTER INSERT ON ca.journal_entry FOR EACH STATEMENT EXECUTE FUNCTION ca.fail_twice();
		ALTER TABLE ca.journal_entry ENABLE ALWAYS TRIGGER fail_twice`)
	must(t, err, f.Hold(ctx, token.Ref, "test"))
	must(t, f.Release(ctx, token.Ref, "test"))
	f.Follow(t)
	eventually(t, "all is settled", func() bool {
		return f.count(t, `SELECT count(*) FROM ca.journal_head WHERE number = 7`) == 1 // begin, code, 3 holds, release, void
	})
	restore()
	eventually(t, "open again", func() bool { _, err := statusOf(f.Feed(), token); return err == nil })
	eventually(t, "replayed", func() bool { return f.count(t, `SELECT count(*) FROM ca.journal_head WHERE number = 7`) == 1 })
	if got := f.standing(t, token); got != "active" {
		t.Errorf("what was held, in three attempts, and released is %s, want active", got)
	}
}

// Many take away at once on two nodes; after a restore all of it is taken away.
func TestManyTakeAway(t *testing.T) {
	f := newFixture(t)
	ctx, nodes := context.Background(), []fixture{f, f.beside(t, "")}
	for _, n := range nodes {
		n.Follow(t)
	}
	var tokens []catest.Token
	for range 24 {
		tokens = append(tokens, f.Person(t, "Jane Doe"))
	}
	restore := f.db.Save(t)
	eventually(t, "open", func() bool { return nodes[0].Feed().Fresh() == nil && nodes[1].Feed().Fresh() == nil })
	var all sync.WaitGroup
	for i, token := range tokens {
		all.Go(func() {
			if err := nodes[i%2].Revoke(ctx, token.Ref, ca.KeyCompromise, "test"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	restore()
	eventually(t, "all are revoked again", func() bool {
		return f.count(t, `SELECT count(*) FROM ca.certificate WHERE status = 'revoked'`) == len(tokens)
	})
	for _, n := range nodes {
		eventually(t, "open", func() bool { return n.Feed().Fresh() == nil })
	}
}

// A journal that is older than the database, as from a backup of the files alone, does no
// harm; a key is not made anew when the service has one.
func TestJournalOfAnotherTime(t *testing.T) {
	f := newFixture(t)
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	directory := keep(t, filepath.Join(f.Dir, "journal"))
	must(t, f.Hold(ctx, token.Ref, "test"), f.Release(ctx, token.Ref, "test"))
	must(t, f.CA.Close())
	directory()
	f = f.beside(t, f.Dir)
	f.Follow(t)
	if got := f.standing(t, token); got != "active" {
		t.Errorf("what was held and released is %s, want active", got)
	}
	must(t, f.CA.Close(), os.Remove(filepath.Join(f.Dir, "journal.key")))
	_, err := ca.Open(ctx, ca.Options{DB: f.db.Open(t, pg.CA), Source: f.db.Source(), Dir: f.Dir, Unlock: catest.Unlock, PlainURL: catest.PlainURL,
		Record: func(context.Context, *pg.Tx, ca.Act) error { return nil }})
	if !errors.Is(err, ca.ErrDirectory) || !strings.Contains(err.Error(), "copy it from another node") {
		t.Errorf("Open without the journal's key = %v, want %v and what to do", err, ca.ErrDirectory)
	}
}

// Without its journal, everything issued before is on hold until two administrators approve.
func TestDeclareLost(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	revoked, good, server := f.Person(t, "Jane Doe"), f.Person(t, "John Doe"), f.Server(t)
	open := f.invite(t, invitation(t))
	stop := f.follow(t)
	database := f.db.Save(t)
	eventually(t, "open", func() bool { return f.Feed().Fresh() == nil })
	must(t, f.Revoke(ctx, revoked.Ref, ca.KeyCompromise, "test"))
	eventually(t, "memory on disk", func() bool {
		text, _ := os.ReadFile(filepath.Join(f.Dir, "journal", "memory.json"))
		return strings.Contains(string(text), `"n": 4`) // begin, two codes, the revocation
	})
	stop()
	must(t, f.CA.Close())
	lost, err := filepath.Glob(filepath.Join(f.Dir, "journal", "*.journal"))
	must(t, err, os.Remove(lost[0]))
	database()

	f = f.beside(t, f.Dir)
	f.Feed().CatchUp(ctx, 1<<40)
	if !errors.Is(f.Feed().Fresh(), ca.ErrStale) {
		t.Fatalf("without its journal the service is %v, want it closed", f.Feed().Fresh())
	}
	told := 0
	q, err := f.DeclareLost(ctx, "operator", func(done int) { told = done })
	if err != nil || q.FinishedAt.IsZero() || told == 0 {
		t.Fatalf("DeclareLost = %+v, %v, having told %d", q, err, told)
	}
	f.Feed().CatchUp(ctx, 1<<40)
	if err := f.Feed().Fresh(); err != nil {
		t.Errorf("after it the service is %v, want it open", err)
	}
	for what, token := range map[string]catest.Token{"revoked": revoked, "good": good} {
		if got := f.standing(t, token); got != "held" {
			t.Errorf("what was %s is %s, want held", what, got)
		}
	}
	if got := f.standing(t, server); got != "superseded" {
		t.Errorf("the server's certificate is %s, want superseded, to be issued anew", got)
	}
	if _, err := f.ask(open, catest.Request(t, catest.Key(t))); !errors.Is(err, ca.ErrRefused) {
		t.Errorf("a code that was open = %v, want %v", err, ca.ErrRefused)
	}
	fresh := f.Person(t, "A new administrator")
	if got := f.standing(t, fresh); got != "active" {
		t.Errorf("what was issued after is %s, want active", got)
	}
	f.wantQuarantined(t, q.ID, good)
}

// wantQuarantined approves a quarantine, and sees that nothing is released before.
func (f fixture) wantQuarantined(t testing.TB, id int64, token catest.Token) {
	t.Helper()
	ctx := context.Background()
	first, second := catest.Identity(t, certs.User), catest.Identity(t, certs.User)
	release := func(want error) {
		t.Helper()
		if err := f.Release(ctx, token.Ref, "test"); !errors.Is(err, want) {
			t.Errorf("Release = %v, want %v", err, want)
		}
		if want == nil {
			return
		}
		_, err := f.db.Owner().Exec(ctx, `SET LOCAL session_replication_role = replica; UPDATE ca.certificate SET status = 'active' WHERE serial = '`+token.Ref.Serial+`'`)
		if err == nil || !strings.Contains(err.Error(), "quarantine") {
			t.Errorf("release by plain SQL = %v, want a refusal", err)
		}
	}
	release(ca.ErrNotAllowed)
	must(t, f.ApproveQuarantine(ctx, id, first))
	if err := f.ApproveQuarantine(ctx, id, first); !errors.Is(err, ca.ErrAlready) {
		t.Errorf("the same administrator once more = %v, want %v", err, ca.ErrAlready)
	}
	release(ca.ErrNotAllowed)
	for who, err := range map[string]error{
		"a site":           f.ApproveQuarantine(ctx, id, catest.Identity(t, certs.Site)),
		"of what is not":   f.ApproveQuarantine(ctx, id+1, second),
		"nobody of a kind": f.ApproveQuarantine(ctx, id, certs.Identity{}),
	} {
		if err == nil {
			t.Errorf("an approval by or %s was taken", who)
		}
	}
	must(t, f.ApproveQuarantine(ctx, id, second))
	release(nil)
	if all, err := f.Quarantines(ctx); err != nil || len(all) != 1 || !all[0].Releasable() || all[0].Held != 1 || all[0].Total < 2 {
		t.Errorf("Quarantines = %+v, %v", all, err)
	}
}

// What journals and quarantines rest on is guarded against any SQL.
func TestJournalSchemaGuards(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	token := f.Person(t, "Jane Doe")
	must(t, f.Hold(ctx, token.Ref, "test"))
	if _, err := f.DeclareLost(ctx, "operator", nil); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`UPDATE ca.journal_head SET number = number - 1`,
		`UPDATE ca.journal_head SET hash = sha256('x')`,
		`UPDATE ca.journal_head SET lost_number = number + 1, lost_by = 'x'`,
		`UPDATE ca.journal_head SET journal = '0000000000000000'`,
		`DELETE FROM ca.journal_head`,
		`TRUNCATE ca.journal_head CASCADE`,
		`UPDATE ca.journal_entry SET kind = 'release'`,
		`DELETE FROM ca.journal_entry`,
		`TRUNCATE ca.journal_entry`,
		`UPDATE ca.journal_key SET public = 'x'`,
		`DELETE FROM ca.journal_key`,
		`DELETE FROM ca.journal_place`,
		`UPDATE ca.quarantine SET finished_at = NULL`,
		`UPDATE ca.quarantine SET made_by = 'x'`,
		`DELETE FROM ca.quarantine`,
		`DELETE FROM ca.quarantined`,
		`UPDATE ca.quarantined SET quarantine = 7`,
		`TRUNCATE ca.quarantined`,
		`INSERT INTO ca.quarantine_approval (quarantine, administrator) SELECT id, 'anybody' FROM ca.quarantine`,
		`UPDATE ca.certificate SET status = 'active' WHERE status = 'held'`,
	} {
		for _, first := range []string{"", "SET LOCAL session_replication_role = replica; "} {
			if _, err := f.db.Owner().Exec(ctx, first+statement); err == nil {
				t.Errorf("%s%s was allowed", first, statement)
			}
		}
	}
}

// BenchmarkCommit is the least that a transaction can be: a row of its own, committed.
func BenchmarkCommit(b *testing.B) {
	f := newFixture(b)
	ctx, db := context.Background(), f.db.Owner()
	if _, err := db.Exec(ctx, `CREATE TABLE ca.nothing (n int); INSERT INTO ca.nothing VALUES (0)`); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := db.Exec(ctx, `UPDATE ca.nothing SET n = n + 1`); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTakeAway is a hold and its release, each a transaction that commits, with the
// journal's two fsyncs; see BenchmarkAppend of package journal for one of these alone.
func BenchmarkTakeAway(b *testing.B) {
	f := newFixture(b)
	ctx, token := context.Background(), f.Person(b, "Jane Doe")
	for b.Loop() {
		must(b, f.Hold(ctx, token.Ref, "bench"), f.Release(ctx, token.Ref, "bench"))
	}
}
