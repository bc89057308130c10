// Package pg is how the rest of MAIS reaches PostgreSQL, and the PostgreSQL that MAIS brings along when it is given none.
//
// Call [StartCluster] for a private cluster in a directory, or [External] for a database that somebody else runs; either
// gives a [Source]. [Migrate] brings its schemas up to date, and [Source.Open] gives a pool logged in as one [Role]. What a
// role may touch is decided by the grants in the migrations, not here.
//
// The private cluster has no door but a socket: root and the user we run as come in as its superuser by the kernel's word,
// the login roles by password. Its files are another matter. They belong to the account that PostgreSQL runs as (ours, or
// Debian's postgres when we are root), which can read and change them, as root can; nothing else should run as it.
//
// The package promises that an acknowledged commit is on disk as far as PostgreSQL's settings can promise it (Open refuses
// a server with fsync or full_page_writes off), that no statement is sent twice behind its caller's back, and that no
// error or log line holds a password. It does not hide PostgreSQL: SQL stands where it is used.
package pg

import (
	"context"
	"database/sql"
	"errors"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// Querier runs one statement; both [DB] and [Tx] do. Statements with arguments, and all queries, are prepared once on each
// connection and kept, so the text must be fixed, never put together from values.
type Querier interface {
	// Query returns rows that the caller closes; see [Collect].
	Query(ctx context.Context, query string, args ...any) (*Rows, error)
	// QueryRow's errors come out of Scan: ErrNoRows when there is none.
	QueryRow(ctx context.Context, query string, args ...any) *Row
	// Exec returns how many rows were touched. Without arguments the text is sent as it is and may hold several statements.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
}

// Rows is a result that is being read.
type Rows = sql.Rows

// Row is a result of at most one row.
type Row = sql.Row

// ErrNoRows is returned by Row.Scan when there is no row.
var ErrNoRows = sql.ErrNoRows

// IsUnique reports whether err says that a row would have violated the named unique constraint or index.
func IsUnique(err error, constraint string) bool {
	e := pq.As(err, pqerror.UniqueViolation)
	return e != nil && e.Constraint == constraint
}

// IsForeignKey reports whether err says that a row would have referred to nothing by the named constraint.
func IsForeignKey(err error, constraint string) bool {
	e := pq.As(err, pqerror.ForeignKeyViolation)
	return e != nil && e.Constraint == constraint
}

// Array wraps a slice, or a pointer to one to scan into, as a PostgreSQL array.
func Array(slice any) any { return pq.Array(slice) }

// Collect reads all rows of a query with scan and closes them. It takes Query's two results as they come:
//
//	names, err := pg.Collect(rows, err, func(r *pg.Rows) (n string, err error) { err = r.Scan(&n); return n, err })
func Collect[T any](rows *Rows, err error, scan func(*Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}
