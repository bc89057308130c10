package server

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	camigrations "mais/ca/migrations"
	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/people"
	"mais/server/migrations"
)

// codeForm is a code as it stands in a mail.
var codeForm = regexp.MustCompile(`[0-9A-Z]{5}(-[0-9A-Z]{5}){6}`)

// inviting is a service that puts its mails into a directory, with an agency whose people can
// be invited.
type inviting struct {
	*estate
	dir   string
	told  notebook // the service's log
	admin *member
}

func newInviting(t *testing.T) *inviting {
	t.Helper()
	i := &inviting{}
	source := pgtest.New(t, camigrations.Set, migrations.Set).Source()
	w := loggingWorld(t, slog.New(slog.NewTextHandler(&i.told, &slog.HandlerOptions{Level: slog.LevelDebug})), func(s *config.Server) {
		i.dir = filepath.Join(s.DataDir, "mail")
		s.Mail = &config.Mail{Directory: i.dir, From: "mais@mais.example", Bounces: "bounce@mais.example"}
	}, &source)
	i.estate = &estate{world: w}
	sponsored(t, w)
	i.admin = i.member(t, "Agency", "All Admin", lifecycle.Administrator)
	i.d = newDescribed(t, i.admin.c.get(t, w.urls.Mutual+api.PathOpenAPI).body)
	return i
}

// sponsored gives the agency of a world the mail domain of its people.
func sponsored(t *testing.T, w *world) {
	t.Helper()
	f := api.AgencyFields{Name: "Agency", Kind: "police", SponsorName: "C. Sponsor", SponsorEmail: "sponsor@agency.example", Domains: []string{"agency.example"}, Passwords: api.PasswordsForbidden}
	if err := w.host.SetAgency(t.Context(), f, testEvent); err != nil {
		t.Fatal(err)
	}
}

