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

// upTo reads as many pages of a list as the limit takes, and says how many there are in all.
func upTo[T any](limit int, read func(page, perPage int) (some []T, total int, err error)) (all []T, total int, err error) {
	perPage := min(limit, maxPage)
	all = []T{}
	for page := 1; ; page++ {
		some, of, err := read(page, perPage)
		if err != nil {
			return all, total, err
		}
		all, total = append(all, some...), of
		if len(all) >= limit || len(some) < perPage {
			return all[:min(limit, len(all))], total, nil
		}
	}
}
