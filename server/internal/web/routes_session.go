package web

import (
	"context"

	"mais/server/api"
	"mais/server/internal/authn"
)

// Sessions is what the pages and the API ask of package sessions, which decides for whom.
type Sessions interface {
	Own(context.Context, authn.Principal) (api.Sessions, error)
	EndOwn(ctx context.Context, p authn.Principal, name string) (api.SessionsEnded, error)
	EndOthers(context.Context, authn.Principal) (api.SessionsEnded, error)
	All(context.Context, authn.Principal, api.SessionFilter) (api.Sessions, error)
	One(ctx context.Context, p authn.Principal, name string) (api.Session, error)
	End(ctx context.Context, p authn.Principal, name string) (api.SessionsEnded, error)
	EndAll(ctx context.Context, p authn.Principal, user string) (api.SessionsEnded, error)
}

// sessionRoutes are of sessions. Each session that ends has an event of its own beside the
// request's, session.end: its holder's.
var sessionRoutes = []endpoint{
	{"GET", "/sessions", signedIn, "session.own", sessionsPage},
	{"POST", "/sessions/end", signedIn, "session.end-others", endOtherSessions},
	{"POST", "/sessions/{name}/end", signedIn, "session.end-own", endOwnSession},
	{"GET", "/admin/sessions", signedIn, "session.list", adminSessionsPage},
	{"POST", "/admin/sessions", signedIn, "session.find", findSessions},
	{"GET", "/admin/sessions/end", signedIn, "session.list", endAllForm},
	{"POST", "/admin/sessions/end", signedIn, "session.end-all", endAllSessions},
	{"GET", "/admin/sessions/{name}/end", signedIn, "session.list", endSessionForm},
	{"POST", "/admin/sessions/{name}/end", signedIn, "session.end-other", endSession},

	{"GET", api.PathSessions, holder, "session.own", ownSessions},
	{"POST", api.PathSessions + "/end", holder, "session.end-others", apiEndOthers},
	{"POST", api.PathSessions + "/{name}/end", holder, "session.end-own", apiEndOwn},
	{"GET", api.PathAdminSessions, holder, "session.list", listSessions},
	{"POST", api.PathAdminSessions + "/end", holder, "session.end-all", apiEndAll},
	{"POST", api.PathAdminSessions + "/{name}/end", holder, "session.end-other", apiEndSession},
}
