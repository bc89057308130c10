package bench

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mais/server/api"
)

// visitor is an officer at a browser who has signed in: a client that keeps a cookie, has
// searched, and has given reasons for looking at some people.
type visitor struct {
	client
	cookie   string
	searches []search
	people   []string // ids
}

// search is one search, and where its page is.
type search struct {
	asked string // as JSON, for the API
	path  string
}

// beginnings are of the families' names that are searched for. They find from a few people to
// almost too many.
var beginnings = []string{"wa", "ha", "mc", "br", "co"}

// newVisitors returns one visitor for each token.
func newVisitors(b *testing.B, s *service, tokens []tls.Certificate, peopleEach int) []*visitor {
	b.Helper()
	var all []*visitor
	for n, own := range tokens {
		v := &visitor{client: client{address: s.mutual, config: asClient(own)}}
		b.Cleanup(v.close)
		must(b, v.signIn())
		for _, name := range beginnings {
			must(b, v.search(name))
		}
		for k := range peopleEach {
			must(b, v.giveReason(s.ids[(n*peopleEach+k)*617%len(s.ids)]))
		}
		all = append(all, v)
	}
	return all
}

func (v *visitor) signIn() error {
	answer, _, _, err := v.ask("POST", "/sign-in", "", "")
	if err != nil {
		return err
	}
	if len(answer.Cookies()) != 1 {
		return fmt.Errorf("sign in: status %d", answer.StatusCode)
	}
	v.cookie = answer.Cookies()[0].Name + "=" + answer.Cookies()[0].Value
	return nil
}

func (v *visitor) search(name string) error {
	answer, err := v.send("/find", url.Values{"family-name": {name}})
	v.searches = append(v.searches, search{`{"surname":"` + name + `"}`, answer})
	return err
}

func (v *visitor) giveReason(id string) error {
	_, err := v.send("/person/"+id+"/reason", url.Values{"reason": {"custody"}, "number": {"CUST/1"}})
	v.people = append(v.people, id)
	return err
}

// send sends a form and returns where it leads.
func (v *visitor) send(path string, form url.Values) (to string, err error) {
	answer, body, _, err := v.ask("POST", path, "application/x-www-form-urlencoded", form.Encode())
	if err == nil && answer.StatusCode != http.StatusSeeOther {
		err = fmt.Errorf("POST %s: status %d: %.300s", path, answer.StatusCode, body)
	}
	if err != nil {
		return "", err
	}
	return answer.Header.Get("Location"), nil
}

// first gets a page or asks the API, which must answer, and returns how long its first byte
// took.
func (v *visitor) first(method, path, kind, body string) (time.Duration, error) {
	answer, text, took, err := v.ask(method, path, kind, body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: status %d: %.300s", method, path, answer.StatusCode, text)
	}
	return took, err
}

// ask asks and reads the answer to its end. took is from the request's last byte to the
// answer's first.
func (v *visitor) ask(method, path, kind, body string) (answer *http.Response, text []byte, took time.Duration, err error) {
	if err := v.open(); err != nil {
		return nil, nil, 0, err
	}
	var request strings.Builder
	fmt.Fprintf(&request, "%s %s HTTP/1.1\r\nHost: localhost\r\nAccept: %s\r\nContent-Length: %d\r\n", method, path, wanted(path), len(body))
	if kind != "" {
		fmt.Fprintf(&request, "Content-Type: %s\r\n", kind)
	}
	if v.cookie != "" {
		fmt.Fprintf(&request, "Cookie: %s\r\n", v.cookie)
	}
	request.WriteString("\r\n" + body)
	if _, err := io.WriteString(v.conn, request.String()); err != nil {
		return nil, nil, 0, fmt.Errorf("ask: %w", err)
	}
	began := time.Now()
	if _, err := v.in.Peek(1); err != nil {
		return nil, nil, 0, fmt.Errorf("read answer: %w", err)
	}
	took = time.Since(began)
	answer, err = http.ReadResponse(v.in, nil)
	if err != nil {
		return nil, nil, 0, fmt.Errorf("read answer: %w", err)
	}
	if text, err = io.ReadAll(answer.Body); err != nil {
		return nil, nil, 0, fmt.Errorf("read answer: %w", err)
	}
	if answer.Close {
		v.close()
	}
	return answer, text, took, nil
}

func wanted(path string) string {
	if strings.HasPrefix(path, "/api/") {
		return "application/json"
	}
	return "text/html"
}

// The four things that are measured, each for the n-th time.

func (v *visitor) seesRecord(n int) (time.Duration, error) {
	return v.first("GET", "/person/"+v.people[n%len(v.people)], "", "")
}

func (v *visitor) asksRecord(n int) (time.Duration, error) {
	return v.first("GET", api.PathPeople+v.people[n%len(v.people)], "", "")
}

func (v *visitor) seesFound(n int) (time.Duration, error) {
	return v.first("GET", v.searches[n%len(v.searches)].path, "", "")
}

func (v *visitor) asksFound(n int) (time.Duration, error) {
	return v.first("POST", api.PathSearch, "application/json", v.searches[n%len(v.searches)].asked)
}
