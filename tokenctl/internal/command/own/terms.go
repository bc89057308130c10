package own

import (
	"context"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

func newTerms(a *app) *cobra.Command {
	var accept string
	cmd := &cobra.Command{
		Use: "terms", Short: "Read and accept the terms", Args: cobra.NoArgs,
		Long: `Read what your role is about and the confidentiality terms, and accept them if you have
not yet. Whoever was invited does so once, here or in a browser, before anything of
anybody is shown to them; and once more when they are given a further role, whose sheet
then comes first. Who was named at the host, as the first administrators and the people
of a demo are, reads them here and is not asked. --accept VERSION shows them and says so
without asking.`,
		Example: "  tokenctl terms\n  tokenctl terms --accept 2026-11",
		RunE: a.DoSignedIn(func(ctx context.Context, c *client.Client, _ []string) error {
			return a.terms(ctx, c, accept)
		}),
	}
	cmd.Flags().StringVar(&accept, "accept", "", "accept the terms of this `version`, which you have read")
	return cmd
}

func (a *app) terms(ctx context.Context, c *client.Client, accept string) error {
	answer, err := c.Terms(ctx)
	if err != nil {
		return err
	}
	t := answer.Value
	switch {
	case accept != "" && accept != t.Version:
		return fault.New(fault.Usage, "read them: tokenctl terms", "the terms are of version %s, not %.40q", t.Version, accept)
	case accept == "" && (!t.Due || !ui.HasTerminal()):
		err := a.Screen.Data(answer.Raw, func() error { return printTerms(a.Screen, t) })
		if t.Due {
			a.Screen.Say("You have not accepted them. When you have read them: tokenctl terms --accept %s", t.Version)
		}
		return err
	}
	if err := printTerms(a.Screen.Aside(), t); err != nil { // what is accepted was shown, also with --accept
		return err
	}
	if accept == "" {
		if err := ui.Confirm(ctx, "You have read this, and accept the terms.", "accept"); err != nil {
			return err
		}
	}
	if answer, err = c.AcceptTerms(ctx, t); err != nil {
		return err
	}
	return a.Screen.Data(answer.Raw, func() error {
		a.Screen.Line("Accepted: the terms of version %s.", t.Version)
		return nil
	})
}

func printTerms(s *ui.Screen, t api.Terms) error {
	for _, sheet := range t.Sheets {
		title := sheet.Title
		if sheet.New && t.Due && t.AcceptedAt != nil {
			title += " (new to you)"
		}
		s.Heading("%s", title)
		for _, text := range sheet.Text {
			s.Line("%s", text)
			s.Line("")
		}
	}
	s.Heading("Confidentiality terms, version %s", t.Version)
	for _, text := range t.Text {
		s.Line("%s", text)
		s.Line("")
	}
	if t.AcceptedAt != nil {
		s.Line("You accepted them on %s.", ui.Minute(*t.AcceptedAt))
	}
	return nil
}
