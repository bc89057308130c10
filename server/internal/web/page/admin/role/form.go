package role

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mais/server/api"
)

// The names of the form's fields. May may come many times.
const (
	Name        = "name"
	Description = "description"
	Level       = "level"
	Passwords   = "passwords"
	TOTP        = "totp"
	Note        = "note"
	Version     = "version"
	Wholes      = "wholes"
	May         = "may"
)

// Fields returns the names of all fields but May.
func Fields() []string {
	return []string{Name, Description, Level, Passwords, TOTP, Note, Version, Wholes}
}

// Acts are what may be done to an item. In the form an act is its first letter: a form with
// everything ticked has to fit into what the service reads of one.
var Acts = []string{"read", "create", "update", "emergency"}

var (
	letters   = [4]string{"r", "c", "u", "e"}
	actLabels = [4]string{"Read", "Create", "Update", "In an emergency"}
)

// Typed is what stands in the form.
type Typed struct {
	Name, Description, Level, Passwords, Note string
	TOTP                                      bool
	Version                                   int64
	May                                       map[api.Permission]bool
}

// TypedOf is the form filled with a role as it is.
func TypedOf(r api.Role) Typed {
	t := Typed{Name: r.Name, Description: r.Description, Level: r.Level, Passwords: r.Passwords, TOTP: r.TOTP, Version: r.Version, May: map[api.Permission]bool{}}
	for _, p := range r.Permissions {
		t.May[p] = true
	}
	return t
}

// Blank is the form for a role that is to be added.
func Blank() Typed {
	return Typed{Level: "software", Passwords: api.PasswordsForbidden, TOTP: true, May: map[api.Permission]bool{}}
}

// Read returns the form as it was sent. A box of a whole section that was touched counts for all
// its items, ticked or not; the items' own boxes count where it was left as it stood.
func Read(sent map[string]string, may []string, items api.Items) Typed {
	t := Typed{
		Name: strings.TrimSpace(sent[Name]), Description: strings.TrimSpace(sent[Description]), Level: sent[Level], Passwords: sent[Passwords],
		Note: strings.TrimSpace(sent[Note]), TOTP: sent[TOTP] != "", May: map[api.Permission]bool{},
	}
	t.Version, _ = strconv.ParseInt(sent[Version], 10, 64) // a slip is a conflict or none
	ticked := make(map[string]bool, len(may))
	for _, value := range may {
		ticked[value] = true
	}
	stood := strings.Fields(sent[Wholes])
	for s, section := range items.Sections {
		for a, act := range Acts {
			whole := ticked[section.Key+" "+letters[a]]
			touched := whole != slices.Contains(stood, wholeID(s, a))
			for _, item := range section.Items {
				if touched && whole || !touched && ticked[item.Key+" "+letters[a]] {
					t.May[api.Permission{Item: item.Key, Act: act}] = true
				}
			}
		}
	}
	return t
}

// Asked is the role that the form asks for.
func (t Typed) Asked(items api.Items) *api.RoleFields {
	r := api.RoleFields{Name: t.Name, Description: t.Description, Level: t.Level, Passwords: t.Passwords, TOTP: t.TOTP, Permissions: []api.Permission{}}
	for _, section := range items.Sections {
		for _, item := range section.Items {
			for _, act := range Acts {
				if p := (api.Permission{Item: item.Key, Act: act}); t.May[p] {
					r.Permissions = append(r.Permissions, p)
				}
			}
		}
	}
	return &r
}

// whole reports whether an act is ticked for every item of a section.
func (t Typed) whole(section api.ItemSection, act int) bool {
	return !slices.ContainsFunc(section.Items, func(i api.ItemEntry) bool { return !t.May[api.Permission{Item: i.Key, Act: Acts[act]}] })
}

func (t Typed) wholes(items api.Items) string {
	var ids []string
	for s, section := range items.Sections {
		for a := range Acts {
			if t.whole(section, a) {
				ids = append(ids, wholeID(s, a))
			}
		}
	}
	return strings.Join(ids, " ")
}

func wholeID(section, act int) string { return fmt.Sprintf("%d%s", section, letters[act]) }
