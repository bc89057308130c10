package ca_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
)

// members of a token's line, and beside them what one holder may have besides.
const (
	first       = iota // renewed into named and sibling
	named              // what the tests revoke and hold
	sibling            // renews first
	third              // renews named
	fourth             // renews third
	sameKey            // enrolled by itself, with the key of named
	ofSameKey          // renews sameKey, with a key of its own
	other              // enrolled by itself
	memberCount        // how many that makes
)

type line [memberCount]certs.Ref

// line makes what the constants say, all of one holder and all active.
func (f fixture) line(t *testing.T) (l line) {
	t.Helper()
	i, shared := invitation(t), catest.Request(t, catest.Key(t))
	enrol := func(csr []byte) certs.Ref {
		issued, err := f.ask(f.invite(t, i), csr)
		if err != nil {
			t.Fatal(err)
		}
		return issued.Ref
	}
	renew := func(old certs.Ref, csr []byte) certs.Ref {
		issued, err := f.Renew(context.Background(), old, csr, ca.Evidence{})
		if err != nil {
			t.Fatal(err)
		}
		return issued.Ref
	}
	fresh := func() []byte { return catest.Request(t, catest.Key(t)) }
	l[first] = enrol(fresh())
	l[named] = renew(l[first], shared)
	l[sibling] = renew(l[first], fresh())
	l[third] = renew(l[named], fresh())
	l[fourth] = renew(l[third], fresh())
	l[sameKey] = enrol(shared)
	l[ofSameKey] = renew(l[sameKey], fresh())
	l[other] = enrol(fresh())
	return l
}

// TestLineEndsTogether: neither the grace period before a certificate nor renewals after it
// are a way around its end. What a thief made of a copied token goes with the token.
func TestLineEndsTogether(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	revoke := func(n int, r ca.Reason) func(line) error {
		return func(l line) error { return f.Revoke(ctx, l[n], r, "test") }
	}
	hold := func(n int) func(line) error { return func(l line) error { return f.Hold(ctx, l[n], "test") } }
	release := func(n int) func(line) error {
		return func(l line) error { return f.Release(ctx, l[n], "test") }
	}
	sql := func(n int, status string) func(line) error {
		return func(l line) error {
			_, err := f.db.Owner().Exec(ctx, `UPDATE ca.certificate SET status = $1 WHERE serial = $2`, status, l[n].Serial)
			return err
		}
	}
	already := func(act func(line) error) func(line) error {
		return func(l line) error {
			if err := act(l); !errors.Is(err, ca.ErrAlready) {
				t.Errorf("%v, want %v", err, ca.ErrAlready)
			}
			return nil
		}
	}
	const a, h, r, s = certs.Active, certs.Held, certs.Revoked, certs.Superseded
	for _, tt := range []struct {
		name string
		acts []func(line) error
		want [memberCount]certs.Status
	}{ // first, named, sibling, third, fourth; sameKey, ofSameKey, other
		{"nothing", nil, [...]certs.Status{a, a, a, a, a, a, a, a}},
		{"revoke", []func(line) error{revoke(named, ca.CessationOfOperation)}, [...]certs.Status{r, r, r, r, r, a, a, a}},
		{"revoke the first", []func(line) error{revoke(first, ca.CessationOfOperation)}, [...]certs.Status{r, r, r, r, r, a, a, a}},
		{"revoke the last", []func(line) error{revoke(fourth, ca.CessationOfOperation)}, [...]certs.Status{r, r, r, r, r, a, a, a}},
		{"revoke an exposed key", []func(line) error{revoke(named, ca.KeyCompromise)}, [...]certs.Status{r, r, r, r, r, r, r, a}},
		{"revoke another exposed key", []func(line) error{revoke(third, ca.KeyCompromise)}, [...]certs.Status{r, r, r, r, r, a, a, a}},
		{"hold", []func(line) error{hold(named)}, [...]certs.Status{s, h, h, h, h, a, a, a}},
		{"hold the first", []func(line) error{hold(first)}, [...]certs.Status{h, h, h, h, h, a, a, a}},
		{"hold the last", []func(line) error{hold(fourth)}, [...]certs.Status{s, s, h, s, h, a, a, a}},
		{"hold, release", []func(line) error{hold(named), release(named)}, [...]certs.Status{s, a, h, h, h, a, a, a}},
		{"hold, release, hold another", []func(line) error{hold(named), release(named), already(hold(fourth))}, [...]certs.Status{s, s, h, h, h, a, a, a}},
		{"hold, revoke", []func(line) error{hold(named), revoke(third, ca.Unspecified)}, [...]certs.Status{s, r, r, r, r, a, a, a}},
		{"hold, revoke what it superseded", []func(line) error{hold(named), revoke(first, ca.Unspecified)}, [...]certs.Status{r, r, r, r, r, a, a, a}},
		{"the second try to revoke", []func(line) error{sql(named, "revoked"), already(revoke(named, ca.Unspecified))}, [...]certs.Status{r, r, r, r, r, a, a, a}},
		{"the second try to hold", []func(line) error{sql(named, "held"), already(hold(named))}, [...]certs.Status{s, h, h, h, h, a, a, a}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := f.line(t)
			for _, act := range tt.acts {
				if err := act(l); err != nil {
					t.Fatal(err)
				}
			}
			for n, ref := range l {
				if e, err := f.Get(ctx, ref); err != nil || e.Status != tt.want[n] {
					t.Errorf("certificate %d is %s, %v, want %s", n, e.Status, err, tt.want[n])
				}
			}
		})
	}
}

