package pagetest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// rules are what every page keeps.
var rules = []func(doc *html.Node) (faults []string){
	document, ids, references, headings, landmarks, labels, names, forms, tables, active,
}

// document: a language, a title, the standard's mode.
func document(doc *html.Node) (faults []string) {
	if doc.FirstChild == nil || doc.FirstChild.Type != html.DoctypeNode {
		faults = append(faults, "does not begin with a doctype")
	}
	if root := ByTag(doc, "html"); len(root) != 1 || Attr(root[0], "lang") != "en-GB" {
		faults = append(faults, `html has no lang="en-GB"`)
	}
	if titles := ByTag(doc, "title"); len(titles) == 0 || Text(titles[0]) == "" {
		faults = append(faults, "has no title")
	}
	return faults
}

// ids: each once, and none empty or with a space.
func ids(doc *html.Node) (faults []string) {
	seen := make(map[string]bool)
	for _, e := range All(doc, func(e *html.Node) bool { _, ok := attr(e, "id"); return ok }) {
		id := Attr(e, "id")
		if seen[id] || id == "" || strings.ContainsAny(id, " \t\n") {
			faults = append(faults, fmt.Sprintf("id %q of %s is empty, not one word or not the only one", id, e.Data))
		}
		seen[id] = true
	}
	return faults
}

// references: what names an element of the page names one that is there.
func references(doc *html.Node) (faults []string) {
	for _, e := range All(doc, func(*html.Node) bool { return true }) {
		for _, key := range []string{"for", "aria-labelledby", "aria-describedby", "aria-controls", "headers", "form", "list"} {
			for id := range strings.FieldsSeq(Attr(e, key)) {
				if ByID(doc, id) == nil {
					faults = append(faults, fmt.Sprintf("%s=%q of %s names nothing", key, id, e.Data))
				}
			}
		}
		if id, ok := strings.CutPrefix(Attr(e, "href"), "#"); ok && ByID(doc, id) == nil {
			faults = append(faults, fmt.Sprintf("a link to #%s leads nowhere", id))
		}
	}
	return faults
}

// headings: one h1, no level left out on the way down, none empty.
func headings(doc *html.Node) (faults []string) {
	last := 0
	for _, e := range All(doc, isHeading) {
		level := int(e.Data[1] - '0')
		if level > last+1 {
			faults = append(faults, fmt.Sprintf("%s %q comes after level %d", e.Data, Text(e), last))
		}
		if Text(e) == "" {
			faults = append(faults, "an empty "+e.Data)
		}
		last = level
	}
	if n := len(ByTag(doc, "h1")); n != 1 {
		faults = append(faults, fmt.Sprintf("has %d h1, wants one", n))
	}
	return faults
}

func isHeading(e *html.Node) bool {
	return len(e.Data) == 2 && e.Data[0] == 'h' && e.Data[1] >= '1' && e.Data[1] <= '6'
}

// landmarks: one main, which the skip link leads to.
func landmarks(doc *html.Node) (faults []string) {
	if mains := ByTag(doc, "main"); len(mains) != 1 || Attr(mains[0], "id") != "main-content" {
		faults = append(faults, `has not one main with the id "main-content"`)
	}
	return faults
}

// labels: every control says what it is for.
func labels(doc *html.Node) (faults []string) {
	labelled := make(map[string]bool)
	for _, e := range ByTag(doc, "label") {
		if Text(e) == "" {
			faults = append(faults, fmt.Sprintf("an empty label for %q", Attr(e, "for")))
		}
		labelled[Attr(e, "for")] = true
	}
	for _, e := range All(doc, isControl) {
		if id := Attr(e, "id"); (id == "" || !labelled[id]) && Attr(e, "aria-label")+Attr(e, "aria-labelledby") == "" {
			faults = append(faults, fmt.Sprintf("%s id=%q name=%q has no label", e.Data, id, Attr(e, "name")))
		}
	}
	return faults
}

func isControl(e *html.Node) bool {
	kind := Attr(e, "type")
	return slices.Contains([]string{"select", "textarea"}, e.Data) ||
		e.Data == "input" && kind != "hidden" && kind != "submit" && kind != "button"
}

