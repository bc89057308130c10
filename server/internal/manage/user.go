package manage

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"unicode/utf8"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage/internal/duty"
	"mais/server/internal/people"
)

const (
	usersPerPage    = 50
	maxUsersPerPage = 200
	maxQuery        = 200 // characters
)

// stages are what users can be chosen by.
var stages = []string{
	"", people.Present, people.Everyone, api.StageDue, api.StageInvited, api.StageBounced, api.StageLapsed, api.StageRegistered, api.StageActive,
	api.StageEnded, api.StageLeft,
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// holdsOffice reports whether one of some roles is an office. Who holds one is for an
// administrator to change.
func holdsOffice(roles []string) bool { return slices.ContainsFunc(roles, duty.IsOffice) }

// Users returns a page of those whom the caller manages, by name unless asked otherwise. It returns an
// *InvalidError for a filter that it does not know.
func (s *Service) Users(ctx context.Context, p authn.Principal, f api.UserFilter) (api.Users, error) {
	r := reachOf(p)
	if !r.manages() {
		return api.Users{}, ErrNotAllowed
	}
	f, err := checkUserFilter(f)
	if err != nil {
		return api.Users{}, err
	}
	found, total, err := s.opts.Register.UsersPage(ctx, people.Wanted{UserFilter: f, Within: r.agency}, f.PerPage, (f.Page-1)*f.PerPage)
	if err != nil {
		return api.Users{}, err
	}
	out := api.Users{Total: total, Page: f.Page, PerPage: f.PerPage, Users: []api.User{}}
	for _, u := range found {
		out.Users = append(out.Users, shown(p, r, u))
	}
	return out, nil
}

// checkUserFilter fills in what was not asked for.
func checkUserFilter(f api.UserFilter) (api.UserFilter, error) {
	if f.Sort == "" {
		f.Sort = "name"
	}
	f.Page, f.PerPage = max(f.Page, 1), min(f.PerPage, maxUsersPerPage)
	if f.PerPage < 1 {
		f.PerPage = usersPerPage
	}
	var faults []api.FieldError
	for _, check := range []struct {
		field, detail string
		good          bool
	}{
		{"q", "is longer than 200 characters, or not text", utf8.ValidString(f.Query) && utf8.RuneCountInString(f.Query) <= maxQuery},
		{"agency", "is not a UUID", f.Agency == "" || uuidForm.MatchString(f.Agency)},
		{"site", "is not a UUID", f.Site == "" || uuidForm.MatchString(f.Site)},
		{"role", "is not a role's name", utf8.ValidString(f.Role) && len(f.Role) <= 63},
		{"stage", "is not a stage", slices.Contains(stages, f.Stage)},
		{"sort", "is not an order", people.KnowsOrder(f.Sort)},
		{"page", "is beyond every list", f.Page <= 1_000_000},
	} {
		if !check.good {
			faults = append(faults, api.FieldError{Field: check.field, Detail: check.detail})
		}
	}
	if faults != nil {
		return f, &lifecycle.InvalidError{Fields: faults}
	}
	return f, nil
}

// User returns one of those whom the caller manages, one who has left too. Of another, and of one who
// is not there, it is ErrUnknown.
func (s *Service) User(ctx context.Context, p authn.Principal, id string) (api.User, error) {
	r := reachOf(p)
	if !r.manages() {
		return api.User{}, ErrNotAllowed
	}
	if !uuidForm.MatchString(id) {
		return api.User{}, ErrUnknown
	}
	u, err := s.opts.Register.UserOf(ctx, id)
	if errors.Is(err, people.ErrUnknown) || err == nil && !r.within(u.Agency) {
		return api.User{}, ErrUnknown
	}
	if err != nil {
		return api.User{}, err
	}
	return shown(p, r, u), nil
}

// The acts of api.User.May.
const (
	mayChange      = "change"
	mayLeave       = "leave"
	mayReturn      = "return"
	mayInvite      = "invite"
	mayEndSessions = "end-sessions"
)

// shown is a user with what the caller may do about them. Nobody changes their own entry; an agency's
// administrator changes nobody who holds an office.
func shown(p authn.Principal, r reach, u api.User) api.User {
	u.May = []string{}
	if u.ID == p.User() || !r.all && holdsOffice(u.Roles) {
		return u
	}
	if u.Stage == api.StageLeft {
		u.May = append(u.May, mayReturn)
		return u
	}
	u.May = append(u.May, mayChange, mayLeave)
	if u.Stage != api.StageEnded && u.Stage != api.StageDue {
		u.May = append(u.May, mayInvite)
	}
	if u.Sessions > 0 {
		u.May = append(u.May, mayEndSessions)
	}
	return u
}
