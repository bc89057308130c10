package manage

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
)

// TestUsersReach: an administrator sees everybody, an agency's its own people, anybody else nobody.
func TestUsersReach(t *testing.T) {
	r := newRegion(t)
	for who, want := range map[string]struct {
		p     authn.Principal
		total int
		err   error
	}{
		"administrator":          {r.ann, 4, nil},
		"agency's administrator": {r.cat, 3, nil},
		"officer":                {r.officerOf(t), 0, ErrNotAllowed},
		"nobody":                 {authn.Principal{}, 0, ErrNotAllowed},
	} {
		found, err := r.Users(t.Context(), want.p, api.UserFilter{})
		if who == "administrator" {
			want.total = one[int](t, r, `SELECT count(*) FROM access.user_account`) // those whom the tests made meanwhile too
		} else if who == "agency's administrator" {
			want.total = one[int](t, r, `SELECT count(*) FROM access.user_account WHERE agency = $1`, r.police)
		}
		if found.Total != want.total || len(found.Users) != want.total || !errors.Is(err, want.err) {
			t.Errorf("%s sees %d of %d people, %v, want %d, %v", who, len(found.Users), found.Total, err, want.total, want.err)
		}
	}
	for id, want := range map[string]error{r.officer: nil, r.bob.User(): ErrUnknown, "x": ErrUnknown, "' OR true": ErrUnknown, r.desk: ErrUnknown} {
		if _, err := r.User(t.Context(), r.cat, id); !errors.Is(err, want) {
			t.Errorf("the agency's administrator asks for %s: %v, want %v", id, err, want)
		}
	}
}

// TestUserMay: what is offered is what would be taken. Nobody changes their own entry; offices are for
// administrators.
func TestUserMay(t *testing.T) {
	r := newRegion(t)
	r.exec(t, `UPDATE access.user_account SET left_at = now() WHERE id = $1`, r.member(t, "gone@police.example", r.police).User())
	gone := one[string](t, r, `SELECT id FROM access.user_account WHERE email = 'gone@police.example'`)
	for _, test := range []struct {
		p    authn.Principal
		of   string
		want string
	}{
		{r.ann, r.officer, "change leave invite"}, {r.cat, r.officer, "change leave invite"}, {r.ann, r.ann.User(), ""}, {r.cat, r.cat.User(), ""},
		{r.ann, r.cat.User(), "change leave invite"}, {r.cat, r.ann.User(), ""}, {r.cat, gone, "return"},
	} {
		u, err := r.User(t.Context(), test.p, test.of)
		if got := strings.Join(u.May, " "); err != nil || got != test.want {
			t.Errorf("%s may %q about %s, %v, want %q", test.p.Name(), got, u.Email, err, test.want)
		}
	}
	r.exec(t, `UPDATE access.user_account SET ends_on = CURRENT_DATE - 3 WHERE id = $1`, r.officer)
	if u, err := r.User(t.Context(), r.ann, r.officer); err != nil || slices.Contains(u.May, mayInvite) || u.Stage != api.StageEnded {
		t.Errorf("past the last day: %+v, %v", u, err)
	}
}

func TestUserFilter(t *testing.T) {
	r := newRegion(t)
	bad := api.UserFilter{Query: strings.Repeat("x", 201), Agency: "1", Site: "2", Role: strings.Repeat("r", 64), Stage: "odd", Sort: "odd", Page: 2_000_000}
	_, err := r.Users(t.Context(), r.ann, bad)
	var invalid *lifecycle.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Fields) != 7 {
		t.Errorf("Users(%+v) = %v, want 7 faults", bad, err)
	}
	found, err := r.Users(t.Context(), r.ann, api.UserFilter{PerPage: 1, Page: 2, Sort: "email"})
	if err != nil || found.PerPage != 1 || found.Page != 2 || len(found.Users) != 1 || found.Users[0].Email != "bob@trust.example" {
		t.Errorf("the second page = %+v, %v", found, err)
	}
}

// goods is how many good certificates everybody has.
type goods int

func (g goods) Good(context.Context, certs.Identity) (int, error) { return int(g), nil }

