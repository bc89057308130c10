package people

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"mais/internal/pg"
	"mais/server/api"
	"mais/server/internal/audit"
)

// ErrNobody says that there is nobody to review.
var ErrNobody = errors.New("people: nobody is there to review")

// maxReviews bounds how many are listed.
const maxReviews = 200

// ReviewsDue gives every agency that has none yet the day on which its first review opens, and
// returns those whose day has come and that have none open.
func (r *Register) ReviewsDue(ctx context.Context, months int) (agencies []string, err error) {
	_, err = r.db.Exec(ctx, `INSERT INTO access.review_schedule (agency, next)
		SELECT id, (now() + make_interval(months => $1))::date FROM access.agency ON CONFLICT DO NOTHING`, months)
	if err != nil {
		return nil, wrap("plan reviews of access", err)
	}
	rows, err := r.db.Query(ctx, `SELECT s.agency FROM access.review_schedule s
		WHERE s.next <= now()::date AND NOT EXISTS (SELECT FROM access.access_review w WHERE w.agency = s.agency AND w.signed_at IS NULL)
			AND EXISTS (SELECT FROM access.user_account u WHERE u.agency = s.agency AND (u.left_at IS NULL OR u.left_at > now()))
		ORDER BY s.agency`)
	agencies, err = pg.Collect(rows, err, scanID)
	return agencies, wrap("read which reviews of access are due", err)
}

// OpenReview opens a review of an agency's people, to be done within so many days; the next
// opens after so many months, never with 0. It returns ErrTaken while another is open, ErrNobody.
func (r *Register) OpenReview(ctx context.Context, agency string, days, months int, by audit.Event) (id string, err error) {
	err = r.acting(ctx, func(tx *pg.Tx) (audit.Event, error) {
		if err := openReview(ctx, tx, &id, agency, days, months, by); err != nil {
			return by, err
		}
		return ofReview(ctx, tx, by, "access-review.open", id)
	})
	if pg.IsForeignKey(err, "access_review_agency_fkey") {
		err = ErrUnknown
	}
	return id, wrap("open a review of access", err)
}

func openReview(ctx context.Context, tx *pg.Tx, id *string, agency string, days, months int, by audit.Event) error {
	err := tx.QueryRow(ctx, `INSERT INTO access.access_review (agency, opened_by, due) VALUES ($1, $2, (now() + make_interval(days => $3))::date)
			ON CONFLICT (agency) WHERE signed_at IS NULL DO NOTHING RETURNING id`, agency, by.UserName, days).Scan(id)
	if errors.Is(err, pg.ErrNoRows) {
		return ErrTaken
	}
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `INSERT INTO access.access_review_item (review, user_id, roles, name)
			SELECT $1, u.id, ARRAY(SELECT h.role FROM access.user_role h WHERE h.user_id = u.id ORDER BY h.role), u.name
			FROM access.user_account u WHERE u.agency = $2 AND (u.left_at IS NULL OR u.left_at > now())`, *id, agency)
	if err == nil && n == 0 {
		err = ErrNobody
	}
	if err != nil || months == 0 {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO access.review_schedule (agency, next) VALUES ($1, (now() + make_interval(months => $2))::date)
			ON CONFLICT (agency) DO UPDATE SET next = excluded.next`, agency, months)
	return err
}

// AccessReviews returns the reviews of an agency, or with "" of all: the open ones first, then
// the newest. What the caller may do is left out.
func (r *Register) AccessReviews(ctx context.Context, agency string) ([]api.AccessReview, error) {
	found, err := r.accessReviews(ctx, agency, "")
	return found, wrap("read reviews of access", err)
}

// AccessReview returns one, or ErrUnknown.
func (r *Register) AccessReview(ctx context.Context, id string) (api.AccessReview, error) {
	found, err := r.accessReviews(ctx, "", id)
	if err == nil && len(found) == 0 {
		err = ErrUnknown
	}
	if err != nil {
		return api.AccessReview{}, wrap("read a review of access", err)
	}
	return found[0], nil
}

func (r *Register) accessReviews(ctx context.Context, agency, id string) ([]api.AccessReview, error) {
	rows, err := r.db.Query(ctx, `SELECT w.id, w.agency, a.name, w.opened_at, w.opened_by, w.due::text, w.signed_at IS NULL AND w.due < now()::date,
			n.people, n.undecided, n.taken, w.signed_at, s.id, s.name
		FROM access.access_review w JOIN access.agency a ON a.id = w.agency LEFT JOIN access.user_account s ON s.id = w.signed_by
		CROSS JOIN LATERAL (SELECT count(*) AS people, count(i.change) AS taken,
				count(*) FILTER (WHERE i.decision IS NULL AND u.agency = w.agency AND (u.left_at IS NULL OR u.left_at > now())) AS undecided
			FROM access.access_review_item i JOIN access.user_account u ON u.id = i.user_id WHERE i.review = w.id) n
		WHERE $1 IN ('', w.agency::text) AND $2 IN ('', w.id::text)
		ORDER BY w.signed_at IS NOT NULL, w.opened_at DESC, a.name LIMIT $3`, agency, id, maxReviews)
	return pg.Collect(rows, err, func(r *pg.Rows) (w api.AccessReview, err error) {
		var signed sql.NullTime
		var signer, name sql.NullString
		err = r.Scan(&w.ID, &w.Agency, &w.AgencyName, &w.OpenedAt, &w.OpenedBy, &w.Due, &w.Overdue, &w.People, &w.Undecided, &w.Taken,
			&signed, &signer, &name)
		w.SignedAt, w.SignedBy = timeOf(signed), actorOf(signer, name)
		return w, err
	})
}

// timeOf is a time that may not be there, in UTC.
func timeOf(t sql.NullTime) *time.Time {
	if !t.Valid {
		return nil
	}
	at := t.Time.UTC()
	return &at
}

func actorOf(id, name sql.NullString) *api.Actor {
	if !id.Valid {
		return nil
	}
	return &api.Actor{ID: id.String, Name: name.String}
}
