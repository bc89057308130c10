package jobs

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/certs/pins"
)

const (
	nextKeyFile = "server.next.key" // while a change of key is prepared

	announceEvery = 2 * time.Second
)

// Announced returns the last announcement of the service's keys that this node believes; its
// number is 0 before there is one.
func (n *Node) Announced() pins.Announcement { return n.believes().last() }

// Announcements returns the signed announcements after a number, the oldest first: at most
// limit, of those that this node keeps.
func (n *Node) Announcements(after int64, limit int) (signed []string) {
	for _, l := range n.believes() {
		if l.Announcement.Number > after && len(signed) < limit {
			signed = append(signed, l.Signed)
		}
	}
	return signed
}

func (n *Node) believes() chain {
	if c := n.chain.Load(); c != nil {
		return *c
	}
	return nil
}

// Announce keeps the announcements in step with this node's keys until ctx ends, so that
// clients know the next key before it is used, and the last once it is not; it vouches for a
// node that has joined. See package pins.
func (n *Node) Announce(ctx context.Context) error {
	tick := time.NewTicker(announceEvery)
	defer tick.Stop()
	said := ""
	for {
		err := n.AnnounceKeys(ctx)
		if err != nil && ctx.Err() == nil && said != err.Error() {
			n.opts.Logger.ErrorContext(ctx, "the pins of the server's keys can't be announced", "error", err)
		}
		if said = ""; err != nil {
			said = err.Error()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// AnnounceKeys follows the announcements once and, when they do not have this node's keys as
// they are, signs the next. What stands among them that nobody believes is an error, and
// stops nothing.
func (n *Node) AnnounceKeys(ctx context.Context) error {
	c, err := n.follow(ctx)
	if err != nil && !errors.Is(err, pins.ErrUntrusted) {
		return err
	}
	return errors.Join(err, n.announceKeys(ctx, c))
}

func (n *Node) announceKeys(ctx context.Context, c chain) error {
	mine, key, err := n.keys()
	if err != nil || key == nil {
		return err
	}
	next, why, err := n.wanted(ctx, c.last(), mine)
	if err != nil || why == "" {
		return err
	}
	c, err = c.announce(ctx, n.opts.Issuer, next, key, n.announcer(why))
	if errors.Is(err, ca.ErrNotNext) {
		return nil // another node was quicker; it is followed in a moment
	}
	if err != nil {
		return err
	}
	n.opts.Logger.InfoContext(ctx, "pins are announced", "number", c.last().Number, "why", why)
	return n.believe(c)
}

func (n *Node) announcer(why string) ca.Announcer {
	return ca.Announcer{Node: n.identity, By: n.identity.String(), Why: why}
}

// follow brings what this node believes up to date; at its start it puts back what a restored
// database lacks.
func (n *Node) follow(ctx context.Context) (chain, error) {
	c, err := n.believes(), error(nil)
	if len(c) == 0 {
		if c, err = readChain(n.opts.Dir); err != nil {
			return nil, err
		}
		if err := c.restore(ctx, n.opts.Issuer, n.announcer("")); err != nil {
			return nil, err
		}
		n.chain.Store(&c)
	}
	next, err := c.follow(ctx, n.opts.Issuer)
	if errors.Is(err, errUnproved) {
		return nil, fmt.Errorf("%w: if no other node runs, use: mais-server pin recover", err)
	}
	if next.last().Number != c.last().Number {
		err = errors.Join(err, n.believe(next))
	}
	return next, err
}

func (n *Node) believe(c chain) error {
	if err := c.write(n.opts.Dir); err != nil {
		return err
	}
	n.chain.Store(&c)
	return nil
}

// wanted returns the announcement that should follow the last, and why; no reason is none.
func (n *Node) wanted(ctx context.Context, last pins.Announcement, mine pins.Node) (next pins.Announcement, why string, err error) {
	known, listed := last.Of(mine.Node)
	switch {
	case last.Number == 0:
		return last.With(mine, time.Now()), "the first", nil
	case !last.Signs(mine.Current):
		return last, "", fmt.Errorf("no node has vouched for this node's key %s: if no other node runs, use: mais-server pin recover", mine.Current)
	case !listed || known != mine:
		return last.With(mine, time.Now()), "this node's keys", nil
	}
	return n.joined(ctx, last)
}

// joined returns an announcement that vouches for a node that is not in the last one.
func (n *Node) joined(ctx context.Context, last pins.Announcement) (pins.Announcement, string, error) {
	nodes, err := n.opts.Issuer.Nodes(ctx)
	if err != nil {
		return last, "", err
	}
	for id, pin := range nodes {
		if _, listed := last.Of(id); listed {
			continue
		}
		if len(last.Nodes) >= pins.MaxNodes {
			return last, "", fmt.Errorf("a node has joined, yet %d are announced, which is the most: take those that are gone out with mais-server pin forget", len(last.Nodes))
		}
		return last.With(pins.Node{Node: id, Current: pin}, time.Now()), "a node has joined", nil
	}
	return last, "", nil
}

// keys returns the keys that this node announces, and the one that it serves with. There is
// none while the key on disk is another: it is about to be taken over, and until then
// what was announced stays. The next is read first, since a switch makes it the key.
func (n *Node) keys() (mine pins.Node, key crypto.Signer, err error) {
	next, err := keyPin(n.opts.Dir, nextKeyFile)
	if err != nil {
		return mine, nil, err
	}
	onDisk, err := keyPin(n.opts.Dir, keyFile)
	if err != nil {
		return mine, nil, err
	}
	on := n.now.Load().certificate
	if !onDisk.Matches(on.Leaf) || next == onDisk {
		return mine, nil, nil
	}
	return pins.Node{Node: n.identity.String(), Current: onDisk, Next: next}, on.PrivateKey.(crypto.Signer), nil
}

// keyPin returns the pin of a key file, or none if it is not there.
func keyPin(dir, name string) (certs.Pin, error) {
	path := filepath.Join(dir, name)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return certs.Pin{}, nil
	}
	if err != nil {
		return certs.Pin{}, err
	}
	key, err := certs.ParseKey(text, nil)
	if err != nil {
		return certs.Pin{}, fmt.Errorf("%s: %w", path, err)
	}
	return certs.PinOfKey(key.Public())
}
