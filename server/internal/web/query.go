package web

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"mais/server/internal/audit"
	"mais/server/internal/oversight"
)

// parameters are what the query of an address may hold: by name, where the value goes. That is a *string,
// a *bool, a *uint, an *int or *int64 from 1, a *time.Time or a *day. One that is empty is as if it were not there.
type parameters map[string]any

// day is the beginning of a day where the service is, as forms send days.
type day time.Time

// query reads the caller's.
func (c *call) query(p parameters) error { return p.read(c.URL.Query()) }

// read fills them in. What there is no parameter for is refused, so that a slip of the pen does not mean
// everything; so is what is there twice.
func (p parameters) read(q url.Values) error {
	for name, values := range q {
		to, known := p[name]
		if !known {
			return fault("query", "has a parameter that is not known here")
		}
		if len(values) > 1 {
			return fault(name, "is there more than once")
		}
		if wrong := take(to, strings.TrimSpace(values[0])); wrong != "" {
			return fault(name, wrong)
		}
	}
	return nil
}

// take puts a value where it goes, or says what is wrong with it.
func take(to any, text string) (wrong string) {
	if s, ok := to.(*string); ok {
		*s = text
		return ""
	}
	if text == "" {
		return ""
	}
	var err error
	switch to := to.(type) {
	case *bool:
		if *to, err = strconv.ParseBool(text); err != nil {
			return "is not true or false"
		}
	case *uint:
		n, err := strconv.ParseUint(text, 10, 31)
		if *to = uint(n); err != nil {
			return "is not a number"
		}
	case *int:
		if *to, err = strconv.Atoi(text); err != nil || *to < 1 {
			return "is not a number from 1"
		}
	case *int64:
		if *to, err = strconv.ParseInt(text, 10, 64); err != nil || *to < 1 {
			return "is not a number from 1"
		}
	case *time.Time:
		if *to, err = time.Parse(time.RFC3339, text); err != nil {
			return "is not a time such as 2026-03-12T09:30:00Z"
		}
	case *day:
		at, err := time.ParseInLocation(time.DateOnly, text, oversight.London)
		if err != nil {
			return "is not a day such as 2026-03-12"
		}
		*to = day(at)
	default:
		panic(fmt.Sprintf("web: no parameter is a %T", to))
	}
	return ""
}

// spelled is what they hold, in the order of their names and as it was understood: neither spaces nor what
// else an address may hold hides it. How much a page has is nobody's matter.
func (p parameters) spelled() string {
	v := url.Values{}
	for name, of := range p {
		text := ""
		switch of := of.(type) {
		case *string:
			text = strings.TrimSpace(*of)
		case *bool:
			if *of {
				text = "true"
			}
		case *int:
			if name == "page" && *of > 1 {
				text = strconv.Itoa(*of)
			}
		case *time.Time:
			if !of.IsZero() {
				text = of.UTC().Format(time.RFC3339)
			}
		}
		if text != "" {
			v.Set(name, text)
		}
	}
	return v.Encode()
}

// noteFilter puts what was asked for into the event: whom an administrator looked for is for the audit
// to know.
func (c *call) noteFilter(p parameters) {
	text := p.spelled()
	if text == "" {
		return
	}
	if c.event.Detail == nil {
		c.event.Detail = map[string]string{}
	}
	audit.Spell(c.event.Detail, "filter", text)
}
