package people

import (
	"context"
	"encoding/json"
	"time"

	"mais/internal/pg"
	"mais/server/api"
)

// Change is a change as it is stored.
type Change struct {
	ID, Kind, Target, Subject, Note, State string
	Agency, AgencyName                     string          // the one that it is about; "": none, or more
	Before, After                          json.RawMessage // fields of package api
	Second                                 []string
	Effect                                 json.RawMessage // as it was foreseen at the last decision; nil: there was none
	MadeBy, DecidedBy                      api.Actor
	MadeAt, Expires                        time.Time
	ConfirmedAt, DecidedAt, AppliedAt      *time.Time
	DecidedNote                            string
	Items                                  api.ItemCount
	Unsent                                 int  // codes of its people that have not gone; of one that is read by itself
	MayDecide                              bool // the asker may approve or refuse it now
}

// ChangesWanted chooses changes.
type ChangesWanted struct {
	api.ChangeFilter
	Asker  string // UUID
	Agency string // UUID, of which alone changes are shown, beside the asker's own that are open; "": of all
}

const changeColumns = `c.id, c.kind, coalesce(c.target, ''), coalesce(c.agency::text, ''), coalesce(a.name, ''), c.subject, c.note,
	CASE WHEN c.state IN ('draft', 'waiting') AND c.expires_at <= now() THEN 'expired' ELSE c.state END,
	c.second, c.made_by, m.name, coalesce(c.decided_by::text, ''), coalesce(d.name, ''), c.made_at, c.expires_at, c.confirmed_at, c.decided_at, c.applied_at,
	c.decided_note, c.id IN (SELECT access.decidable($1))` // asked once, not for each

const changeTables = ` FROM access.change c JOIN access.user_account m ON m.id = c.made_by LEFT JOIN access.user_account d ON d.id = c.decided_by
	LEFT JOIN access.agency a ON a.id = c.agency`

func (c *Change) into() []any {
	return []any{&c.ID, &c.Kind, &c.Target, &c.Agency, &c.AgencyName, &c.Subject, &c.Note, &c.State, pg.Array(&c.Second), &c.MadeBy.ID, &c.MadeBy.Name,
		&c.DecidedBy.ID, &c.DecidedBy.Name, &c.MadeAt, &c.Expires, &c.ConfirmedAt, &c.DecidedAt, &c.AppliedAt, &c.DecidedNote, &c.MayDecide}
}

// ChangeOf returns a change, or ErrUnknown, as somebody sees it.
func (r *Register) ChangeOf(ctx context.Context, asker, id string) (c Change, err error) {
	var before, after, effect []byte
	err = r.db.QueryRow(ctx, `SELECT `+changeColumns+`, c.before, c.after, c.effect, i.total, i.done, i.failed,
		(SELECT count(*) FROM access.errand e WHERE e.change = c.id AND e.kind = 'invite' AND e.done_at IS NULL)`+changeTables+`,
		LATERAL (SELECT count(*) AS total, count(user_id) AS done, count(fault) AS failed FROM access.change_item WHERE change = c.id) i
		WHERE c.id = $2`, asker, id).Scan(append(c.into(), &before, &after, &effect, &c.Items.Total, &c.Items.Done, &c.Items.Failed, &c.Unsent)...)
	c.Before, c.After, c.Effect = before, after, effect
	return c, wrap("read change "+id, err)
}

// ChangesPage returns a page of changes, newest first, and how many there are. What they change is
// left out.
func (r *Register) ChangesPage(ctx context.Context, w ChangesWanted) (page []Change, total int, err error) {
	const where = ` WHERE ($2 = '' OR c.agency::text = $2 OR c.made_by = $1 AND c.state IN ('draft', 'waiting') AND c.expires_at > now()) AND $4 IN ('', c.kind) AND $5 IN ('', c.target) AND CASE $3
		WHEN '' THEN true
		WHEN 'mine' THEN c.id IN (SELECT access.decidable($1))
		WHEN 'open' THEN c.state IN ('draft', 'waiting') AND c.expires_at > now()
		WHEN 'draft' THEN c.state = 'draft' AND c.expires_at > now() AND c.made_by = $1
		WHEN 'waiting' THEN c.state = 'waiting' AND c.expires_at > now()
		ELSE c.state = $3 END`
	args := []any{w.Asker, w.Agency, w.State, w.Kind, w.Target}
	if err := r.db.QueryRow(ctx, `SELECT count(*) FROM access.change c`+where, args...).Scan(&total); err != nil {
		return nil, 0, wrap("count changes", err)
	}
	rows, err := r.db.Query(ctx, `SELECT `+changeColumns+changeTables+where+` ORDER BY c.made_at DESC, c.id LIMIT $6 OFFSET $7`,
		append(args, w.PerPage, (w.Page-1)*w.PerPage)...)
	page, err = pg.Collect(rows, err, func(r *pg.Rows) (c Change, err error) {
		return c, r.Scan(c.into()...)
	})
	return page, total, wrap("read changes", err)
}

