package withdrawal_test

import (
	"regexp"
	"strings"
	"testing"
)

var uuidIn = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-`)

// Whatever is taken away again is told of in words, with who took it first; a mover's page knows why they
// are out, and a leaver's has nothing to add.
func TestAgainInWords(t *testing.T) {
	d, about := prepare(t)
	restore := d.Save(t)
	for name, thing := range things {
		d.run(t, thing.take, about[name])
	}
	d.settle(t)
	restore()
	d.restart(t)
	var said []string
	for _, act := range d.ca.Acts() {
		if act.What != "withdraw" {
			continue
		}
		said = append(said, act.Name)
		if _, what, _ := strings.Cut(act.Name, ": "); what == "" || uuidIn.MatchString(act.Name) {
			t.Errorf("%s is told of as %q", act.Note, act.Name)
		}
		if !strings.Contains(act.Note, "the owner of the database took it away on 2") {
			t.Errorf("the note of %q is %q", act.Name, act.Note)
		}
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{": left", ": had moved, or their address had changed", ": role clinician", ": site Desk",
		"Desk: network 203.0.113.0/24", "closing: closed", "role visitor: deleted", "role police officer: no longer update physical_health.asthma", "Trust: passwords ", "Trust: mail domain "} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q:\n%s", want, all)
		}
	}
	for name, want := range map[string]bool{"mover": true, "leaver": false, "role of somebody": false} {
		if u, err := d.host.UserOf(t.Context(), about[name][0].(string)); err != nil || u.PutOut != want {
			t.Errorf("put out for having moved: %s is %v, %v, want %v", name, u.PutOut, err, want)
		}
	}
}
