// Package entry is the page of one entry of the audit, whole. Render it with [Render].
package entry

import (
	"embed"
	"maps"
	"slices"
	"strings"

	"mais/server/api"
	"mais/server/internal/web/page/audit"
	"mais/server/internal/web/page/frame"
)

//go:embed entry.html
var files embed.FS

var page = audit.Template(files, "entry.html")

// Page is the data of the page.
type Page struct {
	frame.Frame
	Entry api.AuditEntry
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// One is the entry in words.
func (p Page) One() audit.Entry { return audit.Entry{AuditEntry: p.Entry} }

// Fact is a line of the entry.
type Fact struct{ Name, Value string }

// Facts are what is known of who and where, without what is empty.
func (p Page) Facts() (facts []Fact) {
	e := p.Entry
	why, code := p.One().Why(), recorded(e)
	if strings.EqualFold(why, code) {
		code = ""
	}
	for _, f := range []Fact{
		{"Why", why}, {"As recorded", code}, {"User’s number", e.User}, {"Agency", e.Agency}, {"Site", e.Site}, {"Address", e.Address}, {"Listener", e.Listener}, {"Known by", e.AuthMethod},
		{"Certificate", certificate(e)}, {"Request", request(e)}, {"Reference number", e.Request}, {"Node", e.Node}, {"Recorded by", e.Login},
	} {
		if f.Value != "" {
			facts = append(facts, f)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.Detail)) {
		if key != "reason" || e.Reason != "" {
			facts = append(facts, Fact{key, e.Detail[key]})
		}
	}
	return facts
}

// recorded is the reason as the log has it and programs are given it.
func recorded(e api.AuditEntry) string {
	if e.Reason == "" {
		return e.Detail["reason"]
	}
	return e.Reason
}

func certificate(e api.AuditEntry) string {
	if e.Serial == "" {
		return ""
	}
	return e.Issuer + "/" + e.Serial
}

func request(e api.AuditEntry) string {
	if e.Method == "" {
		return e.URI
	}
	return e.Method + " " + e.URI
}

// mostPeople is how many of those whom an entry is about are listed.
const mostPeople = 100

// People lead to who looked at those whom the entry is about.
func (p Page) People() (links []frame.Link) {
	for _, id := range p.Entry.Persons[:min(mostPeople, len(p.Entry.Persons))] {
		links = append(links, frame.Link{Path: audit.PersonOf(id), Text: id})
	}
	return links
}

// Left is how many of those are not listed.
func (p Page) Left() int { return max(0, len(p.Entry.Persons)-mostPeople) }
