package authz

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz/internal/grounds"
	"mais/server/internal/authz/internal/look"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/authz/internal/rbac"
)

// Review is an emergency access as the one who reviews it sees it. The person is a number:
// who reviews reads no record.
type Review struct {
	ID           string
	User         string // the name of who had it
	Agency       string
	Person       string
	Reason       string // in their words
	Purpose      Purpose
	Began, Ended time.Time // Ended lies ahead while it is on
	Looks        int       // how often the record was opened under it
	ReviewedAt   time.Time // zero: not yet
	Reviewer     string
	Justified    bool
	Note         string
	Own          bool // the caller's own, which they may not review
}

// Finding is the outcome of a review.
type Finding struct {
	Justified bool
	Note      string // at most 1000 characters, in lines
}

// Reviewer is the role whose office it is to review emergency access.
const Reviewer = policy.GovernanceOfficer

// maxReviews bounds the list of emergency accesses.
const maxReviews = 200

// mayReview permits what is for governance officers. It is their office and no permission to
// an item, so that no table says more; that a role was taken away, authn's recheck says.
func mayReview(p authn.Principal) permit {
	return func(rbac.Table) error {
		if p.User() == "" || !slices.Contains(p.Roles(), Reviewer) {
			return ErrDenied
		}
		return nil
	}
}

// Reviews returns the emergency accesses: those that wait for review, oldest first, then the
// others, last reviewed first; at most 200. Only a governance officer may. Act
// emergency.reviews, which names everybody whose record was opened.
//
// The error is ErrDenied, ErrUnavailable or an *authn.Refusal.
func (s *Service) Reviews(ctx context.Context, l Look) ([]Review, error) {
	e := l.event(ActReviews)
	if err := mayReview(l.Principal)(rbac.Table{}); err != nil {
		return nil, s.failed(ctx, e, err)
	}
	sealed, err := s.reader.Reviews(ctx, maxReviews, e)
	if err != nil {
		return nil, s.failed(ctx, e, err)
	}
	receipt, err := s.ledger.Append(ctx, sealed.Event())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	found, err := opened(ctx, s, l.Principal, sealed, receipt)
	if err != nil {
		return nil, err
	}
	reviews := make([]Review, len(found))
	for n, v := range found {
		reviews[n] = review(v, l.Principal.User())
	}
	return reviews, nil
}

func review(v look.Reviewed, caller string) Review {
	r := Review{ID: v.ID, User: v.Name, Agency: v.Agency, Person: v.Person, Reason: v.Why, Purpose: Purpose(v.Purpose),
		Began: v.Began.UTC(), Ended: v.Ended.UTC(), Looks: v.Looks, Reviewer: v.Reviewer, Justified: v.Justified, Note: v.Note,
		Own: v.User == caller}
	if v.ReviewedAt != nil {
		r.ReviewedAt = v.ReviewedAt.UTC()
	}
	return r
}

// Review records the finding on an emergency access, once, by a governance officer who did
// not have it. Act emergency.review, which commits with it.
//
// The error is *InvalidError (of the field note, or of review when it was reviewed already),
// ErrDenied for another role and for one's own access, ErrNotFound, ErrUnavailable or an
// *authn.Refusal.
func (s *Service) Review(ctx context.Context, l Look, id string, f Finding) error {
	e := l.event(ActReview)
	if known, err := uuid.Parse(id); err == nil && known.String() == id {
		e.Detail = map[string]string{detailEmergencyID: id}
	}
	return s.written(ctx, l.Principal, e, mayReview(l.Principal), func(settle settle) error {
		if e.Detail == nil {
			return ErrNotFound
		}
		note := lines(f.Note)
		if fault := typed(note, 0, maxNote, "\n"); fault != "" {
			return invalid("note", fault)
		}
		err := s.grounds.Review(ctx, id, l.Principal.User(), f.Justified, note, func(tx *pg.Tx, person string) error {
			return settle(tx, finding(e, person, f.Justified, note))
		})
		switch {
		case errors.Is(err, grounds.ErrUnknown):
			return ErrNotFound
		case errors.Is(err, grounds.ErrOwn):
			return ErrDenied
		case errors.Is(err, grounds.ErrReviewed):
			return invalid("review", "is there already; a finding does not change")
		}
		return err
	})
}

// finding completes the event of a review.
func finding(e audit.Event, person string, justified bool, note string) audit.Event {
	e.Persons = []string{person}
	e.Detail = with(e.Detail, map[string]string{"justified": strconv.FormatBool(justified)})
	if note != "" {
		audit.Spell(e.Detail, "note", note)
	}
	return e
}
