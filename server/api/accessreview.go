package api

import "time"

// PathAccessReviews is where it is reviewed who still needs what they may do: GET, POST opens
// one; /ID, /ID/decide, /ID/sign.
const PathAccessReviews = "/api/v1/admin/access-reviews"

// What a review says of somebody.
const (
	ReviewKeep        = "keep"
	ReviewRemoveRoles = "remove-roles"
	ReviewLeave       = "leave"
)

// AccessReview is a review of the people of one agency.
type AccessReview struct {
	ID         string     `json:"id"`
	Agency     string     `json:"agency"`
	AgencyName string     `json:"agency_name"`
	OpenedAt   time.Time  `json:"opened_at"`
	OpenedBy   string     `json:"opened_by"`
	Due        string     `json:"due"` // YYYY-MM-DD
	Overdue    bool       `json:"overdue"`
	People     int        `json:"people"`    // whom it is about
	Undecided  int        `json:"undecided"` // of those, who are still there and of whom nothing was said
	Taken      int        `json:"taken"`     // from whom something was taken
	SignedAt   *time.Time `json:"signed_at,omitempty"`
	SignedBy   *Actor     `json:"signed_by,omitempty"`
	May        []string   `json:"may"` // what the caller may do: decide, sign
}

// AccessReviews are those of the caller's agencies: the open ones first, then the newest.
type AccessReviews struct {
	EveryMonths int            `json:"every_months"` // 0: none opens by itself
	Reviews     []AccessReview `json:"reviews"`
}

// AccessReviewFilter chooses the people of a review; its fields are the parameters of one.
type AccessReviewFilter struct {
	Undecided bool `json:"undecided,omitempty"` // those only of whom nothing was said
	Page      int  `json:"page,omitempty"`      // from 1
	PerPage   int  `json:"per_page,omitempty"`
}

// AccessReviewDetail is a review with a page of its people, by name.
type AccessReviewDetail struct {
	AccessReview
	Total   int                `json:"total"` // that the filter chooses
	Page    int                `json:"page"`
	PerPage int                `json:"per_page"`
	Items   []AccessReviewItem `json:"items"`
}

// AccessReviewItem is one of its people.
type AccessReviewItem struct {
	User      string     `json:"user"` // UUID
	Name      string     `json:"name"`
	Email     string     `json:"email"`
	Roles     []string   `json:"roles"` // as they are now
	RolesThen []string   `json:"roles_then"`
	LastSeen  *time.Time `json:"last_seen_at,omitempty"`
	Gone      bool       `json:"gone"` // has left, or moved to another agency
	Decision  string     `json:"decision,omitempty"`
	Note      string     `json:"note,omitempty"`
	DecidedBy *Actor     `json:"decided_by,omitempty"`
	DecidedAt *time.Time `json:"decided_at,omitempty"`
	Change    string     `json:"change,omitempty"` // by which something was taken
	May       bool       `json:"may"`              // the caller may decide on them
}

// OpenReviewRequest opens a review now.
type OpenReviewRequest struct {
	Agency string `json:"agency"` // UUID
}

// DecideRequest says the same of one or several people of a review.
type DecideRequest struct {
	Users    []string `json:"users"`    // UUIDs; at most 100
	Decision string   `json:"decision"` // keep, remove-roles, leave
	Note     string   `json:"note,omitempty"`
}
