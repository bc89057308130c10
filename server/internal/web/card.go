package web

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin/card"
	"mais/server/internal/web/page/admin/cards"
	"mais/server/internal/web/page/frame"
)

var cardForm = regexp.MustCompile(`^[0-9a-z]{1,32}-[0-9a-f]{1,32}$`)

// card is the id of the card that the address names, which the event then names too. What
// cannot be one is not there.
func (c *call) card() (string, error) {
	id := chi.URLParam(c.Request, "id")
	if !cardForm.MatchString(id) {
		return "", errNotFound
	}
	c.event.Detail = map[string]string{"card": id}
	return id, nil
}

// cardParameters are those of PathCards.
func cardParameters(f *api.CardFilter) parameters {
	return parameters{"q": &f.Query, "state": &f.State, "level": &f.Level, "other_holder": &f.OtherHolder, "page": &f.Page, "per_page": &f.PerPage}
}

func listCards(ctx context.Context, c *call) (answer, error) {
	var filter api.CardFilter
	if err := c.query(cardParameters(&filter)); err != nil {
		return answer{}, err
	}
	c.noteFilter(cardParameters(&filter))
	found, err := c.site.opts.Credentials.Cards(ctx, c.who, filter)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Cards)
	return json200(found)
}

func showCard(ctx context.Context, c *call) (answer, error) {
	id, err := c.card()
	if err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Credentials.Card(ctx, c.who, id)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Keys)
	return json200(found)
}

// returnCard notes that a card was given back.
func returnCard(ctx context.Context, c *call) (answer, error) {
	found, err := c.takeBack(ctx)
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}

// takeBack notes that the card of the address was given back; its event commits with that.
func (c *call) takeBack(ctx context.Context) (api.CardDetail, error) {
	id, err := c.card()
	if err != nil {
		return api.CardDetail{}, err
	}
	acting, event := withAct(ctx, c)
	found, err := c.site.opts.Credentials.ReturnCard(acting, c.who, id)
	c.audited = event.recorded && err == nil
	return found, err
}

// witnessKey records that an administrator saw a key being made on a card.
func witnessKey(ctx context.Context, c *call) (answer, error) {
	in, err := decode[api.WitnessRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	acting, event := withAct(ctx, c)
	said, err := c.site.opts.Credentials.Witness(acting, c.who, in)
	if err != nil {
		return answer{}, err
	}
	c.audited = event.recorded
	return jsonAnswer(http.StatusCreated, said)
}

// sealedCards is the label under which what was searched for stands in an address.
const sealedCards = "cards"

// cardsPage shows what an address asks for.
func cardsPage(ctx context.Context, c *call) (answer, error) {
	a, ok := cards.Read(c.URL.Query())
	if !ok {
		return answer{}, errNotFound
	}
	query, gone, err := c.searched(sealedCards, a.Sealed)
	if gone {
		return c.cardList(ctx, http.StatusNotFound, cards.Asked{}, func(p *cards.Page) { p.Gone = true })
	}
	if err != nil {
		return answer{}, err
	}
	a.Query = query
	return c.cardList(ctx, http.StatusOK, a, func(*cards.Page) {})
}

func (c *call) cardList(ctx context.Context, status int, a cards.Asked, fill func(*cards.Page)) (answer, error) {
	filter := a.Filter()
	c.noteFilter(cardParameters(&filter))
	found, err := c.site.opts.Credentials.Cards(ctx, c.who, filter)
	if errors.Is(err, lifecycle.ErrInvalid) {
		return answer{}, errNotFound
	}
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Cards)
	p := cards.Page{Frame: c.adminFrame("Cards", cards.Path), Asked: a, Total: found.Total, Cards: found.Cards}
	fill(&p)
	return html(status, cards.Render(p)), nil
}

// findCards looks at the form only; the address that it leads to makes the search.
func findCards(_ context.Context, c *call) (answer, error) {
	sent, err := c.form(cards.Fields()...)
	if err != nil {
		return answer{}, err
	}
	if _, err := c.administers(); err != nil {
		return answer{}, err
	}
	a, faults := cards.Typed(sent)
	if len(faults) > 0 {
		p := cards.Page{Frame: c.adminFrame("Cards", cards.Path), Asked: a, Refused: true}
		p.Faults = faults
		return html(http.StatusUnprocessableEntity, cards.Render(p)), nil
	}
	if a.Query != "" {
		if a.Sealed, err = c.verdict.Seal(sealedCards, []byte(a.Query)); err != nil {
			return answer{}, err
		}
	}
	return seeOther(a.Path())
}

// aboutCard is a page about the card of the address.
func (c *call) aboutCard(ctx context.Context, title string, render func(card.Page) []byte) (answer, error) {
	id, err := c.card()
	if err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Credentials.Card(ctx, c.who, id)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Keys)
	p := card.Page{Frame: c.adminFrame(title, cards.Path), Detail: found, Returned: c.URL.Query().Has("returned") && found.State == api.CardReturned}
	return html(http.StatusOK, render(p)), nil
}

func cardPage(ctx context.Context, c *call) (answer, error) {
	return c.aboutCard(ctx, "Card", card.Render)
}

// replacePage leads through the replacement of a card; each step is a page of its own.
func replacePage(ctx context.Context, c *call) (answer, error) {
	return c.aboutCard(ctx, "Replace a card", func(p card.Page) []byte {
		if !p.May("replace") {
			return card.Render(p)
		}
		return card.RenderReplace(p)
	})
}

// returnForm asks whether a card was given back.
func returnForm(ctx context.Context, c *call) (answer, error) {
	return c.aboutCard(ctx, "A card given back", func(p card.Page) []byte {
		if !p.May("return") {
			return card.Render(p)
		}
		return card.RenderReturn(p)
	})
}

// noteReturned notes that a card was given back, and shows it so.
func noteReturned(ctx context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	found, err := c.takeBack(ctx)
	if errors.Is(err, lifecycle.ErrCardInUse) {
		return c.aboutCard(ctx, "A card given back", func(p card.Page) []byte {
			p.Faults = frame.Faults{{Field: "first", Text: "Something on the card is still good or on hold: revoke it first"}}
			return card.RenderReturn(p)
		})
	}
	if err != nil {
		return answer{}, err
	}
	return seeOther(card.Path(found.ID) + "?returned")
}

// moved are the cards that were seen lately and have had another holder.
func (c *call) moved(ctx context.Context, lately func(api.CardEntry) bool) ([]api.CardEntry, error) {
	found, err := c.site.opts.Credentials.Cards(ctx, c.who, api.CardFilter{OtherHolder: true, PerPage: 20})
	return slices.DeleteFunc(found.Cards, func(e api.CardEntry) bool { return !lately(e) }), err
}
