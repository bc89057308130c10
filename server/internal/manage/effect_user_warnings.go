package manage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage/internal/duty"
	"mais/server/internal/people"
)

// userChange is a change of somebody's entry with what is known of them.
type userChange struct {
	proposed
	before, after account
	known         api.User // the zero User: not there yet
	good          int      // certificates
}

// userWarnings are what an administrator should know before they go on, the gravest first.
func (s *Service) userWarnings(ctx context.Context, c userChange) (say []string, err error) {
	if say, err = s.lastOnes(ctx, c); err != nil {
		return nil, err
	}
	say = append(say, c.offices()...)
	if !c.after.there {
		return say, nil
	}
	say = append(append(say, c.dates(s.now())...), c.gaps()...)
	lately, err := s.alone(ctx, c)
	return append(say, lately...), err
}

// lastOnes says whether nobody would administer the service, or the agency, any more.
func (s *Service) lastOnes(ctx context.Context, c userChange) (say []string, err error) {
	gone := func(role string) bool {
		return slices.Contains(c.before.fields.Roles, role) && (!slices.Contains(c.after.fields.Roles, role) || c.before.fields.Agency != c.after.fields.Agency)
	}
	has := slices.Contains(c.after.fields.Roles, lifecycle.Administrator) && c.after.fields.Ends == ""
	if slices.Contains(c.before.fields.Roles, lifecycle.Administrator) && c.before.fields.Ends == "" && !has {
		holders, err := s.opts.Register.LastingAdministrators(ctx)
		if err != nil {
			return nil, err
		}
		holders = slices.DeleteFunc(holders, func(id string) bool { return id == c.Target })
		switch len(holders) {
		case 0:
			say = append(say, "This is the last administrator without a last day: afterwards nobody can change anything but at the host.")
		case 1:
			say = append(say, "Afterwards there is one administrator without a last day, and what needs a second person can be approved by nobody.")
		}
		if !slices.ContainsFunc(holders, func(id string) bool { return id != c.By }) && c.By != "" {
			say = append(say, "Nobody else could approve this now: make a third administrator first, or at the host, with mais-server admin rescue-admin.")
		}
	}
	if gone(lifecycle.AgencyAdministrator) {
		_, n, err := s.opts.Register.UsersPage(ctx, agencyAdministrators(c.before.fields.Agency), 1, 0)
		if err != nil {
			return nil, err
		}
		if n <= 1 {
			say = append(say, fmt.Sprintf("This is the last administrator of %s: afterwards its people are for the service's administrators.", c.before.agency.Name))
		}
	}
	return say, nil
}

// offices says who had an office and has it no longer, or gets one.
func (c userChange) offices() (say []string) {
	for _, role := range duty.Offices {
		had, has := slices.Contains(c.before.fields.Roles, role), slices.Contains(c.after.fields.Roles, role)
		switch name := form.RoleLabel(role); {
		case had && !has:
			say = append(say, fmt.Sprintf("They hold an office, %s, and would hold it no more.", name))
		case has && !had:
			say = append(say, fmt.Sprintf("They get an office, %s: it administers or reviews, and reads no record.", name))
		}
	}
	return say
}

// dates says when they cannot come in for the day that it is.
func (c userChange) dates(now time.Time) (say []string) {
	today := now.UTC().Format(time.DateOnly)
	f := c.after.fields
	switch {
	case f.Ends != "" && f.Ends < today:
		say = append(say, "The last day has passed: they cannot sign in, and what they hold is revoked.")
	case f.Starts > today:
		say = append(say, "They cannot sign in before the first day.")
	}
	return say
}

// gaps says what is missing for them to work.
func (c userChange) gaps() (say []string) {
	f := c.after.fields
	reads := slices.ContainsFunc(f.Roles, func(role string) bool { return !duty.IsOffice(role) })
	networks := 0
	for _, site := range c.after.sites {
		networks += len(site.Networks)
	}
	switch {
	case len(f.Roles) == 0:
		say = append(say, "They have no role: they can sign in, and see nothing.")
	case reads && f.Vetting == "":
		say = append(say, "No vetting is recorded.")
	}
	switch {
	case len(c.after.sites) == 0:
		say = append(say, "They have no site: they cannot sign in from anywhere.")
	case networks == 0:
		say = append(say, "None of their sites has a network: they cannot sign in from anywhere.")
	}
	switch {
	case c.Kind == api.UserReturn:
		say = append(say, "What they held before stays revoked: they are sent a new code.")
	case ends(c.Kind, c.before, c.after) && c.good > 0:
		say = append(say, "What they hold ends, and they are sent a new code for another token.")
	case c.Kind == api.UserChange && c.known.Registered != nil && c.good == 0 && !c.known.Password:
		say = append(say, "They have no token that is good: send them a new code.")
	}
	if c.Kind == api.UserChange && c.before.fields.Email != f.Email {
		say = append(say, fmt.Sprintf("Codes and notices go to another address from then on. Both addresses are told: %s.", strings.Join([]string{c.before.fields.Email, f.Email}, " and ")))
	}
	return say
}

// agencyAdministrators chooses those of an agency.
func agencyAdministrators(agency string) people.Wanted {
	return people.Wanted{UserFilter: api.UserFilter{Agency: agency, Role: lifecycle.AgencyAdministrator}}
}
