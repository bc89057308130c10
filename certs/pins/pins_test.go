package pins_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"mais/certs"
	"mais/certs/pins"
)

var at = time.Date(2026, 3, 12, 2, 14, 0, 0, time.UTC)

type key struct {
	crypto.Signer
	pin certs.Pin
}

func newKey(t testing.TB) key {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pin, err := certs.PinOfKey(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	return key{k, pin}
}

func sign(t testing.TB, a pins.Announcement, by key) string {
	t.Helper()
	text, err := pins.Sign(a, by.Signer)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// service is the announcements of a service over a change of key.
type service struct {
	node, other            string
	k1, k2, k3, safe, evil key
	first                  pins.Announcement // k1, with the recovery key
	second                 pins.Announcement // k1, and k2 to come
	third                  pins.Announcement // k2
}

func newService(t testing.TB) service {
	s := service{
		node: "urn:mais:server:" + uuid.NewString(), other: "urn:mais:server:" + uuid.NewString(),
		k1: newKey(t), k2: newKey(t), k3: newKey(t), safe: newKey(t), evil: newKey(t),
	}
	s.first = pins.Announcement{Number: 1, At: at, Nodes: []pins.Node{{Node: s.node, Current: s.k1.pin}}, Recovery: s.safe.pin}
	s.second = s.first.With(pins.Node{Node: s.node, Current: s.k1.pin, Next: s.k2.pin}, at)
	s.third = s.second.With(pins.Node{Node: s.node, Current: s.k2.pin}, at)
	return s
}

func TestFollow(t *testing.T) {
	s := newService(t)
	second, third := sign(t, s.second, s.k1), sign(t, s.third, s.k1)
	joined := s.third.With(pins.Node{Node: s.other, Current: s.k3.pin}, at)
	recovered := s.third.With(pins.Node{Node: s.node, Current: s.k3.pin}, at)
	forged := s.third.With(pins.Node{Node: s.node, Current: s.evil.pin}, at)
	robbed := s.third.With(pins.Node{Node: s.node, Current: s.k2.pin}, at)
	robbed.Recovery = s.evil.pin
	future := s.third
	future.Number = pins.Latest(at) + 1
	another := s.third
	another.Recovery = s.k3.pin
	unsafe := s.first
	unsafe.Recovery = certs.Pin{}
	for _, c := range []struct {
		name  string
		from  pins.Announcement
		chain []string
		want  pins.Announcement
		err   error
	}{
		{"nothing new", s.third, nil, s.third, nil},
		{"the whole window was missed", s.first, []string{second, third}, s.third, nil},
		{"the first half was seen", s.second, []string{third}, s.third, nil},
		{"by the next key, whose holder it is now", s.second, []string{sign(t, s.third, s.k2)}, s.third, nil},
		{"old ones again", s.third, []string{second, third}, s.third, nil},
		{"another node joins", s.third, []string{sign(t, joined, s.k2)}, joined, nil},
		{"by recovery, though all before is unreadable to us", s.first, []string{sign(t, s.third, s.k3), sign(t, recovered, s.safe)}, recovered, nil},
		{"by a stranger's key", s.first, []string{sign(t, forged, s.evil)}, s.first, pins.ErrUntrusted},
		{"by the key that was given up", s.third, []string{sign(t, forged, s.k1)}, s.third, pins.ErrUntrusted},
		{"another recovery key, by a node's", s.third, []string{sign(t, robbed, s.k2)}, s.third, pins.ErrUntrusted},
		{"another recovery key, by the old one", s.second, []string{sign(t, another, s.safe)}, another, nil},
		{"the first recovery key, by a node's", unsafe, []string{second}, s.second, nil},
		{"a number from the future", s.second, []string{sign(t, future, s.k2)}, s.second, pins.ErrUntrusted},
		{"garble between good ones", s.first, []string{second, "a.b.c", third}, s.third, nil},
		{"a stranger's between good ones", s.first, []string{second, sign(t, forged, s.evil), third}, s.third, nil},
	} {
		got, err := c.from.Follow(c.chain, at)
		if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b certs.Pin) bool { return a == b })); diff != "" || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: Follow = %v, want %v; -want +got\n%s", c.name, err, c.err, diff)
		}
	}
}

