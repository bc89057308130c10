package manage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/authn"
	"mais/server/internal/people"
)

var reviewDecisions = []string{api.ReviewKeep, api.ReviewRemoveRoles, api.ReviewLeave}

// Decide records what the caller says of people of a review. What is to be taken from somebody
// is taken at once, by a change of the caller's. The error is a *lifecycle.InvalidError,
// ErrUnknown, ErrNotAllowed, ErrOwn, or ErrReview for somebody or a review that is done with.
func (s *Service) Decide(ctx context.Context, p authn.Principal, id string, d api.DecideRequest) (api.AccessReview, error) {
	w, err := s.review(ctx, p, id)
	if err != nil {
		return w, err
	}
	d.Users = inOrder(d.Users)
	items, err := s.decidable(ctx, p, w, d)
	if err != nil {
		return w, err
	}
	said := people.Reviewed{Review: id, Decision: d.Decision, Note: strings.TrimSpace(d.Note), By: p.User()}
	if d.Decision == api.ReviewKeep {
		said.Users = d.Users
		if err := s.opts.Register.DecideInReview(ctx, said, acting(ctx, p)); err != nil {
			return w, s.signedMeanwhile(ctx, id, err)
		}
		return s.review(ctx, p, id)
	}
	for _, i := range items {
		said.Users = []string{i.User}
		if said.Change, err = s.takeAway(ctx, p, i, said); err != nil {
			return w, fmt.Errorf("take from %s what a review found: %w", i.Email, err)
		}
		if err := s.opts.Register.DecideInReview(ctx, said, acting(ctx, p)); err != nil {
			return w, s.signedMeanwhile(ctx, id, err)
		}
	}
	return s.review(ctx, p, id)
}

// decidable returns the people of a request if the caller may say this of all of them.
func (s *Service) decidable(ctx context.Context, p authn.Principal, w api.AccessReview, d api.DecideRequest) ([]api.AccessReviewItem, error) {
	var faults []api.FieldError
	wrong := func(bad bool, field, detail string) {
		if bad {
			faults = append(faults, api.FieldError{Field: field, Detail: detail})
		}
	}
	wrong(!slices.Contains(reviewDecisions, d.Decision), "decision", "is not keep, remove-roles or leave")
	wrong(len(d.Users) == 0 || len(d.Users) > maxReviewPage || slices.ContainsFunc(d.Users, func(id string) bool { return !isUUID(id) }), "users", fmt.Sprintf("are not 1 to %d people of the review", maxReviewPage))
	wrong(utf8.RuneCountInString(d.Note) > form.MaxChange || strings.ContainsFunc(d.Note, unicode.IsControl), "note", fmt.Sprintf("is not one line of at most %d characters", form.MaxChange))
	if len(faults) > 0 {
		return nil, wrongFields(faults...)
	}
	if w.SignedAt != nil {
		return nil, signed(w)
	}
	items, err := s.opts.Register.ReviewItemsOf(ctx, w.ID, d.Users)
	if err != nil {
		return nil, err
	}
	if len(items) != len(d.Users) {
		return nil, wrongFields(api.FieldError{Field: "users", Detail: "are not all in the review"})
	}
	offices, err := s.offices(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range items {
		if err := mayDecide(p, i, offices); err != nil {
			return nil, &Hindered{err, cmp.Or(i.Email, i.Name)}
		}
	}
	return items, whyChanged(items, d)
}

// whyChanged demands a reason of who decides otherwise than it stands: a review shows the last word only.
func whyChanged(items []api.AccessReviewItem, d api.DecideRequest) error {
	n := slices.IndexFunc(items, func(i api.AccessReviewItem) bool { return i.Decision != "" && i.Decision != d.Decision })
	if n < 0 || strings.TrimSpace(d.Note) != "" {
		return nil
	}
	return wrongFields(api.FieldError{Field: "note", Detail: "is needed where something else was decided: of " + items[n].Name + ", " + items[n].Decision})
}

// takeAway makes and confirms the change that a decision asks for, and returns its id; "" where
// nothing is left to take.
func (s *Service) takeAway(ctx context.Context, p authn.Principal, i api.AccessReviewItem, d people.Reviewed) (string, error) {
	req := api.ChangeRequest{Kind: api.UserLeave, Target: i.User, Note: "Review of access. " + d.Note}
	req.Note = strings.TrimSpace(string([]rune(req.Note)[:min(form.MaxChange, utf8.RuneCountInString(req.Note))]))
	if d.Decision == api.ReviewRemoveRoles {
		u, err := s.User(ctx, p, i.User)
		if err != nil || len(u.Roles) == 0 {
			return "", err
		}
		fields := u.UserFields
		fields.Roles = []string{}
		req.Kind, req.Version, req.User = api.UserChange, u.Version, &fields
	}
	made, err := s.Propose(ctx, p, req)
	if err != nil {
		return "", err
	}
	if _, err := s.Confirm(ctx, p, made.ID, api.ConfirmRequest{Word: made.Word, Digest: made.Digest}); err != nil {
		return "", err
	}
	return made.ID, nil
}
