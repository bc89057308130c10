package server

import (
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
)

//go:embed testdata/xss.txt
var hostileLines string

// hostile are the texts of testdata/xss.txt, a line each, for every context that a page
// might put them into: element, attribute with and without quotes, address, script, style,
// template, comment, and the notations that something might decode once too often.
func hostile() []string { return strings.Split(strings.TrimSpace(hostileLines), "\n") }

// TestHostileRecords: whatever stands in a record is text on every page that shows it. No
// element, no attribute and no address comes of it.
func TestHostileRecords(t *testing.T) {
	w, database, _ := loggedWorld(t)
	people := []record.Person{saying("harmless", "An ordinary text 01632 960000")}
	for n, text := range hostile() {
		people = append(people, saying(fmt.Sprint("hostile ", n), text))
	}
	w.imported(t, people...)
	v := w.visitor(t, "clinician")
	harmless := v.pagesOf(t, personOf(t, database, "harmless"))
	for n, text := range hostile() {
		for page, got := range v.pagesOf(t, personOf(t, database, fmt.Sprint("hostile ", n))) {
			if born := bornOf(got, harmless[page]); born != "" {
				t.Errorf("%s: %q has become %s", page, text, born)
			}
		}
		record := v.page(t, "/person/"+personOf(t, database, fmt.Sprint("hostile ", n))).shown(t, http.StatusOK)
		checkShown(t, record, text)
	}
	// All of them are in one answer, beside each other.
	found := v.finds(t, url.Values{"date-of-birth-day": {"14"}, "date-of-birth-month": {"11"}, "date-of-birth-year": {"2009"}}).shown(t, http.StatusOK)
	for _, text := range hostile() {
		if !strings.Contains(textOf(found), text) {
			t.Errorf("the answer to a search does not show the name %q", text)
		}
	}
	if born := bornOf(found, harmless["/find"]); born != "" {
		t.Errorf("in the answer to a search names have become %s", born)
	}
}

// saying is a person in whom all that takes words says the same.
func saying(source, text string) record.Person {
	p := recordtest.Canary()
	p.Source, p.Reference = source, source
	for _, s := range record.Dictionary() {
		for _, row := range p.Sections[s.Name] {
			for _, i := range s.Items {
				row[i.Name] = entrySaying(i, row[i.Name], text)
			}
		}
	}
	return p
}

func entrySaying(i record.Item, e record.Entry, text string) record.Entry {
	said := func(fields record.Fields) record.Fields {
		other := record.Fields{}
		for name, value := range fields {
			if other[name] = value; strings.HasPrefix(value, recordtest.MarkerPrefix) {
				other[name] = text
			}
		}
		return other
	}
	for _, place := range []*string{&e.Details, &e.Other, &e.Source} {
		if *place != "" {
			*place = text
		}
	}
	switch v := e.Value.(type) {
	case record.Word:
		if strings.HasPrefix(string(v), recordtest.MarkerPrefix) {
			e.Value = record.Word(text)
		}
	case record.Fields:
		e.Value = said(v)
	case record.Rows:
		e.Value = record.Rows{said(v[0]), said(v[1])}
	}
	return e
}

// pagesOf returns the pages about a person.
func (v *visitor) pagesOf(t *testing.T, id string) map[string]*html.Node {
	t.Helper()
	person := "/person/" + id
	pages := map[string]*html.Node{"/reason": v.page(t, person+"/reason").shown(t, http.StatusOK)}
	v.reasons(t, id)
	for _, page := range []string{"", "/history", "/looks", "/print"} {
		pages[page] = v.page(t, person+page).shown(t, http.StatusOK)
	}
	pages["/recent"] = v.page(t, "/recent").shown(t, http.StatusOK)
	pages["/find"] = v.finds(t, url.Values{"date-of-birth-day": {"14"}, "date-of-birth-month": {"11"}, "date-of-birth-year": {"2009"}}).shown(t, http.StatusOK)
	return pages
}

// checkShown asserts that an item that takes words shows them, whole.
func checkShown(t *testing.T, doc *html.Node, text string) {
	t.Helper()
	for name, elements := range itemsOf(doc) {
		if i := itemNamed(name); i.Type != record.Text && i.Type != record.Note && i.Details == record.NoDetails && !i.Other {
			continue
		}
		for _, n := range elements {
			if !strings.Contains(textOf(n), text) {
				t.Errorf("%s shows %q, want %q in it", name, textOf(n), text)
			}
		}
	}
}

