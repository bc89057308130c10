package people

import (
	"context"
	"fmt"

	"mais/internal/pg"
	"mais/server/internal/audit"
)

// Progress counts how far the people of an agency who have not left have come.
type Progress struct {
	Agency   string // the name
	AgencyID string
	People   int
	Due      int // start later, and are sent a code then
	Sent     int // were sent a code
	Bounced  int // a mail to their address came back, and they have not registered
	Waiting  int // have a good code that they have not used
	Reminded int // of those
	Lapsed   int // the code can no longer be used
	Arrived  int // have a credential
	Active   int // have signed in
}

// Progress returns the counts, by the agency's name: of all or, with an id, of one agency.
func (r *Register) Progress(ctx context.Context, agency string) ([]Progress, error) {
	rows, err := r.db.Query(ctx, `SELECT a.name, a.id, count(u.id), count(*) FILTER (WHERE u.starts_on > (now() AT TIME ZONE 'UTC')::date), count(g.sent_at),
			count(*) FILTER (WHERE back), count(*) FILTER (WHERE open AND NOT back AND g.expires_at > now()),
			count(g.reminded_at) FILTER (WHERE open AND NOT back AND g.expires_at > now()),
			count(*) FILTER (WHERE open AND NOT back AND g.expires_at <= now()), count(g.registered_at), count(g.first_seen_at)
		FROM access.agency a
		LEFT JOIN access.user_account u ON u.agency = a.id AND (u.left_at IS NULL OR u.left_at > now()) AND (u.ends_on IS NULL OR u.ends_on >= current_date)
		LEFT JOIN access.registration g ON g.user_id = u.id,
		LATERAL (SELECT g.sent_at IS NOT NULL AND g.registered_at IS NULL AS open, g.bounced_at IS NOT NULL AND g.registered_at IS NULL AS back) AS how
		WHERE $1 IN ('', a.id::text) GROUP BY a.id ORDER BY a.name`, agency)
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (p Progress, err error) {
		return p, r.Scan(&p.Agency, &p.AgencyID, &p.People, &p.Due, &p.Sent, &p.Bounced, &p.Waiting, &p.Reminded, &p.Lapsed, &p.Arrived, &p.Active)
	})
	return found, wrap("count who has registered", err)
}

// InviteAgain has a fresh code sent to everybody of an agency, or with "" of all, whose code
// lapsed unused and to whom no mail came back, in the name of maker, and says how many they are. The
// database asks once more whether maker may.
func (r *Register) InviteAgain(ctx context.Context, maker, agency string, by audit.Event) (n int, err error) {
	by.Act = "invitation.again"
	err = r.change(ctx, by, func(tx *pg.Tx) error {
		return tx.QueryRow(ctx, `SELECT access.invite_again($1, nullif($2, '')::uuid)`, maker, agency).Scan(&n)
	})
	return n, wrap(fmt.Sprintf("invite again those of agency %q whose code lapsed", agency), err)
}
