package web

import (
	"context"
	"net/http"
	"time"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/authz"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/history"
	"mais/server/internal/web/page/looks"
	"mais/server/internal/web/page/paper"
	"mais/server/internal/web/page/record"
	"mais/server/internal/web/page/record/view"
)

// showPage shows a person's record.
func showPage(ctx context.Context, c *call) (answer, error) {
	return c.onGrounds(ctx, func(g authz.Grounds) (answer, error) {
		r, err := c.read(ctx, g, c.site.opts.Records.View)
		if err != nil {
			return answer{}, err
		}
		may, _, err := c.site.opts.Records.MayBegin(ctx, c.who)
		if err != nil {
			return answer{}, err
		}
		p := record.Page{Frame: c.site.frameFor(c, r.Person.Name, "/find"), Record: r, MayBegin: may}
		if on, is := g.Emergency(); is {
			p.Ends = on.Ends
		}
		return html(http.StatusOK, record.Render(p)), nil
	})
}

// historyPage shows where a record comes from. It is a look like any other.
func historyPage(ctx context.Context, c *call) (answer, error) {
	return c.onGrounds(ctx, func(g authz.Grounds) (answer, error) {
		c.event.Detail = map[string]string{"view": "history"}
		r, err := c.read(ctx, g, c.site.opts.Records.View)
		if err != nil {
			return answer{}, err
		}
		f := c.site.frameFor(c, "Sources and history of "+r.Person.Name, "/find")
		return html(http.StatusOK, history.Render(history.Page{Frame: f, Record: r})), nil
	})
}

// printPage shows the custody summary, which is for paper.
func printPage(ctx context.Context, c *call) (answer, error) {
	return c.onGrounds(ctx, func(g authz.Grounds) (answer, error) {
		r, err := c.read(ctx, g, c.site.opts.Records.Print)
		if err != nil {
			return answer{}, err
		}
		return html(http.StatusOK, paper.Render(paper.Page{
			Frame: c.site.frameFor(c, "Custody summary of "+r.Person.Name, "/find"), Record: r,
			Reason: g.Purpose().Reason, Number: g.Purpose().Number, Reference: c.id,
		})), nil
	})
}

// looksPage shows who has looked at a record, and whose record it is: each is an event.
func looksPage(ctx context.Context, c *call) (answer, error) {
	return c.onGrounds(ctx, func(g authz.Grounds) (answer, error) {
		looked, err := c.site.opts.Records.Looked(ctx, c.look(), g)
		c.audited = true
		if err != nil {
			return answer{}, err
		}
		of, err := c.site.opts.Records.Identify(ctx, c.look(), g.Person())
		if err != nil {
			return answer{}, err
		}
		p := looks.Page{Frame: c.site.frameFor(c, "Who has looked", "/find")}
		p.Head = view.HeadOf(of, p.Now.In(frame.London), "looks")
		p.Title = "Who has looked at the record of " + p.Head.Person.Name
		for _, l := range looked {
			p.Looks = append(p.Looks, looks.Look(l))
		}
		return html(http.StatusOK, looks.Render(p)), nil
	})
}

// onGrounds answers once it is known why the caller looks at the person in the path. Before
// that it is a refusal, which leads to the page that asks (explain).
func (c *call) onGrounds(ctx context.Context, show func(authz.Grounds) (answer, error)) (answer, error) {
	grounds, err := c.site.opts.Records.Grounds(ctx, c.look(), c.person())
	if err != nil {
		return answer{}, err
	}
	return show(grounds)
}

// read reads the record that the grounds are for, in words.
func (c *call) read(ctx context.Context, g authz.Grounds,
	by func(context.Context, authz.Look, authz.Grounds) (api.Record, error)) (view.Record, error) {
	access, err := c.site.opts.Records.Access(ctx, c.who)
	if err != nil {
		return view.Record{}, err
	}
	r, err := by(ctx, c.look(), g)
	c.audited = true
	if err != nil {
		return view.Record{}, err
	}
	return view.Of(r, view.Reader{Now: time.Now().In(frame.London), Emergency: emergencyOnly(access)}), nil
}

// emergencyOnly returns the keys of the items that a caller sees in an emergency only.
func emergencyOnly(a authz.Access) map[string]bool {
	only := map[string]bool{}
	for _, s := range form.Sections() {
		for _, i := range s.Items {
			key := s.Name + "." + i.Name
			if may := a.Items[key]; len(may.Read) == 0 && len(may.Emergency) > 0 {
				only[key] = true
			}
		}
	}
	return only
}
