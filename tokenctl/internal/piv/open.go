//go:build cgo

package piv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	ykpiv "github.com/go-piv/piv-go/v2/piv"

	"mais/certs/attest"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv/pcsc"
)

// Card is an open card. Nobody else can use it before Close. It is for one goroutine.
//
// One of two layers holds it at a time: piv-go, which does what it can, or an applet of ours
// for the rest. Both connect exclusively, so that between them there is a moment in which
// another program may take the card; other tokenctls keep out.
type Card struct {
	ctx        context.Context // of Open: it bounds the waits between the layers as well
	reader     string
	lock       *os.File
	kind       string
	firmware   attest.Version
	yk         *ykpiv.YubiKey // at most one of these two
	applet     *applet
	raw        *pcsc.Card // of applet
	management []byte     // the key that the card has taken
	managing   bool       // and that applet has proved to it
	guid       string     // "": not read
	verified   bool       // a PIN: Close makes the card forget it
}

// Open opens the card that is meant. While another tokenctl has it, Open waits and says so once
// by calling waiting, which may be nil; another program's it waits for only a moment.
func Open(ctx context.Context, which Choice, waiting func()) (*Card, error) {
	states, err := pcsc.States()
	if err != nil {
		return nil, explain("look for a card", "", err)
	}
	if waiting != nil {
		waiting = sync.OnceFunc(waiting)
	}
	cards, err := present(states, which)
	if err != nil {
		return nil, err
	}
	if which.Serial == 0 && which.GUID == "" {
		return openOnly(ctx, cards, waiting)
	}
	var failed error
	var others []string
	for _, patient := range []bool{false, true} { // those that nobody has first
		var held []pcsc.State
		for _, s := range cards {
			c, other, err := openIf(ctx, s, which, patient, waiting)
			switch {
			case c != nil:
				return c, nil
			case errors.Is(err, errQueue):
				held = append(held, s)
			case err != nil:
				failed = err // in one reader: the card may be in another
			default:
				others = append(others, other)
			}
		}
		cards = held
	}
	if failed != nil {
		return nil, failed
	}
	return nil, fault.New(fault.NoCard, "put that card in, or see 'tokenctl piv list'", "the card with %s is not there: %s", which, strings.Join(others, ", "))
}

// openOnly opens the only card there is: the one in a reader, or of several the one with PIV.
func openOnly(ctx context.Context, cards []pcsc.State, waiting func()) (*Card, error) {
	if len(cards) == 1 {
		return hold(ctx, cards[0], true, waiting)
	}
	var with []pcsc.State
	var failed error
	for _, s := range cards {
		c, err := hold(ctx, s, true, waiting)
		if err != nil {
			failed = err
			with = append(with, s) // it may well be one
			continue
		}
		if c.kind != Other {
			with = append(with, s)
		}
		c.Close()
	}
	switch len(with) {
	case 0:
		return nil, fault.New(fault.NoCard, "put a PIV card in", "none of the %d cards is a PIV card", len(cards))
	case 1:
		if failed != nil {
			return nil, failed
		}
		return hold(ctx, with[0], true, waiting)
	}
	names := make([]string, len(with))
	for i, s := range with {
		names[i] = s.Reader
	}
	return nil, fault.New(fault.Usage, "choose one with --reader or --serial; 'tokenctl piv list' shows them", "there are cards in several readers: %s", strings.Join(names, ", "))
}

// openIf opens the card in a reader if it is the one that is meant, and says otherwise what
// is there.
func openIf(ctx context.Context, s pcsc.State, which Choice, patient bool, waiting func()) (c *Card, other string, err error) {
	if c, err = hold(ctx, s, patient, waiting); err != nil {
		return nil, "", err
	}
	is, other, err := c.is(which)
	if err != nil || !is {
		c.Close()
		return nil, s.Reader + " has " + other, explain("read the card", s.Reader, err)
	}
	return c, "", nil
}

// is reports whether the card is the one that is meant, and what it is otherwise.
func (c *Card) is(which Choice) (is bool, other string, err error) {
	switch {
	case c.kind == Other:
		return false, "no PIV card", nil
	case which.Serial == 0:
		a, err := c.plain()
		if err != nil {
			return false, "", err
		}
		chuid, err := a.object(objectCHUID)
		if isGone(err) {
			return false, "", err
		}
		guid := guidOf(chuid)
		return guid != "" && strings.EqualFold(guid, which.GUID), "a card with the GUID " + guid, nil
	case c.kind == Plain:
		return false, "a PIV card without a serial number", nil
	}
	yk, err := c.yubikey()
	if err != nil {
		return false, "", err
	}
	serial, err := yk.Serial()
	if isGone(err) {
		return false, "", err
	}
	return err == nil && serial == which.Serial, fmt.Sprintf("the card %d", serial), nil
}

