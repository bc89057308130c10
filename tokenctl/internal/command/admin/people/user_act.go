package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
)

// userFlags build what an entry is to be, from what it is. A flag that is not given changes nothing.
type userFlags struct {
	name, email, agency          string
	starts, ends                 string
	vetting, vettedOn, vouchedBy string
	roles, addRoles, removeRoles []string
	sites, addSites, removeSites []string
	given                        func(flag string) bool
	changeFlags
}

const aboutUserActs = `

First you see what it would do, then you are asked; --yes answers for you, and --dry-run
only shows it. Where a second person is needed, it waits for them.`

func (f *userFlags) facts(cmd *cobra.Command) {
	f.given = cmd.Flags().Changed
	flags := cmd.Flags()
	flags.StringVar(&f.name, "name", "", "the `name`")
	flags.StringVar(&f.email, "email", "", "the mail `address` that the agency's sponsor gave")
	flags.StringVar(&f.starts, "starts", "", "the first `day`, YYYY-MM-DD; none: at once")
	flags.StringVar(&f.ends, "ends", "", "the last `day`, YYYY-MM-DD; none: no end is known")
	flags.StringVar(&f.vetting, "vetting", "", "the `level` of vetting")
	flags.StringVar(&f.vettedOn, "vetted-on", "", "the `day` of the vetting, YYYY-MM-DD")
	flags.StringVar(&f.vouchedBy, "vouched-by", "", "`who` of the agency gave name and address")
}

func (f *userFlags) whole(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.agency, "agency", "", "the agency, by its `name` or id")
	flags.StringArrayVar(&f.sites, "site", nil, "a `site` of the agency, by its name or id; may be repeated")
	flags.StringArrayVar(&f.roles, "role", nil, "a `role`; may be repeated")
}

func (f *userFlags) parts(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.addRoles, "add-role", nil, "a `role` to give; may be repeated")
	flags.StringArrayVar(&f.removeRoles, "remove-role", nil, "a `role` to take; may be repeated")
	flags.StringArrayVar(&f.addSites, "add-site", nil, "a `site` of their agency to add; may be repeated")
	flags.StringArrayVar(&f.removeSites, "remove-site", nil, "a `site` to take; may be repeated")
}

// apply puts what was given into an entry.
func (f *userFlags) apply(ctx context.Context, c *client.Client, u *api.UserFields) error {
	for flag, field := range map[string]struct{ from, to *string }{
		"name": {&f.name, &u.Name}, "email": {&f.email, &u.Email}, "vetting": {&f.vetting, &u.Vetting}, "vouched-by": {&f.vouchedBy, &u.VouchedBy},
		"starts": {&f.starts, &u.Starts}, "ends": {&f.ends, &u.Ends}, "vetted-on": {&f.vettedOn, &u.VettedOn},
	} {
		if f.given(flag) {
			*field.to = strings.TrimSpace(*field.from)
		}
	}
	u.Email = strings.ToLower(u.Email)
	for flag, day := range map[string]*string{"starts": &u.Starts, "ends": &u.Ends, "vetted-on": &u.VettedOn} {
		if err := checkDay(flag, day); err != nil {
			return err
		}
	}
	if err := f.place(ctx, c, u); err != nil {
		return err
	}
	if f.given("role") {
		u.Roles = f.roles
	}
	u.Roles = edited(u.Roles, f.addRoles, f.removeRoles)
	return nil
}

// checkDay checks a day that was given; "none" is none.
func checkDay(flag string, day *string) error {
	if *day == "none" {
		*day = ""
	}
	if *day == "" {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, *day); err != nil {
		return fault.New(fault.Usage, "write it as 2026-03-27, or none", "--%s: %.40q is no day", flag, *day)
	}
	return nil
}

