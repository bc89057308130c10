// Package lookup has the commands that look people up, and prints what the service tells of them.
// It shows what comes: what the reader may see is the service's to decide.
package main

import "github.com/spf13/cobra"

//APP

// lookupCommands returns them.
func lookupCommands(a *app) []*cobra.Command { return []*cobra.Command{newSearch(a), newShow(a)} }
