package authz

import (
	"context"
	"errors"
	"strconv"

	"github.com/google/uuid"

	"mais/internal/pg"
	"mais/server/api/form"
	"mais/server/internal/audit"
	"mais/server/internal/authz/internal/grounds"
)

// Finding is the outcome of a review.
type Finding struct {
	Justified bool
	Note      string // at most 1000 characters, in lines; none is needed for what was justified
}

// checked returns f as it is kept, or an *InvalidError.
func (f Finding) checked() (Finding, error) {
	f.Note = form.Lines(f.Note)
	fault := typed(f.Note, 0, form.MaxNote, "\n")
	if f.Note == "" && !f.Justified {
		fault = "is needed where access was not justified"
	}
	if fault != "" {
		return Finding{}, invalid("note", fault)
	}
	return f, nil
}

// Review records the finding on an emergency access, once, by a governance officer who did
// not have it. Act emergency.review, which commits with it.
//
// The error is *InvalidError (of the field note, or of review when it was reviewed already or
// is still on), ErrDenied for another role and for one's own access, ErrNotFound,
// ErrUnavailable or an *authn.Refusal.
func (s *Service) Review(ctx context.Context, l Look, id string, f Finding) error {
	e := l.event(ActReview)
	wellFormed := isEmergencyID(id)
	if wellFormed {
		e.Detail = map[string]string{detailEmergencyID: id}
	}
	return s.written(ctx, l.Principal, e, mayReview(l.Principal), func(settle settle) error {
		if !wellFormed {
			return ErrNotFound
		}
		f, err := f.checked()
		if err != nil {
			return err
		}
		err = s.grounds.Review(ctx, id, l.Principal.User(), f.Justified, f.Note, func(tx *pg.Tx, person string) error {
			return settle(tx, reviewed(e, person, f))
		})
		switch {
		case errors.Is(err, grounds.ErrUnknown):
			return ErrNotFound
		case errors.Is(err, grounds.ErrOwn):
			return ErrDenied
		case errors.Is(err, grounds.ErrReviewed):
			return invalid("review", "is there already; a finding does not change")
		case errors.Is(err, grounds.ErrOn):
			return invalid("review", "comes when the access has ended")
		}
		return err
	})
}

// reviewed completes the event of a review.
func reviewed(e audit.Event, person string, f Finding) audit.Event {
	e.Persons = []string{person}
	e.Detail = with(e.Detail, map[string]string{"justified": strconv.FormatBool(f.Justified)})
	if f.Note != "" {
		audit.Spell(e.Detail, "note", f.Note)
	}
	return e
}

// isEmergencyID reports whether a text can be the id of an emergency access.
func isEmergencyID(id string) bool {
	parsed, err := uuid.Parse(id)
	return err == nil && parsed.String() == id
}
