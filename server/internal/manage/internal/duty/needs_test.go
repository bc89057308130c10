package duty

import (
	"net/netip"
	"slices"

	"mais/server/api"
)

const (
	givesNew     = "It gives somebody new a role."
	changesRoles = "It changes what roles permit."
)

// The rules that only the database decides by, as the tests know them.

// Needs says in sentences why a second person has to approve a change; none: nobody has to.
// Taking away needs nobody: whoever leaves, leaves at once; but for what the next administrator
// would have needed to put it right, or all holders of a role to work.
func Needs(c Change) (why []string) {
	switch c.Kind {
	case api.UserInvite:
		if len(c.roles()) > 0 {
			return []string{givesNew}
		}
		return when(c.SharedDomain, "It writes to a mail domain that another agency has too.")
	case api.UsersInvite:
		if len(c.roles()) == 0 {
			return []string{"It invites many people at once."}
		}
		return []string{givesNew}
	case api.UserChange:
		return needsOfUser(c)
	case api.UserLeave:
		return when(c.takesAdministrator(), takesOne)
	case api.UserReturn:
		return append([]string{"It lets somebody back in who had left."}, needsOfUser(c)...)
	case api.NetworkAdd:
		return slices.Concat(
			when(isWide(c.After.Network.Prefix), "It recognises very many addresses."),
			when(c.Overlaps, "It overlaps a network of another agency."),
		)
	case api.NetworkRemove, api.SiteClose:
		return when(c.Strands, "It takes the last network from somebody who has an office.")
	case api.AgencyAdd:
		return []string{"It lets a further agency in."}
	case api.AgencyChange:
		return needsOfAgency(c.Before.Agency, c.After.Agency)
	case api.RoleAdd, api.RoleDelete:
		return []string{changesRoles}
	case api.RoleChange:
		return when(c.InOffice || !narrows(c.Before.Role, c.After.Role), changesRoles)
	}
	return nil
}

func needsOfUser(c Change) []string {
	was, will := c.Before.User, c.After.User
	longer := was.Ends != "" && (will.Ends == "" || will.Ends > was.Ends) || was.Starts != "" && (will.Starts == "" || will.Starts < was.Starts)
	return slices.Concat(
		when(!within(will.Roles, was.Roles), "It gives a further role."),
		when(will.Email != was.Email, "It changes the address that codes are sent to."),
		when(will.Agency != was.Agency, "It moves somebody to another agency."),
		when(c.takesAdministrator(), takesOne),
		when(longer, "It lets somebody come in for longer."),
	)
}

// fewAdministrators is how many may remain when one goes without another's word: with two, one
// more who goes leaves nobody to approve anything.
const fewAdministrators = 2

const takesOne = "It takes one of the last administrators."

// takesAdministrator reports whether a change takes an administrator out, now or some day, where
// few without a last day would remain.
func (c Change) takesAdministrator() bool {
	was, will := c.Before.User, c.After.User
	if !slices.Contains(was.Roles, Administrator) || c.Remaining > fewAdministrators {
		return false
	}
	ends := func() bool { return will.Ends != "" && (was.Ends == "" || will.Ends < was.Ends) }
	return c.Kind == api.UserLeave ||
		c.Kind == api.UserChange && (!slices.Contains(will.Roles, Administrator) || ends() || will.Starts > was.Starts)
}

// isWide reports whether a network is larger than a site's ever is: more than a /16, or a /32 of
// IPv6.
func isWide(prefix string) bool {
	p, err := netip.ParsePrefix(prefix)
	return err == nil && (p.Addr().Is4() && p.Bits() < 16 || p.Addr().Is6() && p.Bits() < 32)
}

func needsOfAgency(was, will *api.AgencyFields) []string {
	return slices.Concat(
		when(will.SponsorName != was.SponsorName || will.SponsorEmail != was.SponsorEmail, "It changes who vouches for the agency’s people."),
		when(!within(will.Domains, was.Domains), "It changes where the agency’s codes may be sent."),
		when(further(passwords, was.Passwords, will.Passwords), "It lets passwords go further."),
	)
}

// Words in order, from what opens least.
var passwords = []string{api.PasswordsForbidden, api.PasswordsLimited, api.PasswordsAllowed}

// further reports whether a word opens more than another did.
func further(order []string, was, will string) bool {
	return slices.Index(order, will) > slices.Index(order, was)
}

// narrows reports whether a role only loses by a change, and its holders can work on: it permits nothing
// new, asks no less of who holds it and no other token, and still shows an item if it showed any. (Who has
// an office might be locked out, and is who would put it right.)
func narrows(was, will *api.RoleFields) bool {
	return was != nil && will != nil && will.Description == was.Description && within(will.Permissions, was.Permissions) && (will.TOTP || !was.TOTP) &&
		(shows(will) || !shows(was)) && !further(passwords, was.Passwords, will.Passwords) && will.Level == was.Level
}

func shows(f *api.RoleFields) bool {
	return slices.ContainsFunc(f.Permissions, func(p api.Permission) bool { return p.Act == "read" })
}

func when(holds bool, says string) []string {
	if !holds {
		return nil
	}
	return []string{says}
}

// within reports whether a list holds nothing that another does not.
func within[T comparable](a, b []T) bool {
	return !slices.ContainsFunc(a, func(one T) bool { return !slices.Contains(b, one) })
}

// MayDecide says whether somebody may approve or refuse a change that waits.
func MayDecide(a Actor, maker string, c Change) Ruling {
	switch {
	case a.ID == maker || c.about(a.ID):
		return Oneself
	case !manages(a, c) || c.ofPlaces() && !a.has(Administrator): // what waits there reaches beyond its agency
		return NotTheirs
	}
	return Allowed
}

func (c Change) ofPlaces() bool {
	switch c.Kind {
	case api.SiteAdd, api.SiteChange, api.SiteClose, api.NetworkAdd, api.NetworkRemove:
		return true
	}
	return false
}
