package api

import "time"

// The paths of users.
const (
	PathUsers  = "/api/v1/admin/users"        // GET; /ID; /ID/invite POST
	PathImport = "/api/v1/admin/users/import" // POST text/csv, ?dry_run=true
	PathFunnel = "/api/v1/admin/funnel"       // GET; /again POST: fresh codes for those whose own lapsed
	PathTerms  = "/api/v1/terms"              // GET, POST: the holder's own acceptance
)

// How far a user has come.
const (
	StageDue        = "due"     // starts later
	StageInvited    = "invited" // was sent a code, which is good
	StageBounced    = "bounced" // the mail came back
	StageLapsed     = "lapsed"  // the code expired unused
	StageRegistered = "registered"
	StageActive     = "active" // has signed in
	StageEnded      = "ended"  // past the end date
	StageLeft       = "left"
)

// UserFields are what an administrator says of a user.
type UserFields struct {
	Email     string   `json:"email"` // in lower case
	Name      string   `json:"name"`
	Agency    string   `json:"agency"` // UUID
	Sites     []string `json:"sites"`  // UUIDs, of that agency
	Roles     []string `json:"roles"`
	Starts    string   `json:"starts,omitempty"` // YYYY-MM-DD; none: at once
	Ends      string   `json:"ends,omitempty"`   // the last day; none: no end is known
	Vetting   string   `json:"vetting,omitempty"`
	VettedOn  string   `json:"vetted_on,omitempty"`
	VouchedBy string   `json:"vouched_by,omitempty"` // who of the agency gave the name and the address
}

// User is a member of staff as administrators see them.
type User struct {
	ID string `json:"id"`
	UserFields
	AgencyName string     `json:"agency_name"`
	SiteNames  []string   `json:"site_names"`
	Version    int64      `json:"version"`
	Stage      string     `json:"stage"`
	InvitedAt  *time.Time `json:"invited_at,omitempty"`
	RemindedAt *time.Time `json:"reminded_at,omitempty"`
	BouncedAt  *time.Time `json:"bounced_at,omitempty"`
	Bounce     string     `json:"bounce,omitempty"`    // what the mail server said
	CodeEnds   *time.Time `json:"code_ends,omitempty"` // of a code that was neither used nor made void
	Registered *time.Time `json:"registered_at,omitempty"`
	FirstSeen  *time.Time `json:"first_seen_at,omitempty"`
	LastSeen   *time.Time `json:"last_seen_at,omitempty"`
	AcceptedAt *time.Time `json:"accepted_at,omitempty"` // the terms
	LeftAt     *time.Time `json:"left_at,omitempty"`
	PutOut     bool       `json:"put_out,omitempty"` // left by a restore alone: they had moved, or their address had changed, after its backup
	Password   bool       `json:"password"`          // has one
	Sessions   int        `json:"sessions"`          // open
	May        []string   `json:"may"`               // what the caller may do: change, leave, return, invite, end-sessions
}

// UserFilter chooses users; its fields are the query parameters of PathUsers.
type UserFilter struct {
	Query   string `json:"q,omitempty"`      // part of the name or address
	Agency  string `json:"agency,omitempty"` // UUID
	Site    string `json:"site,omitempty"`   // UUID
	Role    string `json:"role,omitempty"`   // a name, or NoRole
	Stage   string `json:"stage,omitempty"`  // or "present", the default: who has not left; "all"
	Sort    string `json:"sort,omitempty"`   // name, email, agency, seen, invited; with - before it the other way
	Page    int    `json:"page,omitempty"`   // from 1
	PerPage int    `json:"per_page,omitempty"`
}

// NoRole chooses, of a filter's roles, who has none. No role has this name.
const NoRole = "-"

// Users is a page of those whom the caller administers.
type Users struct {
	Total   int    `json:"total"`
	Page    int    `json:"page"`
	PerPage int    `json:"per_page"`
	Users   []User `json:"users"`
}

// ImportRequest says what is to be done with a file of people; its fields are the query
// parameters of PathImport.
type ImportRequest struct {
	Note   string `json:"note,omitempty"` // of the change: why; at most 500 characters
	DryRun bool   `json:"dry_run,omitempty"`
	// SkipFaulty proposes to invite the people of the good rows although others have faults.
	// Without it nothing is proposed then.
	SkipFaulty bool `json:"skip_faulty,omitempty"`
}

// Import is what became of a file of people.
type Import struct {
	Rows   int        `json:"rows"`
	Good   int        `json:"good"`
	Faults []RowFault `json:"faults,omitempty"` // the first 200
	Bad    int        `json:"bad"`              // rows with faults
	Change *Change    `json:"change,omitempty"` // made of the good rows; none: a dry run, none is good, or some are not
}

// RowFault is what is wrong with a row.
type RowFault struct {
	Line   int    `json:"line"` // of the file, from 1
	Column string `json:"column,omitempty"`
	Detail string `json:"detail"`
}

// Funnel says how many of those invited came how far, by agency.
type Funnel struct {
	AsOf     time.Time   `json:"as_of"`
	Agencies []FunnelRow `json:"agencies"`
	All      FunnelRow   `json:"all"`
}

// InviteAgainRequest has a fresh code sent to everybody whose code lapsed unused.
type InviteAgainRequest struct {
	Agency string `json:"agency,omitempty"` // UUID; none: of all that the caller manages
}

// InvitedAgain says to how many people a fresh code goes.
type InvitedAgain struct {
	People int `json:"people"`
}

// FunnelRow counts users who have not left.
type FunnelRow struct {
	Agency     string `json:"agency"`
	AgencyID   string `json:"agency_id,omitempty"` // none: of all
	People     int    `json:"people"`
	Due        int    `json:"due"`      // start later, and are sent a code then
	Sent       int    `json:"sent"`     // were sent a code
	Bounced    int    `json:"bounced"`  // a mail to their address came back
	Waiting    int    `json:"waiting"`  // have a good code
	Reminded   int    `json:"reminded"` // of those
	Lapsed     int    `json:"lapsed"`
	Registered int    `json:"registered"`
	Active     int    `json:"active"`
}

// Terms are the confidentiality terms and the information sheets of the holder's roles.
type Terms struct {
	Version    string     `json:"version"`
	Text       []string   `json:"text"` // paragraphs
	Sheets     []Sheet    `json:"sheets"`
	AcceptedAt *time.Time `json:"accepted_at,omitempty"`
	Due        bool       `json:"due"`
}

// Sheet tells the holder of a role what the service is for and how it is used.
type Sheet struct {
	Role  string   `json:"role"`
	Title string   `json:"title"`
	Text  []string `json:"text"` // paragraphs
	New   bool     `json:"new"`  // the holder was not shown it yet
}

// Roles are those whose sheets there are.
func (t Terms) Roles() []string {
	roles := []string{}
	for _, s := range t.Sheets {
		roles = append(roles, s.Role)
	}
	return roles
}

// TermsRequest accepts the terms of a version.
type TermsRequest struct {
	Version string   `json:"version"`
	Roles   []string `json:"roles"` // whose sheets were shown
}
