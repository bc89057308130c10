package manage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage/internal/duty"
	"mais/server/internal/people"
)

// Propose makes a draft of a change and foresees what it would do. Nothing is changed.
// It returns a *lifecycle.InvalidError, ErrNotAllowed, ErrUnknown, ErrOwn or ErrConflict.
func (s *Service) Propose(ctx context.Context, p authn.Principal, req api.ChangeRequest) (api.Change, error) {
	if !reachOf(p).manages() {
		return api.Change{}, ErrNotAllowed
	}
	note, err := completeNote("note", req.Note)
	if err != nil {
		return api.Change{}, err
	}
	d, err := s.draftOf(ctx, p, req)
	if err != nil {
		return api.Change{}, err
	}
	id, err := s.opts.Register.Propose(ctx, p.User(), people.Proposal{
		Kind: req.Kind, Target: req.Target, Version: req.Version, After: fieldsOf(d.after), Subject: d.subject, Note: note,
	}, acting(ctx, p))
	if err != nil {
		return api.Change{}, told(req.Kind, err)
	}
	return s.Change(ctx, p, id)
}

// ProposeMany is Propose for people from a file (kind users.invite); the rows were checked.
func (s *Service) ProposeMany(ctx context.Context, p authn.Principal, rows []api.UserFields, note string) (api.Change, error) {
	note, err := completeNote("note", note)
	if err != nil {
		return api.Change{}, err
	}
	agency := ""
	if len(rows) > 0 && !slices.ContainsFunc(rows, func(u api.UserFields) bool { return u.Agency != rows[0].Agency }) {
		agency = rows[0].Agency
	}
	if err := ruled(duty.MayMake(actor(p), duty.Change{Kind: api.UsersInvite, Agency: agency, People: rows})); err != nil {
		return api.Change{}, err
	}
	id, err := s.opts.Register.Propose(ctx, p.User(), people.Proposal{
		Kind: api.UsersInvite, People: rows, Subject: persons(len(rows)), Note: note,
	}, acting(ctx, p))
	if err != nil {
		return api.Change{}, told(api.UsersInvite, err)
	}
	return s.Change(ctx, p, id)
}

// Change returns a change of what the caller manages, foreseen anew while it is open.
func (s *Service) Change(ctx context.Context, p authn.Principal, id string) (api.Change, error) {
	c, err := s.visible(ctx, p, id)
	if err != nil {
		return api.Change{}, err
	}
	return s.shown(ctx, p, c)
}

// shown is all that somebody is shown of a change.
func (s *Service) shown(ctx context.Context, p authn.Principal, c stored) (api.Change, error) {
	effect, err := s.effectOf(ctx, p, c)
	if err != nil {
		return api.Change{}, err
	}
	out := shownChange(p, c.Change)
	out.Effect, out.Word = effect, wordOf(c, effect)
	if c.Items.Total > 0 {
		out.Items = &c.Items
	}
	if out.Differences, err = s.differences(ctx, c); err == nil && open(c) {
		out.Digest, err = digestOf(c, out)
	}
	return out, err
}

// open reports whether a change is still to be confirmed or decided.
func open(c stored) bool { return c.State == api.ChangeDraft || c.State == api.ChangeWaiting }

// stored is a change with its fields read.
type stored struct {
	people.Change
	before, after api.ChangeRequest
}

// visible returns a change that the caller may see.
func (s *Service) visible(ctx context.Context, p authn.Principal, id string) (stored, error) {
	r := reachOf(p)
	if !r.manages() {
		return stored{}, ErrNotAllowed
	}
	if !uuidForm.MatchString(id) {
		return stored{}, ErrUnknown
	}
	c, err := s.opts.Register.ChangeOf(ctx, p.User(), id)
	switch {
	case errors.Is(err, people.ErrUnknown):
		return stored{}, ErrUnknown
	case err != nil:
		return stored{}, err
	case !r.within(c.Agency) && !(c.MadeBy.ID == p.User() && (c.State == api.ChangeDraft || c.State == api.ChangeWaiting)):
		return stored{}, ErrUnknown // what their maker made of an agency that they have left is theirs to discard, and then no more
	}
	return read(c)
}

// Changes returns a page of changes of what the caller manages, newest first.
func (s *Service) Changes(ctx context.Context, p authn.Principal, f api.ChangeFilter) (api.Changes, error) {
	r := reachOf(p)
	if !r.manages() {
		return api.Changes{}, ErrNotAllowed
	}
	f, err := checkChangeFilter(f)
	if err != nil {
		return api.Changes{}, err
	}
	found, total, err := s.opts.Register.ChangesPage(ctx, people.ChangesWanted{ChangeFilter: f, Asker: p.User(), Agency: r.agency})
	if err != nil {
		return api.Changes{}, err
	}
	out := api.Changes{Total: total, Page: f.Page, PerPage: f.PerPage, Changes: []api.Change{}}
	for _, c := range found {
		out.Changes = append(out.Changes, shownChange(p, c))
	}
	return out, nil
}

// Confirm applies a draft of the caller's or, where it needs a second person, has it wait for one.
// Once what it would do is not what the caller saw it returns ErrOutdated, like Approve.
func (s *Service) Confirm(ctx context.Context, p authn.Principal, id string, in api.ConfirmRequest) (api.Change, error) {
	return s.decided(ctx, p, id, &api.DecisionRequest{Word: in.Word, Digest: in.Digest}, func(foreseen []byte) (string, error) {
		return s.opts.Register.Confirm(ctx, p.User(), id, foreseen, acting(ctx, p))
	})
}

