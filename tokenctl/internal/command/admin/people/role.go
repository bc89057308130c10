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

func newAdminRole(a *app) *cobra.Command {
	return command.Group("role", "Look at roles and change what they permit",
		`Look at roles and change what they permit: which items of a record their holders may
read, create, update, or read in an emergency only. A section's name stands for all its
items.

What you change is shown first, with the people who would gain or lose what. What only
takes away is done at once; everything else waits for a second administrator. Either
counts from the next request on: nothing is restarted.`,
		"  tokenctl admin role list\n  tokenctl admin role matrix\n  tokenctl admin role change police_officer --grant release_medication:emergency --dry-run",
		newRoleList(a), newRoleShow(a), newRoleMatrix(a), newRoleAdd(a), newRoleChange(a), newRoleDelete(a))
}

func newRoleList(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the roles", Long: "List the roles, with how many people have each and what it demands of them.",
		Example: "  tokenctl admin role list --json", Args: cobra.NoArgs,
		RunE: command.Shows(a.App, (*client.Client).Roles, a.printRoles),
	}
}

func (a *app) printRoles(all api.Roles) error {
	rows := [][]string{{"ROLE", "PEOPLE", "READS", "LEVEL", "PASSWORDS", ""}}
	for _, r := range all.Roles {
		rows = append(rows, []string{r.Name, strconv.Itoa(r.Holders), strconv.Itoa(len(itemsOf(r.RoleFields, "read"))), r.Level, passwordsOf(r.RoleFields), kindOfRole(r)})
	}
	return a.Screen.Table(rows)
}

// kindOfRole marks what is no role like others.
func kindOfRole(r api.Role) string {
	switch {
	case r.Office:
		return "office: reads no record"
	case !r.BuiltIn:
		return "added here"
	}
	return ""
}

func passwordsOf(r api.RoleFields) string {
	if r.TOTP && r.Passwords != api.PasswordsForbidden {
		return r.Passwords + ", with a second factor"
	}
	return r.Passwords
}

// itemsOf are the items that a role permits an act to, in the service's order.
func itemsOf(r api.RoleFields, act string) (items []string) {
	for _, p := range r.Permissions {
		if p.Act == act {
			items = append(items, p.Item)
		}
	}
	return items
}

func newRoleShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "show ROLE", Short: "Show one role and what it permits", Long: "Show one role: what it is for, what it demands, and what it permits to which items.",
		Example: "  tokenctl admin role show police_officer\n  tokenctl admin role show police_officer --json > role.json", Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.DoSignedIn(func(ctx context.Context, c *client.Client, args []string) error {
			answer, err := c.Role(ctx, args[0])
			if err != nil {
				return err
			}
			items, err := c.Items(ctx)
			if err != nil {
				return err
			}
			return a.Screen.Data(answer.Raw, func() error { return a.printRole(answer.Value, items.Value) })
		}),
	}
}

func (a *app) printRole(r api.Role, items api.Items) error {
	facts := [][]string{
		{"role", r.Name}, {"for", r.Description}, {"people", strconv.Itoa(r.Holders)}, {"level", r.Level}, {"passwords", passwordsOf(r.RoleFields)},
		{"kind", ui.OrDash(kindOfRole(r))}, {"version", strconv.FormatInt(r.Version, 10)},
	}
	for _, act := range roleActs {
		facts = append(facts, []string{act, ui.OrDash(strings.Join(inShort(itemsOf(r.RoleFields, act), items), ", "))})
	}
	return a.Screen.Facts(facts)
}

// inShort puts a section's name in place of all its items.
func inShort(items []string, of api.Items) (short []string) {
	for _, s := range of.Sections {
		var named []string
		for _, i := range s.Items {
			if slices.Contains(items, i.Key) {
				named = append(named, i.Key)
			}
		}
		if len(named) == len(s.Items) && len(named) > 0 {
			named = []string{s.Key}
		}
		short = append(short, named...)
	}
	return short
}

var roleActs = []string{"read", "create", "update", "emergency"}

func newRoleMatrix(a *app) *cobra.Command {
	var only []string
	cmd := &cobra.Command{
		Use: "matrix", Short: "Show what every role may do to every item",
		Long: `Show what every role may do to every item of a record: a row for each item, a column
for each role, and in it r for read, c for create, u for update, e for read in an
emergency only. Offices are left out: they permit nothing.`,
		Example: "  tokenctl admin role matrix\n  tokenctl admin role matrix --role police_officer,clinician --json", Args: cobra.NoArgs,
		RunE: a.DoSignedIn(func(ctx context.Context, c *client.Client, _ []string) error {
			roles, err := c.Roles(ctx)
			if err != nil {
				return err
			}
			items, err := c.Items(ctx)
			if err != nil {
				return err
			}
			chosen, err := chooseRoles(roles.Value.Roles, only)
			if err != nil {
				return err
			}
			return a.Screen.Data(matrix{items.Value.Sections, chosen}, func() error { return a.Screen.Table(matrixRows(items.Value, chosen)) })
		}),
	}
	cmd.Flags().StringSliceVar(&only, "role", nil, "those `roles` only")
	return cmd
}

// matrix is what 'role matrix --json' prints.
type matrix struct {
	Sections []api.ItemSection `json:"sections"`
	Roles    []api.Role        `json:"roles"`
}

// chooseRoles are those of a list, or without one all that are no office.
func chooseRoles(all []api.Role, only []string) (chosen []api.Role, err error) {
	var names []string
	for _, r := range all {
		names = append(names, r.Name)
	}
	for _, name := range only {
		if !slices.Contains(names, name) {
			return nil, fault.New(fault.NotFound, "see 'tokenctl admin role list'", "there is no role %.80q%s", name, thereIs(name, names))
		}
	}
	for _, r := range all {
		if slices.Contains(only, r.Name) || len(only) == 0 && !r.Office {
			chosen = append(chosen, r)
		}
	}
	return chosen, nil
}

func matrixRows(items api.Items, roles []api.Role) [][]string {
	head := []string{"ITEM"}
	for _, r := range roles {
		head = append(head, r.Name)
	}
	rows := [][]string{head}
	for _, s := range items.Sections {
		for _, i := range s.Items {
			row := []string{i.Key}
			for _, r := range roles {
				row = append(row, cell(r.RoleFields, i.Key))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// cell has the first letters of the acts that a role permits to an item.
func cell(r api.RoleFields, item string) string {
	var letters strings.Builder
	for _, act := range roleActs {
		letter := "-"
		if slices.Contains(r.Permissions, api.Permission{Item: item, Act: act}) {
			letter = act[:1]
		}
		letters.WriteString(letter)
	}
	return letters.String()
}
