package manage

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/authn/authntest"
	"mais/server/internal/lifecycle"
)

// confirmed proposes a change and confirms it, whatever comes of it.
func confirmed(t *testing.T, s *Service, p authn.Principal, req api.ChangeRequest) api.Change {
	t.Helper()
	made, err := s.Propose(t.Context(), p, req)
	if err == nil {
		made, err = s.Confirm(t.Context(), p, made.ID, api.ConfirmRequest{Word: made.Word, Digest: made.Digest})
	}
	if err != nil {
		t.Fatalf("%s: %v %+v", req.Kind, err, faultsIn(err))
	}
	return made
}

func approved(t *testing.T, s *Service, p authn.Principal, id string) (api.Change, error) {
	t.Helper()
	c, err := s.Change(t.Context(), p, id)
	if err != nil {
		t.Fatal(err)
	}
	return s.Approve(t.Context(), p, id, api.DecisionRequest{Word: c.Word, Digest: c.Digest})
}

// movedTo is somebody as they sign in at the other agency.
func movedTo(t *testing.T, r *region, p authn.Principal) authn.Principal {
	t.Helper()
	return authntest.Principal(t, authntest.Facts{Identity: p.Identity(), Name: p.Name(), Agency: "Trust", AgencyID: r.trust, Roles: p.Roles(), Session: "s"})
}

func faultsIn(err error) []api.FieldError {
	var invalid *lifecycle.InvalidError
	if errors.As(err, &invalid) {
		return invalid.Fields
	}
	return nil
}

// TestNobodyIsLockedOut: what takes the last network from somebody with an office waits for an
// administrator, and from the last administrator it is not taken at all.
func TestNobodyIsLockedOut(t *testing.T) {
	c := newCountry(t)
	peer := c.user(t, "lara@police.example", "Northshire Police", []string{"agency_administrator"}, c.custody)
	if _, err := c.Propose(t.Context(), c.local, api.ChangeRequest{Kind: api.SiteClose, Target: c.court}); len(faultsIn(err)) == 0 {
		t.Errorf("the administrators' only site is closed: %v", err)
	}
	ofCourt := func(prefix string) api.ChangeRequest {
		return api.ChangeRequest{Kind: api.NetworkRemove, Network: &api.NetworkFields{Site: c.court, Prefix: prefix}}
	}
	if made := confirmed(t, c.Service, c.local, ofCourt("10.1.128.0/17")); made.State != api.ChangeApplied {
		t.Errorf("one network of two = %+v", made)
	}
	if _, err := c.Propose(t.Context(), c.local, ofCourt("192.0.2.0/24")); len(faultsIn(err)) == 0 {
		t.Errorf("the administrators' last network is removed: %v", err)
	}
	made := confirmed(t, c.Service, c.local, api.ChangeRequest{Kind: api.SiteClose, Target: c.custody})
	if made.State != api.ChangeWaiting || !slices.Contains(made.Second, "It takes the last network from somebody who has an office.") {
		t.Errorf("the site of a colleague with an office is closed: %s %q", made.State, made.Second)
	}
	if _, err := approved(t, c.Service, peer, made.ID); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("approved by an agency's administrator: %v", err)
	}
	if done, err := approved(t, c.Service, c.admin, made.ID); err != nil || done.State != api.ChangeApplied {
		t.Errorf("approved by an administrator: %+v, %v", done, err)
	}
}

