package data

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"mais/internal/pg"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// Read returns what d allows of a person's record, in one statement. The error is
// ErrNotFound when there is no such person, ErrNotAllowed when d is not to read.
func (s *Store) Read(ctx context.Context, d policy.Decision, id record.PersonID) (record.Record, error) {
	if d.Act() != policy.Read {
		return record.Record{}, fmt.Errorf("read a record: %w", ErrNotAllowed)
	}
	plan := s.reads.get(d.Key(), func() *readPlan { return newReadPlan(d) })
	texts := make([]sql.NullString, plan.columns)
	err := s.reader(d).QueryRow(ctx, plan.sql, id.String()).Scan(pointers(texts)...)
	if errors.Is(err, pg.ErrNoRows) {
		return record.Record{}, ErrNotFound
	}
	if err != nil {
		return record.Record{}, fmt.Errorf("read a record: %w", err)
	}
	rows, err := plan.rows(texts)
	if err != nil {
		return record.Record{}, fmt.Errorf("read a record: %w", err)
	}
	return record.View(id, rows, d.Allows), nil
}

func pointers(texts []sql.NullString) []any {
	all := make([]any, len(texts))
	for n := range texts {
		all[n] = &texts[n]
	}
	return all
}

// readPlan is a statement and where in its one row each item stands.
type readPlan struct {
	sql     string
	columns int
	singles []readItem
	series  []readSeries
}

// readItem is an item of a section with one row.
type readItem struct {
	item    record.Item
	at      int // of its first column
	entries int // of a list's entries as JSON, 0 for another type
	of      int // items read of its section
}

// readSeries is a section with many rows, which come as one JSON text: an array of rows,
// each an array of the allowed columns.
type readSeries struct {
	section string
	items   []record.Item
	at      int
}

func newReadPlan(d policy.Decision) *readPlan {
	plan := &readPlan{}
	selected, joins := []string{"person.id"}, ""
	for _, s := range record.Dictionary() {
		items := allowed(d, s)
		switch {
		case len(items) == 0:
		case s.Many:
			plan.series = append(plan.series, readSeries{s.Name, items, len(selected)})
			selected = append(selected, sqlRows(s.Table, columnsOf(items)))
		default:
			joins += fmt.Sprintf(" LEFT JOIN record.%s ON %[1]s.person = person.id", s.Table)
			for _, i := range items {
				read := readItem{item: i, at: len(selected), of: len(items)}
				for _, c := range i.Columns() {
					selected = append(selected, sqlText(s.Table, c))
				}
				if i.Type == record.List {
					read.entries = len(selected)
					selected = append(selected, sqlRows(i.Table, i.EntryColumns()))
				}
				plan.singles = append(plan.singles, read)
			}
		}
	}
	plan.columns = len(selected)
	plan.sql = "SELECT " + strings.Join(selected, ", ") + " FROM record.person" + joins + " WHERE person.id = $1"
	return plan
}

// allowed returns the items of a section that d allows and that are stored.
func allowed(d policy.Decision, s record.Section) []record.Item {
	var items []record.Item
	for _, i := range s.Items {
		if i.Type != record.Constant && d.Allows(i.Key()) {
			items = append(items, i)
		}
	}
	return items
}

func columnsOf(items []record.Item) []record.Column {
	var columns []record.Column
	for _, i := range items {
		columns = append(columns, i.Columns()...)
	}
	return columns
}

// sqlRows returns SQL for a person's rows of a child table as JSON, or NULL.
func sqlRows(table string, columns []record.Column) string {
	var texts []string
	for _, c := range columns {
		texts = append(texts, sqlText(table, c))
	}
	return fmt.Sprintf("(SELECT json_agg(json_build_array(%s) ORDER BY %s.ordinal) FROM record.%[2]s WHERE %[2]s.person = person.id)",
		strings.Join(texts, ", "), table)
}

// rows takes the sections' rows out of the statement's one row.
func (p *readPlan) rows(texts []sql.NullString) (map[string][]record.Row, error) {
	rows := map[string][]record.Row{}
	for _, r := range p.singles {
		var entries [][]string
		if r.entries > 0 {
			var err error
			if entries, err = jsonRows(texts[r.entries]); err != nil {
				return nil, fmt.Errorf("%s: %w", r.item.Key(), err)
			}
		}
		section := r.item.Section
		if rows[section] == nil {
			rows[section] = []record.Row{make(record.Row, r.of)}
		}
		text := func(n int) string { return texts[r.at+n].String }
		rows[section][0][r.item.Name] = r.item.Entry(cells(r.item.Columns(), text), entries)
	}
	for _, r := range p.series {
		entries, err := jsonRows(texts[r.at])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.section, err)
		}
		for _, entry := range entries {
			rows[r.section] = append(rows[r.section], r.row(entry))
		}
	}
	return rows, nil
}

func (r readSeries) row(texts []string) record.Row {
	row, at := record.Row{}, 0
	for _, i := range r.items {
		from := at
		row[i.Name] = i.Entry(cells(i.Columns(), func(n int) string { return texts[from+n] }), nil)
		at += len(i.Columns())
	}
	return row
}

// cells gives columns by name whose texts are known by number.
func cells(columns []record.Column, text func(n int) string) record.Cells {
	return func(name string) string {
		for n, c := range columns {
			if c.Name == name {
				return text(n)
			}
		}
		return ""
	}
}

// jsonRows decodes what sqlRows selects; null becomes "".
func jsonRows(text sql.NullString) ([][]string, error) {
	if !text.Valid {
		return nil, nil
	}
	var rows [][]string
	if err := json.Unmarshal([]byte(text.String), &rows); err != nil {
		return nil, fmt.Errorf("decode rows: %w", err)
	}
	return rows, nil
}
