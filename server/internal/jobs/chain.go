package jobs

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/certs/pins"
)

// announcedFile holds the announcements that this node believes. It is ours, beside the
// keys: what stands there counts, and what the database has only if it leads on from it.
const announcedFile = "pins.json"

// errUnproved: a node that believes no announcement yet finds none that it may.
var errUnproved = errors.New("no announcement of the server's keys is signed by a node with a good certificate, and of such nodes alone")

// Board is where the announcements stand, and who has which; the CA is one.
type Board interface {
	PinAnnouncements(ctx context.Context, after int64) ([]string, error)
	AnnouncePins(ctx context.Context, last, next pins.Announcement, key crypto.Signer, who ca.Announcer) (pins.Link, error)
	RestorePins(ctx context.Context, known []pins.Link, who ca.Announcer) (int, error)
	PinHolders(context.Context) ([]ca.PinHolder, error)
	Nodes(context.Context) (map[string]certs.Pin, error)
	RevokeNode(ctx context.Context, node certs.Identity, by string) error
}

// chain is the announcements that a node believes: the oldest first, at most pins.MaxChain,
// and the last is in force. They are kept with the keys, since a database that is restored
// from a backup may lack those that clients have yet to follow.
type chain []pins.Link

// last returns the announcement in force; its number is 0 when there is none.
func (c chain) last() pins.Announcement {
	if len(c) == 0 {
		return pins.Announcement{}
	}
	return c[len(c)-1].Announcement
}

func (c chain) with(links ...pins.Link) chain {
	all := append(slices.Clone(c), links...)
	return all[max(0, len(all)-pins.MaxChain):]
}

func readChain(dir string) (c chain, err error) {
	path := filepath.Join(dir, announcedFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

func (c chain) write(dir string) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return write(dir, announcedFile, append(text, '\n'))
}

// follow returns the chain as far as the board leads on from it. Without one it begins with
// what the board proves; see prove.
func (c chain) follow(ctx context.Context, board Board) (chain, error) {
	if len(c) == 0 {
		return prove(ctx, board)
	}
	for {
		signed, err := board.PinAnnouncements(ctx, c.last().Number)
		if err != nil || len(signed) == 0 {
			return c, err
		}
		links, err := c.last().Steps(signed, time.Now())
		if err != nil {
			return c, fmt.Errorf("follow the announcements of pins: %w", err)
		}
		if len(links) == 0 {
			return c, nil
		}
		c = c.with(links...)
	}
}

// prove returns the chain of a board for a node that has none to hold it against. It is
// believed from the last announcement on that lists nodes with good certificates alone and
// is signed by one of them: a row in the database makes no key good. With errUnproved it
// returns what stands there nevertheless.
func prove(ctx context.Context, board Board) (chain, error) {
	nodes, err := board.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	c, proved, err := readBoard(ctx, board, nodes)
	if err != nil || len(c) == 0 {
		return nil, err
	}
	if proved == 0 {
		return c.with(), errUnproved
	}
	return c[:proved].with().follow(ctx, board)
}

// readBoard returns what stands on a board, and how many of it the nodes' certificates prove.
func readBoard(ctx context.Context, board Board, nodes map[string]certs.Pin) (c chain, proved int, err error) {
	for after := int64(-1); after < c.last().Number; {
		after = c.last().Number
		signed, err := board.PinAnnouncements(ctx, after)
		if err != nil {
			return nil, 0, err
		}
		for _, text := range signed {
			a, by, err := pins.Read(text)
			if err != nil || a.Number <= c.last().Number || a.Number > pins.Latest(time.Now()) {
				continue
			}
			c = append(c, pins.Link{Announcement: a, Signed: text})
			signs := func(n pins.Node) bool { return by == nodes[n.Node] }
			if _, foreign := unproved(a, nodes); !foreign && slices.ContainsFunc(a.Nodes, signs) {
				proved = len(c)
			}
		}
	}
	return c, proved, nil
}

// unproved returns a node of an announcement that has no good certificate for either key, if
// there is one.
func unproved(a pins.Announcement, nodes map[string]certs.Pin) (n pins.Node, found bool) {
	for _, n := range a.Nodes {
		if pin := nodes[n.Node]; pin.IsZero() || pin != n.Current && pin != n.Next {
			return n, true
		}
	}
	return n, false
}

// announce puts back what the board lacks of the chain, then adds to both.
func (c chain) announce(ctx context.Context, board Board, next pins.Announcement, key crypto.Signer, who ca.Announcer) (chain, error) {
	if err := c.restore(ctx, board, who); err != nil {
		return c, err
	}
	link, err := board.AnnouncePins(ctx, c.last(), next, key, who)
	if err != nil {
		return c, err
	}
	return c.with(link), nil
}

func (c chain) restore(ctx context.Context, board Board, who ca.Announcer) error {
	if len(c) == 0 {
		return nil
	}
	who.Why = "put back what the database lacked"
	_, err := board.RestorePins(ctx, c, who)
	return err
}
