package piv

import (
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/certs"
	"mais/config"
	"mais/tokenctl/internal/fault"
)

func TestCheckPIN(t *testing.T) {
	for pin, good := range map[string]bool{
		"482915": true, "0918273": true, "90817263": true,
		"": false, "48291": false, "482915736": false, "48291a": false, "４８２９１５": false,
		"111111": false, "123456": false, "234567": false, "987654": false, "890123": false, "121212": false, "112211": false,
		"19790312": false, "12031979": false, "03121979": false, "21031979": false, "87654321": false,
	} {
		if err := CheckPIN(config.NewSecret([]byte(pin))); (err == nil) != good || err != nil && (!fault.Is(err, fault.WeakPIN) || pin != "" && strings.Contains(err.Error(), pin)) {
			t.Errorf("CheckPIN(%q) = %v, want good: %t", pin, err, good)
		}
	}
	for puk, good := range map[string]bool{
		"73049182": true, "kG7-p2x9": true,
		"7304918": false, "12345678": false, "Password": false, "aaaaaaaa": false, "a b c d ": false, "ééée": false, "19790312": false,
	} {
		if err := CheckPUK(config.NewSecret([]byte(puk))); (err == nil) != good {
			t.Errorf("CheckPUK(%q) = %v, want good: %t", puk, err, good)
		}
	}
}

func TestTLV(t *testing.T) {
	long := bytes.Repeat([]byte{7}, 300)
	for _, value := range [][]byte{nil, {1}, long[:127], long[:128], long[:255], long[:256], long} {
		tag, got, rest, err := cutTLV(append(tlv(0x53, value...), 0xaa))
		if tag != 0x53 || !bytes.Equal(got, value) || !bytes.Equal(rest, []byte{0xaa}) || err != nil {
			t.Errorf("cutTLV of %d bytes = %x, %d bytes, %x, %v", len(value), tag, len(got), rest, err)
		}
	}
	for _, b := range [][]byte{{}, {0x53}, {0x53, 1}, {0x53, 0x80}, {0x53, 0x84, 0, 0, 0, 0}, {0x53, 0x83, 0xff, 0xff, 0xff}, {0x5f, 0x81, 0}, {0x5f, 0x2f}} {
		if _, _, _, err := cutTLV(b); err == nil {
			t.Errorf("cutTLV(%x) took it", b)
		}
	}
}

func TestObjects(t *testing.T) {
	chuid := newCHUID()
	guid := guidOf(chuid)
	if len(guid) != 32 || guid[12] != '4' || guidOf(newCHUID()) == guid {
		t.Errorf("the GUID of a new CHUID is %q, want a random UUID of version 4", guid)
	}
	if got := guidOf(tlv(0x34, make([]byte, 16)...)); got != "" {
		t.Errorf("a GUID of zeros is %q", got)
	}
	for name, test := range map[string]struct{ old, want []byte }{
		"none":          {nil, []byte{0x80, 3, 0x81, 1, 2}},
		"already":       {[]byte{0x80, 3, 0x81, 1, 2}, []byte{0x80, 3, 0x81, 1, 2}},
		"a salt":        {[]byte{0x80, 5, 0x81, 1, 1, 0x82, 0}, []byte{0x80, 3, 0x81, 1, 3}},
		"PIN timestamp": {[]byte{0x80, 4, 0x83, 2, 8, 9}, []byte{0x80, 7, 0x81, 1, 2, 0x83, 2, 8, 9}},
		"rubbish":       {[]byte{1, 2, 3}, []byte{0x80, 3, 0x81, 1, 2}},
	} {
		if diff := cmp.Diff(test.want, withProtectedKey(test.old)); diff != "" {
			t.Errorf("%s: withProtectedKey (-want +got):\n%s", name, diff)
		}
	}
	if got := retired(tlv(0xc1, 200)); got != 20 {
		t.Errorf("a key history with 200 keys has %d, want no more than there are slots", got)
	}
}

// TestCertificateObject: certificates come plain and compressed.
func TestCertificateObject(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "certs", "attest", "yubico.pem"))
	if err != nil {
		t.Fatal(err)
	}
	cas, err := certs.ParseCertificates(text)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(cas[0].Raw)
	w.Close()
	for name, object := range map[string][]byte{
		"plain":  bytes.Join([][]byte{tlv(0x70, cas[0].Raw...), tlv(0x71, 0), tlv(0xfe)}, nil),
		"packed": bytes.Join([][]byte{tlv(0x70, packed.Bytes()...), tlv(0x71, 1), tlv(0xfe)}, nil),
	} {
		if got, err := certificateIn(object); err != nil || !got.Equal(cas[0]) {
			t.Errorf("%s: certificateIn = %v", name, err)
		}
	}
	if _, err := certificateIn(tlv(0x71, 0)); err == nil {
		t.Error("an object without a certificate was taken")
	}
}

// FuzzAnswers reads what a card may say, for each of the readers of it.
func FuzzAnswers(f *testing.F) {
	f.Add(newCHUID())
	f.Add([]byte{0x01, 1, 0x11, 0x02, 2, 2, 1, 0x03, 1, 1, 0x04, 2, 0x86, 0, 0x05, 1, 1, 0x06, 2, 3, 3})
	f.Add(bytes.Join([][]byte{tlv(0x70, 0x1f, 0x8b), tlv(0x71, 1)}, nil))
	f.Fuzz(func(t *testing.T, answer []byte) {
		guidOf(answer)
		certificateIn(answer)
		if n := retired(answer); n < 0 || n > 20 {
			t.Errorf("retired = %d", n)
		}
		if m, err := parseMetadata(answer); err == nil && m.left > 255 {
			t.Errorf("parseMetadata = %+v", m)
		}
		if again := withProtectedKey(withProtectedKey(answer)); !bytes.Equal(again, withProtectedKey(answer)) {
			t.Errorf("withProtectedKey of its own is another: %x", again)
		}
	})
}

// TestWithoutCgo builds what has to be had without cgo, and has that tokenctl say what it lacks.
func TestWithoutCgo(t *testing.T) {
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", dir, "mais/tokenctl", "mais/server/cmd/mais-server")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	out, err := exec.Command(filepath.Join(dir, "tokenctl"), "piv", "list").CombinedOutput()
	if code := err.(*exec.ExitError).ExitCode(); code != 7 || !strings.Contains(string(out), "libpcsclite-dev") || !strings.Contains(string(out), "CGO_ENABLED=1") {
		t.Errorf("tokenctl piv list without cgo: exit %d\n%s", code, out)
	}
}
