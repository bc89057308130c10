package data_test

import (
	"fmt"
	"slices"
	"testing"

	"mais/internal/pg"
	"mais/server/internal/record"
)

// writers are the login roles that write.
var writers = map[pg.Role]record.Writer{
	pg.WriteHealth: record.Health, pg.WriteJustice: record.Justice, pg.WriteCommunity: record.Community,
}

// may is what a login role may do with a column.
type may struct{ read, insert, update bool }

// floors says what each column holds, so that the dictionary can say who may touch it.
type floors map[column]func(pg.Role) may

// newFloors derives from the dictionary what each login role may do. A column that it does
// not say anything of is nobody's.
func newFloors() floors {
	f := floors{}
	f.persons()
	for _, s := range record.Dictionary() {
		for _, i := range s.Items {
			item := func(r pg.Role) may { return itemFloor(s, i, r) }
			for _, c := range i.Columns() {
				f[column{s.Table, c.Name}] = item
			}
			for _, c := range i.EntryColumns() {
				f[column{i.Table, c.Name}] = item
			}
			if i.Type == record.List {
				f.keys(i.Table, true, []record.Item{i}, s)
			}
		}
		f.keys(s.Table, s.Many, s.Items, s)
	}
	return f
}

func itemFloor(s record.Section, i record.Item, r pg.Role) may {
	switch r {
	case pg.ReadRestricted:
		return may{read: i.Audience == record.Restricted}
	case pg.ReadFull:
		return may{read: true}
	}
	w, writes := writers[r]
	ok := writes && slices.Contains(s.Writers, w) && (i.Audience == record.Restricted || w == record.Health) // full items are health's alone
	return may{ok, ok, ok}
}

// keys are read and inserted by whoever may so touch a column beside them, and never change.
func (f floors) keys(table string, many bool, items []record.Item, s record.Section) {
	key := func(r pg.Role) may {
		var key may
		for _, i := range items {
			if i.Type != record.Constant {
				m := itemFloor(s, i, r)
				key.read, key.insert = key.read || m.read, key.insert || m.insert
			}
		}
		return key
	}
	f[column{table, "person"}] = key
	if many {
		f[column{table, "ordinal"}] = key
	}
}

// persons are the tables that are no section's. Where a record came from is for health: the
// reference may be the number of a mental-health record.
func (f floors) persons() {
	health := func(m may) func(pg.Role) may {
		return func(r pg.Role) may {
			switch r {
			case pg.WriteHealth:
				return m
			case pg.ReadFull:
				return may{read: true}
			}
			return may{}
		}
	}
	f[column{"person", "created_at"}] = health(may{read: true})
	f[column{"person", "source"}] = health(may{read: true, insert: true})
	f[column{"person", "source_reference"}] = health(may{read: true, insert: true})
	for _, i := range record.Identifiers() {
		f[column{"person", i.Name}] = func(r pg.Role) may {
			if r == pg.ReadRestricted {
				return may{read: i.Audience == record.Restricted}
			}
			return health(may{true, true, true})(r)
		}
	}
	f[column{"person", "id"}] = func(r pg.Role) may {
		_, writes := writers[r]
		return may{read: writes || r == pg.ReadRestricted || r == pg.ReadFull, insert: r == pg.WriteHealth}
	}
	// The search's copy of the names is touched like the names, and its rows keep their place.
	section, _ := record.LookupSection("service_user_details")
	surname, _ := record.Lookup("service_user_details.surname")
	for name, updated := range map[string]bool{"person": false, "is_alias": false, "surname_key": true, "first_name_key": true} {
		f[column{"search_name", name}] = func(r pg.Role) may {
			m := itemFloor(section, surname, r)
			m.update = m.update && updated
			return m
		}
	}
}

// Every login role, every column of schema record, every way to learn or change something.
func TestGrants(t *testing.T) {
	d := newDatabase(t)
	floors, columns := newFloors(), schemaColumns(t, d.Owner())
	tables := map[string][]column{}
	for c := range columns {
		tables[c.table] = append(tables[c.table], c)
		if floors[c] == nil {
			t.Errorf("the dictionary does not say whose %s is", c)
			floors[c] = func(pg.Role) may { return may{} }
		}
	}
	cells := 0
	for _, role := range pg.Roles() {
		db := d.Open(t, role)
		check := func(statement string, allowed bool) {
			cells++
			want := insufficientPrivilege
			if allowed {
				want = ""
			}
			if role == pg.Migrator { // its pool becomes the owner by itself; the login's own rights are meant
				statement = `SET ROLE NONE; ` + statement
			}
			if _, err := db.Exec(t.Context(), statement); sqlState(err) != want {
				t.Errorf("%s: %s: SQLSTATE %q, want %q (%v)", role, statement, sqlState(err), want, err)
			}
		}
		for c := range columns {
			m := floors[c](role)
			for _, statement := range []string{
				`SELECT %[2]s FROM record.%[1]s`,
				`SELECT 1 FROM record.%[1]s WHERE %[2]s IS NULL`,
				`SELECT 1 FROM record.%[1]s ORDER BY %[2]s`,
				`SELECT count(%[2]s) FROM record.%[1]s`,
				`SELECT 1 FROM record.%[1]s GROUP BY %[2]s`,
			} {
				check(fmt.Sprintf(statement, c.table, c.name), m.read)
			}
			// WHERE false: the right is asked for before there is a row to go wrong.
			check(fmt.Sprintf(`INSERT INTO record.%s (%s) SELECT NULL::%s WHERE false`, c.table, c.name, columns[c]), m.insert)
			check(fmt.Sprintf(`UPDATE record.%s SET %s = DEFAULT WHERE false`, c.table, c.name), m.update)
		}
		for table, columns := range tables {
			all, some := true, false
			for _, c := range columns {
				all, some = all && floors[c](role).read, some || floors[c](role).read
			}
			check(fmt.Sprintf(`SELECT t FROM record.%s AS t`, table), all)
			check(fmt.Sprintf(`SELECT * FROM record.%s`, table), all)
			check(fmt.Sprintf(`SELECT row_to_json(t) FROM record.%s AS t`, table), all)
			check(fmt.Sprintf(`SELECT count(*) FROM record.%s`, table), some)
			check(fmt.Sprintf(`DELETE FROM record.%s`, table), false)
			check(fmt.Sprintf(`TRUNCATE record.%s`, table), false)
		}
		check(`CREATE TABLE record.mine (n int)`, false)
	}
	t.Logf("%d cells", cells)
}
