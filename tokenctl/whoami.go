package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/server/api/form"
)

func newWhoami(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "whoami",
		Short:   "Ask the service whom it takes you for",
		Long:    "Sign in, and say whom the service takes you for: name, agency, site, roles, and the address it sees.",
		Example: "  tokenctl whoami",
		Args:    cobra.NoArgs,
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			t, c, err := a.signIn(cmd.Context())
			if err != nil {
				return err
			}
			defer c.Close()
			done := a.screen.Progress("asking " + t.Mutual)
			answer, err := c.Whoami(cmd.Context())
			done()
			if err != nil {
				return err
			}
			err = a.screen.Data(answer.Raw, func() error { return a.screen.Facts(whoamiRows(answer.Value)) })
			a.sayNext(describe(t))
			return err
		}),
	}
}

func whoamiRows(w api.Whoami) [][]string {
	roles := make([]string, len(w.Roles))
	for i, role := range w.Roles {
		roles[i] = form.RoleLabel(role)
	}
	return [][]string{
		{"name", w.Name},
		{"email", orDash(w.Email)},
		{"agency", w.Agency},
		{"site", orDash(w.Site)},
		{"roles", orDash(strings.Join(roles, ", "))},
		{"serial", w.Serial},
		{"level", form.LevelLabel(w.Level)},
		{"valid until", w.NotAfter.UTC().Format(time.DateTime) + " UTC"},
		{"address", w.Address},
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
