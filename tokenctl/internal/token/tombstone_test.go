package token

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/tokenctl/internal/fault"
)

// made puts a token in place and opens it.
func (f fixture) made() *Token {
	f.Helper()
	l, err := f.home.Lock("anna")
	if err != nil {
		f.Fatal(err)
	}
	defer l.Unlock()
	p := f.begin(l)
	f.fill(p)
	if err := p.Commit(f.Context()); err != nil {
		f.Fatal(err)
	}
	t, err := f.home.Open("anna")
	if err != nil {
		f.Fatal(err)
	}
	return t
}

func (f fixture) write(path, text string) {
	f.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		f.Fatal(err)
	}
}

// left lists everything below the home but locks, which hold no secret.
func (f fixture) left() (files []string) {
	f.Helper()
	err := filepath.WalkDir(f.home.Dir(), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, "lock") && !strings.HasSuffix(path, "watch") {
			rel, _ := filepath.Rel(f.home.Dir(), path)
			files = append(files, rel)
		}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return files
}

func TestDestroy(t *testing.T) {
	f := newFixture(t)
	made := f.made()
	secret, err := os.OpenFile(filepath.Join(made.Dir, keyFile), os.O_RDONLY, 0) // its blocks, whatever name they have
	if err != nil {
		t.Fatal(err)
	}
	defer secret.Close()
	before, _ := os.ReadFile(filepath.Join(made.Dir, keyFile))
	l := f.lock()
	f.begin(l) // a renewal that was cut off
	l.Unlock()
	if err := f.home.SetDeployed("anna", made.Serial); err != nil {
		t.Fatal(err)
	}
	f.write(filepath.Join(made.Dir, "notes.txt"), "mine")

	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	stone, left, err := f.home.Destroy(made, "expired", nil, at)
	if err != nil {
		t.Fatal(err)
	}
	notes := filepath.Join(made.Dir, "notes.txt")
	if diff := cmp.Diff([]string{notes}, left); diff != "" {
		t.Errorf("what was left (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"anna/notes.txt", "destroyed.json"}, f.left()); diff != "" {
		t.Errorf("what is there (-want +got):\n%s", diff)
	}
	after := make([]byte, len(before))
	if n, _ := secret.ReadAt(after, 0); n != len(before) || bytes.Contains(after, []byte("PRIVATE")) {
		t.Errorf("the key's file has %d bytes, %q, want %d that say nothing", n, after[:min(n, 40)], len(before))
	}
	stones, err := f.home.Destroyed()
	if stone.Serial != made.Serial {
		t.Errorf("the tombstone has the serial %s, want %s", stone.Serial, made.Serial)
	}
	want := []Tombstone{{Name: "anna", Kind: "user", User: user, Serial: made.Serial, NotAfter: made.Certificate().NotAfter.UTC(), At: at, Why: "expired"}}
	if diff := cmp.Diff(want, stones); err != nil || diff != "" {
		t.Errorf("Destroyed = %v (-want +got):\n%s", err, diff)
	}
}

// TestDestroyStopped stops a destruction after each of its steps; the next one finishes it,
// and the record has it once.
func TestDestroyStopped(t *testing.T) {
	steps := append([]string{""}, ownFiles...)
	for n := range steps {
		f := newFixture(t)
		made := f.made()
		if _, err := f.home.bury(Tombstone{Name: "anna", User: made.User, Serial: made.Serial, Why: "revoked"}); err != nil {
			t.Fatal(err)
		}
		for _, name := range steps[1 : n+1] {
			os.Remove(filepath.Join(made.Dir, name)) // not all of them are there
		}
		_, _, finished, err := f.home.Finish("anna")
		if err != nil {
			t.Fatal(err)
		}
		if wasWhole := n < 1; finished == wasWhole {
			t.Errorf("after %d files Finish = %t", n, finished)
		}
		if !finished { // as the command goes on then
			if _, _, err := f.home.Destroy(made, "revoked", nil, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]string{"destroyed.json"}, f.left()); diff != "" {
			t.Errorf("after %d files (-want +got):\n%s", n, diff)
		}
		if stones, err := f.home.Destroyed(); err != nil || len(stones) != 1 {
			t.Errorf("after %d files: %d tombstones, %v, want 1", n, len(stones), err)
		}
	}
}

// TestFinishLeavesOthersAlone: a token of the same name that came later is another one, even
// a damaged one.
func TestFinishLeavesOthersAlone(t *testing.T) {
	f := newFixture(t)
	if _, _, err := f.home.Destroy(f.made(), "expired", nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	later := f.made()
	if err := os.Remove(filepath.Join(later.Dir, certFile)); err != nil {
		t.Fatal(err)
	}
	if _, _, finished, err := f.home.Finish("anna"); finished || err != nil {
		t.Errorf("Finish of a damaged token that was never destroyed = %t, %v", finished, err)
	}
	if _, err := os.Stat(filepath.Join(later.Dir, keyFile)); err != nil {
		t.Error(err)
	}
}

func TestDestroyRefused(t *testing.T) {
	f := newFixture(t)
	first := f.made()
	second := f.made()
	if _, _, err := f.home.Destroy(first, "expired", nil, time.Now()); !fault.Is(err, fault.Busy) {
		t.Errorf("Destroy of a token that was replaced = %v, want it refused", err)
	}
	release, err := f.home.Watch("anna")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.home.Destroy(second, "expired", nil, time.Now()); !fault.Is(err, fault.Busy) || !strings.Contains(err.Error(), "process "+strconv.Itoa(os.Getpid())) {
		t.Errorf("Destroy of a token that is watched = %v, want it refused by process", err)
	}
	release()
	f.write(filepath.Join(f.home.Dir(), tombstoneFile), `{"schema":2}`)
	if _, _, err := f.home.Destroy(second, "expired", nil, time.Now()); !fault.Is(err, fault.Damaged) {
		t.Errorf("Destroy without a record that can be kept = %v, want it refused", err)
	}
	if _, err := f.home.Open("anna"); err != nil {
		t.Errorf("after three refusals: %v", err)
	}
}

// TestTombstonesAreBounded: the record forgets the oldest.
func TestTombstonesAreBounded(t *testing.T) {
	f := newFixture(t)
	full := tombstones{Schema: tombstoneSchema}
	for n := range maxTombstones {
		full.Destroyed = append(full.Destroyed, Tombstone{Name: "anna", Serial: strconv.Itoa(n)})
	}
	text, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	f.write(filepath.Join(f.home.Dir(), tombstoneFile), string(text))
	if _, err := f.home.bury(Tombstone{Name: "anna", Serial: "last"}); err != nil {
		t.Fatal(err)
	}
	stones, err := f.home.Destroyed()
	if err != nil || len(stones) != maxTombstones || stones[0].Serial != "1" || stones[maxTombstones-1].Serial != "last" {
		t.Errorf("%d tombstones, %v, want %d without the oldest", len(stones), err, maxTombstones)
	}
}

// TestWatchIsForOne: the second is told who has it; a replacement is not held up.
func TestWatchIsForOne(t *testing.T) {
	f := newFixture(t)
	f.made()
	release, err := f.home.Watch("anna")
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.home.Watch("anna")
	if want := "another tokenctl (process " + strconv.Itoa(os.Getpid()) + ") keeps the token anna renewed"; !fault.Is(err, fault.Busy) || err.Error() != want {
		t.Errorf("a second Watch = %v, want %s", err, want)
	}
	f.lock().Unlock()
	release()
	if release, err = f.home.Watch("anna"); err != nil {
		t.Errorf("Watch after the first has ended = %v", err)
	} else {
		release()
	}
}

// TestReplacedKeyIsOverwritten: the old key does not survive its successor on a disk that
// writes in place.
func TestReplacedKeyIsOverwritten(t *testing.T) {
	f := newFixture(t)
	made := f.made()
	old, err := os.Open(filepath.Join(made.Dir, keyFile))
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	f.made()
	text := make([]byte, 1000)
	if n, _ := old.ReadAt(text, 0); n == 0 || bytes.Contains(text, []byte("PRIVATE")) {
		t.Errorf("the replaced key's file still holds %q", text[:n])
	}
}
