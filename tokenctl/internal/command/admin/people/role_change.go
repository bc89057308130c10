package people

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
)

// maxRoleFile bounds a file with a role.
const maxRoleFile = 256 << 10

var tokenLevels = []string{"software", "card", "attested"}

// roleFlags are what can be said of a role.
type roleFlags struct {
	changeFlags
	description, level, passwords, totp, file string
	grant, revoke                             []string
}

func (f *roleFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.description, "description", "", "what it is for: `text` that its holders read")
	command.FixedWords(cmd, &f.level, "level", "token that it demands: `level`", tokenLevels)
	command.FixedWords(cmd, &f.passwords, "passwords", "how far `passwords` go", passwordPolicies)
	command.FixedWords(cmd, &f.totp, "totp", "a password needs a second factor: `yes` or no", []string{"yes", "no"})
	flags.StringSliceVar(&f.grant, "grant", nil, "an `item:act` to permit; item may be a section, act is read, create, update or emergency")
	flags.StringSliceVar(&f.revoke, "revoke", nil, "an `item:act` to permit no more, after what is granted")
	flags.StringVar(&f.file, "file", "", "begin with the role in this `file`, as 'role show --json' prints it; - is the standard input")
	f.changeFlags.register(cmd)
}

func (f *roleFlags) check() error {
	for _, w := range []struct {
		flag, given string
		allowed     []string
	}{{"level", f.level, tokenLevels}, {"passwords", f.passwords, passwordPolicies}, {"totp", f.totp, []string{"yes", "no"}}} {
		if err := command.OneOf(w.flag, w.given, w.allowed); err != nil {
			return err
		}
	}
	return nil
}

// over is the role was with what was given in its place, item by item.
func (f *roleFlags) over(was api.RoleFields, items api.Items) (*api.RoleFields, error) {
	for _, p := range []struct {
		to    *string
		given string
	}{{&was.Description, f.description}, {&was.Level, f.level}, {&was.Passwords, f.passwords}} {
		if p.given != "" {
			*p.to = p.given
		}
	}
	if f.totp != "" {
		was.TOTP = f.totp == "yes"
	}
	granted, err := permissionsOf(f.grant, items)
	if err != nil {
		return nil, err
	}
	revoked, err := permissionsOf(f.revoke, items)
	if err != nil {
		return nil, err
	}
	may := slices.Concat([]api.Permission{}, was.Permissions)
	for _, p := range granted {
		if !slices.Contains(may, p) {
			may = append(may, p)
		}
	}
	was.Permissions = slices.DeleteFunc(may, func(p api.Permission) bool { return slices.Contains(revoked, p) })
	return &was, nil
}

// permissionsOf reads item:act, with a section in place of all its items.
func permissionsOf(given []string, items api.Items) (all []api.Permission, err error) {
	for _, text := range given {
		name, act, _ := strings.Cut(text, ":")
		if !slices.Contains(roleActs, act) {
			return nil, fault.New(fault.Usage, "write item:act with an act of "+strings.Join(roleActs, ", "), "%.80q is no permission", text)
		}
		before := len(all)
		for _, s := range items.Sections {
			for _, i := range s.Items {
				if i.Key == name || s.Key == name {
					all = append(all, api.Permission{Item: i.Key, Act: act})
				}
			}
		}
		if len(all) == before {
			return nil, fault.New(fault.Usage, "see 'tokenctl admin role matrix' for the items", "there is no item or section %.80q; the sections are %s", name, strings.Join(sectionKeys(items), ", "))
		}
	}
	return all, nil
}

func sectionKeys(items api.Items) (keys []string) {
	for _, s := range items.Sections {
		keys = append(keys, s.Key)
	}
	return keys
}

// begun is the role that the flags begin with: that of the file, or else was.
func (f *roleFlags) begun(was api.RoleFields) (api.RoleFields, error) {
	if f.file == "" {
		return was, nil
	}
	in := io.Reader(os.Stdin)
	if f.file != "-" {
		file, err := os.Open(f.file)
		if err != nil {
			return was, fault.New(fault.Usage, "give a file that is there", "the role cannot be read: %v", err)
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxRoleFile+1))
	if err != nil || len(text) > maxRoleFile {
		return was, fault.New(fault.Usage, "give a role as 'tokenctl admin role show --json' prints it", "the role cannot be read, or is longer than %d bytes", maxRoleFile)
	}
	return readRole(text, was)
}

