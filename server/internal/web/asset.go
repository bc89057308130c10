package web

import (
	"net/http"

	"mais/server/internal/authn"
	"mais/server/internal/web/assets"
)

var theme = assets.Handler()

// asset answers with a style sheet or a script, which are the same for everybody: it goes to
// whoever comes from a recognised network, also with a token that is refused or while nobody
// can be admitted, because the page that says so needs it. It is no event, and keeps no
// session alive.
func (s *Site) asset(w http.ResponseWriter, r *http.Request) {
	if v := authn.VerdictOf(r.Context()); v == nil || !v.Recognised() {
		http.NotFound(w, r)
		return
	}
	s.strict(w.Header())
	theme.ServeHTTP(w, r)
}
