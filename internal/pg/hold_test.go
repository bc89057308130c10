package pg_test

import (
	"errors"
	"testing"

	"mais/internal/pg"
)

func TestHold(t *testing.T) {
	t.Parallel()
	dir := reachableDir(t)
	release, err := pg.Hold(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := startError(t, dir); !errors.Is(err, pg.ErrInUse) {
		t.Errorf("StartCluster() of a directory that is held = %v, want ErrInUse", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	start(t, dir)
	if _, err := pg.Hold(dir); !errors.Is(err, pg.ErrInUse) {
		t.Errorf("Hold() of a running cluster's = %v, want ErrInUse", err)
	}
}
