package browser

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mais/certs"
)

// policyName sorts late: of files that set the same policy the last one counts.
const policyName = "mais.json"

// managed are the directories below /etc from which browsers of the family read what the
// machine's administrator has decided, by the program that reads there.
var managed = []struct{ program, dir string }{
	{"chromium", "chromium/policies/managed"},
	{"chromium-browser", "chromium/policies/managed"},
	{"google-chrome", "opt/chrome/policies/managed"},
	{"microsoft-edge", "opt/edge/policies/managed"},
	{"brave-browser", "brave/policies/managed"},
}

// policyDirs are those of the browsers that are installed.
func (m Machine) policyDirs() (dirs []string) {
	for _, p := range managed {
		dir := filepath.Join(m.Etc, p.dir)
		if _, err := m.look(p.program); err == nil && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// selection is one entry of AutoSelectCertificateForUrls. The empty filter takes any certificate
// that the server accepts; the server accepts only what its own authority has issued.
type selection struct {
	Pattern string         `json:"pattern"`
	Filter  map[string]any `json:"filter"`
}

func selecting(service string) string {
	text, _ := json.Marshal(selection{service, map[string]any{}}) // strings: cannot fail
	return string(text)
}

// chromiumPolicy is the text of a policy file: the service's certificate is presented without
// a question, and for everybody on the machine the root is trusted.
func chromiumPolicy(w Want, everybody bool) []byte {
	policy := map[string]any{"AutoSelectCertificateForUrls": []string{selecting(w.Service)}}
	if everybody {
		policy["CACertificates"] = []string{base64.StdEncoding.EncodeToString(w.Root.Raw)}
	}
	return document(policy)
}

// policyTrust is what Firefox gives a root that a policy installs, for servers and for mail, as
// certutil prints it (Policies.sys.mjs has "CT,CT,"). The policy has no way to ask for less.
const policyTrust = "CT,C,"

// firefoxPolicy is the text of policies.json: root and module for everybody on the machine.
// Which certificate to present is left to the person, for Firefox can settle it for all sites
// only, and any of them would be shown the name.
func (m Machine) firefoxPolicy(w Want) []byte {
	policies := map[string]any{
		"Certificates": map[string]any{"Install": []string{m.rootFile()}},
	}
	if w.Module != "" {
		policies["SecurityDevices"] = map[string]any{"Add": map[string]string{moduleName: w.Module}}
	}
	return document(map[string]any{"policies": policies})
}

func (m Machine) firefoxPolicyFile() string {
	return filepath.Join(m.Etc, "firefox", "policies", "policies.json")
}

// rootFile is where policies.json finds the root: beside it, where every user may read.
func (m Machine) rootFile() string {
	return filepath.Join(m.Etc, "firefox", "policies", "mais-root.pem")
}

// policyFile reports whether Setup makes a file of this name, below whichever --policy-dir.
func policyFile(path string) bool {
	made := []string{Machine{}.firefoxPolicyFile(), Machine{}.rootFile()}
	for _, p := range managed {
		made = append(made, filepath.Join(p.dir, policyName))
	}
	return path == filepath.Clean(path) && filepath.IsAbs(path) &&
		slices.ContainsFunc(made, func(name string) bool { return strings.HasSuffix(path, "/"+name) })
}

// installsRoot reports whether Firefox's policy gives every user the root.
func (m Machine) installsRoot(root *x509.Certificate) bool {
	var file struct {
		Policies struct {
			Certificates struct{ Install []string }
		} `json:"policies"`
	}
	text, err := os.ReadFile(m.firefoxPolicyFile())
	if err != nil || json.Unmarshal(text, &file) != nil {
		return false
	}
	return slices.ContainsFunc(file.Policies.Certificates.Install, func(path string) bool {
		text, err := os.ReadFile(path)
		return err == nil && string(text) == string(certs.EncodeCertificates(root))
	})
}

func document(v any) []byte {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // maps of strings
	}
	return append(text, '\n')
}

// choiceIn looks through a directory of policies for what says which certificate is presented
// to the service: ours, somebody else's that does, or one that stands in the way of ours.
func choiceIn(dir, service string) (chosen bool, other string, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return false, "", err
	}
	slices.Sort(paths)
	for _, path := range paths { // the last one that sets it counts
		text, err := os.ReadFile(path)
		if err != nil {
			return false, "", err
		}
		var policy struct{ AutoSelectCertificateForUrls []string }
		if json.Unmarshal(text, &policy) != nil || policy.AutoSelectCertificateForUrls == nil {
			continue
		}
		chosen, other = selects(policy.AutoSelectCertificateForUrls, service), path
	}
	return chosen, other, nil
}

func selects(rules []string, service string) bool {
	return slices.ContainsFunc(rules, func(text string) bool {
		var rule selection
		return json.Unmarshal([]byte(text), &rule) == nil && strings.TrimSuffix(rule.Pattern, "/") == service
	})
}

// The preference by which a Firefox presents a certificate to whatever site asks for one. Setup
// does not set it.
const (
	personalCert  = "security.default_personal_cert"
	automatically = "Select Automatically"
)

// prefersAutomatic reports whether a profile does so, by the person's own settings or by what was
// put there.
func prefersAutomatic(profile string) (bool, error) {
	for _, name := range []string{"user.js", "prefs.js"} { // user.js counts, where it says anything
		text, err := os.ReadFile(filepath.Join(profile, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		said := false
		value := false
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(strings.TrimSpace(line), `user_pref("`+personalCert+`"`) {
				said, value = true, strings.Contains(line, automatically)
			}
		}
		if said {
			return value, nil
		}
	}
	return false, nil
}
