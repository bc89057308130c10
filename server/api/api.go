// Package api is the words that the server and its clients exchange as JSON: requests,
// answers and problems of the API under /api/v1. It holds no logic; the OpenAPI document
// that the server gives at [PathOpenAPI] describes the same in the field's own terms.
//
// Dates are YYYY-MM-DD, times RFC 3339 in UTC. Fields are only ever added.
package api

import "time"

// The paths of the API.
const (
	PathEnrol     = "/api/v1/enrol"           // POST, public listener
	PathWhoami    = "/api/v1/whoami"          // GET
	PathSearch    = "/api/v1/people/search"   // POST
	PathPeople    = "/api/v1/people/"         // GET PathPeople + id
	PathRenew     = "/api/v1/token/renew"     // POST
	PathRevoke    = "/api/v1/token/revoke"    // POST
	PathPins      = "/api/v1/pins"            // GET ?after=NUMBER, both TLS listeners
	PathDestroyed = "/api/v1/token/destroyed" // POST, public listener: the token can no longer sign in
	PathOpenAPI   = "/api/v1/openapi.yaml"    // GET, both TLS listeners
	PathRoots     = "/roots.pem"              // GET, public and plain listeners
)

// The headers by which the server and a client that pins its keys keep each other informed.
// Each is the number of an announcement.
const (
	HeaderPins     = "Mais-Pins"      // of an answer: the last announcement
	HeaderPinsHeld = "Mais-Pins-Held" // of a request: the one that the client goes by
)

// PinAnnouncements are signed announcements of the server's keys, each a JWS (RFC 7515) in
// compact form, oldest first, at most 256: ask again after the last one's number.
type PinAnnouncements struct {
	Announcements []string `json:"announcements"`
}

// EnrolRequest asks for a certificate with a code. A user's holder is the email address
// that the invitation went to; a site's is the site's name.
type EnrolRequest struct {
	Email string `json:"email"`
	Code  string `json:"code"`
	CSR   string `json:"csr"` // PKCS#10, PEM
	KeyEvidence
}

// KeyEvidence says how a key is held. All of it may be absent: the key is then one in a file.
type KeyEvidence struct {
	// Attestation is PEM: what the card's maker says of the key, then the card's own certificate.
	Attestation string `json:"attestation,omitempty"`
	Card        *Card  `json:"card,omitempty"`
}

// Card is what a client says of the card that holds a key.
type Card struct {
	Serial uint32 `json:"serial,omitempty"` // 0: the card tells none
	GUID   string `json:"guid,omitempty"`   // of its CHUID (NIST SP 800-73-5): 32 hexadecimal digits in lower case
	Slot   string `json:"slot"`             // such as 9a
}

// IssuedCertificate answers EnrolRequest and RenewRequest.
type IssuedCertificate struct {
	Certificate string `json:"certificate"` // PEM
	Chain       string `json:"chain"`       // PEM, issuing CA first, without the root
	MutualURL   string `json:"mutual_url"`  // where the certificate signs in
	Level       string `json:"level"`       // how the key counts as held: software, card or attested
}

// RenewRequest asks for a new certificate for the holder of the present one.
type RenewRequest struct {
	CSR string `json:"csr"` // PKCS#10, PEM
	KeyEvidence
}

// RevokeRequest revokes the certificate that the request is made with.
type RevokeRequest struct {
	Reason string `json:"reason,omitempty"` // RFC 5280, 5.3.1, in lower camel case; unspecified if absent
}

// Revoked answers RevokeRequest.
type Revoked struct {
	Serial string    `json:"serial"`
	At     time.Time `json:"at"`
}

// Destroyed tells that a token that has ended was wiped. Its key signed that before it went:
// certs.SignDestruction.
type Destroyed struct {
	Certificate string    `json:"certificate"` // PEM
	At          time.Time `json:"at"`          // in whole seconds
	Signature   []byte    `json:"signature"`
}

// DestructionNoted answers Destroyed, the first time and every other.
type DestructionNoted struct {
	Serial string    `json:"serial"`
	At     time.Time `json:"at"` // as it is recorded
}

// Whoami is what the server knows of the caller.
type Whoami struct {
	Kind     string    `json:"kind"`  // user or site
	User     string    `json:"user"`  // the UUID of the identity
	Email    string    `json:"email"` // empty for a site
	Name     string    `json:"name"`
	Agency   string    `json:"agency"`
	Site     string    `json:"site"` // where the caller is
	Roles    []string  `json:"roles"`
	Serial   string    `json:"serial"`
	Level    string    `json:"level"` // how the key is held: software, card or attested
	NotAfter time.Time `json:"not_after"`
	Address  string    `json:"address"` // as the server saw it
}

// SearchRequest names a person; any one of the first three fields suffices. Names may be
// prefixes of at least two letters, are compared without case or accents, and match aliases.
type SearchRequest struct {
	Surname     string `json:"surname,omitempty"`
	FirstName   string `json:"first_name,omitempty"`
	DateOfBirth string `json:"date_of_birth,omitempty"`
	Exact       bool   `json:"exact,omitempty"` // the names are whole, not prefixes
}