// ChangePeople returns some of the people of a change of many as they are called, in order, from after
// a number.
func (r *Register) ChangePeople(ctx context.Context, id string, after, most int) ([]api.ChangePerson, error) {
	rows, err := r.db.Query(ctx, `SELECT i.n, i.after, coalesce(a.name, i.after ->> 'agency'), coalesce(i.user_id::text, ''), coalesce(i.fault, ''),
			ARRAY(SELECT coalesce(s.name, w) FROM jsonb_array_elements_text(CASE jsonb_typeof(i.after -> 'sites') WHEN 'array' THEN i.after -> 'sites' ELSE '[]' END) w
				LEFT JOIN access.site s ON s.id::text = w ORDER BY 1)
		FROM access.change_item i LEFT JOIN access.agency a ON a.id::text = i.after ->> 'agency'
		WHERE i.change = $1 AND i.n > $2 ORDER BY i.n LIMIT $3`, id, after, most)
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (p api.ChangePerson, err error) {
		var fields []byte
		var f api.UserFields
		if err = r.Scan(&p.N, &fields, &p.Agency, &p.User, &p.Fault, pg.Array(&p.Sites)); err == nil {
			err = json.Unmarshal(fields, &f)
		}
		p.Name, p.Email, p.Roles, p.Starts, p.Ends = f.Name, f.Email, append([]string{}, f.Roles...), f.Starts, f.Ends
		p.Vetting, p.VettedOn, p.VouchedBy = f.Vetting, f.VettedOn, f.VouchedBy
		return p, err
	})
	return found, wrap("read the people of change "+id, err)
}

// Touching counts the changes that wait, besides one, and give somebody a role or change it; and with a
// UUID, instead, those that are about a user.
func (r *Register) Touching(ctx context.Context, besides, role, user string) (n int, err error) {
	err = r.db.QueryRow(ctx, `SELECT count(*) FROM access.change c WHERE c.state = 'waiting' AND c.expires_at > now() AND c.id::text <> $1
		AND ($2 <> '' AND (c.given ? $2 OR c.kind LIKE 'role.%' AND (c.target = $2 OR c.after ->> 'name' = $2)) OR $3 <> '' AND c.kind LIKE 'user.%' AND c.target = $3)`,
		besides, role, user).Scan(&n)
	return n, wrap("count what waits", err)
}

// ItemsOf returns some of the people of a change of many, in order, from after a number.
func (r *Register) ItemsOf(ctx context.Context, id string, after, most int) ([]Item, error) {
	rows, err := r.db.Query(ctx, `SELECT n, after, coalesce(user_id::text, ''), coalesce(fault, '') FROM access.change_item
		WHERE change = $1 AND n > $2 ORDER BY n LIMIT $3`, id, after, most)
	items, err := pg.Collect(rows, err, func(r *pg.Rows) (i Item, err error) {
		var fields []byte
		if err = r.Scan(&i.N, &fields, &i.User, &i.Fault); err == nil {
			err = json.Unmarshal(fields, &i.Fields)
		}
		return i, err
	})
	return items, wrap("read the people of change "+id, err)
}

// Item is one of the people of a change of many.
type Item struct {
	N      int
	Fields api.UserFields
	User   string // UUID, once registered
	Fault  string // why not
}

// ApplyItems registers the next people of a change of many that was decided, at most so many, and
// returns the change's UUID, "" when there is none, and how many are left.
func (r *Register) ApplyItems(ctx context.Context, most int) (id string, left int, err error) {
	err = r.db.Transact(ctx, func(tx *pg.Tx) error {
		var done, failed int
		row := tx.QueryRow(ctx, `SELECT coalesce(which::text, ''), coalesce(done, 0), coalesce(failed, 0), coalesce(remaining, 0) FROM access.apply_items($1)`, most)
		if err := row.Scan(&id, &done, &failed, &left); err != nil || id == "" {
			return err
		}
		return r.recordItems(ctx, tx, id, done, failed)
	})
	return id, left, refused("register the people of a change", err)
}
