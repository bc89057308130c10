package server

import (
	"flag"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mais/server/api"
)

var leakRequests = flag.Int("leak.requests", 300, "how many requests TestFieldLeakage makes for each role")

// seed is the generators'. A failure names the request, so there is no need for another.
const seed = 18032025

// roles are those that TestFieldLeakage asks as; some may read some items, most none.
var roles = []string{"police_officer", "reception", "first_aid", "administrator", "governance_officer", "site"}

// TestFieldLeakage: two databases that differ in one item that a role may not read answer
// that role the same, byte for byte: status, headers and body, whatever it asks. So there
// is no way left to learn what the item holds, not even whether it is recorded, but time.
func TestFieldLeakage(t *testing.T) {
	tw := newTwins(t, 40)
	tw.usedInEmergency(t)
	for _, role := range roles {
		t.Run(role, func(t *testing.T) {
			hidden := hiddenFrom(tw.readable(t, role))
			p := tw.pair(t, role)
			for n := 0; p.asked < *leakRequests; n++ {
				d := hidden[n%len(hidden)]
				tw.change.apply(t, d)
				p.journey(t, d.String())
				for range 8 {
					p.same(t, d.String(), p.any())
				}
				tw.change.takeBack(t, d)
			}
			p.sameAudit(t)
			if reads := len(tw.readable(t, role)); reads > 10 && p.shown < p.asked/4 || reads > 0 && p.shown == 0 || reads == 0 && p.shown > 0 {
				t.Errorf("%d of %d answers showed something of a record", p.shown, p.asked)
			}
			t.Logf("%d requests, %d of them showed something of a record", p.asked, p.shown)
		})
	}
}

// TestUnreadablePersonLeakage: whoever may read no record learns nothing from a person's
// being there or not.
func TestUnreadablePersonLeakage(t *testing.T) {
	tw := newTwins(t, 2)
	tw.change.run(t, `DELETE FROM record.person WHERE id = $1`, tw.ghost)
	for _, role := range []string{"administrator", "governance_officer", "site"} {
		p := tw.pair(t, role)
		p.about, p.generator.ghost = tw.ghost, tw.target
		p.journey(t, "a person less")
		for range 60 {
			p.same(t, "a person less", p.any())
		}
		p.sameAudit(t)
	}
}

// TestLeakageIsFound is the control: the same journey, with a difference that its caller may
// read, is not the same.
func TestLeakageIsFound(t *testing.T) {
	tw := newTwins(t, 2)
	nurse, officer := tw.pair(t, "clinician"), tw.pair(t, "police_officer")
	police := tw.readable(t, "police_officer")
	show := get(api.PathPeople + tw.target)
	for _, d := range differences() {
		if strings.HasPrefix(d.items[0], "person.") {
			continue // nobody is shown these
		}
		tw.change.apply(t, d)
		if nurse.askOnce(t, show) == "" {
			t.Errorf("%v: a clinician is answered the same", d)
		}
		if visible := slices.ContainsFunc(d.items, func(key string) bool { return slices.Contains(police, key) }); visible != (officer.askOnce(t, show) != "") {
			t.Errorf("%v: an officer is answered otherwise: %v, want %v", d, !visible, visible)
		}
		tw.change.takeBack(t, d)
	}
	nurse.same(t, "everything taken back", show)
}

// usedInEmergency lets an officer use emergency access in both twins, so that there is
// something to review. Before it and after it they are the same to the officer; while it is
// on they are not, which is what it is for.
func (tw *twins) usedInEmergency(t *testing.T) {
	t.Helper()
	p := tw.pair(t, "police_officer")
	for _, d := range hiddenFrom(tw.readable(t, "police_officer")) {
		if d.String() != "mental_health_diagnosis.primary_diagnosis: not recorded" {
			continue
		}
		tw.change.apply(t, d)
		why := d.String() + " and emergency access"
		p.journey(t, why+" to come")
		person := "/person/" + tw.target
		p.same(t, why, post(person+"/emergency", url.Values{"why": {"too short"}}))
		p.same(t, why, post(person+"/emergency", url.Values{"why": {"Unconscious, the paramedic asks what he takes"}}))
		if p.askOnce(t, get(person)) == "" {
			t.Errorf("%v: emergency access shows no difference", d)
		}
		p.same(t, why+" on", get(person+"/print")) // paper has none of it
		p.same(t, why, post(person+"/emergency/end", nil))
		p.journey(t, why+" over")
		tw.change.takeBack(t, d)
	}
	p.sameAudit(t)
}
