package authz

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz/internal/grounds"
	"mais/server/internal/record"
)

// Grounds are what a session stands on when it looks at one person's record: the reason
// that was given for it, and emergency access while that is on. Only [Service.Grounds]
// makes them, so that no page shows a record before it has asked why. They are good for
// their session alone.
type Grounds struct {
	session   [32]byte
	person    record.PersonID
	purpose   Purpose
	emergency Emergency
}

// Person returns the id of the person whom the grounds are about.
func (g Grounds) Person() string { return g.person.String() }

// Purpose returns the reason that was given.
func (g Grounds) Purpose() Purpose { return g.purpose }

// Emergency returns the emergency access that was on for this person in this session when
// the grounds were made. Whether it still is, each look asks anew.
func (g Grounds) Emergency() (e Emergency, on bool) { return g.emergency, g.emergency.ID != "" }

// of reports whether the grounds are those of p's session.
func (g Grounds) of(p authn.Principal) bool {
	return !g.person.IsZero() && g.session != [32]byte{} && g.session == p.SessionKey()
}

// begin returns e as the event of an act on the grounds, or ErrNoReason if they are none, or
// those of another session. The event names the person, as far as the grounds do, either way.
func (g Grounds) begin(p authn.Principal, e audit.Event) (audit.Event, error) {
	if !g.person.IsZero() {
		e.Persons = []string{g.Person()}
	}
	if !g.of(p) {
		return e, ErrNoReason
	}
	e.Detail = with(e.Detail, g.purpose.detail())
	return e, nil
}

// Grounds returns the grounds on which the caller's session looks at a person's record. It
// reads nothing of a record and is no event. The error is ErrNoReason when none was given in
// this session, ErrNotFound when id cannot be the id of a person, or ErrUnavailable.
//
// With ErrNoReason come grounds that name the person and ground nothing: an act on them is
// refused, and its event says whom it was about.
func (s *Service) Grounds(ctx context.Context, l Look, id string) (Grounds, error) {
	person, err := record.ParsePersonID(id)
	if err != nil {
		return Grounds{}, ErrNotFound
	}
	who, err := caller(l.Principal)
	if err != nil {
		return Grounds{person: person}, ErrNoReason
	}
	purpose, emergency, err := s.grounds.Find(ctx, who, person.String())
	if errors.Is(err, grounds.ErrNone) {
		return Grounds{person: person}, ErrNoReason
	}
	if err != nil {
		return Grounds{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return Grounds{session: who.Session, person: person, purpose: Purpose(purpose), emergency: Emergency(emergency)}, nil
}

// Given returns for which of these people, by their ids, the caller's session has given a
// reason. It reads nothing of a record and is no event. The error is ErrUnavailable.
func (s *Service) Given(ctx context.Context, l Look, ids []string) (map[string]bool, error) {
	given := make(map[string]bool)
	who, err := caller(l.Principal)
	if err != nil || len(ids) == 0 {
		return given, nil
	}
	found, err := s.grounds.Given(ctx, who, ids)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	for _, id := range found {
		given[id] = true
	}
	return given, nil
}

// MaxPeople is for how many people one session gives reasons. Nobody on a shift looks at so
// many, and whoever does signs in again.
const MaxPeople = grounds.MaxPeople

// GiveReason remembers, for this session, why the caller looks at a person's record; a reason
// that was given before is replaced. Of the purpose it keeps what its reason asks for. The
// event commits with it.
//
// The error is *InvalidError (of the fields reason, number and explanation), ErrDenied for
// one who may read no record, ErrNotFound, ErrTooMany for one more person than MaxPeople,
// ErrUnavailable or an *authn.Refusal.
func (s *Service) GiveReason(ctx context.Context, l Look, id string, p Purpose) error {
	e := l.event(ActReason)
	person, err := record.ParsePersonID(id)
	if err != nil {
		return s.failed(ctx, e, ErrNotFound)
	}
	e.Persons = []string{person.String()}
	return s.written(ctx, l.Principal, e, mayRead(l.Principal), func(settle settle) error {
		p, err := p.checked()
		if err != nil {
			return err
		}
		who, err := caller(l.Principal)
		if err != nil {
			return err
		}
		e := e
		e.Detail = p.detail()
		err = s.grounds.Give(ctx, who, person.String(), grounds.Purpose(p), func(tx *pg.Tx) error { return settle(tx, e) })
		return refusal(err)
	})
}

// refusal is what an error in writing grounds is to the caller.
func refusal(err error) error {
	switch {
	case errors.Is(err, grounds.ErrOver):
		return errNoSession
	case errors.Is(err, grounds.ErrNobody):
		return ErrNotFound
	case errors.Is(err, grounds.ErrTooMany):
		return ErrTooMany
	}
	return err
}

// with returns a detail that more is added to.
func with(detail, more map[string]string) map[string]string {
	all := make(map[string]string, len(detail)+len(more))
	maps.Copy(all, detail)
	maps.Copy(all, more)
	return all
}
