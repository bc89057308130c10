package jobs_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"mais/config"
	"mais/server/internal/jobs"
)

// TestRestoredDatabase: the links that it lacks come back from the node's disk.
func TestRestoredDatabase(t *testing.T) {
	c, dir := newCluster(t), t.TempDir()
	first := announce(t, c.node(t, dir))
	n := c.node(t, dir)
	announce(t, n)
	prepare(t, n, dir)
	if err := jobs.SwitchKey(dir); err != nil {
		t.Fatal(err)
	}
	last := announce(t, c.node(t, dir))
	c.exec(t, `ALTER TABLE ca.pin_announcement DISABLE TRIGGER keep`)
	c.exec(t, `DELETE FROM ca.pin_announcement WHERE number > $1`, first.Number)
	again := c.node(t, dir)
	if got := announce(t, again); got.Number != last.Number {
		t.Errorf("after the restore %d is believed, want %d", got.Number, last.Number)
	}
	signed, err := c.PinAnnouncements(t.Context(), first.Number)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := first.Follow(signed, time.Now()); err != nil || got.Number != last.Number {
		t.Fatalf("a client that was behind follows to %d, %v, want %d", got.Number, err, last.Number)
	}
	if got := again.Announcements(first.Number, 1); len(got) != 1 || got[0] != signed[0] {
		t.Errorf("Announcements(%d, 1) gives %d, want the first of the %d that the database has", first.Number, len(got), len(signed))
	}
}

// TestRestoredWhole: the database and the node's files are from before a change of key that clients
// have followed. The recovery key gets them back: its number is above all that they hold.
func TestRestoredWhole(t *testing.T) {
	c, dir := newCluster(t), t.TempDir()
	n := c.node(t, dir)
	first := announce(t, n)
	secret := config.NewSecret([]byte("four easy words more"))
	path := filepath.Join(t.TempDir(), "recovery.key")
	if _, err := c.roll(dir).NewRecovery(t.Context(), path, secret, nil); err != nil {
		t.Fatal(err)
	}
	saved := announce(t, n)
	files := map[string][]byte{}
	for _, name := range []string{"server.key", "server.crt", "pins.json"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = text
	}
	prepare(t, n, dir)
	if err := jobs.SwitchKey(dir); err != nil {
		t.Fatal(err)
	}
	held := announce(t, c.node(t, dir)) // by clients
	c.exec(t, `ALTER TABLE ca.pin_announcement DISABLE TRIGGER keep`)
	c.exec(t, `DELETE FROM ca.pin_announcement WHERE number > $1`, saved.Number)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Three were made within a second, so that the last is ahead of the clock.
	<-time.After(time.Until(time.Unix(held.Number+1, 0)))
	again := c.node(t, dir)
	if got := announce(t, again); got.Number != saved.Number || held.Trusts(leaf(t, again)) {
		t.Fatalf("the restored node believes %d, want %d", got.Number, saved.Number)
	}
	key, err := jobs.OpenRecovery(path, secret)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.roll(dir).Recover(t.Context(), key, nil); err != nil {
		t.Fatal(err)
	}
	announce(t, again)
	if got, err := held.Follow(again.Announcements(held.Number, 9), time.Now()); err != nil || !got.Trusts(leaf(t, again)) {
		t.Errorf("a client that holds %d follows to %d, %v, want the restored key", held.Number, got.Number, err)
	}
	if got, err := first.Follow(again.Announcements(first.Number, 9), time.Now()); err != nil || !got.Trusts(leaf(t, again)) {
		t.Errorf("a client that holds %d follows to %d, %v, want the restored key", first.Number, got.Number, err)
	}
}
