package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"mais/server/api"
)

const nextCards = "find it with 'tokenctl admin card list'; what you do not administer is not shown either"

// Cards reads a page of the inventory of cards.
func (c *Client) Cards(ctx context.Context, f api.CardFilter) (Answer[api.CardList], error) {
	v := url.Values{}
	for name, value := range map[string]string{"q": f.Query, "state": f.State, "level": f.Level, "page": number(f.Page), "per_page": number(f.PerPage)} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if f.OtherHolder {
		v.Set("other_holder", strconv.FormatBool(true))
	}
	at := api.PathCards
	if len(v) > 0 {
		at += "?" + v.Encode()
	}
	return call[api.CardList](ctx, c, http.MethodGet, at, nil)
}

// Card reads one card with what was ever on it.
func (c *Client) Card(ctx context.Context, id string) (Answer[api.CardDetail], error) {
	answer, err := call[api.CardDetail](ctx, c, http.MethodGet, api.PathCards+"/"+url.PathEscape(id), nil)
	return answer, noCard(err, id)
}

// ReturnCard notes that a card was given back.
func (c *Client) ReturnCard(ctx context.Context, id string) (Answer[api.CardDetail], error) {
	answer, err := call[api.CardDetail](ctx, c, http.MethodPost, api.PathCards+"/"+url.PathEscape(id)+"/returned", nil)
	return answer, noCard(err, id)
}

func noCard(err error, id string) error {
	return missing(err, nextCards, "there is no card %.80q", id)
}

// Witness tells the service that the caller saw somebody else's key being made on a card.
func (c *Client) Witness(ctx context.Context, w api.WitnessRequest) (Answer[api.Witnessed], error) {
	answer, err := call[api.Witnessed](ctx, c, http.MethodPost, api.PathWitness, w)
	return answer, missing(err, "whom you do not administer is not known to you either", "nobody is registered with the address %.100q", w.Email)
}

// AskLost has a code sent to whoever is registered with an address, on a Public client. The
// service does not say whether anybody is.
func (c *Client) AskLost(ctx context.Context, r api.LostRequest) (Answer[api.LostAsked], error) {
	return call[api.LostAsked](ctx, c, http.MethodPost, api.PathLost, r)
}

// ReportLost puts everything of a code's holder on hold, on a Public client.
func (c *Client) ReportLost(ctx context.Context, r api.LostConfirm) (Answer[api.LostHeld], error) {
	return call[api.LostHeld](ctx, c, http.MethodPost, api.PathLostConfirm, r)
}
