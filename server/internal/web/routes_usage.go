package web

import (
	"context"

	"mais/server/api"
	"mais/server/internal/authn"
)

// Usage is what the pages and the API ask of package usage, which decides for whom.
type Usage interface {
	Report(context.Context, authn.Principal) (api.Usage, error)
	Ask(ctx context.Context, p authn.Principal, person string) (bool, error)
	Answer(ctx context.Context, p authn.Principal, person, answer, words string) error
}

// Tasks is what the pages and the API ask of package manage for an administrator's first page.
type Tasks interface {
	Overview(context.Context, authn.Principal) (api.Overview, error)
}

// usageRoutes are of how the service is used, and of what waits for an administrator.
var usageRoutes = []endpoint{
	{"POST", "/person/{id}/useful", signedIn, "usage.answer", sayUseful},
	{"GET", "/admin/usage", signedIn, "usage.report", usagePage},
	{"GET", api.PathUsage, holder, "usage.report", usageReport},
	{"GET", api.PathOverview, holder, "overview.show", showOverview},
}
