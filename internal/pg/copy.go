package pg

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/lib/pq"
)

// CopyIn streams rows into a table with COPY and returns how many went in. It stops at the first error, of the sequence or
// of the database, and the transaction can then only be rolled back. One call has the time of one statement: give it
// batches. The rows may not use tx while they are read.
func (tx *Tx) CopyIn(ctx context.Context, schema, table string, columns []string, rows iter.Seq2[[]any, error]) (n int64, err error) {
	stmt, err := tx.tx.PrepareContext(ctx, copyStatement(schema, table, columns))
	if err != nil {
		return 0, fmt.Errorf("copy into %s.%s: %w", schema, table, err)
	}
	defer func() { err = errors.Join(err, stmt.Close()) }()
	for row, err := range rows {
		if err != nil {
			return 0, err
		}
		if len(row) != len(columns) { // no values at all would end the COPY
			return 0, fmt.Errorf("copy into %s.%s: a row of %d values for %d columns", schema, table, len(row), len(columns))
		}
		if _, err := stmt.ExecContext(ctx, row...); err != nil {
			return 0, fmt.Errorf("copy into %s.%s: %w", schema, table, err)
		}
	}
	n, err = touched(stmt.ExecContext(ctx))
	if err != nil {
		return 0, fmt.Errorf("copy into %s.%s: %w", schema, table, err)
	}
	return n, nil
}

func copyStatement(schema, table string, columns []string) string {
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = pq.QuoteIdentifier(c)
	}
	return fmt.Sprintf(`COPY %s.%s (%s) FROM STDIN`, pq.QuoteIdentifier(schema), pq.QuoteIdentifier(table), strings.Join(quoted, ", "))
}
