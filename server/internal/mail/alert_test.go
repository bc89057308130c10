package mail

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// alertWorld has two governance officers, one who has left, and others whom alerts are no business of.
func alertWorld(t *testing.T) (w *world, officer string) {
	t.Helper()
	w = newWorld(t)
	w.everybody(t)
	_, officer, _ = strings.Cut(w.user(t, "governor@police.example", "A Governor", w.police, "governance_officer").String(), "urn:mais:user:")
	w.user(t, "second@trust.example", "B Governor", w.health, "governance_officer")
	w.user(t, "left@trust.example", "Former Governor", w.health, "governance_officer")
	w.exec(t, `UPDATE access.user_account SET left_at = now() - interval '1 day' WHERE email = 'left@trust.example'`)
	return w, officer
}

func (w *world) alert(t *testing.T, all ...Alert) []string {
	t.Helper()
	if err := w.TellAlerts(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	w.send(t)
	return w.arrived(t)
}

// TestAlerts: governance officers, and nobody else, are written to once of each alert and once an
// hour at most, with how many there are meanwhile; and never of what concerns themselves.
func TestAlerts(t *testing.T) {
	w, officer := alertWorld(t)
	one := Alert{Number: 7, What: "many requests were refused", At: w.now}
	own := Alert{Number: 8, What: "records were opened at an unusual hour", At: w.now, About: officer}
	both := func(subject string) []string {
		return []string{"governor@police.example: MAIS Test: " + subject, "second@trust.example: MAIS Test: " + subject}
	}
	for _, step := range []struct {
		name  string
		after time.Duration
		all   []Alert
		want  []string
	}{
		{"the first", 0, []Alert{one}, both("an alert waits for governance")},
		{"the same again", 30 * time.Second, []Alert{one}, nil},
		{"another within the hour", 30 * time.Second, []Alert{one, own}, nil},
		{"after an hour, and one of them the officer's own", time.Hour, []Alert{one, own}, both("an alert waits for governance")[1:]},
		{"the other officer has waited longer", time.Minute, []Alert{one, own, {Number: 9, What: one.What, At: w.now}, {Number: 11, What: own.What, At: w.now}},
			both("2 alerts wait for governance")[:1]},
		{"and the first of all again", 2 * time.Hour, []Alert{one, own, {Number: 9, What: one.What, At: w.now}, {Number: 11, What: own.What, At: w.now}},
			both("2 alerts wait for governance")[1:]},
		{"nothing is new", 2 * time.Hour, []Alert{one, own}, nil},
	} {
		w.now = w.now.Add(step.after)
		if diff := cmp.Diff(step.want, w.alert(t, step.all...)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", step.name, diff)
		}
	}
}

// TestAlertSays: which kinds, how many and when, and where to look; the mail names nobody.
func TestAlertSays(t *testing.T) {
	w, officer := alertWorld(t)
	err := w.TellAlerts(t.Context(), []Alert{{1, "many requests failed", w.now, officer}, {2, "many requests failed", w.now, "11111111-2222-4333-8444-000000000001"}, {3, "many requests failed", w.now, ""}})
	if err != nil {
		t.Fatal(err)
	}
	w.send(t)
	bodies := map[string]string{}
	for _, m := range w.server.taken() {
		mail := open(t, m.raw)
		bodies[mail.to.Address] = mail.body
	}
	if len(bodies) != 2 || !strings.Contains(bodies["governor@police.example"], "many requests failed: 2, the last on "+moment(w.now)) ||
		!strings.Contains(bodies["second@trust.example"], "many requests failed: 3,") || !strings.Contains(bodies["second@trust.example"], "/audit/alerts") {
		t.Errorf("the mails say %q", bodies)
	}
	for _, body := range bodies {
		for _, name := range []string{officer, "11111111", "Sergeant", "police.example"} {
			if strings.Contains(body, name) {
				t.Errorf("the mail holds %q:\n%s", name, body)
			}
		}
	}
}

// TestAlertsOfTwoNodes: two nodes that tell at once write one mail.
func TestAlertsOfTwoNodes(t *testing.T) {
	w, _ := alertWorld(t)
	nodes := []*Service{w.Service, w.node(t)}
	var all sync.WaitGroup
	failed := make([]error, len(nodes))
	for n, s := range nodes {
		all.Go(func() {
			failed[n] = s.TellAlerts(t.Context(), []Alert{{int64(n + 1), "many requests failed", w.now, ""}})
		})
	}
	all.Wait()
	if slices.ContainsFunc(failed, func(err error) bool { return err != nil }) {
		t.Fatal(failed)
	}
	w.send(t)
	if got := w.arrived(t); len(got) != 2 {
		t.Errorf("two nodes wrote %q", got)
	}
}
