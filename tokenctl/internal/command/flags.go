package command

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

// Group is a command that only holds others.
func Group(use, short, long, example string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long, Example: example,
	}
	cmd.AddCommand(commands...)
	return cmd
}

// FixedWords is a flag that takes one of some words; the zero word is none.
func FixedWords(cmd *cobra.Command, to *string, name, usage string, allowed []string) {
	cmd.Flags().StringVar(to, name, *to, usage+": "+strings.Join(allowed, ", "))
	cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(allowed, cobra.ShellCompDirectiveNoFileComp))
}

// OneOf checks such a flag.
func OneOf(name, given string, allowed []string) error {
	if given == "" || slices.Contains(allowed, given) {
		return nil
	}
	return fault.New(fault.Usage, "choose one of: "+strings.Join(allowed, ", "), "--%s: %.40q is none of its words", name, given)
}

// CheckEmail normalises an address as the service compares it. That it exists, the
// invitation has shown.
func CheckEmail(text string) (string, error) {
	email := strings.ToLower(strings.TrimSpace(text))
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || domain == "" || len(email) > 254 || strings.ContainsAny(email, " \t\r\n") || ui.Clean(email) != email {
		return "", fault.New(fault.Usage, "give the whole address, like dana@police.example", "--email: %.80q is not an email address", text)
	}
	return email, nil
}
