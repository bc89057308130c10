// Package migrations holds the numbered SQL files that make the schemas access, record and audit. [Set] is given to
// pg.Migrate, after the set of ca/migrations. The files only go forward: a deployed one is never edited, and the code
// works before and after each. What they add up to stands in schema.sql, which a test compares with a real dump.
package migrations

import (
	"embed"

	"mais/internal/pg"
)

// FS holds the migration files.
//
//go:embed 0*.sql
var FS embed.FS

// Set is what pg.Migrate applies; its versions are recorded in migration.server_migration.
var Set = pg.MigrationSet{FS: FS, Table: "server_migration"}
