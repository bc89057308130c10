package certs

// Status is how a certificate stands. Whether it has expired is another matter, which the
// certificate itself says.
type Status string

// The statuses, as ca.certificate holds them.
const (
	Active     Status = "active"
	Held       Status = "held"       // suspended, and can be released
	Revoked    Status = "revoked"    // for good
	Superseded Status = "superseded" // renewed, and its grace period is over
)
