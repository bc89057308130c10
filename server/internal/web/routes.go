package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

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

// endpoint is one route of a TLS listener.
type endpoint struct {
	method, path string
	who          access
	act          string // in the audit; a use case of authz names its own
	handle       handler
}

// hang adds routes to a router.
func (s *Site) hang(r chi.Router, routes []endpoint) {
	for _, at := range routes {
		r.Method(at.method, at.path, s.route(at.who, at.act, at.handle))
	}
}

// Mutual returns what the mutual listener answers.
func (s *Site) Mutual() http.Handler {
	r := s.router(authn.Mutual, holder)
	for _, of := range [][]endpoint{
		lookupRoutes, tokenRoutes, certificateRoutes, changeRoutes, placeRoutes, userRoutes, importRoutes, roleRoutes,
		sessionRoutes, auditRoutes, usageRoutes, commonRoutes, apiRoutes,
	} {
		s.hang(r, of)
	}
	r.Handle(assets.Root+"*", http.HandlerFunc(s.asset))
	return r
}

// Public returns what the public listener answers.
func (s *Site) Public() http.Handler {
	r := s.router(authn.Public, anyone)
	s.hang(r, passwordRoutes)
	s.hang(r, forPasswords())
	r.Method("GET", api.PathRoots, s.route(anyone, "token.roots", roots))
	r.Method("GET", api.PathPins, s.route(anyone, "token.pins", announcements))
	r.Method("POST", api.PathEnrol, s.route(anyone, "token.enrol", enrol))           // the code decides
	r.Method("POST", api.PathDestroyed, s.route(anyone, "token.destroy", destroyed)) // the dead token's key decides
	r.Method("GET", "/lost", s.route(anyone, "page.lost", lostForm))
	r.Method("POST", "/lost", s.route(anyone, "card.lost-ask", askLostCode))
	r.Method("GET", "/lost/code", s.route(anyone, "page.lost", lostCodeForm))
	r.Method("POST", "/lost/code", s.route(anyone, "card.lost", confirmLost)) // the code from the mail decides; it only takes away
	r.Method("POST", api.PathLost, s.route(anyone, "card.lost-ask", lostAsked))
	r.Method("POST", api.PathLostConfirm, s.route(anyone, "card.lost", lostConfirmed))
	r.Method("GET", api.PathOpenAPI, s.route(anyone, "api.describe", describe))
	r.Method("GET", "/help", s.route(anyone, "page.help", helpPage))
	r.Method("GET", "/accessibility", s.route(anyone, "page.accessibility", accessibilityPage))
	r.Method("GET", "/privacy", s.route(anyone, "page.privacy", privacyPage))
	r.Handle(assets.Root+"*", http.HandlerFunc(s.asset))
	return r
}

// Plain returns what the plain listener answers to anyone, under any host name. Nothing of
// it is audited: it says the same to all and is asked by machines, of which many ask with HEAD first.
func (s *Site) Plain() http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.GetHead)
	r.Get(api.PathRoots, s.plainRoots)
	r.Get("/crl/{series}.crl", s.plainCRL)
	r.Get("/crl/{id:(?:people|sites)-[1-9][0-9]*}.crl", s.plainGeneration)
	r.Get("/crl/{series}/{n}.crl", s.plainShard)
	r.Get("/ocsp/*", s.plainOCSP)
	r.Post("/ocsp", s.plainOCSP)
	r.Get("/ca/{id}.cer", s.plainIssuer)
	return r
}

// Ops returns what the operators' listener answers.
func (s *Site) Ops() http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.GetHead)
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

// lookupRoutes are of the look-up application.
var lookupRoutes = []endpoint{
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
}

// tokenRoutes are of the holder's own certificates. Package lifecycle decides which those are.
var tokenRoutes = []endpoint{
	{"GET", "/tokens", signedIn, "token.own", tokensPage},
	{"GET", "/tokens/plans/new", signedIn, "page.plan", forOwn.blank},
	{"POST", "/tokens/plans", signedIn, "plan.make", forOwn.prepare},
	{"GET", "/tokens/plans/{id}", signedIn, "plan.show", forOwn.show},
	{"POST", "/tokens/plans/{id}", signedIn, "plan.confirm", forOwn.confirm},
	{"GET", "/tokens/plans/{id}/results", signedIn, "plan.export", forOwn.results},
}

