package pg_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/internal/pg"
	"mais/internal/pg/pgtest"
)

func TestTransactRetriesADeadlock(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t).Owner()
	exec(t, db, `CREATE TABLE account (id int PRIMARY KEY, balance int); INSERT INTO account VALUES (1, 0), (2, 0)`)

	var calls sync.Map // how often each function ran
	var barrier sync.WaitGroup
	barrier.Add(2)
	transfer := func(name string, first, second int) error {
		n := 0
		return db.Transact(testContext(t), func(tx *pg.Tx) error {
			n++
			calls.Store(name, n)
			if _, err := tx.Exec(t.Context(), `UPDATE account SET balance = balance + 1 WHERE id = $1`, first); err != nil {
				return err
			}
			if n == 1 { // each holds its first row before it asks for the other's
				barrier.Done()
				barrier.Wait()
			}
			_, err := tx.Exec(t.Context(), `UPDATE account SET balance = balance + 1 WHERE id = $1`, second)
			return err
		})
	}
	errs := make(chan error, 2)
	go func() { errs <- transfer("a", 1, 2) }()
	go func() { errs <- transfer("b", 2, 1) }()
	if err := errors.Join(<-errs, <-errs); err != nil {
		t.Fatalf("Transact() = %v", err)
	}
	if got := value[int](t, db, `SELECT sum(balance) FROM account`); got != 4 {
		t.Errorf("sum of balances = %d, want 4", got)
	}
	a, _ := calls.Load("a")
	b, _ := calls.Load("b")
	if a.(int)+b.(int) != 3 {
		t.Errorf("functions ran %d and %d times, want one of them twice", a, b)
	}
}

