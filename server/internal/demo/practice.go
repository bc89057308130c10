package demo

import (
	"mais/server/internal/demo/cast"
	"mais/server/internal/web/page/practice"
)

// Practice returns who of the demo's people the practice tasks are about.
func Practice() (practice.Cast, error) {
	chosen, err := cast.Choose()
	if err != nil {
		return practice.Cast{}, err
	}
	return practice.Cast{
		Man: chosen.Man.String(), Surname: chosen.Man.Last, Alerts: chosen.Alerts,
		Ring: chosen.Ring.Name + ", " + chosen.Ring.Relationship, OutOfHours: chosen.Ring.OutOfHours, Missing: chosen.Missing,
		Other: chosen.Other.String(), Alias: chosen.Alias.String(), Refused: chosen.Refused, Nobody: chosen.Nobody.String(),
	}, nil
}
