package server

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"mais/internal/pg"
	"mais/server/internal/record"
)

// difference is one thing about a person that is so in one database and not in its twin.
// Where it needs company to be possible at all (an item that hangs on another's yes), items
// names all that it touches.
type difference struct {
	items []string // keys, or "person.NAME"
	what  string
	sql   []string // of the superuser; $1 is the person
}

func (d difference) String() string { return d.items[0] + ": " + d.what }

// differences returns every way in which the canary's records can differ in an item: not
// recorded, another value, refused, another note, day or source, more or fewer entries.
func differences() []difference {
	var all []difference
	for _, s := range record.Dictionary() {
		for _, i := range s.Items {
			switch {
			case i.Type == record.Constant: // the same for everybody
			case i.Type == record.List:
				all = append(all, listDifferences(s, i)...)
			default:
				all = append(all, itemDifferences(s, i)...)
			}
		}
		all = append(all, sectionDifferences(s)...)
	}
	for _, column := range []string{"nhs_number", "prison_number", "pnc_number"} {
		all = append(all, difference{[]string{"person." + column}, "none", []string{"UPDATE record.person SET " + column + " = NULL WHERE id = $1"}})
	}
	for _, column := range []string{"nhs_number", "prison_number", "pnc_number", "source", "source_reference"} {
		all = append(all, difference{[]string{"person." + column}, "another",
			[]string{"UPDATE record.person SET " + column + " = 'Quite another' WHERE id = $1"}})
	}
	return append(all, difference{[]string{"person.created_at"}, "earlier",
		[]string{"UPDATE record.person SET created_at = created_at - interval '3 years' WHERE id = $1"}})
}

// itemDifferences are of an item whose columns stand in its section's table.
func itemDifferences(s record.Section, i record.Item) []difference {
	of := func(what, assignments string, more ...string) difference {
		return difference{[]string{i.Key()}, what, append([]string{"UPDATE record." + s.Table + " SET " + assignments + " WHERE person = $1"}, more...)}
	}
	all := []difference{
		of("another day", i.Name+"_as_at = '2011-01-02'"),
		of("another source", i.Name+"_source = 'Quite another source than it was'"),
	}
	if !i.Required {
		all = append(all, gone(s, i))
	}
	if i.Details != record.NoDetails {
		all = append(all, of("another note", i.Name+"_details = 'Another note'"), of("no note", i.Name+"_details = NULL"))
	}
	if i.Other {
		all = append(all, of("other words", i.Name+"_other = 'Other words'"), of("no words of its own", i.Name+"_other = NULL"))
	}
	switch i.Type {
	case record.Text, record.Note:
		all = append(all, of("another text", i.Name+" = 'Another text'", renamed(s, i)...))
	case record.Date:
		all = append(all, of("another date", i.Name+" = '1999-12-31'"))
		if i.Certainty {
			all = append(all, of("less certain", i.Name+"_certainty = 'estimated'"), of("unknown", i.Name+" = NULL, "+i.Name+"_certainty = 'unknown'"))
		}
	case record.Tri:
		all = append(all, answered(s, i, "no"), answered(s, i, "unknown"), answered(s, i, "refused"))
	case record.Pref:
		all = append(all, answered(s, i, "no-preference"))
	case record.Enum:
		all = append(all, of("another value", i.Name+" = '"+i.Values[1]+"'"+withoutWords(i)))
	case record.Set:
		all = append(all, of("fewer values", i.Name+" = '{"+i.Values[1]+"}'"+withoutWords(i)))
	case record.Contact:
		all = append(all, of("another name", i.Name+"_name = 'Another name'"), of("unsuitable", i.Name+"_unsuitable = true"))
	}
	return all
}

func withoutWords(i record.Item) string {
	if !i.Other {
		return ""
	}
	return ", " + i.Name + "_other = NULL"
}

// renamed keeps the index of names as whoever writes a name keeps it.
func renamed(s record.Section, i record.Item) []string {
	if s.Name != "service_user_details" || !i.Required {
		return nil
	}
	return []string{"UPDATE record.search_name SET " + i.Name + "_key = '" + record.NormaliseName("Another text") + "' WHERE person = $1 AND NOT is_alias"}
}

// gone is an item that is not recorded, with what hangs on it.
func gone(s record.Section, i record.Item) difference {
	items, assignments := emptied(s, i, true)
	return difference{items, "not recorded", []string{"UPDATE record." + s.Table + " SET " + assignments + " WHERE person = $1"}}
}

// answered is an item with an answer other than yes, without what hangs on a yes.
func answered(s record.Section, i record.Item, answer string) difference {
	items, assignments := emptied(s, i, false)
	set := []string{i.Name + " = '" + answer + "'"}
	if i.Details == record.DetailsYes {
		set = append(set, i.Name+"_details = NULL")
	}
	if assignments != "" {
		set = append(set, assignments)
	}
	return difference{items, "answered " + answer, []string{"UPDATE record." + s.Table + " SET " + strings.Join(set, ", ") + " WHERE person = $1"}}
}

// emptied names the items that hang on i, with i itself if it is to go as well, and the
// assignments that take them away.
func emptied(s record.Section, i record.Item, itself bool) (items []string, assignments string) {
	items = []string{i.Key()}
	var set []string
	for _, j := range s.Items {
		if j.When != i.Name && (j.Name != i.Name || !itself) {
			continue
		}
		if j.Name != i.Name {
			items = append(items, j.Key())
		}
		for _, c := range j.Columns() {
			set = append(set, c.Name+" = NULL")
		}
	}
	return items, strings.Join(set, ", ")
}

