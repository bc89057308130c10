package manage

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/lifecycle"
)

const heading = "email,name,agency,sites,roles,starts,ends,vetting,vetted_on,vouched_by\n"

func (r *region) imported(t *testing.T, text string, req api.ImportRequest) api.Import {
	t.Helper()
	got, err := r.Import(t.Context(), r.ann, strings.NewReader(text), req)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestImportFaults: each fault is told with its line and column, and with what was meant.
func TestImportFaults(t *testing.T) {
	r := newRegion(t)
	rows := []struct{ row, fault string }{
		{"a@police.example,Ann Other,Police,Desk,police_officer,2026-12-01,2027-12-01,SC,2026-01-31,Sponsor", ""},
		{"b@police.example,Bob,Polise,Desk,police_officer,,,,,", `agency: has "Polise", which is no agency of yours: did you mean Police?`},
		{"c@police.example,Cat,Police,Dest|Ward,police_officer,,,,,", `sites: has "Dest", which is no site of Police: did you mean Desk?`},
		{"d@police.example,Dan,Police,Desk,police_oficer,,,,,", `roles: has "police_oficer", which is no role: did you mean police_officer?`},
		{"e@trust.example,Eve,Police,Desk,police_officer,,,,,", "email: is not at police.example"},
		{"not an address,Fay,Police,Desk,police_officer,,,,,", "email: is not an email address"},
		{"A@POLICE.example,Gus,Police,Desk,police_officer,,,,,", "email: is on line 2 already"},
		{"dan@police.example,Dan,police,desk,police_officer,,,,,", "email: is registered already"},
		{"h@police.example,Hal,Police,Desk,police_officer,31/12/2026,,,,", "starts: is not a date such as"},
		{"i@police.example,Ida,Police,Desk,police_officer,2027-02-01,2027-01-01,,,", "ends: is before the start"},
		{"j@police.example,Joe,Police,Desk,police_officer,,2001-01-01,,,", "ends: is over"},
		{"k@police.example,Kim,Police,Desk,police_officer,,,,2999-01-01,", "vetted_on: is still to come"},
		{"l@police.example,,Police,Desk,police_officer,,,,,", "name: is empty"},
		{"m@police.example,=HYPERLINK(1),Police,Desk,police_officer,,,,,", "name: begins with =, as a formula does"},
		{"n@police.example,Ned,Police,Desk,administrator|police_officer,,,,,", "roles: has both administrator"},
		{"o@police.example,Ola,Police,Desk,police_officer,,,None,,", "vetting: is no level: leave it out"},
		{"," + strings.Repeat("N", 201) + ",Police,Desk,police_officer,,,,,", "name: is longer than 200 characters"},
	}
	text := heading
	for _, row := range rows {
		text += row.row + "\n"
	}
	got := r.imported(t, text, api.ImportRequest{})
	if got.Rows != len(rows) || got.Good != 1 || got.Bad != len(rows)-1 || got.Change != nil {
		t.Errorf("Import = %d rows, %d good, %d bad, change %v", got.Rows, got.Good, got.Bad, got.Change)
	}
	if !slices.IsSortedFunc(got.Faults, func(a, b api.RowFault) int { return a.Line - b.Line }) {
		t.Errorf("the faults are not in the order of the lines: %v", got.Faults)
	}
	told := map[int]string{}
	for _, f := range got.Faults {
		told[f.Line] += f.Column + ": " + f.Detail + "\n"
	}
	for n, row := range rows {
		if line := n + 2; !strings.Contains(told[line], row.fault) || row.fault == "" && told[line] != "" {
			t.Errorf("line %d: %q, want %q", line, told[line], row.fault)
		}
	}
	if n := one[int](t, r, `SELECT count(*) FROM access.change`); n != 0 {
		t.Errorf("a file with faults made %d changes", n)
	}
}

// TestImportInvites: a good file becomes one change that waits for a second person, who sees
// how many come where as what; then everybody is registered and invited, and the sponsor told.
func TestImportInvites(t *testing.T) {
	r := newRegion(t)
	text := heading + "a@police.example,Ann Other,Police,Desk,police_officer,,,,,\nb@trust.example,Bea Other,Trust,Ward,clinician,,,,,\nwrong,Cid,Police,,,,,,,\n"
	if got := r.imported(t, text, api.ImportRequest{SkipFaulty: true, DryRun: true}); got.Change != nil || got.Good != 2 {
		t.Errorf("a dry run = %+v", got)
	}
	var invalid *lifecycle.InvalidError
	if _, err := r.Import(t.Context(), r.ann, strings.NewReader(text), api.ImportRequest{DryRun: true, Note: strings.Repeat("ŵ", 501)}); !errors.As(err, &invalid) || invalid.Fields[0].Field != "note" {
		t.Errorf("a dry run with a long note = %v", err)
	}
	got := r.imported(t, text, api.ImportRequest{SkipFaulty: true, Note: "new suite"})
	if got.Change == nil || got.Bad != 1 || got.Change.Note != "new suite" || len(got.Change.Second) == 0 {
		t.Fatalf("Import = %+v", got)
	}
	e := got.Change.Effect
	if e.GainsAll != 2 || len(e.Gains) != 2 || !strings.Contains(strings.Join(e.Warnings, "\n"), "1 person of Police: 1 as police officer.") {
		t.Errorf("effect = %+v", e)
	}
	if _, err := r.Confirm(t.Context(), r.ann, got.Change.ID, seen(*got.Change)); err != nil {
		t.Fatal(err)
	}
	r.doErrands(t.Context(), slow)
	if _, err := r.Approve(t.Context(), r.ann, got.Change.ID, api.DecisionRequest{Word: got.Change.Word}); !errors.Is(err, ErrOwn) {
		t.Errorf("who made it approves it: %v", err)
	}
	if _, err := r.Approve(t.Context(), r.bob, got.Change.ID, agree(t, r.Service, r.bob, got.Change.ID)); err != nil {
		t.Fatal(err)
	}
	r.applyItems(t.Context())
	r.doErrands(t.Context(), slow)
	counts := map[string]int{}
	for _, did := range r.done.all() {
		counts[did]++
	}
	if diff := cmp.Diff(map[string]int{"invite": 2, "sponsor": 2, "approval": 1}, counts); diff != "" {
		t.Errorf("what was done (-want +got):\n%s", diff)
	}
	if n := one[int](t, r, `SELECT count(*) FROM access.user_account WHERE email IN ('a@police.example', 'b@trust.example') AND terms_due`); n != 2 {
		t.Errorf("%d people are registered, want 2", n)
	}
	if again := r.imported(t, text, api.ImportRequest{SkipFaulty: true}); again.Good != 0 || again.Bad != 3 || again.Change != nil {
		t.Errorf("the same file once more = %+v", again)
	}
}

// TestImportByAnAgency: who manages one agency imports into that alone, need not name it, and
// gives no office.
func TestImportByAnAgency(t *testing.T) {
	r := newRegion(t)
	text := "email,name,agency,sites,roles\na@police.example,A,,Desk,police_officer\nb@trust.example,B,Trust,Ward,clinician\nc@police.example,C,,,administrator\n"
	got, err := r.Import(t.Context(), r.cat, strings.NewReader(text), api.ImportRequest{SkipFaulty: true})
	if err != nil || got.Good != 1 || got.Bad != 2 || got.Change == nil || got.Change.Agency != r.police && got.Change.Agency != "Police" {
		t.Fatalf("Import = %+v, %v", got, err)
	}
	if told := fmt.Sprint(got.Faults); !strings.Contains(told, `has "Trust", which is no agency of yours`) || !strings.Contains(told, "only an administrator can give") {
		t.Errorf("faults: %s", told)
	}
	nobody := authntest.Principal(t, authntest.Facts{Identity: r.cat.Identity(), Roles: []string{"police_officer"}, AgencyID: r.police})
	if _, err := r.Import(t.Context(), nobody, strings.NewReader(text), api.ImportRequest{}); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("an officer imports: %v", err)
	}
	var invalid *lifecycle.InvalidError
	if _, err := r.Import(t.Context(), r.cat, strings.NewReader("salary\n"), api.ImportRequest{}); !errors.As(err, &invalid) || invalid.Fields[0].Field != "file" {
		t.Errorf("a file of something else: %v", err)
	}
}