// TestWideNetworks: a very large network, or one of another agency's, is for an administrator to
// approve, and half of the Internet is refused.
func TestWideNetworks(t *testing.T) {
	c := newCountry(t)
	add := func(prefix string) api.ChangeRequest {
		return api.ChangeRequest{Kind: api.NetworkAdd, Network: &api.NetworkFields{Site: c.custody, Prefix: prefix}}
	}
	for _, prefix := range []string{"0.0.0.0/1", "128.0.0.0/1", "16.0.0.0/7", "2000::/15", "::ffff:0:0/97"} {
		if _, err := c.Propose(t.Context(), c.admin, add(prefix)); len(faultsIn(err)) == 0 {
			t.Errorf("%s: %v, want it refused", prefix, err)
		}
		if _, err := c.owner.Exec(t.Context(), `INSERT INTO access.subnet VALUES ($1, $2)`, c.custody, strings.Replace(prefix, "::ffff:0:0/97", "0.0.0.0/1", 1)); err == nil {
			t.Errorf("the database takes %s", prefix)
		}
	}
	for prefix, want := range map[string]string{
		"172.16.0.0/15": "It recognises very many addresses.", "2001:d00::/31": "It recognises very many addresses.", "10.9.3.0/24": "It overlaps a network of another agency.",
		"198.51.100.0/24": "", "172.20.0.0/16": "", "2001:db8::/32": "",
	} {
		made := confirmed(t, c.Service, c.local, add(prefix))
		if strings.Join(made.Second, " ") != want || (made.State == api.ChangeWaiting) != (want != "") {
			t.Errorf("%s: %s, %q, want %q", prefix, made.State, made.Second, want)
		}
		if strings.Contains(fmt.Sprint(made.Effect.Warnings), "Trust") {
			t.Errorf("%s names another agency: %q", prefix, made.Effect.Warnings)
		}
	}
}

// TestAdministratorsRemain: one without a last day always does; and where two or fewer would, one
// goes only by another's word.
func TestAdministratorsRemain(t *testing.T) {
	r := newRegion(t)
	leave := api.ChangeRequest{Kind: api.UserLeave, Target: r.ann.User()}
	if made := confirmed(t, r.Service, r.bob, leave); made.State != api.ChangeWaiting || !strings.Contains(sayings(made.Effect), "Nobody else could approve this") {
		t.Errorf("one of two leaves: %s\n%s", made.State, sayings(made.Effect))
	}
	eve := r.member(t, "eve@trust.example", r.trust, "administrator")
	r.member(t, "fay@trust.example", r.trust, "administrator")
	if made := confirmed(t, r.Service, r.bob, api.ChangeRequest{Kind: api.UserLeave, Target: eve.User()}); made.State != api.ChangeApplied {
		t.Errorf("one of four leaves: %s %q", made.State, made.Second)
	}
	u, err := r.User(t.Context(), r.bob, r.ann.User())
	if err != nil {
		t.Fatal(err)
	}
	will := u.UserFields
	will.Ends = "2099-12-31"
	ends := confirmed(t, r.Service, r.bob, api.ChangeRequest{Kind: api.UserChange, Target: u.ID, Version: u.Version, User: &will})
	if strings.Join(ends.Second, "") != "It takes one of the last administrators." {
		t.Errorf("one of three gets a last day: %s %q", ends.State, ends.Second)
	}
	// Bob's last day is today, and Fay's is known: Ann has to stay, though all three are there today.
	r.exec(t, `UPDATE access.user_account SET ends_on = (now() AT TIME ZONE 'UTC')::date WHERE email IN ('bob@trust.example', 'fay@trust.example')`)
	if _, err := r.Propose(t.Context(), r.bob, leave); len(faultsIn(err)) == 0 {
		t.Errorf("the last without a last day leaves: %v", err)
	}
	if _, err := r.owner.Exec(t.Context(), `UPDATE access.user_account SET ends_on = '2099-01-01' WHERE id = $1`, r.ann.User()); err == nil {
		t.Error("the last without a last day is given one")
	}
}