// Each certificate that ends with the one that was named has an act and a reason of its own,
// after it.
func TestLineIsRecorded(t *testing.T) {
	f := newFixture(t)
	l := f.line(t)
	before := len(f.Acts())
	if err := f.Revoke(context.Background(), l[third], ca.PrivilegeWithdrawn, "jane"); err != nil {
		t.Fatal(err)
	}
	var got []certs.Ref
	for _, act := range f.Acts()[before:] {
		if act.What != "revoke" || act.Reason != "privilegeWithdrawn" || act.By != "jane" {
			t.Errorf("act = %+v", act)
		}
		if e, err := f.Get(context.Background(), act.Ref); err != nil || e.Reason != act.Reason || e.StatusBy != act.By {
			t.Errorf("recorded as %+v, %v", e, err)
		}
		got = append(got, act.Ref)
	}
	if want := []certs.Ref{l[third], l[first], l[named], l[sibling], l[fourth]}; !slices.Equal(got, want) {
		t.Errorf("acts on %v, want %v", got, want)
	}
	if n := f.count(t, `SELECT count(*) FROM ca.status_change WHERE number = 1 AND serial = $1`, l[third].Serial); n != 1 {
		t.Error("the named certificate is not the first change")
	}
}

// A thief who renews without end has eight certificates at a time, and loses them all.
func TestRenewalIsBounded(t *testing.T) {
	f := newFixture(t)
	ctx, now := context.Background(), time.Now()
	f.SetNow(func() time.Time { return now })
	i := invitation(t)
	token, bystander := f.Enrol(t, i), f.Enrol(t, i)
	chain := func(ref certs.Ref) (certs.Ref, int) {
		for n := 0; ; n++ {
			issued, err := f.Renew(ctx, ref, catest.Request(t, catest.Key(t)), ca.Evidence{})
			if err != nil {
				wantRefused(t, "a renewal too many", err, ca.TooManyAlive)
				return ref, n
			}
			ref = issued.Ref
		}
	}
	last, n := chain(token.Ref)
	if n != 7 {
		t.Errorf("%d renewals in a row, want 7", n)
	}
	now = now.Add(time.Hour) // and the grace period of all but the last is over
	if n, err := f.Supersede(ctx); err != nil || n != 7 {
		t.Fatalf("Supersede = %d, %v, want 7", n, err)
	}
	if _, n = chain(last); n != 7 {
		t.Errorf("%d renewals in a row, want 7 once the others have ended", n)
	}
	if _, err := f.Renew(ctx, bystander.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{}); err != nil {
		t.Errorf("Renew of another token of the holder = %v", err)
	}
	before := len(f.Acts())
	if err := f.Revoke(ctx, token.Ref, ca.Unspecified, "test"); err != nil {
		t.Fatal(err)
	}
	if n := len(f.Acts()) - before; n != 9 { // the named one, superseded, and eight alive
		t.Errorf("%d certificates revoked, want 9", n)
	}
	if n := f.count(t, `SELECT count(*) FROM ca.certificate WHERE status = 'active'`); n != 2 {
		t.Errorf("%d certificates are active, want the two of the other token", n)
	}
}

// What has expired does not keep a line from being renewed.
func TestExpiredDoNotCount(t *testing.T) {
	f := newFixture(t)
	ctx, now := context.Background(), time.Now()
	f.SetNow(func() time.Time { return now })
	old := f.Person(t, "Jane Doe").Ref
	for range 7 { // siblings, of which none is renewed
		if _, err := f.Renew(ctx, old, catest.Request(t, catest.Key(t)), ca.Evidence{}); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
	}
	last, err := f.List(ctx, 1)
	if err != nil || len(last) != 1 {
		t.Fatal(last, err)
	}
	now = last[0].NotAfter.Add(-time.Second)
	if _, err := f.Renew(ctx, last[0].Ref, catest.Request(t, catest.Key(t)), ca.Evidence{}); err != nil {
		t.Errorf("Renew of the last = %v", err)
	}
}