// TestFirst: without an announcement to hold it against, a chain has to prove its own end.
func TestFirst(t *testing.T) {
	s := newService(t)
	future := s.first
	future.Number = pins.Latest(at) + 1
	lower := s.first
	lower.Nodes = []pins.Node{{Node: s.node, Current: s.evil.pin}}
	for name, c := range map[string]struct {
		chain []string
		want  int64
	}{
		"none":                                 {nil, 0},
		"by its own key":                       {[]string{sign(t, s.third, s.k2)}, 3},
		"by the key that it takes away":        {[]string{sign(t, s.second, s.k1), sign(t, s.third, s.k1)}, 3},
		"by a key of nobody":                   {[]string{sign(t, s.second, s.k1), sign(t, s.third, s.evil)}, 0},
		"of no higher number, by a key before": {[]string{sign(t, s.second, s.k1), sign(t, lower, s.k1)}, 0},
		"from the future":                      {[]string{sign(t, future, s.k1)}, 0},
		"garble":                               {[]string{"a.b.c"}, 0},
	} {
		got, err := pins.First(c.chain, at)
		if (err == nil) != (c.want > 0) || err == nil && got.Number != c.want {
			t.Errorf("%s: First = number %d, %v, want number %d", name, got.Number, err, c.want)
		}
	}
}

// TestFollowBadInput: what a trusted key did not sign as it stands leaves everything as it was.
func TestFollowBadInput(t *testing.T) {
	s := newService(t)
	good := sign(t, s.second, s.k1)
	parts := strings.Split(good, ".")
	other := strings.Split(sign(t, s.third, s.k1), ".")
	for name, text := range map[string]string{
		"empty": "", "not a JWS": "a.b.c", "another's payload": parts[0] + "." + other[1] + "." + parts[2], "cut short": good[:len(good)-8],
		"too long": good + strings.Repeat("A", pins.MaxBytes), "no signature": parts[0] + "." + parts[1] + ".",
	} {
		if got, err := s.first.Follow([]string{text}, at); err == nil || got.Number != s.first.Number {
			t.Errorf("%s: Follow = number %d, %v; want an error and number %d", name, got.Number, err, s.first.Number)
		}
	}
	if _, err := s.first.Follow(make([]string, pins.MaxChain+1), at); err == nil {
		t.Error("Follow takes an endless chain")
	}
}

// TestSignRefuses: what no reader would take is not signed.
func TestSignRefuses(t *testing.T) {
	s := newService(t)
	twice := s.first
	twice.Nodes = append(twice.Nodes[:1:1], twice.Nodes[0])
	for name, a := range map[string]pins.Announcement{
		"nothing": {}, "no number": {Nodes: s.first.Nodes}, "no node": {Number: 1}, "a node twice": twice,
		"no key": {Number: 1, Nodes: []pins.Node{{Node: s.node}}}, "a user": {Number: 1, Nodes: []pins.Node{{Node: "urn:mais:user:" + uuid.NewString(), Current: s.k1.pin}}},
	} {
		if _, err := pins.Sign(a, s.k1.Signer); err == nil {
			t.Errorf("Sign(%s) succeeded", name)
		}
	}
}

func FuzzFollow(f *testing.F) {
	s := newService(f)
	f.Add(sign(f, s.second, s.k1))
	f.Add(sign(f, s.third, s.safe))
	f.Add("eyJ.eyJ.AA")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := s.first.Follow([]string{text}, at)
		if err != nil && got.Number != s.first.Number {
			t.Errorf("Follow = number %d and %v", got.Number, err)
		}
	})
}
