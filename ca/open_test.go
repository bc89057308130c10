package ca_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/ca/ceremony"
	"mais/ca/migrations"
	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
)

func TestOpenRefuses(t *testing.T) {
	db := pgtest.New(t, migrations.Set)
	pool := db.Open(t, pg.CA)
	record := func(context.Context, *pg.Tx, ca.Act) error { return nil }
	good := func() ca.Options {
		return ca.Options{DB: pool, Source: db.Source(), Dir: catest.Dir(t), Unlock: catest.Unlock, PlainURL: catest.PlainURL, Record: record}
	}
	if _, err := ca.Open(context.Background(), good()); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "ca")
	if _, err := ceremony.Init(context.Background(), catest.Ceremony(elsewhere)); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(o *ca.Options){
		"no database":               func(o *ca.Options) { o.DB = nil },
		"no audit":                  func(o *ca.Options) { o.Record = nil },
		"a wrong secret":            func(o *ca.Options) { o.Unlock = config.NewSecret([]byte("wrong")) },
		"the root's secret":         func(o *ca.Options) { o.Unlock = catest.RootPassphrase },
		"an empty directory":        func(o *ca.Options) { o.Dir = t.TempDir() },
		"another CA's keys":         func(o *ca.Options) { o.Dir = elsewhere },
		"a bad URL":                 func(o *ca.Options) { o.PlainURL = "localhost" },
		"an unknown profile":        func(o *ca.Options) { o.Validity = map[certs.Profile]time.Duration{"king": time.Hour} },
		"a validity of no use":      func(o *ca.Options) { o.Validity = map[certs.Profile]time.Duration{certs.SiteToken: 0} },
		"a grace period below zero": func(o *ca.Options) { o.Grace = -1 },
		"a stranger's issuing CA": func(o *ca.Options) {
			overwrite(t, o.Dir, "people-1.crt", elsewhere)
		},
		"a stranger's key": func(o *ca.Options) { overwrite(t, o.Dir, "people-1.key", elsewhere) },
		"a stranger's list": func(o *ca.Options) {
			overwrite(t, o.Dir, "root.crl", elsewhere)
		},
		"people for sites": func(o *ca.Options) {
			text, err := os.ReadFile(filepath.Join(o.Dir, "people-1.crt"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(o.Dir, "sites-1.crt"), text, 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := good()
			spoil(&o)
			if _, err := ca.Open(context.Background(), o); err == nil {
				t.Error("Open = nil error, want one")
			}
		})
	}
}

func overwrite(t *testing.T, dir, name, from string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(from, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
		t.Fatal(err)
	}
}
