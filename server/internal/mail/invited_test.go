package mail

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"

	"mais/certs"
	"mais/config"
	"mais/server/internal/mail/internal/dsn"
)

// sent registers somebody who was sent a code, and returns the id of its mail.
func (w *world) sent(t testing.TB, email string) (who certs.Identity, message string) {
	t.Helper()
	who, message = w.user(t, email, "New Nurse", w.health, "custody_nurse"), uuid.NewString()
	w.exec(t, `INSERT INTO access.registration (user_id, code, message, sent_at, expires_at) VALUES ($1, '7R4KM9XWP', $2, $3, $4)`,
		who.ID(), message, w.now, w.now.Add(7*24*time.Hour))
	return who, message
}

func (w *world) remindOf(t testing.TB) {
	t.Helper()
	if err := w.remindInvited(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.send(t)
}

// TestReminder: once, after the time that the settings say, without a code, and to nobody who
// has registered, was not reached, has left, or whose code is gone.
func TestReminder(t *testing.T) {
	w := newWorld(t)
	w.opts.RemindAfter = 5 * 24 * time.Hour
	w.sent(t, "slow@trust.example")
	for email, change := range map[string]string{
		"quick@trust.example":  `UPDATE access.registration SET registered_at = now() WHERE user_id = $1`,
		"gone@trust.example":   `UPDATE access.registration SET bounced_at = sent_at WHERE user_id = $1`,
		"left@trust.example":   `UPDATE access.user_account SET left_at = now() WHERE id = $1`,
		"lapsed@trust.example": `UPDATE access.registration SET expires_at = sent_at + interval '1 day' WHERE user_id = $1`,
	} {
		who, _ := w.sent(t, email)
		w.exec(t, change, who.ID())
	}
	w.now = w.now.Add(4 * 24 * time.Hour)
	if w.remindOf(t); len(w.server.taken()) != 0 {
		t.Errorf("after four days: %v", w.arrived(t))
	}
	w.now = w.now.Add(25 * time.Hour)
	w.remindOf(t)
	w.remindOf(t)
	mails := w.server.taken()
	if len(mails) != 1 || mails[0].to[0] != "slow@trust.example" {
		t.Fatalf("after five days: %v", w.arrived(t))
	}
	m := open(t, mails[0].raw)
	if !strings.Contains(m.subject, "waits until") || !strings.Contains(m.body, "7R4KM9XWP") || regexp.MustCompile(`[0-9A-Z]{5}(-[0-9A-Z]{5}){6}`).MatchString(m.body) {
		t.Errorf("the reminder: %s\n%s", m.subject, m.body)
	}
}

// notification is word of a mail server that a mail could not be delivered.
func notification(to, messageID, action, says string) string {
	return fmt.Sprintf("From: MAILER-DAEMON@mx.example\r\nTo: <%s>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"+
		"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\nAction: %s\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; %s\r\n\r\n"+
		"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <%s>\r\n\r\n--b--\r\n", to, action, says, messageID)
}

// bounce returns what is noted of somebody's mail; "": nothing.
func (w *world) bounce(t testing.TB, who certs.Identity) (said string) {
	t.Helper()
	err := w.db.Owner().QueryRow(t.Context(), `SELECT coalesce(bounce, '') FROM access.registration WHERE user_id = $1`, who.ID()).Scan(&said)
	if err != nil {
		t.Fatal(err)
	}
	return said
}

// TestBounced: what a mail server says of a mail is noted of whoever it was for, once its
// writer shows to have had the mail in hand, and of nobody else.
func TestBounced(t *testing.T) {
	w := newWorld(t)
	w.opts.Settings.Bounces = "bounce@mais.example"
	who, message := w.sent(t, "gone@trust.example")
	if err := inviteOf(w.Service, message, "gone@trust.example"); err != nil {
		t.Fatal(err)
	}
	mark := w.server.taken()[0].from
	if !strings.HasPrefix(mark, "bounce+") || !strings.HasSuffix(mark, "@mais.example") {
		t.Fatalf("the envelope is from %s", mark)
	}
	id := message + "@mais.example"
	bounced := func(text, to string) bool {
		t.Helper()
		noted, err := w.Bounced(t.Context(), strings.NewReader(text), to)
		if err != nil {
			t.Fatal(err)
		}
		if noted != (w.bounce(t, who) != "") {
			t.Errorf("Bounced = %v, and %q is noted", noted, w.bounce(t, who))
		}
		w.exec(t, `UPDATE access.registration SET bounced_at = NULL, bounce = NULL`)
		return noted
	}
	for name, text := range map[string]string{
		"a guess":           notification("bounce+"+strings.Repeat("0", 32)+"@mais.example", uuid.NewString()+"@mais.example", "failed", "no"),
		"an address":        notification("gone@trust.example", "gone@trust.example", "failed", "no"),
		"another domain":    notification(strings.Replace(mark, "mais.example", "elsewhere.example", 1), message+"@elsewhere.example", "failed", "no"),
		"only a delay":      notification(mark, id, "delayed", "later"),
		"it was delivered":  notification(mark, id, "delivered", "yes"),
		"a mark and a half": notification(strings.Replace(mark, "@", "0@", 1), "", "failed", "no"),
	} {
		if bounced(text, "") {
			t.Errorf("%s is believed", name)
		}
	}
	if !bounced(notification(mark, "", "failed", "no such user"), "") || !bounced(notification("root@localhost", id, "failed", "no"), "") || !bounced(notification("root@localhost", "", "failed", "no"), mark) {
		t.Error("a mail that came back is not noted")
	}
	w.exec(t, `UPDATE access.registration SET registered_at = now()`)
	if bounced(notification(mark, id, "failed", "no"), "") {
		t.Error("it is noted of somebody who has registered")
	}
	if _, err := w.Bounced(t.Context(), strings.NewReader("From: a@b.example\r\n\r\nI am away\r\n"), mark); !errors.Is(err, ErrNoNotification) || !errors.Is(err, dsn.ErrNot) {
		t.Errorf("Bounced of an answer = %v", err)
	}
}

// TestBounceIsOneLine: what a mail server says cannot become more than a line of text.
func TestBounceIsOneLine(t *testing.T) {
	w := newWorld(t)
	who, message := w.sent(t, "gone@trust.example")
	says := "550 \u202e<script>alert(1)</script>\x00\x1b[2J " + strings.Repeat("x", 900)
	if noted, err := w.Bounced(t.Context(), strings.NewReader(notification("x@y.example", message+"@mais.example", "failed", says)), ""); !noted || err != nil {
		t.Fatalf("Bounced = %v, %v", noted, err)
	}
	if got := w.bounce(t, who); len([]rune(got)) > maxWord || strings.ContainsAny(got, "\r\n\x00\x1b\u202e") {
		t.Errorf("noted %q", got)
	}
}

// TestReminderBounces: word of a reminder's mail is word of the invitation's.
func TestReminderBounces(t *testing.T) {
	w := newWorld(t)
	w.opts.RemindAfter, w.opts.Settings.Bounces = 5*24*time.Hour, "bounce@mais.example"
	who, _ := w.sent(t, "gone@trust.example")
	w.now = w.now.Add(6 * 24 * time.Hour)
	w.remindOf(t)
	if noted, err := w.Bounced(t.Context(), strings.NewReader(notification(w.server.taken()[0].from, "", "failed", "mailbox is full")), ""); !noted || err != nil || w.bounce(t, who) != "5.1.1 mailbox is full" {
		t.Errorf("Bounced = %v, %v, %q", noted, err, w.bounce(t, who))
	}
}

// TestOneConnectionForMany: invitations go over few connections, whatever becomes of one.
func TestOneConnectionForMany(t *testing.T) {
	server := newMailServer(t, config.MailStartTLS)
	server.onRcpt = func(to string) error {
		if to == "u7@police.example" {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		}
		return nil
	}
	s := newTestService(t, server.settings(t, config.MailStartTLS))
	defer s.courier.close()
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n := range 150 {
		err := inviteOf(s, uuid.NewString(), fmt.Sprintf("u%d@police.example", n))
		said, forGood := Refused(err)
		if (n == 7) != forGood || (n == 7) != (err != nil) || forGood && (!strings.Contains(said, "no such user") || strings.Contains(said, "@")) {
			t.Errorf("invitation %d: %v, refused %v: %q", n, err, forGood, said)
		}
	}
	if len(server.taken()) != 149 || server.sessions != 2 {
		t.Errorf("the server took %d mails over %d connections, want 149 over 2", len(server.taken()), server.sessions)
	}
}

// TestKeptConnectionBreaks: a connection that the server ended meanwhile costs nothing.
func TestKeptConnectionBreaks(t *testing.T) {
	server := newMailServer(t, config.MailStartTLS)
	var last *smtp.Conn
	server.onData = func(_ int, c *smtp.Conn) error { last = c; return nil }
	s := newTestService(t, server.settings(t, config.MailStartTLS))
	defer s.courier.close()
	for n := range 3 {
		if err := inviteOf(s, uuid.NewString(), "nurse@trust.example"); err != nil {
			t.Errorf("invitation %d: %v", n, err)
		}
		last.Close()
	}
	if len(server.taken()) != 3 || server.sessions != 3 {
		t.Errorf("the server took %d mails over %d connections, want 3 over 3", len(server.taken()), server.sessions)
	}
}

// TestToldOnce: sponsors, approvers, whose address changed and whose password was taken away are each written to once, with
// nobody's words making more of a mail than it is.
func TestToldOnce(t *testing.T) {
	w := newWorld(t)
	const evil = "Eve\r\nBcc: x@evil.example\r\n\r\nfree text"
	var many []Person
	for n := range 201 {
		many = append(many, Person{fmt.Sprintf("%s %d", evil, n), fmt.Sprintf("u%d@police.example", n)})
	}
	change := uuid.NewString()
	for range 2 {
		for _, err := range []error{
			w.TellSponsor(t.Context(), Sponsored{Change: change, Agency: evil, Sponsor: Person{evil, "sponsor@police.example"}, By: evil, People: many}),
			w.TellApprovers(t.Context(), Waiting{Change: change, What: "invite 201 people", By: evil, Until: w.now, To: []Person{{evil, "second@police.example"}}}),
			w.TellAddress(t.Context(), change, evil, "old@police.example", "new@police.example"),
			w.TellPassword(t.Context(), 7, Person{evil, "holder@police.example"}, w.now),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	w.send(t)
	got := map[string]int{}
	for _, mail := range w.server.taken() {
		m := open(t, mail.raw)
		got[m.to.Address]++
		if strings.Contains(m.body, "\nBcc:") || strings.Contains(m.body, "\n\nfree text") {
			t.Errorf("a name made more of the mail:\n%s", m.body)
		}
		if m.to.Address == "second@police.example" && strings.Contains(m.body, "@police.example") {
			t.Errorf("who approves is told whom it is about by mail:\n%s", m.body)
		}
	}
	if got["sponsor@police.example"] != 3 || got["second@police.example"] != 1 || got["old@police.example"] != 1 || got["new@police.example"] != 1 || got["holder@police.example"] != 1 || len(got) != 5 {
		t.Errorf("mails: %v", got)
	}
}
