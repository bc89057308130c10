package token

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mais/certs"
)

const goodMeta = `{
  "schema": 1,
  "kind": "user",
  "public": "https://mais.example:8443",
  "mutual": "https://mais.example:9443",
  "user": "3f2c9a52-7d0e-4a53-9f60-2f6a3f1d8c11",
  "holder": "anna@police.example",
  "serial": "40000000000000000000000000000001"
}`

func TestParseMeta(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"good", "", "", ""},
		{"a field from a later version", `"kind"`, `"colour": "red", "kind"`, ""},
		{"not JSON", "{", "", "decode"},
		{"two documents", "\n}", "\n} {}", "behind the document"},
		{"a later schema", `"schema": 1`, `"schema": 2`, "schema 2"},
		{"no kind", `"user",`, `"server",`, "want user or site"},
		{"no UUID", "3f2c9a52-", "", "no MAIS identity"},
		{"plain http", "https://mais.example:9443", "http://mais.example:9443", "not https"},
		{"a path", "https://mais.example:9443", "https://mais.example:9443/x", "mutual"},
		{"a URL not as we write it", "https://mais.example:9443", "HTTPS://mais.example:9443", "want https://"},
		{"a serial in capitals", "40000000000000000000000000000001", "4A000000000000000000000000000001", "serial"},
		{"on a card", `"serial"`, `"card": {"serial": 12345678, "slot": "9a", "pin_policy": 2}, "serial"`, ""},
		{"on a card that tells no serial", `"serial"`, `"card": {"guid": "00112233445566778899aabbccddeeff", "slot": "9a"}, "serial"`, ""},
		{"on any card", `"serial"`, `"card": {"slot": "9a"}, "serial"`, "neither a serial number nor a GUID"},
		{"a GUID that is none", `"serial"`, `"card": {"guid": "../..", "slot": "9a"}, "serial"`, "GUID"},
		{"the slot without a PIN", `"serial"`, `"card": {"serial": 12345678, "slot": "9e"}, "serial"`, "slot"},
		{"too long", "anna", strings.Repeat("a", maxMetaBytes), "at most"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := goodMeta
			if test.old != "" {
				text = strings.Replace(goodMeta, test.old, test.new, 1)
			}
			_, err := ParseMeta([]byte(text))
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("ParseMeta = %v, want an error with %q", err, test.want)
			}
		})
	}
}

func FuzzParseMeta(f *testing.F) {
	f.Add([]byte(goodMeta))
	f.Add([]byte(`{"schema":1}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := ParseMeta(text)
		if err != nil {
			return
		}
		again, err := m.encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseMeta(again)
		if diff := cmp.Diff(m, got, cmpopts.EquateComparable(certs.Pin{})); err != nil || diff != "" {
			t.Errorf("ParseMeta(encode(m)) = %v, want m: %s", err, diff)
		}
	})
}

func TestServiceURL(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"https://mais.example", "https://mais.example"},
		{" HTTPS://Mais.Example:8443/ ", "https://mais.example:8443"},
		{"mais.example:8443", "https://mais.example:8443"},
		{"https://[::1]:8443", "https://[::1]:8443"},
		{"", ""},
		{"http://mais.example", ""},
		{"https://", ""},
		{"https://:8443", ""},
		{"https://u:p@mais.example", ""},
		{"https://mais.example/path", ""},
		{"https://mais.example?q", ""},
		{"https://mais.example#f", ""},
		{"https:mais.example", ""},
		{"https://mais example", ""},
		{"https://mais.example:port", ""},
		{`https://mais".example`, ""},
		{"https://mais'.example", ""},
		{"https://*.example", ""},
		{"https://[::1%25*]:8443", ""},
		{"https://192.0.2.1", "https://192.0.2.1"},
	} {
		got := ""
		if u, err := ServiceURL(test.text); err == nil {
			got = u.String()
		}
		if got != test.want {
			t.Errorf("ServiceURL(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}