func TestTransactRetriesASerializationFailure(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t).Owner()
	exec(t, db, `CREATE TABLE counter (n int); INSERT INTO counter VALUES (0)`)
	runs := 0
	err := db.Transact(testContext(t), func(tx *pg.Tx) error {
		runs++
		exec(t, tx, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`)
		n := value[int](t, tx, `SELECT n FROM counter`)
		if runs == 1 {
			exec(t, db, `UPDATE counter SET n = n + 10`) // behind its back
		}
		_, err := tx.Exec(t.Context(), `UPDATE counter SET n = $1`, n+1)
		return err
	})
	if got := value[int](t, db, `SELECT n FROM counter`); err != nil || runs != 2 || got != 11 {
		t.Errorf("Transact() = %v after %d runs with n = %d, want nil after 2 with 11", err, runs, got)
	}
}

func TestTransactRetriesNothingElse(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t).Owner()
	exec(t, db, `CREATE TABLE thing (id int CONSTRAINT thing_id UNIQUE)`)
	insert := func(tx *pg.Tx) error { _, err := tx.Exec(t.Context(), `INSERT INTO thing VALUES ($1)`, 1); return err }
	ours := errors.New("ours")
	tests := []struct {
		name string
		fn   func(*pg.Tx) error
		is   func(error) bool
	}{
		{"an error of the function", func(tx *pg.Tx) error { return errors.Join(insert(tx), ours) }, func(err error) bool { return errors.Is(err, ours) }},
		{"a violated constraint", func(tx *pg.Tx) error { return errors.Join(insert(tx), insert(tx)) }, func(err error) bool { return pg.IsUnique(err, "thing_id") && !pg.IsUnique(err, "other") }},
		{"a deferred failure", func(tx *pg.Tx) error {
			exec(t, tx, `CREATE TEMPORARY TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO late VALUES (1), (1)`)
			return nil
		}, func(err error) bool { return pg.IsUnique(err, "late_id_key") }},
	}
	for _, test := range tests {
		runs := 0
		err := db.Transact(testContext(t), func(tx *pg.Tx) error { runs++; return test.fn(tx) })
		if runs != 1 || !test.is(err) {
			t.Errorf("%s: Transact() = %v after %d runs, want it after 1", test.name, err, runs)
		}
	}
	func() {
		defer func() { recover() }()
		db.Transact(testContext(t), func(tx *pg.Tx) error { exec(t, tx, `INSERT INTO thing VALUES (2)`); panic("out") })
	}()
	if n := value[int](t, db, `SELECT count(*) FROM thing`); n != 0 {
		t.Errorf("rows after failed transactions = %d, want 0", n)
	}
}

func TestStatementsArePreparedOnceAndBounded(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t).Owner()
	count := func(q pg.Querier) int { return value[int](t, q, `SELECT count(*) FROM pg_prepared_statements`) }
	err := db.Transact(testContext(t), func(tx *pg.Tx) error {
		count(tx)
		before := count(tx)
		for i := range 10 {
			if got := value[int](t, tx, `SELECT $1::int + 1`, i); got != i+1 {
				t.Errorf("SELECT %d + 1 = %d", i, got)
			}
		}
		if got := count(tx); got != before+1 {
			t.Errorf("statements prepared by ten equal queries = %d, want 1", got-before)
		}
		for i := range pg.MaxStatements + 50 {
			if got := value[int](t, tx, fmt.Sprintf(`SELECT $1::int + %d`, i), 1); got != i+1 {
				t.Errorf("SELECT 1 + %d = %d", i, got)
			}
		}
		if got := count(tx); got > pg.MaxStatements {
			t.Errorf("prepared statements = %d, want at most %d", got, pg.MaxStatements)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAChangedTableIsPreparedAnew(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t).Owner()
	exec(t, db, `CREATE TABLE thing (n int); INSERT INTO thing VALUES (7)`)
	value[string](t, db, `SELECT * FROM thing`)
	exec(t, db, `ALTER TABLE thing ALTER n TYPE text`)
	var s string
	if err := db.QueryRow(t.Context(), `SELECT * FROM thing`).Scan(&s); err == nil {
		t.Error("a query whose prepared result has changed succeeded, want one error")
	}
	if got := value[string](t, db, `SELECT * FROM thing`); got != "7" {
		t.Errorf("the second query = %q, want 7", got)
	}
}

func TestPoolFullOfTransactionsPrepares(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t).Owner()
	var all, ready sync.WaitGroup
	ready.Add(20)
	for i := range 20 { // as many as the pool has
		all.Go(func() {
			err := db.Transact(testContext(t), func(tx *pg.Tx) error {
				ready.Done()
				ready.Wait()
				value[int](t, tx, fmt.Sprintf(`SELECT $1::int + %d`, i), 1)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestCollect(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t).Owner()
	scan := func(r *pg.Rows) (n int, err error) { err = r.Scan(&n); return n, err }
	collect := func(sql string, args ...any) ([]int, error) {
		rows, err := db.Query(t.Context(), sql, args...)
		return pg.Collect(rows, err, scan)
	}
	if got, err := collect(`SELECT unnest($1::int[])`, pg.Array([]int{3, 1, 2})); err != nil || !cmp.Equal(got, []int{3, 1, 2}) {
		t.Errorf("Collect() = %v, %v, want [3 1 2]", got, err)
	}
	if got, err := collect(`SELECT 1 WHERE $1`, false); err != nil || got != nil {
		t.Errorf("Collect() of nothing = %v, %v, want nil, nil", got, err)
	}
	if _, err := collect(`SELECT no`); err == nil {
		t.Error("Collect() of a wrong query succeeded")
	}
	if _, err := collect(`SELECT 'x'`); err == nil {
		t.Error("Collect() of a wrong type succeeded")
	}
	if _, err := collect(`SELECT 1 / (2 - n) FROM generate_series(1, $1) n`, 3); err == nil {
		t.Error("Collect() of rows that end in an error succeeded")
	}
}

func TestCopyIn(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t).Owner()
	exec(t, db, `CREATE SCHEMA odd; CREATE TABLE odd."Na me" (id int PRIMARY KEY, "Te xt" text, at date)`)
	broken := errors.New("broken")
	const text = "tab\t, line\n, \\N, é"
	rows := func(n int, end error) iter.Seq2[[]any, error] {
		return func(yield func([]any, error) bool) {
			for i := range n {
				if !yield([]any{i, text, time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)}, nil) {
					return
				}
			}
			if end != nil {
				yield(nil, end)
			}
		}
	}
	short := func(yield func([]any, error) bool) { yield(nil, nil) }
	copyIn := func(seq iter.Seq2[[]any, error]) (n int64, err error) {
		err = db.Transact(testContext(t), func(tx *pg.Tx) error {
			n, err = tx.CopyIn(t.Context(), "odd", "Na me", []string{"id", "Te xt", "at"}, seq)
			return err
		})
		return n, err
	}
	if _, err := copyIn(rows(5, broken)); !errors.Is(err, broken) {
		t.Errorf("CopyIn(broken) = %v, want the sequence's error", err)
	}
	if _, err := copyIn(short); err == nil {
		t.Error("CopyIn(a row without values) succeeded")
	}
	if n, err := copyIn(rows(10_000, nil)); n != 10_000 || err != nil {
		t.Errorf("CopyIn() = %d, %v, want 10000, nil", n, err)
	}
	if _, err := copyIn(rows(1, nil)); !pg.IsUnique(err, "Na me_pkey") {
		t.Errorf("CopyIn(twice the same) = %v, want a violated key", err)
	}
	if got := value[int](t, db, `SELECT count(*) FROM odd."Na me" WHERE "Te xt" = $1`, text); got != 10_000 {
		t.Errorf("rows with their text whole = %d, want 10000", got)
	}
}

// A frozen server answers neither the statement nor the request to cancel it.
func TestAFrozenServerHoldsNobodyForLong(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t).Owner()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := db.Transact(context.Background(), func(tx *pg.Tx) error {
		pid := value[int](t, tx, `SELECT pg_backend_pid()`)
		syscall.Kill(pid, syscall.SIGSTOP)
		defer syscall.Kill(pid, syscall.SIGCONT)
		began := time.Now()
		err := tx.QueryRow(ctx, `SELECT $1::int`, 1).Scan(new(int))
		if took := time.Since(began); err == nil || took > 20*time.Second {
			t.Errorf("query of a frozen server = %v after %v, want an error soon after the deadline", err, took)
		}
		return err
	})
	if err == nil {
		t.Error("Transact() succeeded")
	}
	if err := db.Ping(testContext(t)); err != nil {
		t.Errorf("Ping() = %v on another connection", err)
	}
}

func TestCancelledQueryKeepsThePoolWhole(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t).Owner()
	for range 30 { // more than the pool has connections
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		if _, err := db.Exec(ctx, `SELECT pg_sleep($1)`, 30); err == nil {
			t.Error("a cancelled statement succeeded")
		}
		cancel()
	}
	if got := value[int](t, db, `SELECT 1`); got != 1 {
		t.Errorf("SELECT 1 = %d", got)
	}
	if n := value[int](t, db, `SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active' AND datname = current_database()`); n != 0 {
		t.Errorf("statements still running = %d, want 0", n)
	}
}

// Within a transaction a statement ends with the transaction's context, and with its own.
func TestCancelledTransaction(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t).Owner()
	short := func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(t.Context(), 10*time.Millisecond)
	}
	for what, run := range map[string]func() error{
		"the transaction's": func() error {
			ctx, cancel := short()
			defer cancel()
			return db.Transact(ctx, func(tx *pg.Tx) error {
				_, err := tx.Exec(ctx, `SELECT pg_sleep($1)`, 25)
				return err
			})
		},
		"the query's": func() error {
			return db.Transact(t.Context(), func(tx *pg.Tx) error {
				ctx, cancel := short()
				defer cancel()
				return tx.QueryRow(ctx, `SELECT pg_sleep($1)::text`, 25).Scan(new(string))
			})
		},
	} {
		began := time.Now()
		if err := run(); err == nil || time.Since(began) > 20*time.Second {
			t.Errorf("%s context ended: %v after %v, want an error at once", what, err, time.Since(began))
		}
	}
	if got := value[int](t, db, `SELECT 1`); got != 1 {
		t.Errorf("SELECT 1 = %d", got)
	}
	if n := value[int](t, db, `SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active' AND datname = current_database()`); n != 0 {
		t.Errorf("statements still running = %d, want 0", n)
	}
}

func TestLimitsOfARole(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	db := d.Open(t, pg.ReadRestricted)
	for setting, want := range map[string]string{"statement_timeout": "30s", "lock_timeout": "10s",
		"idle_in_transaction_session_timeout": "1min", "application_name": "mais_read_restricted", "TimeZone": "UTC"} {
		if got := value[string](t, db, `SELECT current_setting($1)`, setting); got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
	if got := value[string](t, d.Open(t, pg.Migrator), `SELECT session_user || ' as ' || current_user`); got != "mais_migrate as mais_owner" {
		t.Errorf("the migrator is %s", got)
	}
}

func TestSourceShowsNoPassword(t *testing.T) {
	t.Parallel()
	c := startFilled(t, t.TempDir())
	secret := c.Password(pg.CA)
	s := c.Source()
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		if got := fmt.Sprintf(format, s); strings.Contains(got, secret) {
			t.Errorf("Sprintf(%s) = %q holds a password", format, got)
		}
	}
	if _, err := (pg.Source{}).Open(t.Context(), pg.CA); err == nil {
		t.Error("the zero Source opened a database")
	}
	if _, err := s.Open(t.Context(), "mais_owner"); err == nil {
		t.Error("Open(mais_owner) succeeded")
	}
}
