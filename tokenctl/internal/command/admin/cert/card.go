package cert

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/server/api/form"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/command/inventory"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/ui"
)

var (
	cardStates = []string{api.CardInUse, api.CardHeld, api.CardEnded, api.CardReturned}
	cardLevels = []string{"attested", "card", "software"}
)

func newAdminCard(a *app) *cobra.Command {
	return command.Group("card", "Look at smart cards and change what is on them",
		`Look at smart cards and change what is on them. A card is named by the number that
is printed on it, or by its id as 'card list' prints it. The service knows a card
from the first certificate that was issued on it.

Lost: 'card hold' at once; its holder can do that too, with 'tokenctl lost'. Found:
'card release'. Gone or broken: 'card replace', and with --lost when somebody else
may have it. Given back: 'card return'. For somebody who has left, end everything
they have with 'tokenctl admin cert revoke --user ADDRESS --reason
cessationOfOperation', then 'card return' each card that you get back.`,
		"  tokenctl admin card list --state held\n  tokenctl admin card show 12345678\n  tokenctl admin card replace 12345678 --lost",
		newCardList(a), newCardShow(a), newCardAct(a, cardHolding), newCardAct(a, cardReleasing), newCardAct(a, cardRevoking), newCardReplace(a), newCardReturn(a), newCardWitness(a))
}

type cardListFlags struct {
	api.CardFilter
	limit int
}

func newCardList(a *app) *cobra.Command {
	var f cardListFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List smart cards",
		Long: `List the smart cards of those whom you administer, the last seen first, and say how
many there are in all. All that is asked for must hold. A card is in-use while a
live certificate is on it, held while one is on hold, ended when all have ended, and
returned when somebody has noted that it was given back.`,
		Example: "  tokenctl admin card list\n  tokenctl admin card list --state ended\n  tokenctl admin card list --other-holder --json",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			if f.limit < 1 {
				return fault.New(fault.Usage, "give a number from 1", "--limit: %d is no number of cards", f.limit)
			}
			for _, w := range []struct {
				flag, given string
				allowed     []string
			}{{"state", f.State, cardStates}, {"level", f.Level, cardLevels}} {
				if err := command.OneOf(w.flag, w.given, w.allowed); err != nil {
					return err
				}
			}
			return a.cardList(cmd.Context(), f)
		}),
	}
	cmd.Flags().StringVarP(&f.Query, "q", "q", "", "`part` of the holder, the name or the id, or the card's number")
	command.FixedWords(cmd, &f.State, "state", "`state`", cardStates)
	command.FixedWords(cmd, &f.Level, "level", "how the last key is known to be on it: `level`", cardLevels)
	cmd.Flags().BoolVar(&f.OtherHolder, "other-holder", false, "those only that have had another holder")
	cmd.Flags().IntVar(&f.limit, "limit", command.DefaultLimit, "print at most so `many`")
	return cmd
}

func (a *app) cardList(ctx context.Context, f cardListFlags) error {
	return command.Fetching(ctx, a.App, func(c *client.Client, ctx context.Context) (api.CardList, error) {
		return cardPages(ctx, c, f.CardFilter, f.limit)
	}, a.printCards)
}

func (a *app) printCards(_ *client.Client, found api.CardList) error {
	err := a.Screen.Data(found, func() error {
		return ui.Listing(a.Screen, []string{"CARD", "STATE", "HOLDER", "LEVEL", "FIRMWARE", "FORM", "LAST SEEN", ""}, found.Cards, cardRow)
	})
	switch {
	case found.Total == 0:
		a.Screen.Say("There is no such card of anybody whom you administer.")
	case len(found.Cards) < found.Total:
		a.Screen.Say("%d of %d cards. More of them: --limit.", len(found.Cards), found.Total)
	}
	return err
}

// cardPages reads as many pages as the limit takes.
func cardPages(ctx context.Context, c *client.Client, f api.CardFilter, limit int) (all api.CardList, err error) {
	all.Page, all.PerPage = 1, limit
	all.Cards, all.Total, err = command.UpTo(limit, func(page, perPage int) ([]api.CardEntry, int, error) {
		f.Page, f.PerPage = page, perPage
		answer, err := c.Cards(ctx, f)
		return answer.Value.Cards, answer.Value.Total, err
	})
	return all, err
}

func cardRow(e api.CardEntry) []string {
	note := ""
	if e.OtherHolder {
		note = "had another holder"
	}
	return []string{inventory.CardName(e.Serial, e.ID), e.State, e.Holder, e.Level, ui.OrDash(e.Firmware), ui.OrDash(e.Form), ui.Day(e.LastSeen), note}
}

func newCardShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show CARD",
		Short: "Show one card, who has had it, and what was ever on it",
		Long: `Show one card: whose it is and was, how it stands, what its maker vouches for, every
certificate that was ever on it, and what wants your attention. The last line says
what you may do. CARD is the number printed on it, or its id.`,
		Example: "  tokenctl admin card show 12345678\n  tokenctl admin card show yubico-12345678 --json",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: command.ShowsOne(a.App, func(c *client.Client, ctx context.Context, named string) (client.Answer[api.CardDetail], error) {
			return findCard(ctx, c, named)
		}, a.printCard),
	}
}

// withCardNamed signs in and finds the card that an argument names.
func (a *app) withCardNamed(ctx context.Context, named string, work func(*client.Client, client.Answer[api.CardDetail]) error) error {
	return command.Fetching(ctx, a.App, func(c *client.Client, ctx context.Context) (client.Answer[api.CardDetail], error) {
		return findCard(ctx, c, named)
	}, work)
}

// findCard finds a card by its number or its id. A number that several cards have, as can be
// with those that nobody vouches for, has to be told by the id.
func findCard(ctx context.Context, c *client.Client, named string) (client.Answer[api.CardDetail], error) {
	serial, err := strconv.ParseUint(named, 10, 32)
	if err != nil {
		return c.Card(ctx, named)
	}
	found, err := cardPages(ctx, c, api.CardFilter{Query: named}, command.MaxPage)
	if err != nil {
		return client.Answer[api.CardDetail]{}, err
	}
	var ids []string
	for _, e := range found.Cards {
		if uint64(e.Serial) == serial {
			ids = append(ids, e.ID)
		}
	}
	switch len(ids) {
	case 0:
		return client.Answer[api.CardDetail]{}, fault.New(fault.NotFound, "find it with 'tokenctl admin card list'; what you do not administer is not shown either", "there is no card with the number %s", named)
	case 1:
		return c.Card(ctx, ids[0])
	}
	return client.Answer[api.CardDetail]{}, fault.New(fault.Usage, "give one of: "+strings.Join(ids, ", "), "%d cards have the number %s", len(ids), named)
}

func (a *app) printCard(d api.CardDetail) error {
	if err := a.Screen.Facts(cardFacts(d)); err != nil {
		return err
	}
	if len(d.Keys) > 0 {
		a.Screen.Line("")
		a.Screen.Heading("Certificates on it")
		if _, err := a.certTable(func(give func(any) error) error { return giveEach(d.Keys, give) }); err != nil {
			return err
		}
	}
	for _, w := range d.Warnings {
		a.Screen.Warn("%s", w)
	}
	a.Screen.Say("You may: %s.", ui.OrDash(strings.Join(d.May, ", ")))
	return nil
}

func cardFacts(d api.CardDetail) [][]string {
	rows := [][]string{{"card", inventory.CardName(d.Serial, d.ID)}, {"id", d.ID}, {"state", d.State}, {"holder", d.Holder}, {"name", ui.OrDash(d.Name)}, {"agency", ui.OrDash(d.Agency)}}
	for _, h := range d.Holders[min(1, len(d.Holders)):] {
		rows = append(rows, []string{"held before by", h.Holder})
	}
	for _, k := range d.Keys {
		if k.Card != nil && (k.Card.Attested || k.Card.Witness != "") {
			rows = append(rows, keyFacts(*k.Card)...)
			break
		}
	}
	rows = append(rows,
		[]string{"level", form.LevelLabel(d.Level)},
		[]string{"on it", ui.Count(d.Certificates, "certificate") + ", " + strconv.Itoa(d.Live) + " live, " + strconv.Itoa(d.Held) + " on hold"},
		[]string{"first seen", ui.Minute(d.FirstSeen)}, []string{"last seen", ui.Minute(d.LastSeen)})
	if d.Others > 0 {
		rows = append(rows, []string{"not shown", ui.Count(d.Others, "certificate") + " of people whom you do not administer"})
	}
	if d.ReturnedAt != nil {
		rows = append(rows, []string{"given back", ui.Minute(*d.ReturnedAt) + ", noted by " + ui.OrDash(d.ReturnedBy)})
	}
	return rows
}

// keyFacts says how a key is held on a card, as far as that is known.
func keyFacts(k api.KeyOnCard) (rows [][]string) {
	vouched := "nobody: its holder's program said so"
	switch {
	case k.Attested:
		vouched = "its maker, " + k.Maker
	case k.Witness != "":
		vouched = "a witness, " + k.Witness
	}
	rows = append(rows, []string{"vouched for by", vouched})
	for _, f := range [][]string{{"firmware", k.Firmware}, {"form", k.Form}, {"slot", k.Slot}, {"PIN wanted", k.PIN}, {"touch wanted", k.Touch}, {"guid", k.GUID}} {
		if f[1] != "" {
			rows = append(rows, f)
		}
	}
	return rows
}
