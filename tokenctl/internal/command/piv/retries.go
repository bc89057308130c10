package piv

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
)

// triesData is how often PIN and PUK may be wrong, as a document.
type triesData struct {
	Card string `json:"card"`
	PIN  int    `json:"pin_tries"` // -1: not told
	PUK  int    `json:"puk_tries"` // -1: not told
}

func newPIVRetries(a *app, which *cardFlags) *cobra.Command {
	var f secretFiles
	cmd := &cobra.Command{
		Use:   "retries [PIN-TRIES PUK-TRIES]",
		Short: "Say, or set, how often PIN and PUK may be wrong",
		Long: `Say how often PIN and PUK may still be wrong, which needs no PIN. With two numbers, 1 to
15, set how many tries they have; that takes the PIN, the PUK and a card with Yubico's
extensions.

To set them, such a card puts PIN and PUK back to the factory's; tokenctl sets yours
again at once. If that breaks off, run the same command again with the same secrets.`,
		Example: "  tokenctl piv retries\n  tokenctl piv retries 5 3",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 0 && len(args) != 2 {
				return fault.New(fault.Usage, "", "give two numbers, or none")
			}
			return nil
		},
		RunE: a.Do(func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return a.setTries(cmd.Context(), which, f, args)
			}
			r, err := seen(cmd.Context(), which)
			if err != nil {
				return err
			}
			return a.printTries(*r.Card, r.Card.PINTries, r.Card.PUKTries)
		}),
	}
	cmd.Flags().StringVar(&f.puk, "puk-file", "", "`file` that holds the PUK, instead of a prompt")
	return cmd
}

func (a *app) setTries(ctx context.Context, which *cardFlags, f secretFiles, args []string) error {
	var tries [2]int
	for i, arg := range args {
		n, err := strconv.Atoi(arg)
		if err != nil || n < 1 || n > 15 {
			return fault.New(fault.Usage, "choose 1 to 15", "%q is no number of tries", arg)
		}
		tries[i] = n
	}
	r, err := ready(ctx, which, a.PINSource(), f.pukSource())
	if err != nil {
		return err
	}
	if r.Card.NoPUK {
		return piv.NoPUK()
	}
	pin, err := a.oldSecret(ctx, a.PINSource(), "PIN", r.Card.PINTries)
	if err != nil {
		return err
	}
	puk, err := a.oldSecret(ctx, f.pukSource(), "PUK", r.Card.PUKTries)
	if err != nil {
		return err
	}
	err = a.onCard(ctx, choiceOf(r), func(c *piv.Card) error { return c.SetTries(pin, puk, tries[0], tries[1]) })
	if err != nil {
		return err
	}
	return a.printTries(*r.Card, tries[0], tries[1])
}

func (a *app) printTries(card piv.Summary, pin, puk int) error {
	return a.Screen.Data(triesData{cardID(card), pin, puk}, func() error {
		return a.Screen.Facts([][]string{{"card", cardID(card)}, {"PIN tries", triesWord(pin)}, {"PUK tries", triesWord(puk)}})
	})
}
