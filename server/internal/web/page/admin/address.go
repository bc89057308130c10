package admin

import (
	"net/url"
	"slices"
	"strconv"
)

// PageNumber is the parameter of a list's address that says which page of it.
const PageNumber = "page"

// mostPages is more than any list has.
const mostPages = 1_000_000

// ReadPage returns which page of a list an address asks for, 0 where it does not say. ok is false
// for one with a parameter twice, or with another than those known: no page of ours leads there.
func ReadPage(v url.Values, known ...string) (page int, ok bool) {
	for name, values := range v {
		if len(values) != 1 || name != PageNumber && !slices.Contains(known, name) {
			return 0, false
		}
	}
	text := v.Get(PageNumber)
	if text == "" {
		return 0, true
	}
	page, err := strconv.Atoi(text)
	return page, err == nil && page >= 1 && page <= mostPages
}

// AddressOf is the address of a page of a list: its path, with those parameters that say something.
func AddressOf(path string, parameters map[string]string, page int) string {
	v := url.Values{}
	for name, value := range parameters {
		if value != "" {
			v.Set(name, value)
		}
	}
	if page > 1 {
		v.Set(PageNumber, strconv.Itoa(page))
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}
