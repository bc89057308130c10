package command

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/fault"
)

// flagsOf are the flags by which a field of a request is given that holds several things.
var flagsOf = map[string][]string{"roles": {"role", "add-role"}, "sites": {"site", "add-site"}, "domains": {"domain"}, "permissions": {"grant", "file"}}

// asGiven says what is wrong with a request in the words of the command: its flags, and what stood
// beside them, in place of the request's fields.
func asGiven(cmd *cobra.Command, args []string, err error) error {
	if err == nil || !fault.Is(err, fault.Usage) {
		return err
	}
	f := fault.Of(err)
	if len(f.Fields) == 0 {
		return err
	}
	var all []string
	for _, field := range f.Fields {
		words := inFlags(cmd, args, field)
		if words == "" {
			return err // nothing that the command has a word for
		}
		all = append(all, words)
	}
	told := *f
	told.Message = strings.Join(slices.Compact(all), "; ")
	return &told
}

// inFlags says what is wrong with a field in the words of the command; "": it has none for it.
func inFlags(cmd *cobra.Command, args []string, field fault.Field) string {
	name := field.Name[strings.LastIndexByte(field.Name, '.')+1:]
	flags, several := flagsOf[name]
	if !several {
		flags = []string{strings.ReplaceAll(name, "_", "-")}
	}
	flag := flagGiven(cmd, flags)
	if path := strings.Contains(field.Name, "."); !path && name != "target" && !cmd.Flags().Changed(flag) {
		return "" // of what may have been given without a flag
	}
	first, _, _ := strings.Cut(field.Says, " ")
	switch {
	case flag == "" && len(args) > 0 && slices.Contains([]string{"target", "name", "prefix", "email", "agency"}, name):
		return args[0] + " " + field.Says
	case flag == "":
		return ""
	case several && !strings.HasSuffix(first, ":"): // it speaks of all that were given
		return "--" + flag + ": they " + field.Says
	}
	return "--" + flag + " " + field.Says
}

// flagGiven is the first of some flags that was given, or that could be; "": the command has none.
func flagGiven(cmd *cobra.Command, names []string) (found string) {
	for _, name := range names {
		switch {
		case cmd.Flags().Changed(name):
			return name
		case found == "" && cmd.Flags().Lookup(name) != nil:
			found = name
		}
	}
	return found
}
