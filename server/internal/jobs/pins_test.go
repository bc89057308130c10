package jobs_test

import (
	"context"
	"crypto"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/ca/migrations"
	"mais/certs"
	"mais/certs/pins"
	"mais/internal/pg/pgtest"
	"mais/server/internal/jobs"
)

// cluster is nodes of one service.
type cluster struct {
	*catest.CA
	db *pgtest.Database
}

func newCluster(t *testing.T) cluster {
	db := pgtest.New(t, migrations.Set)
	return cluster{catest.New(t, db), db}
}

// node opens the node whose files lie in dir, as a start of the server does.
func (c cluster) node(t *testing.T, dir string) *jobs.Node {
	t.Helper()
	n, _ := open(t, options(t, c.CA, dir))
	return n
}

func (c cluster) roll(dir string) jobs.Rollover {
	return jobs.Rollover{Dir: dir, Board: c.CA, By: "operator"}
}

func announce(t *testing.T, n *jobs.Node) pins.Announcement {
	t.Helper()
	if err := n.AnnounceKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	return n.Announced()
}

// entry returns what is announced of a node.
func entry(t *testing.T, a pins.Announcement, of *jobs.Node) pins.Node {
	t.Helper()
	n, ok := a.Of(of.Identity().String())
	if !ok {
		t.Fatalf("announcement %d has nothing of %s: %v", a.Number, of.Identity(), a.Nodes)
	}
	return n
}

func prepare(t *testing.T, n *jobs.Node, dir string) certs.Pin {
	t.Helper()
	next, err := jobs.PrepareKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := entry(t, announce(t, n), n).Next; got != next {
		t.Fatalf("the next key %s is announced as %s", next, got)
	}
	return next
}

func pinOf(t *testing.T, key crypto.Signer) certs.Pin {
	t.Helper()
	pin, err := certs.PinOfKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return pin
}

func (c cluster) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := c.db.Owner().Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

var who = ca.Announcer{By: "test", Why: "test"}

// TestAnnounceWhileTheKeyIsSwitched: between the change on disk and the one that is served,
// the announcements keep the next key.
func TestAnnounceWhileTheKeyIsSwitched(t *testing.T) {
	c, dir := newCluster(t), t.TempDir()
	n := c.node(t, dir)
	announce(t, n)
	next := prepare(t, n, dir)
	if err := jobs.SwitchKey(dir); err != nil {
		t.Fatal(err)
	}
	if got := entry(t, announce(t, n), n).Next; got != next {
		t.Errorf("after a look within the switch the next key is %q, want %s", got, next)
	}
	if got := entry(t, announce(t, c.node(t, dir)), n); got.Current != next || !got.Next.IsZero() {
		t.Errorf("after the switch %v is announced, want the key %s alone", got, next)
	}
}

// TestNumbersAreTimes: so that a service that was restored whole does not announce what clients pass over.
func TestNumbersAreTimes(t *testing.T) {
	c, before := newCluster(t), time.Now().Unix()
	if got := announce(t, c.node(t, t.TempDir())).Number; got < before || got > time.Now().Unix() {
		t.Errorf("the first announcement has the number %d, want the time", got)
	}
}

// forge puts an announcement by some key on the board with plain SQL.
func (c cluster) forge(t *testing.T, a pins.Announcement, key crypto.Signer) {
	t.Helper()
	signed, err := pins.Sign(a, key)
	if err != nil {
		t.Fatal(err)
	}
	c.exec(t, `INSERT INTO ca.pin_announcement (number, jws, by) VALUES ($1, $2, 'forger')`, a.Number, signed)
}

// TestForgedRow: what stands in the database is built on by nobody whom it does not convince.
func TestForgedRow(t *testing.T) {
	c, dir := newCluster(t), t.TempDir()
	n := c.node(t, dir)
	good := announce(t, n)
	evil := catest.Key(t)
	forged := good.With(pins.Node{Node: catest.Identity(t, certs.Server).String(), Current: pinOf(t, evil)}, time.Now())
	forged.Recovery = pinOf(t, evil)
	c.forge(t, forged, evil)
	joined := c.node(t, t.TempDir())
	if s, err := c.roll(dir).State(t.Context()); err != nil || s.Last.Number != good.Number {
		t.Errorf("State goes by announcement %d, %v, want %d", s.Last.Number, err, good.Number)
	}
	if err := os.Remove(filepath.Join(dir, "pins.json")); err != nil {
		t.Fatal(err)
	}
	for name, node := range map[string]*jobs.Node{"without its file": c.node(t, dir), "that has joined": joined} {
		node.AnnounceKeys(t.Context()) // it may well complain
		if a := node.Announced(); a.Signs(pinOf(t, evil)) {
			t.Errorf("a node %s believes the forged announcement: %v", name, a)
		}
	}
	// The service goes on beside it: the one that joined is vouched for, and clients follow.
	rows, err := c.PinAnnouncements(t.Context(), good.Number)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := good.Follow(rows, time.Now()); err != nil || entry(t, got, joined).Current != certs.PinOf(leaf(t, joined)) {
		t.Errorf("a client follows to %v, %v, want the node that joined in it", got, err)
	}
}

