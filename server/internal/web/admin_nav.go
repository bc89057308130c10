package web

import (
	"slices"

	"mais/server/internal/authz"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/cards"
	"mais/server/internal/web/page/admin/check"
	"mais/server/internal/web/page/admin/expiries"
	"mais/server/internal/web/page/admin/plans"
	"mais/server/internal/web/page/admin/quarantines"
	"mais/server/internal/web/page/frame"
)

// part is an entry of the administration's navigation with those of its second level, the
// first of which is the part's own page.
type part struct {
	text  string
	links []frame.Link
}

// adminParts are what who administers everything finds. Of the second level an agency's
// administrator goes without what only the former may do: see [ofTheService].
var adminParts = []part{
	{"Overview", []frame.Link{{Path: admin.Root, Text: "Overview"}}},
	{"People", []frame.Link{
		{Path: "/admin/people", Text: "Everybody"}, {Path: invitePath, Text: "Invite"}, {Path: "/admin/people/import", Text: "Import"},
		{Path: "/admin/people/funnel", Text: "Registration"}, {Path: "/admin/access-reviews", Text: "Access reviews"}, {Path: "/admin/sessions", Text: "Sessions"},
	}},
	{"Places", []frame.Link{{Path: "/admin/agencies", Text: "Agencies"}, {Path: "/admin/networks", Text: "Networks"}}},
	{"Roles", []frame.Link{{Path: "/admin/roles", Text: "Roles"}}},
	{"Tokens", []frame.Link{
		{Path: certificatesPath, Text: "Certificates"}, {Path: cards.Path, Text: "Cards"}, {Path: expiries.Path, Text: "Expiries"}, {Path: plans.Path, Text: "Plans"},
	}},
	{"Approvals", []frame.Link{{Path: "/admin/changes", Text: "Changes"}}},
	{"Service", []frame.Link{{Path: check.Path, Text: "Check"}, {Path: quarantines.Path, Text: "Quarantines"}, {Path: "/admin/usage", Text: "Usage"}}},
}

// invitePath is where who is new is invited; the page that sends a code to who is not is reached from there.
const invitePath = "/admin/people/new"

// ofTheService are the pages that are shown to nobody but who administers everything.
var ofTheService = []string{check.Path, quarantines.Path, "/admin/roles"}

// auditing is what a governance officer finds: no administration, and the audit.
var auditing = []frame.Link{
	{Path: "/audit", Text: "Search"}, {Path: "/audit/people", Text: "Find a person"}, {Path: "/audit/refusals", Text: "Refusals"}, {Path: "/audit/figures", Text: "Figures"}, {Path: "/audit/alerts", Text: "Alerts"}, {Path: "/admin/usage", Text: "Usage"},
}

// adminFrame is frameFor on a page of the administration or of the audit's review: another
// colour, a navigation of its own in two levels, and at the end of the first the way back.
// here is the path of the second level's entry that the page belongs to, unless it has one of
// its own.
func (c *call) adminFrame(title, here string) frame.Frame {
	f := c.site.frameFor(c, title, here)
	f.App, f.Area = frame.Admin, "Administration"
	if len(f.Nav) == 0 { // nobody is signed in
		return f
	}
	of := c.site.opts.Credentials.Administers(c.who)
	if of == "" {
		return auditFrame(f, slices.Contains(c.who.Roles(), authz.Reviewer))
	}
	back := wayBack(f.Nav)
	f.Nav = nil
	for _, p := range partsFor(of) {
		f.Nav = append(f.Nav, frame.Link{Path: p.links[0].Path, Text: p.text})
		if slices.ContainsFunc(p.links, func(l frame.Link) bool { return l.Path == here }) {
			f.Here = p.links[0].Path
			f.Sub, f.SubHere = secondLevel(p.links), nearest(p.links, c.URL.Path, here)
		}
	}
	f.Nav = append(f.Nav, back)
	return f
}

// partsFor are the parts of which somebody who administers that much has any page.
func partsFor(of string) (parts []part) {
	for _, p := range adminParts {
		if of != everything {
			p.links = slices.DeleteFunc(slices.Clone(p.links), func(l frame.Link) bool { return slices.Contains(ofTheService, l.Path) })
		}
		if len(p.links) > 0 {
			parts = append(parts, p)
		}
	}
	return parts
}

// nearest is the path of the entry for a page: its own, or else the one that it belongs to.
func nearest(links []frame.Link, path, here string) string {
	if slices.ContainsFunc(links, func(l frame.Link) bool { return l.Path == path }) {
		return path
	}
	return here
}

// secondLevel is a part's pages, unless there is but one.
func secondLevel(links []frame.Link) []frame.Link {
	if len(links) < 2 {
		return nil
	}
	return links
}

// wayBack leads out of the administration, to what most of the service's callers do.
func wayBack(nav []frame.Link) frame.Link {
	if slices.ContainsFunc(nav, func(l frame.Link) bool { return l.Path == "/find" }) {
		return frame.Link{Path: "/find", Text: "Find a person"}
	}
	return frame.Link{Path: "/access", Text: "My access"}
}

// auditFrame is the frame of the audit's review. Its first level is the officer's own, which
// leads to emergency reviews too.
func auditFrame(f frame.Frame, reviewer bool) frame.Frame {
	f.Area = "Audit"
	if reviewer {
		f.Sub, f.SubHere, f.Here = auditing, f.Here, auditing[0].Path
	}
	return f
}
