package lifecycle

import (
	"context"

	"mais/server/internal/audit"
	"mais/server/internal/authn"
)

type eventKey struct{}

// WithEvent returns a context under which the events of what is done to certificates carry the
// facts of e: the request that brought it about, and who made it.
func WithEvent(ctx context.Context, e audit.Event) context.Context {
	return context.WithValue(ctx, eventKey{}, e)
}

// EventOf returns the event that WithEvent put into the context.
func EventOf(ctx context.Context) (e audit.Event, ok bool) {
	e, ok = ctx.Value(eventKey{}).(audit.Event)
	return e, ok
}

// eventOf is the event of the context or, without one, of the caller.
func eventOf(ctx context.Context, p authn.Principal) audit.Event {
	if e, ok := EventOf(ctx); ok {
		return e
	}
	return audit.Event{
		Address: p.Address(), User: p.User(), UserName: p.Name(), Agency: p.Agency(), Site: p.Site(), Roles: p.Roles(), AuthMethod: p.Method(),
		Session: p.Session(), Certificate: audit.Certificate(p.Certificate()),
	}
}
