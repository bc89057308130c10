package journal_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/ca/internal/journal"
)

func newKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// place is a directory, a second one and a key.
type place struct {
	dir, copy string
	key       crypto.Signer
	said      bytes.Buffer
}

func newPlace(t testing.TB) *place {
	return &place{dir: filepath.Join(t.TempDir(), "journal"), key: newKey(t)}
}

func (p *place) options() journal.Options {
	return journal.Options{Dir: p.dir, Copy: p.copy, Node: "north", Key: p.key, Log: slog.New(slog.NewTextHandler(&p.said, nil))}
}

func (p *place) open(t testing.TB) (*journal.Journal, *journal.Directory) {
	t.Helper()
	j, d, err := journal.Open(p.options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() }) // it may be closed already
	return j, d
}

func (p *place) file(j *journal.Journal) string { return filepath.Join(p.dir, j.ID()+".journal") }

func hold(what ...string) journal.Entry {
	return journal.Entry{Kind: journal.Hold, What: what, By: "test"}
}

func add(t testing.TB, j *journal.Journal, e journal.Entry) journal.Head {
	t.Helper()
	h, err := j.Append(e)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// numbers returns what a directory's journals hold, without the first entries.
func numbers(t testing.TB, d *journal.Directory) (all []string) {
	t.Helper()
	if _, err := d.Read(func(e journal.Entry) error {
		if e.Kind != journal.Begin {
			all = append(all, fmt.Sprint(e.Number, " ", e.Kind, " ", e.What))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAppend(t *testing.T) {
	p := newPlace(t)
	j, d := p.open(t)
	if _, err := os.Stat(p.file(j)); err == nil || !j.Head().IsZero() {
		t.Error("there is a journal before anything is written")
	}
	add(t, j, hold("people-1/a", "people-1/b"))
	head := add(t, j, journal.Entry{Kind: journal.Revoke, What: []string{"people-1/c"}, Reason: 1})
	if head.Number != 3 || head.Journal != j.ID() || j.Head() != head || j.First().Number != 1 {
		t.Errorf("head = %v, %v, want entry 3 of %s", head, j.Head(), j.ID())
	}
	want := []string{"2 hold [people-1/a people-1/b]", "3 revoke [people-1/c]"}
	if got := numbers(t, d); !slices.Equal(got, want) {
		t.Errorf("entries = %q, want %q", got, want)
	}
	beside, d := p.open(t)
	if len(d.Idle()) != 0 {
		t.Errorf("Idle = %v while it is written", d.Idle())
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	add(t, beside, hold("d"))
	again, d := p.open(t)
	if again.ID() == j.ID() || len(d.Idle()) != 1 || d.Idle()[0] != head {
		t.Errorf("opened %s, Idle = %v, want a new one, and %v", again.ID(), d.Idle(), head)
	}
	if got := numbers(t, d); len(got) != 3 {
		t.Errorf("entries of both = %q, want 3", got)
	}
}

func TestConcurrentAppends(t *testing.T) {
	p := newPlace(t)
	j, d := p.open(t)
	const each = 50
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for n := range each {
				if _, err := j.Append(hold(fmt.Sprint(worker, "/", n))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := numbers(t, d); len(got) != 8*each {
		t.Errorf("%d entries, want %d", len(got), 8*each)
	}
}

// A crash while an entry is written leaves a part of it, or zeros; both are cut off, said
// aloud, and the journal goes on.
func TestTornEnd(t *testing.T) {
	for name, tail := range map[string]string{
		"part":           `{"j":"0123456789abcdef","n":3,"pr`,
		"one byte":       `{`,
		"zeros":          strings.Repeat("\x00", 300),
		"zeros and more": strings.Repeat("\x00", 300) + "rest of a line\n",
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			j, _ := p.open(t)
			head := add(t, j, hold("a"))
			j.Close()
			before, _ := os.ReadFile(p.file(j))
			if err := os.WriteFile(p.file(j), append(before, tail...), 0o600); err != nil {
				t.Fatal(err)
			}
			again, d := p.open(t)
			if !slices.Equal(d.Idle(), []journal.Head{head}) || !strings.Contains(p.said.String(), "never finished") {
				t.Errorf("Idle = %v, saying %q, want %v", d.Idle(), p.said.String(), head)
			}
			if after, _ := os.ReadFile(p.file(j)); !bytes.Equal(after, before) {
				t.Error("it was not cut off")
			}
			add(t, again, hold("b"))
			if got := numbers(t, d); len(got) != 2 {
				t.Errorf("entries = %q, want two", got)
			}
		})
	}
}

// Whatever is changed in the middle is found, and its entry named.
func TestDamage(t *testing.T) {
	p := newPlace(t)
	j, _ := p.open(t)
	for n := range 5 {
		add(t, j, hold(fmt.Sprint("thing", n)))
	}
	j.Close()
	good, err := os.ReadFile(p.file(j))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSuffix(string(good), "\n"), "\n")
	for name, test := range map[string]struct {
		change func() string
		names  string
	}{
		"edited":        {func() string { return strings.Replace(string(good), "thing1", "thing9", 1) }, "entry 3"},
		"edited last":   {func() string { return strings.Replace(string(good), "thing4", "thing9", 1) }, "entry 6"},
		"removed":       {func() string { return lines[0] + lines[1] + strings.Join(lines[3:], "") + "\n" }, "entry 3"},
		"swapped":       {func() string { return lines[0] + lines[2] + lines[1] + strings.Join(lines[3:], "") + "\n" }, "entry 2"},
		"first removed": {func() string { return strings.Join(lines[1:], "") + "\n" }, "entry 1"},
		"garbage":       {func() string { return lines[0] + "garbage\n" + strings.Join(lines[1:], "") + "\n" }, "entry 2"},
		"zeros inside":  {func() string { return lines[0] + "\x00\x00\n" + strings.Join(lines[2:], "") + "\n" }, "entry 2"},
		"long line":     {func() string { return lines[0] + strings.Repeat("x", 2<<20) }, "entry 2"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(p.file(j), []byte(test.change()), 0o600); err != nil {
				t.Fatal(err)
			}
			_, _, err := journal.Open(p.options())
			if !errors.Is(err, journal.ErrDamaged) || !strings.Contains(err.Error(), test.names+":") && !strings.Contains(err.Error(), test.names+" ") {
				t.Errorf("Open = %v, want %v naming %s", err, journal.ErrDamaged, test.names)
			}
		})
	}
	other := &place{dir: p.dir, key: newKey(t)}
	os.WriteFile(p.file(j), good, 0o600)
	if _, _, err := journal.Open(other.options()); !errors.Is(err, journal.ErrDamaged) {
		t.Errorf("Open with another key = %v, want %v", err, journal.ErrDamaged)
	}
}

// fileLimit makes a copy of this test binary write with a limit on the size of files: the
// kernel refuses the write half-way, as on a full disk.
const fileLimit = "MAIS_JOURNAL_TEST_LIMIT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(fileLimit); dir != "" {
		if err := fillUp(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestDiskFull(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fileLimit+"="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func fillUp(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	o := journal.Options{Dir: dir, Key: key, Log: slog.New(slog.DiscardHandler)}
	j, d, err := journal.Open(o)
	if err != nil {
		return err
	}
	if _, err := j.Append(journal.Entry{Kind: journal.Hold, What: []string{"a"}}); err != nil {
		return err
	}
	file := filepath.Join(dir, j.ID()+".journal")
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	full := syscall.Rlimit{Cur: uint64(info.Size()) + 100, Max: was.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		return err
	}
	for range 3 {
		if _, err := j.Append(journal.Entry{Kind: journal.Hold, What: []string{"a"}}); !errors.Is(err, syscall.EFBIG) {
			return fmt.Errorf("Append on a full disk = %v, want %v", err, syscall.EFBIG)
		}
		if now, err := os.Stat(file); err != nil || now.Size() != info.Size() {
			return fmt.Errorf("the file has %d bytes, %v, want %d as before", now.Size(), err, info.Size())
		}
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	head, err := j.Append(journal.Entry{Kind: journal.Hold, What: []string{"b"}})
	if err != nil || head.Number != 3 {
		return fmt.Errorf("Append with room again = %v, %v, want entry 3", head, err)
	}
	_, err = d.Read(func(journal.Entry) error { return nil })
	return err
}

func TestSecondPlace(t *testing.T) {
	p := newPlace(t)
	p.copy = t.TempDir()
	j, _ := p.open(t)
	add(t, j, hold("a"))
	old, _ := os.ReadFile(p.file(j))
	head := add(t, j, hold("b"))
	second := filepath.Join(p.copy, j.ID()+".journal")
	j.Close()
	whole, _ := os.ReadFile(p.file(j))
	if copied, err := os.ReadFile(second); err != nil || !bytes.Equal(copied, whole) {
		t.Fatalf("the second place holds %d bytes, %v, want the %d of the first", len(copied), err, len(whole))
	}
	for name, first := range map[string][]byte{"older": old, "gone": nil} {
		t.Run(name, func(t *testing.T) {
			os.Remove(p.file(j))
			if first != nil {
				os.WriteFile(p.file(j), first, 0o600)
			}
			_, d := p.open(t)
			if !slices.Equal(d.Idle(), []journal.Head{head}) || !strings.Contains(p.said.String(), "taken over") {
				t.Errorf("Idle = %v, saying %s, want %v", d.Idle(), p.said.String(), head)
			}
		})
	}
	t.Run("behind", func(t *testing.T) {
		os.WriteFile(second, append(old, "torn"...), 0o600)
		p.open(t)
		if copied, _ := os.ReadFile(second); !bytes.Equal(copied, whole) {
			t.Errorf("the second place did not follow")
		}
	})
	t.Run("another node's", func(t *testing.T) {
		q := newPlace(t)
		q.copy, q.key = p.copy, p.key
		_, d := q.open(t)
		if got := numbers(t, d); len(got) != 2 || len(d.Idle()) != 0 {
			t.Errorf("entries = %q, Idle = %v, want both to be read and none to be taken over", got, d.Idle())
		}
	})
	t.Run("different", func(t *testing.T) {
		lines := strings.SplitAfter(string(whole), "\n")
		os.WriteFile(p.file(j), []byte(lines[0]), 0o600)
		os.WriteFile(second, []byte(lines[0]+lines[2]), 0o600)
		if _, _, err := journal.Open(p.options()); !errors.Is(err, journal.ErrDamaged) {
			t.Errorf("Open = %v, want %v", err, journal.ErrDamaged)
		}
	})
}

// A second place that fails is logged and shown; the journal goes on without it.
func TestSecondPlaceFails(t *testing.T) {
	p := newPlace(t)
	p.copy = filepath.Join(t.TempDir(), "not", "mounted")
	j, _ := p.open(t)
	add(t, j, hold("a"))
	if err := j.CopyFault(); err == nil || !strings.Contains(p.said.String(), "does not follow") {
		t.Errorf("CopyFault = %v, said %q", err, p.said.String())
	}
	if err := os.MkdirAll(p.copy, 0o700); err != nil {
		t.Fatal(err)
	}
	add(t, j, hold("b"))
	first, _ := os.ReadFile(p.file(j))
	if second, err := os.ReadFile(filepath.Join(p.copy, j.ID()+".journal")); err != nil || !bytes.Equal(first, second) || j.CopyFault() != nil {
		t.Errorf("when it is back it holds %d bytes, %v, %v, want %d", len(second), err, j.CopyFault(), len(first))
	}
}

func TestAnnouncedHeads(t *testing.T) {
	p := newPlace(t)
	j, _ := p.open(t)
	head := add(t, j, hold("a"))
	text, err := head.Announce(p.key, head0)
	if err != nil || len(text) > journal.MaxAnnounced {
		t.Fatalf("Announce = %q, %v", text, err)
	}
	a, err := journal.ParseAnnounced(text)
	if err != nil || a.Head != head || !a.At.Equal(head0) || !a.Genuine(p.key.Public()) {
		t.Errorf("ParseAnnounced(%s) = %v, %v, genuine %v", text, a.Head, err, a.Genuine(p.key.Public()))
	}
	if a.Genuine(newKey(t).Public()) {
		t.Error("genuine by another key")
	}
	forged, err := journal.ParseAnnounced(strings.Replace(text, ".2.", ".3.", 1))
	if err != nil || forged.Genuine(p.key.Public()) {
		t.Errorf("a forged head = %v, %v, want one that is not genuine", forged.Head, err)
	}
	for _, bad := range []string{"", ".", "1.2.3.4.5.6", strings.Replace(text, "1.", "2.", 1), text + "=", text + "\n", strings.Repeat("1", 400)} {
		if _, err := journal.ParseAnnounced(bad); err == nil {
			t.Errorf("ParseAnnounced(%q) = nil error", bad)
		}
	}
}

// The order in which journals are read makes no difference, nor that one is read twice.
func TestOutstanding(t *testing.T) {
	name := func(j string, n int64) journal.Name { return journal.Name{Journal: j, Number: n} }
	at := func(n journal.Name, e journal.Entry) journal.Entry { e.Name = n; return e }
	a, b := name("a", 1), name("b", 1)
	entries := []journal.Entry{
		at(a, hold("x", "y")),
		at(b, hold("x")),
		at(name("a", 2), journal.Entry{Kind: journal.Revoke, What: []string{"z"}}),
		at(name("b", 2), journal.Entry{Kind: journal.Release, What: []string{"x"}, Lifts: []journal.Name{a}}),
		at(name("b", 3), journal.Entry{Kind: journal.Release, What: []string{"z"}, Lifts: []journal.Name{name("a", 2)}}), // no release of what is revoked
		at(name("a", 3), journal.Entry{Kind: journal.Spend, What: []string{"order"}}),
		at(name("a", 4), hold("never")),
		at(name("a", 5), journal.Entry{Kind: journal.Void, Lifts: []journal.Name{name("a", 4)}}),
		at(name("a", 6), journal.Entry{Kind: journal.Withdraw, What: []string{"user u", "network s p"}}),
		at(name("b", 4), journal.Entry{Kind: journal.Grant, What: []string{"user u"}, Lifts: []journal.Name{name("a", 6)}}),
		at(name("a", 7), journal.Entry{Kind: journal.Withdraw, What: []string{"user u"}}), // once more: it counts
	}
	want := []string{"a 1 hold [y]", "a 2 revoke [z]", "a 3 spend [order]", "a 6 withdraw [network s p]", "a 7 withdraw [user u]", "b 1 hold [x]"}
	for turn := range len(entries) {
		var o journal.Outstanding
		order := append(slices.Clone(entries[turn:]), entries...)
		for _, e := range order {
			if err := o.Add(e); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, e := range o.Taken() {
			got = append(got, fmt.Sprint(e.Journal, " ", e.Number, " ", e.Kind, " ", e.What))
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("from entry %d on: %s", turn, diff)
		}
	}
	var o journal.Outstanding
	if err := o.Add(journal.Entry{Kind: "leaver"}); err == nil {
		t.Error("Add of a kind of a later version = nil error")
	}
}

func TestEntriesAreBounded(t *testing.T) {
	p := newPlace(t)
	j, _ := p.open(t)
	for what, e := range map[string]journal.Entry{
		"many things": hold(make([]string, journal.MaxWhat+1)...),
		"a long name": hold(strings.Repeat("x", 1000)),
		"no kind":     {},
	} {
		if _, err := j.Append(e); err == nil {
			t.Errorf("Append with %s = nil error", what)
		}
	}
	if h := add(t, j, hold("a")); h.Number != 2 {
		t.Errorf("the next entry = %v, want number 2", h)
	}
}

func TestMemory(t *testing.T) {
	p := newPlace(t)
	_, d := p.open(t)
	m, err := d.Remembered()
	if err != nil || m.System != "" || len(m.Heads) != 0 {
		t.Errorf("Remembered at first = %v, %v", m, err)
	}
	m.System, m.Timeline = "7", 2
	m.Heads["0123456789abcdef"] = journal.Head{Name: journal.Name{Journal: "0123456789abcdef", Number: 9}, Hash: journal.Hash{1}}
	if err := d.Remember(m); err != nil {
		t.Fatal(err)
	}
	if got, err := d.Remembered(); err != nil || !cmp.Equal(got, m) {
		t.Errorf("Remembered = %v, %v, want %v", got, err, m)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "memory.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Remembered(); err == nil {
		t.Error("Remembered of a damaged file = nil error")
	}
}

func BenchmarkAppend(b *testing.B) {
	p := newPlace(b)
	j, _ := p.open(b)
	for b.Loop() {
		add(b, j, hold("people-1/40000000000000000000000000000000"))
	}
}

func BenchmarkAppendParallel(b *testing.B) {
	p := newPlace(b)
	j, _ := p.open(b)
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			add(b, j, hold("people-1/40000000000000000000000000000000"))
		}
	})
}
