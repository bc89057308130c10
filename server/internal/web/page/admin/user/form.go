package user

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/people"
	"mais/server/internal/web/page/frame"
)

// The names of the form's fields. Pick comes as often as a box is ticked: with a site or a role behind its
// prefix.
const (
	Name    = "name"
	Email   = "email"
	Agency  = "agency"
	Starts  = "starts"
	Ends    = "ends"
	Vetting = "vetting"
	Vetted  = "vetted"
	Vouched = "vouched"
	Note    = "note"
	Version = "version"
	Sites   = "sites" // the group, for its fault
	Roles   = "roles"

	Pick       = "pick"
	sitePrefix = "site-"
	rolePrefix = "role-"
)

// What the form is for.
const (
	ToInvite = "invite"
	ToChange = "change"
	ToReturn = "return"
)

// Form is the data of the form.
type Form struct {
	frame.Frame
	For      string
	User     api.User // whose entry it is; zero: a new one
	Typed    api.UserFields
	Note     string
	Agencies []api.Agency // that they can be of
	Sites    []api.Site   // of the agency
	Roles    []api.Role   // that the reader can give
	Chosen   bool         // the agency is: the rest of the form is there
	starts   admin.Date
	ends     admin.Date
	vetted   admin.Date
}

// Fields returns the names of the form's fields but Pick.
func Fields() []string {
	names := []string{Name, Email, Vetting, Vouched, Note, Version}
	for _, date := range []string{Starts, Ends, Vetted} {
		names = append(names, admin.DateFields(date)...)
	}
	return names
}

// Fill puts in what stands in an entry.
func (f *Form) Fill(u api.UserFields) {
	f.Typed = u
	f.starts, f.ends, f.vetted = boxes(Starts, u.Starts), boxes(Ends, u.Ends), boxes(Vetted, u.VettedOn)
}

func boxes(field, day string) admin.Date {
	t, err := time.ParseInLocation(time.DateOnly, day, frame.London)
	if err != nil {
		t = time.Time{}
	}
	return admin.DateOf(field, t)
}

// Read takes what the form brought: the whole entry as it is to be, and what is wrong with its dates. The agency is
// the one that the form was made for. A role that the reader cannot give, and the form does not show, stays as it was.
func (f *Form) Read(sent map[string]string, picked []string) (version int64, faults frame.Faults) {
	was := f.User.UserFields
	f.Typed = api.UserFields{
		Name: strings.TrimSpace(sent[Name]), Email: strings.ToLower(strings.TrimSpace(sent[Email])), Agency: f.Typed.Agency,
		Vetting: strings.TrimSpace(sent[Vetting]), VouchedBy: strings.TrimSpace(sent[Vouched]), Sites: []string{}, Roles: []string{},
	}
	f.Note = strings.TrimSpace(sent[Note])
	for _, s := range f.Sites {
		if slices.Contains(picked, sitePrefix+s.ID) {
			f.Typed.Sites = append(f.Typed.Sites, s.ID)
		}
	}
	for _, r := range f.Roles {
		if slices.Contains(picked, rolePrefix+r.Name) {
			f.Typed.Roles = append(f.Typed.Roles, r.Name)
		}
	}
	for _, role := range was.Roles {
		if !slices.ContainsFunc(f.Roles, func(r api.Role) bool { return r.Name == role }) {
			f.Typed.Roles = append(f.Typed.Roles, role)
		}
	}
	slices.Sort(f.Typed.Roles)
	for _, d := range []struct {
		field string
		boxes *admin.Date
		to    *string
	}{{Starts, &f.starts, &f.Typed.Starts}, {Ends, &f.ends, &f.Typed.Ends}, {Vetted, &f.vetted, &f.Typed.VettedOn}} {
		*d.boxes = admin.DateTyped(d.field, sent)
		t, wrong := d.boxes.Time()
		if faults = append(faults, wrong...); !t.IsZero() {
			*d.to = t.Format(time.DateOnly)
		}
	}
	version, _ = strconv.ParseInt(sent[Version], 10, 64) // none: any
	return version, faults
}

