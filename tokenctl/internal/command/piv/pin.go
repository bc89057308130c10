package piv

import (
	"context"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
	"mais/tokenctl/internal/ui"
)

// secretFiles name the files that hold PINs and PUKs, instead of prompts; the PIN's own is
// the global --pin-file.
type secretFiles struct{ puk, newPIN, newPUK string }

func (f secretFiles) pukSource() ui.Source {
	return ui.Source{What: "PUK of the card", File: f.puk, Flag: "--puk-file"}
}

func (f secretFiles) newPINSource() ui.Source {
	return ui.Source{What: "new PIN, six to eight digits", File: f.newPIN, Flag: "--new-pin-file"}
}

func (f secretFiles) newPUKSource() ui.Source {
	return ui.Source{What: "new PUK, eight characters", File: f.newPUK, Flag: "--new-puk-file"}
}

func newPIVPIN(a *app, which *cardFlags) *cobra.Command {
	cmd := &cobra.Command{Use: "pin", Short: "Change or unblock the PIN"}
	cmd.AddCommand(newPIVPINChange(a, which), newPIVPINUnblock(a, which))
	return cmd
}

func newPIVPINChange(a *app, which *cardFlags) *cobra.Command {
	var f secretFiles
	cmd := &cobra.Command{
		Use:   "change",
		Short: "Change the PIN",
		Long: `Change the PIN. You are told how many tries the old one has, and asked for the new one
twice: six to eight digits, and none that anybody would try first. The key and the
certificate on the card stay.`,
		Example: "  tokenctl piv pin change\n  tokenctl piv pin change --pin-file old.txt --new-pin-file new.txt",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			r, err := ready(ctx, which, a.PINSource(), f.newPINSource())
			if err != nil {
				return err
			}
			old, err := a.oldSecret(ctx, a.PINSource(), "PIN", r.Card.PINTries)
			if err != nil {
				return err
			}
			next, err := a.newSecret(ctx, f.newPINSource(), piv.CheckPIN)
			if err != nil {
				return err
			}
			if err := a.onCard(ctx, choiceOf(r), func(c *piv.Card) error { return c.ChangePIN(old, next) }); err != nil {
				return err
			}
			return a.printChanged(*r.Card, "PIN")
		}),
	}
	cmd.Flags().StringVar(&f.newPIN, "new-pin-file", "", "`file` that holds the new PIN, instead of a prompt")
	return cmd
}

func newPIVPINUnblock(a *app, which *cardFlags) *cobra.Command {
	var f secretFiles
	cmd := &cobra.Command{
		Use:   "unblock",
		Short: "Set a new PIN with the PUK, also where the PIN is blocked",
		Long: `Set a new PIN with the PUK, which you got when the card became yours. It is for a PIN
that was typed wrongly too often, and for one that was forgotten. Wrong PUKs are
counted, too: with the last try the card can only be reset, which wipes its keys.`,
		Example: "  tokenctl piv pin unblock\n  tokenctl piv pin unblock --puk-file puk.txt --new-pin-file new.txt",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			r, err := ready(ctx, which, f.pukSource(), f.newPINSource())
			if err != nil {
				return err
			}
			if r.Card.NoPUK {
				return piv.NoPUK()
			}
			puk, err := a.oldSecret(ctx, f.pukSource(), "PUK", r.Card.PUKTries)
			if err != nil {
				return err
			}
			next, err := a.newSecret(ctx, f.newPINSource(), piv.CheckPIN)
			if err != nil {
				return err
			}
			if err := a.onCard(ctx, choiceOf(r), func(c *piv.Card) error { return c.Unblock(puk, next) }); err != nil {
				return err
			}
			return a.printChanged(*r.Card, "PIN")
		}),
	}
	cmd.Flags().StringVar(&f.puk, "puk-file", "", "`file` that holds the PUK, instead of a prompt")
	cmd.Flags().StringVar(&f.newPIN, "new-pin-file", "", "`file` that holds the new PIN, instead of a prompt")
	return cmd
}

func newPIVPUK(a *app, which *cardFlags) *cobra.Command {
	var f secretFiles
	change := &cobra.Command{
		Use:   "change",
		Short: "Change the PUK",
		Long: `Change the PUK, which unblocks the PIN: eight characters. You are told how many tries
the old one has, and asked for the new one twice. Write it down, and keep it apart from
the card.`,
		Example: "  tokenctl piv puk change\n  tokenctl piv puk change --puk-file old.txt --new-puk-file new.txt",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			r, err := ready(ctx, which, f.pukSource(), f.newPUKSource())
			if err != nil {
				return err
			}
			if r.Card.NoPUK {
				return piv.NoPUK()
			}
			old, err := a.oldSecret(ctx, f.pukSource(), "PUK", r.Card.PUKTries)
			if err != nil {
				return err
			}
			next, err := a.newSecret(ctx, f.newPUKSource(), piv.CheckPUK)
			if err != nil {
				return err
			}
			if err := a.onCard(ctx, choiceOf(r), func(c *piv.Card) error { return c.ChangePUK(old, next) }); err != nil {
				return err
			}
			return a.printChanged(*r.Card, "PUK")
		}),
	}
	change.Flags().StringVar(&f.puk, "puk-file", "", "`file` that holds the old PUK, instead of a prompt")
	change.Flags().StringVar(&f.newPUK, "new-puk-file", "", "`file` that holds the new PUK, instead of a prompt")
	cmd := &cobra.Command{Use: "puk", Short: "Change the PUK"}
	cmd.AddCommand(change)
	return cmd
}

// ready says, before anybody types anything, whether the secrets can be had, and finds the
// card, which must have a PIV application.
func ready(ctx context.Context, which *cardFlags, secrets ...ui.Source) (piv.Reader, error) {
	for _, s := range secrets {
		if err := s.Ready(); err != nil {
			return piv.Reader{}, err
		}
	}
	r, err := seen(ctx, which)
	if err == nil && r.Card.Kind == piv.Other {
		err = fault.New(fault.CardLacks, "put a PIV card in", "the card in %s has no PIV application", r.Name)
	}
	return r, err
}

// changedData is a changed secret as a document.
type changedData struct {
	Card    string `json:"card"`
	Changed string `json:"changed"`
}

func (a *app) printChanged(card piv.Summary, what string) error {
	return a.Screen.Data(changedData{cardID(card), what}, func() error {
		return a.Screen.Facts([][]string{{"changed", "the " + what + " of " + cardID(card)}})
	})
}
