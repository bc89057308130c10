// Package duty is the separation of duties, as rules without a database: who may make a change
// ([MayMake]), and which roles nobody has together ([Conflict]). Which change needs a second person,
// and who may approve or refuse it, the database alone decides, and it holds the other rules once
// more, whatever asks it (server/migrations, access.needs and access.manages). The tests have all of
// them in Go, and compare the two over all combinations.
//
// What they are for: nobody gives themselves, or a person whom they make up, a way to records or
// a further office without another person's doing. The test of the role graph searches for such
// a way.
package duty

import (
	"slices"

	"mais/server/api"
)

// The offices. Whoever has one administers or reviews, and reads no record.
const (
	Administrator       = "administrator"        // manages everything
	AgencyAdministrator = "agency_administrator" // the sites, networks and people of their own agency
	GovernanceOfficer   = "governance_officer"   // reads the audit
)

// Offices are all of them.
var Offices = []string{Administrator, AgencyAdministrator, GovernanceOfficer}

// IsOffice reports whether a role is an office.
func IsOffice(role string) bool { return slices.Contains(Offices, role) }

// Actor is somebody who acts, as they are now. Whoever is not present has no role.
type Actor struct {
	ID     string
	Agency string
	Roles  []string
}

func (a Actor) has(role string) bool { return slices.Contains(a.Roles, role) }

// Change is what is asked for: the one field of Before and After that fits Kind.
type Change struct {
	Kind, Target  string
	Agency        string // the one that it is about; "": none, or more than one
	Before, After api.ChangeRequest
	People        []api.UserFields // of a change of many

	// What the register knows beside it.
	Strands      bool // it takes the last network from somebody present who has an office
	Overlaps     bool // it is a network that overlaps one of another agency
	SharedDomain bool // its address is at a mail domain of another agency too, or somebody of another has it
	InOffice     bool // it is of a role that is an office, or that somebody who has one holds
	Remaining    int  // administrators without a last day, but for whom it is about
}

// Ruling says whether somebody may.
type Ruling int

// The rulings.
const (
	Allowed   Ruling = iota
	NotTheirs        // they do not administer that
	Oneself          // it is their own doing, or about themselves
)

// MayMake says whether somebody may make a change.
func MayMake(a Actor, c Change) Ruling {
	switch {
	case !manages(a, c):
		return NotTheirs
	case c.about(a.ID):
		return Oneself
	}
	return Allowed
}

// manages reports whether a change is within what somebody administers: everything, or their own
// agency's people and places, and then nobody with an office and no office.
func manages(a Actor, c Change) bool {
	if a.has(Administrator) {
		return true
	}
	return a.has(AgencyAdministrator) && c.ofOneAgency() && c.Agency != "" && c.Agency == a.Agency && !slices.ContainsFunc(c.roles(), IsOffice)
}

func (c Change) ofOneAgency() bool {
	switch c.Kind {
	case api.SiteAdd, api.SiteChange, api.SiteClose, api.NetworkAdd, api.NetworkRemove,
		api.UserInvite, api.UsersInvite, api.UserChange, api.UserLeave, api.UserReturn:
		return true
	}
	return false
}

func (c Change) about(user string) bool {
	switch c.Kind {
	case api.UserChange, api.UserLeave, api.UserReturn:
		return c.Target == user
	}
	return false
}

// roles are those that a change gives, takes or leaves somebody.
func (c Change) roles() []string {
	roles := slices.Concat(rolesOf(c.Before.User), rolesOf(c.After.User))
	for _, p := range c.People {
		roles = append(roles, p.Roles...)
	}
	return roles
}

func rolesOf(u *api.UserFields) []string {
	if u == nil {
		return nil
	}
	return u.Roles
}

// Conflict says why nobody has these roles together, or "". opens reports whether a role has any
// permission.
func Conflict(roles []string, opens func(role string) bool) string {
	if slices.ContainsFunc(roles, IsOffice) && slices.ContainsFunc(roles, opens) {
		return "join an office with a role that opens records"
	}
	if slices.Contains(roles, GovernanceOfficer) && (slices.Contains(roles, Administrator) || slices.Contains(roles, AgencyAdministrator)) {
		return "join administration with information governance"
	}
	return ""
}
