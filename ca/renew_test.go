package ca_test

import (
	"context"
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"net/netip"
	"sync"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
)

func TestRenew(t *testing.T) {
	f := newFixture(t)
	ctx, now := context.Background(), time.Now()
	f.SetNow(func() time.Time { return now })
	old := f.Person(t, "Jane Doe")
	renewed, err := f.Renew(ctx, old.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	oldID, _ := certs.IdentityOf(old.Certificate)
	if id, err := certs.IdentityOf(renewed.Certificate); err != nil || id != oldID || renewed.Ref == old.Ref {
		t.Errorf("renewed to %v as %v, want another certificate of %v", renewed.Ref, id, oldID)
	}
	if entry, err := f.Get(ctx, renewed.Ref); err != nil || entry.Replaces != old.Ref {
		t.Errorf("renewal of %v recorded as %v, %v", old.Ref, entry.Replaces, err)
	}
	for _, step := range []struct {
		after time.Duration
		ended int
		want  certs.Status
	}{{0, 0, certs.Active}, {59 * time.Minute, 0, certs.Active}, {2 * time.Minute, 1, certs.Superseded}, {0, 0, certs.Superseded}} {
		now = now.Add(step.after)
		n, err := f.Supersede(ctx)
		entry, getErr := f.Get(ctx, old.Ref)
		if err != nil || getErr != nil || n != step.ended || entry.Status != step.want {
			t.Errorf("Supersede = %d, %v and the old one is %s, %v; want %d and %s", n, err, entry.Status, getErr, step.ended, step.want)
		}
	}
	if acts := f.Acts(); acts[len(acts)-1].What != "supersede" || acts[len(acts)-1].Ref != old.Ref {
		t.Errorf("the last act is %+v, want supersede", acts[len(acts)-1])
	}
	_, err = f.Renew(ctx, old.Ref, catest.Request(t, catest.Key(t)), ca.Evidence{})
	wantRefused(t, "Renew of a superseded one", err, ca.NotActive)
}

func TestRepeatedRenewal(t *testing.T) {
	f := newFixture(t)
	ctx, now := context.Background(), time.Now()
	f.SetNow(func() time.Time { return now })
	old := f.Person(t, "Jane Doe")
	csr := catest.Request(t, catest.Key(t))
	first, err := f.Renew(ctx, old.Ref, csr, ca.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(9 * time.Minute)
	second, err := f.Renew(ctx, old.Ref, csr, ca.Evidence{})
	if err != nil || second.Ref != first.Ref || !second.Repeated {
		t.Errorf("the same renewal again = %v, %v, want %v", second.Ref, err, first.Ref)
	}
	now = now.Add(2 * time.Minute)
	third, err := f.Renew(ctx, old.Ref, csr, ca.Evidence{})
	if err != nil || third.Ref == first.Ref {
		t.Errorf("the same renewal after eleven minutes = %v, %v, want a new certificate", third.Ref, err)
	}
}

// Who a renewal is for comes from the inventory: nothing of the old certificate is read.
func TestRenewSiteKeepsItsNames(t *testing.T) {
	f := newFixture(t)
	old := f.Enrol(t, ca.Invitation{Identity: catest.Identity(t, certs.Site), Holder: "North", Name: "North", DNSNames: []string{"north.localhost"}, By: "test"})
	renewed, err := f.Renew(context.Background(), old.Ref, catest.Request(t, old.Key), ca.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	if got := renewed.Certificate.DNSNames; len(got) != 1 || got[0] != "north.localhost" || renewed.Certificate.Subject.CommonName != "North" {
		t.Errorf("renewed for %v as %s", got, renewed.Certificate.Subject)
	}
}

func TestRenewServerKeepsItsAddresses(t *testing.T) {
	f := newFixture(t)
	old := f.Server(t)
	renewed, err := f.Renew(context.Background(), old.Ref, catest.Request(t, old.Key), ca.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	if err := certs.CheckServer([]*x509.Certificate{renewed.Certificate, renewed.Chain[0]}, f.Root(), "::1", time.Now()); err != nil {
		t.Errorf("CheckServer(::1) = %v", err)
	}
}

func TestRenewRefuses(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	renew := func(ref certs.Ref) error {
		_, err := f.Renew(ctx, ref, catest.Request(t, catest.Key(t)), ca.Evidence{})
		return err
	}
	_, err := f.Renew(ctx, f.Person(t, "a").Ref, []byte("x"), ca.Evidence{})
	wantRefused(t, "garbage", err, ca.BadRequest)
	wantRefused(t, "a certificate never issued", renew(certs.Ref{Issuer: "people-1", Serial: certs.SerialHex(certs.NewSerial())}), ca.NotInList)
	wantRefused(t, "no certificate", renew(certs.Ref{}), ca.NotInList)

	held := f.Person(t, "b").Ref
	if err := f.Hold(ctx, held, "test"); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, "a held one", renew(held), ca.NotActive)
	if err := f.Release(ctx, held, "test"); err != nil {
		t.Fatal(err)
	}
	if err := renew(held); err != nil {
		t.Errorf("a released one = %v, want a certificate", err)
	}
	if err := f.Revoke(ctx, held, ca.PrivilegeWithdrawn, "test"); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, "a revoked one", renew(held), ca.NotActive)

	mine, other := f.Person(t, "c"), f.Person(t, "d")
	_, err = f.Renew(ctx, mine.Ref, catest.Request(t, other.Key), ca.Evidence{})
	wantRefused(t, "another's key", err, ca.KeyOfAnother)

	f.SetNow(func() time.Time { return mine.Certificate.NotAfter })
	wantRefused(t, "an expired one", renew(mine.Ref), ca.Ended)
}

// A node's new certificate ends its earlier ones, after the grace period.
func TestServerCertificatesFollowEachOther(t *testing.T) {
	f := newFixture(t, func(o *ca.Options) { o.Grace = time.Minute })
	ctx, now, node := context.Background(), time.Now(), catest.Identity(t, certs.Server)
	f.SetNow(func() time.Time { return now })
	csr := catest.Request(t, catest.Key(t))
	var refs []certs.Ref
	for range 2 {
		issued, err := f.IssueServer(ctx, node, csr, []string{"localhost"}, []netip.Addr{netip.MustParseAddr("127.0.0.1")})
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, issued.Ref)
	}
	now = now.Add(time.Minute)
	if n, err := f.Supersede(ctx); err != nil || n != 1 {
		t.Errorf("Supersede = %d, %v, want 1", n, err)
	}
	for n, want := range []certs.Status{certs.Superseded, certs.Active} {
		if entry, err := f.Get(ctx, refs[n]); err != nil || entry.Status != want {
			t.Errorf("certificate %d is %s, %v, want %s", n, entry.Status, err, want)
		}
	}
}

// A thousand times a renewal, and the renewal of what it gave, set off together with a
// revocation, which is Revoke and plain SQL in turn. Whoever comes first, nothing is issued to
// the revoked one once that has committed, and after Revoke nothing of its line is active.
func TestRenewAgainstRevoke(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	const rounds, workers = 1000, 8
	csr := make([][]byte, workers)
	for n := range csr {
		csr[n] = catest.Request(t, catest.Key(t))
	}
	var renewals, refusals int
	var mu sync.Mutex
	var all sync.WaitGroup
	for n := range workers {
		all.Go(func() {
			// Each renews what it has; the key stays the holder's own.
			holder, key := catest.Identity(t, certs.User), catest.Key(t)
			for round := range rounds / workers {
				code, err := f.Invite(ctx, ca.Invitation{Identity: holder, Holder: "jane@example.org", Name: "Jane", By: "test"})
				if err != nil {
					t.Error(err)
					return
				}
				old, err := f.ask(code.Reveal(), catest.Request(t, key))
				if err != nil {
					t.Error(err)
					return
				}
				revoke := func() error { return f.Revoke(ctx, old.Ref, ca.CessationOfOperation, "test") }
				if round%2 == 1 {
					revoke = func() error {
						_, err := f.db.Owner().Exec(ctx, `UPDATE ca.certificate SET status = 'revoked', status_by = 'sql' WHERE serial = $1`, old.Ref.Serial)
						return err
					}
				}
				renewed := f.race(t, old.Ref, csr[n], revoke)
				mu.Lock()
				if renewed {
					renewals++
				} else {
					refusals++
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	t.Logf("%d renewals came first, %d revocations", renewals, refusals)
	if renewals+refusals != rounds || renewals == 0 || refusals == 0 {
		t.Errorf("%d renewals and %d refusals, want both among %d", renewals, refusals, rounds)
	}
	if n := f.count(t, `SELECT count(*) FROM ca.certificate c JOIN ca.certificate old
		ON (old.issuer, old.serial) = (c.replaces_issuer, c.replaces_serial) WHERE c.issued_at > old.status_at AND old.status = 'revoked'`); n != 0 {
		t.Errorf("%d certificates issued after the revocation of the one they renew", n)
	}
	if n := f.count(t, `WITH RECURSIVE line AS (SELECT issuer, serial FROM ca.certificate WHERE status = 'revoked' AND status_by = 'test'
			UNION SELECT c.issuer, c.serial FROM line l JOIN ca.certificate c ON (c.replaces_issuer, c.replaces_serial) = (l.issuer, l.serial))
		SELECT count(*) FROM line JOIN ca.certificate USING (issuer, serial) WHERE status = 'active'`); n != 0 {
		t.Errorf("%d certificates active of lines that were revoked", n)
	}
}

// race sets off a renewal and a revocation and says whether the renewal was served.
func (f fixture) race(t *testing.T, old certs.Ref, csr []byte, revoke func() error) (renewed bool) {
	var both sync.WaitGroup
	start, revoked := make(chan struct{}), make(chan struct{})
	both.Go(func() {
		<-start
		for ref := old; ; renewed = true {
			issued, err := f.Renew(context.Background(), ref, csr, ca.Evidence{})
			if cause, _ := ca.CauseOf(err); err != nil && cause != ca.NotActive {
				t.Errorf("Renew = %v because of %q", err, cause)
			}
			if err != nil || ref != old {
				return
			}
			ref = issued.Ref
		}
	})
	both.Go(func() {
		<-start
		spin(rand.IntN(500)) // about as long as a renewal takes to come to its lock
		if err := revoke(); err != nil {
			t.Errorf("revoke: %v", err)
		}
		close(revoked)
	})
	close(start)
	<-revoked
	// Begun after the commit: never served.
	if _, err := f.Renew(context.Background(), old, csr, ca.Evidence{}); !errors.Is(err, ca.ErrRefused) {
		t.Errorf("Renew after the revocation = %v, want %v", err, ca.ErrRefused)
	}
	both.Wait()
	return renewed
}

// spin passes a little time without giving the processor away.
func spin(n int) {
	for end := time.Now().Add(time.Duration(n) * 10 * time.Microsecond); time.Now().Before(end); {
	}
}