// names: links, buttons and summaries have words, pictures have a text instead.
func names(doc *html.Node) (faults []string) {
	for _, e := range All(doc, func(e *html.Node) bool { return slices.Contains([]string{"a", "button", "summary", "img"}, e.Data) }) {
		_, alt := attr(e, "alt")
		if Text(e) == "" && Attr(e, "aria-label")+Attr(e, "aria-labelledby") == "" && !alt {
			faults = append(faults, fmt.Sprintf("%s id=%q href=%q says nothing", e.Data, Attr(e, "id"), Attr(e, "href")))
		}
	}
	return faults
}

// forms: by POST, because what a GET sends stands in addresses, logs and histories.
func forms(doc *html.Node) (faults []string) {
	for _, e := range ByTag(doc, "form") {
		if action := Attr(e, "action"); Attr(e, "method") != "post" || !strings.HasPrefix(action, "/") || strings.ContainsAny(action, "?#") {
			faults = append(faults, fmt.Sprintf("form action=%q method=%q is no POST to a path of ours", action, Attr(e, "method")))
		}
	}
	return faults
}

// tables: a caption, and headers that say what they head.
func tables(doc *html.Node) (faults []string) {
	for _, e := range ByTag(doc, "table") {
		if captions := ByTag(e, "caption"); len(captions) != 1 || Text(captions[0]) == "" {
			faults = append(faults, fmt.Sprintf("table id=%q has no caption", Attr(e, "id")))
		}
	}
	for _, e := range ByTag(doc, "th") {
		if scope := Attr(e, "scope"); scope == "" {
			faults = append(faults, fmt.Sprintf("th %q has no scope", Text(e)))
		}
	}
	return faults
}

// active: nothing that our Content-Security-Policy would stop: inline script or style,
// handlers, what is fetched from elsewhere.
func active(doc *html.Node) (faults []string) {
	for _, e := range All(doc, func(*html.Node) bool { return true }) {
		switch source := Attr(e, "src"); {
		case e.Data == "style", e.Data == "base", e.Data == "iframe", e.Data == "object", e.Data == "embed":
			faults = append(faults, "an element "+e.Data)
		case e.Data == "script" && source == "":
			faults = append(faults, "an inline script")
		case source != "" && (!strings.HasPrefix(source, "/") || strings.HasPrefix(source, "//")):
			faults = append(faults, fmt.Sprintf("%s loads %q", e.Data, source))
		}
		for _, a := range e.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || a.Key == "srcdoc" {
				faults = append(faults, fmt.Sprintf("%s has an attribute %s", e.Data, a.Key))
			}
			if strings.Contains(a.Val, "ZgotmplZ") {
				faults = append(faults, fmt.Sprintf("%s has %s=%q: html/template did not trust what was to stand there", e.Data, a.Key, a.Val))
			}
			if (a.Key == "href" || a.Key == "action" || a.Key == "formaction") && scripted(a.Val) {
				faults = append(faults, fmt.Sprintf("%s has %s=%q", e.Data, a.Key, a.Val))
			}
		}
	}
	return faults
}

// scripted reports whether a browser might run an address instead of going there.
func scripted(address string) bool {
	scheme, _, ok := strings.Cut(strings.ToLower(strings.TrimSpace(address)), ":")
	return ok && slices.Contains([]string{"javascript", "data", "vbscript", "blob"}, scheme)
}

// void are the elements that have no end.
var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// unbalanced returns the ends that are missing or stand where another is due. HTML's parser
// forgives them, and forgives by moving text to where nobody put it.
func unbalanced(page []byte) (faults []string) {
	var open []string
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			if len(open) > 0 {
				faults = append(faults, fmt.Sprintf("%v are never ended", open))
			}
			return faults
		case html.StartTagToken, html.EndTagToken:
			name, _ := z.TagName()
			tag := string(name)
			switch {
			case kind == html.StartTagToken && !slices.Contains(void, tag):
				open = append(open, tag)
			case kind == html.EndTagToken && len(open) > 0 && open[len(open)-1] == tag:
				open = open[:len(open)-1]
			case kind == html.EndTagToken:
				return append(faults, fmt.Sprintf("</%s> stands where %v are open", tag, open))
			}
		}
	}
}
