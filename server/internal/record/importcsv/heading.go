package importcsv

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mais/server/internal/record"
)

// The columns that name a record.
const (
	sourceColumn    = "source"
	referenceColumn = "source_reference"
)

// heading is the first row: the columns in order, and where each stands.
type heading struct {
	names []string
	at    map[string]int
}

// columns are those that an import may have.
var columns = func() map[string]bool {
	known := map[string]bool{sourceColumn: true, referenceColumn: true}
	for _, i := range record.Identifiers() {
		known[i.Name] = true
	}
	for _, s := range record.Dictionary() {
		if s.Many {
			known[s.Name], known[s.Name+"_as_at"], known[s.Name+"_source"] = true, true, true
			continue
		}
		for _, i := range s.Items {
			if i.Type == record.List {
				known[i.Name] = true
			}
			for _, c := range i.Columns() {
				known[c.Name] = true
			}
		}
	}
	return known
}()

// required are the columns without which no row can be right.
var required = func() []string {
	names := []string{sourceColumn, referenceColumn}
	for _, s := range record.Dictionary() {
		for _, i := range s.Items {
			if i.Required {
				names = append(names, i.Name)
			}
		}
	}
	return names
}()

// Columns returns the columns that an import may have, sorted.
func Columns() []string {
	names := make([]string, 0, len(columns))
	for name := range columns {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func parseHeading(cells []string) (heading, []Fault) {
	h := heading{at: map[string]int{}}
	var faults []Fault
	add := func(column, problem string) { faults = append(faults, Fault{Row: 1, Column: column, Problem: problem}) }
	for n, cell := range cells {
		name := strings.TrimSpace(cell)
		_, twice := h.at[name]
		switch {
		case !columns[name]:
			// Not a name of ours, so it may be anything, long and hostile.
			add(strconv.Itoa(n+1), fmt.Sprintf("the heading %.40q is not known", name))
		case twice:
			add(name, "stands there twice")
		default:
			h.at[name] = n
		}
		h.names = append(h.names, name)
	}
	for _, name := range required {
		if _, ok := h.at[name]; !ok {
			add(name, "is missing")
		}
	}
	return h, faults
}
