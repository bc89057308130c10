package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"mais/server/internal/authz"
	"mais/server/internal/web/page/reason"
)

func reasonPath(id string) string { return "/person/" + url.PathEscape(id) + "/reason" }

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
	err = c.site.opts.Records.GiveReason(ctx, c.look(), c.person(), authz.Purpose{
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
	if err != nil {
		return answer{}, err
	}
	return seeOther(c.recordPath())
}

// reasonFaults says what is wrong with each field.
func reasonFaults(invalid *authz.InvalidError, explanation string) map[string]string {
	faults := make(map[string]string)
	for _, wrong := range invalid.Fields {
		switch wrong.Field {
		case reason.Reason:
			faults[wrong.Field] = "Choose why you are looking at this record"
		case reason.Number:
			faults[wrong.Field] = "The number " + wrong.Detail
		case reason.Explanation:
			faults[wrong.Field] = "The explanation " + wrong.Detail
			if strings.TrimSpace(explanation) == "" {
				faults[wrong.Field] = "Explain the other reason"
			}
		}
	}
	return faults
}
