package web

import (
	"context"
	"net/http"

	enrolpage "mais/server/internal/web/page/enrol"
)

// html is an answer with a page of package page.
func html(status int, body []byte) answer {
	return answer{status: status, kind: "text/html; charset=utf-8", body: body}
}

// seeOther sends the browser on to a page of ours, by GET.
func seeOther(path string) (answer, error) {
	return answer{status: http.StatusSeeOther, goTo: path}, nil
}

// enrolPage says how a token is made.
func enrolPage(_ context.Context, c *call) (answer, error) {
	o := c.site.opts
	return html(http.StatusOK, enrolpage.Render(enrolpage.Page{
		Frame: c.site.frameFor(c, "Enrol your token", "/"), PublicURL: o.PublicURL, MutualURL: o.MutualURL,
	})), nil
}

func notFound(context.Context, *call) (answer, error) { return answer{}, errNotFound }

func wrongMethod(context.Context, *call) (answer, error) { return answer{}, errMethod }
