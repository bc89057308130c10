// Package chart draws numbers as bars of letters, for a terminal or a log.
//
// Use [Bars]. Every bar has its number beside it, and its parts differ by letter and not by
// colour, so that the bars say nothing that the text does not.
package chart

import (
	"strconv"
	"strings"
)

// letters are those of the parts of a bar, in their order.
const letters = "#=."

// Width is how many letters the longest bar of a report has.
const Width = 40

// Bar is one bar: its parts stand one after another, at most three.
type Bar struct {
	Label string
	Parts []int // none negative
}

func (b Bar) sum() (n int) {
	for _, part := range b.Parts {
		n += part
	}
	return n
}

// Bars draws the bars, a row each: label, number, and a bar of at most width letters. The
// longest has them all; a part that is not nothing has one at least.
func Bars(bars []Bar, width int) [][]string {
	most := 0
	for _, b := range bars {
		most = max(most, b.sum())
	}
	rows := make([][]string, len(bars))
	for i, b := range bars {
		rows[i] = []string{b.Label, strconv.Itoa(b.sum()), b.draw(most, width)}
	}
	return rows
}

func (b Bar) draw(most, width int) string {
	var bar strings.Builder
	for i, part := range b.Parts {
		if part > 0 {
			bar.WriteString(strings.Repeat(letters[i:i+1], max(1, part*width/most)))
		}
	}
	return bar.String()
}

// Legend says which letter is which part.
func Legend(parts ...string) string {
	var said []string
	for i, part := range parts {
		said = append(said, letters[i:i+1]+" "+part)
	}
	return strings.Join(said, "   ")
}
