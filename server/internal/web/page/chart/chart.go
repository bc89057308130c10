// Package chart draws bars as SVG. [Stacked.SVG] is the one thing to call.
//
// A drawing takes its looks from presentation attributes and the style sheet's classes, never
// from style attributes, which our Content-Security-Policy stops. A number stands on every bar,
// and the parts differ by hatching as well as by colour. To a screen reader the drawing is one
// picture with a title and a description: the page has a table of the same numbers beside it.
package chart

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"math"
	"strconv"
)

// Stacked is a chart of bars that each have the same parts, one upon the other.
type Stacked struct {
	ID          string   // of the drawing; one of a page has it
	Title, Desc string   // for whoever does not see it
	Parts       []string // their names, from below; at most three
	Bars        []Bar
}

// Bar is a bar with the number of each part.
type Bar struct {
	Label  string // a few letters, below it
	Title  string // in full, for the pointer that rests on it
	Values []int  // none below zero
}

//go:embed chart.svg
var files embed.FS

var drawing = template.Must(template.ParseFS(files, "chart.svg"))

// SVG returns the drawing, for a page's HTML.
func (s Stacked) SVG() template.HTML {
	var b bytes.Buffer
	if err := drawing.Execute(&b, s.draw()); err != nil {
		panic(fmt.Errorf("draw %s: %w", s.ID, err)) // a test checks the template against its data
	}
	return template.HTML(b.String())
}

// The measures of a drawing, in its own units. Text has 14 of them, and a letter is on average
// a little wider than half of that.
const (
	width    = 960
	left     = 46  // for the numbers of the scale
	top      = 34  // for the number on the highest bar
	floor    = 250 // where the bars stand
	height   = 310
	letter   = 8
	thinnest = 2 // what is more than nothing can be seen
)

// picture is what the template draws.
type picture struct {
	Stacked
	Width, Height, Floor, Left int
	Lines                      []line
	Columns                    []column
	Key                        []key
}

type line struct {
	Y    float64
	Text string
}

type column struct {
	Title, Label, Number string
	Middle, NumberY      float64
	Boxes                []rect
}

type rect struct {
	Part                int
	X, Y, Width, Height float64
}

type key struct {
	Part int
	X    int
	Name string
}

func (s Stacked) draw() picture {
	p := picture{Stacked: s, Width: width, Height: height, Floor: floor, Left: left}
	highest := 0
	for _, b := range s.Bars {
		highest = max(highest, b.total())
	}
	step := stepOf(highest)
	end := max(step, (highest+step-1)/step*step)
	unit := float64(floor-top) / float64(end)
	for n := 0; n <= end; n += step {
		p.Lines = append(p.Lines, line{round(floor - float64(n)*unit), short(n)})
	}
	room := float64(width-left) / float64(max(1, len(s.Bars)))
	for n, b := range s.Bars {
		p.Columns = append(p.Columns, b.draw(left+room*float64(n), room, unit))
	}
	x := left
	for n, name := range s.Parts {
		p.Key = append(p.Key, key{n, x, name})
		x += 40 + letter*len(name)
	}
	return p
}

// draw returns the bar within its room, which begins at x.
func (b Bar) draw(x, room, unit float64) column {
	c := column{Title: b.Title, Label: b.Label, Number: short(b.total()), Middle: round(x + room/2)}
	y := float64(floor)
	for part, value := range b.Values {
		if value <= 0 {
			continue
		}
		tall := max(thinnest, float64(value)*unit)
		y -= tall
		c.Boxes = append(c.Boxes, rect{part, round(x + room*0.15), round(y), round(room * 0.7), round(tall)})
	}
	c.NumberY = round(y - 6)
	return c
}

func (b Bar) total() (sum int) {
	for _, v := range b.Values {
		sum += max(0, v)
	}
	return sum
}

// stepOf returns a round step that divides the scale in at most five.
func stepOf(highest int) int {
	for power := 1; ; power *= 10 {
		for _, n := range []int{1, 2, 5} {
			if step := n * power; (highest+step-1)/step <= 5 {
				return step
			}
		}
	}
}

// short writes a number so that it fits over a bar: 12k for 12,000, and 1.2M.
func short(n int) string {
	switch {
	case n < 10_000:
		return strconv.Itoa(n)
	case n < 1_000_000:
		return trimmed(float64(n)/1000) + "k"
	}
	return trimmed(float64(n)/1_000_000) + "M"
}

func trimmed(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }

func round(f float64) float64 { return math.Round(f*10) / 10 }
