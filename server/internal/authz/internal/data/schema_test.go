package data_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lib/pq"

	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/internal/record"
	"mais/server/migrations"
)

func newDatabase(t testing.TB) *pgtest.Database {
	t.Helper()
	return pgtest.New(t, camigrations.Set, migrations.Set)
}

// SQLSTATEs, PostgreSQL manual, appendix A.
const (
	insufficientPrivilege = "42501"
	checkViolation        = "23514"
)

// sqlState returns the SQLSTATE of err, "" for nil, and the error's text if it is none of
// PostgreSQL's.
func sqlState(err error) string {
	var e *pq.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return string(e.Code)
	}
	return err.Error()
}

// column is a column of schema record.
type column struct{ table, name string }

// schemaColumns returns the columns of all tables and views of schema record, and their types.
func schemaColumns(t *testing.T, owner *pg.DB) map[column]string {
	t.Helper()
	rows, err := owner.Query(t.Context(), `
		SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
		FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
		WHERE c.relnamespace = 'record'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
			AND a.attnum > 0 AND NOT a.attisdropped`)
	types := map[column]string{}
	_, err = pg.Collect(rows, err, func(r *pg.Rows) (none struct{}, err error) {
		var c column
		var name string
		err = r.Scan(&c.table, &c.name, &name)
		types[c] = name
		return none, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return types
}

// tryOut returns the SQLSTATE that a statement ends with, and undoes it.
func tryOut(t *testing.T, db *pg.DB, statement string) string {
	t.Helper()
	undo := errors.New("undo")
	err := db.Transact(t.Context(), func(tx *pg.Tx) error {
		if _, err := tx.Exec(t.Context(), statement); err != nil {
			return err
		}
		return undo
	})
	if errors.Is(err, undo) {
		return ""
	}
	return sqlState(err)
}

// The columns that the dictionary asks for are there, with their types, and no others.
func TestSchemaIsTheDictionary(t *testing.T) {
	want := map[column]string{
		{"person", "id"}: "uuid", {"person", "created_at"}: "timestamp with time zone",
		{"person", "source"}: "record.line", {"person", "source_reference"}: "record.line",
		{"search_name", "person"}: "uuid", {"search_name", "surname_key"}: "text",
		{"search_name", "first_name_key"}: "text", {"search_name", "is_alias"}: "boolean",
	}
	for _, i := range record.Identifiers() {
		want[column{"person", i.Name}] = "record.line"
	}
	child := func(table string, many bool, columns []record.Column) {
		want[column{table, "person"}] = "uuid"
		if many {
			want[column{table, "ordinal"}] = "smallint"
		}
		for _, c := range columns {
			want[column{table, c.Name}] = c.Type
		}
	}
	for _, s := range record.Dictionary() {
		for _, i := range s.Items {
			child(s.Table, s.Many, i.Columns())
			if i.Type == record.List {
				child(i.Table, true, i.EntryColumns())
			}
		}
	}
	if diff := cmp.Diff(want, schemaColumns(t, newDatabase(t).Owner())); diff != "" {
		t.Errorf("columns of schema record (-dictionary +database):\n%s", diff)
	}
}

// The database knows the words of each item, what stands under a yes, and that a value has
// a provenance, without the code's help.
func TestDatabaseChecksValues(t *testing.T) {
	owner := newDatabase(t).Owner()
	person := record.NewPersonID().String()
	if _, err := owner.Exec(t.Context(), `INSERT INTO record.person (id, source, source_reference) VALUES ($1, 'test', '1')`, person); err != nil {
		t.Fatal(err)
	}
	// insert says what the database thinks of a row; it is undone in any case.
	insert := func(table string, many bool, row map[string]string) string {
		names := slices.Sorted(maps.Keys(row))
		texts := []string{"'" + person + "'"}
		for _, name := range names {
			texts = append(texts, "'"+strings.ReplaceAll(row[name], "'", "''")+"'")
		}
		key := "person"
		if many {
			key, texts = "person, ordinal", slices.Insert(texts, 1, "1")
		}
		return tryOut(t, owner, fmt.Sprintf(`INSERT INTO record.%s (%s) VALUES (%s)`, table,
			strings.Join(append([]string{key}, names...), ", "), strings.Join(texts, ", ")))
	}
	for _, s := range record.Dictionary() {
		if s.Name == "service_user_details" { // its required items are NOT NULL
			continue
		}
		for _, i := range s.Items {
			for _, test := range valueCases(i) {
				got := insert(s.Table, s.Many, test.row)
				if (got == "") != test.ok || !test.ok && got != checkViolation && got != "22P02" {
					t.Errorf("INSERT INTO %s %v: SQLSTATE %q, want it taken %t", s.Table, test.row, got, test.ok)
				}
			}
		}
	}
}

// What holds between the columns of a contact, a date of release and an alias.
func TestDatabaseChecksColumnsTogether(t *testing.T) {
	owner := newDatabase(t).Owner()
	const prepare = `
		INSERT INTO record.person (id, source, source_reference) VALUES ('6f9619ff-8b86-4d01-b42d-00cf4fc964ff', 'test', '1');
		INSERT INTO record.service_user_details (person, first_name, first_name_as_at, first_name_source, surname, surname_as_at,
			surname_source, date_of_birth, date_of_birth_as_at, date_of_birth_source)
		VALUES ('6f9619ff-8b86-4d01-b42d-00cf4fc964ff', 'Toby', '2010-01-01', 'test', 'Kay', '2010-01-01', 'test', '1978-02-14', '2010-01-01', 'test')`
	if _, err := owner.Exec(t.Context(), prepare); err != nil {
		t.Fatal(err)
	}
	const contact, release = `preferred_contact_as_at = '2010-01-01', preferred_contact_source = 'test', `, `date_of_release_as_at = '2010-01-01', date_of_release_source = 'test', `
	for set, want := range map[string]string{
		contact + `preferred_contact_name = 'Ann'`:                                        "",
		contact + `preferred_contact_name = 'Ann', preferred_contact_unsuitable = true`:   "",
		contact + `preferred_contact_none_named = true`:                                   "",
		contact + `preferred_contact_none_named = true, preferred_contact_name = 'Ann'`:   checkViolation,
		contact + `preferred_contact_none_named = false`:                                  checkViolation,
		contact + `preferred_contact_unsuitable = true`:                                   checkViolation,
		contact + `preferred_contact_name = NULL`:                                         checkViolation,
		`preferred_contact_name = 'Ann'`:                                                  checkViolation,
		release + `date_of_release = '2010-03-12', date_of_release_certainty = 'actual'`:  "",
		release + `date_of_release = NULL, date_of_release_certainty = 'unknown'`:         "",
		release + `date_of_release = '2010-03-12', date_of_release_certainty = 'unknown'`: checkViolation,
		release + `date_of_release = NULL, date_of_release_certainty = 'estimated'`:       checkViolation,
		release + `date_of_release = '2010-03-12'`:                                        checkViolation,
		`surname = NULL`: "23502",
	} {
		if got := tryOut(t, owner, `UPDATE record.service_user_details SET `+set); got != want {
			t.Errorf("SET %s: SQLSTATE %q, want %q", set, got, want)
		}
	}
	if _, err := owner.Exec(t.Context(), `INSERT INTO record.alias (person, ordinal) SELECT id, 1 FROM record.person`); sqlState(err) != checkViolation {
		t.Errorf("an empty alias: SQLSTATE %q, want %q", sqlState(err), checkViolation)
	}
}

type valueCase struct {
	row map[string]string
	ok  bool
}

// valueCases are rows with one item that the database must take or refuse.
func valueCases(i record.Item) []valueCase {
	var cases []valueCase
	add := func(ok bool, change func(row map[string]string)) {
		row := map[string]string{i.Name: "x", i.Name + "_as_at": "2010-01-01", i.Name + "_source": "test"}
		if i.When != "" {
			row[i.When], row[i.When+"_as_at"], row[i.When+"_source"] = "yes", "2010-01-01", "test"
		}
		change(row)
		cases = append(cases, valueCase{row, ok})
	}
	set := func(name, text string) func(map[string]string) {
		return func(row map[string]string) { row[name] = text }
	}
	good := ""
	switch i.Type {
	case record.Tri:
		good = "yes"
		add(false, set(i.Name, "perhaps"))
	case record.Pref:
		good = "no-preference"
		add(false, set(i.Name, "unknown"))
	case record.Enum:
		for _, v := range i.Values {
			good = v
			add(true, set(i.Name, v))
		}
		add(false, set(i.Name, "of our own"))
	case record.Set:
		good = "{" + strings.Join(i.Values, ",") + "}"
		add(false, set(i.Name, "{}"))
		add(false, set(i.Name, "{"+i.Values[0]+",of our own}"))
	case record.Text, record.Note:
		good = "words"
		add(false, set(i.Name, ""))
		add(false, set(i.Name, "bell\a"))
		add(false, set(i.Name, strings.Repeat("x", record.MaxNote+1)))
	default:
		return nil // constants, and those whose columns are tested as contacts and lists
	}
	add(true, set(i.Name, good))
	add(false, func(row map[string]string) { row[i.Name] = good; delete(row, i.Name+"_source") })
	add(false, func(row map[string]string) { row[i.Name] = good; delete(row, i.Name+"_as_at") })
	add(false, func(row map[string]string) { delete(row, i.Name) })
	add(false, func(row map[string]string) { row[i.Name], row[i.Name+"_as_at"] = good, "1899-12-31" })
	if i.When != "" {
		add(false, func(row map[string]string) { row[i.Name], row[i.When] = good, "no" })
		add(false, func(row map[string]string) {
			row[i.Name] = good
			delete(row, i.When)
			delete(row, i.When+"_as_at")
			delete(row, i.When+"_source")
		})
	}
	if i.Other {
		add(true, func(row map[string]string) {
			row[i.Name], row[i.Name+"_other"] = strings.Trim(good, "{}"), "else"
			braces(i, row)
		})
		add(false, func(row map[string]string) { row[i.Name], row[i.Name+"_other"] = i.Values[0], "else"; braces(i, row) })
	}
	if i.Details == record.DetailsYes {
		add(false, func(row map[string]string) { row[i.Name], row[i.Name+"_details"] = "no", "details" })
	}
	if i.Details != record.NoDetails {
		add(true, func(row map[string]string) { row[i.Name], row[i.Name+"_details"] = "yes", "several\nlines" })
	}
	return cases
}

func braces(i record.Item, row map[string]string) {
	if i.Type == record.Set {
		row[i.Name] = "{" + row[i.Name] + "}"
	}
}
