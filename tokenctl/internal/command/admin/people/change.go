package people

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

// changeFlags are those of every command that changes who may come in, from where, or what
// roles permit.
type changeFlags struct {
	yes, dryRun bool
	note        string
}

func (f *changeFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	flags.BoolVar(&f.dryRun, "dry-run", false, "show what it would do, and do nothing")
	flags.StringVar(&f.note, "note", "", "`text` that says why, for the second person and the audit; no names of patients")
}

// propose makes a change, shows what it would do, has the person agree, and confirms it. Where
// a second person has to approve it, the change waits for them.
func (a *app) propose(ctx context.Context, c *client.Client, req api.ChangeRequest, f changeFlags) error {
	req.Note = f.note
	answer, err := c.ProposeChange(ctx, req)
	if err != nil {
		return err
	}
	return a.proposed(ctx, c, answer.Value, f)
}

// proposed goes on with a change that was made: a dry run forgets it.
func (a *app) proposed(ctx context.Context, c *client.Client, made api.Change, f changeFlags) error {
	if f.dryRun {
		defer a.forgetChange(ctx, c, made.ID)
		if err := a.Screen.Data(made, func() error { return printChange(a.Screen, made) }); err != nil {
			return err
		}
		a.Screen.Say("Nothing was done, and the change is forgotten. To make it, give the command without --dry-run.")
		return nil
	}
	if err := printForeseen(a.Screen.Aside(), made); err != nil {
		return err
	}
	if err := agreeTo(ctx, made, f.yes, "This is to "+verbOf(made.Kind)+": "+made.Subject+"."); err != nil {
		a.forgetChange(ctx, c, made.ID)
		return err
	}
	return a.confirmChange(ctx, c, made)
}

// forgetPatience bounds how long a change that came to nothing may keep its maker.
const forgetPatience = 5 * time.Second

// forgetChange throws away a change that this command made and nobody has confirmed.
func (a *app) forgetChange(ctx context.Context, c *client.Client, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), forgetPatience)
	defer cancel()
	c.DiscardChange(ctx, id) // or it expires after a day, and nobody need know
}

// agreeTo has the person type the change's word, or yes where it has none.
func agreeTo(ctx context.Context, made api.Change, yes bool, what string) error {
	word := made.Word
	if word == "" {
		word = "yes"
	}
	return command.Sure(ctx, yes, "this changes who is served", what, word)
}

func (a *app) confirmChange(ctx context.Context, c *client.Client, made api.Change) error {
	return a.printDone(c.ConfirmChange(ctx, made.ID, api.ConfirmRequest{Word: made.Word, Digest: made.Digest}))
}

// printDone prints a change that was confirmed or decided, and says what comes next.
func (a *app) printDone(answer client.Answer[api.Change], err error) error {
	if err != nil {
		return err
	}
	done := answer.Value
	if err := a.Screen.Data(answer.Raw, func() error { return printState(a.Screen, done) }); err != nil {
		return err
	}
	switch {
	case done.State == api.ChangeWaiting:
		a.Screen.Say("It waits for a second person: %s", strings.Join(done.Second, " "))
		a.Screen.Say("They see it with: tokenctl admin change show %s", done.ID)
	case done.State == api.ChangeApplied && done.Items != nil && done.AppliedAt == nil:
		a.Screen.Say("It goes on: %d of %s are registered so far, and are sent their codes one after another.", done.Items.Done, ui.Count(done.Items.Total, "person"))
		a.Screen.Say("Watch it with: tokenctl admin change show %s", done.ID)
		a.Screen.Say("Who has come how far: tokenctl admin user funnel")
	case done.State == api.ChangeApplied && done.Items != nil && done.Items.Failed > 0:
		return fault.New(fault.Partly, "tokenctl admin change show "+done.ID, "%d of %s could not be registered", done.Items.Failed, ui.Count(done.Items.Total, "person"))
	}
	return nil
}

// verbOf is a kind of change as what somebody does.
func verbOf(kind string) string {
	if verb, ok := changeVerbs[kind]; ok {
		return verb
	}
	return kind
}

var changeVerbs = map[string]string{
	api.AgencyAdd: "add an agency", api.AgencyChange: "change an agency", api.SiteAdd: "add a site", api.SiteChange: "change a site",
	api.SiteClose: "close a site", api.NetworkAdd: "recognise a network", api.NetworkRemove: "recognise a network no longer",
	api.UserInvite: "invite somebody", api.UsersInvite: "invite people", api.UserChange: "change a user", api.UserLeave: "end a user's access",
	api.UserReturn: "have a user return", api.RoleAdd: "add a role", api.RoleChange: "change a role", api.RoleDelete: "delete a role",
}
