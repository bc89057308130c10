package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"mais/server/api/form"
	"mais/server/internal/authz"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/reviews"
)

// The orders of emergency accesses, by the word in a page's address.
const (
	oldestFirst = "" // of those that wait
	newestFirst = "newest"
	lastDone    = "reviewed"
)

var reviewOrders = map[string]authz.Place{
	oldestFirst: {Order: authz.OldestWaiting}, newestFirst: {Order: authz.NewestWaiting}, lastDone: {Order: authz.LastReviewed},
}

// reviewsPage shows the queue of emergency accesses, a page of it: the first has those that
// were reviewed last beside those that wait.
func reviewsPage(ctx context.Context, c *call) (answer, error) {
	orders, after := []string{c.URL.Query().Get("order")}, c.URL.Query().Get("after")
	if orders[0] == oldestFirst && after == "" {
		orders = append(orders, lastDone)
	}
	var places []authz.Place
	for _, order := range orders {
		place, known := reviewOrders[order]
		if !known {
			return answer{}, errNotFound
		}
		place.After = after
		places = append(places, place)
	}
	queue, err := c.site.opts.Reviews.Reviews(ctx, c.look(), places...)
	c.audited = true
	if err != nil {
		return answer{}, err
	}
	p := reviews.Page{Frame: c.site.frameFor(c, "Emergency access to review", "/reviews"), Total: queue.Waiting, Top: after == ""}
	for n, page := range queue.Pages {
		list := reviewList(page, orders[n], p.Now)
		switch orders[n] {
		case lastDone:
			p.Reviewed = list
		case newestFirst:
			p.Newest = true
			fallthrough
		default:
			p.Waiting = list
		}
	}
	return html(http.StatusOK, reviews.Render(p)), nil
}

// reviewList puts a page of an order in words.
func reviewList(page authz.ReviewPage, order string, now time.Time) *reviews.List {
	list := &reviews.List{}
	for _, r := range page.Reviews {
		list.Accesses = append(list.Accesses, accessOf(r, now))
	}
	if page.More {
		query := url.Values{"after": {page.Reviews[len(page.Reviews)-1].ID}}
		if order != oldestFirst {
			query.Set("order", order)
		}
		list.Next = "/reviews?" + query.Encode()
	}
	return list
}

// reviewForm shows one of them, with the form for a finding.
func reviewForm(ctx context.Context, c *call) (answer, error) {
	return c.reviewPage(ctx, http.StatusOK, "", "", nil)
}

// review records a finding.
func review(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(reviews.Finding, reviews.Note)
	if err != nil {
		return answer{}, err
	}
	finding, note := sent[reviews.Finding], form.Lines(sent[reviews.Note])
	if faults := faultsOfFinding(finding, note); len(faults) > 0 {
		return c.reviewPage(ctx, http.StatusUnprocessableEntity, finding, note, faults)
	}
	id := chi.URLParam(c.Request, "id")
	err = c.site.opts.Reviews.Review(ctx, c.look(), id, authz.Finding{Justified: finding == reviews.Justified, Note: note})
	c.audited = true
	var invalid *authz.InvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Of("review"): // it was reviewed meanwhile, or is on: its page says which
		return seeOther("/reviews/" + id)
	case errors.As(err, &invalid):
		return c.reviewPage(ctx, http.StatusUnprocessableEntity, finding, note, unreadableNote)
	case err != nil:
		return answer{}, err
	}
	return seeOther("/reviews")
}

// faultsOfFinding says what is wrong with a finding, as authz would, in words for whoever
// typed it.
func faultsOfFinding(finding, note string) (faults frame.Faults) {
	if finding != reviews.Justified && finding != reviews.NotJustified {
		faults = append(faults, frame.Fault{Field: reviews.Finding, Text: "Choose whether it was justified"})
	}
	_, unseen := form.Unseen(note, "\n")
	switch n := utf8.RuneCountInString(note); {
	case n > form.MaxNote:
		faults = append(faults, frame.Fault{Field: reviews.Note, Text: fmt.Sprintf("The note must be %d characters or fewer", form.MaxNote)})
	case unseen:
		faults = append(faults, unreadableNote...)
	case n == 0 && finding == reviews.NotJustified:
		faults = append(faults, frame.Fault{Field: reviews.Note, Text: "Say in a note why it was not justified"})
	}
	return faults
}

var unreadableNote = frame.Faults{{Field: reviews.Note, Text: "The note must have letters, numbers and signs only"}}

// reviewPage is the page of one access.
func (c *call) reviewPage(ctx context.Context, status int, chosen, note string, faults frame.Faults) (answer, error) {
	found, err := c.site.opts.Reviews.ReviewOf(ctx, c.look(), chi.URLParam(c.Request, "id"))
	c.audited = true
	if err != nil {
		return answer{}, err
	}
	p := reviews.One{Frame: c.site.frameFor(c, "Review of emergency access", "/reviews"), Chosen: chosen, Typed: note}
	p.Access, p.Faults = accessOf(found, p.Now), faults
	return html(status, reviews.RenderOne(p)), nil
}

// accessOf puts an emergency access in words.
func accessOf(r authz.Review, now time.Time) reviews.Access {
	purpose := form.Bare(r.Purpose.Reason)
	if known, ok := form.LookupReason(r.Purpose.Reason); ok {
		purpose = known.Label
	}
	a := reviews.Access{
		Path: "/reviews/" + r.ID, User: r.User, Agency: r.Agency, Person: r.Person, Why: r.Reason,
		Purpose: purpose, Number: r.Purpose.Number, Explanation: r.Purpose.Explanation,
		Began: r.Began, Ended: r.Ended, Looks: r.Looks, Own: r.Own,
		Reviewed: r.ReviewedAt, Reviewer: r.Reviewer, Justified: r.Justified, Note: r.Note,
	}
	if a.Ended.After(now) { // it is on
		a.Ended = time.Time{}
	}
	return a
}
