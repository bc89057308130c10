package agency

import (
	"strings"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

// Form is the data of the form that adds an agency or changes one.
type Form struct {
	frame.Frame
	ID      string // "": a new one
	Version int64
	Typed   api.AgencyFields
	Note    string
}

// RenderForm returns the document with the form.
func RenderForm(f Form) []byte { return frame.Render(form, f) }

// Action is where the form goes.
func (f Form) Action() string {
	if f.ID == "" {
		return Root
	}
	return Path(f.ID) + "/change"
}

// Back is where one comes from.
func (f Form) Back() string {
	if f.ID == "" {
		return Root
	}
	return Path(f.ID)
}

// First are the boxes before the list of domains.
func (f Form) First() []admin.Field {
	return []admin.Field{
		{Name: Name, Label: "Name", Value: f.Typed.Name, Fault: f.Faults.Of(Name)},
		{Name: Kind, Label: "Kind", Hint: "police, health, prison, probation, or another word", Value: f.Typed.Kind, Width: "20", Fault: f.Faults.Of(Kind)},
		{Name: SponsorName, Label: "Sponsor’s name", Hint: "Who vouches for the agency’s people, and is told of each who is invited.", Value: f.Typed.SponsorName, Fault: f.Faults.Of(SponsorName)},
		{Name: SponsorEmail, Label: "Sponsor’s email address", Value: f.Typed.SponsorEmail, Kind: "email", Fault: f.Faults.Of(SponsorEmail)},
	}
}

// Last is the box for why.
func (f Form) Last() admin.Field {
	return admin.Field{Name: Note, Label: "Why, if there is more to say", Hint: "Who asked for it, a case number. Whoever approves it reads this. At most 500 characters; name no service user.", Value: f.Note, Fault: f.Faults.Of(Note)}
}

// DomainLines are the domains, one a line.
func (f Form) DomainLines() string { return strings.Join(f.Typed.Domains, "\n") }

// Policy is a choice of how far passwords go.
type Policy struct {
	admin.Option
	ID     string
	Chosen bool
}

// Policies are the choices. The first has the field's name for its id, so that faults lead there.
func (f Form) Policies() (all []Policy) {
	for n, o := range PasswordPolicies {
		p := Policy{Option: o, ID: Passwords + "-" + o.Value, Chosen: o.Value == f.Typed.Passwords}
		if n == 0 {
			p.ID = Passwords
		}
		all = append(all, p)
	}
	return all
}
