package duty_test

import (
	"testing"

	"mais/internal/pg"
	"mais/server/api"
	"mais/server/internal/manage/internal/duty"
)

// Sites of the police, and one of the trust's. At the desk works an agency's administrator, at the
// back two with an office of whom one works at the desk too, at the hall an officer and an
// administrator who has left.
const (
	back = "aaaaaaaa-0000-4000-8000-000000000004"
	hall = "aaaaaaaa-0000-4000-8000-000000000005"
	ward = "aaaaaaaa-0000-4000-8000-000000000006"
)

func furnish(t *testing.T, db *pg.DB) {
	t.Helper()
	exec(t, db, `UPDATE access.agency SET domains = CASE name WHEN 'Police' THEN '{police.example,shared.example}' ELSE '{trust.example,shared.example}' END::text[]`)
	exec(t, db, `INSERT INTO access.site (id, agency, name) VALUES ($1, $4, 'Back'), ($2, $4, 'Hall'), ($3, $5, 'Ward')`, back, hall, ward, police, trust)
	for site, networks := range map[string][]string{desk: {"10.1.0.0/16", "10.2.0.0/16"}, back: {"10.3.0.0/16"}, hall: {"10.4.0.0/16"}, ward: {"10.9.0.0/16"}} {
		exec(t, db, `INSERT INTO access.subnet SELECT $1, unnest($2::text[])::cidr`, site, pg.Array(networks))
	}
	for who, site := range map[string]string{staff[2].ID: desk, staff[5].ID: back, staff[6].ID: hall, staff[7].ID: hall} {
		exec(t, db, `INSERT INTO access.user_site VALUES ($1, $2)`, who, site)
	}
	exec(t, db, `INSERT INTO access.user_site VALUES ($1, $2)`, staff[2].ID, back)
	exec(t, db, `DELETE FROM access.permission WHERE role = 'record_clinician'`) // so that somebody with an office may hold it
	exec(t, db, `INSERT INTO access.user_role VALUES ($1, 'record_clinician')`, staff[2].ID)
}

// placeChanges are of sites and networks, with what the register knows of each.
func placeChanges() (all []duty.Change) {
	for _, agency := range []string{police, trust} {
		for _, kind := range []string{api.SiteAdd, api.SiteChange} {
			all = append(all, duty.Change{Kind: kind, Target: desk, Agency: agency})
		}
	}
	of := func(kind, site, prefix, agency string) duty.Change {
		return duty.Change{Kind: kind, Agency: agency, After: api.ChangeRequest{Network: &api.NetworkFields{Site: site, Prefix: prefix}}}
	}
	for prefix, overlaps := range map[string]bool{
		"10.9.1.0/24": true, "10.9.0.0/16": true, "10.8.0.0/15": true, "10.0.0.0/8": true, "10.1.2.0/24": false, "198.51.100.0/24": false,
		"172.16.0.0/16": false, "172.16.0.0/15": false, "2001:db8::/32": false, "2001:db8::/31": false,
	} {
		c := of(api.NetworkAdd, desk, prefix, police)
		c.Overlaps = overlaps
		all = append(all, c)
	}
	all = append(all, of(api.NetworkAdd, ward, "10.9.1.0/24", trust))
	for _, r := range []struct {
		site, prefix string
		strands      bool
	}{{desk, "10.1.0.0/16", false}, {back, "10.3.0.0/16", true}, {hall, "10.4.0.0/16", false}, {back, "10.1.0.0/16", false}} {
		c := of(api.NetworkRemove, r.site, r.prefix, police)
		c.Strands = r.strands
		all = append(all, c)
	}
	for site, strands := range map[string]bool{desk: false, back: true, hall: false} { // who works at the desk works at the back too
		all = append(all, duty.Change{Kind: api.SiteClose, Target: site, Agency: police, Strands: strands})
	}
	return all
}

// roleChanges are from and to every mixture of what a role can ask of its holders and permit, of one
// that nobody with an office holds, of one that somebody does, and of an office.
func roleChanges() (all []duty.Change) {
	sides := roleFields()
	for n := range sides {
		for m := range sides {
			was, will := sides[n], sides[m]
			for role, office := range map[string]bool{"clinician": false, "record_clinician": true, duty.Administrator: true} {
				if office && n != 0 {
					continue
				}
				all = append(all, duty.Change{Kind: api.RoleChange, Target: role, InOffice: office, Before: api.ChangeRequest{Role: &was}, After: api.ChangeRequest{Role: &will}})
			}
		}
	}
	return all
}

func roleFields() (all []api.RoleFields) {
	read, write := api.Permission{Item: "risk_factors.x", Act: "read"}, api.Permission{Item: "risk_factors.x", Act: "update"}
	for _, permissions := range [][]api.Permission{nil, {read}, {write, read}} {
		for _, totp := range []bool{false, true} {
			for _, words := range [][2]string{{"software", "allowed"}, {"software", "limited"}, {"card", "forbidden"}} {
				all = append(all, api.RoleFields{Name: "r", Description: "d", Level: words[0], Passwords: words[1], TOTP: totp, Permissions: permissions})
			}
		}
	}
	other, blind := all[0], all[0]
	other.Description, blind.Permissions = "another", []api.Permission{write}
	return append(all, other, blind)
}

// addressChanges invite somebody without a role.
func addressChanges() (all []duty.Change) {
	for _, a := range []struct {
		email, agency string
		shared        bool
	}{
		{"x@shared.example", police, true}, {"x@shared.example", trust, true}, {"x@police.example", police, false}, {"x@police.example", trust, true},
		{staff[2].ID + "@a", police, false}, {staff[2].ID + "@a", trust, true},
	} {
		all = append(all, duty.Change{Kind: api.UserInvite, Agency: a.agency, SharedDomain: a.shared, After: api.ChangeRequest{User: &api.UserFields{Email: a.email, Agency: a.agency}}})
	}
	return all
}

// remaining are the administrators without a last day, but for one.
func remaining(target string) (n int) {
	for _, s := range staff {
		if s.Roles[0] == duty.Administrator && !s.left && s.ID != target {
			n++
		}
	}
	return n
}