// TestNothingIsToldOfOthers: an agency's administrator hears the same of an address that somebody of
// another agency has as of a new one, in a form as in a file; who decides hears the fault.
func TestNothingIsToldOfOthers(t *testing.T) {
	r := newRegion(t)
	r.exec(t, `UPDATE access.agency SET domains = domains || '{shared.example}'`)
	r.member(t, "gil@shared.example", r.trust, "clinician")
	says := func(email, agency string, roles ...string) string {
		f := r.fields(email, roles...)
		f.Agency = agency
		made, err := r.Propose(t.Context(), r.cat, api.ChangeRequest{Kind: api.UserInvite, User: f})
		return strings.ReplaceAll(fmt.Sprint(faultsIn(err), made.State, made.Second, made.Effect), email, "ADDRESS")
	}
	for _, pair := range [][2]string{{"bob@trust.example", "new@trust.example"}, {"gil@shared.example", "new@shared.example"}} {
		for _, agency := range []string{r.police, r.trust} {
			for _, roles := range [][]string{nil, {"police_officer"}} {
				if taken, free := says(pair[0], agency, roles...), says(pair[1], agency, roles...); taken != free {
					t.Errorf("%s is told from %s:\n%s\n%s", pair[0], pair[1], taken, free)
				}
			}
		}
	}
	if right, wrong := says("x@trust.example", r.trust), says("x@other.example", r.trust); right != wrong {
		t.Errorf("another agency's domain is told:\n%s\n%s", right, wrong)
	}
	if own := says("dan@police.example", r.police); !strings.Contains(own, "is registered already") {
		t.Errorf("their own agency's: %s", own)
	}
	const head = "email,name,agency,sites,roles\n"
	for _, email := range []string{"gil@shared.example", "free@shared.example"} {
		if in, err := r.Import(t.Context(), r.cat, strings.NewReader(head+email+",X,Police,Desk,\n"), api.ImportRequest{DryRun: true}); err != nil || in.Good != 1 {
			t.Errorf("a file with %s: %+v, %v", email, in, err)
		}
	}
	made := confirmed(t, r.Service, r.cat, api.ChangeRequest{Kind: api.UserInvite, User: r.fields("gil@shared.example", "police_officer")})
	if _, err := approved(t, r.Service, r.ann, made.ID); !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "is registered already") {
		t.Errorf("who approves: %v", err)
	}
}

// TestOldChangesAreTheirAgencys: of an agency that they have left, a maker sees what is open only.
func TestOldChangesAreTheirAgencys(t *testing.T) {
	r := newRegion(t)
	over := confirmed(t, r.Service, r.cat, api.ChangeRequest{Kind: api.SiteAdd, Site: &api.SiteFields{Agency: r.police, Name: "Annexe"}})
	open := confirmed(t, r.Service, r.cat, api.ChangeRequest{Kind: api.UserInvite, User: r.fields("new@police.example", "police_officer")})
	r.exec(t, `DELETE FROM access.user_site WHERE user_id = $1`, r.cat.User())
	r.exec(t, `UPDATE access.user_account SET agency = $2 WHERE id = $1`, r.cat.User(), r.trust)
	moved := movedTo(t, r, r.cat)
	if _, err := r.Change(t.Context(), moved, over.ID); !errors.Is(err, ErrUnknown) {
		t.Errorf("a change that is over: %v", err)
	}
	if list, err := r.Changes(t.Context(), moved, api.ChangeFilter{}); err != nil || len(list.Changes) != 1 || list.Changes[0].ID != open.ID {
		t.Errorf("the list = %+v, %v", list, err)
	}
	if done, err := r.Discard(t.Context(), moved, open.ID); err != nil || done.State != api.ChangeDiscarded {
		t.Errorf("discarded: %+v, %v", done, err)
	}
	if _, err := r.Change(t.Context(), moved, open.ID); !errors.Is(err, ErrUnknown) {
		t.Errorf("what was discarded: %v", err)
	}
}

// TestAloneIsTold: who approves a role sees what one person changed of the entry before.
func TestAloneIsTold(t *testing.T) {
	r := newRegion(t)
	u, err := r.User(t.Context(), r.ann, r.officer)
	if err != nil {
		t.Fatal(err)
	}
	will := u.UserFields
	will.Name, will.Vetting = "Chief Constable", "SC"
	confirmed(t, r.Service, r.cat, api.ChangeRequest{Kind: api.UserChange, Target: u.ID, User: &will})
	will.Roles = []string{"clinician", "police_officer"}
	made := confirmed(t, r.Service, r.cat, api.ChangeRequest{Kind: api.UserChange, Target: u.ID, User: &will})
	seen, err := r.Change(t.Context(), r.ann, made.ID)
	if want := "cat@police.example alone changed this entry: Name from “dan@police.example” to “Chief Constable”; Vetting from nothing to “SC”."; err != nil || !strings.Contains(sayings(seen.Effect), want) {
		t.Errorf("who approves sees\n%s, %v\nwant %s", sayings(seen.Effect), err, want)
	}
	later, err := r.opts.Register.AloneSince(t.Context(), r.officer, time.Now().Add(time.Minute), 5)
	if err != nil || len(later) != 0 {
		t.Errorf("changed in the time to come: %+v, %v", later, err)
	}
}
