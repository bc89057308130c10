package journal_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mais/ca/internal/journal"
)

var head0 = time.Unix(1_800_000_000, 0)

// FuzzOpen reads any bytes as a journal: it opens, or says that it is damaged; what it opens
// it can go on with.
func FuzzOpen(f *testing.F) {
	p := newPlace(f)
	j, _, err := journal.Open(p.options())
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range []journal.Entry{
		hold("a"), {Kind: journal.Release, What: []string{"a"}, Lifts: []journal.Name{{Journal: j.ID(), Number: 2}}},
		{Kind: journal.Withdraw, What: []string{"user a", "network b c"}}, {Kind: journal.Grant, What: []string{"user a"}, Lifts: []journal.Name{{Journal: j.ID(), Number: 4}}},
	} {
		add(f, j, e)
	}
	good, err := os.ReadFile(p.file(j))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-7])
	f.Add(append(good[:len(good):len(good)], make([]byte, 40)...))
	f.Add([]byte("{}\n"))
	f.Add([]byte(`,"sig":""}` + "\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, j.ID()+".journal"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		o := journal.Options{Dir: dir, Key: p.key, Log: slog.New(slog.DiscardHandler)}
		opened, d, err := journal.Open(o)
		if err != nil {
			return
		}
		defer opened.Close()
		add(t, opened, hold("b"))
		if _, err := d.Read(new(journal.Outstanding).Add); err != nil {
			t.Errorf("Read = %v", err)
		}
	})
}

func FuzzParseAnnounced(f *testing.F) {
	key := newKey(f)
	text, err := journal.Head{Name: journal.Name{Journal: "0123456789abcdef", Number: 3}}.Announce(key, head0)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("1.0123456789abcdef.3.x.y.z")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := journal.ParseAnnounced(text)
		if err != nil {
			return
		}
		if a.Number < 1 || len(text) > journal.MaxAnnounced {
			t.Errorf("ParseAnnounced(%q) = %v", text, a.Head)
		}
		a.Genuine(key.Public())
	})
}