// SearchResults are the people found: those whose name is what was asked for, then those
// whose name begins with it, then those found by an alias. No result is not "no risk": it
// says what the records held at AsOf.
type SearchResults struct {
	AsOf      time.Time      `json:"as_of"`
	Total     int            `json:"total"`
	Truncated bool           `json:"truncated"` // Results holds fewer than Total
	Results   []SearchResult `json:"results"`
}

// SearchResult is one person, as far as the caller may see.
type SearchResult struct {
	ID          string   `json:"id"`
	Surname     string   `json:"surname"`
	FirstName   string   `json:"first_name"`
	DateOfBirth string   `json:"date_of_birth"`
	Released    *string  `json:"released"` // date of release, null when not recorded
	Alerts      []string `json:"alerts"`
	Alias       *Name    `json:"alias,omitempty"` // the alias that fitted, when the name itself did not
}

// Name is a name or an alias, as it is written in the record. An alias may be half a name.
type Name struct {
	FirstName string `json:"first_name"`
	Surname   string `json:"surname"`
}

// The states of an item without a value. They are three different facts: withheld says
// nothing of whether anything is recorded.
const (
	StateNotRecorded = "not_recorded"
	StateRefused     = "refused"
	StateWithheld    = "withheld"
)

// Record is a person's record, cut to what the caller may see: sections by name, items by
// name within them.
type Record struct {
	ID       string                     `json:"id"`
	Sections map[string]map[string]Item `json:"sections"`
}

// Item is one data item: a value or a state, with its provenance. Value is a string, a list
// of strings, an object (a contact), or a list of objects. In a section with many entries
// each item's value is a list with one element for each entry, null where not recorded.
type Item struct {
	Value     any    `json:"value,omitempty"`
	State     string `json:"state,omitempty"`
	Certainty string `json:"certainty,omitempty"` // of a date of release: actual, estimated or unknown
	Details   string `json:"details,omitempty"`   // a note beside a yes, no or unknown
	Other     string `json:"other,omitempty"`     // the words beside "other"
	AsAt      string `json:"as_at,omitempty"`     // the day on which the value was known to hold
	Source    string `json:"source,omitempty"`    // the system or person it came from
}

// ProblemPrefix begins the type of every problem of ours.
const ProblemPrefix = "urn:mais:problem:"

// The problems a client tells apart; [Problem].Type is ProblemPrefix and one of these.
const (
	NoToken            = "no-token"
	UnknownToken       = "unknown-token"
	ExpiredToken       = "expired"
	HeldToken          = "held"
	RevokedToken       = "revoked"
	SupersededToken    = "superseded"
	WrongNetwork       = "wrong-network"
	LevelTooLow        = "level-too-low"
	OutsideDates       = "outside-dates"
	TermsDue           = "terms-due"
	StatusStale        = "status-stale"
	AuditUnavailable   = "audit-unavailable"
	EnrolmentRefused   = "enrolment-refused"
	RenewalRefused     = "renewal-refused"
	NotAllowed         = "not-allowed"
	NotByYou           = "not-by-you" // of their own making, or about themselves
	WithoutRole        = "without-role"
	NotFound           = "not-found"
	Invalid            = "invalid"
	TooMany            = "too-many-requests"
	CrossSite          = "cross-site"
	SessionMismatch    = "session-mismatch"
	SessionEnded       = "session-ended"
	NoPasswords        = "no-passwords"
	AccessChanged      = "access-changed"
	WrongWord          = "wrong-word"
	Conflict           = "conflict"        // it has changed meanwhile: look again
	AddressTaken       = "address-taken"   // somebody was registered with it meanwhile
	NameTaken          = "name-taken"      // of an agency, a site or a role
	RoleGone           = "role-gone"       // the change gives it, or changes it
	RuleAgainst        = "rule-against"    // the change would break one that holds now
	DecidedAlready     = "decided-already" // the change is not open any more
	SettledAlready     = "settled-already" // the alert
	TooManyOpen        = "too-many-open"   // changes of the caller's
	ReviewSigned       = "review-signed"
	ReviewUndecided    = "review-undecided" // not everybody was decided on
	DecidedForGood     = "decided-for-good" // of somebody in a review: what was decided was done
	GoneMeanwhile      = "gone-meanwhile"   // of somebody in a review: they left, or are another agency's
	DestructionRefused = "destruction-refused"
	Unavailable        = "unavailable"
	Internal           = "internal"
)

// Problem is an error answer (RFC 9457).
type Problem struct {
	Type     string       `json:"type"`
	Title    string       `json:"title"`
	Status   int          `json:"status"`
	Detail   string       `json:"detail,omitempty"`
	Next     string       `json:"next,omitempty"`    // what the caller can do about it
	Address  string       `json:"address,omitempty"` // as the server saw it, where that is the matter
	Instance string       `json:"instance"`          // urn:uuid: and the reference number in the audit
	Errors   []FieldError `json:"errors,omitempty"`
}

// FieldError is a fault in one field of a request.
type FieldError struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}
