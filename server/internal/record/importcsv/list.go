package importcsv

import (
	"errors"
	"fmt"
	"strings"

	"mais/server/internal/record"
)

// splitList splits a cell into entries and their fields, of which the last may be left out.
func splitList(cell string, fields int) ([][]string, error) {
	if cell == "" {
		return nil, nil
	}
	var entries [][]string
	var entry []string
	var field strings.Builder
	endField := func() {
		entry = append(entry, strings.TrimSpace(field.String()))
		field.Reset()
	}
	endEntry := func() {
		endField()
		entries = append(entries, entry)
		entry = nil
	}
	escaped := false
	for _, r := range cell {
		switch {
		case escaped && !strings.ContainsRune(`;|\`, r):
			return nil, errors.New(`has a backslash before something other than ; | \`)
		case escaped:
			field.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == ';':
			endEntry()
		case r == '|':
			endField()
		default:
			field.WriteRune(r)
		}
	}
	if escaped {
		return nil, errors.New("ends in a backslash")
	}
	endEntry()
	return entries, checkList(entries, fields)
}

// checkList bounds what is read on; an empty entry is for the item's own check.
func checkList(entries [][]string, fields int) error {
	if len(entries) > record.MaxRows {
		return fmt.Errorf("has more than %d entries", record.MaxRows)
	}
	for n, entry := range entries {
		if len(entry) > fields {
			return fmt.Errorf("entry %d has more than %d fields", n+1, fields)
		}
	}
	return nil
}
