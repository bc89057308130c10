package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// visitor is somebody at a browser, signed in: who goes to pages and sends forms.
type visitor struct {
	*client
	world  *world
	user   string
	cookie string
}

// visitor enrols a user of Custody with a role and signs them in.
func (w *world) visitor(t *testing.T, role string) *visitor {
	t.Helper()
	k := w.enrolled(t, role, w.custody)
	v := &visitor{client: w.client(t, custody, k.tls), world: w, user: k.user}
	v.cookie = w.signIn(t, v.client)
	return v
}

// page goes to a page as a link of ours does.
func (v *visitor) page(t *testing.T, path string, headers ...string) reply {
	t.Helper()
	all := append([]string{"Accept", "text/html", "Sec-Fetch-Site", "same-origin", "Cookie", v.cookie}, headers...)
	return v.get(t, v.world.urls.Mutual+path, all...)
}

// send sends a form of ours.
func (v *visitor) send(t *testing.T, path string, form url.Values, headers ...string) reply {
	t.Helper()
	return v.sendBody(t, path, form.Encode(), headers...)
}

func (v *visitor) sendBody(t *testing.T, path, body string, headers ...string) reply {
	t.Helper()
	all := append([]string{"Accept", "text/html", "Sec-Fetch-Site", "same-origin", "Cookie", v.cookie, "Content-Type", "application/x-www-form-urlencoded"}, headers...)
	return v.do(t, request(t, "POST", v.world.urls.Mutual+path, []byte(body), all...))
}

// finds searches and returns the page with the answer.
func (v *visitor) finds(t *testing.T, form url.Values) reply {
	t.Helper()
	return v.page(t, v.send(t, "/find", form).goesTo(t, "/find/"))
}

// reasons gives a reason for looking at a person.
func (v *visitor) reasons(t *testing.T, person string) {
	t.Helper()
	v.send(t, "/person/"+person+"/reason", url.Values{"reason": {"custody"}, "number": {"CUST/1"}}).goesTo(t, "/person/"+person)
}

// goesTo asserts that the answer leads to an address that begins so, and returns it.
func (r reply) goesTo(t *testing.T, prefix string) string {
	t.Helper()
	to := r.Header.Get("Location")
	if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, prefix) {
		t.Fatalf("%s %s = %d to %q, want 303 to %s…\n%.2000s", r.Request.Method, r.Request.URL.Path, r.StatusCode, to, prefix, r.body)
	}
	return to
}

// shown asserts a page with a status.
func (r reply) shown(t *testing.T, status int) *html.Node {
	t.Helper()
	if r.StatusCode != status || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		t.Fatalf("%s %s = %d %s, want a page with %d\n%.2000s", r.Request.Method, r.Request.URL.Path, r.StatusCode, r.Header.Get("Content-Type"), status, r.body)
	}
	return r.document(t)
}

func (r reply) document(t *testing.T) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(string(r.body)))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// everything is all of an answer: status, headers and body.
func (r reply) everything() string {
	var text strings.Builder
	text.WriteString(r.Status + "\n")
	r.Header.Write(&text)
	text.Write(r.body)
	return text.String()
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textOf is what stands between the tags of an element.
func textOf(n *html.Node) string {
	var text strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			text.WriteString(d.Data)
		}
	}
	return text.String()
}

// items returns the elements of a record's page by the names of their items.
func itemsOf(doc *html.Node) map[string][]*html.Node {
	found := map[string][]*html.Node{}
	for n := range doc.Descendants() {
		if name := attribute(n, "data-item"); n.Type == html.ElementNode && name != "" {
			found[name] = append(found[name], n)
		}
	}
	return found
}

// first returns the first element of a kind for which fits holds, or nil.
func firstElement(doc *html.Node, kind atom.Atom, fits func(*html.Node) bool) *html.Node {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && (kind == 0 || n.DataAtom == kind) && fits(n) {
			return n
		}
	}
	return nil
}
