package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/web/assets"
)

// access says who reaches a handler at all; what they may see of a record is authz's.
type access uint8

const (
	nobody   access = iota // the zero route admits none
	anyone                 // whoever comes from a recognised network
	holder                 // of a good token, from a network of their own
	signedIn               // a holder in a session; whoever is not is sent to the sign-in page
)

// Mutual returns what the mutual listener answers.
func (s *Site) Mutual() http.Handler {
	r := s.router(authn.Mutual, holder)
	for _, at := range []struct {
		method, path string
		who          access
		act          string // in the audit; a use case of authz names its own
		handle       handler
	}{
		{"GET", "/", holder, "page.home", home},
		{"POST", "/sign-in", holder, "session.start", signIn},
		{"POST", "/sign-out", holder, "session.end", signOut},
		{"POST", "/session/keep", signedIn, "session.keep", keepSession},

		// Records: authz decides, person by person and item by item.
		{"GET", "/find", signedIn, "page.find", findForm},
		{"POST", "/find", signedIn, "search.ask", askFind},
		{"GET", "/find/{result}", signedIn, "record.search", findResult},
		{"GET", "/person/{id}", signedIn, "record.show", recordPage},
		{"GET", "/person/{id}/reason", signedIn, "record.identify", reasonForm},
		{"POST", "/person/{id}/reason", signedIn, "record.reason", giveReason},
		{"GET", "/person/{id}/history", signedIn, "record.show", historyPage},
		{"GET", "/person/{id}/looks", signedIn, "record.looked", looksPage},
		{"GET", "/person/{id}/print", signedIn, "record.print", printPage},
		{"GET", "/person/{id}/emergency", signedIn, "record.identify", emergencyForm},
		{"POST", "/person/{id}/emergency", signedIn, "emergency.begin", beginEmergency},
		{"POST", "/person/{id}/emergency/end", signedIn, "emergency.end", endEmergency},
		{"GET", "/recent", signedIn, "record.recent", recentPage},
		{"GET", "/reviews", signedIn, "emergency.reviews", reviewsPage}, // a governance officer's
		{"GET", "/reviews/{id}", signedIn, "emergency.reviews", reviewForm},
		{"POST", "/reviews/{id}", signedIn, "emergency.review", review},

		{"GET", "/access", signedIn, "page.access", accessPage},
		{"GET", "/contacts", signedIn, "page.contacts", contactsPage},
		{"GET", "/practice", signedIn, "page.practice", practicePage}, // of a service for training

		{"GET", "/help", anyone, "page.help", helpPage},
		{"GET", "/accessibility", anyone, "page.accessibility", accessibilityPage},
		{"GET", "/privacy", anyone, "page.privacy", privacyPage},
		{"GET", "/locked", anyone, "session.lock", lock},

		{"GET", api.PathWhoami, holder, "token.whoami", whoami},
		{"POST", api.PathSearch, holder, "record.search", search},
		{"GET", api.PathPeople + "{id}", holder, "record.show", show},
		{"POST", api.PathRenew, holder, "token.renew", renew},
		{"POST", api.PathRevoke, holder, "token.revoke", revoke}, // the caller's own
		{"GET", api.PathOpenAPI, holder, "api.describe", describe},
	} {
		r.Method(at.method, at.path, s.route(at.who, at.act, at.handle))
	}
	r.Handle(assets.Root+"*", http.HandlerFunc(s.asset))
	return r
}

// Public returns what the public listener answers.
func (s *Site) Public() http.Handler {
	r := s.router(authn.Public, anyone)
	r.Method("GET", "/", s.route(anyone, "page.public", publicHome))
	r.Method("GET", api.PathRoots, s.route(anyone, "token.roots", roots))
	r.Method("POST", api.PathEnrol, s.route(anyone, "token.enrol", enrol)) // the code decides
	r.Method("GET", api.PathOpenAPI, s.route(anyone, "api.describe", describe))
	r.Method("GET", "/help", s.route(anyone, "page.help", helpPage))
	r.Method("GET", "/accessibility", s.route(anyone, "page.accessibility", accessibilityPage))
	r.Method("GET", "/privacy", s.route(anyone, "page.privacy", privacyPage))
	r.Handle(assets.Root+"*", http.HandlerFunc(s.asset))
	return r
}

// Plain returns what the plain listener answers to anyone, under any host name. Nothing of
// it is audited: it says the same to all and is asked by machines.
func (s *Site) Plain() http.Handler {
	r := chi.NewRouter()
	r.Get(api.PathRoots, s.plainRoots)
	r.Get("/crl/{series}.crl", s.plainCRL)
	r.Get("/crl/{series}/{n}.crl", s.plainShard)
	r.Get("/ocsp/*", s.plainOCSP)
	r.Post("/ocsp", s.plainOCSP)
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
