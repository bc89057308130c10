// Package pagetest checks pages in tests: [Check] that a template fits the type of its
// data, [Parse] that a rendered page is a document that browsers, screen readers and the
// Content-Security-Policy all take. [ByID], [ByClass], [All], [Text] and [Attr] then find
// what a page says.
//
// It does not replace the validator and axe, which look at the true pages in a browser
// (see e2e); it says in milliseconds what they would say first.
package pagetest

import (
	"bytes"
	"html/template"
	"testing"

	"github.com/jba/templatecheck"
	"golang.org/x/net/html"
)

// Check fails the test if the template could go wrong with data of data's type, on any of
// its branches: a field that does not exist, a function's argument of another type.
func Check(t testing.TB, tmpl *template.Template, data any) {
	t.Helper()
	if err := templatecheck.CheckHTMLStrict(tmpl, data); err != nil {
		t.Errorf("template %s with %T: %v", tmpl.Name(), data, err)
	}
}

// Parse returns the document of a page. It fails the test for every fault of the page's
// structure, and goes on.
func Parse(t testing.TB, page []byte) *html.Node {
	t.Helper()
	doc, faults := examine(page)
	for _, fault := range faults {
		t.Errorf("page: %s", fault)
	}
	if len(faults) > 0 {
		t.Logf("the page:\n%s", page)
	}
	return doc
}

// examine parses a page and applies every rule.
func examine(page []byte) (doc *html.Node, faults []string) {
	faults = unbalanced(page)
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return &html.Node{Type: html.DocumentNode}, append(faults, err.Error())
	}
	for _, rule := range rules {
		faults = append(faults, rule(doc)...)
	}
	return doc, faults
}
