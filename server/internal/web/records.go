package web

import (
	"context"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
)

// What the pages ask of authz, the only door to records, by subject. Each call appends exactly
// one audit event, whatever comes of it, unless the error is audit.ErrUnavailable; those that
// read nothing of a record are none, and say so.

// Records finds people and shows what is known of them.
type Records interface {
	Search(context.Context, authz.Look, authz.Query) (api.SearchResults, error)
	Show(ctx context.Context, look authz.Look, id string) (api.Record, error)
	Identify(ctx context.Context, look authz.Look, id string) (api.SearchResult, error)
	View(context.Context, authz.Look, authz.Grounds) (api.Record, error)
	Print(context.Context, authz.Look, authz.Grounds) (api.Record, error)
}

// Reasons are why somebody looks, in their session.
type Reasons interface {
	GiveReason(ctx context.Context, look authz.Look, id string, why authz.Purpose) error

	// These are no events.

	Grounds(ctx context.Context, look authz.Look, id string) (authz.Grounds, error)
	Given(ctx context.Context, look authz.Look, ids []string) (map[string]bool, error)
}

// Emergencies opens for a while what is withheld.
type Emergencies interface {
	BeginEmergency(ctx context.Context, look authz.Look, on authz.Grounds, why string) (authz.Emergency, error)
	EndEmergency(ctx context.Context, look authz.Look, id string) error

	// These are no events.

	MayBegin(context.Context, authn.Principal) (may bool, told []authz.Colleague, err error)
	Emergencies(context.Context, authn.Principal) ([]authz.Emergency, error)
}

// Reviews judges afterwards whether an emergency was one.
type Reviews interface {
	Reviews(context.Context, authz.Look, ...authz.Place) (authz.Queue, error)
	ReviewOf(ctx context.Context, look authz.Look, id string) (authz.Review, error)
	Review(ctx context.Context, look authz.Look, id string, f authz.Finding) error
}

// Trail is who looked at whom.
type Trail interface {
	Looked(context.Context, authz.Look, authz.Grounds) ([]authz.Looked, error)
	Recent(context.Context, authz.Look) ([]authz.Recent, error)
	FindNumber(context.Context, authz.Look, api.AuditFind) (api.AuditFound, error)
}

// Permissions are what roles open. To ask is no event.
type Permissions interface {
	Reads(context.Context, authn.Principal) (bool, error)
	Access(context.Context, authn.Principal) (authz.Access, error)
	// AsRole is an invented record as a holder of one role would see it.
	AsRole(ctx context.Context, p authn.Principal, role string, emergency bool) (authz.AsRole, error)
}
