package assets

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDist: each file has the name of its contents, and nothing else lies beside them.
func TestDist(t *testing.T) {
	want := []string{"manifest.json"}
	for plain, name := range made.Files {
		want = append(want, name)
		text, err := dist.ReadFile("dist/" + name)
		if err != nil {
			t.Error(err)
			continue
		}
		ending := path.Ext(plain)
		if got := strings.TrimSuffix(plain, ending) + "-" + digest(text)[:20] + ending; got != name {
			t.Errorf("%s is named %s, want %s; run scripts/theme.sh", plain, name, got)
		}
		if kinds[ending] == "" {
			t.Errorf("%s has no media type", plain)
		}
	}
	entries, err := fs.ReadDir(dist, "dist")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(want, e.Name()) {
			t.Errorf("dist/%s is not in the manifest; run scripts/theme.sh", e.Name())
		}
	}
}

// TestCurrent: dist was made from the theme as it is. It does what sources does in
// scripts/theme.sh.
func TestCurrent(t *testing.T) {
	theme := filepath.Join("..", "theme")
	var names []string
	err := filepath.WalkDir(theme, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(theme, name)
		names = append(names, "./"+filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	var lines strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(theme, name))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&lines, "%s  %s\n", digest(text), name)
	}
	if got := digest([]byte(lines.String())); got != made.Sources {
		t.Errorf("the theme has changed since dist was made from it; run scripts/theme.sh")
	}
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

var foreign = regexp.MustCompile(`@import|@font-face|GDS Transport|sourceMappingURL|https?://[a-z]`)

// TestForeign: nothing is loaded from elsewhere, and nothing is of a brand that is not ours.
func TestForeign(t *testing.T) {
	for _, name := range []string{CSS, App, Boot, "lock.js", "govuk-frontend.js"} {
		text, err := dist.ReadFile("dist/" + made.Files[name])
		if err != nil {
			t.Fatal(err)
		}
		if found := foreign.FindAllString(string(text), -1); len(found) > 0 {
			t.Errorf("%s holds %q", name, found)
		}
	}
}

// TestScripts: a script imports files that are served beside it.
func TestScripts(t *testing.T) {
	imports := regexp.MustCompile(`from '\./([^']+)'`)
	text, err := dist.ReadFile("dist/" + made.Files[App])
	if err != nil {
		t.Fatal(err)
	}
	found := imports.FindAllStringSubmatch(string(text), -1)
	if len(found) != 3 {
		t.Fatalf("%s imports %q, want three files", App, found)
	}
	for _, m := range found {
		if _, ok := files()[Root+m[1]]; !ok {
			t.Errorf("%s imports %s, which is not served", App, m[1])
		}
	}
}

func TestServe(t *testing.T) {
	for _, test := range []struct {
		method, path, accept string
		status               int
		gzip                 bool
	}{
		{"GET", URL(CSS), "", 200, false},
		{"GET", URL(CSS), "gzip, deflate, br", 200, true},
		{"GET", URL(CSS), "br, GZIP;q=0.5", 200, true},
		{"GET", URL(CSS), "gzip;q=0", 200, false},
		{"GET", URL(CSS), "gzip; q=0.000", 200, false},
		{"GET", URL(CSS), "gzip;q=much", 200, false},
		{"GET", URL(CSS), "identity", 200, false},
		{"HEAD", URL(App), "gzip", 200, true},
		{"HEAD", URL(Icon), "", 200, false},
		{"POST", URL(App), "", 405, false},
		{"GET", Root, "", 404, false},
		{"GET", Root + "manifest.json", "", 404, false},
		{"GET", Root + "mais.css", "", 404, false},
		{"GET", Root + "../assets.go", "", 404, false},
	} {
		r := httptest.NewRequest(test.method, test.path, nil)
		r.Header.Set("Accept-Encoding", test.accept)
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, r)
		name := fmt.Sprintf("%s %s with %q", test.method, test.path, test.accept)
		h := w.Header()
		if w.Code != test.status || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s = %d %v, want %d", name, w.Code, h, test.status)
		}
		if test.status != 200 {
			if h.Get("Cache-Control") != "" {
				t.Errorf("%s may be cached: %v", name, h)
			}
			continue
		}
		if got := h.Get("Content-Encoding") == "gzip"; got != test.gzip {
			t.Errorf("%s: gzip = %v, want %v", name, got, test.gzip)
		}
		for key, want := range map[string]string{
			"Cache-Control": "public, max-age=31536000, immutable", "Cross-Origin-Resource-Policy": "same-origin", "Vary": "Accept-Encoding",
			"Content-Type": kinds[path.Ext(test.path)],
		} {
			if got := h.Get(key); got != want {
				t.Errorf("%s: %s = %q, want %q", name, key, got, want)
			}
		}
		if got, want := w.Body.Len(), h.Get("Content-Length"); test.method == "GET" && fmt.Sprint(got) != want || test.method == "HEAD" && got != 0 {
			t.Errorf("%s sends %d bytes and announces %s", name, got, want)
		}
	}
}

// TestCompressed: what is sent compressed is the file.
func TestCompressed(t *testing.T) {
	for name, f := range files() {
		z, err := gzip.NewReader(strings.NewReader(string(f.small)))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(z); err != nil || string(got) != string(f.plain) {
			t.Errorf("%s: compressed is not the same (%v)", name, err)
		}
	}
}

func TestURLOfNothing(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("URL of no file did not panic")
		}
	}()
	URL("mais.scss")
}
