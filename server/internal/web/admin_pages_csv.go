package web

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"mais/server/api"
)

// results gives every item of a plan with its result, for a spreadsheet: as many as its event
// says, and none that is added meanwhile.
func (s planner) results(ctx context.Context, c *call) (answer, error) {
	if err := s.enter(c); err != nil {
		return answer{}, err
	}
	id, who, credentials := c.plan(), c.who, c.site.opts.Credentials
	left, err := credentials.PlanSize(ctx, who, id)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = left
	return answer{status: http.StatusOK, kind: "text/csv; charset=utf-8", stream: func(ctx context.Context, w io.Writer) error {
		table := csv.NewWriter(w)
		err := table.Write([]string{"n", "line", "text", "issuer", "serial", "holder", "status", "result", "detail", "at"})
		for after := 0; err == nil && left > 0; {
			var part api.PlanItems
			if part, err = credentials.PlanItems(ctx, who, id, after, min(left, itemsAtOnce)); err != nil {
				break
			}
			for _, i := range part.Items {
				err = errors.Join(err, table.Write(safeCells(resultCells(i))))
			}
			left -= len(part.Items)
			if after = part.Next; after == 0 {
				break
			}
		}
		table.Flush()
		return errors.Join(err, table.Error())
	}}, nil
}

func resultCells(i api.PlanItem) []string {
	line, at := "", ""
	if i.Line > 0 {
		line = strconv.Itoa(i.Line)
	}
	if i.At != nil {
		at = i.At.UTC().Format(time.RFC3339)
	}
	return []string{strconv.Itoa(i.N), line, i.Text, i.Issuer, i.Serial, i.Holder, i.Status, i.Result, i.Detail, at}
}
