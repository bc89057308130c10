package ca_test

import (
	"context"
	"testing"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
)

// TestReplacedEndsWithItsSuccessor: the grace period of a renewed certificate is no way around
// the revocation of its successor.
func TestReplacedEndsWithItsSuccessor(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	for name, test := range map[string]struct {
		act  func(certs.Ref) error
		want [3]ca.Status // first, second, third of one token
	}{
		"revoke the third":  {func(r certs.Ref) error { return f.Revoke(ctx, r, ca.KeyCompromise, "test") }, [3]ca.Status{ca.Revoked, ca.Revoked, ca.Revoked}},
		"hold the third":    {func(r certs.Ref) error { return f.Hold(ctx, r, "test") }, [3]ca.Status{ca.Superseded, ca.Superseded, ca.Held}},
		"leave it as it is": {func(certs.Ref) error { return nil }, [3]ca.Status{ca.Active, ca.Active, ca.Active}},
	} {
		t.Run(name, func(t *testing.T) {
			refs := [3]certs.Ref{f.Person(t, "Jane Doe").Ref}
			for n := 1; n < len(refs); n++ {
				issued, err := f.Renew(ctx, refs[n-1], catest.Request(t, catest.Key(t)))
				if err != nil {
					t.Fatal(err)
				}
				refs[n] = issued.Ref
			}
			if err := test.act(refs[2]); err != nil {
				t.Fatal(err)
			}
			for n, ref := range refs {
				e, err := f.Get(ctx, ref)
				if err != nil || e.Status != test.want[n] {
					t.Errorf("certificate %d is %s, %v, want %s", n+1, e.Status, err, test.want[n])
				}
			}
		})
	}
	other := f.Person(t, "Jane Doe").Ref
	if e, err := f.Get(ctx, other); err != nil || e.Status != ca.Active {
		t.Errorf("a token of another line is %s, %v", e.Status, err)
	}
}
