package web

import (
	"context"

	"mais/server/api"
	"mais/server/internal/authn"
)

// Changes is what the pages and the API ask of package manage, which decides for whom.
type Changes interface {
	Propose(context.Context, authn.Principal, api.ChangeRequest) (api.Change, error)
	Change(ctx context.Context, p authn.Principal, id string) (api.Change, error)
	Changes(context.Context, authn.Principal, api.ChangeFilter) (api.Changes, error)
	People(ctx context.Context, p authn.Principal, id string, page, perPage int) (api.ChangePeople, error)
	Confirm(ctx context.Context, p authn.Principal, id string, in api.ConfirmRequest) (api.Change, error)
	Approve(ctx context.Context, p authn.Principal, id string, d api.DecisionRequest) (api.Change, error)
	Refuse(ctx context.Context, p authn.Principal, id string, d api.DecisionRequest) (api.Change, error)
	Discard(ctx context.Context, p authn.Principal, id string) (api.Change, error)
	Stop(ctx context.Context, p authn.Principal, id string) (api.Change, error)
}

// changeRoutes are of changes of who may come in, from where, and what roles permit.
var changeRoutes = []endpoint{
	{"GET", "/admin/changes", signedIn, "change.list", changesPage},
	{"GET", "/admin/changes/{id}", signedIn, "change.show", changePage},
	{"GET", "/admin/changes/{id}/people", signedIn, "change.people", changePeoplePage},
	{"POST", "/admin/changes/{id}/confirm", signedIn, "change.confirm", confirmHere},
	{"POST", "/admin/changes/{id}/approve", signedIn, "change.approve", approveChangeHere},
	{"POST", "/admin/changes/{id}/refuse", signedIn, "change.refuse", refuseHere},
	{"POST", "/admin/changes/{id}/discard", signedIn, "change.discard", discardHere},
	{"POST", "/admin/changes/{id}/stop", signedIn, "change.stop", stopChangeHere},

	{"GET", api.PathChanges, holder, "change.list", listChanges},
	{"POST", api.PathChanges, holder, "change.propose", proposeChange},
	{"GET", api.PathChanges + "/{id}", holder, "change.show", showChange},
	{"GET", api.PathChanges + "/{id}/items", holder, "change.people", changePeople},
	{"POST", api.PathChanges + "/{id}/confirm", holder, "change.confirm", confirmChange},
	{"POST", api.PathChanges + "/{id}/approve", holder, "change.approve", approveChange},
	{"POST", api.PathChanges + "/{id}/refuse", holder, "change.refuse", refuseChange},
	{"POST", api.PathChanges + "/{id}/discard", holder, "change.discard", discardChange},
	{"POST", api.PathChanges + "/{id}/stop", holder, "change.stop", stopChange},
}
