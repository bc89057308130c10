package web

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/internal/web/page/frame"
)

// ways are the addresses of links.
func ways(links []frame.Link) string {
	var paths []string
	for _, l := range links {
		paths = append(paths, l.Path)
	}
	return strings.Join(paths, " ")
}

// TestAdminFrame: each office finds its own pages in two levels and no way to others', and both levels
// say where the reader is.
func TestAdminFrame(t *testing.T) {
	const plain = "/contacts /access /tokens"
	for name, test := range map[string]struct {
		role, here, nav, at, sub string
	}{
		"administrator": {"administrator", "/admin/people/funnel", "/admin /admin/people /admin/agencies /admin/roles /admin/certificates /admin/changes /admin/check /access",
			"/admin/people", "/admin/people /admin/people/new /admin/people/import /admin/people/funnel /admin/access-reviews /admin/sessions"},
		"administrator's service": {"administrator", "/admin/quarantines", "/admin /admin/people /admin/agencies /admin/roles /admin/certificates /admin/changes /admin/check /access",
			"/admin/check", "/admin/check /admin/quarantines /admin/usage"},
		"part of one page": {"administrator", "/admin/roles", "/admin /admin/people /admin/agencies /admin/roles /admin/certificates /admin/changes /admin/check /access",
			"/admin/roles", ""},
		"of one agency": {"agency_administrator", "/admin/usage", "/admin /admin/people /admin/agencies /admin/certificates /admin/changes /admin/usage /access", "/admin/usage", ""},
		"governance":    {"governance_officer", "/audit/alerts", "/reviews /audit " + plain, "/audit", "/audit /audit/people /audit/refusals /audit/figures /audit/alerts /admin/usage"},
		"nobody's":      {"police_officer", "/admin", "/find /recent " + plain + " /practice", "/admin", ""},
	} {
		c := callOf(t, dana(t, "s", test.role), emergencies{})
		c.site.opts.Credentials = &credentials{of: map[string]string{"administrator": everything, "agency_administrator": "Northmoor Police"}}
		f := c.adminFrame("T", test.here)
		got := []string{ways(f.Nav), f.Here, ways(f.Sub)}
		if diff := cmp.Diff([]string{test.nav, test.at, test.sub}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if f.App != frame.Admin || f.Area == "" {
			t.Errorf("%s: the page looks like those of the look-up", name)
		}
	}
}