// mover is the officer's entry as it would be.
func (r *region) mover(change func(*api.UserFields)) (was, will api.UserFields) {
	was = api.UserFields{Email: "dan@police.example", Name: "Dan", Agency: r.police, Sites: []string{r.desk}, Roles: []string{"police_officer"}, Vetting: "NPPV 3"}
	will = was
	change(&will)
	return was, will
}

func TestForeseeUser(t *testing.T) {
	r := newRegion(t)
	r.opts.Certificates = goods(2)
	r.exec(t, `INSERT INTO access.subnet (site, cidr) VALUES ($1, '192.0.2.0/24')`, r.ward)
	r.exec(t, `INSERT INTO access.session (id_hash, user_id, issuer, serial, listener, site) VALUES (sha256('x'), $1, 'people-1', '4f', 'mutual', $2)`, r.officer, r.desk)
	for name, test := range map[string]struct {
		kind                                  string
		change                                func(*api.UserFields)
		gains, losses, sessions, certificates int
		says                                  []string // of gains, losses and warnings, in words
	}{
		"leaves": {api.UserLeave, func(*api.UserFields) {}, 0, 1, 1, 2, []string{"loses the role Police officer", "Desk (no network)"}},
		"moves": {api.UserChange, func(u *api.UserFields) {
			u.Agency, u.Sites, u.Email = r.trust, []string{r.ward}, "dan@trust.example"
		}, 1, 1, 1, 2, []string{"Ward (192.0.2.0/24)", "Desk (no network)", "sent a new code", "Both addresses are told"}},
		"gets a role":    {api.UserChange, func(u *api.UserFields) { u.Roles = []string{"clinician", "police_officer"} }, 1, 0, 1, 0, []string{"gets the role Clinician"}},
		"has none left":  {api.UserChange, func(u *api.UserFields) { u.Roles = nil }, 0, 1, 1, 0, []string{"loses the role Police officer", "They have no role"}},
		"has no site":    {api.UserChange, func(u *api.UserFields) { u.Sites = nil }, 0, 1, 1, 0, []string{"They have no site"}},
		"has a name":     {api.UserChange, func(u *api.UserFields) { u.Name = "Daniel" }, 0, 0, 0, 0, nil},
		"ended long ago": {api.UserChange, func(u *api.UserFields) { u.Ends = "2020-01-01" }, 0, 0, 0, 0, []string{"The last day has passed"}},
		"starts later":   {api.UserChange, func(u *api.UserFields) { u.Starts = "2999-01-01" }, 0, 0, 0, 0, []string{"cannot sign in before the first day"}},
		"is not vetted":  {api.UserChange, func(u *api.UserFields) { u.Vetting = "" }, 0, 0, 0, 0, []string{"No vetting is recorded"}},
		"gets an office": {api.UserChange, func(u *api.UserFields) { u.Roles = []string{"administrator"} }, 1, 1, 1, 0, []string{"They get an office, Administrator"}},
		"returns":        {api.UserReturn, func(*api.UserFields) {}, 1, 0, 0, 0, []string{"gets the role Police officer", "What they held before stays revoked"}},
	} {
		was, will := r.mover(test.change)
		e, err := r.foreseeUser(t.Context(), proposed{
			Kind: test.kind, Target: r.officer, Before: api.ChangeRequest{User: &was}, After: api.ChangeRequest{User: &will}, By: r.ann.User(),
		})
		if err != nil || e.GainsAll != test.gains || e.LossesAll != test.losses || e.Sessions != test.sessions || e.Certificates != test.certificates {
			t.Errorf("who %s: gains %d, losses %d, sessions %d, certificates %d, %v, want %d, %d, %d, %d", name, e.GainsAll, e.LossesAll, e.Sessions, e.Certificates, err,
				test.gains, test.losses, test.sessions, test.certificates)
		}
		said := sayings(e)
		for _, want := range test.says {
			if !strings.Contains(said, want) {
				t.Errorf("who %s: it does not say %q:\n%s", name, want, said)
			}
		}
	}
}

// sayings is all that an effect says in words.
func sayings(e api.Effect) string {
	lines := slices.Clone(e.Warnings)
	for _, a := range slices.Concat(e.Gains, e.Losses) {
		lines = append(lines, slices.Concat(a.What, a.Places, a.Items, a.Acts)...)
	}
	return strings.Join(lines, "\n")
}

