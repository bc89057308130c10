package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

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

// The windows' titles name nobody: a browser keeps them, and people share browsers.

// recordPage shows a person's record.
func recordPage(ctx context.Context, c *call) (answer, error) {
	return c.onGrounds(ctx, func(g authz.Grounds) (answer, error) {
		r, err := c.read(ctx, g, c.site.opts.Records.View)
		if err != nil {
			return answer{}, err
		}
		may, _, err := c.site.opts.Emergencies.MayBegin(ctx, c.who)
		if err != nil {
			return answer{}, err
		}
		p := record.Page{Frame: c.frameOfRecord(g, "Record"), Record: r, MayBegin: may, Ask: c.asks(ctx)}
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
		f := c.frameOfRecord(g, "Sources and history")
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
			Frame: c.site.frameFor(c, "Custody summary", "/find"), Record: r,
			Reason: g.Purpose().Reason, Number: g.Purpose().Number, Reference: c.id,
		})), nil
	})
}

// looksPage shows who has looked at a record, and whose record it is: each is an event.
func looksPage(ctx context.Context, c *call) (answer, error) {
	return c.onGrounds(ctx, func(g authz.Grounds) (answer, error) {
		looked, err := c.site.opts.Trail.Looked(ctx, c.look(), g)
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
		for _, l := range looked {
			p.Looks = append(p.Looks, looks.Look(l))
		}
		return html(http.StatusOK, looks.Render(p)), nil
	})
}

// onGrounds answers with what show asks of the records about the person in the path, on the
// grounds of the session. Without a reason the records are asked too and refuse, so that the
// audit has the attempt as what it was and knows about whom; the refusal leads to the page
// that asks why (explain).
func (c *call) onGrounds(ctx context.Context, show func(authz.Grounds) (answer, error)) (answer, error) {
	grounds, err := c.site.opts.Reasons.Grounds(ctx, c.look(), c.person())
	if err != nil && !errors.Is(err, authz.ErrNoReason) {
		return answer{}, err
	}
	return show(grounds)
}

// read reads the record that the grounds are for, in words.
func (c *call) read(ctx context.Context, g authz.Grounds,
	by func(context.Context, authz.Look, authz.Grounds) (api.Record, error)) (view.Record, error) {
	access, err := c.site.opts.Permissions.Access(ctx, c.who)
	if err != nil {
		return view.Record{}, err
	}
	r, err := by(ctx, c.look(), g)
	c.audited = true
	if err != nil {
		return view.Record{}, err
	}
	return view.Of(r, view.Reader{Now: time.Now().In(frame.London), Emergency: emergencyOnly(access), Limited: len(c.who.Limited()) > 0}), nil
}

// emergencyOnly returns the keys of the items that a caller sees in an emergency only.
func emergencyOnly(a authz.Access) map[string]bool {
	only := map[string]bool{}
	for _, s := range form.Sections() {
		for _, i := range s.Items {
			if key := s.Name + "." + i.Name; a.Items[key].InEmergencyOnly() {
				only[key] = true
			}
		}
	}
	return only
}

// look is the caller's attempt to see records.
func (c *call) look() authz.Look { return authz.Look{Principal: c.who, Request: c.event} }

// person is the id in the path, as it came.
func (c *call) person() string { return chi.URLParam(c.Request, "id") }

// recordPath is where the record of that person is shown.
func (c *call) recordPath() string { return personPath(c.person()) }
