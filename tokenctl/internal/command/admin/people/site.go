package people

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

func newAdminSite(a *app) *cobra.Command {
	return command.Group("site", "Look at sites and change them",
		`Look at sites and change them. A site is a place or a system of an agency; people come
in from its networks. It is named by its name, or where two agencies have one of the
same name by its id as 'site show' prints it, or with --agency.

This is about what is registered. A system that is itself a site enrols and renews
with 'tokenctl site'.`,
		"  tokenctl admin site list --agency 'Northshire Police'\n  tokenctl admin site add 'Northgate Custody Suite' --agency 'Northshire Police'",
		newSiteList(a), newSiteShow(a), newSiteAdd(a), newSiteRename(a), newSiteClose(a))
}

// siteNamed is how a command's argument names a site.
type siteNamed struct{ agency string }

func (f *siteNamed) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.agency, "agency", "", "of an `agency`, by its name or id")
}

// sites reads the sites of the agency that was given, or all.
func (f siteNamed) sites(ctx context.Context, c *client.Client) (client.Answer[api.Sites], error) {
	if f.agency == "" {
		return c.Sites(ctx, "")
	}
	agency, err := findAgency(ctx, c, f.agency)
	if err != nil {
		return client.Answer[api.Sites]{}, err
	}
	return c.Sites(ctx, agency.ID)
}

// find finds a site by its name, in capitals or not, or by its id.
func (f siteNamed) find(ctx context.Context, c *client.Client, named string) (api.Site, error) {
	answer, err := f.sites(ctx, c)
	if err != nil {
		return api.Site{}, err
	}
	found := sitesNamed(answer.Value.Sites, named)
	switch len(found) {
	case 0:
		return api.Site{}, fault.New(fault.NotFound, "see 'tokenctl admin site list'; what you do not administer is not shown", "there is no site %.80q%s", named, openNear(answer.Value.Sites, named))
	case 1:
		return found[0], nil
	}
	var ids []string
	for _, s := range found {
		ids = append(ids, s.ID+" ("+s.Name+", "+s.AgencyName+")")
	}
	return api.Site{}, fault.New(fault.Usage, "give --agency, or one of: "+strings.Join(ids, ", "), "%d sites have the name %.80q", len(found), named)
}

// sitesNamed are the sites that a name or an id may mean: of those with the name, in capitals or
// not, the open ones where there are any, and of these those that are written just so.
func sitesNamed(all []api.Site, named string) []api.Site {
	named = strings.TrimSpace(named)
	if n := slices.IndexFunc(all, func(s api.Site) bool { return s.ID == named }); n >= 0 {
		return all[n : n+1]
	}
	found := sitesThat(all, func(s api.Site) bool { return strings.EqualFold(s.Name, named) })
	for _, better := range []func(api.Site) bool{
		func(s api.Site) bool { return s.ClosedAt == nil },
		func(s api.Site) bool { return s.Name == named },
	} {
		if fewer := sitesThat(found, better); len(fewer) > 0 {
			found = fewer
		}
	}
	return found
}

// openNear ends the words that no site is called so.
func openNear(all []api.Site, named string) string {
	var names []string
	for _, s := range sitesThat(all, func(s api.Site) bool { return s.ClosedAt == nil }) {
		names = append(names, s.Name)
	}
	return thereIs(named, names)
}

func sitesThat(all []api.Site, fit func(api.Site) bool) []api.Site {
	return slices.DeleteFunc(slices.Clone(all), func(s api.Site) bool { return !fit(s) })
}

func newSiteList(a *app) *cobra.Command {
	var f siteNamed
	cmd := &cobra.Command{
		Use: "list", Short: "List sites with their networks", Long: "List the sites that you administer, by agency and name, the closed ones last.",
		Example: "  tokenctl admin site list --agency 'Northshire Police'", Args: cobra.NoArgs,
		RunE: command.Shows(a.App, func(c *client.Client, ctx context.Context) (client.Answer[api.Sites], error) { return f.sites(ctx, c) }, func(all api.Sites) error {
			if len(all.Sites) == 0 {
				a.Screen.Say("There is no site yet. Add one: tokenctl admin site add")
			}
			return a.printSites(all.Sites)
		}),
	}
	f.register(cmd)
	return cmd
}

// fewNetworks is how many stand in a line of a list.
const fewNetworks = 3

