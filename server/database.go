package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	camigrations "mais/ca/migrations"
	"mais/config"
	"mais/internal/pg"
	"mais/server/migrations"
)

// KeyDir is where the CA's keys lie.
func KeyDir(settings *config.Server) string { return filepath.Join(settings.DataDir, keyDirName) }

// DatabaseDir is where the embedded PostgreSQL lies, when it is used.
func DatabaseDir(settings *config.Server) string {
	return filepath.Join(settings.DataDir, databaseName)
}

const (
	keyDirName   = "ca"
	databaseName = "postgres"
)

// OpenDatabase starts the embedded PostgreSQL, or names the external one if the settings
// have one. The caller calls stop after the last use of source. It does not migrate.
func OpenDatabase(ctx context.Context, settings *config.Server, log *slog.Logger) (source pg.Source, stop func() error, err error) {
	if d := settings.Database; d != nil {
		source, err = pg.External(pg.ExternalConfig{
			Host: d.Host, Port: uint16(d.Port), Database: d.Name,
			RootFile: d.RootFile, CertFile: d.CertFile, KeyFile: d.KeyFile, PasswordDir: d.PasswordDir,
		})
		return source, func() error { return nil }, err
	}
	if err := settleSwap(settings.DataDir); err != nil {
		return pg.Source{}, nil, err
	}
	cluster, err := pg.StartCluster(ctx, pg.ClusterOptions{Dir: DatabaseDir(settings), Log: log})
	if err != nil {
		return pg.Source{}, nil, err
	}
	return cluster.Source(), cluster.Stop, nil
}

// Migrate brings the database's schemas up to date.
func Migrate(ctx context.Context, source pg.Source) error {
	err := pg.Migrate(ctx, source, camigrations.Set, migrations.Set)
	if err != nil {
		return fmt.Errorf("bring the database up to date: %w", err)
	}
	return nil
}

// openMigrated opens the database and migrates it; what was started is stopped on failure.
// The source it returns can no longer migrate.
func openMigrated(ctx context.Context, settings *config.Server, log *slog.Logger) (pg.Source, func() error, error) {
	source, stop, err := OpenDatabase(ctx, settings, log)
	return migrated(ctx, source, stop, err)
}

// attachMigrated is openMigrated for a command beside a server that may be running.
func attachMigrated(ctx context.Context, settings *config.Server, log *slog.Logger) (pg.Source, func() error, error) {
	if settings.Database != nil {
		return openMigrated(ctx, settings, log)
	}
	if err := settleSwap(settings.DataDir); err != nil {
		return pg.Source{}, nil, err
	}
	source, stop, err := pg.Attach(ctx, pg.ClusterOptions{Dir: DatabaseDir(settings), Log: log})
	return migrated(ctx, source, stop, err)
}

func migrated(ctx context.Context, source pg.Source, stop func() error, err error) (pg.Source, func() error, error) {
	if err != nil {
		return pg.Source{}, nil, err
	}
	if err = Migrate(ctx, source); err == nil {
		source, err = source.WithoutMigrator(ctx)
	}
	if err != nil {
		return pg.Source{}, nil, errors.Join(err, stop())
	}
	return source, stop, nil
}
