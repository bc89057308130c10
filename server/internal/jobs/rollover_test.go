package jobs_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mais/certs"
	"mais/config"
	"mais/server/internal/jobs"
)

// TestForget: a node that is forgotten stays so, with its certificate revoked.
func TestForget(t *testing.T) {
	c, dir := newCluster(t), t.TempDir()
	n := c.node(t, dir)
	announce(t, n)
	gone := c.node(t, t.TempDir())
	entry(t, announce(t, n), gone)
	for _, bad := range []string{n.Identity().String(), "urn:mais:server:00000000-0000-4000-8000-000000000000", "x"} {
		if _, err := c.roll(dir).Forget(t.Context(), []string{bad}); err == nil {
			t.Errorf("Forget(%s) succeeded", bad)
		}
	}
	if _, err := c.roll(dir).Forget(t.Context(), []string{gone.Identity().String()}); err != nil {
		t.Fatal(err)
	}
	if got := announce(t, n); len(got.Nodes) != 1 {
		t.Errorf("at the next look %d nodes are announced, want 1", len(got.Nodes))
	}
	ref, _ := c.RefOf(leaf(t, gone))
	if e, err := c.Get(t.Context(), ref); err != nil || e.Status != certs.Revoked {
		t.Errorf("its certificate is %s, %v, want revoked", e.Status, err)
	}
}

// TestSwitchNeedsAnAnnouncement: no override goes over to a key that was never announced.
func TestSwitchNeedsAnAnnouncement(t *testing.T) {
	c, dir := newCluster(t), t.TempDir()
	n := c.node(t, dir)
	announce(t, n)
	if _, err := jobs.PrepareKey(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := c.roll(dir).Switch(t.Context(), true); !errors.Is(err, jobs.ErrNotAnnounced) {
		t.Errorf("Switch of a key that is not announced, overridden = %v, want %v", err, jobs.ErrNotAnnounced)
	}
	announce(t, n)
	if _, err := c.roll(dir).Switch(t.Context(), false); err != nil {
		t.Errorf("Switch of an announced key with no site = %v", err)
	}
}

// TestRecoveryKey: it is announced once, by the command, and gives way to another by itself alone.
func TestRecoveryKey(t *testing.T) {
	c, dir := newCluster(t), t.TempDir()
	n, other := c.node(t, dir), c.node(t, t.TempDir())
	announce(t, n)
	secret := config.NewSecret([]byte("four easy words more"))
	path := filepath.Join(t.TempDir(), "recovery.key")
	pin, err := c.roll(dir).NewRecovery(t.Context(), path, secret, nil)
	if err != nil {
		t.Fatal(err)
	}
	announce(t, n) // vouches for the other
	announce(t, other)
	if a, b := announce(t, n), announce(t, other); a.Recovery != pin || a.Number != b.Number {
		t.Errorf("the recovery key is %s in %d, and %d is the other's; want %s in both", a.Recovery, a.Number, b.Number, pin)
	}
	another := filepath.Join(t.TempDir(), "another.key")
	if _, err := c.roll(dir).NewRecovery(t.Context(), another, secret, nil); !errors.Is(err, jobs.ErrRecoveryKnown) {
		t.Errorf("a second recovery key without the first = %v, want %v", err, jobs.ErrRecoveryKnown)
	}
	if _, err := os.Stat(another); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the key that was not announced is still there: %v", err)
	}
	old, err := jobs.OpenRecovery(path, secret)
	if err != nil {
		t.Fatal(err)
	}
	if next, err := c.roll(dir).NewRecovery(t.Context(), another, secret, old); err != nil || announce(t, n).Recovery != next {
		t.Errorf("a second recovery key by the first = %v", err)
	}
}

// TestRecover: the machine is gone, and with it all that its node believed.
func TestRecover(t *testing.T) {
	c, lost, dir := newCluster(t), t.TempDir(), t.TempDir()
	gone := c.node(t, lost)
	announce(t, gone)
	secret := config.NewSecret([]byte("four easy words more"))
	path := filepath.Join(t.TempDir(), "recovery.key")
	if _, err := c.roll(lost).NewRecovery(t.Context(), path, secret, nil); err != nil {
		t.Fatal(err)
	}
	held := announce(t, gone) // by a client
	n := c.node(t, dir)
	if err := n.AnnounceKeys(t.Context()); err == nil {
		t.Error("a node that nobody vouched for announces")
	}
	wrong, _ := certs.NewKey()
	if _, err := c.roll(dir).Recover(t.Context(), wrong, nil); err == nil {
		t.Error("Recover by another key succeeded")
	}
	key, err := jobs.OpenRecovery(path, secret)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.roll(dir).Recover(t.Context(), key, []string{gone.Identity().String()}); err != nil {
		t.Fatal(err)
	}
	if got := announce(t, n); len(got.Nodes) != 1 || entry(t, got, n).Current != certs.PinOf(leaf(t, n)) || got.Recovery != held.Recovery {
		t.Errorf("after the recovery %v is announced, want the new node alone, and the recovery key", got)
	}
	if got, err := held.Follow(n.Announcements(held.Number, 9), time.Now()); err != nil || !got.Trusts(leaf(t, n)) {
		t.Errorf("a client follows to %v, %v, want the new node", got, err)
	}
}
