package server

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/record"
	"mais/server/internal/record/recordtest"
	"mais/server/migrations"
)

// notebook keeps a log.
type notebook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notebook) Write(line []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(line)
}

func (n *notebook) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// loggedWorld is a world of the test's own, all of whose log is kept.
func loggedWorld(t *testing.T) (*world, *pgtest.Database, *notebook) {
	t.Helper()
	log := &notebook{}
	database := pgtest.New(t, camigrations.Set, migrations.Set)
	w := openedWorld(t, database.Source(), slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	ctx, cancel := context.WithTimeout(t.Context(), testPatience)
	defer cancel()
	if err := w.populate(ctx); err != nil {
		t.Fatal(err)
	}
	return w, database, log
}

// TestCanaryInPages: every item holds a word of its own. None of those that are withheld
// from an officer is in any byte that reaches one: pages, print, redirects, refusals,
// headers; all of the others are on the record's page, and a clinician's has them all. No
// such word is in a log line or in the audit.
func TestCanaryInPages(t *testing.T) {
	w, database, log := loggedWorld(t)
	w.imported(t, recordtest.Canary())
	id := personOf(t, database, "canary")
	full, restricted := []string{recordtest.Marker("person.nhs_number"), recordtest.Marker("person.source_reference")}, []string{}
	for _, key := range record.Keys() {
		if i, _ := record.Lookup(key); i.Audience == record.Full {
			full = append(full, recordtest.Marker(key))
		} else if i.Type != record.Constant {
			restricted = append(restricted, recordtest.Marker(key))
		}
	}

	officer := w.visitor(t, "police_officer")
	seen := officer.everythingSeen(t, id)
	for what, text := range seen {
		for _, m := range full {
			if strings.Contains(text, m) {
				t.Errorf("%s gives an officer %s", what, m)
			}
		}
	}
	missing(t, "the officer's record", seen["GET /person/"+id], restricted)
	for name, elements := range itemsOf(officer.page(t, "/person/"+id).shown(t, http.StatusOK)) {
		for _, n := range elements {
			i := itemNamed(name)
			if want := map[bool]string{true: "withheld", false: "recorded"}[i.Audience == record.Full]; attribute(n, "data-state") != want {
				t.Errorf("%s is %s for an officer, want %s", name, attribute(n, "data-state"), want)
			}
		}
	}

	nurse := w.visitor(t, "clinician")
	page := nurse.everythingSeen(t, id)["GET /person/"+id]
	missing(t, "the clinician's record", page, slices.Concat(restricted, full[2:]))

	told := log.String() + auditOf(t, database)
	for _, m := range slices.Concat(full, restricted) {
		if strings.Contains(told, m) {
			t.Errorf("the log or the audit holds %s", m)
		}
	}
}

// TestCanaryInEmergency: emergency access shows what it is for, on the screen and while it is
// on; not what it is not for, not on paper, and not afterwards.
func TestCanaryInEmergency(t *testing.T) {
	w, database, _ := loggedWorld(t)
	w.imported(t, recordtest.Canary())
	person := "/person/" + personOf(t, database, "canary")
	opened := []string{recordtest.Marker("mental_health_diagnosis.primary_diagnosis"), recordtest.Marker("release_medication.prescriptions")}
	never := []string{recordtest.Marker("service_user_details.epex_number"), recordtest.Marker("person.nhs_number"), recordtest.Marker("person.source_reference")}
	v := w.visitor(t, "police_officer")
	v.reasons(t, personOf(t, database, "canary"))
	v.send(t, person+"/emergency", url.Values{"why": {"Unconscious, the paramedic asks what he takes"}}).goesTo(t, person)
	screen := v.page(t, person)
	missing(t, "the record in an emergency", screen.everything(), opened)
	for what, text := range map[string]string{
		"the record in an emergency": screen.everything(), "the print in an emergency": v.page(t, person+"/print").everything(),
		"the API in an emergency": v.get(t, w.urls.Mutual+api.PathPeople+strings.TrimPrefix(person, "/person/"), "Cookie", v.cookie).everything(),
	} {
		forbidden := never
		if what != "the record in an emergency" {
			forbidden = slices.Concat(never, opened)
		}
		for _, m := range forbidden {
			if strings.Contains(text, m) {
				t.Errorf("%s holds %s", what, m)
			}
		}
	}
	v.send(t, person+"/emergency/end", nil).goesTo(t, person)
	for _, path := range []string{person, person + "/history", person + "/print"} {
		text := v.page(t, path).everything()
		for _, m := range slices.Concat(never, opened) {
			if strings.Contains(text, m) {
				t.Errorf("%s after the emergency holds %s", path, m)
			}
		}
	}
}

// itemNamed returns the item of the record's page.
func itemNamed(name string) record.Item {
	for _, s := range record.Dictionary() {
		for _, i := range s.Items {
			if i.Name == name {
				return i
			}
		}
	}
	return record.Item{}
}

func missing(t *testing.T, what, text string, markers []string) {
	t.Helper()
	for _, m := range markers {
		if !strings.Contains(text, m) {
			t.Errorf("%s does not hold %s", what, m)
		}
	}
}

// everythingSeen returns every answer that a visitor gets about a person, by what was asked:
// on the way from the search to paper, when things go wrong, and by the API.
func (v *visitor) everythingSeen(t *testing.T, id string) map[string]string {
	t.Helper()
	person, seen := "/person/"+id, map[string]string{}
	note := func(r reply) reply {
		what := r.Request.Method + " " + r.Request.URL.Path
		for seen[what] != "" {
			what += " again"
		}
		seen[what] = r.everything()
		return r
	}
	note(v.page(t, person)).goesTo(t, person+"/reason")
	note(v.send(t, "/find", url.Values{"family-name": {"x"}})).shown(t, http.StatusUnprocessableEntity)
	for _, form := range []url.Values{
		{"family-name": {"canary"}}, {"first-name": {"canary"}}, {"date-of-birth-day": {"14"}, "date-of-birth-month": {"11"}, "date-of-birth-year": {"2009"}},
	} {
		result := note(v.send(t, "/find", form)).goesTo(t, "/find/")
		page := note(v.page(t, result))
		page.shown(t, http.StatusOK)
		if !strings.Contains(string(page.body), person) {
			t.Errorf("the answer to %v does not lead to the canary", form)
		}
	}
	note(v.page(t, person+"/reason")).shown(t, http.StatusOK)
	note(v.send(t, person+"/reason", nil)).shown(t, http.StatusUnprocessableEntity)
	v.reasons(t, id)
	delete(seen, "GET "+person) // the way to the question
	for _, path := range []string{person, person + "/history", person + "/looks", person + "/print", "/recent", "/access", "/find", "/"} {
		if r := note(v.page(t, path, "If-None-Match", "*", "Range", "bytes=0-10")); r.StatusCode >= http.StatusBadRequest {
			t.Errorf("%s = %s", path, r.Status)
		}
	}
	for _, path := range []string{person + "/emergency", person + "/no-such", person + "/", "/find/" + id, "/reviews"} {
		note(v.page(t, path))
	}
	note(v.page(t, person, "Sec-Fetch-Site", "cross-site"))
	note(v.send(t, person, nil))
	note(v.sendBody(t, person+"/reason", "reason=%ff"))
	note(v.do(t, request(t, "HEAD", v.world.urls.Mutual+person, nil, "Cookie", v.cookie)))
	note(v.get(t, v.world.urls.Mutual+api.PathPeople+id))
	note(v.post(t, v.world.urls.Mutual+api.PathSearch, api.SearchRequest{Surname: "canary"}))
	return seen
}

// auditOf returns all that the audit holds.
func auditOf(t *testing.T, database *pgtest.Database) string {
	t.Helper()
	rows, err := database.Owner().Query(t.Context(), `SELECT to_jsonb(e)::text FROM audit.event e ORDER BY id`)
	lines, err := pg.Collect(rows, err, func(r *pg.Rows) (line string, err error) { err = r.Scan(&line); return line, err })
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
