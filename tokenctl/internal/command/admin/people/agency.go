package people

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/server/api/form"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

var passwordPolicies = []string{api.PasswordsForbidden, api.PasswordsLimited, api.PasswordsAllowed}

func newAdminAgency(a *app) *cobra.Command {
	return command.Group("agency", "Look at agencies and change what is said of them",
		`Look at agencies and change what is said of them: their sponsor, the domains of the
email addresses that codes go to, and how far passwords go. An agency is named by its
name, or by its id as 'agency list --json' prints it.

What you change is shown first, with whom it touches. A new agency, another sponsor, a
further domain and passwords that go further wait for a second administrator.`,
		"  tokenctl admin agency list\n  tokenctl admin agency add 'Northshire Police' --kind police --sponsor-name 'Ch Supt Reid' --sponsor-email reid@northshire.example --domain northshire.example",
		newAgencyList(a), newAgencyShow(a), newAgencyAdd(a), newAgencyChange(a))
}

func newAgencyList(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the agencies that you administer", Long: "List the agencies that you administer, by name.",
		Example: "  tokenctl admin agency list", Args: cobra.NoArgs,
		RunE: command.Shows(a.App, (*client.Client).Agencies, a.printAgencies),
	}
}

func (a *app) printAgencies(all api.Agencies) error {
	if len(all.Agencies) == 0 {
		a.Screen.Say("There is no agency yet. Add one: tokenctl admin agency add")
	}
	return ui.Listing(a.Screen, []string{"AGENCY", "KIND", "SITES", "PEOPLE", "PASSWORDS", "SPONSOR"}, all.Agencies, func(g api.Agency) []string {
		return []string{g.Name, g.Kind, strconv.Itoa(g.Sites), strconv.Itoa(g.Users), g.Passwords, ui.OrDash(g.SponsorEmail)}
	})
}

func newAgencyShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "show AGENCY", Short: "Show one agency with its sites", Long: "Show what is said of an agency, and its sites with their networks.",
		Example: "  tokenctl admin agency show 'Northshire Police'", Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.DoSignedIn(func(ctx context.Context, c *client.Client, args []string) error {
			agency, err := findAgency(ctx, c, args[0])
			if err != nil {
				return err
			}
			sites, err := c.Sites(ctx, agency.ID)
			if err != nil {
				return err
			}
			return a.printAgency(agency, sites.Value.Sites)
		}),
	}
}

// shownAgency is what 'agency show --json' prints.
type shownAgency struct {
	api.Agency
	SiteList []api.Site `json:"site_list"`
}

func (a *app) printAgency(g api.Agency, sites []api.Site) error {
	return a.Screen.Data(shownAgency{g, sites}, func() error {
		err := a.Screen.Facts([][]string{
			{"agency", g.Name}, {"id", g.ID}, {"kind", g.Kind}, {"sponsor", ui.OrDash(g.SponsorName)}, {"sponsor's address", ui.OrDash(g.SponsorEmail)},
			{"domains", ui.OrDash(strings.Join(g.Domains, ", "))}, {"passwords", g.Passwords}, {"people", strconv.Itoa(g.Users)},
		})
		if err != nil || len(sites) == 0 {
			return err
		}
		a.Screen.Line("")
		return a.printSites(sites)
	})
}

// findAgency finds an agency by its name, in capitals or not but rather as it is written, or by its id.
func findAgency(ctx context.Context, c *client.Client, named string) (api.Agency, error) {
	answer, err := c.Agencies(ctx)
	if err != nil {
		return api.Agency{}, err
	}
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		for _, g := range answer.Value.Agencies {
			if g.ID == named || same(g.Name, strings.TrimSpace(named)) {
				return g, nil
			}
		}
	}
	var names []string
	for _, g := range answer.Value.Agencies {
		names = append(names, g.Name)
	}
	return api.Agency{}, fault.New(fault.NotFound, "see 'tokenctl admin agency list'; what you do not administer is not shown", "there is no agency %.80q%s", named, thereIs(named, names))
}

// agencyFlags are what can be said of an agency.
type agencyFlags struct {
	changeFlags
	api.AgencyFields
}

func (f *agencyFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.Kind, "kind", "", "police, health, prison, probation, or another `word`")
	flags.StringVar(&f.SponsorName, "sponsor-name", "", "the `name` of who vouches for the agency's people")
	flags.StringVar(&f.SponsorEmail, "sponsor-email", "", "the sponsor's mail `address`")
	flags.StringSliceVar(&f.Domains, "domain", nil, "a `domain` of its people's email addresses; give it again for another, all of them")
	command.FixedWords(cmd, &f.Passwords, "passwords", "how far passwords go, `forbidden` unless given", passwordPolicies)
	f.changeFlags.register(cmd)
}

func newAgencyAdd(a *app) *cobra.Command {
	var f agencyFlags
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Add an agency",
		Long: `Add an agency. It waits for a second administrator. Then add its sites, their networks,
and invite its people: only to email addresses at the domains that you give here.`,
		Example: "  tokenctl admin agency add 'Northshire Police' --kind police --sponsor-name 'Ch Supt Reid' --sponsor-email reid@northshire.example --domain northshire.example",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if f.Passwords == "" {
				f.Passwords = api.PasswordsForbidden
			}
			if err := command.OneOf("passwords", f.Passwords, passwordPolicies); err != nil {
				return err
			}
			f.Name = args[0]
			return a.SignedIn(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				return a.propose(ctx, c, api.ChangeRequest{Kind: api.AgencyAdd, Agency: &f.AgencyFields}, f.changeFlags)
			})
		}),
	}
	f.register(cmd)
	return cmd
}

func newAgencyChange(a *app) *cobra.Command {
	var f agencyFlags
	cmd := &cobra.Command{
		Use: "change AGENCY", Short: "Change what is said of an agency",
		Long: `Change what is said of an agency; what you do not give stays as it is. You see first who
is sent no code any more, and who may sign in by password no more.`,
		Example: "  tokenctl admin agency change 'Northshire Police' --passwords limited\n  tokenctl admin agency change 'Northshire Police' --domain northshire.example --domain n.police.example",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if err := command.OneOf("passwords", f.Passwords, passwordPolicies); err != nil {
				return err
			}
			return a.SignedIn(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				agency, err := findAgency(ctx, c, args[0])
				if err != nil {
					return err
				}
				req := api.ChangeRequest{Kind: api.AgencyChange, Target: agency.ID, Version: agency.Version, Agency: f.over(agency.AgencyFields)}
				return a.propose(ctx, c, req, f.changeFlags)
			})
		}),
	}
	cmd.Flags().StringVar(&f.Name, "name", "", "another `name`")
	f.register(cmd)
	return cmd
}

// over is what is said of an agency with what was given in its place.
func (f *agencyFlags) over(was api.AgencyFields) *api.AgencyFields {
	for _, p := range []struct{ to, given *string }{
		{&was.Name, &f.Name}, {&was.Kind, &f.Kind}, {&was.SponsorName, &f.SponsorName}, {&was.SponsorEmail, &f.SponsorEmail}, {&was.Passwords, &f.Passwords},
	} {
		if *p.given != "" {
			*p.to = *p.given
		}
	}
	if len(f.Domains) > 0 {
		was.Domains = f.Domains
	}
	return &was
}

// thereIs ends the words that nothing is called as was typed: what is called nearly so.
func thereIs(typed string, names []string) string {
	var quoted []string
	for _, name := range form.Near(typed, names) {
		quoted = append(quoted, strconv.Quote(name))
	}
	if len(quoted) == 0 {
		return ""
	}
	return "; there is " + strings.Join(quoted, ", ")
}
