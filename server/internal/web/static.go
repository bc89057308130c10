package web

import (
	"context"
	"net/http"

	"mais/server/internal/web/page/accessibility"
	"mais/server/internal/web/page/help"
	"mais/server/internal/web/page/lost"
	"mais/server/internal/web/page/privacy"
)

func helpPage(_ context.Context, c *call) (answer, error) {
	return html(http.StatusOK, help.Render(help.New(c.frameForAnyone("Help", "/help"), c.site.opts.PublicURL+lost.Path))), nil
}

func accessibilityPage(_ context.Context, c *call) (answer, error) {
	f := c.frameForAnyone("Accessibility statement", "/accessibility")
	return html(http.StatusOK, accessibility.Render(accessibility.Page{Frame: f})), nil
}

func privacyPage(_ context.Context, c *call) (answer, error) {
	return html(http.StatusOK, privacy.Render(privacy.Page{Frame: c.frameForAnyone("Privacy", "/privacy")})), nil
}
