package ca_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
)

func TestInventory(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	invite := func(holder, name string) catest.Token {
		return f.Enrol(t, ca.Invitation{Identity: catest.Identity(t, certs.User), Holder: holder, Name: name, By: "test"})
	}
	ann, bob, odd := invite("Ann@Police.example", "Ann Officer"), invite("bob@trust.example", "Bob Nurse"), invite("o_d%d@trust.example", "Odd Ünit")
	site := f.Enrol(t, ca.Invitation{Identity: catest.Identity(t, certs.Site), Holder: "Custody", Name: "Custody", By: "test"})
	node := f.Server(t)
	gone := f.expired(t)
	if err := errors.Join(f.Hold(ctx, bob.Ref, "test"), f.Revoke(ctx, odd.Ref, ca.Unspecified, "test")); err != nil {
		t.Fatal(err)
	}
	names := map[certs.Ref]string{ann.Ref: "ann", bob.Ref: "bob", odd.Ref: "odd", site.Ref: "site", node.Ref: "node", gone: "gone"}
	for _, test := range []struct {
		what   string
		filter ca.Filter
		want   string // in the order of their issue
	}{
		{"a part of a holder in any case", ca.Filter{Text: "POLICE.ex"}, "ann"},
		{"a part of a name in any case", ca.Filter{Text: "nurse"}, "bob"},
		{"beyond ASCII", ca.Filter{Text: "ünit"}, "odd"},
		{"what LIKE takes for a pattern", ca.Filter{Text: "%"}, "odd"},
		{"the other one", ca.Filter{Text: "_d%d"}, "odd"},
		{"a backslash", ca.Filter{Text: `\`}, ""},
		{"six digits of a serial", ca.Filter{Text: ann.Ref.Serial[9:17]}, "ann"},
		{"a serial as certtool has it", ca.Filter{Text: strings.ToUpper(ann.Ref.Serial[:2]) + ":" + ann.Ref.Serial[2:]}, "ann"},
		{"five digits of it", ca.Filter{Text: ann.Ref.Serial[9:14]}, ""},
		{"held", ca.Filter{Status: "held"}, "bob"},
		{"expired", ca.Filter{Status: "expired"}, "gone"},
		{"live", ca.Filter{Status: "live", NoNodes: true}, "ann site"},
		{"an issuer and not the nodes", ca.Filter{Issuer: "sites-1", NoNodes: true}, "site"},
		{"a profile", ca.Filter{Profile: certs.ServerNode}, "node"},
		{"some of an identity", ca.Filter{Confined: true, Identities: []certs.Identity{f.statusOf(t, ann.Ref).Identity, catest.Identity(t, certs.User)}}, "ann"},
		{"of nobody", ca.Filter{Confined: true}, ""},
		{"issued before", ca.Filter{IssuedBefore: time.Now().Add(-time.Hour)}, "gone"},
		{"ends before", ca.Filter{ExpiresBefore: time.Now().Add(40 * 24 * time.Hour), NoNodes: true}, "gone site"},
		{"two conditions", ca.Filter{Text: "trust", Status: "revoked"}, "odd"},
		{"SQL", ca.Filter{Text: "' OR true --", Issuer: "'; DROP TABLE ca.certificate; --"}, ""},
	} {
		found, total, err := f.Inventory(ctx, test.filter, "issued", 50, 0)
		if err != nil {
			t.Fatalf("%s: %v", test.what, err)
		}
		var got []string
		for _, e := range found {
			if name := names[e.Ref]; name != "" {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != test.want || total != len(found) {
			t.Errorf("%s: found %v of %d, want %s", test.what, got, total, test.want)
		}
	}
}

// Every order goes through all, page by page, and each way is the other's reverse.
func TestInventoryPages(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	for n := range 7 {
		ref := f.Person(t, fmt.Sprintf("Person %d", n%3)).Ref
		if n%2 == 0 {
			if err := f.Hold(ctx, ref, "test"); err != nil {
				t.Fatal(err)
			}
		}
	}
	all := f.certificates(t)
	for _, order := range []string{"issued", "expires", "holder", "status", "-issued", "-expires", "-holder", "-status"} {
		seen := map[certs.Ref]bool{}
		var statuses []string
		for offset := 0; offset < all; offset += 2 {
			page, total, err := f.Inventory(ctx, ca.Filter{}, order, 2, offset)
			if err != nil || total != all {
				t.Fatalf("%s from %d: %d of %d, %v", order, offset, len(page), total, err)
			}
			for _, e := range page {
				seen[e.Ref] = true
				statuses = append(statuses, string(e.Status))
			}
		}
		if len(seen) != all {
			t.Errorf("%s: the pages hold %d certificates, want %d", order, len(seen), all)
		}
		if sorted := slices.IsSorted(statuses); order == "status" && !sorted {
			t.Errorf("by status: %v", statuses)
		}
	}
	if _, _, err := f.Inventory(ctx, ca.Filter{}, "name; DROP TABLE", 2, 0); err == nil {
		t.Error("Inventory took an order that it does not know")
	}
	var each []certs.Ref
	if err := f.Each(ctx, ca.Filter{Status: "held"}, func(batch []ca.Entry) error {
		for _, e := range batch {
			each = append(each, e.Ref)
		}
		return nil
	}); err != nil || len(each) != 4 {
		t.Errorf("Each gave %v, %v, want four", each, err)
	}
	stop := errors.New("enough")
	if err := f.Each(ctx, ca.Filter{}, func([]ca.Entry) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Each = %v, want %v", err, stop)
	}
}

func TestLineAndHistory(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	first := f.Person(t, "A")
	second, err := f.Renew(ctx, first.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	third, err := f.Renew(ctx, second.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	f.Person(t, "Another")
	line, err := f.LineOf(ctx, second.Ref)
	if err != nil || len(line) != 2 || line[0].Ref != first.Ref || line[1].Ref != third.Ref {
		t.Errorf("LineOf = %v, %v, want %v and %v", line, err, first.Ref, third.Ref)
	}
	if err := errors.Join(f.Hold(ctx, third.Ref, "test"), f.Release(ctx, third.Ref, "test")); err != nil {
		t.Fatal(err)
	}
	history, err := f.History(ctx, third.Ref)
	var got []string
	for _, c := range history {
		got = append(got, string(c.Status))
	}
	if diff := cmp.Diff([]string{"held", "active"}, got); err != nil || diff != "" {
		t.Errorf("History: %v, -want +got:\n%s", err, diff)
	}
	if der, err := f.DER(ctx, first.Ref); err != nil || !slices.Equal(der, first.Certificate.Raw) {
		t.Errorf("DER = %d bytes, %v", len(der), err)
	}
	if _, err := f.DER(ctx, certs.Ref{Issuer: "people-1", Serial: "00"}); !errors.Is(err, ca.ErrUnknown) {
		t.Errorf("DER of none = %v, want %v", err, ca.ErrUnknown)
	}
}

// What has lapsed is what ended with nothing good after it.
func TestEndsAndLapsed(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	start := time.Now()
	renewed, left := f.Person(t, "Renewed"), f.Person(t, "Left")
	later := start.Add(80 * 24 * time.Hour)
	f.SetNow(func() time.Time { return later })
	if _, err := f.Renew(ctx, renewed.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{}); err != nil {
		t.Fatal(err)
	}
	ends, err := f.EndsByWeek(ctx, ca.Filter{Status: "live", ExpiresFrom: later.Truncate(24 * time.Hour)}, 13)
	var weeks []int
	for _, e := range ends {
		weeks = append(weeks, e.Week)
		if e.Kind != "user" || e.Profile != "person-software" {
			t.Errorf("ends = %+v", e)
		}
	}
	if diff := cmp.Diff([]int{1, 12}, weeks); err != nil || diff != "" {
		t.Errorf("EndsByWeek: %v, -want +got:\n%s", err, diff)
	}
	f.SetNow(func() time.Time { return left.Certificate.NotAfter.Add(time.Hour) })
	if n, err := f.Lapsed(ctx, ca.Filter{Status: "expired", NoNodes: true}); n != 1 || err != nil {
		t.Errorf("Lapsed = %d, %v, want 1", n, err)
	}
	live, err := f.Live(ctx, f.identities(t, []certs.Ref{renewed.Ref, left.Ref}))
	if err != nil || len(live) != 1 || live[0] != f.statusOf(t, renewed.Ref).Identity {
		t.Errorf("Live = %v, %v, want who renewed", live, err)
	}
}

// A token is destroyed once, when it is dead, at a time between its end and now.
func TestMarkDestroyed(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	live, held, revoked := f.Person(t, "A").Ref, f.Person(t, "B").Ref, f.Person(t, "C").Ref
	if err := errors.Join(f.Hold(ctx, held, "test"), f.Revoke(ctx, revoked, ca.Unspecified, "test")); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, test := range []struct {
		what string
		ref  certs.Ref
		at   time.Time
		want error
	}{
		{"a live one", live, now, ca.ErrNotAllowed},
		{"one on hold", held, now, ca.ErrNotAllowed},
		{"none", certs.Ref{Issuer: "people-1", Serial: "00"}, now, ca.ErrUnknown},
		{"before it began", revoked, now.Add(-48 * time.Hour), ca.ErrNotAllowed},
		{"before it was revoked", revoked, now.Add(-6 * time.Minute), ca.ErrNotAllowed},
		{"tomorrow", revoked, now.Add(24 * time.Hour), ca.ErrNotAllowed},
		{"by a clock that is a little fast", revoked, now.Add(5 * time.Minute), nil},
		{"again", revoked, now, ca.ErrAlready},
	} {
		if err := f.MarkDestroyed(ctx, test.ref, test.at); !errors.Is(err, test.want) {
			t.Errorf("%s: MarkDestroyed = %v, want %v", test.what, err, test.want)
		}
	}
	if got := f.statusOf(t, revoked).Destroyed; got.IsZero() || got.After(time.Now()) {
		t.Errorf("it was destroyed at %s, want a time that has passed", got)
	}
	acts := f.Acts()
	if last := acts[len(acts)-1]; last.What != "destroy" || last.Ref != revoked {
		t.Errorf("the last act = %+v, want the destruction", last)
	}
}
