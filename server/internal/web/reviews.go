package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"mais/server/api/form"
	"mais/server/internal/authz"
	"mais/server/internal/web/page/reviews"
)

// showReviews shows the queue of emergency accesses.
func showReviews(ctx context.Context, c *call) (answer, error) {
	all, err := c.site.opts.Records.Reviews(ctx, c.look())
	c.audited = true
	if err != nil {
		return answer{}, err
	}
	p := reviews.Page{Frame: c.site.frameFor(c, "Emergency access to review", "/reviews")}
	for _, r := range all {
		if a := accessOf(r, p.Now); a.Reviewed.IsZero() {
			p.Waiting = append(p.Waiting, a)
		} else {
			p.Reviewed = append(p.Reviewed, a)
		}
	}
	return html(http.StatusOK, reviews.Render(p)), nil
}

// showReview shows one of them, with the form for a finding.
func showReview(ctx context.Context, c *call) (answer, error) {
	return c.reviewPage(ctx, http.StatusOK, "", "", nil)
}

// review records a finding.
func review(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form("finding", "note")
	if err != nil {
		return answer{}, err
	}
	note := typed(sent["note"])
	if faults := faultsOfFinding(sent["finding"], note); len(faults) > 0 {
		return c.reviewPage(ctx, http.StatusUnprocessableEntity, sent["finding"], note, faults)
	}
	id := chi.URLParam(c.Request, "id")
	err = c.site.opts.Records.Review(ctx, c.look(), id, authz.Finding{Justified: sent["finding"] == justified, Note: note})
	c.audited = true
	var invalid *authz.InvalidError
	switch {
	case errors.As(err, &invalid): // reviewed already, by a colleague: their finding stands there
		return seeOther("/reviews/" + id)
	case err != nil:
		return answer{}, err
	}
	return seeOther("/reviews")
}

// The values of the field finding.
const (
	justified    = "justified"
	notJustified = "not-justified"
)

func faultsOfFinding(finding, note string) (faults []reviews.Fault) {
	if finding != justified && finding != notJustified {
		faults = append(faults, reviews.Fault{Field: "finding", Text: "Choose whether it was justified"})
	}
	switch n := utf8.RuneCountInString(note); {
	case n > reviews.MaxNote:
		faults = append(faults, reviews.Fault{Field: "note", Text: "The note must be 1,000 characters or fewer"})
	case unreadable(note):
		faults = append(faults, reviews.Fault{Field: "note", Text: "The note must have letters, numbers and signs only"})
	case n == 0 && finding == notJustified:
		faults = append(faults, reviews.Fault{Field: "note", Text: "Say in a note why it was not justified"})
	}
	return faults
}

// reviewPage is the page of one access.
func (c *call) reviewPage(ctx context.Context, status int, chosen, note string, faults []reviews.Fault) (answer, error) {
	all, err := c.site.opts.Records.Reviews(ctx, c.look())
	c.audited = true
	if err != nil {
		return answer{}, err
	}
	at := slices.IndexFunc(all, func(r authz.Review) bool { return r.ID == chi.URLParam(c.Request, "id") })
	if at < 0 {
		return answer{}, errNotFound
	}
	p := reviews.One{Frame: c.site.frameFor(c, "", "/reviews"), Chosen: chosen, Typed: note, Faults: faults}
	p.Access = accessOf(all[at], p.Now)
	p.Title, p.Error = "Emergency access of "+p.User, len(faults) > 0
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
