package dsn

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func seeds(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata: %v, %v", files, err)
	}
	texts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimSuffix(filepath.Base(file), ".eml")] = string(text)
	}
	return texts
}

// TestRead reads what different mail servers write.
func TestRead(t *testing.T) {
	const id = "<0b2f6e9c-7f7e-4c59-a2f4-3d1f0e5a9b11@mais.example>"
	const mark = "bounce+0b2f6e9c7f7e4c59a2f43d1f0e5a9b11@mais.example"
	want := map[string]Report{
		"postfix":  {To: []string{mark, mark}, MessageID: id, Failed: true, Status: "5.1.1", Says: "550 5.1.1 <gone@trust.example>: Recipient address rejected: User unknown"},
		"exchange": {To: []string{mark}, MessageID: id, Failed: true, Status: "5.1.10", Says: "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient gone@trust.example not found by SMTP address lookup"},
		"delayed":  {To: []string{mark}, MessageID: id, Status: "4.4.1", Says: "connect to mx.trust.example[192.0.2.1]:25: Connection timed out"},
	}
	for name, text := range seeds(t) {
		expected, ok := want[name]
		got, err := Read(strings.NewReader(text))
		if !ok {
			if !errors.Is(err, ErrNot) {
				t.Errorf("Read(%s) = %+v, %v, want ErrNot", name, got, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("Read(%s) = %v", name, err)
		}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Errorf("Read(%s) (-want +got):\n%s", name, diff)
		}
	}
	if _, err := Read(strings.NewReader(strings.Repeat("X: y\r\n", maxBytes))); !errors.Is(err, ErrNot) {
		t.Errorf("Read of a mail without an end = %v", err)
	}
}

// FuzzRead: nothing that comes makes it panic, or say more than there may be.
func FuzzRead(f *testing.F) {
	for _, text := range seeds(f) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Read(strings.NewReader(string(text)))
		if err == nil && (len(r.To) > maxParts || len(r.Says) > maxField || len(r.Status) > maxField || len(r.MessageID) > maxField) {
			t.Errorf("Read says too much: %+v", r)
		}
	})
}
