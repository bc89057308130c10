package cert

import (
	"context"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/server/api/form"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/inventory"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

// cardAct is a change of everything on a card, as its command explains it.
type cardAct struct {
	act
	status string // of the certificates that it is about; "": all
}

var (
	cardHolding = cardAct{act{"hold", "Put everything on a card on hold",
		`Put everything on a card on hold: it is refused at once, and 'card release' undoes
it. For a card that is missing and may turn up.`,
		"  tokenctl admin card hold 12345678 --note 'left on the train'"}, "live"}
	cardReleasing = cardAct{act{"release", "Release what is on hold on a card",
		`Release what is on hold on a card: its holder is served again. Make sure first that
the card is with its holder, and that nobody else had it.`,
		"  tokenctl admin card release 12345678"}, "held"}
	cardRevoking = cardAct{act{"revoke", "Revoke everything on a card, for good",
		`Revoke everything that was ever on a card, for good. To give its holder another card
at the same time, use 'card replace'.`,
		"  tokenctl admin card revoke 12345678 --reason keyCompromise"}, ""}
)

const aboutCardActs = `

First you see what it would do, then you are asked for the word that stands there;
--yes gives it for you. Exit codes are those of 'tokenctl admin cert hold'.`

func newCardAct(a *app, what cardAct) *cobra.Command {
	var f actFlags
	cmd := &cobra.Command{
		Use: what.name + " CARD", Short: what.short, Long: what.does + aboutCardActs, Example: what.example, Args: cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if err := f.checkWords(); err != nil {
				return err
			}
			since, err := f.invalidSince()
			if err != nil {
				return err
			}
			return a.withCardNamed(cmd.Context(), args[0], func(c *client.Client, d client.Answer[api.CardDetail]) error {
				request := onCard(d.Value.ID, what)
				request.Reason, request.Note, request.InvalidityDate = f.reason, f.note, since
				return a.actOn(cmd.Context(), c, request, f)
			})
		}),
	}
	f.registerWords(cmd, what.name)
	return cmd
}

// registerWords adds the flags that say how and why, and not on what.
func (f *actFlags) registerWords(cmd *cobra.Command, act string) {
	flags := cmd.Flags()
	flags.StringVar(&f.note, "note", "", "`text` for the audit, at most 200 bytes; no names of patients")
	if act == revoking.name {
		command.FixedWords(cmd, &f.reason, "reason", "`why` (RFC 5280)", adminReasons)
		flags.StringVar(&f.invalidity, "invalidity-date", "", "since `when` the key cannot be trusted: YYYY-MM-DD or RFC 3339")
	}
	flags.BoolVar(&f.dryRun, "dry-run", false, "show what it would do, and do nothing")
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
}

// checkWords checks them.
func (f actFlags) checkWords() error {
	if len(f.note) > form.MaxPlan {
		return fault.New(fault.Usage, "say it shorter", "--note: %d bytes, at most %d", len(f.note), form.MaxPlan)
	}
	return command.OneOf("reason", f.reason, adminReasons)
}

// onCard asks for an act on what is on a card.
func onCard(id string, what cardAct) api.PlanRequest {
	return api.PlanRequest{Act: what.name, Filter: &api.CertificateFilter{Card: id, Status: what.status}}
}

// actOn plans an act, asks, and carries it out.
func (a *app) actOn(ctx context.Context, c *client.Client, request api.PlanRequest, f actFlags) error {
	answer, err := c.Plan(ctx, request)
	if err != nil {
		return err
	}
	return a.goOn(ctx, c, answer.Value, f)
}

// revokeOn revokes everything on a card and says what became of it; nothing, where nothing on
// it is good or on hold.
func (a *app) revokeOn(ctx context.Context, c *client.Client, d api.CardDetail, reason, note string, yes bool) (*api.Plan, error) {
	if d.Live+d.Held == 0 {
		a.Screen.Say("Nothing on card %s is good or on hold any more.", inventory.CardName(d.Serial, d.ID))
		return nil, nil
	}
	request := onCard(d.ID, cardRevoking)
	request.Reason, request.Note = reason, note
	answer, err := c.Plan(ctx, request)
	if err != nil {
		return nil, err
	}
	if err := a.ask(ctx, c, answer.Value, yes); err != nil {
		a.forget(ctx, c, answer.Value.ID)
		return nil, err
	}
	p, err := a.confirmed(ctx, c, answer.Value)
	if err == nil {
		err = inventory.Outcome(p)
	}
	return &p, err
}

