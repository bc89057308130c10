package backup_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"filippo.io/age"

	"mais/certs"
	"mais/certs/receipt"
	"mais/server/internal/backup"
)

func identity(t testing.TB) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// author is a service that signs.
type author struct {
	receipt.Signer
	root *x509.Certificate
}

func newAuthor(t testing.TB) author {
	t.Helper()
	now := time.Now()
	certified := func(template, parent *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := certs.NewKey()
		if err != nil {
			t.Fatal(err)
		}
		if parent == nil {
			parent, by = template, key
		}
		template.SerialNumber, template.BasicConstraintsValid = certs.NewSerial(), true
		template.NotBefore, template.NotAfter = now.Add(-time.Hour), now.Add(time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), by)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return cert, key
	}
	authority := func(name string) *x509.Certificate {
		return &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, KeyUsage: x509.KeyUsageCertSign}
	}
	rules, _ := certs.RulesOf(certs.ReceiptSigner)
	root, rootKey := certified(authority("Root"), nil, nil)
	sites, sitesKey := certified(authority("Sites"), root, rootKey)
	leaf, key := certified(&x509.Certificate{
		Subject: pkix.Name{CommonName: "receipts"}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: rules.Usages, UnknownExtKeyUsage: rules.Own, Policies: []x509.OID{rules.Policy},
	}, sites, sitesKey)
	return author{receipt.Signer{Key: key, Leaf: leaf, Issuer: sites}, root}
}

func (a author) fingerprint() certs.Fingerprint { return certs.FingerprintOf(a.root.Raw) }

func (a author) sign(payload []byte) (string, error) {
	return a.SignStatement(backup.Type, payload, time.Now())
}

func (a author) manifest() backup.Manifest {
	return backup.Manifest{Service: "MAIS", Node: "urn:mais:server:0198c0de-0000", Root: a.fingerprint().String(), RootCertificate: a.root.Raw}
}

func (a author) source(to age.Recipient, parts ...backup.Part) backup.Source {
	return backup.Source{To: []age.Recipient{to}, Manifest: a.manifest(), Parts: all(parts), Sign: a.sign}
}

func all(parts []backup.Part) iter.Seq2[backup.Part, error] {
	return func(yield func(backup.Part, error) bool) {
		for _, p := range parts {
			if !yield(p, nil) {
				return
			}
		}
	}
}

// service makes a directory as a service has it.
func service(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"unlock": "open sesame", "root.key": "the root", "root.key.old": "the root", "root.crt": "root", "people-1.key": "sealed", "people-1.kms": "pkcs11:",
		"recovery.key": "recovery", "pin": "1234", "journal/node.journal": strings.Repeat("line\n", 50_000), "journal/empty": "", "elsewhere/x": "x", ".half": "made",
	} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func (a author) archive(t testing.TB, dir string, to age.Recipient) []byte {
	t.Helper()
	parts, err := backup.Files(dir, "files", filepath.Join(dir, "elsewhere"), filepath.Join(dir, "pin"))
	if err != nil {
		t.Fatal(err)
	}
	return a.write(t, a.source(to, parts...))
}

