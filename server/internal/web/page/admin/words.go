package admin

import (
	"slices"
	"strings"

	"mais/server/api/form"
)

// State is how a certificate stands, in words and in the colour of a tag beside them.
type State struct{ Words, Colour string }

var states = map[string]State{
	"active": {"Good", "green"}, "held": {"On hold", "yellow"}, "revoked": {"Revoked", "red"}, "superseded": {"Superseded", "grey"},
}

// StateOf returns the state of a status of the inventory. What is good by its status and past
// its end is expired.
func StateOf(status string, expired bool) State {
	if expired && status == "active" {
		return State{"Expired", "grey"}
	}
	if s, ok := states[status]; ok {
		return s
	}
	return State{form.Word(status), "grey"}
}

// Option is a value to choose, with its words.
type Option struct{ Value, Label string }

// Statuses are what a list can be narrowed to.
var Statuses = []Option{
	{"live", "Good"}, {"held", "On hold"}, {"revoked", "Revoked"}, {"superseded", "Superseded by a renewal"},
	{"expired", "Expired"}, {"active", "Good, or it was until it expired"},
}

// Profiles are the kinds of certificate.
var Profiles = []Option{
	{"person-software", "Person, software token"}, {"person-card", "Person, smart card"}, {"person-attested", "Person, attested card"},
	{"site", "Site’s machine"}, {"server", "Node of the service"}, {"ocsp", "Signer of status answers"}, {"receipt", "Signer of receipts"},
}

// ProfileLabel returns a profile in words.
func ProfileLabel(profile string) string { return label(Profiles, profile) }

// TokenLabel is ProfileLabel for the holder, who knows that it is a person's.
func TokenLabel(profile string) string {
	token, own := strings.CutPrefix(ProfileLabel(profile), "Person, ")
	if !own {
		return token
	}
	return strings.ToUpper(token[:1]) + token[1:]
}

// Reasons are why a certificate may be revoked (RFC 5280, 5.3.1), the gravest first.
var Reasons = []Reason{
	{"keyCompromise", "It was lost or stolen, or somebody else may know its key or passphrase", "Everything with the same key is revoked too. What was revoked before for another reason gets this one."},
	{"cessationOfOperation", "It is not needed any more", "The holder has left, or the machine is gone."},
	{"affiliationChanged", "The holder has moved", "To another agency or site, or has another name."},
	{"privilegeWithdrawn", "The holder may no longer have it", "Their right to use the service was taken away."},
	{"superseded", "Another has taken its place", "The holder has a newer one and keeps it."},
	{"unspecified", "None of these", "Say why in the note."},
}

// Reason is a reason to revoke: its name in the RFC, and for people.
type Reason struct{ Code, Label, Hint string }

// ReasonLabel returns a reason in words.
func ReasonLabel(code string) string {
	if code == "certificateHold" {
		return "On hold"
	}
	for _, r := range Reasons {
		if r.Code == code {
			return r.Label
		}
	}
	return code
}

// IsReason reports whether a certificate can be revoked for the reason.
func IsReason(code string) bool {
	return slices.ContainsFunc(Reasons, func(r Reason) bool { return r.Code == code })
}

// Act is what can be done with certificates.
type Act struct {
	Name string // of a plan
	Verb string // "Put on hold", begins a sentence
	Done string // "put on hold"
	// Means is what the act brings about for a certificate, in sentences.
	Means string
	Harms bool // takes something away
}

// Acts are what a plan can do.
var Acts = []Act{
	{"hold", "Put on hold", "put on hold", "It is refused at once, on every node of the service, until somebody releases it. Sessions that were begun with it end. What it was renewed into is held with it.", true},
	{"release", "Release", "released", "It is good again at once, if it has not expired. Only what was on hold can be released.", false},
	{"revoke", "Revoke", "revoked", "It is refused at once, on every node of the service, for good. Nobody can undo it. Sessions that were begun with it end, and every certificate that it was renewed from or into ends with it.", true},
}

// ActOf returns an act by its name.
func ActOf(name string) (Act, bool) {
	if n := slices.IndexFunc(Acts, func(a Act) bool { return a.Name == name }); n >= 0 {
		return Acts[n], true
	}
	return Act{}, false
}

func label(options []Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Label
		}
	}
	return form.Word(value)
}

// Known reports whether a value is one of the options, or empty.
func Known(options []Option, value string) bool {
	return value == "" || slices.ContainsFunc(options, func(o Option) bool { return o.Value == value })
}