// said are the fields of a request, of the form, and how a sentence about each begins.
var said = [][3]string{
	{"user", Name, "The entry"}, {"user.name", Name, "The name"}, {"user.email", Email, "The email address"}, {"user.agency", Agency, "The agency"},
	{"user.roles", Roles, "The roles"}, {"user.sites", Sites, "The sites"}, {"user.starts", Starts, "The first day"}, {"user.ends", Ends, "The last day"},
	{"user.vetting", Vetting, "The vetting"}, {"user.vetted_on", Vetted, "The day of the vetting"}, {"user.vouched_by", Vouched, "Who vouched"}, {"note", Note, "The note"},
}

// Said turns what is wrong with a request into what stands on the form.
func Said(faults []api.FieldError) frame.Faults { return admin.Said(faults, said) }

// SaidOfLeave does so for the page on which somebody leaves.
func SaidOfLeave(faults []api.FieldError) frame.Faults {
	return admin.Said(faults, [][3]string{{"note", Note, "The note"}, {"target", Note, "This person"}})
}

// RenderForm returns the document.
func RenderForm(f Form) []byte { return frame.Render(formPage, f) }

// Action is where the form is; it is sent to the agency's below it.
func (f Form) Action() string {
	if f.For == ToInvite {
		return people.Path + "/new"
	}
	return Path(f.User.ID) + "/" + f.For
}

// Back is where "Cancel" leads.
func (f Form) Back() string {
	if f.For == ToInvite {
		return people.Path
	}
	return Path(f.User.ID)
}

// AgencyName is the name of the agency that was chosen.
func (f Form) AgencyName() string {
	for _, a := range f.Agencies {
		if a.ID == f.Typed.Agency {
			return a.Name
		}
	}
	return ""
}

// Domains are those of the agency's addresses, in words; "": none is set.
func (f Form) Domains() string {
	for _, a := range f.Agencies {
		if a.ID == f.Typed.Agency {
			return strings.Join(a.Domains, ", ")
		}
	}
	return ""
}

// Moves reports whether they can be given another agency here.
func (f Form) Moves() bool { return len(f.Agencies) > 1 }

// Box is a site or a role that can be ticked.
type Box struct {
	Value, Label, Hint string // the value is the element's id too
	On                 bool
}

// SiteBoxes are the agency's sites.
func (f Form) SiteBoxes() (boxes []Box) {
	for _, s := range f.Sites {
		hint := "no network: nobody can sign in from there"
		if len(s.Networks) > 0 {
			hint = strings.Join(s.Networks, ", ")
		}
		boxes = append(boxes, Box{sitePrefix + s.ID, s.Name, hint, slices.Contains(f.Typed.Sites, s.ID)})
	}
	return boxes
}

// RoleBoxes are the roles that the reader can give.
func (f Form) RoleBoxes() (boxes []Box) {
	for _, r := range f.Roles {
		boxes = append(boxes, Box{rolePrefix + r.Name, form.RoleLabel(r.Name), r.Description, slices.Contains(f.Typed.Roles, r.Name)})
	}
	return boxes
}

// StartsBoxes are the first day's.
func (f Form) StartsBoxes() admin.Date {
	return dated(f.Frame, f.starts, Starts, "First day (optional)", "They cannot sign in before it. Empty: at once.")
}

// EndsBoxes are the last day's.
func (f Form) EndsBoxes() admin.Date {
	return dated(f.Frame, f.ends, Ends, "Last day (optional)", "When it is over, what they hold is revoked by itself.")
}

// VettedBoxes are the day's on which they were vetted.
func (f Form) VettedBoxes() admin.Date {
	return dated(f.Frame, f.vetted, Vetted, "Vetted on (optional)", "For example, 27 3 2026")
}

func dated(f frame.Frame, d admin.Date, field, label, hint string) admin.Date {
	d.Field, d.Label, d.Hint, d.Fault = field, label, hint, f.Faults.Of(field)
	return d
}