// TestFunnel counts each where they are, and has fresh codes sent to those whose own lapsed,
// once, and by nobody who may not.
func TestFunnel(t *testing.T) {
	r := newRegion(t)
	for email, set := range map[string]string{
		"waits@police.example":  `sent_at = now(), expires_at = now() + interval '7 days', reminded_at = now()`,
		"lapsed@police.example": `sent_at = now() - interval '8 days', expires_at = now() - interval '1 day'`,
		"back@police.example":   `sent_at = now(), expires_at = now() + interval '7 days', bounced_at = now(), bounce = 'no such user'`,
		"here@police.example":   `sent_at = now(), expires_at = now(), registered_at = now(), first_seen_at = now()`,
		"lapsed@trust.example":  `sent_at = now() - interval '8 days', expires_at = now() - interval '1 day'`,
	} {
		agency := r.police
		if strings.HasSuffix(email, "@trust.example") {
			agency = r.trust
		}
		who := r.member(t, email, agency, "police_officer").User()
		r.exec(t, `INSERT INTO access.registration (user_id) VALUES ($1) ON CONFLICT DO NOTHING`, who)
		r.exec(t, `UPDATE access.registration SET `+set+` WHERE user_id = $1`, who)
	}
	f, err := r.Funnel(t.Context(), r.cat)
	want := api.FunnelRow{Agency: "Police", AgencyID: r.police, People: 7, Sent: 4, Bounced: 1, Waiting: 1, Reminded: 1, Lapsed: 1, Registered: 1, Active: 1}
	if err != nil || len(f.Agencies) != 1 {
		t.Fatalf("Funnel = %+v, %v", f, err)
	}
	if diff := cmp.Diff(want, f.Agencies[0]); diff != "" {
		t.Errorf("Funnel of an agency's administrator (-want +got):\n%s", diff)
	}
	r.exec(t, `UPDATE access.registration SET expires_at = now() - interval '1 day' WHERE bounced_at IS NOT NULL`) // nobody is reached by another there
	r.exec(t, `UPDATE access.user_account SET starts_on = current_date + 3 WHERE id = $1`, r.officer)
	if f, err := r.Funnel(t.Context(), r.cat); err != nil || f.All.Due != 1 || f.All.Bounced != 1 || f.All.Lapsed != 1 {
		t.Errorf("with one who starts later, and one whose code lapsed and mail came back: %+v, %v", f, err)
	}
	if f, err := r.Funnel(t.Context(), r.ann); err != nil || len(f.Agencies) != 2 || f.All.People != 9 || f.All.Lapsed != 2 {
		t.Errorf("Funnel of an administrator = %+v, %v", f, err)
	}
	for _, agency := range []string{r.trust, "00000000-0000-0000-0000-000000000000"} {
		if _, err := r.InviteAgain(t.Context(), r.cat, agency); !errors.Is(err, ErrUnknown) {
			t.Errorf("an agency's administrator invites those of %s again: %v", agency, err)
		}
	}
	for n, who := range []int{1, 0} { // those of an open errand are not invited twice
		if done, err := r.InviteAgain(t.Context(), r.cat, ""); err != nil || done.People != who {
			t.Errorf("InviteAgain %d = %+v, %v, want %d", n, done, err, who)
		}
	}
	if done, err := r.InviteAgain(t.Context(), r.ann, ""); err != nil || done.People != 1 {
		t.Errorf("InviteAgain of all = %+v, %v, want the one of the other agency", done, err)
	}
	if n := one[int](t, r, `SELECT count(*) FROM audit.event WHERE act = 'invitation.again'`); n != 3 {
		t.Errorf("%d events of it, want 3", n)
	}
	// The database says the same to whoever asks past the program.
	if _, err := r.host.InviteAgain(t.Context(), r.cat.User(), r.trust, asTest); err == nil {
		t.Error("the database lets an agency's administrator invite those of another")
	}
	if _, err := r.host.InviteAgain(t.Context(), r.officer, "", asTest); err == nil {
		t.Error("the database lets an officer invite")
	}
}

