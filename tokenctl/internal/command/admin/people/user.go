package people

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/server/api/form"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

func newAdminUser(a *app) *cobra.Command {
	return command.Group("user", "Look at people, and invite, change and end them",
		`Look at people, invite them, and change what they may: where they sign in from, their
roles, their dates. Somebody is named by their email address, or by their id as
'user list --json' prints it.

What you change is shown first, with what they gain or lose. To invite somebody with a
role, and whatever gives somebody more, waits for a second person; what takes away does
not. A code goes to the user's own address, and no administrator ever sees it.`,
		"  tokenctl admin user list --stage lapsed\n  tokenctl admin user leave dana@police.example",
		newUserList(a), newUserShow(a), newUserInvite(a), newUserChange(a), newUserMove(a), newUserLeave(a), newUserReturn(a), newUserImport(a), newUserFunnel(a))
}

var (
	userStages = []string{"present", "all", api.StageDue, api.StageInvited, api.StageBounced, api.StageLapsed, api.StageRegistered, api.StageActive, api.StageEnded, api.StageLeft}
	userSorts  = []string{"name", "-name", "email", "-email", "agency", "-agency", "seen", "-seen", "invited", "-invited"}
)

type userListFlags struct {
	api.UserFilter
	limit int
}

func newUserList(a *app) *cobra.Command {
	var f userListFlags
	cmd := &cobra.Command{
		Use: "list", Short: "List people", Args: cobra.NoArgs,
		Long: `List the people whom you administer, by name, and say how many there are in all. All
that is asked for must hold. Without --stage it is those who have not left.`,
		Example: "  tokenctl admin user list\n  tokenctl admin user list --agency 'Northshire Police' --role police_officer\n  tokenctl admin user list --sort seen --limit 20 --json",
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			if f.limit < 1 {
				return fault.New(fault.Usage, "give a number from 1", "--limit: %d is no number of people", f.limit)
			}
			if err := command.OneOf("stage", f.Stage, userStages); err != nil {
				return err
			}
			if err := command.OneOf("sort", f.Sort, userSorts); err != nil {
				return err
			}
			return a.SignedIn(cmd.Context(), func(ctx context.Context, c *client.Client) error { return a.userList(ctx, c, f) })
		}),
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.Query, "q", "q", "", "`part` of the name or the email address")
	flags.StringVar(&f.Agency, "agency", "", "of an agency, by its `name` or id")
	flags.StringVar(&f.Site, "site", "", "of a site, by its `id`")
	flags.StringVar(&f.Role, "role", "", "with a `role`; - is who has none")
	command.FixedWords(cmd, &f.Stage, "stage", "how far they have come: `stage`", userStages)
	command.FixedWords(cmd, &f.Sort, "sort", "`order`, with - before it the other way", userSorts)
	flags.IntVar(&f.limit, "limit", command.DefaultLimit, "print at most so `many`")
	return cmd
}

func (a *app) userList(ctx context.Context, c *client.Client, f userListFlags) error {
	if f.Agency != "" {
		agency, err := findAgency(ctx, c, f.Agency)
		if err != nil {
			return err
		}
		f.Agency = agency.ID
	}
	found, err := userPages(ctx, c, f.UserFilter, f.limit)
	if err != nil {
		return err
	}
	err = a.Screen.Data(found, func() error {
		return ui.Listing(a.Screen, []string{"NAME", "ADDRESS", "AGENCY", "STAGE", "ROLES", "LAST HERE"}, found.Users, userRow)
	})
	switch {
	case found.Total == 0:
		a.Screen.Say("There is nobody like that whom you administer.")
	case len(found.Users) < found.Total:
		a.Screen.Say("%d of %d people. More of them: --limit.", len(found.Users), found.Total)
	}
	return err
}

// userPages reads as many pages as the limit takes.
func userPages(ctx context.Context, c *client.Client, f api.UserFilter, limit int) (all api.Users, err error) {
	all.Page, all.PerPage = 1, limit
	all.Users, all.Total, err = command.UpTo(limit, func(page, perPage int) ([]api.User, int, error) {
		f.Page, f.PerPage = page, perPage
		answer, err := c.Users(ctx, f)
		return answer.Value.Users, answer.Value.Total, err
	})
	return all, err
}

