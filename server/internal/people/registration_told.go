package people

import (
	"context"
	"time"

	"mais/internal/pg"
)

// Addressee is somebody with an address.
type Addressee struct{ Name, Address string }

// Sponsored says who was invited in the name of an agency by a change.
type Sponsored struct {
	Agency                      string // the name
	SponsorName, SponsorAddress string
	By                          string // the name of who made the change
	People                      []Addressee
}

// Sponsored returns whom of an agency a change invited: its people or, where it has no list, one user.
func (r *Register) Sponsored(ctx context.Context, change, agency, user string) (s Sponsored, err error) {
	err = r.db.QueryRow(ctx, `SELECT a.name, coalesce(a.sponsor_name, ''), coalesce(a.sponsor_email, ''), coalesce(m.name, 'an operator at the service''s host')
		FROM access.agency a LEFT JOIN access.change c ON c.id::text = $2 LEFT JOIN access.user_account m ON m.id = c.made_by WHERE a.id::text = $1`, agency, change).Scan(
		&s.Agency, &s.SponsorName, &s.SponsorAddress, &s.By)
	if err != nil {
		return Sponsored{}, wrap("read the sponsor of agency "+agency, err)
	}
	rows, err := r.db.Query(ctx, `SELECT u.name, u.email FROM access.user_account u
		WHERE u.agency::text = $2 AND (u.id::text = $3 OR u.id IN (SELECT i.user_id FROM access.change_item i WHERE i.change::text = $1)) ORDER BY u.name, u.email`,
		change, agency, user)
	s.People, err = pg.Collect(rows, err, scanAddressee)
	return s, wrap("read who was invited by change "+change, err)
}

func scanAddressee(r *pg.Rows) (a Addressee, err error) {
	return a, r.Scan(&a.Name, &a.Address)
}

// Maker is who made a change, and what kind it was.
type Maker struct {
	Addressee
	Kind  string
	Items int // people on its list, while it is kept
}

// MakerOf returns who made a change if they are present, or ErrUnknown.
func (r *Register) MakerOf(ctx context.Context, change string) (m Maker, err error) {
	err = r.db.QueryRow(ctx, `SELECT u.name, u.email, c.kind, (SELECT count(*) FROM access.change_item i WHERE i.change = c.id)
		FROM access.change c JOIN access.user_account u ON u.id = c.made_by WHERE c.id = $1 AND access.present(u.id)`, change).Scan(&m.Name, &m.Address, &m.Kind, &m.Items)
	return m, wrap("read who made change "+change, err)
}

// Waiting is a change that waits for a second person.
type Waiting struct {
	Kind      string
	Items     int    // people on its list
	By        string // the name of who made it
	Until     time.Time
	Approvers []Addressee
}

// Waiting returns a change that waits, with those who may decide on it, or ErrUnknown: every
// administrator, and the agency's own where it is about that agency's people and no office is
// in it; never who made it, nor whom it is about.
func (r *Register) Waiting(ctx context.Context, change string) (w Waiting, err error) {
	err = r.db.QueryRow(ctx, `SELECT c.kind, (SELECT count(*) FROM access.change_item i WHERE i.change = c.id), m.name, c.expires_at
		FROM access.change c JOIN access.user_account m ON m.id = c.made_by WHERE c.id::text = $1 AND c.state = 'waiting'`, change).Scan(
		&w.Kind, &w.Items, &w.By, &w.Until)
	if err != nil {
		return Waiting{}, wrap("read change "+change, err)
	}
	rows, err := r.db.Query(ctx, `SELECT DISTINCT u.name, u.email FROM access.change c
		JOIN access.user_role x ON x.role IN ('administrator', 'agency_administrator')
		JOIN access.user_account u ON u.id = x.user_id
		WHERE c.id::text = $1 AND u.id <> c.made_by AND u.id::text IS DISTINCT FROM c.target AND access.present(u.id)
			AND (x.role = 'administrator' OR u.agency = c.agency AND c.kind LIKE 'user%' AND NOT EXISTS (
				SELECT FROM access.role o WHERE o.office AND (c.before -> 'roles' ? o.name OR c.after -> 'roles' ? o.name
					OR EXISTS (SELECT FROM access.change_item i WHERE i.change = c.id AND i.after -> 'roles' ? o.name))))
		ORDER BY u.name, u.email`, change)
	w.Approvers, err = pg.Collect(rows, err, scanAddressee)
	return w, wrap("read who may decide on change "+change, err)
}
