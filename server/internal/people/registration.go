package people

import (
	"context"
	"time"

	"mais/internal/pg"
)

// Invitee is a user as whoever invites them needs to know them.
type Invitee struct {
	User
	AgencyID  string
	Domains   []string // of the addresses that the agency's sponsor gave
	Sponsor   string   // the name
	Holds     []HeldRole
	Passwords string // as far as the agency goes: forbidden, limited, allowed
	Starts    string // YYYY-MM-DD; "": at once

	// The last code: its name, the errand that it was made for, and when a mail server took its
	// mail. Code is "" where there has been none.
	Code   string
	Errand int64
	Sent   *time.Time

	// When the last mail to this address came back, and what was said of it; nil: none that is known of.
	Bounced *time.Time
	Bounce  string
}

// HeldRole is a role of somebody's, as its holder is told of it.
type HeldRole struct {
	Name, Description string
	Level             string // of package certs
	Passwords         string // forbidden, limited, allowed
}

// Invitee returns the user with a UUID, or ErrUnknown: also for one who has left.
func (r *Register) Invitee(ctx context.Context, id string) (i Invitee, err error) {
	err = r.db.QueryRow(ctx, `SELECT u.id, u.email, u.name, a.name, a.id, a.domains, coalesce(a.sponsor_name, ''), a.passwords, coalesce(u.starts_on::text, ''),
			coalesce(g.code, ''), coalesce(g.errand, 0), g.sent_at, g.bounced_at, coalesce(g.bounce, '')
		FROM access.user_account u JOIN access.agency a ON a.id = u.agency LEFT JOIN access.registration g ON g.user_id = u.id
		WHERE u.id = $1 AND (u.left_at IS NULL OR u.left_at > now()) AND (u.ends_on IS NULL OR u.ends_on >= current_date)`, id).Scan(
		&i.ID, &i.Email, &i.Name, &i.Agency, &i.AgencyID, pg.Array(&i.Domains), &i.Sponsor, &i.Passwords, &i.Starts, &i.Code, &i.Errand, &i.Sent, &i.Bounced, &i.Bounce)
	if err != nil {
		return Invitee{}, wrap("read user "+id, err)
	}
	rows, err := r.db.Query(ctx, `SELECT o.name, o.description, o.level, o.passwords FROM access.user_role x JOIN access.role o ON o.name = x.role
		WHERE x.user_id = $1 ORDER BY o.name`, id)
	i.Holds, err = pg.Collect(rows, err, func(r *pg.Rows) (h HeldRole, err error) {
		return h, r.Scan(&h.Name, &h.Description, &h.Level, &h.Passwords)
	})
	for _, h := range i.Holds {
		i.Roles = append(i.Roles, h.Name)
	}
	return i, wrap("read the roles of user "+id, err)
}

// Inviting notes the code that is about to be sent to a user, and the id of its mail. What was
// noted of earlier ones, which are void now, is forgotten, but not that a mail came back: nobody
// knows that this one does not, until they register or have another address. (That none could be
// sent is over now.) errand is what it is sent for; 0: somebody asked.
func (r *Register) Inviting(ctx context.Context, user, code, message string, errand int64, expires time.Time) error {
	_, err := r.db.Exec(ctx, `INSERT INTO access.registration AS g (user_id, code, message, errand, expires_at) VALUES ($1, $2, $3, nullif($4, 0), $5)
		ON CONFLICT (user_id) DO UPDATE SET code = $2, message = $3, errand = nullif($4, 0), expires_at = $5,
			sent_at = NULL, reminded_at = NULL, bounced_at = CASE WHEN g.message IS NOT NULL THEN g.bounced_at END,
			bounce = CASE WHEN g.message IS NOT NULL THEN g.bounce END`, user, code, message, errand, expires)
	return wrap("note a code for user "+user, err)
}

// Invited notes that a mail server has taken the mail with a code.
func (r *Register) Invited(ctx context.Context, user, code string, at time.Time) error {
	_, err := r.db.Exec(ctx, `UPDATE access.registration SET sent_at = $3 WHERE user_id = $1 AND code = $2`, user, code, at)
	return wrap("note the invitation of user "+user, err)
}

// NotReached notes that a user cannot be reached by mail, and why: at most 500 characters. It
// stays so until they register or their address is another, or, where no mail was made, one is.
func (r *Register) NotReached(ctx context.Context, user, why string, at time.Time, mailed bool) error {
	_, err := r.db.Exec(ctx, `INSERT INTO access.registration AS g (user_id, sent_at, bounced_at, bounce) VALUES ($1, $2, $2, $3)
		ON CONFLICT (user_id) DO UPDATE SET sent_at = coalesce(g.sent_at, $2), bounced_at = $2, bounce = $3,
			message = CASE WHEN $4 THEN g.message END`, user, at, why, mailed)
	return wrap("note that user "+user+" was not reached", err)
}
