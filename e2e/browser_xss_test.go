package e2e_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// hostileTexts are the corpus that package server's tests hold against the pages' HTML.
func hostileTexts(t testing.TB) []string {
	t.Helper()
	return strings.Split(strings.TrimSpace(read(t, filepath.Join("..", "server", "testdata", "xss.txt"))), "\n")
}

// TestXSS takes texts that want to run as script into every item of a record that takes
// words, through the import, and into every field of a form, and shows them in a browser: on
// the pages of the record, and on those of the governance officer who reads what an officer
// wrote. No script runs, nothing is asked of a foreign host, and the browser has no
// violation of the policy to report: there was nothing for the policy to stop.
func TestXSS(t *testing.T) {
	t.Parallel()
	s := up(t, "--people", "1")
	texts := hostileTexts(t)
	server(t, "import", hostileFile(t, texts), "--dir", s.dir).exits(t, 0).shows(t, fmt.Sprintf("loaded %d records", len(texts)))
	ids := strings.Fields(s.psql(t, "SELECT id FROM record.person WHERE source = 'hostile' ORDER BY source_reference"))
	if len(ids) != len(texts) {
		t.Fatalf("%d of %d hostile people are loaded", len(ids), len(texts))
	}
	nurse := newChromium(t, s, s.join(t, "hostile-nurse", "clinician", liaison)).tab(t)
	signIn(t, nurse)
	for n, text := range texts {
		nurse.looksAtHostile(t, "/person/"+ids[n], text)
	}
	nurse.open(t, "/recent")
	nurse.calm(t, "/recent", texts...)

	officer := newChromium(t, s, s.join(t, "hostile-officer", "police_officer", custody)).tab(t)
	signIn(t, officer)
	written := chunks(texts, 450) // of 500 characters that an emergency's reason may have
	for n, text := range written {
		officer.writesOfEmergency(t, "/person/"+ids[n], text)
	}
	governor := newChromium(t, s, s.join(t, "hostile-governor", "governance_officer", custody)).tab(t)
	governor.open(t, "/")
	governor.press(t, toSignIn)
	governor.open(t, "/reviews")
	governor.calm(t, "/reviews", written...)
	governor.press(t, `main a[href^="/reviews/"]`)
	governor.calm(t, "/reviews/{id}")
}

// looksAtHostile searches for a person by a text and goes through the pages about them, on
// which everything says the same text.
func (b *tab) looksAtHostile(t *testing.T, person, text string) {
	t.Helper()
	b.open(t, "/find")
	b.fill(t, "#family-name", text)
	b.enter(t) // an answer or a fault, with what was typed
	b.calm(t, "/find", text)
	b.open(t, person)
	at(t, b, person+"/reason")
	b.calm(t, "/reason", text)
	b.choose(t, `input[name="reason"][value="other"]`)
	b.fill(t, "#explanation", text)
	b.press(t, toReason)
	at(t, b, person)
	b.calm(t, "/person", text)
	for _, page := range []string{"/history", "/print"} {
		b.open(t, person+page)
		b.calm(t, page, text)
	}
}

// writesOfEmergency begins emergency access with a text for its reason, and ends it.
func (b *tab) writesOfEmergency(t *testing.T, person, text string) {
	t.Helper()
	b.open(t, person)
	b.choose(t, `input[name="reason"][value="release"]`)
	b.press(t, toReason)
	b.open(t, person+"/emergency")
	b.calm(t, "/emergency")
	b.fill(t, "#why", text)
	b.press(t, toBegin)
	at(t, b, person)
	b.calm(t, "/person in an emergency")
	b.press(t, toEnd)
}

// chunks joins texts to longer ones of at most so many bytes.
func chunks(texts []string, most int) (longer []string) {
	for _, text := range texts {
		if last := len(longer) - 1; last >= 0 && len(longer[last])+1+len(text) <= most {
			longer[last] += " " + text
		} else {
			longer = append(longer, text)
		}
	}
	return longer
}

// calm demands a page with nothing on it but texts: that it shows them, and that the browser
// noticed nothing.
func (b *tab) calm(t *testing.T, page string, texts ...string) {
	t.Helper()
	if b.status >= http.StatusInternalServerError {
		t.Errorf("%s = %d", page, b.status)
	}
	shown := js[string](t, b, `[document.body.textContent, ...Array.from(document.querySelectorAll("input, textarea"), e => e.value)].join("\n")`)
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			t.Errorf("%s does not show %q", page, text)
		}
	}
	for _, fault := range b.seen.takeFaults() {
		if strings.HasPrefix(fault, "log: info ") {
			continue // such as a heading that took the focus before a field
		}
		t.Errorf("%s with %q: %s", page, texts[:min(1, len(texts))], fault)
	}
	if asked := b.seen.askedOf("attacker.invalid"); len(asked) > 0 {
		t.Errorf("%s with %q asks %v", page, texts, asked)
	}
}

// askedOf returns what the browser asked of a host.
func (s *sightings) askedOf(host string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.requests), func(request string) bool { return !strings.Contains(request, host) })
}

var (
	markerForm = regexp.MustCompile(`canary:[a-z_.]+:`)
	listSyntax = strings.NewReplacer(`\`, `\\`, `;`, `\;`, `|`, `\|`)
)

// hostileFile is a CSV file of a person for each text, who say it wherever the canary says
// its marker.
func hostileFile(t testing.TB, texts []string) string {
	t.Helper()
	c := newCanary(t)
	table := [][]string{c.columns}
	for n, text := range texts {
		row := slices.Clone(c.cells)
		for k, column := range c.columns {
			say := text
			switch column {
			case "source":
				row[k] = "hostile"
				continue
			case "source_reference":
				say = fmt.Sprintf("hostile %02d", n)
			case "aliases", "prescriptions", "agencies_involved":
				say = listSyntax.Replace(text)
			}
			row[k] = markerForm.ReplaceAllLiteralString(row[k], say)
		}
		table = append(table, row)
	}
	var file strings.Builder
	if err := csv.NewWriter(&file).WriteAll(table); err != nil {
		t.Fatal(err)
	}
	return write(t, filepath.Join(t.TempDir(), "hostile.csv"), file.String())
}
