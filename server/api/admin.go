package api

import "time"

// The paths of administration, all on the mutual listener. A certificate is named by its
// issuer and serial: PathCertificates + "/people-1/7f…".
const (
	PathCertificates = "/api/v1/admin/certificates" // GET: a page of the inventory; /ISSUER/SERIAL, …/export, …/receipt
	PathInventory    = "/api/v1/admin/inventory"    // GET: all that a filter finds, as ?format=csv or json (lines)
	PathExpiries     = "/api/v1/admin/expiries"     // GET
	PathInvitations  = "/api/v1/admin/invitations"  // POST
	PathPlans        = "/api/v1/admin/plans"        // GET, POST; /ID, /ID/items, /ID/serials, /ID/confirm, /ID/stop
	PathCheck        = "/api/v1/admin/check"        // GET
	PathOwnTokens    = "/api/v1/token/all"          // GET: the caller's own, every one of them
)

// CertificateFilter says which certificates; the zero filter is all. Its fields are the query
// parameters of PathCertificates and PathInventory, by their JSON names. All that are given
// must hold.
type CertificateFilter struct {
	Query         string    `json:"q,omitempty"`       // part of the holder, the name or, from 6 digits on, the serial
	Status        string    `json:"status,omitempty"`  // active, held, revoked, superseded; or expired, or live: active and not expired
	Profile       string    `json:"profile,omitempty"` // of package certs
	Issuer        string    `json:"issuer,omitempty"`  // such as people-1
	User          string    `json:"user,omitempty"`    // mail address
	Agency        string    `json:"agency,omitempty"`  // its name: certificates of its users and sites
	Site          string    `json:"site,omitempty"`    // its name: of its users and its own
	Card          string    `json:"card,omitempty"`    // its id: certificates whose key is on it
	ExpiresBefore time.Time `json:"expires_before,omitzero"`
	IssuedFrom    time.Time `json:"issued_from,omitzero"`
	IssuedBefore  time.Time `json:"issued_before,omitzero"`
	Sort          string    `json:"sort,omitempty"`     // expires, issued, holder, status; with - before it the other way; default -issued
	Page          int       `json:"page,omitempty"`     // from 1
	PerPage       int       `json:"per_page,omitempty"` // default 50, at most 200
}

// Certificates is a page of the inventory, of what the caller administers.
type Certificates struct {
	Total        int           `json:"total"`
	Page         int           `json:"page"`
	PerPage      int           `json:"per_page"`
	Certificates []Certificate `json:"certificates"`
}

// Certificate is an entry of the inventory.
type Certificate struct {
	Issuer         string     `json:"issuer"`
	Serial         string     `json:"serial"`
	Status         string     `json:"status"` // active, held, revoked, superseded
	Expired        bool       `json:"expired"`
	Reason         string     `json:"reason,omitempty"` // RFC 5280, 5.3.1, where it is not active
	InvalidityDate *time.Time `json:"invalidity_date,omitempty"`
	StatusAt       time.Time  `json:"status_at"`
	StatusBy       string     `json:"status_by,omitempty"`
	RaisedAt       *time.Time `json:"raised_at,omitempty"` // when StatusBy made keyCompromise the reason of what was revoked for less at StatusAt
	Identity       string     `json:"identity"`            // urn:mais:…
	Holder         string     `json:"holder"`              // mail address, or the site's name
	Name           string     `json:"name"`
	Agency         string     `json:"agency,omitempty"`
	Profile        string     `json:"profile"`
	Level          string     `json:"level"`
	DNSNames       []string   `json:"dns_names,omitempty"`
	NotBefore      time.Time  `json:"not_before"`
	NotAfter       time.Time  `json:"not_after"`
	IssuedAt       time.Time  `json:"issued_at"`
	IssuedBy       string     `json:"issued_by"`
	Replaces       string     `json:"replaces,omitempty"` // ISSUER/SERIAL of the one that it renewed
	DestroyedAt    *time.Time `json:"destroyed_at,omitempty"`
	Card           *KeyOnCard `json:"card,omitempty"` // where the key is on one
}

// CertificateDetail is one certificate with its history and its line.
type CertificateDetail struct {
	Certificate
	PEM         string         `json:"pem"`
	Fingerprint string         `json:"fingerprint"` // sha256:HEX of the DER
	Pin         string         `json:"pin"`         // sha256:HEX of the key
	KeyType     string         `json:"key_type"`    // such as ECDSA P-256
	SAN         []string       `json:"san"`         // its subject alternative names, as DNS:…, IP:… and URI:…
	History     []StatusChange `json:"history"`     // oldest first
	Line        []Certificate  `json:"line"`        // what it renewed and what renewed it, itself left out
	May         []string       `json:"may"`         // the acts that the caller may do: hold, release, revoke, export, receipt
}