// What a role shows is gained by items, and a whole section by its name. What another role still shows is not lost.
func TestForeseeItems(t *testing.T) {
	r := newRegion(t)
	was, will := r.mover(func(u *api.UserFields) { u.Roles = []string{"clinician", "police_officer"} })
	foresee := func(was, will api.UserFields) api.Effect {
		e, err := r.foreseeUser(t.Context(), proposed{Kind: api.UserChange, Target: r.officer, Before: api.ChangeRequest{User: &was}, After: api.ChangeRequest{User: &will}})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	gains := foresee(was, will)
	if said := sayings(gains); !strings.Contains(said, "service_user_details.epex_number") || strings.Contains(said, "service_user_details.surname") || !strings.Contains(said, "read") {
		t.Errorf("an officer who becomes a clinician too gains\n%s", said)
	}
	if back := foresee(will, was); back.LossesAll != 1 || back.GainsAll != 0 {
		t.Errorf("and loses it again by %+v", back)
	} else if diff := cmp.Diff(itemsOf(gains.Gains), itemsOf(back.Losses)); diff != "" {
		t.Errorf("what is gained and what is lost differ:\n%s", diff)
	}
	r.exec(t, `UPDATE access.agency SET passwords = 'allowed'`)
	r.exec(t, `UPDATE access.role SET passwords = CASE name WHEN 'clinician' THEN 'limited' ELSE 'allowed' END WHERE name IN ('clinician', 'police_officer')`)
	for _, test := range []struct{ role, says string }{
		{"clinician", "may sign in by password, which opens restricted items alone, to read\n"}, {"police_officer", "may sign in by password\n"},
		{"clinician police_officer", "may sign in by password, which as Clinician opens restricted items alone, to read\n"},
	} {
		_, new := r.mover(func(u *api.UserFields) { u.Roles = strings.Fields(test.role) })
		e, err := r.foreseeUser(t.Context(), proposed{Kind: api.UserInvite, After: api.ChangeRequest{User: &new}})
		if said := sayings(e); err != nil || !strings.Contains(said, test.says) {
			t.Errorf("an invitation as %s says, %v\n%s", test.role, err, said)
		}
	}
	invited, err := r.foreseeUser(t.Context(), proposed{Kind: api.UserInvite, After: api.ChangeRequest{User: &was}})
	if err != nil || invited.GainsAll != 1 || invited.LossesAll != 0 || invited.Sessions+invited.Certificates != 0 {
		t.Errorf("an invitation does %+v, %v", invited, err)
	}
}

func itemsOf(all []api.Affected) (items [][]string) {
	for _, a := range all {
		items = append(items, a.Items)
	}
	return items
}

// The last of those who administer is said to be the last.
func TestLastOnes(t *testing.T) {
	r := newRegion(t)
	leave := func(who authn.Principal, agency string, roles ...string) string {
		was := api.UserFields{Name: "X", Email: who.Email(), Agency: agency, Roles: roles}
		e, err := r.foreseeUser(t.Context(), proposed{Kind: api.UserLeave, Target: who.User(), Before: api.ChangeRequest{User: &was}})
		if err != nil {
			t.Fatal(err)
		}
		return sayings(e)
	}
	if said := leave(r.bob, r.trust, "administrator"); !strings.Contains(said, "Afterwards there is one administrator") {
		t.Errorf("of two administrators one leaves:\n%s", said)
	}
	if said := leave(r.cat, r.police, "agency_administrator"); !strings.Contains(said, "last administrator of Police") {
		t.Errorf("the agency's administrator leaves:\n%s", said)
	}
	dora := r.member(t, "dora@police.example", r.police, "agency_administrator")
	if said := leave(dora, r.police, "agency_administrator"); strings.Contains(said, "last administrator") {
		t.Errorf("one of the agency's two leaves:\n%s", said)
	}
	r.exec(t, `DELETE FROM access.user_role WHERE user_id = $1`, r.bob.User())
	if said := leave(r.ann, r.police, "administrator"); !strings.Contains(said, "This is the last administrator without a last day: afterwards") {
		t.Errorf("the last administrator leaves:\n%s", said)
	}
}

// The terms are accepted as they were read, once, by somebody.
func TestTerms(t *testing.T) {
	r := newRegion(t)
	r.exec(t, `UPDATE access.user_account SET terms_due = true WHERE id = $1`, r.cat.User())
	terms, err := r.Terms(t.Context(), r.cat)
	if err != nil || !terms.Due || terms.AcceptedAt != nil || len(terms.Sheets) != 1 || terms.Sheets[0].Role != "agency_administrator" {
		t.Fatalf("Terms = %+v, %v", terms, err)
	}
	if err := r.Accept(t.Context(), r.cat, "1999-01", terms.Roles()); !errors.Is(err, ErrConflict) {
		t.Errorf("Accept of other terms = %v, want %v", err, ErrConflict)
	}
	if err := r.Accept(t.Context(), r.cat, terms.Version, nil); !errors.Is(err, ErrConflict) {
		t.Errorf("Accept of other sheets = %v, want %v", err, ErrConflict)
	}
	if err := r.Accept(t.Context(), r.cat, terms.Version, terms.Roles()); err != nil {
		t.Fatal(err)
	}
	if terms, err = r.Terms(t.Context(), r.cat); err != nil || terms.Due || terms.AcceptedAt == nil {
		t.Errorf("after it Terms = %+v, %v", terms, err)
	}
	r.sweep(t.Context()) // they are the newest
	if terms, err = r.Terms(t.Context(), r.cat); err != nil || terms.Due {
		t.Errorf("without newer ones Terms = %+v, %v", terms, err)
	}
	r.exec(t, `UPDATE access.user_account SET terms_version = '2026-10' WHERE id = $1`, r.cat.User())
	r.sweep(t.Context())
	if terms, err = r.Terms(t.Context(), r.cat); err != nil || !terms.Due {
		t.Errorf("of newer ones Terms = %+v, %v", terms, err)
	}
	if _, err := r.Terms(t.Context(), authn.Principal{}); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("Terms of nobody = %v", err)
	}
}

