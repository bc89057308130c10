package pg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// DB is a pool of connections, all logged in as one role. It is safe for concurrent use, and finds its way back by itself
// when the server has been away.
type DB struct{ pool *sql.DB }

// Tx is a transaction, for one goroutine, until the function that [DB.Transact] gave it to returns.
type Tx struct{ tx *sql.Tx }

var (
	_ Querier = (*DB)(nil)
	_ Querier = (*Tx)(nil)
)

// Query implements [Querier].
func (db *DB) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	return db.pool.QueryContext(ctx, query, args...)
}

// QueryRow implements [Querier].
func (db *DB) QueryRow(ctx context.Context, query string, args ...any) *Row {
	return db.pool.QueryRowContext(ctx, query, args...)
}

// Exec implements [Querier].
func (db *DB) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return touched(db.pool.ExecContext(ctx, query, args...))
}

// Ping asks the server for a sign of life.
func (db *DB) Ping(ctx context.Context) error { return db.pool.PingContext(ctx) }

// Close closes the pool and waits for the statements that run.
func (db *DB) Close() error { return db.pool.Close() }

// Query implements [Querier].
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	return tx.tx.QueryContext(ctx, query, args...)
}

// QueryRow implements [Querier].
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) *Row {
	return tx.tx.QueryRowContext(ctx, query, args...)
}

// Exec implements [Querier].
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return touched(tx.tx.ExecContext(ctx, query, args...))
}

func touched(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// maxAttempts bounds how often Transact runs its function. Under contention each round lets at least one transaction
// through, so ten rounds are plenty for the number of connections that a pool has.
const maxAttempts = 10

// Transact runs fn in a READ COMMITTED transaction and commits when fn returns nil. When the server gave the transaction up
// for another one's sake (40001 serialization_failure, 40P01 deadlock_detected) it runs fn again, so fn must not have
// effects outside tx; nothing else is retried. An error of the commit itself other than these leaves open whether it took
// place: the connection was lost.
func (db *DB) Transact(ctx context.Context, fn func(*Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := db.attempt(ctx, fn)
		if attempt == maxAttempts || pq.As(err, pqerror.TRSerializationFailure, pqerror.TRDeadlockDetected) == nil {
			return err
		}
		// A random pause, or two transactions collide again in step.
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(rand.N(time.Millisecond << attempt)):
		}
	}
}

func (db *DB) attempt(ctx context.Context, fn func(*Tx) error) error {
	tx, err := db.pool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() // after Commit it does nothing; it is for errors and panics
	if err := fn(&Tx{tx}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
