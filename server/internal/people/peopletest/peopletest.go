// Package peopletest opens the register as a command on the service's own machine does, for tests
// that fill it: [Host]. It checks nothing.
package peopletest

import (
	"context"
	"testing"

	"mais/internal/pg"
	"mais/server/internal/people"
	"mais/server/internal/withdrawal"
)

// Host opens both connections of a host by one source, and closes them with the test.
func Host(t testing.TB, source pg.Source, journal withdrawal.Journal) *people.Host {
	t.Helper()
	register, err := people.Open(t.Context(), source, journal)
	if err != nil {
		t.Fatal(err)
	}
	host := people.NewHost(register, func(ctx context.Context) (*pg.DB, func() error, error) {
		db, err := source.Open(ctx, pg.Migrator)
		return db, func() error { return nil }, err
	})
	t.Cleanup(func() { host.Close(); register.Close() }) // the test may have cut their connections
	return host
}
