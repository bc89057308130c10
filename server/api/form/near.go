package form

import (
	"cmp"
	"slices"
	"strings"
)

const (
	nearest   = 3  // names that are suggested
	longestTo = 80 // characters of a name that is compared
)

// Near returns the names that are like what was typed, the likest first: those that hold it, and
// those from which a slip of the pen or two lead to it. Capitals do not count.
func Near(typed string, names []string) (like []string) {
	typed = strings.ToLower(strings.TrimSpace(typed))
	off := map[string]int{}
	for _, name := range names {
		if far := apart(typed, strings.ToLower(name)); far <= slips(typed) && !slices.Contains(like, name) {
			off[name], like = far, append(like, name)
		}
	}
	slices.SortFunc(like, func(a, b string) int { return cmp.Or(off[a]-off[b], strings.Compare(a, b)) })
	return like[:min(nearest, len(like))]
}

// apart is how far a name is from what was typed; one that holds it is as far as a letter.
func apart(typed, name string) int {
	far := slips(typed) + 1
	if longer := len(typed) - len(name); max(longer, -longer) < far {
		far = distance(typed, name)
	}
	if len(typed) > 2 && strings.Contains(name, typed) {
		far = min(far, 1)
	}
	return far
}

// slips is how far a name may be from what was typed to be like it.
func slips(typed string) int { return max(1, len(typed)/4) }

// distance is how many letters have to be put in, taken out or changed to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	x, y = x[:min(len(x), longestTo)], y[:min(len(y), longestTo)]
	row := make([]int, len(y)+1)
	for n := range row {
		row[n] = n
	}
	for i, c := range x {
		corner := row[0]
		row[0] = i + 1
		for n, d := range y {
			change := corner
			if c != d {
				change++
			}
			corner = row[n+1]
			row[n+1] = min(change, row[n]+1, corner+1)
		}
	}
	return row[len(y)]
}