// hold queues for a reader and connects to its card, so that from here on it is ours.
func hold(ctx context.Context, s pcsc.State, patient bool, waiting func()) (*Card, error) {
	lock, err := lockReader(ctx, s.Reader, patient, waiting)
	if err != nil {
		return nil, err
	}
	c := &Card{ctx: ctx, reader: s.Reader, lock: lock}
	if err := c.recognise(s.ATR); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// recognise connects and learns what card it is. A card whose answer to reset names Yubico's
// key is given to piv-go at once, which saves two commands. Others are looked at first: a card
// that fails piv-go's Open is left connected by it for the life of the process. That is so too
// of one that is pulled out at that very moment, which ends the command, and with it the process.
func (c *Card) recognise(atr []byte) error {
	if bytes.Contains(bytes.ToLower(atr), []byte("yubike")) {
		c.kind = YubiKey
		_, err := c.yubikey()
		return err
	}
	a, err := c.plain()
	if err != nil {
		return err
	}
	if c.kind == Other {
		return nil
	}
	v, err := a.version()
	switch _, refused := statusOf(err); {
	case err == nil:
		c.kind, c.firmware = YubiKey, v
	case refused:
		c.kind = Plain
	default:
		return explain("read the card", c.reader, err)
	}
	return nil
}

// yubikey hands the card to piv-go.
func (c *Card) yubikey() (*ykpiv.YubiKey, error) {
	if c.yk != nil {
		return c.yk, nil
	}
	if c.kind != YubiKey {
		return nil, lacksExtensions(c.kind)
	}
	c.leave()
	err := c.retry(func() (err error) {
		c.yk, err = ykpiv.Open(c.reader)
		return err
	})
	if word, refused := statusOf(err); refused && word == notFound {
		return nil, fault.New(fault.CardLacks, "switch PIV on with the maker's tool", "PIV is switched off on this card")
	}
	if err != nil {
		return nil, explain("open the card", c.reader, err)
	}
	v := c.yk.Version()
	c.firmware = attest.Version{Major: byte(v.Major), Minor: byte(v.Minor), Patch: byte(v.Patch)}
	return c.yk, nil
}

// plain hands the card to our own layer.
func (c *Card) plain() (*applet, error) {
	if c.applet != nil {
		return c.applet, nil
	}
	c.leave()
	err := c.retry(func() (err error) {
		c.raw, err = pcsc.Connect(c.reader, true)
		return err
	})
	if err != nil {
		return nil, explain("open the card", c.reader, err)
	}
	c.applet = &applet{c.raw}
	err = c.applet.choose(aidPIV)
	if _, refused := statusOf(err); refused {
		c.kind = Other
		return c.applet, nil
	}
	return c.applet, explain("open the card", c.reader, err)
}

// retry tries to connect for as long as another program's hold may be a short one.
func (c *Card) retry(connect func() error) error {
	const pause = 50 * time.Millisecond
	ctx, stop := context.WithTimeout(c.ctx, patience)
	defer stop()
	for {
		err := connect()
		if code, _ := codeOf(err); code != pcsc.SharingViolation {
			return err
		}
		select {
		case <-ctx.Done():
			if c.ctx.Err() != nil {
				return c.ctx.Err()
			}
			return err
		case <-time.After(pause):
		}
	}
}

// leave disconnects whichever layer has the card.
func (c *Card) leave() {
	if c.yk != nil {
		c.yk.Close()
	}
	if c.raw != nil {
		c.raw.Close()
	}
	c.yk, c.raw, c.applet, c.managing = nil, nil, nil, false
}

// Close gives the card back. One that has seen a PIN is reset, lest the next program signs
// with it: disconnecting alone leaves the PIN verified.
func (c *Card) Close() error {
	if c.lock == nil {
		return nil
	}
	defer func() { c.lock.Close(); c.lock = nil }()
	clear(c.management)
	if !c.verified {
		c.leave()
		return nil
	}
	if c.yk != nil {
		c.yk.Close()
		c.yk = nil
	}
	if c.raw == nil {
		raw, err := pcsc.Connect(c.reader, true)
		if err != nil { // it was taken out, which resets it, or the next program has it already
			return nil
		}
		c.raw = raw
	}
	c.raw.Reset()
	c.raw, c.applet = nil, nil
	return nil
}

func lacksExtensions(kind string) error {
	if kind == Other {
		return fault.New(fault.CardLacks, "put a PIV card in", "the card has no PIV application")
	}
	return fault.New(fault.CardLacks, "use its certificate through OpenSC and the browser: see 'tokenctl piv info'",
		"this is a PIV card without the extensions by which tokenctl makes keys and signs")
}
