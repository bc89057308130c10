package server

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mais/config"
	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/people"
)

// TestMailOfService: a service with mail writes to whoever's token is held, and says in its
// metrics how certificates, lists and mail stand.
func TestMailOfService(t *testing.T) {
	var dir string
	w := newWorld(t, func(s *config.Server) {
		dir = filepath.Join(s.DataDir, "mail")
		s.Mail = &config.Mail{Directory: dir, From: "mais@mais.example"}
	})
	k := w.enrolled(t, "police_officer", w.custody)
	if err := w.authority.Hold(t.Context(), k.ref, "test"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the holder's mail is in the directory", func() bool {
		files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
		if err != nil || len(files) == 0 {
			return false
		}
		text, err := os.ReadFile(files[0])
		return err == nil && strings.Contains(string(text), "your token is on hold") && strings.Contains(string(text), k.email)
	})
	if _, err := w.authority.CRL(t.Context(), "people"); err != nil {
		t.Fatal(err)
	}
	c := w.client(t, custody)
	for _, want := range []string{
		`mais_certificates{profile="person-software",status="held"} 1`, `mais_certificates{profile="server",status="active"} 1`,
		`mais_certificate_expiry_seconds{certificate="(server|root|root-crl|people-1|sites-1)"} [0-9.e+]+`,
		`mais_crl_age_seconds{series="(people|root)"} [0-9.e+-]+`, `mais_mail_messages{state="(waiting|sent|given_up)"} [0-9]+`,
		`mais_mail_oldest_waiting_seconds [0-9.e+-]+`, `mais_mail_sends_total{outcome="sent"} [1-9]`,
	} {
		said := regexp.MustCompile(`(?m)^` + want)
		eventually(t, "the metrics say "+want, func() bool { return said.Match(c.get(t, w.urls.Ops+"/metrics").body) }) // a mail is counted once it has gone
	}
}

// TestInvitationsAreBounded: of one user there are three codes an hour, whoever asks; each voids
// the last, and so does one that no mail server takes.
func TestInvitationsAreBounded(t *testing.T) {
	var dir string
	w := newWorld(t, func(s *config.Server) {
		dir = filepath.Join(s.DataDir, "mail")
		s.Mail = &config.Mail{Directory: dir, From: "mais@mais.example"}
	})
	e := &estate{world: w}
	admin := e.member(t, "Agency", "All Admin", lifecycle.Administrator)
	sponsored(t, w)
	for _, email := range []string{"often@agency.example", "once@agency.example"} {
		_, err := w.host.AddUser(t.Context(), people.User{Email: email, Name: "New", Agency: "Agency", Sites: []string{w.custody}, Roles: []string{"police_officer"}}, testEvent)
		if err != nil {
			t.Fatal(err)
		}
	}
	e.d = newDescribed(t, admin.c.get(t, w.urls.Mutual+api.PathOpenAPI).body)
	invite := func(email string) reply { return admin.send(t, api.PathInvitations, api.InviteRequest{Email: email}) }
	for range 3 {
		if got := invite("often@agency.example"); got.StatusCode != http.StatusCreated {
			t.Fatalf("an invitation: %d %s", got.StatusCode, got.body)
		}
	}
	often := invite("often@agency.example")
	if often.wantProblem(t, http.StatusTooManyRequests, api.TooMany); often.Header.Get("Retry-After") != "3600" { // "in an hour", it says
		t.Errorf("a fourth code may be asked for after %s seconds, want 3600", often.Header.Get("Retry-After"))
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*.eml")); err != nil || len(files) != 3 {
		t.Errorf("%d mails, %v, want 3", len(files), err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if p := invite("once@agency.example").wantProblem(t, http.StatusServiceUnavailable, api.Unavailable); !strings.Contains(p.Detail, "no longer work") {
		t.Errorf("the answer does not say that earlier codes are void: %+v", p)
	}
}

// TestNoMail: a service without mail says so, and invites nobody from the pages.
func TestNoMail(t *testing.T) {
	w := sharedWorld(t)
	if f := w.mail.Finding(t.Context()); f.State != "warning" || !strings.Contains(f.Says, "not set up") {
		t.Errorf("Finding = %+v", f)
	}
	if w.mailer() != nil {
		t.Error("there is somebody to send invitations")
	}
}
