package people

import (
	"context"
	"net/netip"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

func newAdminNetwork(a *app) *cobra.Command {
	return command.Group("network", "Look at the networks of sites, add and remove them",
		`Look at the networks of sites, add and remove them. A network is an address and a
length, IPv4 or IPv6: 192.0.2.0/24, 2001:db8:12::/48. Somebody is recognised from an
address by the most specific network of a site where they work that holds it.

Before anything changes you see who gains or loses access by it.`,
		"  tokenctl admin network whose 192.0.2.7\n  tokenctl admin network add 192.0.2.0/24 --site 'Northgate Custody Suite'",
		newNetworkList(a), newNetworkAct(a, addingNetwork), newNetworkAct(a, removingNetwork), newNetworkWhose(a))
}

// listedNetwork is a line of the list.
type listedNetwork struct {
	Prefix string `json:"prefix"`
	Site   string `json:"site"` // UUID
	Name   string `json:"name"`
	Agency string `json:"agency"`
	Users  int    `json:"users"`
}

var networkHeading = []string{"NETWORK", "SITE", "AGENCY", "PEOPLE"}

func newNetworkList(a *app) *cobra.Command {
	var f siteNamed
	var site string
	cmd := &cobra.Command{
		Use: "list", Short: "List networks with their sites", Long: "List the networks of the open sites that you administer, by agency and site.",
		Example: "  tokenctl admin network list\n  tokenctl admin network list --site 'Northgate Custody Suite' --json", Args: cobra.NoArgs,
		RunE: a.DoSignedIn(func(ctx context.Context, c *client.Client, _ []string) error {
			sites, err := f.chosen(ctx, c, site)
			if err != nil {
				return err
			}
			return a.printNetworks(networksOf(sites))
		}),
	}
	cmd.Flags().StringVar(&site, "site", "", "of one `site`, by its name or id")
	f.register(cmd)
	return cmd
}

// chosen are the sites of the agency that was given, or the one that was.
func (f siteNamed) chosen(ctx context.Context, c *client.Client, site string) ([]api.Site, error) {
	if site == "" {
		answer, err := f.sites(ctx, c)
		return answer.Value.Sites, err
	}
	one, err := f.find(ctx, c, site)
	return []api.Site{one}, err
}

func networksOf(sites []api.Site) []listedNetwork {
	all := []listedNetwork{}
	for _, s := range sites {
		if s.ClosedAt != nil {
			continue
		}
		for _, n := range s.Networks {
			all = append(all, listedNetwork{n, s.ID, s.Name, s.AgencyName, s.Users})
		}
	}
	return all
}

func (a *app) printNetworks(all []listedNetwork) error {
	err := a.Screen.Data(map[string]any{"networks": all}, func() error {
		return ui.Listing(a.Screen, networkHeading, all, func(n listedNetwork) []string { return []string{n.Prefix, n.Name, n.Agency, strconv.Itoa(n.Users)} })
	})
	a.Screen.Say("%s.", ui.Count(len(all), "network"))
	return err
}

// networkAct is a change of a site's networks, as its command explains it.
type networkAct struct{ name, kind, short, long string }

var (
	addingNetwork = networkAct{"add", api.NetworkAdd, "Recognise callers from a network as callers from a site",
		`Recognise callers from a network as callers from a site: whoever works there may come in
from it. You see first who gains by it, and what there is to say against it: that it
overlaps a network of another agency, is very large, or is used by everybody.`}
	removingNetwork = networkAct{"remove", api.NetworkRemove, "Recognise callers from a network no longer",
		`Recognise callers from a network of a site no longer. You see first who loses access by
it and how many sessions end; what another site of theirs holds they keep.`}
)

func newNetworkAct(a *app, what networkAct) *cobra.Command {
	var f changeFlags
	var at siteNamed
	var site string
	cmd := &cobra.Command{
		Use: what.name + " PREFIX", Short: what.short, Long: what.long,
		Example: "  tokenctl admin network " + what.name + " 192.0.2.0/24 --site 'Northgate Custody Suite'\n  tokenctl admin network " + what.name + " 2001:db8:12::/48 --site 'Northgate Custody Suite' --dry-run",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if site == "" {
				return fault.New(fault.Usage, "give --site", "whose network is it?")
			}
			if _, err := netip.ParsePrefix(strings.TrimSpace(args[0])); err != nil {
				return fault.New(fault.Usage, "give address and length, such as 192.0.2.0/24", "%.60q is no network", args[0])
			}
			return a.SignedIn(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				of, err := at.find(ctx, c, site)
				if err != nil {
					return err
				}
				return a.propose(ctx, c, api.ChangeRequest{Kind: what.kind, Network: &api.NetworkFields{Site: of.ID, Prefix: args[0]}}, f)
			})
		}),
	}
	cmd.Flags().StringVar(&site, "site", "", "the `site`, by its name or id")
	at.register(cmd)
	f.register(cmd)
	return cmd
}

func newNetworkWhose(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "whose ADDRESS", Short: "Say who is recognised from an address",
		Long: `Say which sites' networks hold an address, the most specific first: for somebody who was
refused and told you the address that the service saw. The exit code is 3 when none
that you administer does.`,
		Example: "  tokenctl admin network whose 192.0.2.7", Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			address, err := netip.ParseAddr(strings.TrimSpace(args[0]))
			if err != nil || address.Zone() != "" {
				return fault.New(fault.Usage, "give one address, such as 192.0.2.7", "%.60q is no address", args[0])
			}
			return a.SignedIn(cmd.Context(), func(ctx context.Context, c *client.Client) error { return a.whose(ctx, c, address) })
		}),
	}
}

func (a *app) whose(ctx context.Context, c *client.Client, address netip.Addr) error {
	answer, err := c.Whose(ctx, address)
	if err != nil {
		return err
	}
	matches := answer.Value.Matches
	err = a.Screen.Data(answer.Raw, func() error {
		return ui.Listing(a.Screen, networkHeading, matches, func(m api.NetworkMatch) []string { return []string{m.Prefix, m.Name, m.Agency, strconv.Itoa(m.Users)} })
	})
	if err == nil && len(matches) == 0 {
		return fault.New(fault.NotFound, "if they are at a site, add its network: tokenctl admin network add", "no site that you administer has a network that holds %s", address)
	}
	return err
}
