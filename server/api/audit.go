package api

import "time"

// The paths of the review of the audit: GET but for a settlement. Each reading is an entry itself.
const (
	PathAudit         = "/api/v1/audit"
	PathAuditEntry    = "/api/v1/audit/entries"  // /ID
	PathAuditSession  = "/api/v1/audit/sessions" // /NAME
	PathAuditPerson   = "/api/v1/audit/people"   // /ID: who looked
	PathAuditFind     = "/api/v1/audit/find"     // POST
	PathAuditRefusals = "/api/v1/audit/refusals"
	PathAuditFigures  = "/api/v1/audit/figures"
	PathAuditExport   = "/api/v1/audit/export" // ?format=csv or json
	PathAuditAlerts   = "/api/v1/audit/alerts" // /ID/settle POST
)

// HeaderAuditGap is, of an export, what an AuditGap of its period says; once for each.
const HeaderAuditGap = "Mais-Audit-Gap"

// AuditEntry is an entry of the audit.
type AuditEntry struct {
	ID         int64             `json:"id"`
	At         time.Time         `json:"at"`
	Login      string            `json:"login"` // the database's role that appended it
	Node       string            `json:"node,omitempty"`
	Request    string            `json:"request,omitempty"` // the reference number
	Listener   string            `json:"listener,omitempty"`
	Act        string            `json:"act"`
	Outcome    string            `json:"outcome"` // allowed, refused or failed
	Reason     string            `json:"reason,omitempty"`
	Method     string            `json:"method,omitempty"`
	URI        string            `json:"uri,omitempty"`
	Address    string            `json:"address,omitempty"`
	User       string            `json:"user_id,omitempty"`
	UserName   string            `json:"user_name,omitempty"`
	Agency     string            `json:"agency,omitempty"`
	Site       string            `json:"site,omitempty"`
	Roles      []string          `json:"roles,omitempty"`
	AuthMethod string            `json:"auth_method,omitempty"`
	Session    string            `json:"session,omitempty"`
	Issuer     string            `json:"issuer,omitempty"`
	Serial     string            `json:"serial,omitempty"`
	Persons    []string          `json:"persons,omitempty"`
	Items      []string          `json:"items,omitempty"`
	Rows       int               `json:"rows,omitempty"`
	Detail     map[string]string `json:"detail,omitempty"`
	About      string            `json:"about,omitempty"` // what or whom it was about, in words, where that is no record
}

// AuditFilter chooses entries; its fields are the query parameters of PathAudit. All that is given
// must hold.
type AuditFilter struct {
	From    time.Time `json:"from,omitzero"`
	To      time.Time `json:"to,omitzero"`      // exclusive
	Who     string    `json:"who,omitempty"`    // part of a user's name or mail address
	User    string    `json:"user,omitempty"`   // UUID
	Person  string    `json:"person,omitempty"` // UUID of a record
	Agency  string    `json:"agency,omitempty"` // its whole name
	Act     string    `json:"act,omitempty"`    // such as record.show, or record.*
	Outcome string    `json:"outcome,omitempty"`
	Session string    `json:"session,omitempty"` // its name in the audit
	Address string    `json:"address,omitempty"`
	Request string    `json:"request,omitempty"` // the reference number
	Before  int64     `json:"before,omitempty"`  // entries with a smaller id
	PerPage int       `json:"per_page,omitempty"`
}

// AuditPage is a page of entries, the newest first.
type AuditPage struct {
	Entries []AuditEntry `json:"entries"`
	Next    int64        `json:"next,omitempty"` // before of the page that follows; none: that was the last
	// Users are those who fit what was asked for as who, at most 200.
	Users []AuditUser `json:"users,omitempty"`
	// Unknown are agency and act where nothing fits and no entry at all has what was asked for as these;
	// Near are acts, and kinds of them, that are called nearly so.
	Unknown []string   `json:"unknown,omitempty"`
	Near    []string   `json:"near,omitempty"`
	Gaps    []AuditGap `json:"gaps,omitempty"` // that the period asked for, or else what is shown, touches, here and below
}

// AuditGap is a time of which the audit has nothing, since an older database was restored.
type AuditGap struct {
	From time.Time `json:"from"` // of the backup
	To   time.Time `json:"to"`   // when the restored service recorded again
	Says string    `json:"says"` // in a sentence, with where what was recorded meanwhile is
}

// AuditUser is somebody as the audit knows them.
type AuditUser struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Agency string `json:"agency"`
}

// AuditStory is what was done in one session, in its order.
type AuditStory struct {
	Session  string      `json:"session"`
	User     string      `json:"user_id,omitempty"`
	UserName string      `json:"user_name,omitempty"`
	Agency   string      `json:"agency,omitempty"`
	Site     string      `json:"site,omitempty"`
	Address  string      `json:"address,omitempty"`
	Began    time.Time   `json:"began_at"`
	Ended    *time.Time  `json:"ended_at,omitempty"` // none: it is open, or its end is past what is shown
	Reason   string      `json:"end_reason,omitempty"`
	People   int         `json:"people"` // whose records were opened
	Cut      bool        `json:"cut"`    // there is more than is shown
	Steps    []AuditStep `json:"steps"`
	Gaps     []AuditGap  `json:"gaps,omitempty"`
}

