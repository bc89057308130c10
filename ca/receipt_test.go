package ca_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/ca"
	"mais/ca/catest"
	"mais/ca/feed"
	"mais/ca/internal/store"
	"mais/certs"
	"mais/certs/receipt"
)

// signs makes a node sign receipts.
func signs(t testing.TB, n *catest.CA) {
	t.Helper()
	if err := n.Respond(context.Background(), catest.Identity(t, certs.Server)); err != nil {
		t.Fatal(err)
	}
}

// verified returns what a receipt says to whoever has the root.
func verified(t testing.TB, n *catest.CA, jws string) (r ca.Receipt) {
	t.Helper()
	got, err := receipt.Verify(jws, n.Root(), time.Now())
	if err == nil {
		err = json.Unmarshal(got.Payload, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// names returns the nodes of a receipt that refused, and those that were silent.
func names(r ca.Receipt) (refused, silent, open []string) {
	for _, n := range r.Nodes {
		switch {
		case n.RefusedFrom != nil:
			refused = append(refused, n.Node)
		case n.SilentFrom != nil:
			silent = append(silent, n.Node)
		default:
			open = append(open, n.Node)
		}
	}
	return refused, silent, open
}

// TestReceipt: three nodes refuse, and the receipt says since when.
func TestReceipt(t *testing.T) {
	f := newFixture(t)
	f.Follow(t)
	signs(t, f.CA)
	f.node(t, "second")
	f.node(t, "third")
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	if _, _, err := f.Receipt(ctx, token.Ref); !errors.Is(err, ca.ErrNotAllowed) {
		t.Errorf("Receipt of what never changed = %v, want %v", err, ca.ErrNotAllowed)
	}
	if err := f.Hold(ctx, token.Ref, "warden"); err != nil {
		t.Fatal(err)
	}
	if err := f.Revoke(ctx, token.Ref, ca.KeyCompromise, "jailer"); err != nil {
		t.Fatal(err)
	}
	jws, r, err := f.ReceiptWait(ctx, token.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if got := verified(t, f.CA, jws); cmp.Diff(got, r) != "" {
		t.Errorf("the receipt says something else than was returned: %s", cmp.Diff(got, r))
	}
	want := ca.Receipt{
		Issuer: token.Ref.Issuer, Serial: token.Ref.Serial, Status: certs.Revoked, Reason: "keyCompromise", By: "jailer", Number: 2, Final: true,
		CommittedAt: r.CommittedAt, Nodes: r.Nodes, IssuedAt: r.IssuedAt,
	}
	if cmp.Diff(want, r) != "" {
		t.Errorf("the receipt: %s", cmp.Diff(want, r))
	}
	refused, _, _ := names(r)
	if !slices.Equal(refused, []string{"second", "test", "third"}) {
		t.Fatalf("refused by %v, want all three", refused)
	}
	for _, n := range r.Nodes {
		if n.RefusedFrom.Before(r.CommittedAt) || *n.Millis != n.RefusedFrom.Sub(r.CommittedAt).Milliseconds() {
			t.Errorf("%s refuses from %s, %d ms after %s", n.Node, n.RefusedFrom, *n.Millis, r.CommittedAt)
		}
		t.Logf("%s refused %d ms after the commit", n.Node, *n.Millis)
	}
	again, _, err := f.Receipt(ctx, token.Ref)
	if err != nil || again != jws {
		t.Errorf("the final receipt changes: %v", err)
	}
	if _, _, err := f.Receipt(ctx, certs.Ref{Issuer: "people-1", Serial: certs.SerialHex(certs.NewSerial())}); !errors.Is(err, ca.ErrUnknown) {
		t.Errorf("Receipt of a serial never issued = %v, want %v", err, ca.ErrUnknown)
	}
}

// TestReceiptSaysWhoAndWhy: as committed, whoever did it and however.
func TestReceiptSaysWhoAndWhy(t *testing.T) {
	f := newFixture(t)
	f.Follow(t)
	signs(t, f.CA)
	var by, login string
	ctx := context.Background()
	if err := f.db.Owner().QueryRow(ctx, `SELECT session_user`).Scan(&login); err != nil {
		t.Fatal(err)
	}
	sql := func(set string) func(catest.Token) error {
		return func(token catest.Token) error {
			_, err := f.db.Owner().Exec(ctx, `UPDATE ca.certificate SET status = 'revoked'`+set+` WHERE serial = $1`, token.Ref.Serial)
			return err
		}
	}
	for what, tt := range map[string]struct {
		act        func(catest.Token) error
		reason, by string
	}{
		"a plan": {func(token catest.Token) error {
			id := f.planned(t, ca.Plan{Act: "revoke", Reason: ca.KeyCompromise}, token.Ref.Serial)
			f.confirm(t, id)
			f.carryOut(t, id)
			plan, err := f.GetPlan(ctx, id)
			by = plan.Confirmed.By.String()
			return err
		}, "keyCompromise", ""},
		"SQL that says it":   {sql(`, reason = 9, status_by = 'jailer'`), "privilegeWithdrawn", "jailer"},
		"SQL that does not":  {sql(``), "unspecified", login},
		"another revocation": {func(token catest.Token) error { return f.Revoke(ctx, token.Ref, ca.CessationOfOperation, "warden") }, "cessationOfOperation", "warden"},
	} {
		token := f.Person(t, "Jane Doe")
		if err := f.Hold(ctx, token.Ref, "warden"); err != nil {
			t.Fatal(err)
		}
		by = tt.by
		if err := tt.act(token); err != nil {
			t.Fatal(err)
		}
		if _, r, err := f.ReceiptWait(ctx, token.Ref); err != nil || r.Status != certs.Revoked || r.Reason != tt.reason || r.By != by {
			t.Errorf("the receipt of %s is %+v, %v, want %s by %q", what, r, err, tt.reason, by)
		}
	}
}

// TestReceiptOfANodeThatSaidNothingYet: it answered by what was before the change and had not
// written down where it began when the change came.
func TestReceiptOfANodeThatSaidNothingYet(t *testing.T) {
	f := newFixture(t)
	signs(t, f.CA)
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	f.Feed().CatchUp(ctx, 1) // one look
	if status, err := statusOf(f.Feed(), token); err != nil || status != certs.Active {
		t.Fatalf("Status = %v, %v, want active", status, err)
	}
	if err := f.Revoke(ctx, token.Ref, ca.Unspecified, "test"); err != nil {
		t.Fatal(err)
	}
	f.Follow(t)
	_, r, err := f.ReceiptWait(ctx, token.Ref)
	if refused, _, _ := names(r); err != nil || !r.Final || !slices.Equal(refused, []string{"test"}) {
		t.Errorf("ReceiptWait = %+v, %v, want it final and about this node", r, err)
	}
}

// TestReceiptReadsNoneThatCrashedLongBefore: neither are they asked of the database again.
func TestReceiptReadsNoneThatCrashedLongBefore(t *testing.T) {
	f := newFixture(t)
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	_, err := f.db.Owner().Exec(ctx, `INSERT INTO ca.node (instance, name, issuers, stale_after, lease_until)
		SELECT gen_random_uuid(), 'crashed ' || ago, '{}', '3s', now() - ago * interval '1 second' FROM unnest(ARRAY[4, 100]) AS t (ago)`)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Revoke(ctx, token.Ref, ca.Unspecified, "test"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		steady time.Duration // of the database's clock: not for long enough, nothing is concluded
		want   int
	}{{0, 2}, {6 * time.Second, 2}, {7 * time.Second, 0}} {
		found, err := store.Witnesses(ctx, f.db.Owner(), 1, tt.steady)
		if err != nil || len(found) != tt.want {
			t.Errorf("Witnesses with a clock steady for %s = %+v, %v, want %d", tt.steady, found, err, tt.want)
		}
	}
}

// A node that vanishes without a word closes itself, and the receipt waits for that and says so.
func TestReceiptOfASilentNode(t *testing.T) {
	const stale = time.Second
	f := newFixture(t)
	f.Follow(t)
	signs(t, f.CA)
	lost := f.opened(t, "lost", func(o *ca.Options) { o.StaleAfter = stale })
	stuck := make(chan bool)
	lost.Feed().OnChange(func(feed.Change) { <-stuck }) // as if its machine stood still while it ended connections
	lost.Follow(t)
	t.Cleanup(func() { close(stuck) }) // before Follow's
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	eventually(t, "both have begun", func() bool { return f.count(t, `SELECT count(*) FROM ca.node WHERE began = 0`) == 2 })
	if err := f.Revoke(ctx, token.Ref, ca.Unspecified, "test"); err != nil {
		t.Fatal(err)
	}
	jws, r, err := f.Receipt(ctx, token.Ref)
	if refused, _, open := names(r); err != nil || r.Final || !slices.Equal(refused, []string{"test"}) || !slices.Equal(open, []string{"lost"}) {
		t.Fatalf("at first the receipt is %+v, %v", r, err)
	}
	if verified(t, f.CA, jws).Final {
		t.Error("a receipt that is not final says that it is")
	}
	_, r, err = f.ReceiptWait(ctx, token.Ref)
	refused, silent, _ := names(r)
	if err != nil || !r.Final || !slices.Equal(refused, []string{"test"}) || !slices.Equal(silent, []string{"lost"}) {
		t.Fatalf("in the end the receipt is %+v, %v", r, err)
	}
	if status, err := statusOf(lost.Feed(), token); !errors.Is(err, ca.ErrStale) {
		t.Errorf("Status by the lost node once it is called silent = %v, %v, want %v", status, err, ca.ErrStale)
	}
	for _, n := range r.Nodes {
		if n.SilentFrom != nil && n.SilentFrom.Sub(r.CommittedAt) < stale {
			t.Errorf("%s is called silent %s after the commit, before it was stale", n.Node, n.SilentFrom.Sub(r.CommittedAt))
		}
	}
}

// Whoever waits in vain gets what is known when their patience ends.
func TestReceiptWaitEnds(t *testing.T) {
	f := newFixture(t)
	f.Follow(t)
	signs(t, f.CA)
	token := f.Person(t, "Jane Doe")
	_, err := f.db.Owner().Exec(context.Background(), `INSERT INTO ca.node (instance, name, issuers, stale_after, lease_until)
		VALUES (gen_random_uuid(), 'about to look', '{}', '1 hour', now() + interval '59 minutes')`)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Revoke(context.Background(), token.Ref, ca.Unspecified, "test"); err != nil {
		t.Fatal(err)
	}
	var r ca.Receipt
	for wait := 30 * time.Millisecond; ; wait *= 2 { // the first look alone may take as long
		ctx, stop := context.WithTimeout(context.Background(), wait)
		_, r, err = f.ReceiptWait(ctx, token.Ref)
		stop()
		if wait > time.Minute || err == nil {
			break
		}
	}
	if _, _, open := names(r); err != nil || r.Final || !slices.Equal(open, []string{"about to look"}) {
		t.Errorf("ReceiptWait in vain = %+v, %v", r, err)
	}
	// It looks now, and so begins with the change: it never answered by less.
	if _, err := f.db.Owner().Exec(context.Background(), `UPDATE ca.node SET began = 1, number = 1 WHERE name = 'about to look'`); err != nil {
		t.Fatal(err)
	}
	_, r, err = f.Receipt(context.Background(), token.Ref)
	if refused, _, _ := names(r); err != nil || !r.Final || !slices.Equal(refused, []string{"test"}) {
		t.Errorf("Receipt after the other's first look = %+v, %v, want it final and about this node", r, err)
	}
}

// Nodes that began after a change, or ended before it, did not live at its commit; one that
// ended after it, without a word about it, had closed itself.
func TestReceiptNamesWhoLived(t *testing.T) {
	f := newFixture(t)
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	_, err := f.db.Owner().Exec(ctx, `INSERT INTO ca.node (instance, name, issuers, stale_after, lease_until)
			SELECT gen_random_uuid(), name, '{}', '1 hour', now() + interval '59 minutes' FROM unnest(ARRAY['ended before', 'ended after']) AS t (name);
		UPDATE ca.node SET began = 0, number = 0;
		UPDATE ca.node SET ended_at = now() WHERE name = 'ended before'`)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Revoke(ctx, token.Ref, ca.Unspecified, "test"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.db.Owner().Exec(ctx, `UPDATE ca.node SET ended_at = now() WHERE name = 'ended after'`); err != nil {
		t.Fatal(err)
	}
	f.Follow(t) // begins after the change
	signs(t, f.CA)
	eventually(t, "it has begun", func() bool { return f.count(t, `SELECT count(*) FROM ca.node WHERE began = 1`) == 1 })
	_, r, err := f.Receipt(ctx, token.Ref)
	refused, silent, open := names(r)
	if got := fmt.Sprint(refused, silent, open, r.Final, err); got != "[] [ended after] [] true <nil>" {
		t.Errorf("the receipt is about %s", got)
	}
}

// A receipt that somebody put into the database is not handed on.
func TestReceiptIsNotBelievedFromTheDatabase(t *testing.T) {
	f := newFixture(t)
	f.Follow(t)
	signs(t, f.CA)
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	if err := f.Revoke(ctx, token.Ref, ca.Unspecified, "test"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.db.Owner().Exec(ctx, `INSERT INTO ca.receipt (number, jws) VALUES (1, 'e30.e30.e30')`); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Receipt(ctx, token.Ref); !errors.Is(err, receipt.ErrInvalid) {
		t.Errorf("Receipt = %v, want %v", err, receipt.ErrInvalid)
	}
}

// Nor is a genuine one of another change, of this certificate or of another.
func TestReceiptIsOfWhatWasAsked(t *testing.T) {
	f := newFixture(t)
	f.Follow(t)
	signs(t, f.CA)
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	if err := f.Hold(ctx, token.Ref, "test"); err != nil {
		t.Fatal(err)
	}
	held, _, err := f.ReceiptWait(ctx, token.Ref)
	if err != nil {
		t.Fatal(err)
	}
	other := f.Person(t, "John Doe")
	for n, what := range []struct {
		ref certs.Ref
		act error
	}{{other.Ref, f.Hold(ctx, other.Ref, "test")}, {token.Ref, f.Release(ctx, token.Ref, "test")}} {
		if what.act != nil {
			t.Fatal(what.act)
		}
		if _, err := f.db.Owner().Exec(ctx, `INSERT INTO ca.receipt (number, jws) VALUES ($1, $2)`, n+2, held); err != nil {
			t.Fatal(err)
		}
		if jws, _, err := f.Receipt(ctx, what.ref); !errors.Is(err, receipt.ErrInvalid) || jws != "" {
			t.Errorf("Receipt of change %d = %.20q, %v, want %v", n+2, jws, err, receipt.ErrInvalid)
		}
	}
}

// Without a node's identity nothing is signed, and nothing is made up.
func TestReceiptWithoutASigner(t *testing.T) {
	f := newFixture(t)
	f.Follow(t)
	ctx, token := context.Background(), f.Person(t, "Jane Doe")
	if err := f.Revoke(ctx, token.Ref, ca.Unspecified, "test"); err != nil {
		t.Fatal(err)
	}
	if jws, _, err := f.Receipt(ctx, token.Ref); !errors.Is(err, ca.ErrStale) || jws != "" {
		t.Errorf("Receipt = %q, %v, want %v", jws, err, ca.ErrStale)
	}
}