func userRow(u api.User) []string {
	return []string{u.Name, u.Email, u.AgencyName, u.Stage, ui.OrDash(roleWords(u.Roles)), ui.OrDash(dayOrNone(u.LastSeen))}
}

func roleWords(roles []string) string {
	var words []string
	for _, role := range roles {
		words = append(words, form.RoleLabel(role))
	}
	return strings.Join(words, ", ")
}

func dayOrNone(t *time.Time) string {
	if t == nil {
		return ""
	}
	return ui.Day(*t)
}

func newUserShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "show USER", Short: "Show one person", Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		Long: `Show one person: their entry, how far they have come, what they hold. The last line
says what you may do. USER is their email address, or their id.`,
		Example: "  tokenctl admin user show dana@police.example",
		RunE: command.ShowsOne(a.App, func(c *client.Client, ctx context.Context, named string) (client.Answer[api.User], error) {
			return FindUser(ctx, c, named)
		}, a.printUser),
	}
}

func (a *app) printUser(u api.User) error {
	err := a.Screen.Facts(userFacts(u))
	a.Screen.Say("You may: %s.", ui.OrDash(strings.Join(u.May, ", ")))
	return err
}

func userFacts(u api.User) [][]string {
	password := "no"
	if u.Password {
		password = "yes"
	}
	rows := [][]string{
		{"name", u.Name}, {"address", u.Email}, {"id", u.ID}, {"agency", u.AgencyName}, {"sites", ui.OrDash(strings.Join(u.SiteNames, ", "))},
		{"roles", ui.OrDash(roleWords(u.Roles))}, {"stage", u.Stage}, {"first day", ui.OrDash(u.Starts)}, {"last day", ui.OrDash(u.Ends)},
		{"vetting", ui.OrDash(strings.TrimSpace(u.Vetting + " " + u.VettedOn))}, {"vouched for by", ui.OrDash(u.VouchedBy)},
		{"password", password}, {"open sessions", strconv.Itoa(u.Sessions)},
	}
	for _, f := range []struct {
		name string
		at   *time.Time
	}{{"code sent", u.InvitedAt}, {codeWord(u), u.CodeEnds}, {"reminded", u.RemindedAt}, {"mail came back", u.BouncedAt}, {"registered", u.Registered},
		{"first here", u.FirstSeen}, {"last here", u.LastSeen}, {"terms accepted", u.AcceptedAt}, {"left", u.LeftAt}} {
		if f.at != nil {
			rows = append(rows, []string{f.name, ui.Minute(*f.at)})
		}
	}
	if u.PutOut {
		rows = append(rows, []string{"left by", "a restore: they had moved, or their address had changed, after its backup; return them with the right agency and address"})
	}
	if u.Bounce != "" {
		rows = append(rows, []string{"the mail server said", u.Bounce})
	}
	return rows
}

// codeWord says what the end of a code is: one that could be used, or could have been.
func codeWord(u api.User) string {
	if u.Stage == api.StageLapsed {
		return "code lapsed"
	}
	return "code good until"
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// withUser signs in and finds whom an argument names.
func (a *app) withUser(ctx context.Context, named string, work func(context.Context, *client.Client, client.Answer[api.User]) error) error {
	return a.SignedIn(ctx, func(ctx context.Context, c *client.Client) error {
		found, err := FindUser(ctx, c, named)
		if err != nil {
			return err
		}
		return work(ctx, c, found)
	})
}

// FindUser finds somebody by their mail address or their id, who has left too.
func FindUser(ctx context.Context, c *client.Client, named string) (client.Answer[api.User], error) {
	id := strings.ToLower(strings.TrimSpace(named))
	if uuidForm.MatchString(id) {
		return c.User(ctx, id)
	}
	found, err := userPages(ctx, c, api.UserFilter{Query: id, Stage: "all"}, command.MaxPage)
	if err != nil {
		return client.Answer[api.User]{}, err
	}
	for _, u := range found.Users {
		if u.Email == id {
			return c.User(ctx, u.ID)
		}
	}
	return client.Answer[api.User]{}, fault.New(fault.NotFound, "find them with 'tokenctl admin user list'; whom you do not administer is not shown either",
		"nobody has the email address %.100q", named)
}
