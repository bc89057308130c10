package client

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"mais/certs/pins"
	"mais/server/api"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

// do sends a request, and once more if the server's key has changed and the announcements
// that our pinned keys have signed lead to the new one. Nothing of the request went out the
// first time.
func (c *Client) do(req *http.Request) (*http.Response, error) {
	if c.token != nil {
		req.Header.Set(api.HeaderPinsHeld, strconv.FormatInt(c.token.Pins.Number, 10))
	}
	resp, err := c.http.Do(req)
	var pin *fault.Error
	if !errors.As(err, &pin) || pin.Kind != fault.WrongPin || c.learning || c.token == nil {
		return resp, err
	}
	if moved, lost := c.catchUp(req.Context()); lost != nil || !moved {
		return nil, err // the pin is what is wrong
	}
	c.goBy(c.token.Pins)
	if req.GetBody != nil {
		if req.Body, err = req.GetBody(); err != nil {
			return nil, err
		}
	}
	req.Header.Set(api.HeaderPinsHeld, strconv.FormatInt(c.token.Pins.Number, 10))
	return c.http.Do(req)
}

// catchUp fetches the announcements that were missed from the public listener. Whoever answers
// there proves the root and nothing more: the announcements count by their signatures.
func (c *Client) catchUp(ctx context.Context) (moved bool, err error) {
	to, err := token.ServiceURL(c.token.Public)
	if err != nil {
		return false, err
	}
	public := Public(to, c.token.Root)
	defer public.Close()
	return public.follow(ctx, c.token)
}

// keepUp follows the announcements when an answer says that there are new ones, so that the
// next key is known before it is used.
func (c *Client) keepUp(ctx context.Context, h http.Header) error {
	last, err := strconv.ParseInt(h.Get(api.HeaderPins), 10, 64)
	if err != nil || c.token == nil || c.learning || last <= c.token.Pins.Number {
		return nil
	}
	c.learning = true
	defer func() { c.learning = false }()
	moved, err := c.follow(ctx, c.token)
	if moved {
		c.goBy(c.token.Pins)
	}
	// An announcement that nobody trusted has signed changes nothing: the keys that are pinned
	// go on to be what counts.
	if errors.Is(err, pins.ErrUntrusted) {
		return nil
	}
	return err
}

// goBy makes connections from now on go by the pins; they are made by other goroutines.
func (c *Client) goBy(a pins.Announcement) { c.pinned.Store(&a) }

// PinFault says why the server's new keys, of which the last answer told, could not be
// learnt. The answer is good nevertheless, and the next call tries again.
func (c *Client) PinFault() error { return c.pinFault }

// follow asks for announcements until there are no more that lead on, and keeps the last. The
// last question tells a server that knows who asks what is held now.
func (c *Client) follow(ctx context.Context, t *token.Token) (moved bool, err error) {
	for {
		answer, err := c.pinsAfter(ctx, t.Pins.Number)
		if err != nil || len(answer.Announcements) == 0 {
			return moved, err
		}
		next, err := t.Pins.Follow(answer.Announcements, time.Now())
		if err != nil {
			return moved, badAnswer(c.base).Because(err)
		}
		if next.Number == t.Pins.Number {
			return moved, nil
		}
		if err := t.KeepPins(next); err != nil {
			return moved, err
		}
		moved = true
	}
}

func (c *Client) pinsAfter(ctx context.Context, number int64) (api.PinAnnouncements, error) {
	answer, err := call[api.PinAnnouncements](ctx, c, http.MethodGet, api.PathPins+"?after="+strconv.FormatInt(number, 10), nil)
	return answer.Value, err
}

// FirstPins returns the keys that the service announces, to a Public client that has spoken
// to it; the key that the server itself has proved is one of them.
func (c *Client) FirstPins(ctx context.Context) (pins.Announcement, error) {
	var last pins.Announcement
	for {
		answer, err := c.pinsAfter(ctx, last.Number)
		if err != nil {
			return last, err
		}
		if len(answer.Announcements) == 0 {
			break
		}
		next, err := pins.First(answer.Announcements, time.Now())
		if err != nil || next.Number <= last.Number {
			return last, badAnswer(c.base).Because(err)
		}
		last = next
	}
	if len(c.chain) == 0 || !last.Trusts(c.chain[0]) {
		return last, fault.New(fault.WrongPin, "try again in a minute; if it stays so, ask your administrator whether the server's key was changed; nothing was sent",
			"%s proves a key that the service does not announce", c.base.Host)
	}
	return last, nil
}
