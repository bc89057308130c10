package browser

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Store is the certificate database of one browser, or of one profile of a Firefox.
type Store struct {
	Browser Family
	Dir     string
	// Confined is snap or flatpak when the browser runs in such a box: it sees no module of the
	// machine's, and no smart card service.
	Confined string
}

// Stores returns where the browsers of this person keep certificates. Chromium's is returned
// when it is not there yet, because it is made; a Firefox makes its own when it is first
// started. One that belongs to another user of the machine is refused (fault.Usage).
func (m Machine) Stores() ([]Store, error) {
	stores := []Store{{Browser: Chromium, Dir: filepath.Join(m.Home, ".pki", "nssdb")}}
	for _, c := range []struct{ box, data string }{
		{"snap", "snap/chromium/current"},
		{"flatpak", ".var/app/org.chromium.Chromium"},
		{"flatpak", ".var/app/com.google.Chrome"},
		{"flatpak", ".var/app/com.brave.Browser"},
		{"flatpak", ".var/app/com.microsoft.Edge"},
	} {
		if data := filepath.Join(m.Home, c.data); isDir(data) {
			stores = append(stores, Store{Chromium, filepath.Join(data, ".pki", "nssdb"), c.box})
		}
	}
	for _, f := range []struct{ box, dir string }{
		{"", filepath.Join(m.Home, ".mozilla/firefox")},
		{"", filepath.Join(m.Config, "mozilla/firefox")}, // since 147, where the other is not there
		{"snap", filepath.Join(m.Home, "snap/firefox/common/.mozilla/firefox")},
		{"flatpak", filepath.Join(m.Home, ".var/app/org.mozilla.firefox/.mozilla/firefox")},
		{"flatpak", filepath.Join(m.Home, ".var/app/org.mozilla.firefox/config/mozilla/firefox")},
	} {
		profiles, err := profilesIn(f.dir)
		if err != nil {
			return nil, err
		}
		for _, dir := range profiles {
			stores = append(stores, Store{Firefox, dir, f.box})
		}
	}
	for _, s := range stores {
		if err := errors.Join(ownedBelow(m.user, m.Home, s.Dir), database(s.Dir).ownedBy(m.user)); err != nil {
			return nil, err
		}
	}
	return stores, nil
}

// profilesIn reads a Firefox's profiles.ini: sections [ProfileN] with Path and IsRelative.
func profilesIn(dir string) (profiles []string, err error) {
	f, err := os.Open(filepath.Join(dir, "profiles.ini"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var path string
	var relative, inside bool
	end := func() {
		if !inside || path == "" {
			return
		}
		if relative {
			path = filepath.Join(dir, path)
		}
		if isDir(path) {
			profiles = append(profiles, path)
		}
	}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		switch name, value, _ := strings.Cut(line, "="); {
		case strings.HasPrefix(line, "["):
			end()
			path, relative, inside = "", false, strings.HasPrefix(line, "[Profile")
		case name == "Path":
			path = value
		case name == "IsRelative":
			relative = value == "1"
		}
	}
	end()
	return profiles, lines.Err()
}

// modules are where distributions put OpenSC's PKCS#11 module.
var modules = []string{
	"/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so", // Debian, Ubuntu
	"/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so",
	"/usr/lib64/opensc-pkcs11.so", // Fedora, Red Hat, SUSE
	"/usr/lib64/pkcs11/opensc-pkcs11.so",
	"/usr/lib/opensc-pkcs11.so", // Arch
	"/usr/lib/pkcs11/opensc-pkcs11.so",
	"/usr/local/lib/opensc-pkcs11.so",
}

// FindModule returns OpenSC's PKCS#11 module in one of its usual places.
func FindModule() (path string, found bool) {
	for _, path := range modules {
		if isFile(path) {
			return path, true
		}
	}
	return "", false
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
