package web

import (
	"net/http"

	"mais/server/internal/authn"
	"mais/server/internal/web/assets"
)

var theme = assets.Handler()

// asset answers with a style sheet or a script, which are the same for everybody: it goes to
// whoever comes from a recognised network, also with a token that is refused, because the
// page that says so needs it, and it is no event.
func (s *Site) asset(w http.ResponseWriter, r *http.Request) {
	if v := authn.VerdictOf(r.Context()); v == nil || v.Network() != nil {
		http.NotFound(w, r)
		return
	}
	s.strict(w.Header())
	theme.ServeHTTP(w, r)
}
