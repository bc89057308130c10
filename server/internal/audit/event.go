package audit

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"time"
)

// Outcome is how an attempt ended.
type Outcome string

// The outcomes. There is no other.
const (
	Allowed Outcome = "allowed" // it was permitted and carried out
	Refused Outcome = "refused" // the caller may not do it
	Failed  Outcome = "failed"  // it was not refused, yet did not come about: bad input, nothing there, a fault
)

// Certificate names a certificate by its issuer and serial; certs.Ref converts to it.
type Certificate struct {
	Issuer string `json:"issuer,omitempty"`
	Serial string `json:"serial,omitempty"` // lower hex
}

// Event is one attempt. Leave empty what is not known. No field may hold a secret, the
// contents of a record, or what somebody typed to find one: Persons and Items say which
// records and which of their items it was about: "section.item", or "section.*" for all
// that the section had at that time.
//
// Text is cut to a bound and its control characters are escaped when it is appended, so
// an entry is one line whatever a client sent. The JSON names are the columns of audit.event.
type Event struct {
	Node        string     `json:"node,omitempty"`     // the server's name
	Request     string     `json:"request,omitempty"`  // UUID, the reference number that the caller was given
	Listener    string     `json:"listener,omitempty"` // public, mutual or plain
	Act         string     `json:"act"`                // such as "record.show"
	Outcome     Outcome    `json:"outcome"`
	Reason      string     `json:"reason,omitempty"` // why it was refused or failed
	Method      string     `json:"method,omitempty"` // of HTTP
	URI         string     `json:"uri,omitempty"`    // a query or fragment is cut off
	Address     netip.Addr `json:"address,omitzero"` // of the socket
	User        string     `json:"user_id,omitempty"`
	UserName    string     `json:"user_name,omitempty"`
	Agency      string     `json:"agency,omitempty"`
	Site        string     `json:"site,omitempty"`
	Roles       []string   `json:"roles,omitempty"`
	AuthMethod  string     `json:"auth_method,omitempty"`
	Session     string     `json:"session,omitempty"` // a name that opens nothing, never the session's id
	Certificate            // what was proved
	Persons     []string   `json:"persons,omitempty"` // UUIDs of the records
	Items       []string   `json:"items,omitempty"`
	Rows        int        `json:"rows,omitempty"`
	// Detail holds what has no field of its own.
	Detail map[string]string `json:"detail,omitempty"`

	seal uint64 // of Seal; 0 for an event that seals nothing
}

// Entry is an event as it stands in the ledger.
type Entry struct {
	ID    int64     `json:"id"`
	At    time.Time `json:"at"`    // by the database's clock
	Login string    `json:"login"` // the login role that appended it
	Event
}

// Bounds of one event. Lists are never cut, because an entry that names fewer records than
// were read would be false: what exceeds a list's bound is refused.
const (
	maxText    = 256
	maxURI     = 1024
	maxReason  = 512
	maxPersons = 10_000
	maxItems   = 512
	maxRoles   = 64
	maxDetail  = 32
)

var (
	actForm  = regexp.MustCompile(`^[a-z][a-z_.-]{0,63}$`)
	uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
)

// encode checks e, makes it fit to be recorded, and returns it as audit.append takes it.
func (e Event) encode() (json.RawMessage, error) {
	if err := e.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	for _, text := range []*string{&e.Node, &e.Listener, &e.Method, &e.UserName, &e.Agency, &e.Site, &e.AuthMethod,
		&e.Session, &e.Issuer, &e.Serial} {
		*text = line(*text, maxText)
	}
	e.Reason = line(e.Reason, maxReason)
	e.URI = line(withoutQuery(e.URI), maxURI)
	e.Address = e.Address.Unmap().WithZone("")
	e.Roles, e.Items = lines(e.Roles), lines(e.Items)
	if e.Detail != nil {
		detail := make(map[string]string, len(e.Detail))
		for k, v := range e.Detail {
			detail[line(k, maxText)] = line(v, maxReason)
		}
		e.Detail = detail
	}
	return json.Marshal(e)
}

func (e Event) check() error {
	switch {
	case !actForm.MatchString(e.Act):
		return fmt.Errorf("act %.80q", e.Act)
	case e.Outcome != Allowed && e.Outcome != Refused && e.Outcome != Failed:
		return fmt.Errorf("outcome %.80q", e.Outcome)
	case e.Request != "" && !uuidForm.MatchString(e.Request):
		return fmt.Errorf("request %.80q is no UUID", e.Request)
	case e.User != "" && !uuidForm.MatchString(e.User):
		return fmt.Errorf("user %.80q is no UUID", e.User)
	case len(e.Persons) > maxPersons, len(e.Items) > maxItems, len(e.Roles) > maxRoles, len(e.Detail) > maxDetail:
		return fmt.Errorf("%d persons, %d items, %d roles, %d details are too many",
			len(e.Persons), len(e.Items), len(e.Roles), len(e.Detail))
	case e.Rows < 0 || e.Rows > 1<<31-1:
		return fmt.Errorf("%d rows", e.Rows)
	}
	for _, id := range e.Persons {
		if !uuidForm.MatchString(id) {
			return fmt.Errorf("person %.80q is no UUID", id)
		}
	}
	return nil
}