// replaced is what 'card replace' did.
type replaced struct {
	Card    string       `json:"card"`
	Plan    *api.Plan    `json:"plan,omitempty"` // that revoked; absent: there was nothing to revoke
	Invited *api.Invited `json:"invited,omitempty"`
}

func newCardReplace(a *app) *cobra.Command {
	var lost, yes bool
	var note string
	cmd := &cobra.Command{
		Use:   "replace CARD",
		Short: "Revoke what is on a card and invite its holder to another",
		Long: `Revoke everything on a card, and send its holder a code with which they enrol
another. Their roles and sites stay as they are. The reason is superseded; with
--lost, when the card is out of sight and somebody else may have it, it is
keyCompromise, and its keys are never certified again.

The code goes by mail to the address that the holder is registered with, and is
shown to nobody. When only the mail fails, the exit code is 9 and what is on the
card is revoked nevertheless: run 'tokenctl admin cert issue' later.`,
		Example: "  tokenctl admin card replace 12345678\n  tokenctl admin card replace 12345678 --lost --yes",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			return a.withCardNamed(cmd.Context(), args[0], func(c *client.Client, d client.Answer[api.CardDetail]) error {
				reason := "superseded"
				if lost {
					reason = "keyCompromise"
				}
				return a.replaceCard(cmd.Context(), c, d.Value, reason, note, yes)
			})
		}),
	}
	cmd.Flags().BoolVar(&lost, "lost", false, "somebody else may have it")
	cmd.Flags().StringVar(&note, "note", "", "`text` for the audit, at most 200 bytes; no names of patients")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (a *app) replaceCard(ctx context.Context, c *client.Client, d api.CardDetail, reason, note string, yes bool) error {
	plan, err := a.revokeOn(ctx, c, d, reason, note, yes)
	if err != nil {
		return err
	}
	out := replaced{Card: d.ID, Plan: plan}
	answer, err := c.Invite(ctx, api.InviteRequest{Email: d.Holder})
	if err == nil {
		out.Invited = &answer.Value
	}
	shown := a.Screen.Data(out, func() error {
		rows := [][]string{{"card", inventory.CardName(d.Serial, d.ID)}}
		if plan != nil {
			rows = append(rows, []string{"revoked", inventory.Summary(*plan)})
		}
		if out.Invited != nil {
			rows = append(rows, []string{"invited", out.Invited.Email}, []string{"code holds until", ui.Minute(out.Invited.Expires)})
		}
		return a.Screen.Facts(rows)
	})
	if err != nil {
		return fault.New(fault.Partly, "send one later: tokenctl admin cert issue --email "+d.Holder, "what is on the card is revoked, and its holder was sent no code: %v", err)
	}
	a.Screen.Say("With the new card in a reader they run 'tokenctl piv enrol'. If you have the old one: tokenctl admin card return %s", d.ID)
	return shown
}

func newCardReturn(a *app) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "return CARD",
		Short: "End everything on a card that was given back, and note that you have it",
		Long: `End everything on a card that was given back, with the reason
cessationOfOperation, and note that it is in your hands. Then clear it before anybody
else gets it: put it into a reader and run 'tokenctl piv reset'.

Who has left may have other tokens too. End them all first:
tokenctl admin cert revoke --user ADDRESS --reason cessationOfOperation`,
		Example: "  tokenctl admin card return 12345678",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			return a.withCardNamed(cmd.Context(), args[0], func(c *client.Client, d client.Answer[api.CardDetail]) error {
				return a.takeBack(cmd.Context(), c, d.Value, yes)
			})
		}),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (a *app) takeBack(ctx context.Context, c *client.Client, d api.CardDetail, yes bool) error {
	if d.Live+d.Held == 0 && !yes { // otherwise the plan asks
		name := inventory.CardName(d.Serial, d.ID)
		if !ui.HasTerminal() {
			return fault.New(fault.Usage, "give --yes if you have it", "nothing says that you have the card, and there is no terminal to ask on")
		}
		if err := ui.Confirm(ctx, "You have card "+name+" in your hands.", "return "+name); err != nil {
			return err
		}
	}
	if _, err := a.revokeOn(ctx, c, d, "cessationOfOperation", "", yes); err != nil {
		return err
	}
	answer, err := c.ReturnCard(ctx, d.ID)
	if err != nil {
		return err
	}
	err = a.Screen.Data(answer.Raw, func() error {
		v := answer.Value
		return a.Screen.Facts([][]string{{"card", inventory.CardName(v.Serial, v.ID)}, {"state", v.State}, {"held by", v.Holder}})
	})
	a.Screen.Say("Clear it before anybody else gets it: put it into a reader and run 'tokenctl piv reset'.")
	return err
}
