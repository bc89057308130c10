package e2e_test

import "testing"

// TestRoleLevel: the command at the host lists what roles demand, asks for nothing without a
// terminal, and what it sets refuses a token of less at once, until it is taken back.
func TestRoleLevel(t *testing.T) {
	s := up(t)
	officer := s.join(t, "officer", "police_officer", custody)
	set := func(args ...string) result {
		t.Helper()
		return server(t, append([]string{"admin", "role-level", "--dir", s.dir}, args...)...)
	}
	set().exits(t, 0).shows(t, "police_officer", "software")
	officer.ctl(t, "whoami").exits(t, 0)
	set("police_officer", "card").exits(t, 2)
	officer.ctl(t, "whoami").exits(t, 0)
	set("police_officer", "card", "--yes").exits(t, 0).shows(t, "demands card now")
	officer.ctl(t, "whoami").exits(t, 4)
	set("police_officer", "software", "--yes").exits(t, 0)
	await(t, "the service to hear that less is demanded", func() bool { return officer.ctl(t, "whoami").code == 0 })
	set("polise", "card", "--yes").exits(t, 3)
	set("police_officer", "gold", "--yes").exits(t, 2)
	s.audited(t, 2, "changes of what a role demands", func(e event) bool { return e.Act == "role.level" && e.Detail["role"] == "police_officer" })
}
