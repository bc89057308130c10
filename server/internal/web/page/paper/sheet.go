package paper

import (
	"fmt"
	"strings"

	"mais/server/internal/web/page/record/view"
)

// What the style sheet sets, in millimetres. A test in a browser prints the fullest record.
const (
	sheetHeight = 258.0 // below the classification
	sheetWidth  = 186.0
	small       = 3.1 // a line of 7.5 points
	line        = 3.4 // of 8
	large       = 3.9 // of 9
	huge        = 6.2 // of 15
)

// The boxes, by what they hold.
var (
	smallBox  = box{width: ems(sheetWidth, 7.5)}
	keptBox   = box{width: smallBox.width, after: destroy}
	nameBox   = box{width: ems(sheetWidth-boxed, 15), bold: true}
	largeBox  = box{width: ems(sheetWidth-boxed, 9)}
	ageBox    = box{width: ems(sheetWidth-boxed, 9), bold: true}
	titleBox  = box{width: ems(45, 8), bold: true}
	statusBox = box{width: ems(42, 8), bold: true}
	adviceBox = box{width: ems(94, 8)}
	whoBox    = box{width: ems(82, 8), bold: true}
	numberBox = box{width: ems(47, 8), bold: true}
	itemBox   = box{width: ems(90, 8)}
)

const boxed = 7.0 // millimetres of a line lost to a border and its padding

// ems returns how many em of a size in points so many millimetres are.
func ems(mm, points float64) float64 { return mm / (points * 25.4 / 72) }

const maxRing = 4

// ring takes the contacts that go on paper and says who is left out.
func (s *Sheet) ring(c view.Contacts) {
	first, rest := c.First(maxRing)
	for _, r := range first {
		out := Contact{Who: whoBox.fit(r.Who, 1), As: whoBox.fit(r.As, 1),
			OutOfHours: numberBox.fit(number(r.OutOfHours), 2), Day: numberBox.fit(number(r.Day), 2)}
		switch {
		case r.Unsuitable:
			out.Mark = "Not suitable as appropriate adult"
		case r.Wanted:
			out.Mark = "Wanted as appropriate adult"
		}
		s.Contacts = append(s.Contacts, out)
	}
	var others []string
	if len(rest) > 0 {
		others = append(others, fmt.Sprintf("%d more on screen.", len(rest)))
	}
	for _, i := range c.Silent {
		others = append(others, i.Label+": "+silence(i)+".")
	}
	s.Others = smallBox.fit(strings.Join(others, " "), 2)
}

func number(f view.Field) string {
	if f.Text == "" {
		return "Not recorded"
	}
	return f.Text
}

func silence(i view.Item) string {
	switch i.State {
	case view.Recorded:
		return "no one named"
	case view.Withheld:
		return "withheld from your role"
	case view.Refused:
		return "asked, refused to say"
	}
	return "not recorded"
}

// left returns how many lines of a column are left for the items, below and above the rest.
// The millimetres beside the lines are borders, padding and margins.
func (s *Sheet) left() float64 {
	used := small + float64(keptBox.lines(s.Kept))*small + float64(nameBox.lines(s.Name))*huge + float64(largeBox.lines(s.Who))*large + 3.9
	used += float64(ageBox.lines(s.Age))*large + 3.7
	used += heading
	for _, a := range s.Alerts {
		used += float64(max(titleBox.lines(a.Title), statusBox.lines(a.Status), adviceBox.lines(a.Advice)))*line + 1.4
	}
	used += heading + line + 1.2
	for _, c := range s.Contacts {
		used += float64(c.lines())*line + 1.2
	}
	used += float64(smallBox.lines(s.Others)) * small
	used += heading + 2*small + 1.9 // the foot
	return (sheetHeight - used) / line
}

// heading is the height of a heading with its margins, in millimetres.
const heading = 5.7

func (c Contact) lines() int {
	n := 2
	if c.Mark != "" {
		n++
	}
	return max(n, numberBox.lines(c.OutOfHours), numberBox.lines(c.Day))
}