func (i *inviting) user(t *testing.T, email string) string {
	t.Helper()
	id, err := i.host.AddUser(t.Context(), people.User{Email: email, Name: "New Person", Agency: "Agency", Sites: []string{i.custody}, Roles: []string{"police_officer"}}, testEvent)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// mails are those to an address, oldest first.
func (i *inviting) mails(t *testing.T, to string) (texts []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(i.dir, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(files, func(a, b string) int {
		x, errA := os.Stat(a)
		y, errB := os.Stat(b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		return x.ModTime().Compare(y.ModTime())
	})
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "To: \"New Person\" <"+to+">") {
			texts = append(texts, string(text))
		}
	}
	return texts
}

// everyRow is every row of every table that could hold anything of an invitation.
func (i *inviting) everyRow(t *testing.T) string {
	t.Helper()
	db, err := i.source.Open(t.Context(), pg.Migrator)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all strings.Builder
	for _, table := range []string{"access.registration", "access.errand", "access.change", "ca.enrolment_order", "mail.message", "audit.event"} {
		var rows string
		if err := db.QueryRow(t.Context(), `SELECT coalesce(string_agg(x::text, E'\n'), '') FROM `+table+` x`).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		all.WriteString(rows)
	}
	return all.String()
}

// TestInvitedOnce: an errand that is done again sends nothing to whom the first mail went; one
// that was cut short before the mail was noted sends another, which says that it takes the
// place of the first.
func TestInvitedOnce(t *testing.T) {
	i := newInviting(t)
	const email = "fresh@agency.example"
	id := i.user(t, email)
	invite := func(errand int64) {
		t.Helper()
		if err := i.lifecycle.InviteUser(t.Context(), id, "urn:mais:user:"+i.admin.user, errand); err != nil {
			t.Fatal(err)
		}
	}
	invite(7)
	invite(7)
	if n := len(i.mails(t, email)); n != 1 {
		t.Fatalf("an errand that was done twice sent %d mails, want 1", n)
	}
	if text := i.mails(t, email)[0]; strings.Contains(text, "takes the place") || !strings.Contains(text, "Agency has named you") || !strings.Contains(text, "Police officer: ") {
		t.Errorf("the first mail:\n%s", text)
	}
	if _, err := i.ownerOf(t).Exec(t.Context(), `UPDATE access.registration SET sent_at = NULL WHERE user_id = $1`, id); err != nil { // as after kill -9
		t.Fatal(err)
	}
	invite(7)
	mails := i.mails(t, email)
	if len(mails) != 2 || !strings.Contains(mails[1], "takes the place of an earlier one") {
		t.Errorf("an errand that was cut short: %d mails, the last\n%s", len(mails), mails[len(mails)-1])
	}
	invite(8) // such as a fresh code for one that lapsed: no number of codes in an hour stops it
	invite(9)
	invite(10)
	if n := len(i.mails(t, email)); n != 5 {
		t.Errorf("%d mails, want 5", n)
	}
}

// TestCodeGoesToItsHolderAlone: neither the answers to administrators, nor the log, the audit,
// the database or anybody else's mail hold a code; and none goes where the agency's sponsor
// gave no domain for, even when the address was changed behind a change's back.
func TestCodeGoesToItsHolderAlone(t *testing.T) {
	i := newInviting(t)
	const email = "fresh@agency.example"
	id := i.user(t, email)
	answer := i.admin.c.do(t, request(t, "POST", i.urls.Mutual+api.PathUsers+"/"+id+"/invite", nil))
	if answer.StatusCode != http.StatusCreated {
		t.Fatalf("an invitation: %d %s", answer.StatusCode, answer.body)
	}
	var invited api.Invited
	if err := json.Unmarshal(answer.body, &invited); err != nil {
		t.Fatal(err)
	}
	mails := i.mails(t, email)
	if len(mails) != 1 {
		t.Fatalf("%d mails to the holder, want 1", len(mails))
	}
	code := codeForm.FindString(mails[0])
	plain := strings.ReplaceAll(code, "-", "")
	secret := plain[min(9, len(plain)):]
	if len(secret) != 26 || plain[:9] != invited.Order {
		t.Fatalf("the mail holds the code %q, of the order %s", code, invited.Order)
	}
	told := map[string]string{"the answer": string(answer.body), "the log": i.told.String()}
	if !strings.Contains(told["the log"], "act=token.invite") {
		t.Errorf("the log does not tell of the invitation:\n%s", told["the log"])
	}
	for _, path := range []string{api.PathUsers + "/" + id, api.PathFunnel, "/admin/people/" + id, "/admin/people/funnel", "/admin/invite"} {
		told[path] = string(i.admin.c.get(t, i.urls.Mutual+path).body)
	}
	told["the database"] = i.everyRow(t)
	for where, text := range told {
		if strings.Contains(strings.ReplaceAll(text, "-", ""), secret) || strings.Contains(text, code) {
			t.Errorf("%s holds the code", where)
		}
	}
	outside := i.user(t, "fresh@elsewhere.example")
	if err := i.lifecycle.InviteUser(t.Context(), outside, "test", 1); err != nil {
		t.Fatal(err)
	}
	if n := len(i.mails(t, "fresh@elsewhere.example")); n != 0 {
		t.Errorf("%d codes went outside the agency's domains", n)
	}
	var why string
	if err := i.ownerOf(t).QueryRow(t.Context(), `SELECT bounce FROM access.registration WHERE user_id = $1`, outside).Scan(&why); err != nil || !strings.Contains(why, "the agency's sponsor gave") {
		t.Errorf("what is noted of them: %q, %v", why, err)
	}
	i.admin.send(t, api.PathInvitations, api.InviteRequest{Email: "fresh@elsewhere.example"}).wantProblem(t, http.StatusBadRequest, api.Invalid)
}

// TestRegistrationIsNoted: who enrols counts as registered, and a bounce that comes later is of
// no more account.
func TestRegistrationIsNoted(t *testing.T) {
	i := newInviting(t)
	m := i.member(t, "Agency", "Somebody", "police_officer")
	var registered, seen bool
	ask := func() {
		t.Helper()
		err := i.ownerOf(t).QueryRow(t.Context(), `SELECT registered_at IS NOT NULL, first_seen_at IS NOT NULL FROM access.registration WHERE user_id = $1`, m.user).Scan(&registered, &seen)
		if err != nil {
			t.Fatal(err)
		}
	}
	if ask(); !registered || seen {
		t.Errorf("after enrolling: registered %v, seen %v", registered, seen)
	}
}

// TestSentToWhereMailCameBack: another code goes there, and whoever sends it is told; they stay among those
// who were not reached until they enrol.
func TestSentToWhereMailCameBack(t *testing.T) {
	i := newInviting(t)
	const email = "fresh@agency.example"
	id := i.user(t, email)
	invite := func() (invited api.Invited) {
		t.Helper()
		answer := i.admin.send(t, api.PathInvitations, api.InviteRequest{Email: email})
		if err := json.Unmarshal(answer.body, &invited); err != nil || answer.StatusCode != http.StatusCreated {
			t.Fatalf("an invitation: %d %s", answer.StatusCode, answer.body)
		}
		return invited
	}
	if first := invite(); first.BouncedAt != nil {
		t.Errorf("the first = %+v", first)
	}
	if err := i.host.NotReached(t.Context(), id, "550 no such user", time.Now(), true); err != nil {
		t.Fatal(err)
	}
	if second := invite(); second.BouncedAt == nil || second.Bounce != "550 no such user" {
		t.Errorf("another = %+v, which does not say that the mail came back", second)
	}
	user := func() (u api.User) {
		t.Helper()
		if err := json.Unmarshal(i.admin.c.get(t, i.urls.Mutual+api.PathUsers+"/"+id).body, &u); err != nil {
			t.Fatal(err)
		}
		return u
	}
	if u := user(); u.Stage != api.StageBounced || u.CodeEnds == nil {
		t.Errorf("after another code they are %s, and it is good until %v", u.Stage, u.CodeEnds)
	}
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	i.client(t, custody).post(t, i.urls.Public+api.PathEnrol, api.EnrolRequest{Email: email, Code: codeForm.FindString(i.mails(t, email)[1]), CSR: requestOf(t, key)})
	if u := user(); u.Stage != api.StageRegistered || u.CodeEnds != nil || u.BouncedAt != nil {
		t.Errorf("after enrolling they are %s, the code is good until %v, and mail came back %v", u.Stage, u.CodeEnds, u.BouncedAt)
	}
}
