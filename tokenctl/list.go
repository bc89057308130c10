package main

import (
	"github.com/spf13/cobra"

	"mais/tokenctl/internal/fault"
)

func newList(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the tokens on this machine",
		Long:    "List the tokens under --home, one a line. No passphrase is needed and the service is not asked.",
		Example: "  tokenctl list",
		Args:    cobra.NoArgs,
		RunE:    a.do(func(*cobra.Command, []string) error { return a.list() }),
	}
}

func (a *app) list() error {
	home, err := a.tokens()
	if err != nil {
		return err
	}
	names, err := home.List()
	if err != nil {
		return err
	}
	all := []tokenData{}
	rows := [][]string{{"NAME", "HOLDER", "KIND", "VALID UNTIL", "STATE"}}
	for _, name := range names {
		t, err := home.Open(name)
		if err != nil { // one bad token hides no other
			a.screen.Warn("%s", fault.Of(err))
			continue
		}
		d := describe(t)
		all = append(all, d)
		rows = append(rows, []string{d.Name, d.Holder, d.Kind, day(d.NotAfter), d.State})
	}
	return a.screen.Data(all, func() error {
		if len(all) == 0 {
			a.screen.Say("There is no token in %s.", home.Dir())
			return nil
		}
		return a.screen.Table(rows)
	})
}
