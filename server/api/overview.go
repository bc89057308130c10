package api

import "time"

// PathOverview is what waits for an administrator: GET.
const PathOverview = "/api/v1/admin/overview"

// Overview is what waits for the caller among the people and places that they manage. The
// certificates that end are Expiries.
type Overview struct {
	ToApprove      int       `json:"to_approve"`         // changes that the caller may approve
	Open           int       `json:"open"`               // changes not confirmed, or waiting for anybody
	ReviewsOpen    int       `json:"reviews_open"`       // reviews of access that were not signed
	ReviewsOverdue int       `json:"reviews_overdue"`    // of those
	Registrations  FunnelRow `json:"registrations"`      // of all whom the caller manages
	Ending         int       `json:"ending"`             // people whose last day is within 30 days
	EndingSoon     []Ending  `json:"ending_soon"`        // the first ten of them
	Restored       *Restored `json:"restored,omitempty"` // within the last 14 days
	WithoutRole    int       `json:"without_role"`       // people who may come in and have no role, so that nothing is open to them

	Returned []ReturnedChange `json:"returned"` // the caller's own that nothing came of within the last 14 days
}

// Restored is that the database was put back to a backup, and what was taken away again since then.
type Restored struct {
	At     time.Time  `json:"at"`
	Made   *time.Time `json:"made,omitempty"` // of when the backup is, where that is known
	Things int        `json:"things"`         // roles, sites, networks and the like
	People int        `json:"people"`         // from whom
}

// ReturnedChange is a change of the caller's that was refused, or that nobody decided on.
type ReturnedChange struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	Subject string    `json:"subject"`
	State   string    `json:"state"` // refused, expired
	By      string    `json:"by"`    // the name of who refused it; "": nobody
	Note    string    `json:"note"`  // why
	At      time.Time `json:"at"`
}

// Ending is somebody whose time ends.
type Ending struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Agency string `json:"agency"`
	Ends   string `json:"ends"` // YYYY-MM-DD, the last day
}
