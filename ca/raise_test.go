package ca_test

import (
	"context"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
)

// raise revokes by a plan for keyCompromise what was revoked for less.
func (f fixture) raise(t *testing.T, ref certs.Ref, since time.Time) {
	t.Helper()
	id := f.planned(t, ca.Plan{Act: "revoke", Reason: ca.KeyCompromise, Since: since}, ref.Serial)
	f.confirm(t, id)
	f.carryOut(t, id)
}

// A raise tells relying parties the reason and since when the key was in other hands; the certificate stays revoked since it was.
func TestRaiseIsTold(t *testing.T) {
	f := newResponder(t)
	signs(t, f.CA)
	ctx := context.Background()
	token := f.Person(t, "Jane Doe")
	must(t, f.Revoke(ctx, token.Ref, ca.ReasonSuperseded, "first"))
	before := f.statusOf(t, token.Ref)
	if got := f.stands(t, token); got != "revoked superseded" {
		t.Fatalf("OCSP says %q", got)
	}
	since := before.NotBefore.Add(time.Second).UTC()
	f.raise(t, token.Ref, since)

	if got := f.stands(t, token); got != "revoked keyCompromise" {
		t.Errorf("OCSP says %q, want revoked keyCompromise", got)
	}
	entry := f.shard(t, token.Certificate).RevokedCertificateEntries[0]
	if entry.ReasonCode != int(ca.KeyCompromise) || !entry.RevocationTime.Equal(before.StatusAt.UTC().Truncate(time.Second)) || !invalidSince(t, entry).Equal(since) {
		t.Errorf("the list has %+v, want keyCompromise, revoked at %s, invalid since %s", entry, before.StatusAt, since)
	}
	if after := f.statusOf(t, token.Ref); !after.StatusAt.Equal(before.StatusAt) || after.RaisedAt.Before(before.StatusAt) || after.StatusBy == "first" || !after.Since.Equal(since) {
		t.Errorf("the inventory has %+v", after)
	}
	acts := f.Acts()
	if last := acts[len(acts)-1]; last.What != "revoke" || last.Reason != "keyCompromise" || !strings.Contains(last.Note, "revoked before") || !strings.Contains(last.Note, "superseded") {
		t.Errorf("the act = %+v, want it to say what was before", last)
	}
	f.wantTwoReceipts(t, token)
}

// wantTwoReceipts looks at what is said of a certificate that was revoked as superseded, and then raised.
func (f fixture) wantTwoReceipts(t *testing.T, token catest.Token) {
	t.Helper()
	history, err := f.History(context.Background(), token.Ref)
	if err != nil || len(history) != 2 {
		t.Fatalf("History = %+v, %v, want the revocation and the raise", history, err)
	}
	for n, want := range []struct{ reason, from string }{{"superseded", ""}, {"keyCompromise", "superseded"}} {
		_, r, err := f.ReceiptOf(context.Background(), token.Ref, history[n].Number)
		if err != nil || !r.Final || r.Reason != want.reason || r.RaisedFrom != want.from || (r.InvalidityDate != nil) != (n == 1) || r.FirstAt != nil {
			t.Errorf("receipt %d = %+v, %v, want it for %s", n, r, err, want.reason)
		}
	}
	if history[0].Reason != "superseded" || history[1].Reason != "keyCompromise" || history[1].RaisedFrom != "superseded" || history[0].By == history[1].By {
		t.Errorf("History = %+v, want superseded and then keyCompromise", history)
	}
}

// invalidSince returns what an entry of a list says.
func invalidSince(t *testing.T, e x509.RevocationListEntry) (at time.Time) {
	t.Helper()
	for _, x := range e.Extensions {
		if x.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 24}) {
			if _, err := asn1.UnmarshalWithParams(x.Value, &at, "generalized"); err != nil {
				t.Fatal(err)
			}
		}
	}
	return at
}