// TestTakenElsewhere: that somebody of another agency has an address is told to an administrator, and to
// no agency's: they learn of their own people alone.
func TestTakenElsewhere(t *testing.T) {
	r := newRegion(t)
	r.member(t, "elsewhere@police.example", r.trust, "clinician")
	text := "email,name,roles\nnew@police.example,New Person,police_officer\nelsewhere@police.example,Eve,police_officer\nown@police.example,Own,police_officer\n"
	got, err := r.Import(t.Context(), r.cat, strings.NewReader(text), api.ImportRequest{})
	if err != nil || got.Change == nil {
		t.Fatalf("Import = %+v, %v", got, err)
	}
	r.member(t, "own@police.example", r.police, "police_officer")
	if _, err := r.Confirm(t.Context(), r.cat, got.Change.ID, seen(*got.Change)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Approve(t.Context(), r.ann, got.Change.ID, agree(t, r.Service, r.ann, got.Change.ID)); err != nil {
		t.Fatal(err)
	}
	r.applyItems(t.Context())
	for who, want := range map[*authn.Principal][]string{
		&r.ann: {"", faultTaken, faultTaken}, &r.cat: {"", faultVeiled, faultTaken},
	} {
		found, err := r.People(t.Context(), *who, got.Change.ID, 1, 10)
		var faults []string
		for _, p := range found.People {
			faults = append(faults, p.Fault)
		}
		if diff := cmp.Diff(want, faults); err != nil || diff != "" {
			t.Errorf("to %s, %v (-want +got):\n%s", who.Name(), err, diff)
		}
	}
}

// TestInvitedTwice: whom a change that waits invites is said of a second one, by itself or on a list.
func TestInvitedTwice(t *testing.T) {
	r := newRegion(t)
	invite := func(email string) api.Change {
		return confirmed(t, r.Service, r.ann, api.ChangeRequest{Kind: api.UserInvite, User: r.fields(email, "police_officer")})
	}
	const too = "invites this address too"
	if first := invite("twice@police.example"); strings.Contains(sayings(first.Effect), too) {
		t.Errorf("the first: %q", first.Effect.Warnings)
	}
	if second := invite("twice@police.example"); !strings.Contains(sayings(second.Effect), too) {
		t.Errorf("the second does not say so: %q", second.Effect.Warnings)
	}
	list := r.imported(t, "email,name,agency,roles\nlisted@police.example,Listed,Police,police_officer\n", api.ImportRequest{}).Change
	if _, err := r.Confirm(t.Context(), r.ann, list.ID, seen(*list)); err != nil {
		t.Fatal(err)
	}
	if other := invite("listed@police.example"); !strings.Contains(sayings(other.Effect), too) {
		t.Errorf("who is on a list that waits: %q", other.Effect.Warnings)
	}
}
