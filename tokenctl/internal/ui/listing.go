package ui

// Listing prints a table with a row for each of a list, and nothing where there is none.
func Listing[T any](screen *Screen, heading []string, all []T, row func(T) []string) error {
	if len(all) == 0 {
		return nil
	}
	rows := [][]string{heading}
	for _, one := range all {
		rows = append(rows, row(one))
	}
	return screen.Table(rows)
}
