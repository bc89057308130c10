package pgtest

import (
	"context"
	"fmt"
	"testing"

	"mais/internal/pg"
)

// Save copies the database as it is now and returns what puts the copy in its place, as a
// restore does under those who use it: their connections are cut, and they find the older
// database under the same name. Both may be called while the database is in use. The server
// and its timeline stay the same.
func (d *Database) Save(tb testing.TB) (restore func()) {
	tb.Helper()
	c, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	d.cut.Store(true)
	saved := fmt.Sprint("saved_", c.count.Add(1))
	c.alone(tb, d.name, func(ctx context.Context) error {
		if err := c.create(ctx, saved, d.name); err != nil {
			return err
		}
		_, err := c.admin.Exec(ctx, `ALTER DATABASE `+d.name+` ALLOW_CONNECTIONS true`)
		return err
	})
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if _, err := c.admin.Exec(ctx, `DROP DATABASE `+saved); err != nil {
			tb.Errorf("drop the saved database: %v", err)
		}
	})
	return func() {
		tb.Helper()
		c.alone(tb, d.name, func(ctx context.Context) error {
			if _, err := c.admin.Exec(ctx, `DROP DATABASE `+d.name); err != nil {
				return err
			}
			return c.create(ctx, d.name, saved)
		})
	}
}

// alone lets nobody into a database any more, cuts the connections that there are, and then
// does what PostgreSQL does only while nobody is connected.
func (c *cluster) alone(tb testing.TB, name string, do func(context.Context) error) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := c.admin.Exec(ctx, `ALTER DATABASE `+name+` ALLOW_CONNECTIONS false`)
	if err == nil {
		var rows *pg.Rows
		rows, err = c.admin.Query(ctx, `SELECT pg_terminate_backend(pid, $2) FROM pg_stat_activity WHERE datname = $1`, name, patience.Milliseconds())
		_, err = pg.Collect(rows, err, func(r *pg.Rows) (gone bool, err error) { err = r.Scan(&gone); return gone, err })
	}
	if err == nil {
		err = do(ctx)
	}
	if err != nil {
		tb.Fatalf("have database %s alone: %v", name, err)
	}
}