func (a author) write(t testing.TB, s backup.Source) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := backup.Write(t.Context(), &b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (a author) open(t testing.TB, text []byte, with age.Identity) (*backup.Archive, error) {
	t.Helper()
	return backup.Open(t.Context(), bytes.NewReader(text), []age.Identity{with}, a.fingerprint())
}

// content returns what an archive holds, by part.
func content(t testing.TB, a *backup.Archive) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := a.Each(t.Context(), func(e backup.Entry, content []byte) error {
		found[e.Name] += string(content)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestRoundTrip: what comes out is what went in, and no secret went in.
func TestRoundTrip(t *testing.T) {
	by, from, key := newAuthor(t), service(t), identity(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(from, link); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{from, link} {
		opened, err := by.open(t, by.archive(t, dir, key.Recipient()), key)
		if err != nil || opened.Service != "MAIS" {
			t.Fatalf("Open = %v, %v", opened, err)
		}
		var names []string
		for name, got := range content(t, opened) {
			names = append(names, name)
			want, err := os.ReadFile(filepath.Join(from, strings.TrimPrefix(name, "files/")))
			if err != nil || got != string(want) {
				t.Errorf("%s came back with %d bytes, %v; want %d", name, len(got), err, len(want))
			}
		}
		want := []string{"files/journal/empty", "files/journal/node.journal", "files/people-1.key", "files/people-1.kms", "files/root.crt"}
		if slices.Sort(names); !slices.Equal(names, want) {
			t.Errorf("the archive of %s has %q, want %q", dir, names, want)
		}
	}
}

// TestFilesRefuses: what is no plain file, or not there, is not passed over.
func TestFilesRefuses(t *testing.T) {
	dir := service(t)
	if err := os.Symlink("people-1.key", filepath.Join(dir, "people-2.key")); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Files(dir, "files"); err == nil || !strings.Contains(err.Error(), "people-2.key") {
		t.Errorf("Files of a directory with a link = %v, want that it names it", err)
	}
	if _, err := backup.Files(filepath.Join(dir, "nowhere"), "files"); !os.IsNotExist(err) {
		t.Errorf("Files of nothing = %v", err)
	}
}

// TestPieces: a part is as long as it likes, and nobody has to know how long before.
func TestPieces(t *testing.T) {
	by, key := newAuthor(t), identity(t)
	for _, length := range []int{0, 1, backup.PieceSize, backup.PieceSize + 1, 2*backup.PieceSize + 5} {
		want := bytes.Repeat([]byte("0123456789abcdef!"), length/17+1)[:length]
		part := backup.Part{Name: "database.dump", Open: func() (io.ReadCloser, error) {
			return io.NopCloser(iotest.OneByteReader(bytes.NewReader(want))), nil
		}}
		if length > 1 {
			part.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(want)), nil }
		}
		opened, err := by.open(t, by.write(t, by.source(key.Recipient(), part, backup.Text("after", []byte("it")))), key)
		if err != nil {
			t.Fatal(err)
		}
		if got := content(t, opened); got["database.dump"] != string(want) || got["after"] != "it" {
			t.Errorf("a part of %d bytes came back with %d", length, len(got["database.dump"]))
		}
	}
}

// TestForged: backup keys are public, so that anybody can encrypt to them. What the service
// did not sign is refused, whoever else did.
func TestForged(t *testing.T) {
	by, other, key := newAuthor(t), newAuthor(t), identity(t)
	part := backup.Text("files/server.key", []byte("evil"))
	good := by.source(key.Recipient(), part)
	if _, err := by.open(t, by.write(t, good), key); err != nil {
		t.Fatal(err)
	}
	kept, err := by.sign([]byte("something else"))
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*backup.Source){
		"another service's":                func(s *backup.Source) { *s = other.source(key.Recipient(), part) },
		"another's, in the name of this":   func(s *backup.Source) { s.Sign = other.sign },
		"without a root":                   func(s *backup.Source) { s.Manifest.RootCertificate = nil },
		"a statement about something else": func(s *backup.Source) { s.Sign = func([]byte) (string, error) { return kept, nil } },
		"no signature":                     func(s *backup.Source) { s.Sign = func([]byte) (string, error) { return "x", nil } },
		"signed as a receipt":              func(s *backup.Source) { s.Sign = func(p []byte) (string, error) { return by.Sign(p, time.Now()) } },
		"signed as a statement of another": func(s *backup.Source) {
			s.Sign = func(p []byte) (string, error) { return by.SignStatement("mais-test", p, time.Now()) }
		},
		"signed before its signer was": func(s *backup.Source) {
			s.Sign = func(p []byte) (string, error) { return by.SignStatement(backup.Type, p, time.Now().Add(-2*time.Hour)) }
		},
	} {
		s := good
		change(&s)
		if _, err := by.open(t, by.write(t, s), key); !errors.Is(err, backup.ErrForeign) {
			t.Errorf("Open of an archive that is %s = %v, want %v", what, err, backup.ErrForeign)
		}
	}
}

// TestSwapped: an archive that is replaced after it was checked gives nothing.
func TestSwapped(t *testing.T) {
	by, key := newAuthor(t), identity(t)
	genuine := by.write(t, by.source(key.Recipient(), backup.Text("a", []byte("genuine")), backup.Text("b", []byte("b"))))
	for what, text := range map[string][]byte{
		"another":    by.write(t, by.source(key.Recipient(), backup.Text("a", []byte("swapped")), backup.Text("b", []byte("b")))),
		"a shorter":  by.write(t, by.source(key.Recipient(), backup.Text("a", []byte("genuine")))),
		"other name": by.write(t, by.source(key.Recipient(), backup.Text("a", []byte("genuine")), backup.Text("c", []byte("b")))),
	} {
		path := filepath.Join(t.TempDir(), "archive")
		if err := os.WriteFile(path, genuine, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		opened, err := backup.Open(t.Context(), f, []age.Identity{key}, by.fingerprint())
		if err == nil {
			err = os.WriteFile(path, text, 0o600) // the same file, as the medium's owner can
		}
		if err != nil {
			t.Fatal(err)
		}
		err = opened.Each(t.Context(), func(e backup.Entry, content []byte) error {
			if string(content) == "swapped" {
				t.Error("content that nobody signed was given out")
			}
			return nil
		})
		if !errors.Is(err, backup.ErrDamaged) {
			t.Errorf("Each of %s = %v, want %v", what, err, backup.ErrDamaged)
		}
	}
}

// TestDamaged: cut anywhere, changed anywhere, or with another key, an archive gives nothing.
func TestDamaged(t *testing.T) {
	by, key := newAuthor(t), identity(t)
	text := by.archive(t, service(t), key.Recipient())
	for _, at := range []int{0, 10, 100, len(text) / 2, len(text) - 70_000, len(text) - 600, len(text) - 1} {
		changed := slices.Clone(text)
		changed[at] ^= 1
		for what, bad := range map[string][]byte{"cut": text[:at], "changed": changed} {
			if _, err := by.open(t, bad, key); !errors.Is(err, backup.ErrDamaged) && !errors.Is(err, backup.ErrKey) {
				t.Errorf("Open of an archive %s at %d = %v, want ErrDamaged", what, at, err)
			}
		}
	}
	if _, err := by.open(t, text, identity(t)); !errors.Is(err, backup.ErrKey) {
		t.Errorf("Open with another key = %v, want ErrKey", err)
	}
	if _, err := by.open(t, append(slices.Clone(text), "more"...), key); err == nil {
		t.Error("Open takes an archive with something behind it")
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := backup.Open(ended, bytes.NewReader(text), []age.Identity{key}, by.fingerprint()); !errors.Is(err, context.Canceled) {
		t.Errorf("Open after its context = %v", err)
	}
}

// TestSparse: an archive of a few bytes that claims a terabyte is refused at once, and so is
// every form of tar but the plainest.
func TestSparse(t *testing.T) {
	by, key := newAuthor(t), identity(t)
	records := ""
	for _, r := range []string{"GNU.sparse.major=0", "GNU.sparse.minor=1", "GNU.sparse.name=database.dump", "GNU.sparse.size=1099511627776", "GNU.sparse.map=1099511627775,1"} {
		length := len(r) + 4
		for len(fmt.Sprintf("%d %s\n", length, r)) != length {
			length++
		}
		records += fmt.Sprintf("%d %s\n", length, r)
	}
	for what, archive := range map[string][]byte{
		"sparse":      slices.Concat(member(t, "PaxHeaders/d", []byte(records), 'x'), member(t, "d", []byte("x"), '0'), make([]byte, 1024)),
		"extended":    slices.Concat(member(t, "PaxHeaders/d", []byte("20 comment=whatever\n"), 'x'), member(t, "d", []byte("x"), '0'), make([]byte, 1024)),
		"global":      slices.Concat(member(t, "PaxHeaders/d", []byte("20 comment=whatever\n"), 'g'), member(t, "d", []byte("x"), '0'), make([]byte, 1024)),
		"a link":      slices.Concat(member(t, "d", nil, '2'), make([]byte, 1024)),
		"a directory": slices.Concat(member(t, "d", nil, '5'), make([]byte, 1024)),
		"old sparse":  slices.Concat(member(t, "d", nil, 'S'), make([]byte, 1024)),
	} {
		var b bytes.Buffer
		w, err := age.Encrypt(&b, key.Recipient())
		if err == nil {
			_, err = w.Write(archive)
		}
		if err = errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := by.open(t, b.Bytes(), key); !errors.Is(err, backup.ErrDamaged) || strings.Contains(err.Error(), "signature") {
			t.Errorf("Open of an archive with an entry that is %s = %v, want %v", what, err, backup.ErrDamaged)
		}
	}
}

// member returns an entry of a tar archive of any type.
func member(t *testing.T, name string, content []byte, kind byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content)), Typeflag: tar.TypeReg, Format: tar.FormatUSTAR})
	if err == nil {
		_, err = w.Write(content)
	}
	if err = errors.Join(err, w.Flush()); err != nil {
		t.Fatal(err)
	}
	block := b.Bytes()
	block[156] = kind
	copy(block[148:156], "        ")
	sum := 0
	for _, c := range block[:512] {
		sum += int(c)
	}
	copy(block[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return block
}

// TestWriteRefuses: without a backup key nothing is written, and what fails half way is no
// archive.
func TestWriteRefuses(t *testing.T) {
	by, key := newAuthor(t), identity(t)
	var b bytes.Buffer
	nobody := by.source(key.Recipient())
	nobody.To = nil
	if _, err := backup.Write(t.Context(), &b, nobody); err == nil || b.Len() > 0 {
		t.Errorf("Write without a backup key = %v, %d bytes", err, b.Len())
	}
	fault := errors.New("pg_dump: it broke")
	breaks := backup.Part{Name: "database.dump", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(fault))), nil
	}}
	if _, err := backup.Write(t.Context(), &b, by.source(key.Recipient(), breaks)); !errors.Is(err, fault) {
		t.Errorf("Write of a part that fails = %v, want its fault", err)
	}
	for _, names := range [][]string{{"../f"}, {"/f"}, {`a\b`}, {"manifest.json"}, {"manifest.jws"}, {"f", "f"}} {
		var parts []backup.Part
		for _, name := range names {
			parts = append(parts, backup.Text(name, []byte("x")))
		}
		if _, err := backup.Write(t.Context(), &b, by.source(key.Recipient(), parts...)); err == nil {
			t.Errorf("Write takes the names %q", names)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := backup.Write(ended, &b, by.source(key.Recipient(), backup.Text("f", nil))); !errors.Is(err, context.Canceled) {
		t.Errorf("Write after its context = %v", err)
	}
}

// FuzzOpen reads as if the backup key were in strange hands: the text is what was encrypted.
func FuzzOpen(f *testing.F) {
	by, key := newAuthor(f), identity(f)
	var plain []byte
	if r, err := age.Decrypt(bytes.NewReader(by.write(f, by.source(key.Recipient(), backup.Text("a", []byte("x"))))), key); err == nil {
		plain, _ = io.ReadAll(r)
	}
	f.Add(plain)
	f.Add(plain[:600])
	f.Add([]byte("x"))
	f.Fuzz(func(t *testing.T, text []byte) {
		opened, err := backup.OpenPlain(t.Context(), text, by.fingerprint())
		if err == nil { // what a header says besides, or stands between entries, is nobody's to believe
			if got := content(t, opened); len(got) != 1 || got["a"] != "x" {
				t.Errorf("Open takes an archive that nobody signed: %q", got)
			}
		}
		if err != nil && !errors.Is(err, backup.ErrDamaged) && !errors.Is(err, backup.ErrForeign) {
			t.Errorf("Open = %v, want who is to blame", err)
		}
	})
}
