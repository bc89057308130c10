package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"mais/ca"
	"mais/certs"
	"mais/internal/pg"
	"mais/server/internal/mail/internal/outbox"
)

// TestNews: a hold, a release and a revocation reach the holder at once, and when it has
// become quiet the administrator and the agency's own administrator; nobody else.
func TestNews(t *testing.T) {
	w := newWorld(t)
	officer := w.everybody(t)
	for _, act := range []func() error{
		func() error { return w.ca.Hold(t.Context(), officer.Ref, "admin@trust.example") },
		func() error { return w.ca.Release(t.Context(), officer.Ref, "admin@trust.example") },
		func() error { return w.ca.Revoke(t.Context(), officer.Ref, ca.KeyCompromise, "admin@trust.example") },
	} {
		if err := act(); err != nil {
			t.Fatal(err)
		}
		w.tell(t)
	}
	w.send(t)
	body := open(t, w.server.taken()[2].raw).body
	for _, want := range []string{"by admin@trust.example", "somebody else may have its key", officer.Ref.Serial, "Hello A Sergeant"} {
		if !strings.Contains(body, want) {
			t.Errorf("the mail on the revocation lacks %q:\n%s", want, body)
		}
	}
	want := []string{
		"officer@police.example: MAIS Test: your token is on hold",
		"officer@police.example: MAIS Test: your token was revoked",
		"officer@police.example: MAIS Test: your token works again",
	}
	if diff := cmp.Diff(want, w.arrived(t)); diff != "" {
		t.Errorf("at once (-want +got)\n%s", diff)
	}
	w.now = time.Now().Add(newsQuiet + time.Second)
	w.tell(t)
	w.send(t)
	subject := "MAIS Test: 1 certificate revoked, 1 certificate put on hold, 1 certificate released"
	want = []string{"admin@trust.example: " + subject, "local@police.example: " + subject}
	if diff := cmp.Diff(want, w.arrived(t)); diff != "" {
		t.Errorf("when it has become quiet (-want +got)\n%s", diff)
	}
	w.now = w.now.Add(time.Hour)
	w.tell(t)
	w.send(t)
	if again := w.arrived(t); len(again) != 0 {
		t.Errorf("a second time: %v", again)
	}
}

// TestNewsNamesWhoDidIt: by name, as the register has them, and never by an identity's form;
// what plain SQL has put there is shown as it is, and keeps nobody's mail back.
func TestNewsNamesWhoDidIt(t *testing.T) {
	w := newWorld(t)
	officer := w.everybody(t)
	admin, site := w.user(t, "second@trust.example", "Second Administrator", w.health, "administrator"), w.site(t, "Northgate Custody", w.police)
	node, err := certs.NewIdentity(certs.Server, uuid.NewString())
	if err != nil {
		t.Fatal(err)
	}
	for by, want := range map[string]string{
		admin.String(): "by Second Administrator", site.String(): "by Northgate Custody", node.String(): "by the service", "operator root": "by operator root",
		"urn:mais:user:nobody": "by urn:mais:user:nobody",
	} {
		if err := w.ca.Hold(t.Context(), officer.Ref, by); err != nil {
			t.Fatal(err)
		}
		w.tell(t)
		w.send(t)
		taken := w.server.taken()
		if body := strings.Join(strings.Fields(open(t, taken[len(taken)-1].raw).body), " "); !strings.Contains(body, want) {
			t.Errorf("held by %s, the mail lacks %q:\n%s", by, want, body)
		}
		if err := w.ca.Release(t.Context(), officer.Ref, "test"); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Hour)
	}
}

