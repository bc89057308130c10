package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"mais/server/internal/web/page/admin/quarantine"
	"mais/server/internal/web/page/admin/quarantines"
	"mais/server/internal/web/page/frame"
)

// quarantinesPage lists what a lost journal put on hold.
func quarantinesPage(ctx context.Context, c *call) (answer, error) {
	all, err := c.site.opts.Credentials.Quarantines(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return html(http.StatusOK, quarantines.Render(quarantines.Page{Frame: c.adminFrame("Quarantines", quarantines.Path), Quarantines: all})), nil
}

// quarantinePage is the page of one.
func quarantinePage(ctx context.Context, c *call) (answer, error) {
	return c.quarantinePage(ctx, http.StatusOK, "", nil)
}

func (c *call) quarantinePage(ctx context.Context, status int, typed string, faults frame.Faults) (answer, error) {
	id, err := c.quarantine()
	if err != nil {
		return answer{}, err
	}
	q, err := c.site.opts.Credentials.Quarantine(ctx, c.who, id)
	if err != nil {
		return answer{}, err
	}
	p := quarantine.Page{Frame: c.adminFrame(fmt.Sprint("Quarantine ", id), quarantines.Path), Quarantine: q, Reader: c.who.Identity().String(), Typed: typed}
	p.Faults = faults
	return html(status, quarantine.Render(p)), nil
}

// approveHere approves a quarantine by its typed word.
func approveHere(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(quarantine.Word)
	if err != nil {
		return answer{}, err
	}
	id, err := c.quarantine()
	if err != nil {
		return answer{}, err
	}
	q, err := c.site.opts.Credentials.Quarantine(ctx, c.who, id)
	if err != nil {
		return answer{}, err
	}
	word := strings.TrimSpace(sent[quarantine.Word])
	if utf8.RuneCountInString(word) > maxWord {
		return c.quarantinePage(ctx, http.StatusUnprocessableEntity, "", wrongApproval)
	}
	if !strings.EqualFold(word, quarantine.WordOf(q)) {
		return c.quarantinePage(ctx, http.StatusUnprocessableEntity, word, wrongApproval)
	}
	if _, err := c.approve(ctx); err != nil {
		return answer{}, err
	}
	return seeOther(quarantines.PathOf(q))
}

var wrongApproval = frame.Faults{{Field: quarantine.Word, Text: "That is not what stands above the box: nothing was approved. Type it as it stands there"}}
