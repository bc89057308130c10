package browser

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"mais/certs"
	"mais/tokenctl/internal/fault"
)

const writeAccess = 2 // access(2): W_OK

// moduleName is what a database calls the cards' module when we add it.
const moduleName = "MAIS smart cards"

// State says what is with a step.
type State string

// The states of a step.
const (
	There  State = "there"   // there was nothing to do
	ToDo   State = "to-do"   // it would be done
	Done   State = "done"    // it was done just now
	ByHand State = "by-hand" // somebody else has to do it: Command
	Left   State = "left"    // what was done once is not as it was left, so that it is not undone
)

// Step is one thing that is needed, and what became of it.
type Step struct {
	Browser Family `json:"browser,omitempty"`
	Where   string `json:"where"` // the database, the profile or the file
	What    string `json:"what"`  // database, root, module, key, choice, policy
	Text    string `json:"text"`
	State   State  `json:"state"`
	Command string `json:"command,omitempty"` // for whoever may do it
	// Busy are the programs that have the database open. It is not changed before they end.
	Busy []Process `json:"busy,omitempty"`

	records []Record
	do      func(context.Context) error
}

// Setup plans what the stores lack for what is wanted. It changes nothing.
func (m Machine) Setup(ctx context.Context, stores []Store, w Want) (steps []Step, err error) {
	chromium := false
	for _, s := range stores {
		more, err := s.plan(ctx, w)
		if err != nil {
			return nil, err
		}
		steps = append(steps, more...)
		chromium = chromium || s.Browser == Chromium
	}
	if !chromium {
		return steps, nil
	}
	for _, dir := range m.policyDirs() {
		step, err := m.choose(dir, w, false)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// SetupEverybody plans policies, by which every user of the machine gets the root and the
// choice; in a Firefox the module as well, which Chromium takes from each person's database.
func (m Machine) SetupEverybody(w Want) (steps []Step, err error) {
	for _, dir := range m.policyDirs() {
		step, err := m.choose(dir, w, true)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	root := m.file(Firefox, m.rootFile(), "root", "the service's root, for Firefox's policies", certs.EncodeCertificates(w.Root))
	policy := m.file(Firefox, m.firefoxPolicyFile(), "policy", "Firefox: root and module for everybody; Firefox itself trusts the root for mail as well", m.firefoxPolicy(w))
	return append(steps, root, policy), nil
}

// plan says what one store lacks.
func (s Store) plan(ctx context.Context, w Want) (steps []Step, err error) {
	db := database(s.Dir)
	add := func(what, text string, done bool, do func(context.Context) error, records ...Record) {
		step := Step{Browser: s.Browser, Where: s.Dir, What: what, Text: text, State: ToDo, do: do}
		if done {
			step.State, step.do = There, nil
		} else {
			step.records, step.Busy = records, db.heldBy()
		}
		steps = append(steps, step)
	}
	note := func(kind, name, content string) Record {
		return Record{Kind: kind, Browser: s.Browser, Where: s.Dir, Name: name, Content: content}
	}
	var have []entry
	modules := map[string]string{}
	if !db.exists() {
		add("database", "make the database", false, db.create, note(madeDatabase, "", ""))
	} else if have, err = db.certificates(ctx); err != nil {
		return nil, err
	} else if modules, err = db.modules(ctx); err != nil {
		return nil, err
	}
	if others := twins(have, w.Root); len(others) > 0 {
		steps = append(steps, s.impostor(others[0], w))
	} else {
		s.planRoot(have, w, add, note)
	}
	if w.Module != "" && s.Confined != "" {
		steps = append(steps, Step{Browser: s.Browser, Where: s.Dir, What: "module", State: ByHand,
			Text: "a browser from " + s.Confined + " reaches no card: install the distribution's own package, or the maker's"})
	} else if w.Module != "" {
		_, known := moduleAt(modules, w.Module)
		add("module", "reach cards by "+w.Module, known, func(ctx context.Context) error { return db.addModule(ctx, moduleName, w.Module) },
			note(addedModule, moduleName, w.Module))
	}
	if k := w.Key; k != nil {
		there := slices.ContainsFunc(have, func(e entry) bool { return e.is(k.Chain[0]) && strings.HasPrefix(e.trust, "u") })
		records := []Record{note(addedKey, "", sumOf(k.Chain[0].Raw))}
		for _, issuer := range k.Chain[1:] {
			if !slices.ContainsFunc(have, func(e entry) bool { return e.is(issuer) }) {
				records = append(records, note(addedIssuer, "", sumOf(issuer.Raw)))
			}
		}
		add("key", "take in the token's key and certificate", there, func(ctx context.Context) error { return db.importKey(ctx, k.File, k.Passphrase) }, records...)
	}
	return steps, nil
}

func (s Store) planRoot(have []entry, w Want, add func(string, string, bool, func(context.Context) error, ...Record), note func(kind, name, content string) Record) {
	db, sum := database(s.Dir), sumOf(w.Root.Raw)
	i := slices.IndexFunc(have, func(e entry) bool { return e.is(w.Root) })
	if i < 0 {
		name := "MAIS root " + sum[:16]
		add("root", "trust the service's root "+certs.FingerprintOf(w.Root.Raw).String()+" for web servers", false,
			func(ctx context.Context) error { return db.addRoot(ctx, name, w.Root) }, note(addedRoot, name, sum))
		return
	}
	e := have[i]
	change := note(changedTrust, e.nickname, sum)
	change.Was = e.trust
	add("root", "trust the service's root "+certs.FingerprintOf(w.Root.Raw).String()+" for web servers, and for nothing else", e.trust == serversOnly,
		func(ctx context.Context) error { return db.setTrust(ctx, e.nickname, serversOnly) }, change)
}

// impostor stops at a certificate that calls itself the service's root and is not. Which is
// right, no tool can tell; and while both are there, NSS's tools take one for the other.
func (s Store) impostor(other entry, w Want) Step {
	return Step{Browser: s.Browser, Where: s.Dir, What: "root", State: ByHand,
		Text: "another certificate calls itself " + w.Root.Subject.CommonName + ": " + certs.FingerprintOf(other.cert.Raw).String() +
			"; ask your administrator which is right, and take the wrong one away in the browser's settings"}
}

// moduleAt looks for a module by its file, under whatever name.
func moduleAt(modules map[string]string, path string) (name string, found bool) {
	want := resolved(path)
	for name, at := range modules {
		if at != "" && resolved(at) == want {
			return name, true
		}
	}
	return "", false
}

func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// choose plans Chromium's policy in one directory.
func (m Machine) choose(dir string, w Want, everybody bool) (Step, error) {
	path := filepath.Join(dir, policyName)
	step := m.file(Chromium, path, "choice", "present the certificate without asking which", chromiumPolicy(w, everybody))
	chosen, by, err := choiceIn(dir, w.Service)
	switch {
	case err != nil:
		return Step{}, err
	case chosen && !everybody:
		return Step{Browser: Chromium, Where: by, What: step.What, Text: step.Text, State: There}, nil
	case by != "" && by != path:
		return Step{Browser: Chromium, Where: by, What: step.What, State: ByHand,
			Text:    "another policy file chooses certificates already, and one of them counts: add this rule to its AutoSelectCertificateForUrls",
			Command: rule(w)}, nil
	}
	return step, nil
}

// rule is the entry of AutoSelectCertificateForUrls as it stands in a policy file.
func rule(w Want) string {
	text, _ := json.Marshal(selecting(w.Service)) // a string: cannot fail
	return string(text)
}

// file plans a file of the machine's. Whoever may not write it is told how.
func (m Machine) file(b Family, path, what, text string, content []byte) Step {
	step := Step{Browser: b, Where: path, What: what, Text: text, State: ToDo,
		records: []Record{{Kind: madeFile, Browser: b, Where: path, Content: sumOf(content)}},
		do:      func(context.Context) error { return replaceFile(path, content, 0o644) }}
	have, err := os.ReadFile(path)
	switch {
	case err == nil && string(have) == string(content):
		step.State, step.do, step.records = There, nil, nil
	case err == nil && filepath.Base(path) != policyName && what == "policy":
		step.State, step.do, step.records = ByHand, nil, nil
		step.Text, step.Command = "there is a policies.json already: add this to it", string(content)
	case !writable(path):
		step.State, step.do, step.records = ByHand, nil, nil
		step.Command = "sudo install -D -m 0644 /dev/stdin " + path + " <<'END'\n" + string(content) + "END"
	}
	return step
}

// writable reports whether this process may make the file, in the nearest directory there is.
func writable(path string) bool {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		err := syscall.Access(dir, writeAccess)
		if !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return err == nil
		}
	}
}

// Do does the steps that are to do, each noted before. A database that a browser has open is
// not touched: then nothing at all is done.
func Do(ctx context.Context, l *Ledger, steps []Step) error {
	if err := busy(steps); err != nil {
		return err
	}
	for i, step := range steps {
		if step.State != ToDo {
			continue
		}
		if err := l.add(step.records...); err != nil {
			return fmt.Errorf("note what is to be done: %w", err)
		}
		if err := step.do(ctx); err != nil {
			return fault.Of(err).During(step.Text)
		}
		steps[i].State = Done
	}
	return nil
}

func busy(steps []Step) error {
	for _, step := range steps {
		if step.State == ToDo && isDir(step.Where) {
			step.Busy = database(step.Where).heldBy() // while a passphrase was typed a browser may have been started
		}
		if step.State == ToDo && len(step.Busy) > 0 {
			return fault.New(fault.Busy, "close every window of the browser, and run this again",
				"%s has %s open, and would not see what is changed there, or undo it", step.Busy[0], step.Where)
		}
	}
	return nil
}

// Outdated plans to take away the keys that were put into the stores for a predecessor of the token: of
// two certificates a browser may present the one that is over.
func (l *Ledger) Outdated(ctx context.Context, stores []Store, now *x509.Certificate) (steps []Step, err error) {
	for _, r := range l.records {
		if r.Kind != addedKey || r.Content == sumOf(now.Raw) || !slices.ContainsFunc(stores, func(s Store) bool { return s.Dir == r.Where }) {
			continue
		}
		step, err := l.undo(ctx, r)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, nil
}
