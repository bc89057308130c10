package site

import (
	"strings"
	"testing"

	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/watch"
)

// TestSystemdUnit: a path with whatever a path may hold stays that path for systemd.
func TestSystemdUnit(t *testing.T) {
	f := renewFlags{at: watch.TwoThirds(), cert: `/srv/a "b"/cert.pem`, key: `/srv/100%/$x\y.pem`, reloading: "systemctl reload nginx"}
	got, err := systemdUnit("/usr/local/bin/tokenctl", "mais-site", "/var/lib/mais site", "northgate", "/etc/pass %n", f)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`ExecStart=/usr/local/bin/tokenctl site renew --watch --home "/var/lib/mais site" --token northgate --cert-out "/srv/a \"b\"/cert.pem" --key-out "/srv/100%%/$$x\\y.pem" --reload "systemctl reload nginx"`,
		`ReadWritePaths=/srv/100%% "/srv/a \"b\"" "/var/lib/mais site"`,
		"LoadCredential=passphrase:/etc/pass %%n",
		"User=mais-site",
		"ProtectHome=yes",
	} {
		if !strings.Contains(got, "\n"+want+"\n") {
			t.Errorf("the unit lacks\n%s\n%s", want, got)
		}
	}
	if _, err := systemdUnit("/bin/tokenctl", "x", "/home\nExecStart=/bin/sh", "northgate", "", f); !fault.Is(err, fault.Usage) {
		t.Errorf("a path with a line end = %v, want it refused", err)
	}
	for path, want := range map[string]string{"/root/x": "read-only", "/home/a/b": "read-only", "/homes/a": "yes", "/var/lib": "yes"} {
		if got := protectHome([]string{"/srv", path}); got != want {
			t.Errorf("protectHome(%s) = %s, want %s", path, got, want)
		}
	}
}
