package browser

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestEverybody: the policies name the service, the root and the module, and are text that a
// browser reads.
func TestEverybody(t *testing.T) {
	m, _ := machine(t)
	ours, _ := root(t, "Root")
	w := Want{Root: ours, Service: service, Module: "/usr/lib/cards.so"}
	steps, err := m.SetupEverybody(w)
	if err == nil {
		err = Do(t.Context(), ledger(t, m), steps)
	}
	if err != nil {
		t.Fatal(err)
	}
	var firefox struct {
		Policies struct {
			Certificates    struct{ Install []string }
			SecurityDevices struct{ Add map[string]string }
			Preferences     map[string]any
		} `json:"policies"`
	}
	if err := json.Unmarshal(m.firefoxPolicy(w), &firefox); err != nil {
		t.Fatal(err)
	}
	p := firefox.Policies
	if len(p.Certificates.Install) != 1 || p.SecurityDevices.Add[moduleName] != w.Module || p.Preferences != nil {
		t.Errorf("policies.json = %+v", p)
	}
	if chosen, by, err := choiceIn(filepath.Join(m.Etc, "chromium/policies/managed"), service); !chosen || err != nil {
		t.Errorf("choiceIn = %t, %s, %v", chosen, by, err)
	}
	for _, state := range undo(t, m) {
		if !strings.HasSuffix(state, " done") {
			t.Errorf("Undo: %s", state)
		}
	}
}

// TestOtherPolicies: another file that chooses certificates is neither overwritten nor
// overruled; who wrote it is asked to add to it.
func TestOtherPolicies(t *testing.T) {
	m, _ := machine(t)
	ours, _ := root(t, "Root")
	w := Want{Root: ours, Service: service}
	dir := filepath.Join(m.Etc, "chromium/policies/managed")
	theirs := write(t, filepath.Join(dir, "agency.json"), `{"AutoSelectCertificateForUrls": ["{\"pattern\":\"https://intranet.example\",\"filter\":{}}"]}`)
	step, err := m.choose(dir, w, false)
	if err != nil || step.State != ByHand || step.Where != theirs || !strings.Contains(step.Command, service) {
		t.Errorf("choose = %+v, %v, want by hand", step, err)
	}
	write(t, theirs, `{"AutoSelectCertificateForUrls": ["{\"pattern\":\"https://intranet.example\",\"filter\":{}}",`+step.Command+`]}`)
	if step, err := m.choose(dir, w, false); err != nil || step.State != There {
		t.Errorf("with the rule added: choose = %+v, %v", step, err)
	}
	write(t, m.firefoxPolicyFile(), `{"policies": {}}`)
	steps, err := m.SetupEverybody(w)
	if err != nil || steps[len(steps)-1].State != ByHand {
		t.Errorf("SetupEverybody beside another policies.json = %v, %v", statesOf(steps), err)
	}
}

// TestPolicyTrust: Firefox trusts what a policy gives it for mail too. That is said, and is
// nothing to be set right by each user; of any other root it is.
func TestPolicyTrust(t *testing.T) {
	m, stores := machine(t)
	stores = stores[1:2]
	db, ctx := database(stores[0].Dir), t.Context()
	ours, _ := root(t, "Root")
	if err := errors.Join(db.create(ctx), db.addRoot(ctx, "by policy", ours), db.setTrust(ctx, "by policy", policyTrust)); err != nil {
		t.Fatal(err)
	}
	w := Want{Root: ours, Service: service}
	verdict := func() Finding { return finding(t, check(t, m, stores, Look{Want: w, Now: time.Now()}), "root") }
	if f := verdict(); f.Verdict != Wrong || !strings.Contains(f.Text, "more than web servers") {
		t.Errorf("without the policy: %+v, want wrong", f)
	}
	steps, err := m.SetupEverybody(w)
	if err == nil {
		err = Do(ctx, ledger(t, m), steps)
	}
	if err != nil {
		t.Fatal(err)
	}
	if f := verdict(); f.Verdict != Note || !strings.Contains(f.Text, "mail") {
		t.Errorf("with the policy: %+v, want a note", f)
	}
	set(t, m, stores, w)
	if f := verdict(); f.Verdict != Good {
		t.Errorf("after the user's own setup: %+v, want good", f)
	}
}

// TestNoChoiceForAllSites: nothing that setup makes has Firefox present a certificate to whatever
// site asks, and a profile that does is named.
func TestNoChoiceForAllSites(t *testing.T) {
	m, stores := machine(t)
	stores = stores[1:2]
	ours, _ := root(t, "Root")
	w := Want{Root: ours, Service: service}
	set(t, m, stores, w)
	steps, err := m.SetupEverybody(w)
	if err == nil {
		err = Do(t.Context(), ledger(t, m), steps)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tree(t, m.Home) {
		if text, err := os.ReadFile(filepath.Join(m.Home, name)); err != nil || strings.Contains(string(text), personalCert) {
			t.Errorf("%s speaks of %s, %v", name, personalCert, err)
		}
	}
	choice := func() Finding { return finding(t, check(t, m, stores, Look{Want: w, Now: time.Now()}), "choice") }
	if f := choice(); f.Verdict != Note {
		t.Errorf("after setup: %+v, want a note", f)
	}
	write(t, filepath.Join(stores[0].Dir, "prefs.js"), `user_pref("security.default_personal_cert", "Select Automatically");`)
	if f := choice(); f.Verdict != Wrong || f.Next == "" {
		t.Errorf("of a Firefox that shows the certificate to every site: %+v, want wrong", f)
	}
}

// TestPoliciesCanBeRead: whatever the umask of who sets up, everybody's browser reads them.
func TestPoliciesCanBeRead(t *testing.T) {
	m, _ := machine(t)
	if err := os.Mkdir(m.Etc, 0o755); err != nil {
		t.Fatal(err)
	}
	ours, _ := root(t, "Root")
	defer syscall.Umask(syscall.Umask(0o077))
	steps, err := m.SetupEverybody(Want{Root: ours, Service: service})
	if err == nil {
		err = Do(t.Context(), ledger(t, m), steps)
	}
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(m.Etc, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if info, err := d.Info(); err != nil || info.Mode().Perm()&0o044 != 0o044 || info.IsDir() && info.Mode().Perm() != 0o755 {
			t.Errorf("%s has the mode %v, %v", path, info.Mode(), err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