// listDifferences are of an item whose entries stand in a table of their own.
func listDifferences(s record.Section, i record.Item) []difference {
	of := func(what string, sql ...string) difference { return difference{[]string{i.Key()}, what, sql} }
	var unfiled, filed []string // the index of names follows, as whoever writes an alias keeps it
	if i.Table == "alias" {
		unfiled = []string{"DELETE FROM record.search_name WHERE person = $1 AND is_alias"}
		filed = []string{"INSERT INTO record.search_name (person, surname_key, first_name_key, is_alias) VALUES ($1, 'another', 'another', true)"}
	}
	var columns, words []string
	for _, c := range i.EntryColumns() {
		word := "Another"
		if c.Field.Values != nil {
			word = c.Field.Values[1]
		}
		columns, words = append(columns, c.Name), append(words, "'"+word+"'")
	}
	provenance := func(day, source string) string {
		return fmt.Sprintf("UPDATE record.%s SET %s_as_at = %s, %s_source = %s WHERE person = $1", s.Table, i.Name, day, i.Name, source)
	}
	empty := "DELETE FROM record." + i.Table + " WHERE person = $1"
	return []difference{
		of("not recorded", append(unfiled, empty, provenance("NULL", "NULL"))...),
		of("none", append(unfiled, empty)...),
		of("one fewer", empty+" AND ordinal = 2"),
		of("one more", append(filed, fmt.Sprintf("INSERT INTO record.%s (person, ordinal, %s) VALUES ($1, 3, %s)",
			i.Table, strings.Join(columns, ", "), strings.Join(words, ", ")))...),
		of("another text", append(filed, fmt.Sprintf("UPDATE record.%s SET %s = %s WHERE person = $1 AND ordinal = 1",
			i.Table, columns[1], words[1]))...),
		of("another day", provenance("'2011-01-02'", i.Name+"_source")),
		of("another source", provenance(i.Name+"_as_at", "'Quite another source'")),
	}
}

// sectionDifferences are of whole rows.
func sectionDifferences(s record.Section) []difference {
	var items []string
	for _, i := range s.Items {
		items = append(items, i.Key())
		if i.Required {
			return nil // without this row there is nobody
		}
	}
	all := []difference{{items, "no row", []string{"DELETE FROM record." + s.Table + " WHERE person = $1"}}}
	if s.Many {
		all = append(all, difference{items, "one row fewer", []string{"DELETE FROM record." + s.Table + " WHERE person = $1 AND ordinal = 2"}})
	}
	return all
}

// made is a database in which differences of one person can be made and taken back.
type made struct {
	db     *pg.DB // as the superuser
	person string
}

// remember keeps what the person's records are.
func (m made) remember(t testing.TB) {
	t.Helper()
	m.run(t, "CREATE SCHEMA remembered")
	for _, table := range m.tables() {
		m.run(t, "CREATE TABLE remembered."+table+" AS TABLE record."+table)
	}
	m.run(t, "CREATE TABLE remembered.person AS TABLE record.person")
}

// tables are those that hold something of a person.
func (m made) tables() []string {
	tables := []string{"search_name"}
	for _, s := range record.Dictionary() {
		tables = append(tables, s.Table)
		for _, i := range s.Items {
			if i.Type == record.List {
				tables = append(tables, i.Table)
			}
		}
	}
	return tables
}

func (m made) apply(t testing.TB, d difference) {
	t.Helper()
	m.runAll(t, d.sql, m.person)
}

// takeBack makes everything that d touched as it was remembered.
func (m made) takeBack(t testing.TB, d difference) {
	t.Helper()
	all := strings.Join(d.sql, "\n")
	var statements []string
	if strings.Contains(all, " record.person ") {
		statements = append(statements, `UPDATE record.person p SET (created_at, source, source_reference, prison_number, pnc_number, nhs_number) =
			(SELECT created_at, source, source_reference, prison_number, pnc_number, nhs_number FROM remembered.person WHERE id = p.id)
			WHERE id = $1`)
	}
	for _, table := range m.tables() {
		if strings.Contains(all, " record."+table+" ") {
			statements = append(statements, "DELETE FROM record."+table+" WHERE person = $1",
				"INSERT INTO record."+table+" SELECT * FROM remembered."+table+" WHERE person = $1")
		}
	}
	m.runAll(t, statements, m.person)
}

// runAll runs statements with the same arguments in one transaction.
func (m made) runAll(t testing.TB, statements []string, args ...any) {
	t.Helper()
	err := m.db.Transact(t.Context(), func(tx *pg.Tx) error {
		for _, statement := range statements {
			if _, err := tx.Exec(t.Context(), statement, args...); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (m made) run(t testing.TB, statement string, args ...any) {
	t.Helper()
	if _, err := m.db.Exec(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// hiddenFrom returns the differences of which a role that reads the items of readable must
// notice nothing: first one of each item, then another of each, and so on.
func hiddenFrom(readable []string) []difference {
	hidden := slices.DeleteFunc(differences(), func(d difference) bool {
		return slices.ContainsFunc(d.items, func(key string) bool {
			return slices.Contains(readable, key) || len(readable) > 0 && (key == "person.prison_number" || key == "person.pnc_number")
		})
	})
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(hidden), func(i, j int) { hidden[i], hidden[j] = hidden[j], hidden[i] })
	turn, turns := map[string]int{}, map[string]int{}
	for _, d := range hidden {
		turn[d.String()] = turns[d.items[0]]
		turns[d.items[0]]++
	}
	slices.SortStableFunc(hidden, func(a, b difference) int { return turn[a.String()] - turn[b.String()] })
	return hidden
}
