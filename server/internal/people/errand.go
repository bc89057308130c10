package people

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"mais/internal/pg"
	"mais/server/internal/audit"
)

// recordItems appends the event of people who were registered from a change of many.
func (r *Register) recordItems(ctx context.Context, tx *pg.Tx, id string, done, failed int) error {
	var who, name, subject string
	err := tx.QueryRow(ctx, `SELECT u.id, u.name, c.subject FROM access.change c JOIN access.user_account u ON u.id = coalesce(c.decided_by, c.made_by)
		WHERE c.id = $1`, id).Scan(&who, &name, &subject)
	if err != nil {
		return err
	}
	by := audit.Event{User: who, UserName: name, AuthMethod: "system"}
	return audit.AppendIn(ctx, tx, named(by, "users.registered", id, map[string]string{
		"subject": subject, "registered": strconv.Itoa(done), "failed": strconv.Itoa(failed),
	}))
}

// Errand is something to be done that follows from a change.
type Errand struct {
	ID                 int64
	Kind, User, Change string // UUIDs; "": none
	Detail             map[string]string
	Tries              int // this one too
}

// ClaimErrands takes errands of some kinds that are due, at most so many. Each is this caller's
// until the lease ends, and then anybody's. Nobody is invited before what they held has ended, and the
// many who are invited keep nothing else waiting.
func (r *Register) ClaimErrands(ctx context.Context, kinds []string, most int, lease time.Duration) ([]Errand, error) {
	rows, err := r.db.Query(ctx, `WITH next AS (
			SELECT id FROM access.errand e WHERE done_at IS NULL AND due_at <= now() AND kind = ANY ($1)
				AND NOT (kind = 'invite' AND EXISTS (SELECT FROM access.errand b WHERE b.user_id = e.user_id AND b.kind IN ('revoke', 'end') AND b.done_at IS NULL))
			ORDER BY kind = 'invite', due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
		UPDATE access.errand e SET tries = tries + 1, due_at = now() + $3 * interval '1 millisecond' FROM next WHERE e.id = next.id
		RETURNING e.id, e.kind, coalesce(e.user_id::text, ''), coalesce(e.change::text, ''), e.detail, e.tries`,
		pg.Array(kinds), most, lease.Milliseconds())
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (e Errand, err error) {
		var detail []byte
		if err = r.Scan(&e.ID, &e.Kind, &e.User, &e.Change, &detail, &e.Tries); err == nil {
			err = json.Unmarshal(detail, &e.Detail)
		}
		return e, err
	})
	return found, wrap("claim errands", err)
}

// BeingEnded reports whether an errand that is not done yet ends what a user holds. Who is given a
// code asks before: the errand could not tell it from what they held.
func (r *Register) BeingEnded(ctx context.Context, user string) (ending bool, err error) {
	err = r.db.QueryRow(ctx, `SELECT EXISTS (SELECT FROM access.errand WHERE user_id = $1 AND kind IN ('revoke', 'end') AND done_at IS NULL)`, user).Scan(&ending)
	return ending, wrap("look whether the access of user "+user+" is being ended", err)
}

// maxFault bounds what is kept of why an errand failed.
const maxFault = 300

// EndErrand says that an errand was done or, with a fault, that it is due again after a while.
func (r *Register) EndErrand(ctx context.Context, id int64, fault string, again time.Duration) error {
	if fault == "" {
		_, err := r.db.Exec(ctx, `UPDATE access.errand SET done_at = now(), fault = NULL WHERE id = $1 AND done_at IS NULL`, id)
		return wrap("end errand", err)
	}
	_, err := r.db.Exec(ctx, `UPDATE access.errand SET fault = left($2, $4), due_at = now() + $3 * interval '1 millisecond' WHERE id = $1 AND done_at IS NULL`,
		id, fault, again.Milliseconds(), maxFault)
	return wrap("put errand off", err)
}

// ExpireChanges ends drafts and waiting changes that are past their time, and those that were made
// with a token that turned out to be in other hands. by is the event that the record of each starts from.
func (r *Register) ExpireChanges(ctx context.Context, by audit.Event) (n int, err error) {
	err = r.db.Transact(ctx, func(tx *pg.Tx) error {
		over, err := expire(ctx, tx)
		for _, c := range over {
			err = errors.Join(err, audit.AppendIn(ctx, tx, named(by, "change."+c.State, c.ID, map[string]string{
				"kind": c.Kind, "target": c.Target, "subject": c.Subject, "made_by": c.MadeBy.ID,
			})))
		}
		n = len(over)
		return err
	})
	return n, wrap("expire changes", err)
}

func expire(ctx context.Context, tx *pg.Tx) ([]Change, error) {
	rows, err := tx.Query(ctx, `SELECT which, what, coalesce(about, ''), named, maker, became FROM access.expire_changes()`)
	return pg.Collect(rows, err, func(r *pg.Rows) (c Change, err error) {
		return c, r.Scan(&c.ID, &c.Kind, &c.Target, &c.Subject, &c.MadeBy.ID, &c.State)
	})
}

// GiveUpErrand says that an errand is done with, though it failed: what it was to say comes too late.
func (r *Register) GiveUpErrand(ctx context.Context, id int64, fault string) error {
	_, err := r.db.Exec(ctx, `UPDATE access.errand SET done_at = now(), fault = left($2, $3) WHERE id = $1 AND done_at IS NULL`, id, fault, maxFault)
	return wrap("give up errand", err)
}
