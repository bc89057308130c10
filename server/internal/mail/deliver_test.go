package mail

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	gomail "github.com/wneessen/go-mail"

	"mais/ca"
	"mais/config"
	"mais/server/internal/mail/internal/outbox"
)

// waiting puts a mail to each of n people into the outbox.
func (w *world) waiting(t testing.TB, n int) {
	t.Helper()
	w.exec(t, `INSERT INTO mail.message (kind, about, recipient, name, subject, body, created_at, next_try_at)
		SELECT 'held', 'test', 'u' || i || '@police.example', 'User ' || i, 'Subject ' || i, E'Hello\n', $1, $1 FROM generate_series(1, $2::int) i`, w.now, n)
}

// counted returns the counts as they are now.
func (w *world) counted(t testing.TB) outbox.Counts {
	t.Helper()
	c, err := w.box.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestManyMails: they share connections, a hundred at a time.
func TestManyMails(t *testing.T) {
	w := newWorld(t)
	w.waiting(t, 120)
	w.send(t)
	if c := w.counted(t); c.Sent != 120 || c.Waiting != 0 || len(w.server.taken()) != 120 {
		t.Errorf("counts = %+v, the server took %d, want 120", c, len(w.server.taken()))
	}
	if w.server.sessions != 2 {
		t.Errorf("120 mails took %d sessions, want 2", w.server.sessions)
	}
}

// TestGreylisted: what is refused for now is taken later, and does not keep the others back.
func TestGreylisted(t *testing.T) {
	w := newWorld(t)
	refusals := 0
	w.server.onRcpt = func(to string) error {
		if to == "u1@police.example" && refusals < 3 {
			refusals++
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted, come again, " + to}
		}
		return nil
	}
	w.waiting(t, 3)
	w.send(t)
	c := w.counted(t)
	if c.Sent != 2 || c.Waiting != 1 || !strings.Contains(c.LastError, "greylisted") || strings.Contains(c.LastError, "@police.example") {
		t.Fatalf("counts = %+v, want 2 sent and why not the third, without the address", c)
	}
	for range 2 {
		w.send(t) // too early: nothing happens
		w.now = w.now.Add(5 * time.Minute)
	}
	w.send(t)
	w.now = w.now.Add(10 * time.Minute)
	w.send(t)
	w.now = w.now.Add(10 * time.Minute)
	w.send(t)
	if c := w.counted(t); c.Sent != 3 || refusals != 3 {
		t.Errorf("counts = %+v after %d refusals, want 3 sent", c, refusals)
	}
}

// TestRefusedForGood is given up at once, is seen, and can be tried again by hand.
func TestRefusedForGood(t *testing.T) {
	w := newWorld(t)
	w.server.onRcpt = func(to string) error {
		if to == "u2@police.example" {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		}
		return nil
	}
	w.server.onData = func(n int, _ *smtp.Conn) error {
		if n == 3 {
			return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "not liked"}
		}
		return nil
	}
	w.waiting(t, 4)
	w.send(t)
	if c := w.counted(t); c.Sent != 2 || c.GivenUp != 2 || c.Waiting != 0 {
		t.Fatalf("counts = %+v, want 2 sent and 2 given up", c)
	}
	if f := w.Finding(t.Context()); f.State != "warning" || !strings.Contains(f.Says, "2 messages were given up") {
		t.Errorf("Finding = %+v", f)
	}
	found, err := w.box.List(t.Context(), 10)
	if err != nil || len(found) != 2 || !found[0].GivenUp || !strings.Contains(found[0].Error+found[1].Error, "no such user") {
		t.Errorf("List = %+v, %v", found, err)
	}
	if strings.Contains(w.log.String(), "u2@police.example") {
		t.Errorf("the log holds an address: %s", w.log)
	}
	w.server.onRcpt = nil
	if n, err := w.box.Retry(t.Context(), w.now.Add(-time.Hour), w.now); n != 2 || err != nil {
		t.Fatalf("Retry = %d, %v, want 2", n, err)
	}
	w.send(t)
	if c := w.counted(t); c.Sent != 4 || len(w.server.taken()) != 4 {
		t.Errorf("counts = %+v, the server took %d, want 4", c, len(w.server.taken()))
	}
}

