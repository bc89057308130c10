package web

import (
	"context"
	"net/http"

	"mais/server/internal/demo/cast"
	"mais/server/internal/web/page/practice"
)

// practicePage shows the practice tasks, where nobody is real.
func practicePage(_ context.Context, c *call) (answer, error) {
	if !c.site.opts.Training {
		return answer{}, errNotFound
	}
	chosen, err := cast.Choose()
	if err != nil {
		return answer{}, err
	}
	return html(http.StatusOK, practice.Render(practice.Page{
		Frame: c.site.frameFor(c, "Practice: your first shift", "/practice"), Tasks: practice.Tasks(practice.Cast{
			Man: chosen.Man.String(), Surname: chosen.Man.Last, Alerts: chosen.Alerts,
			Ring: chosen.Ring.Name + ", " + chosen.Ring.Relationship, OutOfHours: chosen.Ring.OutOfHours, Missing: chosen.Missing,
			Other: chosen.Other.String(), Alias: chosen.Alias.String(), Refused: chosen.Refused, Nobody: chosen.Nobody.String(),
		}),
	})), nil
}
