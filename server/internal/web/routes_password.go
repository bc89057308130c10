package web

import (
	"slices"
	"strings"

	"mais/server/internal/authn"
	recoverpage "mais/server/internal/web/page/recover"
	"mais/server/internal/web/page/register"
)

// passwordRoutes are of the public listener: how passwords are set, and used to sign in.
var passwordRoutes = []endpoint{
	{"GET", "/", anyone, "page.public", publicHome},
	{"GET", "/enrol", anyone, "page.public", enrolPage},
	{"POST", "/sign-in", anyone, "session.start", signInByPassword},
	{"GET", "/register", anyone, "page.register", registerForm},
	{"POST", "/register", anyone, "password.register", registerHere}, // the invitation's code decides
	{"POST", "/register/second", anyone, "password.register", confirmFactor(authn.ForRegistration, register.FactorPath)},
	{"GET", "/recover", anyone, "page.recover", recoverForm},
	{"POST", "/recover", anyone, "password.reset-ask", askRecovery},
	{"GET", "/recover/code", anyone, "page.recover", recoverCodeForm},
	{"POST", "/recover/code", anyone, "password.reset", recoverHere}, // the code from the mail and a second proof decide
	{"POST", "/recover/second", anyone, "password.reset", confirmFactor(authn.ForReset, recoverpage.FactorPath)},
	{"GET", "/security", signedIn, "page.security", mySecurity},
	{"POST", "/security/password", signedIn, "password.change", changePassword},
	{"POST", "/security/second", signedIn, "password.factor", renewFactor},
	{"POST", "/security/second/confirm", signedIn, "password.factor", confirmOwnFactor},
	{"POST", "/security/codes", signedIn, "password.codes", renewCodes},
	{"POST", "/security/enrol", signedIn, "token.invite", enrolOwn},
	{"GET", "/locked", anyone, "session.lock", lock},
}

// passwordAreas are the first parts of the addresses that a password session has.
var passwordAreas = []string{"find", "person", "recent", "access", "contacts", "practice", "sign-out", "session", "sessions", "terms"}

// area is the first part of an address.
func area(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

// forPasswords are those routes of the look-up application that a password session has too: no
// administration, no certificates, no reviews, nothing for programs.
func forPasswords() (routes []endpoint) {
	for _, at := range slices.Concat(lookupRoutes, sessionRoutes, usageRoutes, userRoutes) {
		switch {
		case at.path == "/" || at.path == "/sign-in":
		case slices.Contains(passwordAreas, area(at.path)):
			routes = append(routes, at)
		}
	}
	return routes
}