// TestLineDrops: a connection that breaks in the middle of a mail costs nothing but time.
func TestLineDrops(t *testing.T) {
	w := newWorld(t)
	w.server.onData = func(n int, c *smtp.Conn) error {
		if n == 2 {
			c.Conn().Close()
			return errors.New("the line drops")
		}
		return nil
	}
	w.waiting(t, 5)
	w.send(t) // the session had taken a mail, so another follows at once
	if c := w.counted(t); c.Sent != 4 || c.Waiting != 1 {
		t.Fatalf("counts = %+v, want 4 sent, 1 waiting", c)
	}
	w.now = w.now.Add(2 * time.Minute)
	w.send(t)
	if c := w.counted(t); c.Sent != 5 || len(w.server.taken()) != 5 {
		t.Errorf("counts = %+v, the server took %d, want 5", c, len(w.server.taken()))
	}
}

// TestServerIsAway: one message is tried, all wait, none is lost.
func TestServerIsAway(t *testing.T) {
	w := newWorld(t)
	port := w.opts.Settings.Port
	away, err := newServer(&config.Mail{Host: "localhost", Port: 1, TLS: config.MailNoTLS}, "mais.example") // nobody listens there
	if err != nil {
		t.Fatal(err)
	}
	there := w.transport
	w.transport = away
	w.waiting(t, 20)
	for range 3 {
		if err := w.deliverAll(t.Context()); err == nil {
			t.Fatal("deliver to nobody = nil")
		}
	}
	var tried int
	if err := w.db.Owner().QueryRow(t.Context(), `SELECT sum(tries) FROM mail.message`).Scan(&tried); err != nil || tried != 3 {
		t.Errorf("%d messages were tried, %v, want 3", tried, err)
	}
	w.now = w.now.Add(2 * time.Hour)
	if f := w.Finding(t.Context()); f.State != "warning" || !strings.Contains(f.Says, "20 messages wait") {
		t.Errorf("Finding = %+v", f)
	}
	w.transport = there
	w.send(t)
	if c := w.counted(t); c.Sent != 20 {
		t.Errorf("counts = %+v, want 20 sent to port %d", c, port)
	}
	if f := w.Finding(t.Context()); f.State != "ok" {
		t.Errorf("Finding = %+v, want ok", f)
	}
}

// TestGivesUp: after some five days.
func TestGivesUp(t *testing.T) {
	w := newWorld(t)
	w.server.onRcpt = func(string) error {
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "full"}
	}
	w.waiting(t, 1)
	began := w.now
	for w.counted(t).Waiting > 0 && w.now.Before(began.Add(30*day)) {
		w.send(t)
		w.now = w.now.Add(10 * time.Minute)
	}
	if took := w.now.Sub(began); w.counted(t).GivenUp != 1 || took < 4*day || took > 6*day {
		t.Errorf("counts = %+v after %s, want given up after some five days", w.counted(t), took)
	}
}

// TestCrash: a node that goes down with a mail in hand leaves it to another, under the same
// Message-ID.
func TestCrash(t *testing.T) {
	w := newWorld(t)
	w.waiting(t, 1)
	m, ok, err := w.box.Claim(t.Context(), w.now, lease)
	if !ok || err != nil {
		t.Fatalf("Claim = %v, %v", ok, err)
	}
	w.send(t)
	if n := len(w.server.taken()); n != 0 {
		t.Fatalf("%d mails were sent that another has in hand", n)
	}
	w.now = w.now.Add(lease + time.Second)
	w.send(t)
	if got := w.server.taken(); len(got) != 1 || !strings.Contains(got[0].raw, "<"+m.ID+"@mais.example>") {
		t.Errorf("the server took %+v, want one mail with the id %s", got, m.ID)
	}
}