// openssl, as a relying party, reads reason and date of what was raised.
func TestOpenSSLReadsARaise(t *testing.T) {
	f := newFixture(t)
	token := f.Person(t, "Jane Doe").Ref
	must(t, f.Revoke(context.Background(), token, ca.ReasonSuperseded, "test"))
	f.raise(t, token, f.statusOf(t, token).NotBefore.Add(time.Second))
	file := filepath.Join(t.TempDir(), "people.crl")
	must(t, os.WriteFile(file, f.list(t, "people").Raw, 0o600))
	text, err := exec.Command("openssl", "crl", "-inform", "DER", "-in", file, "-noout", "-text").CombinedOutput()
	for _, want := range []string{"Key Compromise", "Invalidity Date"} {
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("openssl crl does not say %s: %v\n%s", want, err, text)
		}
	}
}

// A raise is for the key too: it is never certified again, and what else has it ends.
func TestRaiseEndsTheKey(t *testing.T) {
	f := newFixture(t)
	ctx, i := context.Background(), invitation(t)
	key := catest.Key(t)
	first, err := f.ask(f.invite(t, i), catest.Request(t, key))
	must(t, err, f.Revoke(ctx, first.Ref, ca.CessationOfOperation, "test"))
	second, err := f.ask(f.invite(t, i), catest.Request(t, key))
	if err != nil {
		t.Fatalf("the key of a certificate that was no longer needed is refused: %v", err)
	}
	must(t, f.Revoke(ctx, first.Ref, ca.KeyCompromise, "test"))
	if got := f.statusOf(t, second.Ref); got.Status != certs.Revoked || got.Reason != "keyCompromise" {
		t.Errorf("another certificate with the key is %s for %q", got.Status, got.Reason)
	}
	if _, err := f.ask(f.invite(t, i), catest.Request(t, key)); !errors.Is(err, ca.ErrRefused) {
		t.Errorf("the key is certified again: %v", err)
	}
	if err := f.Revoke(ctx, first.Ref, ca.KeyCompromise, "test"); !errors.Is(err, ca.ErrAlready) {
		t.Errorf("a second raise = %v, want %v", err, ca.ErrAlready)
	}
}

// The schema takes this one change of a reason, from plain SQL too, which is then who did it.
func TestRaiseSchema(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	lesser, raised := f.Person(t, "a").Ref, f.Person(t, "b").Ref
	must(t, f.Revoke(ctx, lesser, ca.ReasonSuperseded, "test"), f.Revoke(ctx, raised, ca.ReasonSuperseded, "test"))
	f.raise(t, raised, time.Now().Add(-time.Second))
	for _, change := range []string{
		`reason = 5`, `reason = 0`, `reason = NULL`, `reason = 6`, `status_by = 'somebody else'`, `raised_at = now()`, `invalidity_at = now() - interval '1 day'`,
		`reason = 5, status_by = 'somebody else'`,
		`reason = 1, invalidity_at = now() + interval '1 day'`, `status = 'active', reason = 1`, `reason = 1, raised_at = now()`,
	} {
		if _, err := f.db.Owner().Exec(ctx, `UPDATE ca.certificate SET `+change+` WHERE serial = $1`, lesser.Serial); err == nil {
			t.Errorf("%s of what is revoked was allowed", change)
		}
	}
	for _, change := range []string{`reason = 4`, `reason = 1, status_by = 'somebody else'`, `raised_at = now()`, `raised_at = NULL`,
		`reason = 1, invalidity_at = not_before`, `invalidity_at = NULL`} {
		if _, err := f.db.Owner().Exec(ctx, `UPDATE ca.certificate SET `+change+` WHERE serial = $1`, raised.Serial); err == nil {
			t.Errorf("%s of what was raised was allowed", change)
		}
	}
	before := f.statusOf(t, lesser)
	if _, err := f.db.Owner().Exec(ctx, `UPDATE ca.certificate SET reason = 1 WHERE serial = $1`, lesser.Serial); err != nil {
		t.Fatal(err)
	}
	after := f.statusOf(t, lesser)
	if after.Reason != "keyCompromise" || !after.StatusAt.Equal(before.StatusAt) || after.StatusBy == before.StatusBy || after.RaisedAt.IsZero() {
		t.Errorf("raised by plain SQL it is %+v", after)
	}
	if n := f.count(t, `SELECT count(*) FROM ca.status_change WHERE serial = $1 AND reason = 1 AND first_at IS NULL`, lesser.Serial); n != 1 {
		t.Errorf("the raise has %d numbers, want 1", n)
	}
}

