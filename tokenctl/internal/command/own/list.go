package own

import (
	"fmt"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command/standing"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
	"mais/tokenctl/internal/ui"
)

func newList(a *app) *cobra.Command {
	var destroyed bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the tokens on this machine",
		Long: `List the tokens under --home, one a line. Neither passphrase nor PIN is needed, and the
service is not asked. With --all those that 'tokenctl destroy' has wiped stand below.`,
		Example: "  tokenctl list\n  tokenctl list --all --json",
		Args:    cobra.NoArgs,
		RunE:    a.Do(func(*cobra.Command, []string) error { return a.list(destroyed) }),
	}
	cmd.Flags().BoolVar(&destroyed, "all", false, "list destroyed tokens as well")
	return cmd
}

func (a *app) list(destroyed bool) error {
	home, err := a.Tokens()
	if err != nil {
		return err
	}
	names, err := home.List()
	if err != nil {
		return err
	}
	all := []standing.Token{}
	rows := [][]string{{"NAME", "HOLDER", "KIND", "KEY", "VALID UNTIL", "STATE"}}
	for _, name := range names {
		t, err := home.Open(name)
		if err != nil { // one bad token hides no other
			a.Screen.Warn("%s", fault.Of(err))
			continue
		}
		d := standing.Describe(t)
		all = append(all, d)
		rows = append(rows, []string{d.Name, d.Holder, d.Kind, keyColumn(d), ui.Day(d.NotAfter), standing.StateOf(d)})
	}
	if destroyed {
		stones, err := home.Destroyed()
		if err != nil {
			return err
		}
		for _, s := range stones {
			all = append(all, buried(s))
			rows = append(rows, []string{s.Name, s.Holder, s.Kind, "-", ui.Day(s.NotAfter), fmt.Sprintf("destroyed %s (%s)%s", ui.Day(s.At), s.Why, untold(s))})
		}
	}
	return a.Screen.Data(all, func() error {
		if len(all) == 0 {
			a.Screen.Say("There is no token in %s.", home.Dir())
			return nil
		}
		return a.Screen.Table(rows)
	})
}

// keyColumn says where a token's key is, in a word or two.
func keyColumn(d standing.Token) string {
	if d.Card != nil {
		return token.CardName(*d.Card)
	}
	return "file"
}

func untold(s token.Tombstone) string {
	if s.Report == nil {
		return ""
	}
	return ", the service is to be told"
}

// buried is how a destroyed token stands in the list: with what is still known of it.
func buried(s token.Tombstone) standing.Token {
	return standing.Token{Name: s.Name, Kind: s.Kind, User: s.User, Holder: s.Holder, Serial: s.Serial, NotAfter: s.NotAfter,
		State: "destroyed", DestroyedAt: s.At, Why: s.Why}
}