// TestStopKeepsMails: a stop in the middle of a mail leaves it for the next start, at once.
func TestStopKeepsMails(t *testing.T) {
	w := newWorld(t)
	w.waiting(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	w.server.onData = func(_ int, c *smtp.Conn) error {
		cancel()
		return nil
	}
	err := w.deliverAll(ctx)
	w.server.onData = nil
	if err == nil && w.counted(t).Sent == 0 {
		t.Fatal("deliver = nil although nothing was sent")
	}
	w.now = w.now.Add(time.Second)
	w.send(t)
	if c := w.counted(t); c.Sent != 1 {
		t.Errorf("counts = %+v, want 1 sent", c)
	}
}

// TestRun: the whole of it, as the service runs it.
func TestRun(t *testing.T) {
	w := newWorld(t)
	officer := w.everybody(t)
	if err := w.ca.Hold(t.Context(), officer.Ref, "test"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	arrived := make(chan struct{}, 10)
	w.server.onData = func(int, *smtp.Conn) error {
		arrived <- struct{}{}
		return nil
	}
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	select {
	case <-arrived:
	case <-time.After(30 * time.Second):
		t.Fatal("the holder's mail does not arrive")
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
}

// TestOutboxHoldsNoCode: an invitation passes the database by, and the login role of mail can
// read none, nor a key, a session or a record.
func TestOutboxHoldsNoCode(t *testing.T) {
	w := newWorld(t)
	who := w.user(t, "nurse@trust.example", "A Nurse", w.health, "clinician")
	code, err := w.ca.Invite(t.Context(), ca.Invitation{Identity: who, Holder: "nurse@trust.example", Name: "A Nurse", By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SendInvitation(t.Context(), Invitation{To: "nurse@trust.example", Name: "A Nurse", Message: uuid.NewString(), Code: code, Expires: w.now.Add(day), Command: "tokenctl enrol"}); err != nil {
		t.Fatal(err)
	}
	if m := open(t, w.server.taken()[0].raw); !strings.Contains(m.body, code.Reveal()) {
		t.Errorf("the code did not arrive:\n%s", m.body)
	}
	if c := w.counted(t); c != (outbox.Counts{}) {
		t.Errorf("the outbox holds %+v", c)
	}
	if strings.Contains(w.log.String(), code.Reveal()) || strings.Contains(w.log.String(), "nurse@trust") {
		t.Errorf("the log: %s", w.log)
	}
	mail := w.db.Open(t, "mais_mail")
	for _, sql := range []string{
		`SELECT secret_sha256 FROM ca.enrolment_order`, `SELECT der FROM ca.certificate`, `SELECT id_hash FROM access.session`,
		`SELECT surname FROM record.person`, `SELECT * FROM audit.event`, `UPDATE ca.certificate SET status = 'revoked'`,
		`UPDATE mail.message SET name = 'x'`, `SELECT audit.append('[]')`, `DELETE FROM mail.position`, `TRUNCATE mail.message`, `UPDATE mail.message SET recipient = 'x@y.example'`,
		`SELECT * FROM access.subnet`, `UPDATE access.user_account SET email = 'x@y.example'`,
	} {
		if _, err := mail.Exec(t.Context(), sql); err == nil {
			t.Errorf("mais_mail may %s", sql)
		}
	}
}

// TestOutboxRules hold for whoever writes.
func TestOutboxRules(t *testing.T) {
	w := newWorld(t)
	w.waiting(t, 2)
	w.exec(t, `UPDATE mail.message SET sent_at = now(), subject = '', body = '' WHERE recipient = 'u1@police.example'`)
	for _, sql := range []string{
		`UPDATE mail.message SET body = 'another'`, `UPDATE mail.message SET body = '' WHERE sent_at IS NULL`,
		`UPDATE mail.message SET sent_at = now() WHERE sent_at IS NULL`,
		`UPDATE mail.message SET sent_at = now(), subject = '', body = '', recipient = 'x@y.example' WHERE sent_at IS NULL`,
		`UPDATE mail.message SET sent_at = now(), subject = '', body = 'another' WHERE sent_at IS NULL`, `UPDATE mail.message SET sent_at = NULL WHERE sent_at IS NOT NULL`,
		`DELETE FROM mail.message`, `TRUNCATE mail.message`, `UPDATE mail.position SET number = number - 1`, `DELETE FROM mail.position`,
		`INSERT INTO mail.message (kind, about, recipient, name, subject, body, created_at, next_try_at) VALUES ('held', 'x', E'a@b.example\nBcc: c@d', 'A', 'S', 'B', now(), now())`,
		`INSERT INTO mail.message (kind, about, recipient, name, subject, body, created_at, next_try_at) VALUES ('held', 'x', 'a@b.example', 'A', E'S\nBcc: c@d', 'B', now(), now())`,
	} {
		if _, err := w.db.Owner().Exec(t.Context(), `SET session_replication_role = replica; `+sql); err == nil {
			t.Errorf("it is allowed to %s", sql)
		}
	}
	w.exec(t, `ALTER TABLE mail.message DISABLE TRIGGER guard`)
	w.exec(t, `UPDATE mail.message SET sent_at = now() - interval '200 days' WHERE sent_at IS NOT NULL`)
	w.exec(t, `ALTER TABLE mail.message ENABLE ALWAYS TRIGGER guard`)
	if err := w.box.Sweep(t.Context(), w.now.Add(-sweepAfter)); err != nil {
		t.Fatal(err)
	}
	if c := w.counted(t); c.Sent != 0 || c.Waiting != 1 {
		t.Errorf("counts after Sweep = %+v, want the one that waits", c)
	}
}

// TestSentHoldsNoText: the outbox keeps that somebody was written to, and not what.
func TestSentHoldsNoText(t *testing.T) {
	w := newWorld(t)
	w.waiting(t, 3)
	w.server.onRcpt = func(to string) error {
		if to == "u2@police.example" {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		}
		return nil
	}
	w.send(t)
	var texts, sent int
	err := w.db.Owner().QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE subject || body <> ''), count(sent_at) FROM mail.message`).Scan(&texts, &sent)
	if err != nil || texts != 1 || sent != 2 {
		t.Errorf("of %d sent messages and one given up, %d have a text, %v; want one", sent, texts, err)
	}
}

// faultyTransport, without a say, panics over the mail to one address, as a fault of the program would.
type faultyTransport struct {
	transport
	over string
	say  error
}

func (f *faultyTransport) open(ctx context.Context) (session, error) {
	s, err := f.transport.open(ctx)
	return &faultySession{s, f}, err
}

type faultySession struct {
	session
	of *faultyTransport
}

func (f *faultySession) send(m *gomail.Msg) (string, error) {
	if strings.Contains(m.GetToString()[0], f.of.over) {
		if f.of.say != nil {
			return "", f.of.say
		}
		panic("a fault over " + f.of.over)
	}
	return f.session.send(m)
}

// TestPanicOverOneMail: it keeps nobody else's back, and is given up.
func TestPanicOverOneMail(t *testing.T) {
	w := newWorld(t)
	w.transport = &faultyTransport{w.transport, "u1@police.example", nil}
	w.waiting(t, 3)
	began := w.now
	for w.counted(t).Waiting > 0 && w.now.Before(began.Add(day)) {
		if err := w.guarded(t.Context(), func() error { return w.deliverAll(t.Context()) }); err != nil && !errors.Is(err, errPanic) {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Minute)
	}
	c := w.counted(t)
	if c.Sent != 2 || c.GivenUp != 1 || c.GivenUpError != errPanic.Error() || w.now.After(began.Add(time.Hour)) {
		t.Errorf("counts = %+v after %s, want two sent and one given up within the hour", c, w.now.Sub(began))
	}
	if n := strings.Count(w.log.String(), "mail panicked"); n != maxFaults || !strings.Contains(w.log.String(), "deliver_test.go") {
		t.Errorf("%d panics are logged, want %d with where they were: %s", n, maxFaults, w.log)
	}
}

// TestServerSpeaksLatin1: what a mail server says need be no text at all.
func TestServerSpeaksLatin1(t *testing.T) {
	w := newWorld(t)
	w.transport = &faultyTransport{w.transport, "u1@police.example", &refusal{true, "550 5.1.1 kein Empf\xe4nger u1@Police.example"}}
	w.waiting(t, 2)
	w.send(t)
	if c := w.counted(t); c.Sent != 1 || c.GivenUp != 1 || c.GivenUpError != "550 5.1.1 kein Empf?nger the recipient" {
		t.Errorf("counts = %+v, want one sent, one given up, and why", c)
	}
}

// TestJobsOutliveAPanic: each goes on by itself, after a pause.
func TestJobsOutliveAPanic(t *testing.T) {
	s := newTestService(t, &config.Mail{Directory: t.TempDir(), From: "mais@mais.example"})
	log, lines := logged()
	s.opts.Log = log
	ctx, cancel := context.WithCancel(t.Context())
	s.repeat(ctx, job{"it cannot be done", time.Hour, nil, func(context.Context) error {
		defer cancel()
		panic("a fault")
	}})
	if !strings.Contains(lines.String(), "mail panicked, and goes on") {
		t.Errorf("the log: %s", lines)
	}
}

func TestFindingWithoutMail(t *testing.T) {
	var none *Service
	if f := none.Finding(t.Context()); f.State != "warning" || f.What != "mail" || !strings.Contains(f.Do, "[mail]") {
		t.Errorf("Finding = %+v", f)
	}
}

func TestRetryAfter(t *testing.T) {
	for tries, want := range map[int]time.Duration{1: time.Minute, 2: 2 * time.Minute, 8: 128 * time.Minute, 9: 4 * time.Hour, 36: 4 * time.Hour} {
		if got := retryAfter(tries); got < want*9/10 || got > want*11/10 {
			t.Errorf("retryAfter(%d) = %s, want some %s", tries, got, want)
		}
	}
	for failures, want := range map[int]time.Duration{1: 5 * time.Second, 4: 40 * time.Second, 8: pauseAtMost, 1000: pauseAtMost} {
		if got := pause(failures); got != want {
			t.Errorf("pause(%d) = %s, want %s", failures, got, want)
		}
	}
}
