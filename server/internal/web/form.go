package web

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"unicode/utf8"
)

// maxForm is of a form's body. The longest, the reason for emergency access, takes a few
// kilobytes when every character is escaped.
const maxForm = 16 << 10

// form reads the body as a form with the given fields, each at most once, and no other. A
// field that is not there is "". A browser sends nothing else for our pages, so whatever
// else comes is not repeated in the error: it may be about a person.
func (c *call) form(fields ...string) (map[string]string, error) {
	form, _, err := c.formWith("", fields...)
	return form, err
}

// formWith is form with one more field, which may come any number of times.
func (c *call) formWith(many string, fields ...string) (form map[string]string, all []string, err error) {
	if media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return nil, nil, errMediaType
	}
	body, err := io.ReadAll(io.LimitReader(c.Body, maxForm+1))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge), err == nil && len(body) > maxForm:
		return nil, nil, errTooLarge
	case err != nil:
		return nil, nil, fmt.Errorf("read form: %w", err)
	}
	sent, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, nil, fault("", "is not a form")
	}
	form = make(map[string]string, len(fields))
	for name, values := range sent {
		switch {
		case slices.ContainsFunc(values, func(v string) bool { return !utf8.ValidString(v) }):
			return nil, nil, fault("", "is not this page's form")
		case many != "" && name == many:
			all = values
		case !slices.Contains(fields, name) || len(values) > 1:
			return nil, nil, fault("", "is not this page's form")
		default:
			form[name] = values[0]
		}
	}
	return form, all, nil
}
