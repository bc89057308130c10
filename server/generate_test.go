package server

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"

	"mais/server/api"
	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
)

// ask is a request as both twins are asked it. {result} in the path stands for the sealed
// id of the last search, which is each twin's own.
type ask struct {
	method, path string
	header       http.Header
	body         string
}

func (a ask) String() string {
	return fmt.Sprintf("%s %s %v %.200q", a.method, a.path, a.header, a.body)
}

// generator makes requests, the same ones from the same seed.
type generator struct {
	*rand.Rand
	about, ghost string // whom most requests are about, and some
}

func (g *generator) among(choices ...string) string { return choices[g.IntN(len(choices))] }

// any returns some request: of the API or of a page, most of them about one person, with
// the liberties that HTTP gives a client, and some that it does not.
func (g *generator) any() ask {
	a := g.known()
	switch g.IntN(10) {
	case 0:
		a.method = g.among("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "POST", "GET")
	case 1:
		a.path += g.among("/", "?", "?view=all", "/.", "//", ";x=1", "?fields=mental_health_diagnosis", "%00", "/x", "?q="+strings.Repeat("x", 300))
	}
	for range g.IntN(3) {
		name, value := g.someHeader()
		a.header.Set(name, value)
	}
	return a
}

func (g *generator) someHeader() (name, value string) {
	values := [][]string{
		{"Accept", "text/html", "application/json", "*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "image/png", "", "application/problem+json"},
		{"If-None-Match", "*", `"x"`, `W/"x"`, `"` + strings.Repeat("a", 64) + `"`},
		{"If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 2100 00:00:00 GMT"},
		{"Range", "bytes=0-100", "bytes=-1", "bytes=100-", "items=1-2"},
		{"Accept-Encoding", "gzip", "br, gzip;q=0.5", "identity", "*;q=0"},
		{"Accept-Language", "cy", "de-DE,en;q=0.1"},
		{"Sec-Fetch-Site", "same-origin", "none", "cross-site", "same-site"},
		{"Cache-Control", "no-cache", "max-age=3600", "only-if-cached"},
	}[g.IntN(8)]
	return values[0], g.among(values[1:]...)
}

// known is a request as our own clients make them.
func (g *generator) known() ask {
	person := g.person()
	switch g.IntN(16) {
	case 0, 1:
		return get(api.PathPeople + person)
	case 2, 3, 4:
		return g.search()
	case 5:
		return get("/find/{result}")
	case 6, 7:
		return get("/person/" + person)
	case 8:
		return get("/person/" + person + "/history")
	case 9:
		return get("/person/" + person + "/looks")
	case 10:
		return get("/person/" + person + "/print")
	case 11:
		return get("/person/" + person + g.among("/reason", "/emergency"))
	case 12:
		return get(g.among("/", "/find", "/recent", "/access", "/contacts", "/help", "/practice", "/reviews", "/locked", "/accessibility", "/privacy"))
	case 13:
		return get(g.among(api.PathWhoami, api.PathOpenAPI, "/api/v1/people", "/api/v1/people/", "/find/x", "/reviews/{review}", "/metrics", "/no/such"))
	case 14:
		return g.formTo(g.among("/find", "/person/"+person+"/reason", "/reviews/{review}", "/session/keep"))
	}
	return get(g.among("/find", "/person/"+person))
}

func get(path string) ask {
	header := http.Header{}
	if !strings.HasPrefix(path, "/api/") {
		header.Set("Accept", "text/html")
		header.Set("Sec-Fetch-Site", "same-origin")
	}
	return ask{"GET", path, header, ""}
}

// person is mostly the id of the one whom it is about, or something that looks like one.
func (g *generator) person() string {
	if g.IntN(3) > 0 {
		return g.about
	}
	return g.among(g.ghost, "7b0a3a0e-6a32-4b3c-9a6c-0c8a6a9c2f10", strings.ToUpper(g.about), g.about[:35], "none", "{"+g.about+"}",
		"00000000-0000-0000-0000-000000000000", "'%20OR%201=1--", "%2e%2e", g.about+"%0a")
}

func (g *generator) search() ask { return searchFor(g.criteria()...) }

func searchFor(criteria ...string) ask {
	return ask{"POST", api.PathSearch, http.Header{"Content-Type": {"application/json"}}, "{" + strings.Join(criteria, ",") + "}"}
}

// criteria are those of a search: names of people who are there, words that stand in
// withheld items, patterns of SQL, and nonsense.
func (g *generator) criteria() []string {
	var all []string
	for _, field := range []string{"surname", "first_name"} {
		if g.IntN(2) == 0 {
			all = append(all, fmt.Sprintf("%q:%q", field, g.name()))
		}
	}
	if g.IntN(3) == 0 {
		all = append(all, fmt.Sprintf(`"date_of_birth":%q`, g.among(string(recordtest.AsAt), "1999-12-31", "2009-11", "1970-02-30", "", "14/11/2009")))
	}
	switch g.IntN(12) {
	case 0:
		all = append(all, `"exact":true`)
	case 1:
		all = append(all, g.among(`"nhs_number":"canary"`, `"primary_diagnosis":"dementia"`, `"epex_number":"canary"`, `"order":"primary_diagnosis"`))
	}
	return all
}

func (g *generator) name() string {
	if g.IntN(2) == 0 {
		return g.among("canary", "canary:service_user_details.surname:", "CANARY", "cánary", "ca", "c%", "canary:service")
	}
	keys := record.Keys()
	return g.among("another", "sm", "jo", "a", "%", "__", "%%", `\`, "'; DROP TABLE record.person; --", "*", ".*", "ca\u0000", "xx", strings.Repeat("x", 300),
		recordtest.Marker(keys[g.IntN(len(keys))]), "schizophrenia", "antipsychotics", "Quite another", recordtest.Marker("person.nhs_number"))
}

// formTo is a form with fields as the pages have them, and others.
func (g *generator) formTo(path string) ask {
	form := url.Values{}
	for _, field := range []string{"family-name", "first-name", "date-of-birth-day", "date-of-birth-month", "date-of-birth-year", "reason", "number", "explanation", "note", "finding", "whole-names"} {
		if g.IntN(3) == 0 {
			form.Set(field, g.among(g.name(), "14", "11", "2009", "custody", "justified", "yes"))
		}
	}
	return post(path, form)
}

func post(path string, form url.Values) ask {
	a := get(path)
	a.method, a.body = "POST", form.Encode()
	a.header.Set("Content-Type", "application/x-www-form-urlencoded")
	return a
}
