package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
	"mais/server/internal/web/page/admin/changes"
)

// proposed proposes a change and leads to its page, where it is seen what it would do before
// anybody confirms it. What is wrong with a form's fields is a *lifecycle.InvalidError.
func (c *call) proposed(ctx context.Context, req api.ChangeRequest) (answer, error) {
	made, err := c.propose(ctx, req)
	if err != nil {
		return answer{}, err
	}
	return seeOther(changes.PathOf(made.ID))
}

// propose proposes a change; the request's event says which.
func (c *call) propose(ctx context.Context, req api.ChangeRequest) (api.Change, error) {
	c.event.Detail = map[string]string{"kind": noted(req.Kind), "target": noted(req.Target)}
	made, err := c.site.opts.Changes.Propose(ctx, c.who, req)
	if err == nil {
		c.noteChange(made)
	}
	return made, err
}

// changeID is the id of the change that the address names, which the event then names too.
func (c *call) changeID() string {
	id := chi.URLParam(c.Request, "id")
	c.event.Detail = map[string]string{"change": noted(id)}
	return id
}

// notedBytes bounds what an event repeats of a request.
const notedBytes = 100

func noted(text string) string { return text[:min(len(text), notedBytes)] }

// noteChange puts into the event which change it is about, and how many were shown as touched.
func (c *call) noteChange(made api.Change) {
	d := map[string]string{"change": made.ID, "kind": made.Kind, "subject": noted(made.Subject), "state": made.State}
	if made.Target != "" {
		d["target"] = made.Target
	}
	if n := len(made.Second); n > 0 {
		d["second"] = strconv.Itoa(n)
	}
	c.event.Detail, c.event.Rows = d, len(made.Effect.Gains)+len(made.Effect.Losses)
}

// changed is the answer with a change. What is done may have changed what the caller may do.
func (c *call) changed(status int, made api.Change, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	c.noteChange(made)
	out, err := jsonAnswer(status, made)
	out.settled = made.State == api.ChangeApplied
	return out, err
}

// changeFilter reads the parameters of a list of changes.
func (c *call) changeFilter() (f api.ChangeFilter, err error) {
	err = c.query(parameters{"state": &f.State, "kind": &f.Kind, "target": &f.Target, "page": &f.Page, "per_page": &f.PerPage})
	return f, err
}

func listChanges(ctx context.Context, c *call) (answer, error) {
	f, err := c.changeFilter()
	if err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Changes.Changes(ctx, c.who, f)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Changes)
	return json200(found)
}

func proposeChange(ctx context.Context, c *call) (answer, error) {
	in, err := decode[api.ChangeRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	made, err := c.propose(ctx, in)
	if err != nil {
		return answer{}, err
	}
	return jsonAnswer(http.StatusCreated, made)
}

func showChange(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Changes.Change(ctx, c.who, c.changeID())
	return c.changed(http.StatusOK, found, err)
}

func confirmChange(ctx context.Context, c *call) (answer, error) {
	id := c.changeID()
	in, err := decode[api.ConfirmRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	done, err := c.site.opts.Changes.Confirm(ctx, c.who, id, in)
	return c.changed(http.StatusOK, done, err)
}

func approveChange(ctx context.Context, c *call) (answer, error) {
	id := c.changeID()
	in, err := decode[api.DecisionRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	done, err := c.site.opts.Changes.Approve(ctx, c.who, id, in)
	return c.changed(http.StatusOK, done, err)
}

func refuseChange(ctx context.Context, c *call) (answer, error) {
	id := c.changeID()
	in, err := decode[api.DecisionRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	done, err := c.site.opts.Changes.Refuse(ctx, c.who, id, in)
	return c.changed(http.StatusOK, done, err)
}

func stopChange(ctx context.Context, c *call) (answer, error) {
	done, err := c.site.opts.Changes.Stop(ctx, c.who, c.changeID())
	return c.changed(http.StatusOK, done, err)
}

// peopleOfChange reads a page of the people of a change of many.
func (c *call) peopleOfChange(ctx context.Context, perPage int) (api.ChangePeople, error) {
	page := 1
	if err := c.query(parameters{"page": &page, "per_page": &perPage}); err != nil {
		return api.ChangePeople{}, err
	}
	found, err := c.site.opts.Changes.People(ctx, c.who, c.changeID(), page, perPage)
	c.event.Rows = len(found.People)
	return found, err
}

func changePeople(ctx context.Context, c *call) (answer, error) {
	found, err := c.peopleOfChange(ctx, 0)
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}

func discardChange(ctx context.Context, c *call) (answer, error) {
	done, err := c.site.opts.Changes.Discard(ctx, c.who, c.changeID())
	return c.changed(http.StatusOK, done, err)
}
