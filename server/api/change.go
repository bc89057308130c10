package api

import "time"

// PathChanges is where every change of who may come in, from where, and what their roles
// permit is made: GET a list, POST one; /ID, /ID/confirm, /ID/approve, /ID/refuse, /ID/discard,
// /ID/stop; GET /ID/items the people of a change of many.
const PathChanges = "/api/v1/admin/changes"

// The kinds of change.
const (
	AgencyAdd     = "agency.add"
	AgencyChange  = "agency.change"
	SiteAdd       = "site.add"
	SiteChange    = "site.change"
	SiteClose     = "site.close"
	NetworkAdd    = "network.add"
	NetworkRemove = "network.remove"
	UserInvite    = "user.invite"
	UsersInvite   = "users.invite" // many, from a file
	UserChange    = "user.change"  // a mover too: another agency, site, role or address
	UserLeave     = "user.leave"
	UserReturn    = "user.return"
	RoleAdd       = "role.add"
	RoleChange    = "role.change"
	RoleDelete    = "role.delete"
)

// The states of a change.
const (
	ChangeDraft     = "draft"   // made and not confirmed
	ChangeWaiting   = "waiting" // for a second person
	ChangeApplied   = "applied"
	ChangeRefused   = "refused" // by the second person
	ChangeDiscarded = "discarded"
	ChangeExpired   = "expired"
)

// ChangeRequest asks for a change. Of the fields after Note the one that fits Kind is given, whole:
// what is there afterwards, not what differs.
type ChangeRequest struct {
	Kind string `json:"kind"`
	// Target is what is changed, closed, left or deleted: a UUID, or a role's name.
	Target string `json:"target,omitempty"`
	// Version is the target's as the caller saw it; another in the meantime is a conflict. 0: any.
	Version int64          `json:"version,omitempty"`
	Note    string         `json:"note,omitempty"` // why; at most 500 characters
	Agency  *AgencyFields  `json:"agency,omitempty"`
	Site    *SiteFields    `json:"site,omitempty"`
	Network *NetworkFields `json:"network,omitempty"`
	User    *UserFields    `json:"user,omitempty"`
	Role    *RoleFields    `json:"role,omitempty"`
}

// Change is a change with what it would do, or did.
type Change struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Target  string `json:"target,omitempty"`
	Subject string `json:"subject"` // what or whom it is about, in words
	Agency  string `json:"agency,omitempty"`
	Note    string `json:"note,omitempty"`
	State   string `json:"state"`
	// Second says why a second person has to approve it, in sentences; none: nobody has to.
	Second      []string     `json:"second,omitempty"`
	Differences []Difference `json:"differences"`
	Effect      Effect       `json:"effect"`           // as it is foreseen now; after the change as it was foreseen then
	Digest      string       `json:"digest,omitempty"` // of what is shown here while it is open: whoever decides sends it back
	Word        string       `json:"word,omitempty"`   // to be typed to confirm it; none: a button is enough
	Items       *ItemCount   `json:"items,omitempty"`
	MadeBy      Actor        `json:"made_by"`
	MadeAt      time.Time    `json:"made_at"`
	ConfirmedAt *time.Time   `json:"confirmed_at,omitempty"`
	DecidedBy   *Actor       `json:"decided_by,omitempty"` // who approved or refused
	DecidedAt   *time.Time   `json:"decided_at,omitempty"`
	DecidedNote string       `json:"decided_note,omitempty"`
	AppliedAt   *time.Time   `json:"applied_at,omitempty"`
	Expires     *time.Time   `json:"expires,omitempty"` // of a draft or one that waits
	May         []string     `json:"may"`               // what the caller may do: confirm, approve, refuse, discard, stop
}

// Actor is somebody who did something.
type Actor struct {
	ID   string `json:"id,omitempty"` // none: at the host
	Name string `json:"name"`
}

// Difference is one field as it is and as it would be.
type Difference struct {
	Field   string `json:"field"` // in words
	Was     string `json:"was,omitempty"`
	Becomes string `json:"becomes,omitempty"`
}

// Effect is what a change does to people.
type Effect struct {
	Gains        []Affected `json:"gains,omitempty"` // the first 200
	Losses       []Affected `json:"losses,omitempty"`
	GainsAll     int        `json:"gains_all"`
	LossesAll    int        `json:"losses_all"`
	Sessions     int        `json:"sessions"`           // open ones that it ends
	Certificates int        `json:"certificates"`       // good ones that it revokes
	Warnings     []string   `json:"warnings,omitempty"` // sentences
}

// Affected is somebody who gains or loses.
type Affected struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Email  string   `json:"email,omitempty"` // of a user; a site has none
	Agency string   `json:"agency"`
	Items  []string `json:"items,omitempty"`    // "section.item", or "section" for all of it
	Acts   []string `json:"acts,omitempty"`     // on those: read, create, update, emergency
	Places []string `json:"networks,omitempty"` // from where
	What   []string `json:"what,omitempty"`     // anything else, in words
}

// ItemCount says how far a change of many has come.
type ItemCount struct {
	Total  int `json:"total"`
	Done   int `json:"done"`
	Failed int `json:"failed"`
}

// ChangeFilter chooses changes; its fields are the query parameters of PathChanges.
type ChangeFilter struct {
	State   string `json:"state,omitempty"` // or "open": draft or waiting; "mine": what the caller may approve
	Kind    string `json:"kind,omitempty"`
	Target  string `json:"target,omitempty"`
	Page    int    `json:"page,omitempty"` // from 1
	PerPage int    `json:"per_page,omitempty"`
}

// Changes is a page of changes, newest first, of what the caller administers. Their effects are
// left out.
type Changes struct {
	Total   int      `json:"total"`
	Page    int      `json:"page"`
	PerPage int      `json:"per_page"`
	Changes []Change `json:"changes"`
}

// ConfirmRequest confirms a change by its word.
type ConfirmRequest struct {
	Word   string `json:"word,omitempty"`
	Digest string `json:"digest,omitempty"` // the change's, as it was shown; another is a conflict. None: whatever it does
}

// DecisionRequest approves or refuses a change.
type DecisionRequest struct {
	Note string `json:"note,omitempty"` // why; a refusal needs one
	Word string `json:"word,omitempty"` // of an approval: the change's
	// Digest, of an approval, is the change's as the caller looked at it; another is a conflict.
	Digest string `json:"digest,omitempty"`
}

// ChangePerson is one of the people of a change of many.
type ChangePerson struct {
	N         int      `json:"n"` // from 1, in the order of the file
	Name      string   `json:"name"`
	Email     string   `json:"email"`
	Agency    string   `json:"agency"` // names, like sites
	Sites     []string `json:"sites"`
	Roles     []string `json:"roles"`
	Starts    string   `json:"starts,omitempty"`
	Ends      string   `json:"ends,omitempty"`
	Vetting   string   `json:"vetting,omitempty"`
	VettedOn  string   `json:"vetted_on,omitempty"`
	VouchedBy string   `json:"vouched_by,omitempty"`
	User      string   `json:"user,omitempty"`  // UUID, once they are registered
	Fault     string   `json:"fault,omitempty"` // why they are not
}

// ChangePeople is a page of the people of a change of many.
type ChangePeople struct {
	Total   int            `json:"total"`
	Page    int            `json:"page"`
	PerPage int            `json:"per_page"`
	People  []ChangePerson `json:"people"`
}
