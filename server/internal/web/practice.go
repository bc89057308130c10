package web

import (
	"context"
	"net/http"

	"mais/server/internal/web/page/practice"
)

// practicePage shows the practice tasks, where nobody is real.
func practicePage(_ context.Context, c *call) (answer, error) {
	if c.site.opts.Practice == nil {
		return answer{}, errNotFound
	}
	return html(http.StatusOK, practice.Render(practice.Page{
		Frame: c.site.frameFor(c, "Practice: your first shift", "/practice"), Tasks: practice.Tasks(*c.site.opts.Practice),
	})), nil
}
