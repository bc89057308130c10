package api

// PathOverview is what waits for an administrator: GET.
const PathOverview = "/api/v1/admin/overview"

// Overview is what waits for the caller among the people and places that they manage. The
// certificates that end are Expiries.
type Overview struct {
	ToApprove      int       `json:"to_approve"`      // changes that the caller may approve
	Open           int       `json:"open"`            // changes not confirmed, or waiting for anybody
	ReviewsOpen    int       `json:"reviews_open"`    // reviews of access that were not signed
	ReviewsOverdue int       `json:"reviews_overdue"` // of those
	Registrations  FunnelRow `json:"registrations"`   // of all whom the caller manages
	Ending         int       `json:"ending"`          // people whose last day is within 30 days
	EndingSoon     []Ending  `json:"ending_soon"`     // the first ten of them
}

// Ending is somebody whose time ends.
type Ending struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Agency string `json:"agency"`
	Ends   string `json:"ends"` // YYYY-MM-DD, the last day
}
