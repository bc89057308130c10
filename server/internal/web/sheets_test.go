package web

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
)

// The information sheets of docs/roles go out on paper, where nobody corrects them: what
// they name has to be there.
const sheetDir = "../../../docs/roles"

func sheets(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(sheetDir, "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sheets in %s: %v", sheetDir, err)
	}
	all := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".md")] = string(text)
	}
	return all
}

var builtIn = regexp.MustCompile(`(?s)INSERT INTO access\.role \(name, description\) VALUES\s*(.*?\));`)

// TestEachRoleHasASheet: and each sheet says what every sheet has to.
func TestEachRoleHasASheet(t *testing.T) {
	files, err := filepath.Glob("../../migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	all, roles := sheets(t), 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, insert := range builtIn.FindAllStringSubmatch(string(text), -1) {
			for _, row := range regexp.MustCompile(`\('([a-z_]+)',`).FindAllStringSubmatch(insert[1], -1) {
				role := row[1]
				roles++
				if !strings.Contains(all["README"], "("+role+".md)") {
					t.Errorf("docs/roles/README.md does not lead to the sheet of %s", role)
				}
				for _, part := range []string{
					"**What you see, and why.**", "**Your first time.**", "**To look", "Withheld", "Not recorded", "Asked, refused to say",
					"**Emergency access", "**What is recorded about you.**", "`tokenctl revoke --reason keyCompromise`", "**Whom to call.**", "**Never**",
				} {
					if !strings.Contains(all[role], part) {
						t.Errorf("the sheet of %s lacks %q", role, part)
					}
				}
				if words := len(strings.Fields(all[role])); words > 600 {
					t.Errorf("the sheet of %s has %d words: more than a page", role, words)
				}
			}
		}
	}
	if roles != len(all)-1 {
		t.Errorf("there are %d built-in roles and %d sheets", roles, len(all)-1)
	}
}

// quoted is what stands in backquotes, also over the end of a line.
var quoted = regexp.MustCompile("`([^`]+)`")

func spans(sheet string) (all []string) {
	for _, span := range quoted.FindAllStringSubmatch(sheet, -1) {
		all = append(all, strings.Join(strings.Fields(span[1]), " "))
	}
	return all
}

// TestSheetsNameRealCommands looks them up in the reference, which is made from the commands.
func TestSheetsNameRealCommands(t *testing.T) {
	reference := map[string]string{} // by "tokenctl revoke"
	files, err := filepath.Glob("../../../docs/reference/*.md")
	if err != nil {
		t.Fatal(err)
	}
	flags := "" // of all
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		reference[strings.ReplaceAll(strings.TrimSuffix(filepath.Base(file), ".md"), "_", " ")] = string(text)
		flags += string(text)
	}
	seen := 0
	for name, sheet := range sheets(t) {
		for _, span := range spans(sheet) {
			words := strings.Fields(span)
			if strings.HasPrefix(span, "--") && !strings.Contains(flags, span+" ") {
				t.Errorf("%s: no command has the flag %s", name, span)
			}
			if words[0] != "tokenctl" && words[0] != "mais-server" {
				continue
			}
			seen++
			end := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "-") || strings.ToUpper(w) == w })
			if end < 0 {
				end = len(words)
			}
			text, ok := reference[strings.Join(words[:end], " ")]
			if !ok {
				t.Errorf("%s: there is no command %q", name, span)
			}
			for _, w := range words[end:] {
				if strings.HasPrefix(w, "--") && !strings.Contains(text, w+" ") {
					t.Errorf("%s: %q has no flag %s", name, span, w)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("the sheets name no command")
	}
}

// open stands in for authn: the routes are only listed.
type open struct{ Authentication }

func (open) Middleware(string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler { return next }
}

// TestSheetsNameRealPages compares them with the routes.
func TestSheetsNameRealPages(t *testing.T) {
	routes, ok := (&Site{opts: Options{Authn: open{}}}).Mutual().(chi.Routes)
	if !ok {
		t.Fatal("the mutual listener has no routes to list")
	}
	pages := map[string]bool{}
	err := chi.Walk(routes, func(method, path string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		pages[path] = pages[path] || method == http.MethodGet
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for name, sheet := range sheets(t) {
		for _, span := range spans(sheet) {
			if strings.HasPrefix(span, "/") {
				seen++
				if !pages[span] {
					t.Errorf("%s: there is no page %s", name, span)
				}
			}
		}
		for _, link := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(sheet, -1) {
			if _, err := os.Stat(filepath.Join(sheetDir, link[1])); err != nil {
				t.Errorf("%s leads to %s, which is not there", name, link[1])
			}
		}
	}
	if seen == 0 {
		t.Error("the sheets name no page")
	}
}