// StatusChange is a numbered change of status.
type StatusChange struct {
	Number int64     `json:"number"`
	Status string    `json:"status"`
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"`
	Reason string    `json:"reason,omitempty"` // of a revocation: RFC 5280, 5.3.1
	// Plan is the plan that it was part of, and Note that plan's note: for those who administer
	// the certificate, not for its holder.
	Plan string `json:"plan,omitempty"`
	Note string `json:"note,omitempty"`
	// FirstAt is of a change that the service was told again after a restore: when it was first.
	FirstAt *time.Time `json:"first_at,omitempty"`
	// RaisedFrom is the reason before, of a change that only made keyCompromise of it.
	RaisedFrom string `json:"raised_from,omitempty"`
}

// Expiries says how many live certificates end when.
type Expiries struct {
	AsOf    time.Time      `json:"as_of"`
	Weeks   []ExpiryWeek   `json:"weeks"`   // 13 from now on, each a bar
	Later   int            `json:"later"`   // after the last
	Overdue int            `json:"overdue"` // ended within the last 30 days and not renewed
	Soon    []Certificate  `json:"soon"`    // the 50 that end next
	Days7   int            `json:"days7"`
	Days30  int            `json:"days30"`
	ByKind  map[string]int `json:"by_kind"` // live ones by profile
}

// ExpiryWeek is the week that begins on a day.
type ExpiryWeek struct {
	From   string `json:"from"` // YYYY-MM-DD
	People int    `json:"people"`
	Sites  int    `json:"sites"`
	Server int    `json:"server"` // nodes of the service; they renew themselves
}

// InviteRequest asks for a code for a registered user; it goes to them by mail and is shown
// to nobody.
type InviteRequest struct {
	Email string `json:"email"`
}

// Invited says where a code went.
type Invited struct {
	Email   string    `json:"email"`
	Order   string    `json:"order"` // its id, which is no secret
	Expires time.Time `json:"expires"`
	// BouncedAt is when an earlier mail to this address came back, and Bounce what was said of it:
	// this one may well do the same.
	BouncedAt *time.Time `json:"bounced_at,omitempty"`
	Bounce    string     `json:"bounce,omitempty"`
}

// PlanRequest asks what an act on one or many certificates would do. Nothing is done before
// it is confirmed.
type PlanRequest struct {
	Act string `json:"act"` // hold, release, revoke
	// Reason is of RFC 5280, 5.3.1, for revoke: unspecified if absent.
	Reason string `json:"reason,omitempty"`
	// InvalidityDate is since when the key is known or thought to be compromised (RFC 5280,
	// 5.3.2), for revoke; never in the future.
	InvalidityDate *time.Time `json:"invalidity_date,omitempty"`
	Note           string     `json:"note,omitempty"` // for the audit, at most 200 bytes
	// What: serials, or a filter, or neither when serials are to be added by lines.
	Serials []string           `json:"serials,omitempty"` // or ISSUER/SERIAL
	Filter  *CertificateFilter `json:"filter,omitempty"`  // Page, PerPage and Sort are not read
}

// SerialLine is a line of a file of serials.
type SerialLine struct {
	Line   int    `json:"line"` // from 1
	Serial string `json:"serial"`
}

// AddSerials adds lines to a plan that has not been confirmed: at most 20,000 a request.
// Lines that have been added before change nothing. The answer counts; who would lose access
// is for GET of the plan to say, when all lines are there.
type AddSerials struct {
	Lines []SerialLine `json:"lines"`
}

// Plan is an act on a list of certificates, prepared, confirmed or carried out.
type Plan struct {
	ID             string     `json:"id"`
	Act            string     `json:"act"`
	Reason         string     `json:"reason,omitempty"`
	InvalidityDate *time.Time `json:"invalidity_date,omitempty"`
	Note           string     `json:"note,omitempty"`
	By             string     `json:"by"` // who made it
	CreatedAt      time.Time  `json:"created_at"`
	ConfirmedAt    *time.Time `json:"confirmed_at,omitempty"`
	FinishedAt     *time.Time `json:"finished_at,omitempty"`
	// Word is what has to be typed to confirm: the last six digits of the one serial, or the
	// act and how many, "revoke 312".
	Word    string         `json:"word"`
	Total   int            `json:"total"`   // certificates in the plan
	Bad     int            `json:"bad"`     // lines that name no certificate that the caller administers; see the items
	Results map[string]int `json:"results"` // by PlanItem.Result
	// Loses are who would have no live certificate left, at most 50, and how many they are.
	Loses     []Loser `json:"loses"`
	LosesAll  int     `json:"loses_all"`
	Unchanged int     `json:"unchanged"` // certificates that the act would not change
	// Warnings say what the act would do beyond its list, such as leaving no administrator.
	Warnings []string `json:"warnings,omitempty"`
}

