package web

import (
	"context"
	"net/netip"

	"mais/server/api"
	"mais/server/internal/authn"
)

// Places is what the pages and the API ask of package manage, which decides for whom.
type Places interface {
	Agencies(context.Context, authn.Principal) (api.Agencies, error)
	Agency(ctx context.Context, p authn.Principal, id string) (api.Agency, error)
	Sites(ctx context.Context, p authn.Principal, agency string) (api.Sites, error)
	Site(ctx context.Context, p authn.Principal, id string) (api.Site, error)
	Whose(context.Context, authn.Principal, netip.Addr) (api.NetworkAnswer, error)
}

// placeRoutes are of agencies, sites and networks. What changes one makes a change, which is
// confirmed on a page of its own.
var placeRoutes = []endpoint{
	{"GET", "/admin/agencies", signedIn, "agency.list", agenciesPage},
	{"POST", "/admin/agencies", signedIn, "change.propose", addAgency},
	{"GET", "/admin/agencies/new", signedIn, "page.agency", newAgencyForm},
	{"GET", "/admin/agencies/{id}", signedIn, "agency.show", agencyPage},
	{"GET", "/admin/agencies/{id}/change", signedIn, "agency.show", agencyForm},
	{"POST", "/admin/agencies/{id}/change", signedIn, "change.propose", changeAgency},
	{"POST", "/admin/agencies/{id}/sites", signedIn, "change.propose", addSite},
	{"GET", "/admin/sites/{id}", signedIn, "site.show", sitePage},
	{"POST", "/admin/sites/{id}/networks", signedIn, "change.propose", addNetwork},
	{"POST", "/admin/sites/{id}/networks/remove", signedIn, "change.propose", removeNetwork},
	{"POST", "/admin/sites/{id}/rename", signedIn, "change.propose", renameSite},
	{"GET", "/admin/sites/{id}/close", signedIn, "site.show", closeForm},
	{"POST", "/admin/sites/{id}/close", signedIn, "change.propose", closeSite},
	{"GET", "/admin/networks", signedIn, "network.list", networksPage},
	{"POST", "/admin/networks", signedIn, "network.find", findNetworks},

	{"GET", api.PathAgencies, holder, "agency.list", listAgencies},
	{"GET", api.PathAgencies + "/{id}", holder, "agency.show", showAgency},
	{"GET", api.PathSites, holder, "site.list", listSites},
	{"GET", api.PathSites + "/{id}", holder, "site.show", showSite},
	{"GET", api.PathNetworks, holder, "network.whose", whoseNetwork},
}
