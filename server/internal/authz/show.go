package authz

import (
	"context"

	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authz/internal/look"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// Show returns a record as far as the caller may see it; of the other items it says that they
// are withheld, and not whether they are recorded. Those shown stand in the event, and so
// does the record when the attempt was refused.
//
// The error is ErrDenied, ErrNotFound, ErrUnavailable or an *authn.Refusal.
func (s *Service) Show(ctx context.Context, l Look, id string) (api.Record, error) {
	e := l.event(ActShow)
	person, malformed := record.ParsePersonID(id)
	if malformed == nil {
		e.Persons = []string{person.String()}
	}
	shown, err := released(ctx, s, l.Principal, e, func(d policy.Decision, e audit.Event) (audit.Sealed[look.Shown], error) {
		if malformed != nil {
			return s.reader.NotShown(e), nil
		}
		return s.reader.Show(ctx, d, person, e)
	})
	return wireShown(shown, err)
}
