package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage"
	"mais/server/internal/web/page/admin/change"
	"mais/server/internal/web/page/admin/changepeople"
	"mais/server/internal/web/page/admin/changes"
	"mais/server/internal/web/page/frame"
)

// changesPage lists changes: without a filter those that wait for the caller.
func changesPage(ctx context.Context, c *call) (answer, error) {
	f, err := c.changeFilter()
	if err != nil {
		return answer{}, errNotFound
	}
	switch f.State {
	case "":
		f.State = "mine"
	case "all":
		f.State = ""
	}
	f.PerPage = changes.PerPage
	p := changes.Page{Frame: c.adminFrame("Approvals and changes", changes.Path), Asked: f}
	if p.Found, err = c.site.opts.Changes.Changes(ctx, c.who, f); err != nil {
		return answer{}, err
	}
	if p.Waiting() {
		drafts, err := c.site.opts.Changes.Changes(ctx, c.who, api.ChangeFilter{State: api.ChangeDraft, PerPage: changes.PerPage})
		if err != nil {
			return answer{}, err
		}
		p.Drafts = drafts.Changes
	}
	c.event.Rows = len(p.Found.Changes) + len(p.Drafts)
	return html(http.StatusOK, changes.Render(p)), nil
}

// changePage is the page of one.
func changePage(ctx context.Context, c *call) (answer, error) {
	return c.changePage(ctx, http.StatusOK, change.Page{}, nil)
}

func (c *call) changePage(ctx context.Context, status int, p change.Page, faults frame.Faults) (answer, error) {
	var err error
	if p.Change, err = c.site.opts.Changes.Change(ctx, c.who, c.changeID()); err != nil {
		return answer{}, err
	}
	c.noteChange(p.Change)
	title := changes.What(p.Change.Kind)
	if p.Draft() {
		title = "Check before you confirm: " + title
	}
	p.Frame = c.adminFrame(title, changes.Path)
	p.Faults = faults
	if p.Running() && p.Change.ConfirmedAt != nil {
		began := *p.Change.ConfirmedAt
		if p.Change.DecidedAt != nil {
			began = *p.Change.DecidedAt
		}
		c.again(&p.Frame, began)
	}
	return html(status, change.Render(p)), nil
}

// changePeoplePage is the people of a change of many.
func changePeoplePage(ctx context.Context, c *call) (answer, error) {
	found, err := c.peopleOfChange(ctx, changepeople.PerPage)
	if errors.Is(err, lifecycle.ErrInvalid) {
		return answer{}, errNotFound
	}
	if err != nil {
		return answer{}, err
	}
	of, err := c.site.opts.Changes.Change(ctx, c.who, c.changeID())
	if err != nil {
		return answer{}, err
	}
	c.noteChange(of)
	c.event.Rows = len(found.People)
	title := "The people of this list"
	return html(http.StatusOK, changepeople.Render(changepeople.Page{Frame: c.adminFrame(title, changes.Path), Change: of, Found: found})), nil
}

// The buttons of a change's page.
var (
	confirmHere = decision(func(ctx context.Context, c *call, id string, said api.DecisionRequest) (api.Change, error) {
		return c.site.opts.Changes.Confirm(ctx, c.who, id, api.ConfirmRequest{Word: said.Word, Digest: said.Digest})
	})
	approveChangeHere = decision(func(ctx context.Context, c *call, id string, said api.DecisionRequest) (api.Change, error) {
		return c.site.opts.Changes.Approve(ctx, c.who, id, said)
	})
	refuseHere = decision(func(ctx context.Context, c *call, id string, said api.DecisionRequest) (api.Change, error) {
		return c.site.opts.Changes.Refuse(ctx, c.who, id, api.DecisionRequest{Note: said.Note})
	})
	discardHere = decision(func(ctx context.Context, c *call, id string, _ api.DecisionRequest) (api.Change, error) {
		return c.site.opts.Changes.Discard(ctx, c.who, id)
	})
	stopChangeHere = decision(func(ctx context.Context, c *call, id string, _ api.DecisionRequest) (api.Change, error) {
		return c.site.opts.Changes.Stop(ctx, c.who, id)
	})
)

// notSeen is the digest of a form that has none: of nothing that was shown.
const notSeen = "none"

// decision is what a button does with what was typed beside it, and what the page showed.
func decision(do func(ctx context.Context, c *call, id string, said api.DecisionRequest) (api.Change, error)) handler {
	return func(ctx context.Context, c *call) (answer, error) {
		sent, err := c.form(change.Fields...)
		if err != nil {
			return answer{}, err
		}
		id, word := c.changeID(), strings.TrimSpace(sent[change.Word])
		p := change.Page{TypedWord: word, TypedWhy: sent[change.Note]}
		if utf8.RuneCountInString(word) > maxChangeWord {
			p.TypedWord = ""
			return c.changePage(ctx, http.StatusUnprocessableEntity, p, wrongChangeWord)
		}
		done, err := do(ctx, c, id, api.DecisionRequest{Word: word, Note: sent[change.Note], Digest: cmp.Or(sent[change.Digest], notSeen)})
		switch {
		case errors.Is(err, manage.ErrOutdated):
			return c.changePage(ctx, http.StatusConflict, change.Page{TypedWhy: sent[change.Note]}, changedSince)
		case errors.Is(err, manage.ErrWord):
			return c.changePage(ctx, http.StatusUnprocessableEntity, p, wrongChangeWord)
		case errors.Is(err, lifecycle.ErrInvalid):
			return c.changePage(ctx, http.StatusUnprocessableEntity, p, faultsOfNote(err))
		case err != nil:
			return answer{}, err
		}
		c.noteChange(done)
		out, err := seeOther(changes.PathOf(id))
		out.settled = done.State == api.ChangeApplied
		return out, err
	}
}

// maxChangeWord is longer than any word that confirms a change: the longest is an address.
const maxChangeWord = 254

var changedSince = frame.Faults{{Field: "main-content", Text: "What it would do has changed since you looked: look again. Nothing was done"}}

var wrongChangeWord = frame.Faults{{Field: change.Word, Text: "That is not what stands above the box: nothing was done. Type it as it stands there"}}

// faultsOfNote says what is wrong with why somebody decided.
func faultsOfNote(err error) (faults frame.Faults) {
	for _, f := range faultsOf(err) {
		faults = append(faults, frame.Fault{Field: change.Note, Text: "The reason for your decision " + f.Detail})
	}
	return faults
}
