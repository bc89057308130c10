package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mais/internal/pg"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/withdrawal"
)

// Errors of changes that a caller tells apart; beside them ErrUnknown, ErrTaken and a *RuleError.
var (
	ErrMayNot  = errors.New("people: the caller does not administer that")
	ErrChanged = errors.New("people: it has changed meanwhile")
	ErrDecided = errors.New("people: it was decided")
	ErrOneself = errors.New("people: nobody decides on their own change, or about themselves")
	ErrTooMany = errors.New("people: they have as many open changes as may be")
)

// RuleError says which rule of the database a change would break.
type RuleError struct {
	Field string // of the request, such as "user.roles"
	Says  string // continues the field's name
}

func (e *RuleError) Error() string { return "people: " + e.Field + " " + e.Says }

// RoleGoneError says that a change gives, or changes, a role that is not there any more.
type RoleGoneError struct{ Role string }

func (e *RoleGoneError) Error() string { return "people: the role " + e.Role + " is gone" }

// Proposal is a change as it is asked for.
type Proposal struct {
	Kind, Target  string
	Version       int64 // of the target as the maker saw it; 0: any
	After         any   // the fields, of package api; nil: there are none
	People        []api.UserFields
	Subject, Note string
}

// Propose stores a change that somebody makes, and returns its UUID. Nothing else is changed, but
// that it could be is known. by is the event that the record of it starts from.
func (r *Register) Propose(ctx context.Context, maker string, p Proposal, by audit.Event) (id string, err error) {
	after, err := json.Marshal(p.After)
	if err != nil {
		return "", fmt.Errorf("encode change: %w", err)
	}
	if p.After == nil {
		after = []byte("{}")
	}
	many, err := json.Marshal(p.People)
	if err != nil {
		return "", fmt.Errorf("encode people: %w", err)
	}
	err = r.acting(ctx, func(tx *pg.Tx) (audit.Event, error) {
		row := tx.QueryRow(ctx, `SELECT access.propose($1, $2, nullif($3, ''), $4, $5, $6, $7, $8)`,
			maker, p.Kind, p.Target, p.Version, string(after), string(many), p.Subject, p.Note)
		err := row.Scan(&id)
		return named(by, "change.made", id, map[string]string{"kind": p.Kind, "target": p.Target, "subject": p.Subject}), err
	})
	return id, refused("propose "+p.Kind, err)
}

// Confirm applies a draft of the actor's, or has it wait for a second person; state says which.
// foreseen is what it was shown to do, as JSON.
func (r *Register) Confirm(ctx context.Context, actor, id string, foreseen []byte, by audit.Event) (state string, err error) {
	return r.decide(ctx, id, by, `SELECT access.confirm($1, $2, $3)`, actor, id, string(foreseen))
}

// Approve applies a change that waits, for somebody who may.
func (r *Register) Approve(ctx context.Context, actor, id, note string, foreseen []byte, by audit.Event) (state string, err error) {
	return r.decide(ctx, id, by, `SELECT access.approve($1, $2, $3, $4)`, actor, id, note, string(foreseen))
}

// TellStuck has whoever made a change that waits told, once, that somebody approved it in vain.
func (r *Register) TellStuck(ctx context.Context, id string) error {
	_, err := r.db.Exec(ctx, `SELECT access.tell_stuck($1)`, id)
	return wrap("have told that change "+id+" cannot be done", err)
}

// Refuse ends a change that waits, for somebody who may.
func (r *Register) Refuse(ctx context.Context, actor, id, note string, by audit.Event) (state string, err error) {
	return r.decide(ctx, id, by, `SELECT access.refuse($1, $2, $3)`, actor, id, note)
}

// Discard forgets a change of the actor's that was not applied.
func (r *Register) Discard(ctx context.Context, actor, id string, by audit.Event) (state string, err error) {
	return r.decide(ctx, id, by, `SELECT access.discard($1, $2)`, actor, id)
}

