package api

import "time"

// The paths of sessions.
const (
	PathSessions      = "/api/v1/sessions"       // GET: the caller's own; /NAME/end, /end POST
	PathAdminSessions = "/api/v1/admin/sessions" // GET; /NAME/end, /end POST
)

// How a session was begun.
const (
	ByToken    = "token"
	ByPassword = "password"
)

// Session is one that is open. Its name opens nothing.
type Session struct {
	Name        string    `json:"name"` // as the audit calls it
	User        string    `json:"user"` // UUID
	UserName    string    `json:"user_name"`
	Email       string    `json:"email"`
	Agency      string    `json:"agency"`
	Site        string    `json:"site"`
	Listener    string    `json:"listener"`              // mutual or public
	Method      string    `json:"method"`                // token or password
	Certificate string    `json:"certificate,omitempty"` // issuer and serial number
	Address     string    `json:"address,omitempty"`     // where it began
	Began       time.Time `json:"began_at"`
	Seen        time.Time `json:"seen_at"` // marked once a minute
	Current     bool      `json:"current"` // it is the one that asks
	May         []string  `json:"may"`     // what the caller may do: end
}

// Sessions is a page of open sessions, the last used first.
type Sessions struct {
	Total    int       `json:"total"`
	Page     int       `json:"page"`
	PerPage  int       `json:"per_page"`
	Sessions []Session `json:"sessions"`
}

// SessionFilter chooses open sessions; its fields are the query parameters of PathAdminSessions.
type SessionFilter struct {
	Query   string `json:"q,omitempty"`    // part of the user's name or address
	User    string `json:"user,omitempty"` // UUID
	Page    int    `json:"page,omitempty"` // from 1
	PerPage int    `json:"per_page,omitempty"`
}

// EndSessions ends all open sessions of a user.
type EndSessions struct {
	User string `json:"user"` // UUID
}

// SessionsEnded says how many sessions were ended.
type SessionsEnded struct {
	Ended int `json:"ended"`
}
