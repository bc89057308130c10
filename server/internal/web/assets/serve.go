package assets

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// forever is a year, beyond which caches need not look (RFC 9111, 1.2.2; RFC 8246).
const forever = "public, max-age=31536000, immutable"

// kinds are the media types by ending. The system's own table is not asked: it may say
// anything, and nosniff makes browsers believe it.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// file is a file in the two forms in which it is sent.
type file struct {
	kind         string
	plain, small []byte
}

// files are what is served, compressed when first asked for.
var files = sync.OnceValue(func() map[string]file {
	all := make(map[string]file, len(made.Files))
	for _, name := range made.Files {
		plain, err := dist.ReadFile("dist/" + name)
		if err != nil {
			panic("assets: " + err.Error()) // embedded: a test reads each
		}
		all[Root+name] = file{kinds[path.Ext(name)], plain, compress(plain)}
	}
	return all
})

func compress(plain []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // errs for a wrong level only
	w.Write(plain)
	w.Close()
	return b.Bytes()
}

// Handler serves the files under [Root], the same to everybody.
func Handler() http.Handler { return http.HandlerFunc(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	found, ok := files()[r.URL.Path]
	switch {
	case !ok:
		http.NotFound(w, r)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	body := found.plain
	h.Set("Vary", "Accept-Encoding")
	if takesGzip(r) {
		body = found.small
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Cache-Control", forever)
	h.Set("Content-Security-Policy", "default-src 'none'") // an SVG opened by itself is a document
	h.Set("Content-Type", found.kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if r.Method == http.MethodGet {
		w.Write(body)
	}
}

// takesGzip reports whether the client names gzip among its encodings and does not rule it
// out by a weight of zero (RFC 9110, 12.5.3).
func takesGzip(r *http.Request) bool {
	for _, accepted := range r.Header.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(accepted, ",") {
			name, parameters, _ := strings.Cut(part, ";")
			if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
				continue
			}
			weight, ok := strings.CutPrefix(strings.ReplaceAll(parameters, " ", ""), "q=")
			q, err := strconv.ParseFloat(weight, 64)
			return !ok || err == nil && q > 0
		}
	}
	return false
}
