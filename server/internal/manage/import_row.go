package manage

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mais/config"
	"mais/server/api"
	"mais/server/internal/manage/internal/roster"
	"mais/server/internal/people"
)

// The longest that texts of a user may be, in characters, as the register has it.
const (
	longestName    = 200
	longestVetting = 100
	longestVouched = 200
)

// judge says what is wrong with the rows of one file.
type judge struct {
	reach    reach
	today    time.Time
	agencies byName[people.GroundAgency]
	sites    map[string]byName[people.GroundSite] // by agency
	roles    byName[people.GroundRole]
	seen     map[string]int // the line of each address
}

func newJudge(g people.Ground, r reach, now time.Time) *judge {
	year, month, day := now.UTC().Date()
	j := &judge{
		reach: r, today: time.Date(year, month, day, 0, 0, 0, 0, time.UTC), seen: map[string]int{},
		agencies: byName[people.GroundAgency]{}, roles: byName[people.GroundRole]{}, sites: map[string]byName[people.GroundSite]{},
	}
	for _, a := range g.Agencies {
		j.agencies.add(a.Name, a)
		j.sites[a.ID] = byName[people.GroundSite]{}
	}
	for _, s := range g.Sites {
		if j.sites[s.Agency] != nil {
			j.sites[s.Agency].add(s.Name, s)
		}
	}
	for _, o := range g.Roles {
		j.roles.add(o.Name, o)
	}
	return j
}

// user is what a row asks for. Where it has faults afterwards it is not to be used.
func (j *judge) user(row *roster.Row) api.UserFields {
	u := api.UserFields{
		Email: strings.ToLower(row.Text(roster.Email)), Name: row.Text(roster.Name), Sites: []string{}, Roles: []string{},
		Starts: row.Text(roster.Starts), Ends: row.Text(roster.Ends), VettedOn: row.Text(roster.VettedOn),
		Vetting: row.Text(roster.Vetting), VouchedBy: row.Text(roster.VouchedBy),
	}
	if len(row.Faults) > 0 {
		return u // an empty cell may be one that could not be read
	}
	j.texts(row, u)
	j.dates(row, u)
	if agency, ok := j.agency(row); ok {
		u.Agency = agency.ID
		j.address(row, u.Email, agency)
		u.Sites = j.sitesOf(row, agency)
	}
	u.Roles = j.rolesOf(row)
	return u
}

func (j *judge) texts(row *roster.Row, u api.UserFields) {
	for _, t := range []struct {
		column, text string
		most         int
	}{{roster.Name, u.Name, longestName}, {roster.Vetting, u.Vetting, longestVetting}, {roster.VouchedBy, u.VouchedBy, longestVouched}} {
		if utf8.RuneCountInString(t.text) > t.most {
			row.Blame(t.column, "is longer than %d characters", t.most)
		}
	}
	if u.Name == "" {
		row.Blame(roster.Name, "is empty: give their whole name")
	}
	if saysNone(u.Vetting) {
		row.Blame(roster.Vetting, noLevel)
	}
}

// agency is the one that the row names; who manages only their own need not name it.
func (j *judge) agency(row *roster.Row) (people.GroundAgency, bool) {
	text := row.Text(roster.Agency)
	for _, named := range j.agencies {
		a := named.thing
		if strings.EqualFold(a.ID, text) || text == "" && a.ID == j.reach.agency {
			return a, true
		}
	}
	if text == "" {
		row.Blame(roster.Agency, "is empty: give the name of their agency")
		return people.GroundAgency{}, false
	}
	return find(row, roster.Agency, "agency of yours", text, j.agencies)
}

// address checks that a code may go to an address.
func (j *judge) address(row *roster.Row, email string, agency people.GroundAgency) {
	a, err := config.ParseAddress(email)
	_, domain, _ := strings.Cut(email, "@")
	switch line := j.seen[email]; {
	case email == "":
		row.Blame(roster.Email, "is empty: give the address that their code goes to")
	case err != nil || a.Address != email || a.Name != "":
		row.Blame(roster.Email, "is not an email address: give one such as name@police.example")
	case line > 0:
		row.Blame(roster.Email, "is on line %d already: leave one of the two out", line)
	case len(agency.Domains) == 0:
		row.Blame(roster.Agency, "has no mail domains yet: enter those that its sponsor gave")
	case !slices.ContainsFunc(agency.Domains, func(d string) bool { return strings.EqualFold(d, domain) }):
		row.Blame(roster.Email, "is not at %s, where that agency's people have their mail", strings.Join(agency.Domains, " or "))
	default:
		j.seen[email] = row.Line
	}
}

func (j *judge) sitesOf(row *roster.Row, agency people.GroundAgency) []string {
	ids := []string{}
	for _, text := range row.List(roster.Sites) {
		if site, ok := find(row, roster.Sites, "site of "+agency.Name, text, j.sites[agency.ID]); ok {
			ids = append(ids, site.ID)
		}
	}
	return ids
}

// rolesOf are the row's roles; an office goes with no role that permits anything, and none but
// an administrator gives one. The change is asked the same once more.
func (j *judge) rolesOf(row *roster.Row) []string {
	names := []string{}
	offices, permits := "", ""
	for _, text := range row.List(roster.Roles) {
		role, ok := find(row, roster.Roles, "role", text, j.roles)
		if !ok {
			continue
		}
		names = append(names, role.Name)
		if role.Office {
			offices = role.Name
		}
		if role.Permits {
			permits = role.Name
		}
	}
	switch {
	case offices != "" && !j.reach.all:
		row.Blame(roster.Roles, "has %s, which only an administrator can give", offices)
	case offices != "" && permits != "":
		row.Blame(roster.Roles, "has both %s, which administers or reviews, and %s, which reads records: nobody has both, so leave one out", offices, permits)
	}
	return names
}

func (j *judge) dates(row *roster.Row, u api.UserFields) {
	day := func(column, text string) (at time.Time) {
		at, err := time.Parse(time.DateOnly, text)
		if text != "" && err != nil {
			row.Blame(column, "is not a date such as 2026-03-31")
		}
		return at
	}
	starts, ends, vetted := day(roster.Starts, u.Starts), day(roster.Ends, u.Ends), day(roster.VettedOn, u.VettedOn)
	if !ends.IsZero() && ends.Before(starts) {
		row.Blame(roster.Ends, "is before the start: correct one of the two")
	}
	if !ends.IsZero() && ends.Before(j.today) {
		row.Blame(roster.Ends, "is over: give a later day, or leave it empty")
	}
	if vetted.After(j.today) {
		row.Blame(roster.VettedOn, "is still to come: give the day on which it was done")
	}
}
