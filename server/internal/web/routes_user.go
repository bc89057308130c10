package web

import (
	"context"

	"mais/server/api"
	"mais/server/internal/authn"
)

// Users is what the pages and the API ask of package manage, which decides for whom.
type Users interface {
	Users(context.Context, authn.Principal, api.UserFilter) (api.Users, error)
	User(ctx context.Context, p authn.Principal, id string) (api.User, error)
	Terms(context.Context, authn.Principal) (api.Terms, error)
	Accept(ctx context.Context, p authn.Principal, version string, shown []string) error
	Seen(context.Context, authn.Principal) error
}

// userRoutes are of the people of the agencies, and of the terms that each accepts for themselves.
var userRoutes = []endpoint{
	{"GET", "/admin/people", signedIn, "user.list", peoplePage},
	{"POST", "/admin/people", signedIn, "user.find", findPeople},
	{"GET", "/admin/people/new", signedIn, "page.user-invite", newUserForm},
	{"GET", "/admin/people/new/{agency}", signedIn, "page.user-invite", newUserForm},
	{"POST", "/admin/people/new/{agency}", signedIn, "change.propose", inviteUserByForm},
	{"POST", "/admin/people/new/agency", signedIn, "page.user-invite", chooseAgency},
	{"GET", "/admin/people/{id}", signedIn, "user.show", userPage},
	{"GET", "/admin/people/{id}/change", signedIn, "user.show", changeUserForm},
	{"GET", "/admin/people/{id}/change/{agency}", signedIn, "user.show", changeUserForm},
	{"POST", "/admin/people/{id}/change/{agency}", signedIn, "change.propose", changeUserByForm},
	{"POST", "/admin/people/{id}/change/agency", signedIn, "user.show", chooseAgency},
	{"GET", "/admin/people/{id}/return", signedIn, "user.show", returnUserForm},
	{"GET", "/admin/people/{id}/return/{agency}", signedIn, "user.show", returnUserForm},
	{"POST", "/admin/people/{id}/return/{agency}", signedIn, "change.propose", returnUserByForm},
	{"POST", "/admin/people/{id}/return/agency", signedIn, "user.show", chooseAgency},
	{"GET", "/admin/people/{id}/leave", signedIn, "user.show", leaveForm},
	{"POST", "/admin/people/{id}/leave", signedIn, "change.propose", leaveByForm},
	{"GET", "/terms", signedIn, "terms.show", termsPage},
	{"POST", "/terms", signedIn, "terms.accept", acceptTermsHere},

	{"GET", api.PathUsers, holder, "user.list", listUsers},
	{"GET", api.PathUsers + "/{id}", holder, "user.show", showUser},
	{"GET", api.PathTerms, holder, "terms.show", showTerms},
	{"POST", api.PathTerms, holder, "terms.accept", acceptTerms},
}
