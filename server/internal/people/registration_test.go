package people_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"mais/server/api"
)

// order is an enrolment order of somebody's, as the authority makes it.
const order = `INSERT INTO ca.enrolment_order (id, secret_sha256, identity, profile, holder, name, created_by, expires_at)
	VALUES ($2, sha256('x'), 'urn:mais:user:' || $1, 'user', 'x', 'x', 'test', now() + interval '7 days')`

// TestCodeEnds: until when a code is good is told of one that could be used, and of no other.
func TestCodeEnds(t *testing.T) {
	r, owner := openCrowd(t)
	const eve, code = "cccccccc-0000-4000-8000-000000000005", "7R4KM9XWP"
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := owner.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	told := func(when string, want bool) {
		t.Helper()
		if u, err := r.UserOf(t.Context(), eve); err != nil || (u.CodeEnds != nil) != want {
			t.Errorf("%s: the code is good until %v, %v; told %v, want %v", when, u.CodeEnds, err, u.CodeEnds != nil, want)
		}
	}
	told("without a code", false)
	exec(order, eve, code)
	if err := r.Inviting(t.Context(), eve, code, uuid.NewString(), 0, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	told("with a code", true)
	exec(`UPDATE access.registration SET registered_at = now() WHERE user_id = $1`, eve)
	told("a new code of somebody who has registered", true)
	exec(`UPDATE access.user_account SET left_at = now() WHERE id = $1`, eve)
	told("of who has left", false)
	exec(`UPDATE access.user_account SET left_at = NULL WHERE id = $1`, eve)
	exec(`INSERT INTO ca.order_password (order_id) VALUES ($1)`, code)
	exec(`UPDATE ca.enrolment_order SET used_at = now() WHERE id = $1`, code)
	told("used", false)
	const second = "8R4KM9XWP"
	exec(order, eve, second)
	if err := r.Inviting(t.Context(), eve, second, uuid.NewString(), 0, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	told("with a second", true)
	exec(`UPDATE ca.enrolment_order SET cancelled_at = now() WHERE id = $1`, second)
	told("void", false)
}

// TestCameBackStays: who was not reached stays so though another code is sent to the same address, until
// they register or have another address. That none could be sent is over when one is.
func TestCameBackStays(t *testing.T) {
	r, owner := openCrowd(t)
	const fay, gil = "cccccccc-0000-4000-8000-000000000006", "cccccccc-0000-4000-8000-000000000007"
	stage := func(when, who, want string) {
		t.Helper()
		if u, err := r.UserOf(t.Context(), who); err != nil || u.Stage != want || (u.BouncedAt != nil) != (want == api.StageBounced) {
			t.Errorf("%s: the stage is %s, came back %v, %v; want %s", when, u.Stage, u.BouncedAt, err, want)
		}
	}
	send := func(who, code string) {
		t.Helper()
		if err := r.Inviting(t.Context(), who, code, uuid.NewString(), 0, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := r.Invited(t.Context(), who, code, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	send(gil, "111111111")
	stage("a code that was sent", gil, api.StageInvited)
	if err := r.NotReached(t.Context(), gil, "550 no such user", time.Now(), true); err != nil {
		t.Fatal(err)
	}
	stage("it came back", gil, api.StageBounced)
	send(gil, "222222222")
	stage("another was sent there", gil, api.StageBounced)
	if i, err := r.Invitee(t.Context(), gil); err != nil || i.Bounced == nil || i.Bounce != "550 no such user" {
		t.Errorf("whoever sends one is told %v %q, %v", i.Bounced, i.Bounce, err)
	}
	if _, err := owner.Exec(t.Context(), `UPDATE access.user_account SET email = 'gil.b@trust.example' WHERE id = $1`, gil); err != nil {
		t.Fatal(err)
	}
	stage("the address is another", gil, api.StageInvited)

	if err := r.NotReached(t.Context(), fay, "no code was made", time.Now(), false); err != nil {
		t.Fatal(err)
	}
	send(fay, "333333333")
	stage("one could be sent at last", fay, api.StageInvited)
	if err := r.NotReached(t.Context(), fay, "550 no such user", time.Now(), true); err != nil {
		t.Fatal(err)
	}
	stage("it came back", fay, api.StageBounced)
	if _, err := owner.Exec(t.Context(), `SELECT access.registered($1)`, fay); err != nil {
		t.Fatal(err)
	}
	stage("they registered", fay, api.StageRegistered)
}