// readRole reads a role, bare or as --json prints it. Its name counts only for a role that has none.
func readRole(text []byte, was api.RoleFields) (api.RoleFields, error) {
	var printed struct {
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(text, &printed) == nil && len(printed.Data) > 0 {
		text = printed.Data
	}
	role := api.RoleFields{Level: was.Level, Passwords: was.Passwords, TOTP: was.TOTP}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&role); err != nil {
		return was, fault.New(fault.Usage, "give a role as 'tokenctl admin role show --json' prints it", "that is not a role: %v", err)
	}
	role.Name = was.Name
	return role, nil
}

func newRoleAdd(a *app) *cobra.Command {
	var f roleFlags
	cmd := &cobra.Command{
		Use: "add ROLE", Short: "Add a role",
		Long: `Add a role. It waits for a second administrator; then give it to people, with 'tokenctl
admin user change'. ROLE is in small letters and underscores, and stays.`,
		Example: "  tokenctl admin role add probation_officer --description 'sees the risks' --grant service_user_details:read,risk_factors:read --revoke service_user_details.epex_number:read",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			blank := api.RoleFields{Name: args[0], Level: "software", Passwords: api.PasswordsForbidden, TOTP: true}
			return a.proposeRole(cmd.Context(), api.ChangeRequest{Kind: api.RoleAdd}, f, func(context.Context, *client.Client) (api.Role, error) {
				return api.Role{RoleFields: blank}, nil
			})
		}),
	}
	f.register(cmd)
	return cmd
}

func newRoleChange(a *app) *cobra.Command {
	var f roleFlags
	cmd := &cobra.Command{
		Use: "change ROLE", Short: "Change what a role permits and demands",
		Long: `Change what a role permits and demands; what you do not give stays as it is. You see
first who of its holders gains or loses which items, who would be refused because of
their token, and who may sign in by password no more. To take items away, to raise the
level or to tighten passwords takes you alone, unless somebody with an office holds the
role; everything else waits for a second administrator.`,
		Example: "  tokenctl admin role change police_officer --grant release_medication:emergency --dry-run\n  tokenctl admin role change clinician --level card",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			return a.proposeRole(cmd.Context(), api.ChangeRequest{Kind: api.RoleChange, Target: args[0]}, f, func(ctx context.Context, c *client.Client) (api.Role, error) {
				answer, err := c.Role(ctx, args[0])
				return answer.Value, err
			})
		}),
	}
	f.register(cmd)
	return cmd
}

// proposeRole proposes what the flags make of a role.
func (a *app) proposeRole(ctx context.Context, req api.ChangeRequest, f roleFlags, of func(context.Context, *client.Client) (api.Role, error)) error {
	if err := f.check(); err != nil {
		return err
	}
	return a.SignedIn(ctx, func(ctx context.Context, c *client.Client) error {
		was, err := of(ctx, c)
		if err != nil {
			return err
		}
		items, err := c.Items(ctx)
		if err != nil {
			return err
		}
		fields, err := f.begun(was.RoleFields)
		if err == nil {
			req.Role, err = f.over(fields, items.Value)
		}
		if err != nil {
			return err
		}
		req.Version = was.Version
		return a.propose(ctx, c, req, f.changeFlags)
	})
}

func newRoleDelete(a *app) *cobra.Command {
	var f changeFlags
	cmd := &cobra.Command{
		Use: "delete ROLE", Short: "Delete a role",
		Long: `Delete a role. Whoever has it loses it, and what only it gives them; you see first who
and what. It waits for a second administrator. The built-in roles stay.`,
		Example: "  tokenctl admin role delete probation_officer --dry-run",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.DoSignedIn(func(ctx context.Context, c *client.Client, args []string) error {
			was, err := c.Role(ctx, args[0])
			if err != nil {
				return err
			}
			return a.propose(ctx, c, api.ChangeRequest{Kind: api.RoleDelete, Target: args[0], Version: was.Value.Version}, f)
		}),
	}
	f.register(cmd)
	return cmd
}