// heldBy notes what was to be revoked.
type heldBy struct{ asked []lifecycle.Leaving }

func (h *heldBy) RevokeAll(_ context.Context, l lifecycle.Leaving) (int, error) {
	h.asked = append(h.asked, l)
	return 1, nil
}
func (h *heldBy) ForgetPassword(context.Context, string, string) error { return nil }

// Who is past their last day loses what they hold, by the errands that the sweep makes.
func TestSweepEnded(t *testing.T) {
	r := newRegion(t)
	held := &heldBy{}
	r.opts.Revoker = held
	r.exec(t, `UPDATE access.user_account SET ends_on = (now() AT TIME ZONE 'UTC')::date - 1 WHERE id = $1`, r.officer)
	for range 2 {
		r.sweepEnded(t.Context())
		r.settle(t)
	}
	if len(held.asked) != 1 || held.asked[0].User != r.officer || held.asked[0].Reason.String() != "cessationOfOperation" || held.asked[0].By != byDates {
		t.Errorf("asked to revoke %+v, want once for the officer", held.asked)
	}
	if !slices.Contains(r.done.all(), "end ended") {
		t.Errorf("sessions are not ended: %v", r.done.all())
	}
}

// A revoke takes all, in the name of who decided on the change.
func TestRevokeIsOfTheChange(t *testing.T) {
	r := newRegion(t)
	held := &heldBy{}
	r.opts.Revoker = held
	e := Errand{Kind: errandRevoke, User: r.officer, Detail: map[string]string{"reason": "affiliationChanged", "by": r.ann.Identity().String()}}
	if err := r.revokeAll(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	want := lifecycle.Leaving{User: r.officer, Reason: held.asked[0].Reason, By: r.ann.Identity().String()}
	if diff := cmp.Diff([]lifecycle.Leaving{want}, held.asked); diff != "" || want.Reason.String() != "affiliationChanged" {
		t.Errorf("asked to revoke (-want +got):\n%s", diff)
	}
	event, err := r.eventOf(t.Context(), e)
	if err != nil || event.User != r.ann.User() || event.UserName != "ann@police.example" {
		t.Errorf("the event names %+v, %v", event, err)
	}
	for _, detail := range []map[string]string{{"reason": "odd"}, {"reason": "certificateHold"}} {
		if err := r.revokeAll(t.Context(), Errand{Kind: errandRevoke, User: r.officer, Detail: detail}); err == nil {
			t.Errorf("revokeAll takes %v", detail)
		}
	}
}
