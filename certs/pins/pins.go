// Package pins is how the pins of a client move with the server's keys. A client pins, for
// each node of the service, the key that it has and the one that it goes over to, and for
// all of them one recovery key, whose private half lies in a safe. An [Announcement] is such
// a set, signed by a key of the set before it: so a client that knows one set can follow to
// the last, however long it was away, and nobody else can lead it anywhere.
//
// A server makes announcements with [Sign]; a client that holds one takes the next with
// [Announcement.Follow] and asks [Announcement.Trusts] at each connection. The package keeps
// nothing and fetches nothing. It does not say whether a certificate is valid: pins come
// on top of the chain to the root.
package pins

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"mais/certs"
)

// Bounds on what a client reads of others.
const (
	MaxNodes = 16       // of an announcement
	MaxChain = 256      // announcements that are followed at a time, oldest first
	MaxBytes = 16 << 10 // of one, signed
)

// maxAhead is by how much a number may be ahead of the clock of who reads it. Numbers are
// times, so that those of a service that was restored from a backup go on above all that it
// ever gave out; and whoever steals a key cannot use them up.
const maxAhead = 24 * time.Hour

// Latest returns the highest number that an announcement may have at now.
func Latest(now time.Time) int64 { return now.Add(maxAhead).Unix() }

// ErrUntrusted is returned for announcements none of which a pinned key has signed.
var ErrUntrusted = errors.New("pins: no pinned key has signed the announcement")

// Announcement is the keys of the service as of a number, which only goes up: the Unix time
// at which it was made, or the number before it and one, whichever is higher.
type Announcement struct {
	Number int64     `json:"number"`
	At     time.Time `json:"at"`
	Nodes  []Node    `json:"nodes"`
	// Recovery is a key that signs announcements when no other is left, and does nothing
	// else. It is zero in a service that has none.
	Recovery certs.Pin `json:"recovery,omitzero"`
}

// Node is the keys of one node of the service.
type Node struct {
	Node    string    `json:"node"` // urn:mais:server:…
	Current certs.Pin `json:"current"`
	Next    certs.Pin `json:"next,omitzero"` // while a change of key is prepared
}

// Trusts reports whether a server that has proved the certificate's key is to be believed:
// it is the present or the next key of a node.
func (a Announcement) Trusts(server *x509.Certificate) bool {
	return slices.ContainsFunc(a.Nodes, func(n Node) bool { return n.Current.Matches(server) || n.Next.Matches(server) })
}

// Signs reports whether announcements of the key with this pin are to be followed.
func (a Announcement) Signs(key certs.Pin) bool {
	return !key.IsZero() && (a.Recovery == key || slices.ContainsFunc(a.Nodes, func(n Node) bool { return n.Current == key || n.Next == key }))
}

// Of returns a node's entry; ok is false when it has none.
func (a Announcement) Of(node string) (n Node, ok bool) {
	i := slices.IndexFunc(a.Nodes, func(n Node) bool { return n.Node == node })
	if i < 0 {
		return Node{}, false
	}
	return a.Nodes[i], true
}

// Without returns the announcement without the entries of nodes.
func (a Announcement) Without(nodes ...string) Announcement {
	a.Nodes = slices.DeleteFunc(slices.Clone(a.Nodes), func(n Node) bool { return slices.Contains(nodes, n.Node) })
	return a
}

// With returns the announcement with a node's entry set, and the lowest number that may
// follow a's.
func (a Announcement) With(n Node, at time.Time) Announcement {
	return Announcement{a.Number + 1, at.UTC().Truncate(time.Second), append(a.Without(n.Node).Nodes, n), a.Recovery}
}

// Check says why no announcement of ours is so.
func (a Announcement) Check() error {
	if a.Number < 1 {
		return fmt.Errorf("pins: number %d", a.Number)
	}
	if len(a.Nodes) == 0 || len(a.Nodes) > MaxNodes {
		return fmt.Errorf("pins: %d nodes, want 1 to %d", len(a.Nodes), MaxNodes)
	}
	names := map[string]bool{}
	for _, n := range a.Nodes {
		if id, err := certs.ParseIdentity(n.Node); err != nil || id.Kind() != certs.Server || names[n.Node] {
			return fmt.Errorf("pins: %.60q is no node, or stands twice", n.Node)
		}
		if names[n.Node] = true; n.Current.IsZero() {
			return fmt.Errorf("pins: node %s has no key", n.Node)
		}
	}
	return nil
}