// An earlier invalidity date stands: a raise can say only that the key was in other hands for longer.
func TestRaiseKeepsTheEarlierInvalidityDate(t *testing.T) {
	f := newFixture(t)
	token := f.Person(t, "a").Ref
	early, late := f.statusOf(t, token).NotBefore.Add(time.Second).UTC(), time.Now().Add(-time.Second)
	id := f.planned(t, ca.Plan{Act: "revoke", Reason: ca.CessationOfOperation, Since: early}, token.Serial)
	f.confirm(t, id)
	f.carryOut(t, id)
	f.raise(t, token, late)
	if got := f.statusOf(t, token); !got.Since.Equal(early) || got.Reason != "keyCompromise" {
		t.Errorf("it is invalid since %s for %s, want %s", got.Since, got.Reason, early)
	}
}

// A raise after the backup is done again after the restore, whatever the database knew of the revocation.
func TestRaiseSurvivesARestore(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	known, unknown := f.Person(t, "Jane Doe"), f.Person(t, "John Doe")
	must(t, f.Revoke(ctx, known.Ref, ca.ReasonSuperseded, "first"))
	restore := f.db.Save(t)
	must(t, f.Revoke(ctx, unknown.Ref, ca.PrivilegeWithdrawn, "first"))
	for _, token := range []catest.Token{known, unknown} {
		must(t, f.Revoke(ctx, token.Ref, ca.KeyCompromise, "second"))
	}
	was := f.statusOf(t, known.Ref)
	must(t, f.CA.Close())
	restore()
	if got := f.standing(t, known); got != "revoked superseded" {
		t.Fatalf("the database is not the older one: %s", got)
	}
	f = f.beside(t, f.Dir)
	f.Follow(t)
	for _, token := range []catest.Token{known, unknown} {
		got := f.statusOf(t, token.Ref)
		if got.Status != certs.Revoked || got.Reason != "keyCompromise" || got.StatusBy != "second" || got.RaisedAt.IsZero() {
			t.Errorf("after the restore it is %+v, want it raised", got)
		}
		history, err := f.History(ctx, token.Ref)
		if last := history[len(history)-1]; err != nil || len(history) != 2 || !last.FirstAt.Equal(got.RaisedAt) || !got.RaisedAt.Before(last.At) {
			t.Errorf("History = %+v, %v, want the raise told again", history, err)
		}
	}
	if got := f.statusOf(t, known.Ref); !got.StatusAt.Equal(was.StatusAt) {
		t.Errorf("it is revoked since %s, want %s", got.StatusAt, was.StatusAt)
	}
	files, err := filepath.Glob(filepath.Join(f.Dir, "journal", "*.journal"))
	must(t, err)
	slices.Reverse(files)
	if again, err := f.Replay(ctx, files, nil); err != nil || again.Applied != 0 {
		t.Errorf("Replay once more = %+v, %v, want nothing to do", again, err)
	}
}

// Of two journals, whichever is replayed first, the strongest stands.
func TestRaiseInWhateverOrder(t *testing.T) {
	for name, raisedFirst := range map[string]bool{"the raise first": true, "the raise last": false} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			ctx, token := context.Background(), f.Person(t, "Jane Doe")
			restore := f.db.Save(t)
			other := f.beside(t, "")
			must(t, f.Revoke(ctx, token.Ref, ca.ReasonSuperseded, "first"), other.Revoke(ctx, token.Ref, ca.KeyCompromise, "second"))
			journals := [2]string{f.Dir, other.Dir}
			must(t, f.CA.Close(), other.CA.Close())
			restore()
			if raisedFirst {
				journals[0], journals[1] = journals[1], journals[0]
			}
			for _, dir := range journals {
				node := f.beside(t, dir)
				_, err := node.Replay(ctx, nil, nil)
				must(t, err)
				f = node
			}
			if got := f.standing(t, token); got != "revoked keyCompromise" {
				t.Errorf("it is %s, want revoked keyCompromise", got)
			}
		})
	}
}
