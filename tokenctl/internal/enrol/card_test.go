package enrol_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"mais/certs"
	"mais/certs/attest"
	"mais/config"
	"mais/internal/pivtest"
	"mais/internal/pivtest/pcsc"
	"mais/server/api"
	"mais/tokenctl/internal/client"
	"mais/tokenctl/internal/client/clienttest"
	"mais/tokenctl/internal/enrol"
	"mais/tokenctl/internal/piv"
	"mais/tokenctl/internal/token"
)

var (
	pin = config.NewSecret([]byte("290417"))
	puk = config.NewSecret([]byte("61840273"))
)

// station is a place where a card is enrolled: readers, a card and a service.
type station struct {
	*testing.T
	readers *pcsc.Service
	card    *pivtest.Card
	service *clienttest.Service
	home    token.Home
}

func newStation(t *testing.T) *station {
	t.Helper()
	card, err := pivtest.New(pivtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	home, err := token.NewHome(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &station{t, pcsc.Start(t), card, clienttest.New(t), home}
	s.readers.Insert(t, 0, card)
	return s
}

// newCardKeeper looks at the card, as the command does, and says how the key is to be made.
func newCardKeeper(ctx context.Context, _ token.Left) (token.Keeper, error) {
	card, err := piv.Open(ctx, piv.Choice{}, nil)
	if err != nil {
		return nil, err
	}
	defer card.Close()
	found, err := card.Summary()
	if err != nil {
		return nil, err
	}
	setup := piv.Setup{PIN: pin, PUK: puk}
	if !slices.Contains(found.Factory, "PIN") {
		setup.OldPIN = pin
	}
	return token.NewOnCard(token.Making{
		Card: piv.Ref{Serial: found.Serial, GUID: found.GUID}, Setup: setup, Use: piv.Use{PIN: pin},
		Key: piv.KeySpec{Slot: piv.Authentication, Type: certs.P256, PIN: attest.PINOnce, Touch: attest.TouchNever},
	}), nil
}

// run enrols, renews or signs in in another process, as each command is one.
func (s *station) run(act string) error {
	s.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestActing$")
	child.Env = append(os.Environ(), actVariable+"="+act, homeVariable+"="+s.home.Dir(),
		serverVariable+"="+s.service.Public, rootVariable+"="+certs.FingerprintOf(s.service.PKI.Root().Raw).String())
	child.Env = append(child.Env, s.readers.Env()...)
	if out, err := child.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", act, err, out)
	}
	return nil
}

// must is run of what has to succeed; it returns the token that is there then.
func (s *station) must(act string) *token.Token {
	s.Helper()
	if err := s.run(act); err != nil {
		s.Fatal(err)
	}
	t, err := s.home.Open("anna")
	if err != nil {
		s.Fatal(err)
	}
	return t
}

// What run tells the other process.
const (
	actVariable    = "MAIS_TEST_ACT"
	homeVariable   = "MAIS_TEST_HOME"
	serverVariable = "MAIS_TEST_SERVER"
	rootVariable   = "MAIS_TEST_ROOT"
)

// TestActing is the other process; in this one there is nothing for it to do.
func TestActing(t *testing.T) {
	act := os.Getenv(actVariable)
	if act == "" {
		return
	}
	home, err := token.NewHome(os.Getenv(homeVariable))
	if err != nil {
		t.Fatal(err)
	}
	acts := map[string]func(context.Context, token.Home) error{"enrol": enrolHere, "renew": renewHere, "sign in": signInHere}
	if err := acts[act](t.Context(), home); err != nil {
		t.Fatal(err)
	}
}

func enrolHere(ctx context.Context, home token.Home) error {
	to, err := url.Parse(os.Getenv(serverVariable))
	if err != nil {
		return err
	}
	root, err := certs.ParseFingerprint(os.Getenv(rootVariable))
	if err != nil {
		return err
	}
	_, err = enrol.Enrol(ctx, home, "anna", enrol.Invitation{Server: to, Root: root, Kind: certs.User, Holder: clienttest.Email, Card: true},
		enrol.Ask{Keeper: newCardKeeper, Code: func(context.Context) (config.Secret, error) { return config.NewSecret([]byte(clienttest.Code)), nil }}, false)
	return err
}

func renewHere(ctx context.Context, home token.Home) error {
	t, err := home.Open("anna")
	if err != nil {
		return err
	}
	_, err = enrol.Renew(ctx, home, "anna", token.OnCard(t, piv.Use{PIN: pin}))
	return err
}

// signInHere demands that the token's files, the card and the service agree.
func signInHere(ctx context.Context, home token.Home) error {
	t, err := home.Open("anna")
	if err != nil {
		return err
	}
	own, err := t.Unlock(token.OnCard(t, piv.Use{PIN: pin}))
	if err != nil {
		return err
	}
	c, err := client.Mutual(t, own)
	if err != nil {
		return err
	}
	defer c.Close()
	if who, err := c.Whoami(ctx); err != nil || who.Value.Serial != t.Serial {
		return fmt.Errorf("whoami = %+v, %w, want the serial %s", who.Value, err, t.Serial)
	}
	card, err := piv.Open(ctx, t.Choice(), nil)
	if err != nil {
		return err
	}
	defer card.Close()
	found, err := card.Summary()
	if err != nil || len(found.Slots) != 1 {
		return fmt.Errorf("the card has %+v, %w, want one slot in use", found, err)
	}
	if slot := found.Slots[0]; slot.Name != "9a" || slot.Certificate == nil || !slot.Certificate.Equal(t.Certificate()) {
		return fmt.Errorf("the card's slot is %+v, want 9a with the token's certificate", slot)
	}
	if len(found.Factory) > 0 {
		return fmt.Errorf("what the factory gave is in force still: %v", found.Factory)
	}
	return nil
}

// changing are the instructions that leave something else behind than they found: change and
// unblock, put data, generate, authenticate (a signature too), and Yubico's.
var changing = map[byte]bool{0x24: true, 0x2c: true, 0xdb: true, 0x47: true, 0x87: true, 0xff: true, 0xfa: true}

// at returns a hook that does to the card, at the n-th command that changes something, what
// fate says, and a count of such commands.
func at(n int, fate pivtest.Fate) (hook pivtest.Hook, count *atomic.Int32) {
	count = new(atomic.Int32)
	return func(_ int, apdu []byte) pivtest.Fate {
		const chained = 0x10
		if apdu[0]&chained != 0 || !changing[apdu[1]] {
			return pivtest.Stay
		}
		if int(count.Add(1)) == n {
			return fate
		}
		return pivtest.Stay
	}, count
}

// changes returns how many commands of an act change something.
func (s *station) changes(act string) int {
	s.Helper()
	hook, count := at(0, pivtest.Stay)
	s.card.Before(hook)
	s.must(act)
	s.card.Before(nil)
	return int(count.Load())
}

// breakOff has the card pulled out at the n-th command that changes something, puts it in
// again, and goes on.
func (s *station) breakOff(act string, n int, fate pivtest.Fate) *token.Token {
	s.Helper()
	hook, count := at(n, fate)
	s.card.Before(hook)
	err := s.run(act)
	if int(count.Load()) < n {
		s.Fatalf("the card was not pulled out: %d commands, %v", count.Load(), err)
	}
	s.readers.AwaitPulled(s, 0)
	s.card.Before(nil)
	s.readers.Insert(s, 0, s.card)
	return s.must(act)
}

// TestCardPulledAtEachStep pulls the card out at each command of an enrolment that changes it,
// before the card does what it is told and after. The same command, run again, ends with a
// token that signs in, and no certificate but its own was issued.
func TestCardPulledAtEachStep(t *testing.T) {
	n := newStation(t).changes("enrol")
	eachBreak(t, n, func(t *testing.T, n int, fate pivtest.Fate) {
		s := newStation(t)
		s.breakOff("enrol", n, fate)
		s.must("sign in")
		if n := s.service.Issued(); n != 1 {
			t.Errorf("%d certificates were issued, want 1", n)
		}
	})
}

// TestCardPulledAtRenewal is the same of a renewal. The key stays.
func TestCardPulledAtRenewal(t *testing.T) {
	s := newStation(t)
	s.must("enrol")
	n := s.changes("renew")
	eachBreak(t, n, func(t *testing.T, n int, fate pivtest.Fate) {
		s := newStation(t)
		old := s.must("enrol")
		next := s.breakOff("renew", n, fate)
		s.must("sign in")
		if next.Serial == old.Serial || !certs.SameKey(next.Certificate().PublicKey, old.Certificate().PublicKey) {
			t.Errorf("the serial %s was renewed to %s, want another for the same key", old.Serial, next.Serial)
		}
	})
}

// eachBreak runs a test for each of n commands, pulled before and after it, several at once:
// they wait for a smart card service, mostly.
func eachBreak(t *testing.T, n int, test func(t *testing.T, n int, fate pivtest.Fate)) {
	if n < 4 {
		t.Fatalf("%d commands change the card: too few to be true", n)
	}
	const atOnce = 6
	turns := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for name, fate := range map[string]pivtest.Fate{"before": pivtest.Pull, "after": pivtest.PullAfter} {
		for i := 1; i <= n; i++ {
			turns <- struct{}{}
			all.Go(func() {
				defer func() { <-turns }()
				t.Run(name+" command "+strconv.Itoa(i), func(t *testing.T) { test(t, i, fate) })
			})
		}
	}
	all.Wait()
}

// TestNetworkGoneDuringEnrolment cuts the connection once the request has arrived and was
// certified. The same command, run again, has the same certificate.
func TestNetworkGoneDuringEnrolment(t *testing.T) {
	s := newStation(t)
	s.service.Misbehave(api.PathEnrol, clienttest.Cut)
	if err := s.run("enrol"); err == nil {
		t.Fatal("an enrolment without an answer succeeded")
	}
	made := s.card.Key(0x9a)
	if made == nil || s.service.Issued() != 1 {
		t.Fatalf("cut off with the key %v and %d certificates, want one of each", made, s.service.Issued())
	}
	s.service.Misbehave(api.PathEnrol, nil)
	if got := s.must("enrol"); !certs.SameKey(got.Certificate().PublicKey, made.Public()) {
		t.Error("the token has another key than the first attempt's")
	}
	s.must("sign in")
	if n := s.service.Issued(); n != 1 {
		t.Errorf("%d certificates were issued, want 1", n)
	}
}
