package web

import (
	"context"
	"net/http"

	"mais/server/internal/web/page/recent"
)

// recentPage shows whose records the caller looked at lately.
func recentPage(ctx context.Context, c *call) (answer, error) {
	looked, err := c.site.opts.Trail.Recent(ctx, c.look())
	c.audited = true
	if err != nil {
		return answer{}, err
	}
	var ids []string
	for _, r := range looked {
		ids = append(ids, r.Person.ID)
	}
	paths, err := c.pathsTo(ctx, ids)
	if err != nil {
		return answer{}, err
	}
	p := recent.Page{Frame: c.site.frameFor(c, "My recent views", "/recent")}
	for n, r := range looked {
		p.Rows = append(p.Rows, recent.NewRow(r.Person, r.At, r.Looks, r.Reason))
		p.Rows[n].Path = paths[ids[n]]
	}
	return html(http.StatusOK, recent.Render(p)), nil
}
