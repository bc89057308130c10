package cert

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command/inventory"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

const (
	firstItems = 10   // of a plan, in the preview
	itemsPage  = 1000 // a request
)

// preview shows what a plan would do, with who loses access before the list itself.
func (a *app) preview(ctx context.Context, c *client.Client, screen *ui.Screen, p api.Plan) error {
	facts := [][]string{{"plan", p.ID}, {"to do", inventory.Sentence(p)}}
	if p.Unchanged > 0 {
		facts = append(facts, []string{"not changed", ui.Count(p.Unchanged, "certificate") + ": it stands so already, or it may not"})
	}
	if p.Bad > 0 {
		facts = append(facts, []string{"not found", ui.Count(p.Bad, "line") + " without a certificate that you administer"})
	}
	facts = append(facts, []string{"lose access", losers(p)})
	if err := screen.Facts(facts); err != nil {
		return err
	}
	if err := printLosers(screen, p); err != nil {
		return err
	}
	for _, w := range p.Warnings {
		a.Screen.Warn("%s", w)
	}
	if err := printBad(ctx, c, screen, p); err != nil {
		return err
	}
	return printFirst(ctx, c, screen, p)
}

// printFirst lists the first of the certificates of a plan.
func printFirst(ctx context.Context, c *client.Client, screen *ui.Screen, p api.Plan) error {
	items, err := c.PlanItems(ctx, p.ID, 0, firstItems)
	if err != nil {
		return err
	}
	rows := [][]string{itemHeading}
	for _, item := range items.Value.Items {
		if item.Issuer != "" {
			rows = append(rows, itemRow(item))
		}
	}
	if len(rows) == 1 {
		return nil
	}
	screen.Line("")
	if err := screen.Table(rows); err != nil {
		return err
	}
	if more := p.Total - (len(rows) - 1); more > 0 {
		screen.Line("and %d more", more)
	}
	return nil
}

func losers(p api.Plan) string {
	if p.LosesAll == 0 {
		return "nobody loses the last good certificate"
	}
	return strconv.Itoa(p.LosesAll) + " would have no live certificate left"
}

func printLosers(screen *ui.Screen, p api.Plan) error {
	if len(p.Loses) == 0 {
		return nil
	}
	screen.Line("")
	err := ui.Listing(screen, []string{"LOSES ACCESS", "NAME", "AGENCY", "ROLES"}, p.Loses, func(l api.Loser) []string {
		return []string{l.Holder, l.Name, l.Agency, ui.OrDash(strings.Join(l.Roles, ", "))}
	})
	if more := p.LosesAll - len(p.Loses); err == nil && more > 0 {
		screen.Line("and %d more", more)
	}
	return err
}

const (
	maxBadShown = 20
	badWithin   = 200 // pages of items in which lines that name nothing are looked for
)

var errEnough = errors.New("enough was seen")

// printBad lists the first of the lines that name no certificate, before anybody is asked.
func printBad(ctx context.Context, c *client.Client, screen *ui.Screen, p api.Plan) error {
	if p.Bad == 0 {
		return nil
	}
	rows, seen := [][]string{itemHeading}, 0
	err := eachItem(ctx, c, p.ID, func(item api.PlanItem) error {
		if item.Result == api.ResultUnknown || item.Result == api.ResultBadLine {
			rows = append(rows, itemRow(item))
		}
		if seen++; len(rows) > min(maxBadShown, p.Bad) || seen > badWithin*itemsPage {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	screen.Line("")
	if err := screen.Table(rows); err != nil {
		return err
	}
	if more := p.Bad - (len(rows) - 1); more > 0 {
		screen.Line("and %d more that name no certificate", more)
	}
	return nil
}

// nothingToDo is the fault of a plan without a certificate.
func nothingToDo(p api.Plan) error {
	if p.Total > 0 {
		return nil
	}
	return fault.New(fault.NotFound, "find them with 'tokenctl admin cert list'; what you do not administer is not shown either", "there is no certificate to %s", p.Act)
}

// printResults prints what became of each certificate of a plan, and returns the fault of one
// that has not ended as it was meant.
func (a *app) printResults(ctx context.Context, c *client.Client, p api.Plan) error {
	each := func(give func(any) error) error {
		return eachItem(ctx, c, p.ID, func(item api.PlanItem) error { return give(item) })
	}
	if a.Screen.JSON() {
		if err := a.Screen.Stream("items", each, func() any { return map[string]api.Plan{"plan": p} }); err != nil {
			return err
		}
		return inventory.Outcome(p)
	}
	var rows [][]string
	flush := func() error {
		err := a.Screen.Table(append([][]string{itemHeading}, rows...))
		rows = nil
		return err
	}
	err := each(func(item any) error {
		if rows = append(rows, itemRow(item.(api.PlanItem))); len(rows) == itemsPage {
			return flush()
		}
		return nil
	})
	if err == nil && len(rows) > 0 {
		err = flush()
	}
	if err != nil {
		return err
	}
	a.Screen.Say("%s: %s. %s.", inventory.Sentence(p), inventory.PlanState(p), inventory.Summary(p))
	return inventory.Outcome(p)
}

func eachItem(ctx context.Context, c *client.Client, plan string, give func(api.PlanItem) error) error {
	for after := 0; ; {
		answer, err := c.PlanItems(ctx, plan, after, itemsPage)
		if err != nil {
			return err
		}
		if err := giveEach(answer.Value.Items, func(item any) error { return give(item.(api.PlanItem)) }); err != nil {
			return err
		}
		if answer.Value.Next <= after {
			return nil
		}
		after = answer.Value.Next
	}
}

var itemHeading = []string{"LINE", "CERTIFICATE", "STATUS", "RESULT", "HOLDER", "WHY"}

func itemRow(item api.PlanItem) []string {
	name := item.Issuer + "/" + item.Serial
	if item.Issuer == "" {
		name = item.Serial + item.Text
	}
	line := "-"
	if item.Line > 0 {
		line = strconv.Itoa(item.Line)
	}
	return []string{line, ui.OrDash(name), ui.OrDash(inventory.StatusWord(item.Status)), item.Result, ui.OrDash(item.Holder), item.Detail}
}
