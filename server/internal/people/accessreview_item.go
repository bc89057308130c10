package people

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mais/internal/pg"
	"mais/server/api"
	"mais/server/internal/audit"
)

// ReviewItems returns a page of a review's people by name, and how many the filter chooses.
func (r *Register) ReviewItems(ctx context.Context, review string, f api.AccessReviewFilter) (items []api.AccessReviewItem, total int, err error) {
	rows, err := r.db.Query(ctx, `SELECT count(*) OVER (), `+reviewItemColumns+` WHERE i.review = $1 AND (NOT $2 OR `+undecided+`)
		ORDER BY lower(`+nameThere+`), u.id LIMIT $3 OFFSET $4`, review, f.Undecided, f.PerPage, (f.Page-1)*f.PerPage)
	items, err = pg.Collect(rows, err, func(r *pg.Rows) (api.AccessReviewItem, error) { return scanReviewItem(r, &total) })
	return items, total, wrap("read a review of access", err)
}

// ReviewItemsOf returns these people of a review; who is not in it is left out.
func (r *Register) ReviewItemsOf(ctx context.Context, review string, users []string) ([]api.AccessReviewItem, error) {
	rows, err := r.db.Query(ctx, `SELECT 0, `+reviewItemColumns+` WHERE i.review = $1 AND i.user_id = ANY ($2::uuid[]) ORDER BY lower(`+nameThere+`), u.id`, review, pg.Array(users))
	items, err := pg.Collect(rows, err, func(r *pg.Rows) (api.AccessReviewItem, error) { return scanReviewItem(r, new(int)) })
	return items, wrap("read a review of access", err)
}

const (
	undecided = `i.decision IS NULL AND u.agency = w.agency AND (u.left_at IS NULL OR u.left_at > now())`

	nameThere = `CASE WHEN u.agency = w.agency THEN u.name ELSE i.name END`

	// Whoever has moved to another agency stands there as they were when the review was opened: what
	// they are there now is for those who review them there.
	reviewItemColumns = `u.id, ` + nameThere + `, CASE WHEN u.agency = w.agency THEN u.email ELSE '' END,
			ARRAY(SELECT h.role FROM access.user_role h WHERE h.user_id = u.id AND u.agency = w.agency ORDER BY h.role), i.roles,
			CASE WHEN u.agency = w.agency THEN g.last_seen_at END,
			u.agency <> w.agency OR coalesce(u.left_at <= now(), false), coalesce(i.decision, ''), i.note, d.id, d.name, i.decided_at, coalesce(i.change::text, '')
		FROM access.access_review_item i JOIN access.access_review w ON w.id = i.review JOIN access.user_account u ON u.id = i.user_id
		LEFT JOIN access.registration g ON g.user_id = u.id LEFT JOIN access.user_account d ON d.id = i.decided_by`
)

func scanReviewItem(r *pg.Rows, total *int) (i api.AccessReviewItem, err error) {
	var seen, decided sql.NullTime
	var by, name sql.NullString
	err = r.Scan(total, &i.User, &i.Name, &i.Email, pg.Array(&i.Roles), pg.Array(&i.RolesThen), &seen, &i.Gone, &i.Decision, &i.Note, &by, &name, &decided, &i.Change)
	i.LastSeen, i.DecidedBy, i.DecidedAt = timeOf(seen), actorOf(by, name), timeOf(decided)
	return i, err
}

// Reviewed is what is said of people of a review.
type Reviewed struct {
	Review   string
	Users    []string
	Decision string
	Note     string
	Change   string // by which something was taken; "": by none
	By       string // UUID of who says it
}

// DecideInReview records what is said of people, who all stand in the audit. It returns ErrDecided for a review that
// was signed off, and ErrChanged when somebody else said otherwise meanwhile and no note says why it is changed.
func (r *Register) DecideInReview(ctx context.Context, d Reviewed, by audit.Event) error {
	err := r.db.Transact(ctx, func(tx *pg.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE access.access_review_item SET decision = $3, note = $4, decided_by = $5, decided_at = now(), change = nullif($6, '')::uuid
			WHERE review = $1 AND user_id = ANY ($2::uuid[]) AND (decision IS NULL OR decision = $3 OR $4 <> '')`, d.Review, pg.Array(d.Users), d.Decision, d.Note, d.By, d.Change)
		if err != nil {
			return err
		}
		if n < int64(len(d.Users)) {
			return ErrChanged
		}
		for some := range slices.Chunk(d.Users, peopleInEvent) {
			e, err := d.event(ctx, tx, some, by)
			if err != nil {
				return err
			}
			if err := audit.AppendIn(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	return refused("decide in a review of access", err)
}

// How many people one event names, and how many of their ids one value of its detail holds.
const (
	peopleInEvent = 100
	idsInValue    = 13
)

// event is that of what was said of some people, by name and by id.
func (d Reviewed) event(ctx context.Context, tx *pg.Tx, users []string, by audit.Event) (audit.Event, error) {
	e := named(by, "access-review.decide", d.Change, map[string]string{"review": d.Review, "decision": d.Decision, "people": strconv.Itoa(len(users))})
	if e.Rows = len(users); d.Change == "" {
		delete(e.Detail, "change")
	}
	n := 0
	for ids := range slices.Chunk(users, idsInValue) {
		key := "users"
		if n++; n > 1 {
			key = fmt.Sprintf("users_%d", n)
		}
		e.Detail[key] = strings.Join(ids, " ")
	}
	rows, err := tx.Query(ctx, `SELECT name FROM access.user_account WHERE id = ANY ($1::uuid[]) ORDER BY lower(name), id LIMIT 4`, pg.Array(users))
	names, err := pg.Collect(rows, err, scanID)
	if err != nil {
		return e, err
	}
	e.Detail["subject"] = strings.Join(names, ", ")
	if more := len(users) - len(names); more > 0 {
		e.Detail["subject"] += fmt.Sprintf(" and %d more", more)
	}
	return e, nil
}

// SignReview signs a review off. The database holds that everybody was decided on. It returns ErrDecided if somebody else was
// first.
func (r *Register) SignReview(ctx context.Context, review, user string, by audit.Event) error {
	err := r.acting(ctx, func(tx *pg.Tx) (audit.Event, error) {
		n, err := tx.Exec(ctx, `UPDATE access.access_review SET signed_at = now(), signed_by = $2 WHERE id = $1`, review, user)
		if err == nil && n == 0 {
			err = ErrUnknown
		}
		if err != nil {
			return by, err
		}
		return ofReview(ctx, tx, by, "access-review.sign", review)
	})
	return refused("sign off a review of access", err)
}

// ofReview is the event of an act on a review, which says whose people it is about.
func ofReview(ctx context.Context, tx *pg.Tx, by audit.Event, act, review string) (audit.Event, error) {
	var agency string
	err := tx.QueryRow(ctx, `SELECT g.name FROM access.access_review w JOIN access.agency g ON g.id = w.agency WHERE w.id = $1`, review).Scan(&agency)
	by.Act, by.Outcome, by.Detail = act, audit.Allowed, map[string]string{"review": review, "subject": agency}
	return by, err
}