func (a *app) printSites(sites []api.Site) error {
	return ui.Listing(a.Screen, []string{"SITE", "AGENCY", "PEOPLE", "NETWORKS"}, sites, func(s api.Site) []string {
		networks := strings.Join(s.Networks[:min(len(s.Networks), fewNetworks)], ", ")
		if more := len(s.Networks) - fewNetworks; more > 0 {
			networks += " and " + strconv.Itoa(more) + " more"
		}
		if s.ClosedAt != nil {
			networks = "closed on " + ui.Day(*s.ClosedAt)
		}
		return []string{s.Name, s.AgencyName, strconv.Itoa(s.Users), ui.OrDash(networks)}
	})
}

func newSiteShow(a *app) *cobra.Command {
	return a.aboutSite("show SITE", "Show one site with all its networks", "Show one site with all its networks.", "  tokenctl admin site show 'Northgate Custody Suite'", nil,
		func(_ context.Context, _ *client.Client, s api.Site) error {
			return a.Screen.Data(s, func() error {
				rows := [][]string{{"site", s.Name}, {"id", s.ID}, {"agency", s.AgencyName}, {"people", strconv.Itoa(s.Users)}}
				if s.ClosedAt != nil {
					rows = append(rows, []string{"closed", ui.Minute(*s.ClosedAt)})
				}
				for _, n := range s.Networks {
					rows = append(rows, []string{"network", n})
				}
				return a.Screen.Facts(rows)
			})
		})
}

// aboutSite is a command about the site that its argument names.
func (a *app) aboutSite(use, short, long, example string, flags *changeFlags, work func(context.Context, *client.Client, api.Site) error) *cobra.Command {
	var f siteNamed
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long, Example: example, Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.DoSignedIn(func(ctx context.Context, c *client.Client, args []string) error {
			site, err := f.find(ctx, c, args[0])
			if err != nil {
				return err
			}
			return work(ctx, c, site)
		}),
	}
	f.register(cmd)
	if flags != nil {
		flags.register(cmd)
	}
	return cmd
}

func newSiteAdd(a *app) *cobra.Command {
	var f changeFlags
	var agency string
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Add a site to an agency",
		Long:    "Add a site to an agency. Nobody comes in from it before it has a network:\ntokenctl admin network add PREFIX --site NAME",
		Example: "  tokenctl admin site add 'Northgate Custody Suite' --agency 'Northshire Police'",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if agency == "" {
				return fault.New(fault.Usage, "give --agency", "whose site is it?")
			}
			return a.SignedIn(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				of, err := findAgency(ctx, c, agency)
				if err != nil {
					return err
				}
				return a.propose(ctx, c, api.ChangeRequest{Kind: api.SiteAdd, Site: &api.SiteFields{Agency: of.ID, Name: args[0]}}, f)
			})
		}),
	}
	cmd.Flags().StringVar(&agency, "agency", "", "the `agency`, by its name or id")
	f.register(cmd)
	return cmd
}

func newSiteRename(a *app) *cobra.Command {
	var f changeFlags
	var to string
	cmd := a.aboutSite("rename SITE", "Give a site another name", "Give a site another name.", "  tokenctl admin site rename 'Northgate Custody Suite' --to 'Northgate'", &f,
		func(ctx context.Context, c *client.Client, s api.Site) error {
			if to == "" {
				return fault.New(fault.Usage, "give --to", "what is it to be called?")
			}
			req := api.ChangeRequest{Kind: api.SiteChange, Target: s.ID, Version: s.Version, Site: &api.SiteFields{Agency: s.Agency, Name: to}}
			return a.propose(ctx, c, req, f)
		})
	cmd.Flags().StringVar(&to, "to", "", "the new `name`")
	return cmd
}

func newSiteClose(a *app) *cobra.Command {
	var f changeFlags
	return a.aboutSite("close SITE", "Close a site, for good",
		`Close a site, for good: its networks are recognised no more, and sessions from there
end. You see first who could not come in any more. Its people stay registered, and
certificates of the site's own system are refused; revoke them besides.`,
		"  tokenctl admin site close 'Northgate Custody Suite' --dry-run", &f,
		func(ctx context.Context, c *client.Client, s api.Site) error {
			return a.propose(ctx, c, api.ChangeRequest{Kind: api.SiteClose, Target: s.ID, Version: s.Version}, f)
		})
}
