package manage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/people"
)

const (
	reviewDays    = 30        // to do a review in
	reviewPage    = 50        // people on a page, unless asked for another number
	maxReviewPage = 100       // and at most; so many are decided on at once, too
	reviewLook    = time.Hour // how often it is looked which are due
)

// AccessReviews returns the reviews of the agencies that the caller manages.
func (s *Service) AccessReviews(ctx context.Context, p authn.Principal) (api.AccessReviews, error) {
	r := reachOf(p)
	if !r.manages() {
		return api.AccessReviews{}, ErrNotAllowed
	}
	found, err := s.opts.Register.AccessReviews(ctx, r.agency)
	if err != nil {
		return api.AccessReviews{}, err
	}
	for n := range found {
		found[n].May = mayReview(found[n])
	}
	return api.AccessReviews{EveryMonths: s.opts.ReviewMonths, Reviews: append([]api.AccessReview{}, found...)}, nil
}

// mayReview is what whoever manages its agency may do with a review.
func mayReview(w api.AccessReview) []string {
	switch {
	case w.SignedAt != nil:
		return []string{}
	case w.Undecided > 0:
		return []string{"decide"}
	}
	return []string{"decide", "sign"}
}

// AccessReview returns one with a page of its people.
func (s *Service) AccessReview(ctx context.Context, p authn.Principal, id string, f api.AccessReviewFilter) (api.AccessReviewDetail, error) {
	w, err := s.review(ctx, p, id)
	if err != nil {
		return api.AccessReviewDetail{}, err
	}
	f.Page = max(f.Page, 1)
	if f.PerPage == 0 {
		f.PerPage = reviewPage
	}
	if f.PerPage < 1 || f.PerPage > maxReviewPage || f.Page > 1e6 {
		return api.AccessReviewDetail{}, wrongFields(api.FieldError{Field: "per_page", Detail: "is not a number from 1 to 100"})
	}
	d := api.AccessReviewDetail{AccessReview: w, Page: f.Page, PerPage: f.PerPage}
	if d.Items, d.Total, err = s.opts.Register.ReviewItems(ctx, id, f); err != nil {
		return d, err
	}
	offices, err := s.offices(ctx)
	if err != nil {
		return d, err
	}
	for n, i := range d.Items {
		d.Items[n].May = w.SignedAt == nil && mayDecide(p, i, offices) == nil
	}
	return d, nil
}

// review returns a review of an agency that the caller manages.
func (s *Service) review(ctx context.Context, p authn.Principal, id string) (api.AccessReview, error) {
	r := reachOf(p)
	if !r.manages() {
		return api.AccessReview{}, ErrNotAllowed
	}
	if !isUUID(id) {
		return api.AccessReview{}, ErrUnknown
	}
	w, err := s.opts.Register.AccessReview(ctx, id)
	if errors.Is(err, people.ErrUnknown) || err == nil && !r.within(w.Agency) {
		return api.AccessReview{}, fmt.Errorf("%w: the review %s", ErrUnknown, id)
	}
	w.May = mayReview(w)
	return w, err
}

// signedMeanwhile says by whom a review was signed off that was open when the caller's act on it began.
func (s *Service) signedMeanwhile(ctx context.Context, id string, err error) error {
	if !errors.Is(err, people.ErrDecided) {
		return told("", err)
	}
	now, failed := s.opts.Register.AccessReview(ctx, id)
	if failed != nil {
		return fmt.Errorf("%w: %w", ErrSigned, failed)
	}
	return signed(now)
}

// signed says by whom a review was signed off.
func signed(w api.AccessReview) error {
	if w.SignedBy == nil {
		return ErrSigned
	}
	return &Hindered{ErrSigned, w.SignedBy.Name}
}

// offices are the names of the roles that are offices.
func (s *Service) offices(ctx context.Context) ([]string, error) {
	all, err := s.opts.Register.Described(ctx)
	var names []string
	for _, role := range all {
		if role.Office {
			names = append(names, role.Name)
		}
	}
	return names, err
}

// mayDecide says why the caller cannot decide on somebody: nobody decides on themselves, and on
// who holds an office only an administrator does.
func mayDecide(p authn.Principal, i api.AccessReviewItem, offices []string) error {
	inOffice := slices.ContainsFunc(i.Roles, func(role string) bool { return slices.Contains(offices, role) })
	switch {
	case i.User == p.User():
		return ErrOwn
	case inOffice && !reachOf(p).all:
		return ErrNotAllowed
	case i.Gone:
		return ErrGone
	case i.Change != "":
		return ErrForGood
	}
	return nil
}

// OpenReview opens a review of an agency now, also before its time.
func (s *Service) OpenReview(ctx context.Context, p authn.Principal, agency string) (api.AccessReview, error) {
	if !reachOf(p).manages() {
		return api.AccessReview{}, ErrNotAllowed
	}
	if !isUUID(agency) || !reachOf(p).within(agency) {
		return api.AccessReview{}, wrongFields(api.FieldError{Field: "agency", Detail: "is not an agency of yours"})
	}
	id, err := s.opts.Register.OpenReview(ctx, agency, reviewDays, s.opts.ReviewMonths, acting(ctx, p))
	switch {
	case errors.Is(err, people.ErrTaken):
		return api.AccessReview{}, wrongFields(api.FieldError{Field: "agency", Detail: "has a review that is open"})
	case errors.Is(err, people.ErrUnknown), errors.Is(err, people.ErrNobody):
		return api.AccessReview{}, wrongFields(api.FieldError{Field: "agency", Detail: "has nobody to review"})
	case err != nil:
		return api.AccessReview{}, err
	}
	return s.review(ctx, p, id)
}

// SignReview signs a review off once everybody was decided on. Nobody signs off a review of
// themselves alone: ErrOwn.
func (s *Service) SignReview(ctx context.Context, p authn.Principal, id string) (api.AccessReview, error) {
	w, err := s.review(ctx, p, id)
	switch {
	case err != nil:
		return w, err
	case w.SignedAt != nil:
		return w, signed(w)
	case w.Undecided > 0:
		return w, &Hindered{ErrUndecided, peopleDo(w.Undecided, "is", "are")}
	}
	own, err := s.opts.Register.ReviewItemsOf(ctx, id, []string{p.User()})
	if err != nil {
		return w, err
	}
	if len(own) == w.People {
		return w, ErrOwn
	}
	if err := s.opts.Register.SignReview(ctx, id, p.User(), acting(ctx, p)); err != nil {
		return w, s.signedMeanwhile(ctx, id, err)
	}
	return s.review(ctx, p, id)
}

// RunReviews opens reviews as they fall due until ctx ends. It outlives every failure.
func (s *Service) RunReviews(ctx context.Context) error {
	tick := time.NewTicker(reviewLook)
	defer tick.Stop()
	for {
		if err := s.openReviews(ctx); err != nil && ctx.Err() == nil {
			s.opts.Log.ErrorContext(ctx, "reviews of access could not be opened", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// openReviews opens those that are due. Another node may do the same at the same time.
func (s *Service) openReviews(ctx context.Context) error {
	if s.opts.ReviewMonths == 0 {
		return nil
	}
	due, err := s.opts.Register.ReviewsDue(ctx, s.opts.ReviewMonths)
	if err != nil {
		return err
	}
	var errs []error
	for _, agency := range due {
		_, err := s.opts.Register.OpenReview(ctx, agency, reviewDays, s.opts.ReviewMonths, audit.Event{UserName: "the service", AuthMethod: "system"})
		if !errors.Is(err, people.ErrTaken) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
