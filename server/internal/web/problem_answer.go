package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"mais/server/api"
	"mais/server/internal/web/page/terms"
)

// explain turns an error into an answer: a problem for programs, a page for people.
func (s *Site) explain(c *call, err error) answer {
	if wantsPage(c.Request) {
		if errors.Is(err, errTermsDue) {
			return answer{status: http.StatusSeeOther, goTo: terms.Path}
		}
		return s.problemPage(c, err)
	}
	p := c.problemOf(err)
	wire := api.Problem{
		Type: p.Type, Title: p.Title, Status: p.Status, Detail: p.Detail, Next: strings.ReplaceAll(p.Next, "{contact}", s.opts.Contact),
		Address: p.address(c), Instance: "urn:uuid:" + c.id, Errors: faultsOf(err),
	}
	if p.Type == problemPrefix+api.EnrolmentRefused || p.Type == problemPrefix+api.LostRefused {
		wire.Instance = "" // every such refusal is the same bytes; the number is in Request-Id
	}
	return problemJSON(wire)
}

// address is the caller's, where that is the matter.
func (p problem) address(c *call) string {
	if p.Type != problemPrefix+api.WrongNetwork {
		return ""
	}
	return c.event.Address.String()
}

func problemJSON(wire api.Problem) answer {
	body, err := json.Marshal(wire)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return answer{status: wire.Status, kind: "application/problem+json", body: body}
}

// wantsPage reports whether a person is to read the answer: the API is for programs, and
// elsewhere a client that names JSON and not HTML is one.
func wantsPage(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		return false
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "text/html") || !strings.Contains(accept, "json")
}
