package pg_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mais/internal/pg"
)

func TestParseVersion(t *testing.T) {
	for out, want := range map[string]int{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n": 15,
		"postgres (PostgreSQL) 18beta1":                          18,
		"postgres (PostgreSQL) 17":                               17,
	} {
		if got, err := pg.ParseVersion(out); got != want || err != nil {
			t.Errorf("ParseVersion(%q) = %d, %v, want %d", out, got, err, want)
		}
	}
	for _, out := range []string{"", "postgres (PostgreSQL) devel", "mysqld 8.0"} {
		if got, err := pg.ParseVersion(out); err == nil {
			t.Errorf("ParseVersion(%q) = %d, want an error", out, got)
		}
	}
}

func TestFindBinaries(t *testing.T) {
	dir := t.TempDir()
	install := func(bin, version string) {
		bin = filepath.Join(dir, bin)
		err := os.MkdirAll(bin, 0o755)
		for _, program := range []string{"postgres", "initdb"} {
			err = errors.Join(err, os.WriteFile(filepath.Join(bin, program), []byte("#!/bin/sh\necho 'postgres (PostgreSQL) "+version+"'\n"), 0o755))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	pattern := filepath.Join(dir, "*/bin")
	t.Setenv("PATH", filepath.Join(dir, "links"))
	find := func(major, want int, where string) {
		t.Helper()
		got, at, err := pg.FindBinaries(pattern, major)
		if err != nil || got != want || at != filepath.Join(dir, where) {
			t.Errorf("FindBinaries(%d) = %d in %s, %v, want %d in %s", major, got, at, err, want, where)
		}
	}
	missing := func(major int, want string) {
		t.Helper()
		if _, _, err := pg.FindBinaries(pattern, major); !errors.Is(err, pg.ErrMissing) || !strings.Contains(err.Error(), want) {
			t.Errorf("FindBinaries(%d) = %v, want ErrMissing with %q", major, err, want)
		}
	}

	missing(0, "Debian package postgresql")
	install("9/bin", "9.6.24")
	missing(0, "Debian package postgresql")
	missing(15, "postgresql-15")
	install("15/bin", "15.18")
	install("17/bin", "17.2")
	find(0, 17, "17/bin")
	find(15, 15, "15/bin")
	missing(16, "here is only PostgreSQL 15, 17, 9")

	// The PATH has a link to a program, whose companions stand beside the program.
	install("elsewhere", "18.1")
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "links"), 0o755),
		os.Symlink(filepath.Join(dir, "elsewhere/postgres"), filepath.Join(dir, "links/postgres"))); err != nil {
		t.Fatal(err)
	}
	find(0, 18, "elsewhere")
}
