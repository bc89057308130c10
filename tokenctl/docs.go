package main

import (
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
)

// newDocs writes the man pages and the reference from the help texts, so that there is one
// place for words. It is for the build, and hidden.
func newDocs(a *command.App) *cobra.Command {
	return &cobra.Command{
		Use:    "docs DIR",
		Short:  "Write man pages and the reference into a directory",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o777); err != nil {
				return fault.New(fault.Failed, "", "make the directory").Because(err)
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			fixed := time.Unix(0, 0).UTC() // the same text gives the same files
			if err := doc.GenManTree(root, &doc.GenManHeader{Title: "TOKENCTL", Section: "1", Source: "MAIS", Date: &fixed}, args[0]); err != nil {
				return err
			}
			return doc.GenMarkdownTree(root, args[0])
		}),
	}
}
