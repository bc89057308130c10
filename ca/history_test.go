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
	"github.com/google/go-cmp/cmp/cmpopts"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
	"mais/internal/pg"
)

// A certificate's history says of each change who made it, why, and by which plan with which
// note; what went along with another has no plan.
func TestHistorySaysWhoAndWhy(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	token := f.Person(t, "Jane Doe")
	renewed, err := f.Renew(ctx, token.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{})
	must(t, err)
	by := catest.Identity(t, certs.User)
	run := func(p ca.Plan) string {
		t.Helper()
		id := f.planned(t, p, renewed.Ref.Serial)
		must(t, f.ConfirmPlan(ctx, id, 1, ca.Confirmation{By: by, As: json.RawMessage(`{}`), Preview: json.RawMessage(`{}`)}))
		f.carryOut(t, id)
		return id
	}
	hold := run(ca.Plan{Act: "hold", Note: "lost at the gym"})
	must(t, f.Release(ctx, renewed.Ref, "operator root"))
	revoke := run(ca.Plan{Act: "revoke", Reason: ca.KeyCompromise, Note: "found in other hands"})
	got, err := f.History(ctx, renewed.Ref)
	must(t, err)
	want := []ca.Past{
		{Status: certs.Held, By: by.String(), Plan: hold, Note: "lost at the gym"},
		{Status: certs.Active, By: "operator root"},
		{Status: certs.Revoked, Reason: "keyCompromise", By: by.String(), Plan: revoke, Note: "found in other hands"},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(ca.Past{}, "Number", "At")); diff != "" {
		t.Errorf("History (-want +got):\n%s", diff)
	}
	along, err := f.History(ctx, token.Ref)
	if err != nil || len(along) == 0 || slices.ContainsFunc(along, func(p ca.Past) bool { return p.Plan != "" || p.By != by.String() }) {
		t.Errorf("the history of what went along = %+v, %v, want who did it and no plan", along, err)
	}
}

// Receipts of earlier changes can be had by their number; of another certificate's they cannot.
func TestReceiptOfAnEarlierChange(t *testing.T) {
	f := newFixture(t)
	signs(t, f.CA)
	f.Follow(t)
	ctx := context.Background()
	token, other := f.Person(t, "Jane Doe"), f.Person(t, "Another")
	since := time.Now().Add(-time.Hour)
	id := f.planned(t, ca.Plan{Act: "revoke", Reason: ca.KeyCompromise, Since: since}, token.Ref.Serial)
	must(t, f.Hold(ctx, token.Ref, "first"), f.Release(ctx, token.Ref, "second"), f.Hold(ctx, other.Ref, "test"))
	f.confirm(t, id)
	f.carryOut(t, id)
	history, err := f.History(ctx, token.Ref)
	must(t, err)
	for n, want := range []ca.Receipt{
		{Status: certs.Held, Reason: "certificateHold", By: "first"},
		{Status: certs.Active, By: "second"},
		{Status: certs.Revoked, Reason: "keyCompromise", By: history[2].By},
	} {
		_, r, err := f.ReceiptOf(ctx, token.Ref, history[n].Number)
		if got := (ca.Receipt{Status: r.Status, Reason: r.Reason, By: r.By}); err != nil || !cmp.Equal(want, got) || r.By == "" ||
			r.Number != history[n].Number || !r.Final || (r.InvalidityDate != nil) != (want.Status == certs.Revoked) {
			t.Errorf("the receipt of change %d = %+v, %v, want it final and %+v", history[n].Number, r, err, want)
		}
	}
	theirs, err := f.History(ctx, other.Ref)
	must(t, err)
	for _, number := range []int64{theirs[0].Number, 1 << 40, 0, -1} {
		if _, r, err := f.ReceiptOf(ctx, token.Ref, number); !errors.Is(err, ca.ErrUnknown) {
			t.Errorf("the receipt of change %d = %+v, %v, want %v", number, r, err, ca.ErrUnknown)
		}
	}
}

// A change of which its own row does not say why and by whom is told by what the certificate says
// while it is the last, and is never told by what came after it.
func TestReceiptOfAnUndescribedChange(t *testing.T) {
	f := newFixture(t)
	signs(t, f.CA)
	f.Follow(t)
	ctx := context.Background()
	token := f.Person(t, "Jane Doe")
	must(t, f.Hold(ctx, token.Ref, "first"), f.Release(ctx, token.Ref, "second"), f.Hold(ctx, token.Ref, "third"))
	f.rewriteChanges(t, `UPDATE ca.status_change SET reason = NULL, status_by = NULL`)
	history, err := f.History(ctx, token.Ref)
	must(t, err)
	for n, want := range []ca.Receipt{{Status: certs.Held}, {Status: certs.Active}, {Status: certs.Held, Reason: "certificateHold", By: "third"}} {
		_, r, err := f.ReceiptOf(ctx, token.Ref, history[n].Number)
		if got := (ca.Receipt{Status: r.Status, Reason: r.Reason, By: r.By}); err != nil || !cmp.Equal(want, got) {
			t.Errorf("the receipt of change %d = %+v, %v, want %+v", history[n].Number, got, err, want)
		}
	}
}