// TestNewsToldAgain: about what a restored service was told again by its journal its holder is
// not written to once more; administrators are told that it is so again.
func TestNewsToldAgain(t *testing.T) {
	w := newWorld(t)
	officer := w.everybody(t)
	other := w.token(t, w.user(t, "other@police.example", "Another Sergeant", w.police, "police_officer"), "other@police.example", "Another Sergeant")
	w.exec(t, `ALTER TABLE ca.certificate DISABLE TRIGGER guard`)
	w.exec(t, `UPDATE ca.certificate SET issued_at = issued_at - interval '1 hour' WHERE serial = $1`, officer.Ref.Serial)
	w.exec(t, `ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER guard`)
	w.exec(t, `UPDATE ca.certificate SET status = 'revoked', reason = 1, status_by = 'test', status_at = issued_at WHERE serial = $1`, officer.Ref.Serial)
	if err := w.ca.Hold(t.Context(), other.Ref, "test"); err != nil {
		t.Fatal(err)
	}
	w.now = time.Now().Add(newsQuiet + time.Second)
	w.tell(t)
	w.send(t)
	var admins string
	for _, m := range w.server.taken() {
		if m.to[0] == "admin@trust.example" {
			admins = strings.Join(strings.Fields(open(t, m.raw).body), " ")
		}
	}
	if !strings.Contains(admins, "revoked, and so again after a restore: officer@police.example") || !strings.Contains(admins, "put on hold: other@police.example") {
		t.Errorf("the administrators' mail:\n%s", admins)
	}
	subject := "MAIS Test: 1 certificate revoked, 1 certificate put on hold"
	want := []string{"admin@trust.example: " + subject, "local@police.example: " + subject, "other@police.example: MAIS Test: your token is on hold"}
	if diff := cmp.Diff(want, w.arrived(t)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestNewsOfSites: a site's certificate is its administrators' to know; one that is superseded
// is nobody's; who has left, or cannot be written to, is left out and keeps nobody's back.
func TestNewsOfSites(t *testing.T) {
	w := newWorld(t)
	officer := w.everybody(t)
	who := w.site(t, "Northgate Custody", w.police)
	site := w.token(t, who, "Northgate Custody", "Northgate Custody")
	gone := w.user(t, "gone@police.example", "Gone", w.police, "administrator")
	left := w.token(t, gone, "gone@police.example", "Gone")
	w.exec(t, `UPDATE access.user_account SET left_at = now() WHERE email = 'gone@police.example'`)
	odd := w.token(t, w.user(t, "a b@police.example", "Odd", w.police, "police_officer"), "a b@police.example", "Odd")
	for _, token := range []certificate{{site.Ref.Issuer, site.Ref.Serial}, {left.Ref.Issuer, left.Ref.Serial}, {odd.Ref.Issuer, odd.Ref.Serial}} {
		w.exec(t, `UPDATE ca.certificate SET status = 'revoked', reason = 5, status_by = 'test' WHERE issuer = $1 AND serial = $2`, token.issuer, token.serial)
	}
	w.exec(t, `UPDATE ca.certificate SET status = 'superseded' WHERE serial = $1`, officer.Ref.Serial)
	w.now = time.Now().Add(newsQuiet + time.Second)
	w.tell(t)
	w.send(t)
	want := []string{"admin@trust.example: MAIS Test: 3 certificates revoked", "local@police.example: MAIS Test: 3 certificates revoked"}
	if diff := cmp.Diff(want, w.arrived(t)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if strings.Contains(w.log.String(), "b@police.example") || strings.Contains(w.log.String(), "A Sergeant") {
		t.Errorf("the log: %s", w.log)
	}
	listed, err := w.Undelivered(t.Context(), 10)
	if err != nil || len(listed) != 1 || listed[0].Address != "a b@police.example" || !listed[0].GivenUp || listed[0].Error != ErrAddress.Error() {
		t.Errorf("Undelivered = %+v, %v, want the one to an address that mail is not sent to", listed, err)
	}
}

// TestOddAddress: what cannot be written to is where an administrator looks, and cannot be made
// into another address.
func TestOddAddress(t *testing.T) {
	w := newWorld(t)
	for _, odd := range []string{"josé@police.example", "nurse@krankenhäuser.example", "a\u202eb@police.example"} {
		token := w.token(t, w.user(t, odd, "Odd", w.police, "police_officer"), "odd@police.example", "Odd")
		if err := w.ca.Hold(t.Context(), token.Ref, "test"); err != nil {
			t.Fatal(err)
		}
	}
	w.tell(t)
	w.send(t)
	if got := w.arrived(t); len(got) != 0 {
		t.Errorf("arrived: %v", got)
	}
	if f := w.Finding(t.Context()); f.State != "warning" || !strings.Contains(f.Says, "2 messages were given up, the last because: "+ErrAddress.Error()) {
		t.Errorf("Finding = %+v", f)
	}
	if n := strings.Count(w.log.String(), "a mail cannot be sent to whom it concerns"); n != 1 {
		t.Errorf("%d addresses that are not printable are logged, want 1: %s", n, w.log)
	}
}

// TestAlternatingHolds: who puts a token on hold and releases it again and again fills neither
// its holder's box nor an administrator's, hides no revocation, and is told once more at the
// end of the hour.
func TestAlternatingHolds(t *testing.T) {
	w := newWorld(t)
	officer := w.everybody(t)
	w.now = time.Now().Truncate(time.Hour).Add(time.Hour)
	for range 50 {
		for _, status := range []string{"held", "active"} {
			w.exec(t, `UPDATE ca.certificate SET status = $1 WHERE serial = $2`, status, officer.Ref.Serial)
			w.tell(t)
		}
		w.now = w.now.Add(time.Minute)
	}
	if err := w.ca.Revoke(t.Context(), officer.Ref, ca.KeyCompromise, "admin@trust.example"); err != nil {
		t.Fatal(err)
	}
	w.tell(t)
	w.send(t)
	of := map[string]int{}
	for _, m := range w.arrived(t) {
		who, subject, _ := strings.Cut(m, ": MAIS Test: ")
		if strings.HasPrefix(who, "officer@") {
			of[subject]++
		} else {
			of[who]++
		}
	}
	want := map[string]int{
		"your token is on hold": 3, "your token works again": 3, "your token was revoked": 1, "admin@trust.example": 6, "local@police.example": 6,
	}
	if diff := cmp.Diff(want, of); diff != "" {
		t.Errorf("within the hour (-want +got)\n%s", diff)
	}
	w.now = w.now.Add(11 * time.Minute)
	w.tell(t)
	w.send(t)
	after := []string{"officer@police.example: MAIS Test: your token was put on hold and released several times"}
	if diff := cmp.Diff(after, w.arrived(t)); diff != "" {
		t.Errorf("after the hour (-want +got)\n%s", diff)
	}
}

type certificate struct{ issuer, serial string }

// TestRolledBack: what did not happen is not told, and what is written with it is not kept;
// what fails half-way is told later, once.
func TestRolledBack(t *testing.T) {
	w := newWorld(t)
	officer := w.everybody(t)
	undone := errors.New("undone")
	err := w.db.Owner().Transact(t.Context(), func(tx *pg.Tx) error {
		if _, err := tx.Exec(t.Context(), `UPDATE ca.certificate SET status = 'held' WHERE serial = $1`, officer.Ref.Serial); err != nil {
			return err
		}
		if _, err := tx.Exec(t.Context(), `SET CONSTRAINTS ALL IMMEDIATE`); err != nil { // it has its number
			return err
		}
		w.tell(t)
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Hour)
	w.tell(t)
	if err := w.ca.Hold(t.Context(), officer.Ref, "test"); err != nil {
		t.Fatal(err)
	}
	// The message cannot be kept: the position stays where it was.
	_, err = w.box.News(t.Context(), outbox.Holders, outbox.Window{Now: w.now, Oldest: time.Hour * 24, Limit: 10},
		func(outbox.News) []outbox.Message {
			return []outbox.Message{{Kind: "nonsense"}}
		})
	if err == nil {
		t.Fatal("a message of no kind is kept")
	}
	w.now = w.now.Add(time.Hour)
	w.tell(t)
	w.send(t)
	want := []string{
		"admin@trust.example: MAIS Test: 1 certificate put on hold", "local@police.example: MAIS Test: 1 certificate put on hold",
		"officer@police.example: MAIS Test: your token is on hold",
	}
	if diff := cmp.Diff(want, w.arrived(t)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestManyRevocations: ten thousand are a mail to each holder and one to each administrator.
func TestManyRevocations(t *testing.T) {
	const n = 10_000
	w := newWorld(t)
	officer := w.everybody(t)
	w.exec(t, fmt.Sprintf(`INSERT INTO access.user_account (id, email, name, agency)
		SELECT md5(i::text)::uuid, 'u' || i || '@police.example', 'User ' || i, '%s' FROM generate_series(1, %d) i`, w.police, n))
	w.exec(t, fmt.Sprintf(`INSERT INTO ca.certificate (issuer, serial, identity, profile, level, holder, name, not_before, not_after,
			sha256, spki_sha256, der, issued_by)
		SELECT '%s', md5(i::text), 'urn:mais:user:' || md5(i::text)::uuid, 'person-software', 'software', 'u' || i || '@police.example', 'User ' || i,
			now(), now() + interval '90 days', sha256(('c' || i)::bytea), sha256(('k' || i)::bytea), '', 'test'
		FROM generate_series(1, %d) i`, officer.Ref.Issuer, n))
	for from := 0; from < n; from += 1000 { // as a plan goes on: a thousand, then the next
		w.exec(t, `UPDATE ca.certificate SET status = 'revoked', reason = 4, status_by = 'admin@trust.example'
			WHERE holder IN (SELECT 'u' || i || '@police.example' FROM generate_series($1::int, $2::int) i)`, from+1, from+1000)
		w.tell(t)
	}
	w.now = time.Now().Add(newsQuiet + time.Second)
	began := time.Now()
	w.tell(t)
	t.Logf("administrators were written to about %d changes in %s", n, time.Since(began))
	var holders, administrators int
	err := w.db.Owner().QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE kind = 'revoked'), count(*) FILTER (WHERE kind = 'changes')
		FROM mail.message`).Scan(&holders, &administrators)
	if err != nil || holders != n || administrators != 2 {
		t.Fatalf("the outbox has %d mails to holders and %d to administrators, %v; want %d and 2", holders, administrators, err, n)
	}
	w.exec(t, `UPDATE mail.message SET sent_at = now(), subject = '', body = '' WHERE kind = 'revoked'`)
	w.send(t)
	for _, m := range w.server.taken() {
		o := open(t, m.raw)
		if !strings.Contains(o.subject, "10000 certificates revoked") || strings.Count(o.body, "revoked: u") != listedToAdministrator || !strings.Contains(o.body, "and 9950 more") {
			t.Errorf("the mail to %s: %s\n%s", m.to, o.subject, o.body)
		}
	}
}

// TestTwoNodes: however many nodes follow, each mail is written and sent once.
func TestTwoNodes(t *testing.T) {
	w := newWorld(t)
	w.everybody(t)
	for i := range 40 {
		email := fmt.Sprintf("u%d@police.example", i)
		token := w.token(t, w.user(t, email, "User", w.police, "police_officer"), email, "User")
		if err := w.ca.Hold(t.Context(), token.Ref, "test"); err != nil {
			t.Fatal(err)
		}
	}
	w.now = time.Now().Add(newsQuiet + time.Second)
	nodes := []*Service{w.Service, w.node(t), w.node(t)}
	var all sync.WaitGroup
	for _, node := range nodes {
		all.Go(func() {
			for _, do := range []func(context.Context) error{node.once(node.tellHolders), node.once(node.tellAdministrators), node.deliverAll} {
				if err := do(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	w.send(t)
	got := w.arrived(t)
	if len(got) != 42 || got[0] != "admin@trust.example: MAIS Test: 40 certificates put on hold" {
		t.Errorf("%d mails arrived, %q first, want 42", len(got), got[:1])
	}
}

// TestNewsOfARaise: who has a token that was revoked is told once more when its key is said to be in other hands, and in
// other words; so are administrators.
func TestNewsOfARaise(t *testing.T) {
	w := newWorld(t)
	officer := w.everybody(t)
	for _, reason := range []ca.Reason{ca.CessationOfOperation, ca.KeyCompromise} {
		if err := w.ca.Revoke(t.Context(), officer.Ref, reason, "test"); err != nil {
			t.Fatal(err)
		}
	}
	w.now = time.Now().Add(newsQuiet + time.Second)
	w.tell(t)
	w.send(t)
	var said []string
	for _, m := range w.server.taken() {
		if m.to[0] == "officer@police.example" {
			said = append(said, strings.Join(strings.Fields(open(t, m.raw).body), " "))
		}
	}
	if len(said) != 2 || !strings.Contains(said[0], "it is no longer needed") || !strings.Contains(said[1], "had been revoked") || !strings.Contains(said[1], "somebody else may have its key") {
		t.Errorf("the holder's mails: %q", said)
	}
	subject := "MAIS Test: 1 certificate revoked, 1 certificate said to be compromised"
	want := []string{
		"admin@trust.example: " + subject, "local@police.example: " + subject,
		"officer@police.example: MAIS Test: your revoked token is said to be compromised", "officer@police.example: MAIS Test: your token was revoked",
	}
	if diff := cmp.Diff(want, w.arrived(t)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
