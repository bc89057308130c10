package password

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed common.txt.gz
var commonFile []byte

// Expected is a list of passwords and words that guessers try first.
type Expected map[string]float64 // by word in small letters: how many bits it is worth

// Common returns the list that comes with the program: some twenty thousand passwords, words
// and names, the most frequent first.
var Common = sync.OnceValue(func() Expected {
	unzipped, err := gzip.NewReader(bytes.NewReader(commonFile))
	if err == nil {
		var list Expected
		if list, err = ReadExpected(unzipped); err == nil {
			return list
		}
	}
	panic(err) // embedded: a test reads it
})

// ReadExpected reads a list with one password in each line, the most frequent first.
func ReadExpected(r io.Reader) (Expected, error) {
	list := Expected{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		word := fold(strings.TrimSpace(lines.Text()))
		if _, known := list[word]; utf8.RuneCountInString(word) >= shortestWord && !known {
			list[word] = math.Log2(float64(len(list) + 2))
		}
	}
	return list, lines.Err()
}

// The estimate takes the cheapest way to put a password together of expected words, of runs
// such as aaaa, 1234 or qwerty, of what it had before, and of single characters. It is a lower
// bound on what a guesser does who knows how people choose, as in zxcvbn (Wheeler, USENIX
// Security 2016), much simplified.
const (
	shortestWord = 3
	longestWord  = 40
	charBits     = 4.5 // of a character that belongs to nothing
	runBits      = 5.0 // of where a run begins and how long it is
	againBits    = 2.0 // of saying once more what was said
	contextBits  = 1.0 // of a word that everybody knows of this user
	yearBits     = 7.0 // of a year that somebody living may mean
	phraseBits   = 7.0 // of a phrase that is known for having been a good password
	shortestRun  = 3
)

// Bits estimates how many bits of guessing a password is worth.
func Bits(normal string, context []string, lists ...Expected) float64 {
	text := []rune(fold(normal))
	best := make([]float64, len(text)+1)
	for end := 1; end <= len(text); end++ {
		best[end] = best[end-1] + charBits
		for start := max(0, end-longestWord); start <= end-shortestWord; start++ {
			best[end] = min(best[end], best[start]+pieceBits(text, start, end, context, lists))
		}
	}
	return best[len(text)]
}

// pieceBits is what text[start:end] is worth as one piece; plenty when it is none.
func pieceBits(text []rune, start, end int, context []string, lists []Expected) float64 {
	piece := string(text[start:end])
	bits := math.Inf(1)
	for _, form := range []string{piece, unleet.Replace(piece)} {
		for _, list := range lists {
			if worth, known := list[form]; known {
				bits = min(bits, worth)
			}
		}
		for _, word := range context {
			if form == word {
				bits = min(bits, contextBits)
			}
		}
	}
	if isRun(text[start:end]) {
		bits = min(bits, runBits)
	}
	if isYear(piece) {
		bits = min(bits, yearBits)
	}
	if strings.Contains(string(text[:start]), piece) {
		bits = min(bits, againBits)
	}
	return bits
}

// famous are the phrases that books on passwords gave as examples, in the ways in which people type them.
var famous = phrases("correct horse battery staple", "four random common words")

func phrases(all ...string) Expected {
	list := Expected{}
	for _, phrase := range all {
		for _, between := range []string{" ", "", "-", "_", "."} {
			list[strings.ReplaceAll(phrase, " ", between)] = phraseBits
		}
	}
	return list
}

// isYear reports whether s is a year from 1900 to 2099.
func isYear(s string) bool {
	year, err := strconv.Atoi(s)
	return err == nil && year >= 1900 && year <= 2099
}

// fold makes one form of what looks alike to a guesser.
func fold(s string) string { return strings.ToLower(s) }

var unleet = strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i", "€", "e")

// rows are the keyboards along which people run.
var rows = []string{"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p"}

// isRun reports whether each character is the one before, or its neighbour, in one direction.
func isRun(s []rune) bool {
	if len(s) < shortestRun {
		return false
	}
	step := s[1] - s[0]
	steady := step >= -1 && step <= 1
	for i := 2; steady && i < len(s); i++ {
		steady = s[i]-s[i-1] == step
	}
	if steady {
		return true
	}
	for _, row := range rows {
		if strings.Contains(row, string(s)) || strings.Contains(reversed(row), string(s)) {
			return true
		}
	}
	return false
}

func reversed(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

// Context returns the words of texts about a user or the service: whole, and in parts.
func Context(texts ...string) (words []string) {
	for _, text := range texts {
		text = fold(text)
		parts := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for _, word := range append([]string{text, strings.Join(parts, "")}, parts...) {
			if utf8.RuneCountInString(word) >= shortestWord {
				words = append(words, word)
			}
		}
	}
	return words
}