// certificateRoutes are of those that an administrator administers; which, lifecycle decides too.
var certificateRoutes = []endpoint{
	{"GET", "/admin", signedIn, "page.admin", overviewPage},
	{"GET", "/admin/certificates", signedIn, "certificate.list", certificatesPage},
	{"POST", "/admin/certificates", signedIn, "certificate.find", findCertificates},
	{"POST", "/admin/certificates/select", signedIn, "certificate.select", chooseCertificates},
	{"GET", "/admin/certificates/export/{format}", signedIn, "certificate.export", exportCertificates},
	{"GET", "/admin/certificates/{issuer}/{serial}", signedIn, "certificate.show", certificatePage},
	{"GET", "/admin/certificates/{issuer}/{serial}/pem", signedIn, "certificate.export", exportCertificate},
	{"GET", "/admin/certificates/{issuer}/{serial}/receipt", signedIn, "certificate.receipt", receiptPage},
	{"GET", "/admin/certificates/{issuer}/{serial}/receipt.jws", signedIn, "certificate.receipt", receipt},
	{"GET", "/admin/cards", signedIn, "card.list", cardsPage},
	{"POST", "/admin/cards", signedIn, "card.find", findCards},
	{"GET", "/admin/cards/witness", signedIn, "page.witness", witnessForm},
	{"POST", "/admin/cards/witness", signedIn, "card.witness", sayWitness},
	{"GET", "/admin/cards/{id}", signedIn, "card.show", cardPage},
	{"GET", "/admin/cards/{id}/replace", signedIn, "card.show", replacePage},
	{"GET", "/admin/cards/{id}/returned", signedIn, "card.show", returnForm},
	{"POST", "/admin/cards/{id}/returned", signedIn, "card.returned", noteReturned},
	{"GET", "/admin/plans", signedIn, "plan.list", plansPage},
	{"GET", "/admin/plans/new", signedIn, "page.plan", forAll.blank},
	{"POST", "/admin/plans", signedIn, "plan.make", forAll.prepare},
	{"GET", "/admin/plans/{id}", signedIn, "plan.show", forAll.show},
	{"POST", "/admin/plans/{id}", signedIn, "plan.confirm", forAll.confirm},
	{"GET", "/admin/plans/{id}/results", signedIn, "plan.export", forAll.results},
	{"GET", "/admin/plans/{id}/stop", signedIn, "plan.show", stopForm},
	{"POST", "/admin/plans/{id}/stop", signedIn, "plan.stop", stopHere},
	{"GET", "/admin/quarantines", signedIn, "quarantine.list", quarantinesPage}, // for who administers everything
	{"GET", "/admin/quarantines/{id}", signedIn, "quarantine.show", quarantinePage},
	{"POST", "/admin/quarantines/{id}", signedIn, "quarantine.approve", approveHere},
	{"GET", "/admin/expiries", signedIn, "certificate.expiries", expiriesPage},
	{"GET", "/admin/invite", signedIn, "page.invite", inviteForm},
	{"POST", "/admin/invite", signedIn, "token.invite", inviteSomebody},
	{"GET", "/admin/check", signedIn, "ca.check", checkPage},
}

// commonRoutes are the same for everybody.
var commonRoutes = []endpoint{
	{"GET", "/help", anyone, "page.help", helpPage},
	{"GET", "/accessibility", anyone, "page.accessibility", accessibilityPage},
	{"GET", "/privacy", anyone, "page.privacy", privacyPage},
	{"GET", "/locked", anyone, "session.lock", lock},
}

// apiRoutes are of programs.
var apiRoutes = []endpoint{
	{"GET", api.PathWhoami, holder, "token.whoami", whoami},
	{"POST", api.PathSearch, holder, "record.search", search},
	{"GET", api.PathPeople + "{id}", holder, "record.show", show},
	{"POST", api.PathRenew, holder, "token.renew", renew},
	{"POST", api.PathRevoke, holder, "token.revoke", revoke}, // the caller's own
	{"GET", api.PathPins, holder, "token.pins", announcements},
	{"GET", api.PathOpenAPI, holder, "api.describe", describe},

	// The same for programs. Whose certificates is lifecycle's to say.
	{"GET", api.PathOwnTokens, holder, "token.own", ownTokens},
	{"GET", api.PathCertificates, holder, "certificate.list", listCertificates},
	{"GET", api.PathCertificates + "/{issuer}/{serial}", holder, "certificate.show", showCertificate},
	{"GET", api.PathCertificates + "/{issuer}/{serial}/export", holder, "certificate.export", exportCertificate},
	{"GET", api.PathCertificates + "/{issuer}/{serial}/receipt", holder, "certificate.receipt", receipt},
	{"GET", api.PathInventory, holder, "certificate.export", inventory},
	{"GET", api.PathExpiries, holder, "certificate.expiries", expiringCertificates},
	{"POST", api.PathInvitations, holder, "token.invite", inviteUser},
	{"GET", api.PathCards, holder, "card.list", listCards},
	{"GET", api.PathCards + "/{id}", holder, "card.show", showCard},
	{"POST", api.PathCards + "/{id}/returned", holder, "card.returned", returnCard},
	{"POST", api.PathWitness, holder, "card.witness", witnessKey},
	{"GET", api.PathPlans, holder, "plan.list", listPlans},
	{"POST", api.PathPlans, holder, "plan.make", makePlan},
	{"GET", api.PathPlans + "/{id}", holder, "plan.show", showPlan},
	{"GET", api.PathPlans + "/{id}/items", holder, "plan.show", planItems},
	{"POST", api.PathPlans + "/{id}/serials", holder, actSerials, addSerials},
	{"POST", api.PathPlans + "/{id}/confirm", holder, "plan.confirm", confirmPlan},
	{"POST", api.PathPlans + "/{id}/stop", holder, "plan.stop", stopPlan},
	{"POST", api.PathPlans + "/{id}/discard", holder, "plan.discard", discardPlan}, // before it is confirmed
	{"GET", api.PathCheck, holder, "ca.check", checkAuthority},
	{"GET", api.PathQuarantines, holder, "quarantine.list", listQuarantines}, // an administrator's
	{"POST", api.PathQuarantines + "/{id}/approve", holder, "quarantine.approve", approveQuarantine},
}
