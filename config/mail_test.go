package config_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/config"
)

const base = "data_dir = \"var\"\nnames = [\"mais.example\"]\n"

func TestMailDefaults(t *testing.T) {
	for _, test := range []struct {
		text string
		port int
		tls  string
	}{
		{`host = "smtp.mais.example"`, 587, config.MailStartTLS},
		{"host = \"smtp.mais.example\"\ntls = \"implicit\"", 465, config.MailImplicit},
		{"host = \"127.0.0.1\"\ntls = \"none\"", 25, config.MailNoTLS},
		{"host = \"localhost\"\ntls = \"none\"\nport = 2525", 2525, config.MailNoTLS},
	} {
		s, err := config.Load(write(t, base+"[mail]\nfrom = \"mais@mais.example\"\n"+test.text))
		if err != nil {
			t.Errorf("Load(%s) = %v", test.text, err)
			continue
		}
		if s.Mail.Port != test.port || s.Mail.TLS != test.tls {
			t.Errorf("Load(%s) = port %d, tls %s, want %d, %s", test.text, s.Mail.Port, s.Mail.TLS, test.port, test.tls)
		}
		if want := []config.Duration{config.Duration(720 * time.Hour), config.Duration(168 * time.Hour), config.Duration(24 * time.Hour)}; !slices.Equal(s.Mail.WarnBefore, want) {
			t.Errorf("Load(%s) warns %v before, want %v", test.text, s.Mail.WarnBefore, want)
		}
	}
}

func TestMailPathsAreTakenFromTheFile(t *testing.T) {
	path := write(t, base+"[mail]\nfrom = \"mais@mais.example\"\ndirectory = \"mail\"\nwarn_before = []")
	s, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(filepath.Dir(path), "mail"); s.Mail.Directory != want || len(s.Mail.WarnBefore) != 0 {
		t.Errorf("Load = directory %s, warn before %v, want %s and never", s.Mail.Directory, s.Mail.WarnBefore, want)
	}
}

func TestMailFaults(t *testing.T) {
	for text, want := range map[string]string{
		`from = "a@b.example"`: "mail.host: is required",
		"from = \"a@b.example\"\nhost = \"h.example\"\ndirectory = \"d\"": "mail.directory: cannot be had",
		"from = \"a@b.example\"\ndirectory = \"d\"\nport = 25":            "mail.directory: needs no mail server",
		"host = \"h.example\"":                                                                                  "mail.from: is required",
		"host = \"h.example\"\nfrom = \"nobody\"":                                                               "mail.from: \"nobody\" is not an email address",
		"host = \"h.example\"\nfrom = \"a@b.example\\r\\nBcc: c@d.example\"":                                    "mail.from: holds a control character",
		"host = \"h.example\"\nfrom = \"a@b.example\"\nreply_to = \"x y@b.example\"":                            "mail.reply_to",
		"host = \"h.example\"\nfrom = \"a@b.example\"\ntls = \"none\"":                                          "mail.tls: \"none\" is for a mail server on this machine",
		"host = \"h.example\"\nfrom = \"a@b.example\"\ntls = \"opportunistic\"":                                 "mail.tls: \"opportunistic\" is none of",
		"host = \"localhost\"\nfrom = \"a@b.example\"\ntls = \"none\"\nusername = \"u\"\npassword_file = \"p\"": "mail.username: would be sent without TLS",
		"host = \"h.example\"\nfrom = \"a@b.example\"\nusername = \"u\"":                                        "mail.username: and mail.password_file go together",
		"host = \"h.example\"\nfrom = \"a@b.example\"\nport = 70000":                                            "mail.port: 70000 is out of range",
		"host = \"h.example\"\nfrom = \"a@b.example\"\nwarn_before = [\"90m\"]":                                 "mail.warn_before: 1h30m0s is not a number of whole hours",
		"host = \"h.example\"\nfrom = \"a@b.example\"\nwarn_before = [\"1m\"]":                                  "mail.warn_before: 1m0s is out of range",
		"host = \"h.example\"\nfrom = \"a@b.example\"\npassword = \"hunter2\"":                                  "mail.password: no such setting",
	} {
		_, err := config.Load(write(t, base+"[mail]\n"+text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Load(%s) = %v, want %q", text, err, want)
		}
	}
}

// hostile are texts that have been used to smuggle headers, commands or recipients through
// an address.
var hostile = []string{
	"a@b.example\r\nBcc: c@d.example", "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", "a@b.example c@d.example",
	"<a@b.example>\r\nRCPT TO:<c@d.example>", "a@b.example\x00", "a\r\n@b.example", "\"a\r\nb\"@b.example", "\"a b\"@b.example",
	"a@[127.0.0.1]", "a@b.example>", "a@b@c.example", "@b.example", "a@", "a@b..example", ".a@b.example", "a@-b.example", "ä@b.example",
	"a@bücher.example", "a@b.example (comment)", "undisclosed-recipients:;", "a%0d%0aBcc:c@d.example", strings.Repeat("a", 65) + "@b.example",
}

func TestParseAddress(t *testing.T) {
	for _, text := range []string{"a@b.example", "A.B+c@B.example", "MAIS <mais@mais.example>", "\"A, B\" <a@b.example>", "o'neill@b.example"} {
		if _, err := config.ParseAddress(text); err != nil {
			t.Errorf("ParseAddress(%q) = %v", text, err)
		}
	}
	for _, text := range hostile {
		a, err := config.ParseAddress(text)
		if err == nil && a.Address != "a@b.example" {
			t.Errorf("ParseAddress(%q) = %v, want an error", text, a)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := config.ParseAddress(text)
		if err == nil && (strings.ContainsAny(a.Address, "\r\n\x00 <>,;:\"") || strings.Count(a.Address, "@") != 1 || fmt.Sprintf("%+q", a.Address) != "\""+strings.ReplaceAll(a.Address, `\`, `\\`)+"\"") {
			t.Errorf("ParseAddress(%q) = %q", text, a.Address)
		}
	})
}
