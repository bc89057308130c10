package migrations_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	ca "mais/ca/migrations"
	"mais/internal/pg/pgtest"
	server "mais/server/migrations"
)

var update = flag.Bool("update", false, "write schema.sql")

// TestSchema compares what all migrations add up to with schema.sql, where a reviewer sees the whole and a change to it.
func TestSchema(t *testing.T) {
	got := normalise(pgtest.New(t, ca.Set, server.Set).Dump(t))
	if *update {
		if err := os.WriteFile("schema.sql", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the migrations do not make schema.sql (-file +database); if they are right, run: go test ./server/migrations -update\n%s", diff)
	}
}

// session matches the lines of a dump that speak of pg_dump and the server, not of the schema.
var session = regexp.MustCompile(`(?m)^(--.*|SET .*;|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)\n`)

// normalise leaves the statements of a dump, one empty line between them.
func normalise(dump string) string {
	text := session.ReplaceAllString(dump, "")
	text = regexp.MustCompile(`\n{3,}`).ReplaceAllString(text, "\n\n")
	return "-- What ca/migrations and server/migrations make. Written by: go test ./server/migrations -update\n\n" + strings.TrimSpace(text) + "\n"
}
