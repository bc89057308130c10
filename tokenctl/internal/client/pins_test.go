package client_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/certs"
	"mais/certs/pins"
	"mais/config"
	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/client/clienttest"
	"mais/tokenctl/internal/enrol"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

// TestRollOver changes the service's key before a token that knew of it, one that was away
// for all of it, and one whom only the recovery key can tell; and before one whom nobody told
// whom it trusts.
func TestRollOver(t *testing.T) {
	for _, c := range []struct {
		name    string
		told    bool // of the next key while the old one served
		by      func(w window) []string
		follows bool
	}{
		{"told in time", true, func(w window) []string { return w.chain }, true},
		{"away for the whole window", false, func(w window) []string { return w.chain }, true},
		{"the old key is lost, the recovery key is not", false, func(w window) []string { return w.recovery }, true},
		{"nothing is announced", false, func(window) []string { return nil }, false},
		{"a stranger announces", false, func(w window) []string { return w.forged }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := clienttest.New(t)
			w := openWindow(t, s)
			tok, own := enrolled(t, s)
			if c.told {
				s.Announce(w.chain[0])
				ask(t, tok, own, nil)
				if kept, err := tok.home.Open("anna"); err != nil || kept.Pins.Number != 2 || !kept.Pins.Trusts(w.next.Leaf) {
					t.Fatalf("after a request the pins are number %d, %v, want 2, with the next key", kept.Pins.Number, err)
				}
			}
			from := 0
			if c.told {
				from = 1
			}
			if signed := c.by(w); signed != nil {
				for _, text := range signed[from:] {
					s.Announce(text)
				}
			}
			s.Present(w.next)
			s.Forget()
			err := ask(t, tok, own, func(e *fault.Error) bool { return e.Kind == fault.WrongPin })
			if (err == nil) != c.follows {
				t.Fatalf("a request after the change = %v, want success %v", err, c.follows)
			}
			requests, _ := s.Seen()
			if sent := slices.Contains(requests, "GET "+api.PathWhoami); sent != c.follows {
				t.Errorf("requests %q, want whoami among them: %v", requests, c.follows)
			}
			kept, err := tok.home.Open("anna")
			if err != nil {
				t.Fatal(err)
			}
			if got := kept.Pins.Trusts(w.next.Leaf); got != c.follows {
				t.Errorf("the next key is trusted from now on: %v, want %v", got, c.follows)
			}
			if c.follows && kept.Pins.Trusts(w.old.Leaf) {
				t.Error("the old key is trusted still")
			}
		})
	}
}

// TestPinFault: news of the keys that cannot be learnt cost no answer, and are asked for again.
func TestPinFault(t *testing.T) {
	s := clienttest.New(t)
	w := openWindow(t, s)
	h, own := enrolled(t, s)
	tok, err := h.home.Open("anna")
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.Mutual(tok, own)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s.Announce(w.chain[0])
	s.Misbehave(api.PathPins, clienttest.Say(http.StatusOK, "application/json", "garble"))
	if answer, err := c.Whoami(t.Context()); err != nil || answer.Value.Serial != tok.Serial || c.PinFault() == nil {
		t.Errorf("Whoami beside news that cannot be read = %v, %v, with the fault %v", answer.Value, err, c.PinFault())
	}
	s.Misbehave(api.PathPins, nil)
	if _, err := c.Whoami(t.Context()); err != nil || c.PinFault() != nil || !tok.Pins.Trusts(w.next.Leaf) {
		t.Errorf("the next call = %v, %v, with the pins %v", err, c.PinFault(), tok.Pins)
	}
}

