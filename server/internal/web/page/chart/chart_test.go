package chart

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, drawing, picture{}) }

func weeks(values ...[]int) Stacked {
	s := Stacked{ID: "expiries", Title: "When certificates end", Desc: "Thirteen weeks", Parts: []string{"People", "Sites", "Service"}}
	for n, v := range values {
		s.Bars = append(s.Bars, Bar{Label: fmt.Sprintf("%d Nov", n+1), Title: fmt.Sprintf("Week %d", n), Values: v})
	}
	return s
}

// drawn returns the elements of the drawing, which is well-formed XML.
func drawn(t *testing.T, s Stacked) *html.Node {
	t.Helper()
	text := string(s.SVG())
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("not XML: %v\n%s", err, text)
		}
	}
	page := `<!DOCTYPE html><html lang="en-GB"><head><title>T</title></head><body><main id="main-content"><h1>C</h1>` + text + `</main></body></html>`
	return pagetest.Parse(t, []byte(page))
}

func number(t *testing.T, e *html.Node, key string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(pagetest.Attr(e, key), 64)
	if err != nil {
		t.Errorf("%s of %s = %q: %v", key, e.Data, pagetest.Attr(e, key), err)
	}
	return f
}

// TestNumbers: what stands on the bars are the data, a zero too, and the bars are as high as
// the numbers are large.
func TestNumbers(t *testing.T) {
	doc := drawn(t, weeks([]int{3, 1, 0}, []int{0, 0, 0}, []int{6, 2, 0}))
	var got []string
	for _, e := range pagetest.ByClass(doc, "mais-chart__number") {
		got = append(got, pagetest.Text(e))
	}
	if want := "4 0 8"; strings.Join(got, " ") != want {
		t.Errorf("numbers on the bars = %q, want %q", got, want)
	}
	var high []float64
	for _, bar := range pagetest.ByClass(doc, "mais-chart__bar") {
		sum := 0.0
		for _, box := range pagetest.ByClass(bar, "mais-chart__box") {
			sum += number(t, box, "height")
		}
		high = append(high, sum)
	}
	if len(high) != 3 || high[1] != 0 || high[2] < 1.98*high[0] || high[2] > 2.02*high[0] {
		t.Errorf("heights = %v, want nothing in the middle and the last twice the first", high)
	}
	for n, part := range map[int]string{0: "People", 1: "Sites", 2: "Service"} {
		if !strings.Contains(pagetest.Text(doc), part) {
			t.Errorf("the key does not name part %d, %s", n, part)
		}
	}
}

// TestFits: nothing stands outside the drawing, and no text over another, whatever the numbers
// are: none, one among thousands, all alike.
func TestFits(t *testing.T) {
	flat, steep, none := [][]int{}, [][]int{}, [][]int{}
	for n := range 13 {
		flat, none = append(flat, []int{123_456, 654_321, 9}), append(none, []int{0, 0, 0})
		steep = append(steep, []int{n % 2, 0, 0})
	}
	steep[6] = []int{0, 987_654_321, 1}
	for name, values := range map[string][][]int{"flat": flat, "steep": steep, "none": none, "one": {{1, 0, 0}}, "empty": nil} {
		doc := drawn(t, weeks(values...))
		for _, box := range pagetest.ByClass(doc, "mais-chart__box") {
			x, y, w, h := number(t, box, "x"), number(t, box, "y"), number(t, box, "width"), number(t, box, "height")
			if x < 0 || y < 0 || x+w > width || y+h > height || h < thinnest {
				t.Errorf("%s: a box at %v,%v of %v by %v", name, x, y, w, h)
			}
		}
		room := float64(width-left) / float64(max(1, len(values)))
		for _, text := range pagetest.ByTag(doc, "text") {
			x, y := number(t, text, "x"), number(t, text, "y")
			wide := float64(letter * len([]rune(pagetest.Text(text))))
			if y < 14 || y > height || x < 0 || x > width {
				t.Errorf("%s: the text %q stands at %v,%v", name, pagetest.Text(text), x, y)
			}
			if middle := pagetest.Attr(text, "text-anchor") == "middle"; middle && wide > room {
				t.Errorf("%s: the text %q is %v wide where there is room for %v", name, pagetest.Text(text), wide, room)
			}
			if end := pagetest.Attr(text, "text-anchor") == "end"; end && wide > left-8+letter {
				t.Errorf("%s: the scale's %q is %v wide", name, pagetest.Text(text), wide)
			}
		}
	}
}

// TestStepOf: the scale has at most five steps, of a round size.
func TestStepOf(t *testing.T) {
	for highest, want := range map[int]int{0: 1, 1: 1, 5: 1, 6: 2, 10: 2, 11: 5, 26: 10, 101: 50, 987_654_321: 200_000_000} {
		if got := stepOf(highest); got != want {
			t.Errorf("stepOf(%d) = %d, want %d", highest, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	for n, want := range map[int]string{0: "0", 9999: "9999", 10_000: "10k", 123_456: "123.5k", 1_000_000: "1M", 987_654_321: "987.7M"} {
		if got := short(n); got != want {
			t.Errorf("short(%d) = %q, want %q", n, got, want)
		}
	}
}

// TestHostile: words are words.
func TestHostile(t *testing.T) {
	const hostile = `</title><script>alert(1)</script><text style="x">&amp;"`
	s := weeks([]int{1, 2, 3})
	s.Title, s.Desc, s.Parts[0], s.Bars[0].Label, s.Bars[0].Title = hostile, hostile, hostile, hostile, hostile
	doc := drawn(t, s)
	if n := len(pagetest.ByTag(doc, "script")); n != 0 {
		t.Errorf("%d scripts in the drawing", n)
	}
	if !bytes.Contains([]byte(pagetest.Text(doc)), []byte("<script>alert(1)</script>")) {
		t.Error("the words are lost")
	}
}