// Approve applies a change that waits, for somebody who did not make it and whom it is not about.
func (s *Service) Approve(ctx context.Context, p authn.Principal, id string, d api.DecisionRequest) (api.Change, error) {
	note, err := completeNote("note", d.Note)
	if err != nil {
		return api.Change{}, err
	}
	done, err := s.decided(ctx, p, id, &d, func(foreseen []byte) (string, error) {
		return s.opts.Register.Approve(ctx, p.User(), id, note, foreseen, acting(ctx, p))
	})
	if errors.Is(err, ErrConflict) && !errors.Is(err, ErrOutdated) {
		return done, errors.Join(err, s.opts.Register.TellStuck(ctx, id))
	}
	return done, err
}

// Refuse ends a change that waits.
func (s *Service) Refuse(ctx context.Context, p authn.Principal, id string, d api.DecisionRequest) (api.Change, error) {
	note, err := completeNote("note", d.Note)
	if err == nil && note == "" {
		err = wrongFields(api.FieldError{Field: "note", Detail: "is missing: say why"})
	}
	if err != nil {
		return api.Change{}, err
	}
	return s.decided(ctx, p, id, nil, func([]byte) (string, error) {
		return s.opts.Register.Refuse(ctx, p.User(), id, note, acting(ctx, p))
	})
}

// Discard forgets a change of the caller's that was not applied.
func (s *Service) Discard(ctx context.Context, p authn.Principal, id string) (api.Change, error) {
	return s.decided(ctx, p, id, nil, func([]byte) (string, error) {
		return s.opts.Register.Discard(ctx, p.User(), id, acting(ctx, p))
	})
}

// decided does something with an open change and returns it as it is then. said is what was typed
// and what was seen of it; nil: it takes away nothing and gives nothing, so that nobody is asked.
func (s *Service) decided(ctx context.Context, p authn.Principal, id string, said *api.DecisionRequest, do func([]byte) (string, error)) (api.Change, error) {
	c, err := s.visible(ctx, p, id)
	if err != nil {
		return api.Change{}, err
	}
	if !open(c) {
		return api.Change{}, over(c)
	}
	shown, err := s.shown(ctx, p, c)
	if err == nil && said != nil && len(shown.May) > 0 {
		err = agreed(c, shown, *said)
	}
	if err != nil {
		return api.Change{}, err
	}
	foreseen, err := json.Marshal(shown.Effect)
	if err != nil {
		return api.Change{}, fmt.Errorf("encode effect: %w", err)
	}
	if shown.State, err = do(foreseen); err != nil {
		return api.Change{}, s.veiled(ctx, reachOf(p), c, overtaken(told(c.Kind, err)))
	}
	s.Wake()
	out, err := s.Change(ctx, p, id)
	if errors.Is(err, ErrUnknown) { // now that it is over, it is beyond their reach
		shown.May = []string{}
		return shown, nil
	}
	return out, err
}

// over says what became of a change that is not open any more.
func over(c stored) error {
	if c.State == api.ChangeApplied && c.DecidedBy.ID != "" {
		return &Hindered{ErrState, "approved by " + c.DecidedBy.Name}
	}
	if c.State == api.ChangeRefused {
		return &Hindered{ErrState, "refused by " + c.DecidedBy.Name}
	}
	return &Hindered{ErrState, c.State}
}

// agreed compares what somebody saw and typed with what they were to see and type. Whoever may do
// neither is told that, by what comes after.
func agreed(c stored, shown api.Change, said api.DecisionRequest) error {
	if slices.Equal(shown.May, []string{"discard"}) {
		return nil
	}
	if err := looked(c, shown, said.Digest); err != nil {
		return err
	}
	if shown.Word != "" && !strings.EqualFold(strings.TrimSpace(said.Word), shown.Word) {
		return ErrWord
	}
	return nil
}

// acting is the event of who acts.
func acting(ctx context.Context, p authn.Principal) audit.Event {
	if e, ok := lifecycle.EventOf(ctx); ok {
		return e
	}
	return audit.Event{
		Address: p.Address(), User: p.User(), UserName: p.Name(), Agency: p.Agency(), Site: p.Site(), Roles: p.Roles(), AuthMethod: p.Method(),
		Session: p.Session(), Certificate: audit.Certificate(p.Certificate()),
	}
}

// told turns the register's refusals into this package's.
func told(kind string, err error) error {
	var rule *people.RuleError
	var gone *people.RoleGoneError
	thing, _, _ := strings.Cut(kind, ".")
	switch {
	case errors.As(err, &rule):
		return wrongFields(api.FieldError{Field: rule.Field, Detail: rule.Says})
	case errors.Is(err, people.ErrTaken) && thing == "user":
		return wrongFields(addressTaken)
	case errors.Is(err, people.ErrTaken):
		return wrongFields(api.FieldError{Field: thing + ".name", Detail: nameTaken})
	case errors.As(err, &gone):
		return &Hindered{ErrRoleGone, form.RoleLabel(gone.Role)}
	}
	for theirs, ours := range map[error]error{
		people.ErrMayNot: ErrNotAllowed, people.ErrUnknown: ErrUnknown, people.ErrChanged: ErrConflict, people.ErrDecided: ErrState,
		people.ErrOneself: ErrOwn, people.ErrTooMany: ErrTooMany, people.ErrNoRole: ErrConflict,
	} {
		if errors.Is(err, theirs) {
			return fmt.Errorf("%w: %w", ours, err)
		}
	}
	return err
}
