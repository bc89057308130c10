package web

import (
	"context"
	"io"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/web/page/admin/funnel"
	"mais/server/internal/web/page/admin/imported"
)

// Imports is what the pages and the API ask of package manage, which decides for whom.
type Imports interface {
	Import(ctx context.Context, p authn.Principal, csv io.Reader, r api.ImportRequest) (api.Import, error)
	Funnel(context.Context, authn.Principal) (api.Funnel, error)
	InviteAgain(ctx context.Context, p authn.Principal, agency string) (api.InvitedAgain, error)
}

// importRoutes are of files of people, of how far those invited have come, and of fresh codes.
var importRoutes = []endpoint{
	{"GET", imported.Path, signedIn, "page.user-import", importForm},
	{"POST", imported.Path, signedIn, actImport, importHere},
	{"GET", imported.Path + "/example.csv", signedIn, "page.user-import", importExample},
	{"GET", funnel.Path, signedIn, "user.funnel", funnelPage},
	{"POST", funnel.Path, signedIn, "invitation.again", inviteAgainHere},
	{"POST", "/admin/people/{id}/invite", signedIn, "token.invite", inviteUserHere},

	{"POST", api.PathImport, holder, actImport, importPeople},
	{"GET", api.PathFunnel, holder, "user.funnel", showFunnel},
	{"POST", api.PathFunnel + "/again", holder, "invitation.again", inviteAgain},
	{"POST", api.PathUsers + "/{id}/invite", holder, "token.invite", inviteUserByID},
}
