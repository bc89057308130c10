package server

import (
	"errors"
	"testing"

	"mais/internal/pg"
)

// TestServerCannotMigrate: a server that answers has given up the right to change the schema,
// for itself and for a command that attaches beside it.
func TestServerCannotMigrate(t *testing.T) {
	w := sharedWorld(t)
	beside, stop, err := attachMigrated(t.Context(), w.settings, testLog())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for who, source := range map[string]pg.Source{"the server": w.source, "a command beside it": beside} {
		if db, err := source.Open(t.Context(), pg.Migrator); !errors.Is(err, pg.ErrNoMigrator) {
			t.Errorf("%s opens the migrator: %v, want ErrNoMigrator", who, err)
			if err == nil {
				db.Close()
			}
		}
	}
}
