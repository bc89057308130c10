package paper

import (
	"strings"
	"unicode"
)

// continues is what stands where a text was cut.
const continues = " … continues on screen"

// box is a place on the sheet for a paragraph.
type box struct {
	width float64 // of a line, in em
	after string  // what stands before the paragraph on its first line
	bold  bool
}

// fit returns text as one paragraph of at most so many lines. What does not fit is cut
// between words, a word that is longer than a line within it, and the text says so.
func (b box) fit(text string, lines int) string {
	text = paragraph(text)
	if b.lines(text) <= lines {
		return text
	}
	fits := func(runes []rune) bool { return b.lines(string(runes)+continues) <= lines }
	runes := []rune(text)
	low, high := 0, len(runes)
	for low+1 < high {
		if middle := (low + high) / 2; fits(runes[:middle]) {
			low = middle
		} else {
			high = middle
		}
	}
	kept := string(runes[:low])
	if at := strings.LastIndexByte(kept, ' '); at > 0 && at >= len(kept)-longWord {
		kept = kept[:at]
	}
	return kept + continues
}

// longWord is how many bytes are given up so that a text is cut between words.
const longWord = 25

// paragraph joins the lines of a note.
func paragraph(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " / ")
}

// lines returns how many lines a browser needs for a paragraph, rather one too many than one
// too few.
func (b box) lines(text string) int {
	lines, used := 1, 0.0
	for _, word := range strings.Fields(b.after + " " + text) {
		w := b.measure(word)
		if used > 0 && used+space+w <= b.width {
			used += space + w
			continue
		}
		if used > 0 {
			lines++
		}
		for ; w > b.width; w -= b.width - widest { // broken anywhere
			lines++
		}
		used = w
	}
	return lines
}

const (
	space  = 0.278 * slack
	widest = 1.2 * slack
	slack  = 1.04 // a browser's font may be wider than Arial
	strong = 1.08 // and bold type is
)

func (b box) measure(word string) float64 {
	sum := 0.0
	for _, r := range word {
		sum += em(r)
	}
	if b.bold {
		sum *= strong
	}
	return sum * slack
}

// em is the width of a character in em.
func em(r rune) float64 {
	switch {
	case r >= ' ' && int(r-' ') < len(arial):
		return float64(arial[r-' ']) / 1000
	case unicode.Is(unicode.Mn, r):
		return 0
	case r == '…' || r == '—':
		return 1
	case r == '’' || r == '·':
		return 0.34
	case r < 0x0530: // Latin, Greek, Cyrillic
		return 0.85
	}
	return 1.2
}

// arial holds the widths of the characters from the space on, in thousandths of an em, of
// Arial and of the fonts that are made to its measure.
var arial = [...]int{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}