// Stop stops a list that was applied, for somebody who administers it: who was not registered yet is
// not, and codes that have not gone do not go.
func (r *Register) Stop(ctx context.Context, actor, id string, by audit.Event) (state string, err error) {
	return r.decide(ctx, id, by, `SELECT access.stop_list($1, $2)`, actor, id)
}

// decide runs one of the database's functions on a change, with the event of what came of it. That
// of an applied change has the change's kind for its act.
func (r *Register) decide(ctx context.Context, id string, by audit.Event, query string, args ...any) (state string, err error) {
	err = r.acting(ctx, func(tx *pg.Tx) (audit.Event, error) {
		if err := tx.QueryRow(ctx, query, args...).Scan(&state); err != nil {
			return by, err
		}
		var kind, target, subject, maker string
		err := tx.QueryRow(ctx, `SELECT kind, coalesce(target, ''), subject, made_by FROM access.change WHERE id = $1`, id).Scan(&kind, &target, &subject, &maker)
		act := "change." + state
		if state == api.ChangeApplied {
			act = kind
		}
		return named(by, act, id, map[string]string{"kind": kind, "target": target, "subject": subject, "made_by": maker}), err
	})
	return state, refused("decide on change "+id, err)
}

// acting runs a function of the database's and its event in one transaction. The journal, which waits
// for a disk, comes last.
func (r *Register) acting(ctx context.Context, do func(*pg.Tx) (audit.Event, error)) error {
	return r.db.Transact(ctx, func(tx *pg.Tx) error {
		event, err := do(tx)
		if err == nil {
			err = audit.AppendIn(ctx, tx, event)
		}
		if err != nil {
			return err
		}
		return withdrawal.End(ctx, tx, r.journal, event)
	})
}

// SettleWithdrawals tells the journal what was given back, and what the database's owner took away.
func (r *Register) SettleWithdrawals(ctx context.Context) error {
	return withdrawal.Settle(ctx, r.db, r.journal)
}

// UnwrittenWithdrawals returns how many things were taken away so long ago and are in no journal yet.
func (r *Register) UnwrittenWithdrawals(ctx context.Context, age time.Duration) (n int, err error) {
	err = r.db.QueryRow(ctx, `SELECT access.unwritten_for($1 * interval '1 second')`, age.Seconds()).Scan(&n)
	return n, wrap("count what is taken away and in no journal", err)
}

// Restored returns the last restore since then, or nil, and what was taken away again.
func (r *Register) Restored(ctx context.Context, since time.Time) (*api.Restored, error) {
	rows, err := r.db.Query(ctx, `SELECT at, made, things, people FROM access.restored_since($1)`, since)
	found, err := pg.Collect(rows, err, func(rows *pg.Rows) (f api.Restored, err error) {
		err = rows.Scan(&f.At, &f.Made, &f.Things, &f.People)
		return f, err
	})
	if err != nil || len(found) == 0 {
		return nil, wrap("read of a restore", err)
	}
	return &found[0], nil
}

// named is the event of an act on a change.
func named(by audit.Event, act, id string, detail map[string]string) audit.Event {
	by.Act, by.Outcome, by.Rows = act, audit.Allowed, 0
	by.Detail = map[string]string{"change": id}
	for key, value := range detail {
		if value != "" {
			by.Detail[key] = value
		}
	}
	return by
}

// raised are the codes that the functions of changes raise.
var raised = map[string]error{"MA001": ErrMayNot, "MA002": ErrUnknown, "MA003": ErrChanged, "MA004": ErrDecided, "MA005": ErrOneself, "MA006": ErrTooMany}

// refused turns what the database raised into an error that a caller tells apart.
func refused(act string, err error) error {
	code, column, says, ok := pg.Raised(err)
	if known := raised[code]; ok && known != nil {
		return fmt.Errorf("%s: %w: %s", act, known, says)
	}
	if ok && code == "MA007" {
		return fmt.Errorf("%s: %w", act, &RoleGoneError{Role: says})
	}
	if ok && code == "23000" && column != "" {
		return fmt.Errorf("%s: %w", act, &RuleError{Field: column, Says: says})
	}
	return wrap(act, err)
}
