package main

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// docsCommand writes the reference that docs/reference holds; `make check` compares.
func docsCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "docs DIR",
		Short:  "Write man pages and the reference of every command to DIR",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			root.DisableAutoGenTag = true
			fixed := time.Unix(0, 0).UTC() // the same text gives the same files
			if err := doc.GenManTree(root, &doc.GenManHeader{Title: "MAIS-SERVER", Section: "8", Source: "MAIS", Date: &fixed}, args[0]); err != nil {
				return err
			}
			return doc.GenMarkdownTree(root, args[0])
		},
	}
}
