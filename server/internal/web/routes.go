package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
	"mais/server/internal/authn"
)

// access says who reaches a handler at all; what they may see of a record is authz's.
type access uint8

const (
	nobody access = iota // the zero route admits none
	anyone               // whoever comes from a recognised network
	holder               // of a good token, from a network of their own
)

// Mutual returns what the mutual listener answers.
func (s *Site) Mutual() http.Handler {
	r := s.router(authn.Mutual, holder)
	r.Method("GET", "/", s.route(holder, "page.home", home))
	r.Method("POST", "/sign-in", s.route(holder, "session.start", signIn))
	r.Method("POST", "/sign-out", s.route(holder, "session.end", signOut))
	r.Method("GET", api.PathWhoami, s.route(holder, "token.whoami", whoami))
	r.Method("POST", api.PathSearch, s.route(holder, "record.search", search)) // authz decides, item by item
	r.Method("GET", api.PathPeople+"{id}", s.route(holder, "record.show", show))
	r.Method("POST", api.PathRenew, s.route(holder, "token.renew", renew))
	r.Method("POST", api.PathRevoke, s.route(holder, "token.revoke", revoke)) // the caller's own
	r.Method("GET", api.PathOpenAPI, s.route(holder, "api.describe", describe))
	return r
}

// Public returns what the public listener answers.
func (s *Site) Public() http.Handler {
	r := s.router(authn.Public, anyone)
	r.Method("GET", "/", s.route(anyone, "page.public", publicHome))
	r.Method("GET", api.PathRoots, s.route(anyone, "token.roots", roots))
	r.Method("POST", api.PathEnrol, s.route(anyone, "token.enrol", enrol)) // the code decides
	r.Method("GET", api.PathOpenAPI, s.route(anyone, "api.describe", describe))
	return r
}

// Plain returns what the plain listener answers to anyone, under any host name. Nothing of
// it is audited: it says the same to all and is asked by machines.
func (s *Site) Plain() http.Handler {
	r := chi.NewRouter()
	r.Get(api.PathRoots, s.plainRoots)
	r.Get("/crl/{series}.crl", s.plainCRL)
	r.Get("/ca/{id}.cer", s.plainIssuer)
	return r
}

// Ops returns what the operators' listener answers.
func (s *Site) Ops() http.Handler {
	r := chi.NewRouter()
	r.Get("/healthz", s.healthz)
	r.Get("/readyz", s.readyz)
	r.Method("GET", "/metrics", s.metrics())
	return r
}

// router is a router of a TLS listener, which answers also what has no route.
func (s *Site) router(listener string, who access) *chi.Mux {
	r := chi.NewRouter()
	r.Use(s.opts.Authn.Middleware(listener))
	r.NotFound(s.route(who, "request.unknown", notFound))
	r.MethodNotAllowed(s.route(who, "request.unknown", wrongMethod))
	return r
}