// AuditStep is an entry and how long after the one before it came.
type AuditStep struct {
	AuditEntry
	After int `json:"after_seconds"`
}

// AuditFind asks for a person's number: by the whole name and the birth date, or by the number of a prison
// or the PNC, or one that was given with a reason, such as a custody number.
type AuditFind struct {
	Name   string `json:"name,omitempty"`
	Born   string `json:"born,omitempty"` // YYYY-MM-DD
	Number string `json:"number,omitempty"`
}

// The answers to AuditFind.
const (
	FindFound     = "found"
	FindNotUnique = "not-unique"
	FindNone      = "none"
)

// AuditFound is whether one person fits, and the number of the record: nothing that stands in it.
type AuditFound struct {
	Answer string `json:"answer"`
	Person string `json:"person,omitempty"` // UUID
}

// AuditLooks says who looked at a person: those who opened the record, and every entry about it.
type AuditLooks struct {
	Person  string        `json:"person"`
	Lookers []AuditLooker `json:"lookers"` // the last first
	Entries []AuditEntry  `json:"entries"` // the newest, of any kind
	Next    int64         `json:"next,omitempty"`
	Gaps    []AuditGap    `json:"gaps,omitempty"`
}

// AuditLooker is somebody who opened a person's record.
type AuditLooker struct {
	User   string    `json:"user_id"`
	Name   string    `json:"name"`
	Agency string    `json:"agency"`
	Looks  int       `json:"looks"`
	First  time.Time `json:"first_at"`
	Last   time.Time `json:"last_at"`
}

// AuditRefusals are what was refused or failed in a period, in groups, the largest first.
type AuditRefusals struct {
	From   time.Time      `json:"from"`
	To     time.Time      `json:"to"`
	Total  int            `json:"total"` // of the groups shown
	Groups []AuditRefusal `json:"groups"`
	Gaps   []AuditGap     `json:"gaps,omitempty"`
}

// AuditRefusal is what was refused in the same way: for one reason, from one address, to one user.
type AuditRefusal struct {
	Outcome  string    `json:"outcome"`
	Reason   string    `json:"reason"`
	Kind     string    `json:"kind"` // door, permission or other
	Address  string    `json:"address,omitempty"`
	User     string    `json:"user_id,omitempty"`
	UserName string    `json:"user_name,omitempty"`
	Agency   string    `json:"agency,omitempty"`
	Count    int       `json:"count"`
	First    time.Time `json:"first_at"`
	Last     time.Time `json:"last_at"`
	LastID   int64     `json:"last_id"`
}

// The kinds of refusal.
const (
	RefusedAtDoor     = "door"       // the token, the network or the session was not good
	RefusedPermission = "permission" // they may not do it
	RefusedOther      = "other"      // bad input, nothing there, a fault
)

// AuditFigures are the numbers of a period; days and hours are London's.
type AuditFigures struct {
	From     string        `json:"from"` // the first day
	To       string        `json:"to"`   // the last day
	Days     []AuditDay    `json:"days"`
	Agencies []AuditAgency `json:"agencies"`
	Hours    []AuditHour   `json:"hours"` // 24
	Gaps     []AuditGap    `json:"gaps,omitempty"`
}

// AuditDay counts looks at records and refusals on a day.
type AuditDay struct {
	Day        string `json:"day"` // YYYY-MM-DD
	Looks      int    `json:"looks"`
	Lookers    int    `json:"lookers"` // different users
	Door       int    `json:"door"`
	Permission int    `json:"permission"`
	Other      int    `json:"other"`
}

// AuditAgency counts the looks of an agency's people.
type AuditAgency struct {
	Agency  string `json:"agency"`
	Looks   int    `json:"looks"`
	Lookers int    `json:"lookers"`
}

// AuditHour counts the looks in an hour of the day.
type AuditHour struct {
	Hour  int `json:"hour"`
	Looks int `json:"looks"`
}

// AuditAlerts are alarms, the newest first.
type AuditAlerts struct {
	Alerts []AuditAlert `json:"alerts"`
	Next   int64        `json:"next,omitempty"`
	Gaps   []AuditGap   `json:"gaps,omitempty"`
}

// AuditAlert is an alarm, and how it was settled.
type AuditAlert struct {
	ID        int64             `json:"id"` // of its entry
	At        time.Time         `json:"at"`
	Kind      string            `json:"kind"` // such as scraping
	Says      string            `json:"says"` // in a sentence
	User      string            `json:"user_id,omitempty"`
	UserName  string            `json:"user_name,omitempty"`
	Agency    string            `json:"agency,omitempty"`
	Address   string            `json:"address,omitempty"`
	Detail    map[string]string `json:"detail,omitempty"`
	SettledAt *time.Time        `json:"settled_at,omitempty"`
	SettledBy string            `json:"settled_by,omitempty"`
	Note      string            `json:"note,omitempty"`
	May       []string          `json:"may"` // settle
}

// SettleRequest settles an alarm.
type SettleRequest struct {
	Note string `json:"note"` // what was found; at most 1000 characters
}
