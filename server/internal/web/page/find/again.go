package find

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mais/server/api"
)

// Again is another search, for whom this one did not find: names are misheard and
// misspelt, and at night nobody wants to type each guess.
type Again struct {
	Words string // what it searches for
	Query api.SearchRequest
	Path  string // where it is made, in the reader's session
}

// again returns the searches to offer after q, those first that find most of whom was missed.
func again(q api.SearchRequest) (offers []Again) {
	offer := func(words string, other api.SearchRequest) {
		if other != q && nameFault("", "", other.Surname) == nil && nameFault("", "", other.FirstName) == nil {
			offers = append(offers, Again{Words: words, Query: other})
		}
	}
	if q.Surname+q.FirstName == "" {
		return nil
	}
	short := api.SearchRequest{Surname: begin(q.Surname), FirstName: begin(q.FirstName)}
	if q.DateOfBirth != "" {
		offer("the date of birth alone", api.SearchRequest{DateOfBirth: q.DateOfBirth})
	}
	if !numbered(q) {
		offer("names that begin with "+inWords(short, "", ""), short)
	}
	if q.DateOfBirth != "" {
		offer("the name without the date of birth", api.SearchRequest{Surname: q.Surname, FirstName: q.FirstName, Exact: q.Exact})
	}
	if q.Exact {
		offer("the same without “Whole names only”", api.SearchRequest{Surname: q.Surname, FirstName: q.FirstName, DateOfBirth: q.DateOfBirth})
	}
	if turned := turn(q); !numbered(q) {
		offer(inWords(turned, " as the family name", " as the first name"), turned)
	}
	return offers
}

// numbered reports whether a name holds a digit, as none does that one hears.
func numbered(q api.SearchRequest) bool {
	return strings.ContainsFunc(q.Surname+q.FirstName, unicode.IsDigit)
}

// turn exchanges the two names. Both in the family name's box are taken apart instead.
func turn(q api.SearchRequest) api.SearchRequest {
	if first, last, both := strings.Cut(q.Surname, " "); both && q.FirstName == "" {
		return api.SearchRequest{Surname: strings.TrimSpace(last), FirstName: first}
	}
	return api.SearchRequest{Surname: q.FirstName, FirstName: q.Surname}
}

// inWords names what a query has, each with what it is to be.
func inWords(q api.SearchRequest, family, first string) string {
	var words []string
	if q.Surname != "" {
		words = append(words, "“"+q.Surname+"”"+family)
	}
	if q.FirstName != "" {
		words = append(words, "“"+q.FirstName+"”"+first)
	}
	return strings.Join(words, " and ")
}

// beginning is how many letters of a name most people spell right.
const beginning = 3

// begin returns a name's first letters: fewer than it has, so that whoever goes on finds
// more, and no fewer than a search takes.
func begin(name string) string {
	letters, end, cut := 0, 0, name
	for at, r := range name {
		if !unicode.IsLetter(r) {
			continue
		}
		if letters == fewest || letters == beginning {
			cut = name[:end]
		}
		letters, end = letters+1, at+utf8.RuneLen(r)
	}
	return cut
}
