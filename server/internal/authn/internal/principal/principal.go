// Package principal holds the one type that says who is asking, and the only function that
// makes one. It lies below authn, so that nothing else can make a principal: whoever holds
// a non-zero [Principal] got it from authn. Start with [New]. It decides nothing.
package principal

import (
	"net/netip"
	"slices"
	"time"

	"mais/certs"
)

// Facts are what authn established about a caller. Principal's accessors say what each is.
type Facts struct {
	Identity    certs.Identity
	Name        string
	Email       string
	Agency      string
	AgencyID    string
	Site        string
	SiteID      string
	Roles       []string
	Limited     []string    // those of Roles that give a password session restricted reads only
	TermsDue    bool        // the user has not accepted the terms
	Demanded    certs.Level // the highest that a role demands; zero for a site
	Level       certs.Level
	Certificate certs.Ref
	Digest      [32]byte // SHA-256 of the certificate
	NotAfter    time.Time
	Address     netip.Addr
	Method      string
	Session     string
	SessionKey  [32]byte // SHA-256 of the session's id
	Generation  int64
}

// Principal is an authenticated caller, or a named part of the system. The zero Principal
// is nobody and may do nothing.
type Principal struct{ facts Facts }

// New seals facts.
func New(f Facts) Principal {
	f.Roles, f.Limited = slices.Clone(f.Roles), slices.Clone(f.Limited)
	return Principal{f}
}

// IsZero reports whether the principal is nobody.
func (p Principal) IsZero() bool { return p.facts.Method == "" }

// Identity returns whose certificate was proved; it is zero for a system principal.
func (p Principal) Identity() certs.Identity { return p.facts.Identity }

// User returns the user's UUID, or "" when the caller is no user.
func (p Principal) User() string {
	if p.facts.Identity.Kind() != certs.User {
		return ""
	}
	return p.facts.Identity.ID()
}

// Name returns the user's, the site's or the system principal's name.
func (p Principal) Name() string { return p.facts.Name }

// Email returns the user's address, or "" when the caller is no user.
func (p Principal) Email() string { return p.facts.Email }

// Agency returns the name of the caller's agency.
func (p Principal) Agency() string { return p.facts.Agency }

// AgencyID returns the UUID of the caller's agency, or "".
func (p Principal) AgencyID() string { return p.facts.AgencyID }

// Site returns the name of the site that the caller's address belongs to.
func (p Principal) Site() string { return p.facts.Site }

// SiteID returns the UUID of that site.
func (p Principal) SiteID() string { return p.facts.SiteID }

// Roles returns the names of the user's roles, sorted; the caller may keep it.
func (p Principal) Roles() []string { return slices.Clone(p.facts.Roles) }

// Limited returns those of the user's roles that give no more than to read what is for the
// restricted audience, because the caller signed in with a password.
func (p Principal) Limited() []string { return slices.Clone(p.facts.Limited) }

// TermsDue reports whether the user has yet to accept the terms.
func (p Principal) TermsDue() bool { return p.facts.TermsDue }

// Level says how well the caller's key is held.
func (p Principal) Level() certs.Level { return p.facts.Level }

// Certificate returns the certificate that was proved.
func (p Principal) Certificate() certs.Ref { return p.facts.Certificate }

// NotAfter returns when that certificate expires.
func (p Principal) NotAfter() time.Time { return p.facts.NotAfter }

// Address returns the address of the socket, never that of a header.
func (p Principal) Address() netip.Addr { return p.facts.Address }

// Method returns how the caller was authenticated: "certificate", "password" or "system".
func (p Principal) Method() string { return p.facts.Method }

// Session returns the name of the caller's session in the audit, or "". It is made from the
// hash of the session's id and opens nothing.
func (p Principal) Session() string { return p.facts.Session }

// SessionKey returns the SHA-256 of the session's id, by which the database knows the
// session; it is zero when there is none. It opens nothing: a cookie holds the id itself,
// and from the hash nobody gets back to it.
func (p Principal) SessionKey() [32]byte { return p.facts.SessionKey }

// Generation returns the access generation that roles and site were read at.
func (p Principal) Generation() int64 { return p.facts.Generation }

// DigestOf returns the SHA-256 of the certificate that was proved.
func DigestOf(p Principal) [32]byte { return p.facts.Digest }

// SameAccess reports whether f gives the agency, site and roles that p was made with.
func SameAccess(p Principal, f Facts) bool {
	return p.facts.AgencyID == f.AgencyID && p.facts.SiteID == f.SiteID && slices.Equal(p.facts.Roles, f.Roles) &&
		slices.Equal(p.facts.Limited, f.Limited)
}