// TestHostileInput: nor does anything come of what is typed into a form and shown again.
func TestHostileInput(t *testing.T) {
	w, database, log := loggedWorld(t)
	w.imported(t, recordtest.Canary())
	id := personOf(t, database, "canary")
	v := w.visitor(t, "police_officer")
	v.reasons(t, id)
	person := "/person/" + id
	typed := append(hostile(), "\u202eevil\u202c txt.exe", "\u200b\ufeff<b>", "nul\x00<b>", "line\r\nSet-Cookie: a=b", "\x1b[31m<b>red", strings.Repeat("<b>", 500))
	for _, form := range []struct {
		path   string
		fields []string
		kept   bool // in the audit, which is there to say why
	}{
		{"/find", []string{"family-name", "first-name", "date-of-birth-day", "whole-names"}, false},
		{person + "/reason", []string{"reason", "number", "explanation"}, true},
		{person + "/emergency", []string{"why"}, true},
	} {
		known := signatures(v.page(t, form.path).shown(t, http.StatusOK))
		for _, harmless := range []string{"", "x", "An ordinary text, but longer than a name", "ordinary\x01", strings.Repeat("ordinary ", 300)} {
			known = append(known, signatures(v.typing(t, form.path, form.fields, harmless).document(t))...)
		}
		for _, text := range typed {
			got := v.typing(t, form.path, form.fields, text)
			if strings.ContainsAny(got.Header.Get("Location"), "<>\"'\r\n ") {
				t.Errorf("%s leads from %q to %q", form.path, text, got.Header.Get("Location"))
			}
			if born := notIn(signatures(got.document(t)), known); born != "" {
				t.Errorf("%s: %q has become %s", form.path, text, born)
			}
		}
		told := log.String()
		if !form.kept {
			told += auditOf(t, database)
		}
		for _, text := range []string{"alert(", "attacker.invalid", "evil"} {
			if strings.Contains(told, text) {
				t.Errorf("%s: the log or the audit repeats what was typed: %q", form.path, text)
			}
		}
	}
}

// typing sends a form with the same text in every field; a search that is taken is followed
// to its answer.
func (v *visitor) typing(t *testing.T, path string, fields []string, text string) reply {
	t.Helper()
	form := url.Values{}
	for _, field := range fields {
		form.Set(field, text)
	}
	got := v.send(t, path, form)
	if result := got.Header.Get("Location"); strings.HasPrefix(result, "/find/") {
		return v.page(t, result)
	}
	return got
}

// TestHostileReview: what an officer writes of an emergency is text to whoever reviews it, and
// what that one notes is text to the next.
func TestHostileReview(t *testing.T) {
	w, database, _ := loggedWorld(t)
	texts := append([]string{"An ordinary text"}, hostile()...)
	var people []record.Person
	for n := range texts {
		people = append(people, saying(fmt.Sprint("somebody ", n), "An ordinary text"))
	}
	w.imported(t, people...)
	officer, governor := w.visitor(t, "police_officer"), w.visitor(t, "governance_officer")
	var known []string // of the first, which is harmless
	for n, text := range texts {
		person := "/person/" + personOf(t, database, fmt.Sprint("somebody ", n))
		officer.send(t, person+"/reason", url.Values{"reason": {"other"}, "explanation": {text}}).goesTo(t, person)
		officer.send(t, person+"/emergency", url.Values{"why": {text}}).goesTo(t, person)
		officer.send(t, person+"/emergency/end", nil).goesTo(t, person)
		pages := governor.reviewing(t, text)
		for k, page := range pages {
			if k < 4 && !strings.Contains(textOf(page), text) { // what was reviewed is on its own page
				t.Errorf("a page of the review does not show %q", text)
			}
			if n == 0 {
				known = append(known, signatures(page)...)
			} else if born := notIn(signatures(page), known); born != "" {
				t.Errorf("%q has become %s", text, born)
			}
		}
	}
}

// reviewing reviews the one access that waits, with a text for a note, and returns the pages
// on the way.
func (v *visitor) reviewing(t *testing.T, note string) []*html.Node {
	t.Helper()
	queue := v.page(t, "/reviews").shown(t, http.StatusOK)
	waits := firstElement(queue, atom.A, func(n *html.Node) bool { return strings.HasPrefix(textOf(n), "Review it") })
	if waits == nil {
		t.Fatal("no access waits for review")
	}
	path := attribute(waits, "href")
	before := v.page(t, path).shown(t, http.StatusOK)
	wrong := v.send(t, path, url.Values{"note": {note}}).shown(t, http.StatusUnprocessableEntity)
	v.send(t, path, url.Values{"finding": {"not-justified"}, "note": {note}}).goesTo(t, "/reviews")
	return []*html.Node{queue, before, wrong, v.page(t, path).shown(t, http.StatusOK), v.page(t, "/reviews").shown(t, http.StatusOK)}
}

// bornOf returns an element of a page that the like page with harmless texts has not.
func bornOf(page, harmless *html.Node) string { return notIn(signatures(page), signatures(harmless)) }

func notIn(some, known []string) string {
	for _, s := range some {
		if !slices.Contains(known, s) {
			return s
		}
	}
	return ""
}

// signatures returns the elements of a page: each with the names of its attributes, and the
// values of those that a text could do harm in.
func signatures(doc *html.Node) []string {
	var all []string
	for n := range doc.Descendants() {
		switch n.Type {
		case html.CommentNode:
			all = append(all, "<!--"+n.Data+"-->")
		case html.ElementNode:
			s := n.Data
			for _, a := range n.Attr {
				s += " " + a.Key
				switch a.Key {
				case "href", "src", "action", "formaction", "style", "class", "target", "rel", "http-equiv", "content", "type", "name":
					s += "=" + withoutIDs(a.Val)
				}
			}
			all = append(all, s)
		}
	}
	return all
}

// withoutIDs is an address without what is one person's: ids, and the number to ring.
func withoutIDs(address string) string {
	return ownAddress.ReplaceAllString(idForm.ReplaceAllString(address, "<id>"), "tel:<number>")
}

var (
	idForm     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	ownAddress = regexp.MustCompile(`^tel:\+?[0-9]+$`)
)
