package api

import "time"

// PathUsage is how the service is used: GET.
const PathUsage = "/api/v1/admin/usage"

// Usage says who registered, who looks and what was of use, of those whom the caller
// administers. Its numbers tell of nobody whose record was looked at.
type Usage struct {
	AsOf     time.Time     `json:"as_of"`    // when looks and sign-ins were counted
	Weeks    []UsageWeek   `json:"weeks"`    // the last thirteen, oldest first, this one too
	Months   []UsageMonth  `json:"months"`   // the last twelve, oldest first, this one too
	Agencies []UsageAgency `json:"agencies"` // by name
	All      UsageAgency   `json:"all"`
	// Words are what people added to their answers lately: for governance officers alone.
	Words []UsageWords `json:"words,omitempty"`
}

// UsageWeek is a week from Monday.
type UsageWeek struct {
	From   string `json:"from"`   // YYYY-MM-DD
	Active int    `json:"active"` // users who signed in, searched or looked
	Looked int    `json:"looked"` // users who opened a record
	Looks  int    `json:"looks"`  // records opened or printed
}

// UsageMonth is a calendar month.
type UsageMonth struct {
	From       string `json:"from"`       // YYYY-MM-DD, its first day
	Registered int    `json:"registered"` // users
}

// UsageAgency counts an agency's users who have not left, and what they did.
type UsageAgency struct {
	Agency      string `json:"agency"`
	People      int    `json:"people"`
	Registered  int    `json:"registered"`
	Readers     int    `json:"readers"`      // registered, with a role that reads records
	NeverLooked int    `json:"never_looked"` // of those
	Active      int    `json:"active"`       // in the last 28 days
	Looks       int    `json:"looks"`        // in the last 28 days
	// LooksByWeek are records opened in each of the weeks, RegisteredByMonth users in each of the months.
	LooksByWeek       []int        `json:"looks_by_week"`
	RegisteredByMonth []int        `json:"registered_by_month"`
	Answers           UsageAnswers `json:"answers"`
}

// UsageAnswers count what people answered to "Was this of use?" in the last thirteen weeks.
type UsageAnswers struct {
	Yes      int `json:"yes"`
	Partly   int `json:"partly"`
	No       int `json:"no"`
	NotFound int `json:"not_found"` // "I could not find what I needed"
}

// UsageWords are what somebody added to an answer. It does not say who.
type UsageWords struct {
	Day    string `json:"day"` // YYYY-MM-DD
	Agency string `json:"agency"`
	Answer string `json:"answer"`
	Words  string `json:"words"`
}