// rewriteChanges does what no login of the service can.
func (f *fixture) rewriteChanges(t *testing.T, statement string) {
	t.Helper()
	must(t, f.db.Owner().Transact(context.Background(), func(tx *pg.Tx) (err error) {
		for _, s := range []string{`ALTER TABLE ca.status_change DISABLE TRIGGER keep`, statement, `ALTER TABLE ca.status_change ENABLE ALWAYS TRIGGER keep`} {
			_, failed := tx.Exec(context.Background(), s)
			err = errors.Join(err, failed)
		}
		return err
	}))
}

// A database whose clock stood back for one change keeps what nodes acknowledged of the changes
// before and after it: the floor stays below the first that is young.
func TestSweepReceiptsAfterAWrongClock(t *testing.T) {
	f := newFixture(t)
	signs(t, f.CA)
	f.Follow(t)
	ctx := context.Background()
	before, during, after := f.Person(t, "A"), f.Person(t, "B"), f.Person(t, "C")
	must(t, f.Hold(ctx, before.Ref, "test"), f.Hold(ctx, during.Ref, "test"), f.Hold(ctx, after.Ref, "test"))
	history, err := f.History(ctx, during.Ref)
	must(t, err)
	wrong := history[0].Number
	f.rewriteChanges(t, fmt.Sprintf(`UPDATE ca.status_change SET at = '2020-01-01' WHERE number = %d`, wrong))
	if gone, err := f.SweepReceipts(ctx, 35*24*time.Hour); gone != 0 || err != nil {
		t.Errorf("SweepReceipts = %d, %v, want none", gone, err)
	}
	if _, err := f.db.Owner().Exec(ctx, `UPDATE ca.receipt_floor SET number = $1`, wrong); err == nil {
		t.Error("the floor was raised above a change that is young")
	}
	if _, r, err := f.ReceiptWait(ctx, before.Ref); err != nil || !r.Final {
		t.Errorf("the receipt of the change before = %+v, %v, want it final", r, err)
	}
}

// What nodes acknowledged is forgotten with the receipts that could be made of it, after their
// time and never before; a receipt that was made stays, and none is made that would say that a
// node was silent which was not.
func TestSweepReceipts(t *testing.T) {
	f := newFixture(t)
	signs(t, f.CA)
	f.Follow(t)
	ctx := context.Background()
	old, fetched, fresh := f.Person(t, "A"), f.Person(t, "B"), f.Person(t, "C")
	must(t, f.Hold(ctx, old.Ref, "test"), f.Hold(ctx, fetched.Ref, "test"))
	before, _, err := f.ReceiptWait(ctx, fetched.Ref)
	must(t, err)
	if gone, err := f.SweepReceipts(ctx, time.Nanosecond); gone != 0 || err != nil {
		t.Errorf("SweepReceipts of what is new = %d, %v, want none", gone, err)
	}
	for _, statement := range []string{`DELETE FROM ca.acknowledgement`, `UPDATE ca.acknowledgement SET at = now()`, `UPDATE ca.receipt_floor SET number = 1`, `DELETE FROM ca.receipt_floor`} {
		if _, err := f.db.Owner().Exec(ctx, statement); err == nil {
			t.Errorf("%s was let through", statement)
		}
	}
	f.rewriteChanges(t, `UPDATE ca.status_change SET at = at - interval '40 days'`)
	must(t, f.Hold(ctx, fresh.Ref, "test"))
	had := f.count(t, `SELECT count(*) FROM ca.acknowledgement`)
	if gone, err := f.SweepReceipts(ctx, 50*24*time.Hour); gone != 0 || err != nil {
		t.Errorf("SweepReceipts within their time = %d, %v, want none", gone, err)
	}
	gone, err := f.SweepReceipts(ctx, 35*24*time.Hour)
	if left := f.count(t, `SELECT count(*) FROM ca.acknowledgement`); err != nil || gone == 0 || left != had-int(gone) || left == 0 {
		t.Errorf("SweepReceipts = %d, %v, of %d are left %d; want the old ones gone", gone, err, had, left)
	}
	if _, r, err := f.ReceiptWait(ctx, old.Ref); !errors.Is(err, ca.ErrNotAllowed) {
		t.Errorf("the receipt of what is forgotten = %+v, %v, want %v", r, err, ca.ErrNotAllowed)
	}
	if after, _, err := f.ReceiptWait(ctx, fetched.Ref); err != nil || after != before {
		t.Errorf("the receipt that was made before = %v, want it as it was", err)
	}
	if _, r, err := f.ReceiptWait(ctx, fresh.Ref); err != nil || !r.Final || len(r.Nodes) != 1 || r.Nodes[0].RefusedFrom == nil {
		t.Errorf("the receipt of what is new = %+v, %v, want it final with a node that refuses", r, err)
	}
}