// TestAnnouncePinsChecks: only what its readers believe is recorded.
func TestAnnouncePinsChecks(t *testing.T) {
	c := newCluster(t)
	n := c.node(t, t.TempDir())
	a := announce(t, n)
	key := catest.Key(t)
	served, err := n.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	own := served.PrivateKey.(crypto.Signer)
	robbed := a
	robbed.Recovery = pinOf(t, key)
	if _, err := c.AnnouncePins(t.Context(), a, a, key, who); !errors.Is(err, pins.ErrUntrusted) {
		t.Errorf("AnnouncePins by a stranger's key = %v, want %v", err, pins.ErrUntrusted)
	}
	if _, err := c.AnnouncePins(t.Context(), pins.Announcement{}, a, own, who); !errors.Is(err, ca.ErrNotNext) {
		t.Errorf("AnnouncePins of a second first = %v, want %v", err, ca.ErrNotNext)
	}
	made, err := c.AnnouncePins(t.Context(), a, a, own, who)
	if err != nil || made.Announcement.Number <= a.Number {
		t.Errorf("AnnouncePins = number %d, %v, want one above %d", made.Announcement.Number, err, a.Number)
	}
	if _, err := c.AnnouncePins(t.Context(), a, a, own, who); !errors.Is(err, ca.ErrNotNext) {
		t.Errorf("AnnouncePins on top of one that is not the last = %v, want %v", err, ca.ErrNotNext)
	}
	if _, err := c.RestorePins(t.Context(), []pins.Link{{Announcement: pins.Announcement{Number: math.MaxInt64}, Signed: made.Signed}}, who); err == nil {
		t.Error("a number from the future is recorded")
	}
	if err := c.HoldsPins(t.Context(), catest.Identity(t, certs.Site), math.MaxInt64); err == nil {
		t.Error("a number from the future is recorded as held")
	}
}

// TestFollowAWholePage: what was missed counts also when it fills the pages exactly; and of a
// service that is full nobody is left out in silence.
func TestFollowAWholePage(t *testing.T) {
	c, dir := newCluster(t), t.TempDir()
	n := c.node(t, dir)
	last := announce(t, n)
	served, err := n.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	full := last
	for len(full.Nodes) < pins.MaxNodes {
		full = full.With(pins.Node{Node: catest.Identity(t, certs.Server).String(), Current: pinOf(t, catest.Key(t))}, time.Now())
	}
	for range pins.MaxChain {
		made, err := c.AnnouncePins(t.Context(), last, full, served.PrivateKey.(crypto.Signer), who)
		if err != nil {
			t.Fatal(err)
		}
		last = made.Announcement
	}
	if got := announce(t, n).Number; got != last.Number {
		t.Errorf("after %d announcements %d is believed, want %d", pins.MaxChain, got, last.Number)
	}
	if s, err := c.roll(dir).State(t.Context()); err != nil || s.Last.Number != last.Number {
		t.Errorf("State goes by %d, %v, want %d", s.Last.Number, err, last.Number)
	}
	c.node(t, t.TempDir())
	if err := n.AnnounceKeys(t.Context()); err == nil {
		t.Error("a node beyond the most is left out in silence")
	}
}

// TestNodesTakesTheNewest: in the grace period after a change of key the certificate issued last counts.
func TestNodesTakesTheNewest(t *testing.T) {
	c, dir := newCluster(t), t.TempDir()
	n := c.node(t, dir)
	announce(t, n)
	first, _ := c.RefOf(leaf(t, n))
	next := prepare(t, n, dir)
	if err := jobs.SwitchKey(dir); err != nil {
		t.Fatal(err)
	}
	n = c.node(t, dir)
	// The row of the old one comes to lie behind that of the new.
	if err := errors.Join(c.Hold(t.Context(), first, "test"), c.Release(t.Context(), first, "test")); err != nil {
		t.Fatal(err)
	}
	if nodes, err := c.Nodes(context.Background()); err != nil || nodes[n.Identity().String()] != next {
		t.Errorf("Nodes = %v, %v, want the key %s", nodes, err, next)
	}
}
