package manage

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/people"
	"mais/server/internal/record"
)

// The bounds of what is said of a role.
const (
	maxDescription = 200
	maxPermissions = 1000 // in a request; there are not so many different ones
)

// roleName is what the database takes, and addresses show.
var roleName = regexp.MustCompile(`^[a-z][a-z_]{0,62}$`)

var passwordRules = []string{api.PasswordsForbidden, api.PasswordsLimited, api.PasswordsAllowed}

// draftRole checks a change of a role and completes it. before is the role as it is, nil for a
// new one; after is the role as it would be, item by item, and zero if it is deleted. The error
// is a *lifecycle.InvalidError, ErrUnknown or ErrConflict.
func (s *Service) draftRole(ctx context.Context, req api.ChangeRequest) (before *api.Role, after api.RoleFields, err error) {
	if req.Kind == api.RoleAdd {
		after, err = s.newRole(ctx, req.Role)
		return nil, after, err
	}
	was, err := s.role(ctx, req.Target)
	switch {
	case err != nil:
		return nil, after, err
	case req.Version != 0 && req.Version != was.Version:
		return nil, after, ErrConflict
	case req.Kind == api.RoleDelete && was.BuiltIn:
		return nil, after, wrongFields(api.FieldError{Field: "target", Detail: "is built in and cannot be deleted"})
	case req.Kind == api.RoleDelete:
		return &was, after, nil
	}
	after, err = changedRole(was, req.Role)
	return &was, after, err
}

// newRole checks a role that is not there yet. It is no office: those are built in.
func (s *Service) newRole(ctx context.Context, asked *api.RoleFields) (api.RoleFields, error) {
	after, faults := completeRole(asked)
	if len(faults) == 0 {
		_, err := s.opts.Register.DescribedRole(ctx, after.Name)
		switch {
		case err == nil:
			faults = append(faults, api.FieldError{Field: "role.name", Detail: "is the name of a role that is there"})
		case !errors.Is(err, people.ErrNoRole):
			return api.RoleFields{}, err
		}
	}
	return after, wrongFields(faults...)
}

// changedRole checks what a role is to become.
func changedRole(was api.Role, asked *api.RoleFields) (api.RoleFields, error) {
	if asked != nil && asked.Name == "" {
		named := *asked
		named.Name, asked = was.Name, &named
	}
	after, faults := completeRole(asked)
	if asked != nil && after.Name != was.Name {
		faults = append(faults, api.FieldError{Field: "role.name", Detail: "stays: a role is not renamed"})
	}
	if was.Office && len(after.Permissions) > 0 {
		faults = append(faults, api.FieldError{Field: "role.permissions", Detail: "stays empty: who holds an office reads no record"})
	}
	if was.Office && after.Passwords != api.PasswordsForbidden {
		faults = append(faults, api.FieldError{Field: "role.passwords", Detail: "stays forbidden: who holds an office signs in with a token"})
	}
	return after, wrongFields(faults...)
}

// completeRole returns a role with its permissions item by item, in order and each once, and
// what is wrong with it.
func completeRole(asked *api.RoleFields) (api.RoleFields, []api.FieldError) {
	if asked == nil {
		return api.RoleFields{}, []api.FieldError{{Field: "role", Detail: "is not given"}}
	}
	var faults []api.FieldError
	wrong := func(bad bool, field, detail string) {
		if bad {
			faults = append(faults, api.FieldError{Field: "role." + field, Detail: detail})
		}
	}
	r := *asked
	r.Description = strings.TrimSpace(r.Description)
	wrong(!roleName.MatchString(r.Name), "name", "takes only small letters and underscores, the first a letter, at most 63: such as night_helper")
	wrong(r.Description == "" || utf8.RuneCountInString(r.Description) > maxDescription || strings.ContainsFunc(r.Description, unicode.IsControl),
		"description", "has to be one line of 1 to 200 characters")
	wrong(levelOf(r.Level) == 0, "level", "is not software, card or attested")
	wrong(!slices.Contains(passwordRules, r.Passwords), "passwords", "is not forbidden, limited or allowed")
	permitted, fault := itemByItem(asked.Permissions)
	wrong(fault != "", "permissions", fault)
	r.Permissions = permitted
	return r, faults
}

// itemByItem puts a section's items in its place, sorts, and keeps each permission once.
func itemByItem(asked []api.Permission) (all []api.Permission, fault string) {
	if len(asked) > maxPermissions {
		return nil, "are more than there can be"
	}
	wanted := map[api.Permission]bool{}
	for _, p := range asked {
		items := longhand(p.Item)
		if len(items) == 0 || !slices.Contains(acts, p.Act) {
			return nil, unknownPermission(p)
		}
		for _, item := range items {
			wanted[api.Permission{Item: item, Act: p.Act}] = true
		}
	}
	all = []api.Permission{}
	for _, item := range record.Keys() {
		for _, act := range acts {
			if p := (api.Permission{Item: item, Act: act}); wanted[p] {
				all = append(all, p)
			}
		}
	}
	return all, ""
}

// unknownPermission says what of a permission is not known, and what there is.
func unknownPermission(p api.Permission) string {
	if !slices.Contains(acts, p.Act) {
		return fmt.Sprintf("hold the act %.40q; there are %s", p.Act, strings.Join(acts, ", "))
	}
	var sections []string
	for _, s := range record.Dictionary() {
		sections = append(sections, s.Name)
	}
	return fmt.Sprintf("hold %.80q, which is neither a section nor an item of one; the sections are %s", p.Item, strings.Join(sections, ", "))
}

// wrongFields is an error of these faults, or nil if there are none.
func wrongFields(faults ...api.FieldError) error {
	if len(faults) == 0 {
		return nil
	}
	return &lifecycle.InvalidError{Fields: faults}
}
