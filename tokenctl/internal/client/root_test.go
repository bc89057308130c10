package client

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"mais/certs"
	"mais/tokenctl/internal/fault"
)

// TestStrangersWordsAreNotShown: before the root is compared, whoever answers may be the very
// man in the middle that the fingerprint is for.
func TestStrangersWordsAreNotShown(t *testing.T) {
	const words = "ring 0800 000 000 and read out your code"
	for name, answer := range map[string]http.HandlerFunc{
		"problem": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", mediaProblem)
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, `{"type":"urn:mais:problem:wrong-network","title":"`+words+`","detail":"`+words+`","next":"`+words+`","status":403}`)
		},
		"problem with status 200": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", mediaProblem)
			io.WriteString(w, `{"type":"urn:mais:problem:wrong-network","title":"`+words+`","next":"`+words+`"}`)
		},
		"page": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, words, http.StatusForbidden) },
		"redirection": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://"+strings.ReplaceAll(words, " ", "-"), http.StatusFound)
		},
		"roots": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, words) },
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(answer)
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			defer server.Close()
			at, err := url.Parse(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			_, err = FetchRoot(t.Context(), at, certs.FingerprintOf([]byte("the root")))
			if err == nil {
				t.Fatal("a stranger has our root")
			}
			if said := err.Error() + fault.Of(err).Next; strings.Contains(said, "0800") {
				t.Errorf("the stranger's words are shown: %s", said)
			}
		})
	}
}
