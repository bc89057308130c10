// Package lookup has the commands that look people up, and prints what the service tells of them.
// It shows what comes: what the reader may see is the service's to decide.
package lookup

import (
	"time"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command"
)

// app is the command's app, with what these commands do.
type app struct{ *command.App }

var now = time.Now // but in tests

// Commands returns them.
func Commands(shared *command.App) []*cobra.Command {
	a := &app{shared}
	return []*cobra.Command{newSearch(a), newShow(a)}
}
