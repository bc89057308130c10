package main

import "mais/tokenctl/internal/ui"

// listing prints a table with a row for each of a list, and nothing where there is none.
func listing[T any](screen *ui.Screen, heading []string, all []T, row func(T) []string) error {
	if len(all) == 0 {
		return nil
	}
	rows := [][]string{heading}
	for _, one := range all {
		rows = append(rows, row(one))
	}
	return screen.Table(rows)
}
