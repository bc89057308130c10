package authz

import (
	"context"
	"fmt"
	"slices"
	"time"

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

// Reviewer is the role whose office it is to review emergency access.
const Reviewer = policy.GovernanceOfficer

// Place is where a page of emergency accesses begins: in which order they stand, and after
// which of them; "" is the top.
type Place = grounds.Place

// The orders of a Place. Those that wait for review stand by when they began, the others by
// when they were reviewed.
const (
	OldestWaiting = grounds.OldestWaiting
	NewestWaiting = grounds.NewestWaiting
	LastReviewed  = grounds.LastReviewed
)

// reviewsOnPage bounds a page of emergency accesses.
const reviewsOnPage = 50

// Queue is pages of the emergency accesses.
type Queue struct {
	Waiting int // how many wait for review in all
	Pages   []ReviewPage
}

// ReviewPage is one page.
type ReviewPage struct {
	Reviews []Review
	More    bool // others follow the last of them
}

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

// Reviews returns a page of the emergency accesses from each place on, of at most fifty each.
// Only a governance officer may. Act emergency.reviews, which names everybody on the pages
// whose record was opened.
//
// The error is ErrDenied, ErrNotFound when a place is after what cannot be the id of an
// access, ErrUnavailable or an *authn.Refusal.
func (s *Service) Reviews(ctx context.Context, l Look, places ...Place) (Queue, error) {
	malformed := slices.ContainsFunc(places, func(p Place) bool { return p.After != "" && !isEmergencyID(p.After) })
	found, err := overseen(ctx, s, l.Principal, l.event(ActReviews), func(e audit.Event) (audit.Sealed[look.Queue], error) {
		if malformed {
			return audit.Sealed[look.Queue]{}, ErrNotFound
		}
		return s.reader.Reviews(ctx, places, reviewsOnPage, e)
	})
	if err != nil {
		return Queue{}, err
	}
	queue := Queue{Waiting: found.Waiting}
	for _, p := range found.Pages {
		page := ReviewPage{More: p.More}
		for _, v := range p.Reviews {
			page.Reviews = append(page.Reviews, review(v, l.Principal.User()))
		}
		queue.Pages = append(queue.Pages, page)
	}
	return queue, nil
}

// ReviewOf returns one emergency access. Only a governance officer may. Act
// emergency.reviews, which names whose record was opened.
//
// The error is ErrDenied, ErrNotFound, ErrUnavailable or an *authn.Refusal.
func (s *Service) ReviewOf(ctx context.Context, l Look, id string) (Review, error) {
	e := l.event(ActReviews)
	wellFormed := isEmergencyID(id)
	if wellFormed {
		e.Detail = with(e.Detail, map[string]string{detailEmergencyID: id})
	}
	found, err := overseen(ctx, s, l.Principal, e, func(e audit.Event) (audit.Sealed[look.Reviewed], error) {
		if !wellFormed {
			return audit.Sealed[look.Reviewed]{}, ErrNotFound
		}
		return s.reader.ReviewOf(ctx, id, e)
	})
	switch {
	case err != nil:
		return Review{}, err
	case found.ID == "":
		return Review{}, ErrNotFound
	}
	return review(found, l.Principal.User()), nil
}

// overseen does a whole look of a governance officer, at grounds and not at a record: permit,
// read, append, check again, open.
func overseen[T any](ctx context.Context, s *Service, p authn.Principal, e audit.Event, read func(audit.Event) (audit.Sealed[T], error)) (T, error) {
	var none T
	if err := mayReview(p)(rbac.Table{}); err != nil {
		return none, s.failed(ctx, e, err)
	}
	sealed, err := read(e)
	if err != nil {
		return none, s.failed(ctx, e, err)
	}
	receipt, err := s.ledger.Append(ctx, sealed.Event())
	if err != nil {
		return none, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return opened(ctx, s, p, sealed, receipt)
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