// place finds the agency and the sites that were named.
func (f *userFlags) place(ctx context.Context, c *client.Client, u *api.UserFields) error {
	if f.given("agency") {
		agency, err := findAgency(ctx, c, f.agency)
		if err != nil {
			return err
		}
		if agency.ID != u.Agency {
			u.Agency, u.Sites = agency.ID, nil
		}
	}
	named := slices.Concat(f.sites, f.addSites, f.removeSites)
	if len(named) == 0 {
		return nil
	}
	if u.Agency == "" {
		return fault.New(fault.Usage, "give --agency", "a site is one of an agency's, and no agency is given")
	}
	answer, err := c.Sites(ctx, u.Agency)
	if err != nil {
		return err
	}
	all := answer.Value.Sites
	chosen, err := siteIDs(all, f.sites)
	if err != nil {
		return err
	}
	if f.given("site") {
		u.Sites = chosen
	}
	add, err := siteIDs(all, f.addSites)
	if err != nil {
		return err
	}
	remove, err := siteIDs(all, f.removeSites)
	u.Sites = edited(u.Sites, add, remove)
	return err
}

// siteIDs finds an agency's sites by their names or ids.
func siteIDs(all []api.Site, named []string) (ids []string, err error) {
	for _, name := range named {
		found := sitesNamed(all, name)
		if len(found) == 0 {
			return nil, fault.New(fault.NotFound, "see 'tokenctl admin site list'", "the agency has no site %.80q%s", name, openNear(all, name))
		}
		ids = append(ids, found[0].ID)
	}
	return ids, nil
}

// edited is a list with some added and some removed, each once, in order.
func edited(was, add, remove []string) []string {
	out := append(append([]string{}, was...), add...) // never nil
	out = slices.DeleteFunc(out, func(one string) bool { return slices.Contains(remove, one) })
	slices.Sort(out)
	return slices.Compact(out)
}

func newUserInvite(a *app) *cobra.Command {
	var f userFlags
	var again bool
	cmd := &cobra.Command{
		Use: "invite ADDRESS", Short: "Invite somebody, or send a fresh code to who is registered", Args: cobra.MaximumNArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		Long: `Register somebody and invite them: a code goes to their address, and to nobody else.
The address must be at one of the agency's domains. When they first sign in they read
what their role is about and accept the terms. With a role it needs a second person.

Who is registered is sent a fresh code with --again: theirs lapsed, or was lost, or they
need another token. Codes that they were sent before no longer work. Before a further
token for somebody who has enrolled you are asked.

Many at once: tokenctl admin user import. Everybody whose code lapsed: tokenctl admin
user funnel --again.` + aboutUserActs,
		Example: "  tokenctl admin user invite dana@police.example --name 'Dana Whitlock' --agency 'Northshire Police' --site 'Northgate Custody Suite' --role police_officer\n  tokenctl admin user invite dana@police.example --again",
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && f.email == "" {
				f.email = args[0]
			}
			email, err := command.CheckEmail(f.email)
			switch {
			case err != nil:
				return err
			case len(args) == 1 && f.email != args[0]:
				return fault.New(fault.Usage, "give one address", "--email is another than %.100q", args[0])
			case again:
				return a.sendAgain(cmd.Context(), email, f.changeFlags)
			case f.name == "" || f.agency == "":
				return fault.New(fault.Usage, "give --name and --agency; or --again, if they are registered", "what is their name, and whose are they?")
			}
			return a.SignedIn(cmd.Context(), func(ctx context.Context, c *client.Client) error { return a.inviteNew(ctx, c, &f, email) })
		}),
	}
	f.facts(cmd)
	f.whole(cmd)
	f.changeFlags.register(cmd)
	cmd.Flags().BoolVar(&again, "again", false, "they are registered: send them a fresh code")
	for _, of := range []string{"name", "agency", "site", "role", "starts", "ends", "vetting", "vetted-on", "vouched-by", "note"} {
		cmd.MarkFlagsMutuallyExclusive("again", of)
	}
	return cmd
}

// inviteNew proposes to invite somebody who is not registered.
func (a *app) inviteNew(ctx context.Context, c *client.Client, f *userFlags, email string) error {
	u := api.UserFields{Sites: []string{}, Roles: []string{}}
	if err := f.apply(ctx, c, &u); err != nil {
		return err
	}
	u.Email = email
	return a.propose(ctx, c, api.ChangeRequest{Kind: api.UserInvite, User: &u}, f.changeFlags)
}

