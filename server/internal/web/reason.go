package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"mais/server/internal/authz"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/reason"
)

func personPath(id string) string { return "/person/" + url.PathEscape(id) }

func reasonPath(id string) string { return personPath(id) + "/reason" }

// reasonForm asks why the caller looks at a person's record.
func reasonForm(ctx context.Context, c *call) (answer, error) {
	return c.reasonPage(ctx, http.StatusOK, func(*reason.Page) {})
}

func (c *call) reasonPage(ctx context.Context, status int, fill func(*reason.Page)) (answer, error) {
	of, err := c.site.opts.Records.Identify(ctx, c.look(), c.person())
	c.audited = true
	if err != nil {
		return answer{}, err
	}
	p := reason.New(c.site.frameFor(c, "Why are you looking at this record?", "/find"), of)
	fill(&p)
	return html(status, reason.Render(p)), nil
}

// giveReason takes the answer and opens the record.
func giveReason(ctx context.Context, c *call) (answer, error) {
	filled, err := c.form(reason.Fields()...)
	if err != nil {
		return answer{}, err
	}
	err = c.site.opts.Reasons.GiveReason(ctx, c.look(), c.person(), authz.Purpose{
		Reason: filled[reason.Reason], Number: filled[reason.Number], Explanation: filled[reason.Explanation],
	})
	c.audited = true
	var invalid *authz.InvalidError
	if errors.As(err, &invalid) {
		return c.reasonPage(ctx, http.StatusUnprocessableEntity, func(p *reason.Page) {
			p.Chosen, p.Number, p.Words = filled[reason.Reason], filled[reason.Number], filled[reason.Explanation]
			p.Faults = reasonFaults(invalid, p.Words)
		})
	}
	if errors.Is(err, authz.ErrTooMany) {
		return c.reasonPage(ctx, http.StatusUnprocessableEntity, func(p *reason.Page) {
			p.Chosen, p.Number, p.Words = filled[reason.Reason], filled[reason.Number], filled[reason.Explanation]
			p.Faults = tooManyPeople
		})
	}
	if err != nil {
		return answer{}, err
	}
	return seeOther(c.recordPath())
}

var tooManyPeople = frame.Faults{{Field: reason.Reason,
	Text: fmt.Sprintf("You have looked at %d people since you signed in. Sign out, and sign in again", authz.MaxPeople)}}

// pathsTo returns where links to people lead, by their ids: to the record of whom a reason was
// given for, and otherwise to the question, and not into a refusal among which real ones
// would drown.
func (c *call) pathsTo(ctx context.Context, ids []string) (map[string]string, error) {
	given, err := c.site.opts.Reasons.Given(ctx, c.look(), ids)
	if err != nil {
		return nil, err
	}
	paths := make(map[string]string, len(ids))
	for _, id := range ids {
		if paths[id] = reasonPath(id); given[id] {
			paths[id] = personPath(id)
		}
	}
	return paths, nil
}

// reasonFaults says what is wrong with each field.
func reasonFaults(invalid *authz.InvalidError, explanation string) (faults frame.Faults) {
	for _, wrong := range invalid.Fields {
		f := frame.Fault{Field: wrong.Field}
		switch {
		case f.Field == reason.Reason:
			f.Text = "Choose why you are looking at this record"
		case f.Field == reason.Number:
			f.Text = "The number " + wrong.Detail
		case strings.TrimSpace(explanation) == "":
			f.Text = "Explain the other reason"
		default:
			f.Text = "The explanation " + wrong.Detail
		}
		faults = append(faults, f)
	}
	return faults
}
