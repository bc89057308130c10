package people

import (
	"context"
	"net/netip"

	"mais/internal/pg"
	"mais/server/api"
)

// present is a user who has not left.
const present = `(u.left_at IS NULL OR u.left_at > now())`

// PlacesAgencies returns agencies with how many sites are open and users present, by name: the
// one with a UUID, or with "" all.
func (r *Register) PlacesAgencies(ctx context.Context, id string) ([]api.Agency, error) {
	rows, err := r.db.Query(ctx, `SELECT a.id, a.name, a.kind, coalesce(a.sponsor_name, ''), coalesce(a.sponsor_email, ''), a.domains, a.passwords, a.version,
			(SELECT count(*) FROM access.site s WHERE s.agency = a.id AND s.closed_at IS NULL),
			(SELECT count(*) FROM access.user_account u WHERE u.agency = a.id AND `+present+`)
		FROM access.agency a WHERE $1 IN ('', a.id::text) ORDER BY a.name`, id)
	agencies, err := pg.Collect(rows, err, func(r *pg.Rows) (a api.Agency, err error) {
		err = r.Scan(&a.ID, &a.Name, &a.Kind, &a.SponsorName, &a.SponsorEmail, pg.Array(&a.Domains), &a.Passwords, &a.Version, &a.Sites, &a.Users)
		return a, err
	})
	return agencies, wrap("read agencies", err)
}

// sitesSelect reads sites with what is there; to it goes a WHERE.
const sitesSelect = `SELECT s.id, s.agency, s.name, a.name, s.closed_at, s.version,
		ARRAY(SELECT n.cidr::text FROM access.subnet n WHERE n.site = s.id ORDER BY family(n.cidr), n.cidr),
		(SELECT count(*) FROM access.user_site w JOIN access.user_account u ON u.id = w.user_id WHERE w.site = s.id AND ` + present + `)
	FROM access.site s JOIN access.agency a ON a.id = s.agency `

// PlacesSites returns the sites of the agency with a UUID, or with "" all, by agency and name,
// the closed ones of each agency after the others.
func (r *Register) PlacesSites(ctx context.Context, agency string) ([]api.Site, error) {
	rows, err := r.db.Query(ctx, sitesSelect+`WHERE $1 IN ('', s.agency::text) ORDER BY a.name, s.closed_at IS NOT NULL, s.name`, agency)
	sites, err := pg.Collect(rows, err, scanSite)
	return sites, wrap("read sites", err)
}

// PlacesSite returns the site with a UUID, also a closed one, or ErrUnknown.
func (r *Register) PlacesSite(ctx context.Context, id string) (api.Site, error) {
	rows, err := r.db.Query(ctx, sitesSelect+`WHERE s.id = $1`, id)
	sites, err := pg.Collect(rows, err, scanSite)
	if err == nil && len(sites) == 0 {
		err = pg.ErrNoRows
	}
	if err != nil {
		return api.Site{}, wrap("read site "+id, err)
	}
	return sites[0], nil
}

func scanSite(r *pg.Rows) (s api.Site, err error) {
	err = r.Scan(&s.ID, &s.Agency, &s.Name, &s.AgencyName, &s.ClosedAt, &s.Version, pg.Array(&s.Networks), &s.Users)
	return s, err
}

// PlacesAt returns the prefixes of open sites that hold an address, the most specific first: those
// of the agency with a UUID, or with "" all.
func (r *Register) PlacesAt(ctx context.Context, a netip.Addr, agency string) ([]api.NetworkMatch, error) {
	rows, err := r.db.Query(ctx, `SELECT n.cidr::text, s.id, s.name, a.name,
			(SELECT count(*) FROM access.user_site w JOIN access.user_account u ON u.id = w.user_id WHERE w.site = s.id AND `+present+`)
		FROM access.subnet n JOIN access.site s ON s.id = n.site JOIN access.agency a ON a.id = s.agency
		WHERE n.cidr >>= $1::inet AND s.closed_at IS NULL AND $2 IN ('', s.agency::text)
		ORDER BY masklen(n.cidr) DESC, a.name, s.name, s.id`, a.String(), agency)
	matches, err := pg.Collect(rows, err, func(r *pg.Rows) (m api.NetworkMatch, err error) {
		err = r.Scan(&m.Prefix, &m.Site, &m.Name, &m.Agency, &m.Users)
		return m, err
	})
	return matches, wrap("read whose "+a.String()+" is", err)
}

// Staff is somebody present, with where they work and as what.
type Staff struct {
	ID, Name, Email string
	Agency          string   // name
	Sites           []string // UUIDs of those that are open
	Roles           []string
}

// StaffAt returns who works at the site with a UUID, by name.
func (r *Register) StaffAt(ctx context.Context, site string) ([]Staff, error) {
	return r.staff(ctx, `EXISTS (SELECT FROM access.user_site w WHERE w.user_id = u.id AND w.site = $1)`, site)
}

// StaffOf returns the users of the agency with a UUID, by name.
func (r *Register) StaffOf(ctx context.Context, agency string) ([]Staff, error) {
	return r.staff(ctx, `u.agency = $1`, agency)
}

func (r *Register) staff(ctx context.Context, who, id string) ([]Staff, error) {
	rows, err := r.db.Query(ctx, `SELECT u.id, u.name, u.email, a.name,
			ARRAY(SELECT w.site FROM access.user_site w JOIN access.site s ON s.id = w.site WHERE w.user_id = u.id AND s.closed_at IS NULL ORDER BY w.site),
			ARRAY(SELECT role FROM access.user_role WHERE user_id = u.id ORDER BY role)
		FROM access.user_account u JOIN access.agency a ON a.id = u.agency WHERE `+present+` AND `+who+` ORDER BY u.name, u.id`, id)
	staff, err := pg.Collect(rows, err, func(r *pg.Rows) (s Staff, err error) {
		err = r.Scan(&s.ID, &s.Name, &s.Email, &s.Agency, pg.Array(&s.Sites), pg.Array(&s.Roles))
		return s, err
	})
	return staff, wrap("read who works there", err)
}

// SessionsAt returns from where those have signed in whose sessions at a site are open: an
// address for each session, the zero one where it is not known.
func (r *Register) SessionsAt(ctx context.Context, site string) ([]netip.Addr, error) {
	rows, err := r.db.Query(ctx, `SELECT coalesce(host(address), '') FROM access.session WHERE site = $1 AND ended_at IS NULL`, site)
	from, err := pg.Collect(rows, err, func(r *pg.Rows) (a netip.Addr, err error) {
		var text string
		if err = r.Scan(&text); err == nil && text != "" {
			a, err = netip.ParseAddr(text)
		}
		return a, err
	})
	return from, wrap("read the sessions at a site", err)
}
