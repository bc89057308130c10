package ca_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mais/ca"
)

// findings are those of Check that are not ok, as lines.
func (f fixture) findings(t *testing.T) string {
	t.Helper()
	var all []string
	seen := map[string]bool{}
	for _, found := range f.Check(context.Background()) {
		if seen[found.What] && found.What != "node" {
			t.Errorf("Check says %s twice", found.What)
		}
		seen[found.What] = true
		if found.State == ca.OK {
			continue
		}
		if found.Do == "" || found.Says == "" {
			t.Errorf("finding %+v does not say what to do", found)
		}
		all = append(all, string(found.State)+" "+found.What+": "+found.Says)
	}
	return strings.Join(all, "\n")
}

func TestCheck(t *testing.T) {
	copied := t.TempDir()
	f := newFixture(t, func(o *ca.Options) { o.JournalCopy = copied })
	if got := f.findings(t); !strings.HasPrefix(got, "warning root-key: the root's key lies") || strings.Contains(got, "\n") {
		t.Errorf("Check = %q, want a warning of the root's key alone", got)
	}
	if err := os.Remove(filepath.Join(f.Dir, "root.key")); err != nil {
		t.Fatal(err)
	}
	if got := f.findings(t); got != "" {
		t.Errorf("Check without the root's key = %q, want nothing", got)
	}
	for _, step := range []struct {
		years int
		want  string
	}{
		{-1, "fault root: the root begins on"}, {1, "warning crl-root: the root's revocation list ends"}, {5, "warning validity-people-1:"},
		{6, "fault issuer-people-1: people-1 ended"}, {6, "fault crl-root"}, {20, "warning root: the root ends"},
	} {
		f.SetNow(func() time.Time { return time.Now().AddDate(step.years, -1, 0) })
		if got := f.findings(t); !strings.Contains(got, step.want) {
			t.Errorf("Check in %d years = %q, want %q", step.years, got, step.want)
		}
	}
	f.SetNow(time.Now)
	if err := os.Chmod(filepath.Join(f.Dir, "sites-1.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := f.findings(t); !strings.Contains(got, "fault key-files") {
		t.Errorf("Check = %q, want a fault of the key's mode", got)
	}
}

// A clock that was set back is told from one that is merely off.
func TestCheckClock(t *testing.T) {
	f := newFixture(t)
	f.Person(t, "Jane Doe")
	for _, step := range []struct {
		off  time.Duration
		want string
	}{
		{0, ""}, {time.Second, ""}, {5 * time.Second, "warning clock:"}, {time.Minute, "fault clock: this machine's clock and the database's"},
		{-5 * time.Second, "warning clock:"}, {-time.Hour, "fault clock: this machine's clock was set back"},
	} {
		f.SetNow(func() time.Time { return time.Now().Add(step.off) })
		got := ""
		for _, line := range strings.Split(f.findings(t), "\n") {
			if strings.Contains(line, " clock: ") {
				got = line
			}
		}
		if !strings.HasPrefix(got, step.want) || (got == "") != (step.want == "") {
			t.Errorf("Check with the clock off by %s = %q, want %q", step.off, got, step.want)
		}
	}
}

// The nodes' own certificates renew themselves: one that does not is told of.
func TestCheckNodes(t *testing.T) {
	f := newFixture(t)
	node := f.Server(t)
	for _, step := range []struct {
		left time.Duration
		want string
	}{
		{10 * 24 * time.Hour, ""}, {24 * time.Hour, "should have been renewed"}, {-time.Hour, "if that node is gone"}, {-40 * 24 * time.Hour, ""},
	} {
		f.SetNow(func() time.Time { return node.Certificate.NotAfter.Add(-step.left) })
		got := ""
		for _, found := range f.Check(context.Background()) {
			if found.What == "node" {
				got = found.Says + "; " + found.Do
			}
		}
		if !strings.Contains(got, step.want) || (got == "") != (step.want == "") {
			t.Errorf("Check with %s left = %q, want %q", step.left, got, step.want)
		}
	}
}
