package record

import (
	"slices"
	"strings"
)

// Record is a person's record cut to what its reader may see. It has every item of the
// dictionary; those that the reader may not see are [Withheld], recorded or not.
type Record struct {
	ID       PersonID
	Sections map[string]map[string]Entry
}

// View cuts the rows read of a person's sections to the items that allows names. Rows of
// other items have no business in rows, and are dropped if they are there.
func View(id PersonID, rows map[string][]Row, allows func(key string) bool) Record {
	record := Record{ID: id, Sections: make(map[string]map[string]Entry, len(dictionary))}
	for _, s := range dictionary {
		entries := make(map[string]Entry, len(s.Items))
		for _, i := range s.Items {
			entries[i.Name] = s.view(i, rows[s.Name], allows)
		}
		record.Sections[s.Name] = entries
	}
	return record
}

func (s Section) view(i Item, rows []Row, allows func(key string) bool) Entry {
	switch {
	case !allows(i.Key()):
		return Entry{State: Withheld}
	case i.Type == Constant:
		return i.Entry(nil, nil)
	case s.Many:
		return series(i.Name, rows)
	case len(rows) > 0:
		return rows[0][i.Name]
	}
	return Entry{}
}

// series makes one entry of an item's entries in many rows. It is as old as the oldest.
func series(name string, rows []Row) Entry {
	var all Entry
	values := Series{}
	var sources []string
	for _, row := range rows {
		e := row[name]
		values = append(values, e.Value)
		if e.State != Recorded {
			continue
		}
		all.State = Recorded
		if all.AsAt == "" || e.AsAt < all.AsAt {
			all.AsAt = e.AsAt
		}
		if !slices.Contains(sources, e.Source) {
			sources = append(sources, e.Source)
		}
	}
	if all.State == Recorded {
		all.Value, all.Source = values, strings.Join(sources, ", ")
	}
	return all
}

// Alerts returns the alerts that the reader of the record may see.
func (r Record) Alerts() []string {
	return Alerts(func(key string) bool {
		section, item, _ := strings.Cut(key, ".")
		return r.Sections[section][item].Is(yes)
	})
}