// Loser is somebody who would have no live certificate left.
type Loser struct {
	Holder string   `json:"holder"`
	Name   string   `json:"name"`
	Agency string   `json:"agency"`
	Roles  []string `json:"roles,omitempty"`
}

// The results of an item of a plan.
const (
	ResultWaiting    = "waiting"
	ResultDone       = "done"
	ResultAlready    = "already"     // it stood so before
	ResultNotAllowed = "not-allowed" // such as an expired one that should be held
	ResultUnknown    = "unknown"     // there is no such certificate, or it is not the caller's to administer
	ResultBadLine    = "bad-line"    // not a serial
	ResultFailed     = "failed"      // a fault; confirm the plan again to try again
	ResultDuplicate  = "duplicate"   // a line that names a certificate which the plan has already
)

// PlanItem is one certificate of a plan, or a line that names none.
type PlanItem struct {
	N      int        `json:"n"`              // its place in the plan, from 1
	Line   int        `json:"line,omitempty"` // of the file
	Text   string     `json:"text,omitempty"` // of a line that names none, cut
	Issuer string     `json:"issuer,omitempty"`
	Serial string     `json:"serial,omitempty"`
	Holder string     `json:"holder,omitempty"`
	Status string     `json:"status,omitempty"` // as it is now
	Result string     `json:"result"`
	Detail string     `json:"detail,omitempty"` // why, in a sentence
	At     *time.Time `json:"at,omitempty"`
}

// Plans answers GET PathPlans: the caller's and their colleagues', newest first, at most 50.
type Plans struct {
	Plans []Plan `json:"plans"`
}

// OwnTokens answers GET PathOwnTokens, newest first.
type OwnTokens struct {
	Tokens []Certificate `json:"tokens"`
}

// PlanItems is a part of a plan's items.
type PlanItems struct {
	Items []PlanItem `json:"items"`
	Next  int        `json:"next,omitempty"` // ask for those after this N; 0: that is all
}

// ConfirmPlan carries a plan out. Confirming one again that is under way, or that has items
// that failed, goes on with it.
type ConfirmPlan struct {
	Word string `json:"word"`
}

// Check is how the certificate authority stands.
type Check struct {
	AsOf     time.Time   `json:"as_of"` // the server's clock
	Findings []CheckItem `json:"findings"`
}

// CheckItem is one thing that was looked at.
type CheckItem struct {
	What  string `json:"what"`  // a stable word: chain, root-key, crl-people, ocsp-people-1, clock, expiry, unknown, journal, mail …
	State string `json:"state"` // ok, warning, fault
	Says  string `json:"says"`  // what was found, in a sentence
	Do    string `json:"do,omitempty"`
}

// Receipt is the payload of a receipt, a JWS (RFC 7515) in compact form signed with ES256 by
// a certificate of profile receipt, which its x5c header carries with the issuing CA.
type Receipt struct {
	Issuer         string     `json:"issuer"`
	Serial         string     `json:"serial"`
	Status         string     `json:"status"` // held, revoked, superseded, active
	Reason         string     `json:"reason,omitempty"`
	InvalidityDate *time.Time `json:"invalidity_date,omitempty"`
	By             string     `json:"by"`
	Number         int64      `json:"number"`       // of the change of status
	CommittedAt    time.Time  `json:"committed_at"` // by the database's clock
	// Final is whether every node that lived at the commit is accounted for.
	Final    bool          `json:"final"`
	Nodes    []ReceiptNode `json:"nodes"`
	IssuedAt time.Time     `json:"iat_time"`
	// FirstAt is of a change that a restored service was told again by its journal: when it was
	// done first. CommittedAt and Nodes are of the telling.
	FirstAt *time.Time `json:"first_at,omitempty"`
	// RaisedFrom is the reason for which it was revoked before, of a change that only made
	// keyCompromise of it: it was refused all along.
	RaisedFrom string `json:"raised_from,omitempty"`
}

// ReceiptNode is one node of the service.
type ReceiptNode struct {
	Node string `json:"node"`
	// RefusedFrom is the moment, by the database's clock, at which the node had said that it
	// refuses: it did so from then on at the latest. Null while it has not.
	RefusedFrom *time.Time `json:"refused_from,omitempty"`
	// SilentFrom is when a node that never said so had closed itself, its lease and the stale
	// limit having passed.
	SilentFrom *time.Time `json:"silent_from,omitempty"`
	Millis     *int64     `json:"after_ms,omitempty"` // RefusedFrom, or SilentFrom, after CommittedAt
}
