package command

import (
	"context"

	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

// Sure has the person type a word before something grave, unless they have said yes already.
// why is what makes it so.
func Sure(ctx context.Context, yes bool, why, what, word string) error {
	if yes {
		return nil
	}
	if !ui.HasTerminal() {
		return fault.New(fault.Usage, "give --yes if you mean it", "%s, and there is no terminal to ask on", why)
	}
	return ui.Confirm(ctx, what, word)
}
