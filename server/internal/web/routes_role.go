package web

import (
	"context"

	"mais/server/api"
	"mais/server/internal/authn"
)

// Roles is what the pages and the API ask of package manage, which decides for whom.
type Roles interface {
	Roles(context.Context, authn.Principal) (api.Roles, error)
	Role(ctx context.Context, p authn.Principal, name string) (api.Role, error)
	Items(context.Context, authn.Principal) (api.Items, error)

	// OpenReview, Decide and SignReview append the event of what they did, unless they fail.

	AccessReviews(context.Context, authn.Principal) (api.AccessReviews, error)
	AccessReview(ctx context.Context, p authn.Principal, id string, f api.AccessReviewFilter) (api.AccessReviewDetail, error)
	OpenReview(ctx context.Context, p authn.Principal, agency string) (api.AccessReview, error)
	Decide(ctx context.Context, p authn.Principal, id string, d api.DecideRequest) (api.AccessReview, error)
	SignReview(ctx context.Context, p authn.Principal, id string) (api.AccessReview, error)
}

// roleRoutes are of roles and of reviews of who has them. What changes a role makes a change,
// which is confirmed on a page of its own.
var roleRoutes = []endpoint{
	{"GET", "/admin/roles", signedIn, "role.list", rolesPage},
	{"GET", "/admin/roles/new", signedIn, "page.role", newRoleForm},
	{"POST", "/admin/roles/new", signedIn, "change.propose", addRole},
	{"GET", "/admin/roles/{name}", signedIn, "role.show", rolePage},
	{"POST", "/admin/roles/{name}", signedIn, "change.propose", changeRole},
	{"POST", "/admin/roles/{name}/delete", signedIn, "change.propose", deleteRole},
	{"GET", "/admin/roles/{name}/as", signedIn, "role.view-as", roleViewPage},
	{"GET", "/admin/access-reviews", signedIn, "access-review.list", accessReviewsPage},
	{"POST", "/admin/access-reviews", signedIn, "access-review.open", openReviewHere},
	{"GET", "/admin/access-reviews/{id}", signedIn, "access-review.show", accessReviewPage},
	{"POST", "/admin/access-reviews/{id}/decide", signedIn, "access-review.decide", decideHere},
	{"POST", "/admin/access-reviews/{id}/sign", signedIn, "access-review.sign", signReviewHere},

	{"GET", api.PathRoles, holder, "role.list", listRoles},
	{"GET", api.PathRoles + "/{name}", holder, "role.show", showRole},
	{"GET", api.PathItems, holder, "role.items", listItems},
	{"GET", api.PathAccessReviews, holder, "access-review.list", listAccessReviews},
	{"POST", api.PathAccessReviews, holder, "access-review.open", openReview},
	{"GET", api.PathAccessReviews + "/{id}", holder, "access-review.show", showAccessReview},
	{"POST", api.PathAccessReviews + "/{id}/decide", holder, "access-review.decide", decideInReview},
	{"POST", api.PathAccessReviews + "/{id}/sign", holder, "access-review.sign", signReview},
}
