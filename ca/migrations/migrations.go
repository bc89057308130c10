// Package migrations holds the numbered SQL files that make the schema ca. [Set] is given to pg.Migrate, before the set
// of server/migrations, whose audit reads the counter of certificate status. The files only go forward: a deployed one is
// never edited, and the code works before and after each.
package migrations

import (
	"embed"

	"mais/internal/pg"
)

// FS holds the migration files.
//
//go:embed 0*.sql
var FS embed.FS

// Set is what pg.Migrate applies; its versions are recorded in migration.ca_migration.
var Set = pg.MigrationSet{FS: FS, Table: "ca_migration"}