// userAct is a command about somebody who is registered.
type userAct struct {
	name, kind, short, long, example string
	flags                            func(*userFlags, *cobra.Command)
}

func newUserChange(a *app) *cobra.Command {
	return a.userCommand(userAct{
		name: "change", kind: api.UserChange, short: "Change somebody's entry",
		long: `Change somebody's entry: name, address, dates, vetting, roles, sites. What you do not
give stays. Who is given more waits for a second person. Another address ends what they
hold, and a new code goes there; both addresses are told.

Somebody moves to another agency: tokenctl admin user move.`,
		example: "  tokenctl admin user change dana@police.example --add-role police_officer --ends 2027-03-31\n  tokenctl admin user change dana@police.example --remove-site 'Northgate Custody Suite' --yes",
		flags:   func(f *userFlags, cmd *cobra.Command) { f.facts(cmd); f.parts(cmd) },
	})
}

func newUserMove(a *app) *cobra.Command {
	return a.userCommand(userAct{
		name: "move", kind: api.UserChange, short: "Move somebody to another agency or other sites",
		long: `Move somebody to another agency, or to other sites of theirs: in one act their sessions
end and, at another agency, all that they hold is revoked, and they are sent a new code.
--site and --role say which they have afterwards; without --role they keep theirs.`,
		example: "  tokenctl admin user move dana@police.example --agency 'Westmoor Police' --site Harbour --email dana@westmoor.example",
		flags: func(f *userFlags, cmd *cobra.Command) {
			f.facts(cmd)
			f.whole(cmd)
			cmd.MarkFlagsOneRequired("agency", "site")
		},
	})
}

func newUserReturn(a *app) *cobra.Command {
	return a.userCommand(userAct{
		name: "return", kind: api.UserReturn, short: "Have somebody return who has left",
		long: `Have somebody return who has left, with the entry that they had or as you give it here.
It needs a second person. What they held stays revoked: they are sent a new code.`,
		example: "  tokenctl admin user return dana@police.example --ends none",
		flags:   func(f *userFlags, cmd *cobra.Command) { f.facts(cmd); f.whole(cmd) },
	})
}

// userCommand is a command that changes somebody's entry.
func (a *app) userCommand(what userAct) *cobra.Command {
	var f userFlags
	cmd := &cobra.Command{
		Use: what.name + " USER", Short: what.short, Long: what.long + aboutUserActs, Example: what.example, Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			return a.withUser(cmd.Context(), args[0], func(ctx context.Context, c *client.Client, found client.Answer[api.User]) error {
				u := found.Value.UserFields
				if err := f.apply(ctx, c, &u); err != nil {
					return err
				}
				return a.propose(ctx, c, api.ChangeRequest{Kind: what.kind, Target: found.Value.ID, Version: found.Value.Version, User: &u}, f.changeFlags)
			})
		}),
	}
	what.flags(&f, cmd)
	f.changeFlags.register(cmd)
	return cmd
}

func newUserLeave(a *app) *cobra.Command {
	var f changeFlags
	cmd := &cobra.Command{
		Use: "leave USER", Short: "End somebody's access: they have left", Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		Long: `End somebody's access in one act: they are refused from that moment on, their sessions
end, and all that they hold is revoked for good: tokens, cards, codes, a password. It
needs no second person. For a day to come, change the last day instead:
tokenctl admin user change USER --ends DAY.` + aboutUserActs,
		Example: "  tokenctl admin user leave dana@police.example --note 'left on Friday'",
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			return a.withUser(cmd.Context(), args[0], func(ctx context.Context, c *client.Client, found client.Answer[api.User]) error {
				return a.propose(ctx, c, api.ChangeRequest{Kind: api.UserLeave, Target: found.Value.ID, Version: found.Value.Version}, f)
			})
		}),
	}
	f.register(cmd)
	return cmd
}
