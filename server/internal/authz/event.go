package authz

import (
	"mais/server/internal/audit"
	"mais/server/internal/authn"
)

// The acts on records, as the audit names them.
const (
	ActSearch   = "record.search"
	ActShow     = "record.show"
	ActPrint    = "record.print"
	ActIdentify = "record.identify"
	ActReason   = "record.reason"
	ActLooked   = "record.looked"
	ActRecent   = "record.recent"
	ActImport   = "record.import"
	ActGenerate = "record.generate"
)

// The acts of emergency access.
const (
	ActBegin   = "emergency.begin"
	ActEnd     = "emergency.end"
	ActReviews = "emergency.reviews"
	ActReview  = "emergency.review"
)

// The reasons that the audit gives beside those of authn.
const (
	reasonNotPermitted = "not-permitted"
	reasonNoReason     = "no-reason"
	reasonTooMany      = "too-many"
	reasonInvalid      = "invalid"
	reasonNotOn        = "not-on" // the emergency access that was to end
	reasonUnavailable  = "unavailable"
)

// The details of a look on grounds. detailEmergencyID is what package audit counts looks by.
const (
	detailReason      = "reason"
	detailNumber      = "number"
	detailExplanation = "explanation"
	detailEmergency   = "emergency"
	detailEmergencyID = "emergency_id"
)

// Look is an attempt to see records: who tries, and what is known of the request (its
// number, listener, method, URI, address and node). Whose it is and what it is about authz
// fills in.
type Look struct {
	Principal authn.Principal
	Request   audit.Event
}

// event begins the event of the attempt as one that succeeds.
func (l Look) event(act string) audit.Event {
	e, p := l.Request, l.Principal
	e.Act, e.Outcome = act, audit.Allowed
	e.User, e.UserName, e.Agency, e.Site = p.User(), p.Name(), p.Agency(), p.Site()
	e.Roles, e.AuthMethod, e.Session = p.Roles(), p.Method(), p.Session()
	e.Certificate = audit.Certificate(p.Certificate())
	return e
}

// ended returns e as one that did not succeed.
func ended(e audit.Event, outcome audit.Outcome, reason string) audit.Event {
	e.Outcome, e.Reason, e.Items, e.Rows = outcome, reason, nil, 0
	return e
}
