package ca

import (
	"context"
	"fmt"
)

// checkJournal looks at the journal, its second place, and at quarantines.
func (c *CA) checkJournal(ctx context.Context) []Finding {
	out := []Finding{c.checkClosed(), c.checkCopy()}
	all, err := c.Quarantines(ctx)
	if err != nil {
		return append(out, Finding{"quarantine", Fault, "it cannot be told whether there is a quarantine: " + err.Error(), "see that the database answers"})
	}
	for _, q := range all {
		if q.Held > 0 || q.FinishedAt.IsZero() {
			out = append(out, quarantined(q))
		}
	}
	return out
}

func quarantined(q Quarantine) Finding {
	f := Finding{
		"quarantine", Warn, fmt.Sprintf("quarantine %d: %d of %d certificates that were issued before a journal was lost are on hold", q.ID, q.Held, q.Total),
		"find out what was taken away since the backup, revoke it, and have two administrators approve the quarantine; then release the others",
	}
	switch {
	case q.FinishedAt.IsZero():
		f.State, f.Do = Fault, "go on with it: mais-server ca journal declare-lost"
	case q.Releasable():
		f.Do = "release those that are good, and revoke the others"
	}
	return f
}

func (c *CA) checkClosed() Finding {
	switch cause, failed := c.keeper.Causes(); {
	case cause != nil && failed != nil:
		return Finding{"journal", Fault, fmt.Sprintf("nobody is served: %v; the last replay failed: %v", cause, failed), "see docs/operations.md, after a restore"}
	case cause != nil:
		return Finding{"journal", Fault, fmt.Sprintf("nobody is served: %v", cause), "see docs/operations.md, after a restore"}
	}
	return Finding{"journal", OK, "the database holds what the journals do", ""}
}

func (c *CA) checkCopy() Finding {
	switch err := c.keeper.CopyFault(); {
	case err != nil:
		return Finding{"journal-copy", Fault, "the journal is written in one place only: " + err.Error(), "see that the second place is mounted and has room; it catches up with the next entry"}
	case !c.keeper.HasCopy():
		return Finding{"journal-copy", OK, "the journal is kept in one place; the settings may name a second one, on another disk or machine", ""}
	}
	return Finding{"journal-copy", OK, "the second place has the whole journal", ""}
}