// TestKeepPins: the pins of a token go up, in the file before anywhere else.
func TestKeepPins(t *testing.T) {
	s := clienttest.New(t)
	w := openWindow(t, s)
	h, _ := enrolled(t, s)
	var steps []pins.Announcement
	last := h.Pins
	for _, text := range w.chain {
		next, err := last.Follow([]string{text}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		steps, last = append(steps, next), next
	}
	other, err := h.home.Open("anna")
	if err != nil {
		t.Fatal(err)
	}
	if err := other.KeepPins(steps[1]); err != nil {
		t.Fatal(err)
	}
	if err := h.KeepPins(steps[0]); err != nil || h.Pins.Number != steps[1].Number {
		t.Errorf("after a later one was kept KeepPins = %v, with number %d, want %d", err, h.Pins.Number, steps[1].Number)
	}
	if kept, err := h.home.Open("anna"); err != nil || kept.Pins.Number != steps[1].Number {
		t.Errorf("the file has number %d, %v, want %d", kept.Pins.Number, err, steps[1].Number)
	}
	other.Dir = filepath.Join(other.Dir, "nowhere")
	higher := steps[1].With(steps[1].Nodes[0], steps[1].At)
	if err := other.KeepPins(higher); err == nil || other.Pins.Number != steps[1].Number {
		t.Errorf("what cannot be written = %v, and number %d counts, want %d", err, other.Pins.Number, steps[1].Number)
	}
}

// window is a change of the service's key.
type window struct {
	old, next tls.Certificate
	chain     []string // by the old key: the next is coming; by the next: it has come
	recovery  []string
	forged    []string
}

func openWindow(t *testing.T, s *clienttest.Service) window {
	t.Helper()
	w := window{old: s.Presented(), next: s.PKI.ServerToken(t, certs.ServerNode)}
	safe, stranger := s.PKI.ServerToken(t, certs.ServerNode), s.PKI.ServerToken(t, certs.ServerNode)
	first := clienttest.Pins(certs.PinOf(w.old.Leaf))
	first.Recovery = certs.PinOf(safe.Leaf)
	s.AnnounceAnew(clienttest.SignPins(t, first, w.old))
	node := first.Nodes[0]
	coming := first.With(pins.Node{Node: node.Node, Current: node.Current, Next: certs.PinOf(w.next.Leaf)}, first.At)
	come := coming.With(pins.Node{Node: node.Node, Current: certs.PinOf(w.next.Leaf)}, first.At)
	w.chain = []string{clienttest.SignPins(t, coming, w.old), clienttest.SignPins(t, come, w.next)}
	recovered := first.With(pins.Node{Node: node.Node, Current: certs.PinOf(w.next.Leaf)}, first.At)
	w.recovery = []string{clienttest.SignPins(t, recovered, safe)}
	w.forged = []string{clienttest.SignPins(t, recovered, stranger)}
	return w
}

type holder struct {
	*token.Token
	home token.Home
}

func enrolled(t *testing.T, s *clienttest.Service) (holder, tls.Certificate) {
	t.Helper()
	home, err := token.NewHome(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	to, err := url.Parse(s.Public)
	if err != nil {
		t.Fatal(err)
	}
	secret := func(text string) func(context.Context) (config.Secret, error) {
		return func(context.Context) (config.Secret, error) { return config.NewSecret([]byte(text)), nil }
	}
	tok, err := enrol.Enrol(t.Context(), home, "anna", enrol.Invitation{
		Server: to, Root: certs.FingerprintOf(s.PKI.Root().Raw), Kind: certs.User, Holder: s.Email,
	}, enrol.Ask{
		Code:   secret(s.Code),
		Keeper: func(context.Context, token.Left) (token.Keeper, error) { return token.InFile(config.Secret{}), nil },
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	own, err := tok.Unlock(token.InFile(config.Secret{}))
	if err != nil {
		t.Fatal(err)
	}
	return holder{tok, home}, own
}

// ask makes a request with the token as its files are now. expected is the fault that is no
// failure of the test.
func ask(t *testing.T, h holder, own tls.Certificate, expected func(*fault.Error) bool) error {
	t.Helper()
	tok, err := h.home.Open("anna")
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.Mutual(tok, own)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Whoami(t.Context())
	var f *fault.Error
	if err != nil && (expected == nil || !errors.As(err, &f) || !expected(f)) {
		t.Fatalf("whoami = %v", err)
	}
	if err != nil && !strings.Contains(err.Error(), "among those remembered") {
		t.Errorf("the fault is %q", err)
	}
	return err
}
