package duty

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"mais/server/api"
)

// The role graph: what one person can bring about with one account, and with whatever accounts
// they get hold of on the way. A state is everybody's accounts, what roles permit and where each
// agency's codes may go; the edges are all changes that the person can make alone: by an account
// that may make it and, where it needs a second person, by another account of theirs that may
// decide on it. TestNobodyAlone searches breadth first, to six steps.

const steps = 6

// mailboxes are the person's own: two at their agency, one elsewhere.
var mailboxes = []string{"me@a.example", "alias@a.example", "me@evil.example"}

type account struct {
	email, agency string
	roles         string // in order, with commas
	left, mine    bool   // mine: the person holds its token
	ends          string
}

func (a account) list() []string {
	if a.roles == "" {
		return nil
	}
	return strings.Split(a.roles, ",")
}

type state struct {
	accounts map[string]account
	opens    map[string]bool     // roles that open records
	gone     map[string]bool     // roles that were deleted
	domains  map[string][]string // of agencies
}

func (s state) key() string {
	return fmt.Sprint(s.accounts, s.opens, s.gone, s.domains) // maps are printed in order
}

func (s state) clone() state {
	return state{maps.Clone(s.accounts), maps.Clone(s.opens), maps.Clone(s.gone), maps.Clone(s.domains)}
}

// rules are those of the package, each of which a test can take away.
type rules struct {
	needs      func(Change) []string
	mayMake    func(Actor, Change) Ruling
	mayDecide  func(a Actor, maker string, c Change) Ruling
	conflict   func(roles []string, opens func(string) bool) string
	anyAddress bool // codes go anywhere
}

func all() rules {
	return rules{needs: Needs, mayMake: MayMake, mayDecide: MayDecide, conflict: Conflict}
}

// step is a change that was made, in words, and the state after it.
type step struct {
	state
	says string
	from *step
	n    int
}

func (s *step) path() string {
	if s.from == nil {
		return s.says
	}
	return s.from.path() + " → " + s.says
}

// others are there, and do nothing: what the person does is done to them.
func others() map[string]account {
	return map[string]account{
		"admin": {email: "admin@a.example", agency: "A", roles: Administrator}, "local": {email: "local@a.example", agency: "A", roles: AgencyAdministrator},
		"officer": {email: "officer@a.example", agency: "A", roles: "police_officer"}, "reviewer": {email: "rev@b.example", agency: "B", roles: GovernanceOfficer},
		"former": {email: "former@a.example", agency: "A", roles: "police_officer", left: true},
	}
}

func begin(roles string) *step {
	s := state{accounts: others(), opens: map[string]bool{"police_officer": true}, gone: map[string]bool{}, domains: map[string][]string{"A": {"a.example"}, "B": {"b.example"}}}
	s.accounts["me"] = account{email: mailboxes[0], agency: "A", roles: roles, mine: true}
	return &step{state: s, says: "an account with the role " + roles}
}

// starts are every single account that somebody can have.
var starts = []string{Administrator, AgencyAdministrator, GovernanceOfficer, "police_officer", "reception", "", Administrator + "," + AgencyAdministrator}

// reached says what a person has who should not have it: more power than they began with, in
// their own account, or any in a further one.
func reached(s state, start string) string {
	for id, a := range s.accounts {
		if !a.mine || a.left {
			continue
		}
		for _, r := range a.list() {
			power := IsOffice(r) || s.opens[r]
			had := id == "me" && slices.Contains(strings.Split(start, ","), r)
			switch {
			case power && !had:
				return id + " holds " + r
			case s.opens[r] && slices.ContainsFunc(a.list(), IsOffice):
				return id + " has an office and reads records"
			case s.opens[r] && r == "reception":
				return "reception opens records now"
			}
		}
	}
	return ""
}

// search returns the first way to what nobody should reach; nil: there is none within the steps.
func search(r rules, start string) (found *step, seen int) {
	first := begin(start)
	known := map[string]bool{first.key(): true}
	for queue := []*step{first}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if what := reached(at.state, start); what != "" {
			at.says += ": " + what
			return at, len(known)
		}
		if at.n == steps {
			continue
		}
		for _, c := range at.changes() {
			next, says := at.try(r, c)
			if says == "" || known[next.key()] {
				continue
			}
			known[next.key()] = true
			queue = append(queue, &step{state: next, says: says, from: at, n: at.n + 1})
		}
	}
	return nil, len(known)
}

// TestNobodyAlone: from no single account does anybody reach records, or an office that they
// did not have, by themselves.
func TestNobodyAlone(t *testing.T) {
	for _, start := range starts {
		found, seen := search(all(), start)
		if found != nil {
			t.Errorf("one person alone: %s", found.path())
		}
		t.Logf("from %q: %d states within %d steps", start, seen, steps)
	}
}

// TestSearchFinds is the negative control: with a rule taken away the search finds the way.
func TestSearchFinds(t *testing.T) {
	for name, c := range map[string]struct {
		start  string
		break_ func(*rules)
	}{
		"roles need no second person": {Administrator, func(r *rules) { r.needs = but("role") }},
		"an address needs none":       {AgencyAdministrator, func(r *rules) { r.needs = but("address") }},
		"a return needs none":         {AgencyAdministrator, func(r *rules) { r.needs = butReturns }},
		"makers approve":              {Administrator, func(r *rules) { r.mayDecide = func(a Actor, _ string, c Change) Ruling { return MayDecide(a, "", c) } }},
	} {
		r := all()
		c.break_(&r)
		found, _ := search(r, c.start)
		if found == nil {
			t.Errorf("%s: the search finds no way", name)
			continue
		}
		t.Logf("%s: %s", name, found.path())
	}
}

// butReturns is Needs without any reason for a return.
func butReturns(c Change) []string {
	if c.Kind == api.UserReturn {
		return nil
	}
	return Needs(c)
}

// but is Needs without the reasons that hold a word.
func but(word string) func(Change) []string {
	return func(c Change) []string {
		return slices.DeleteFunc(Needs(c), func(why string) bool { return strings.Contains(why, word) })
	}
}

// changes are all that could be asked for in a state, of every kind that touches who may do what.
func (s state) changes() (list []Change) {
	for n, box := range mailboxes {
		for _, agency := range []string{"A", "B"} {
			for _, roles := range []string{"", "police_officer", Administrator, AgencyAdministrator, GovernanceOfficer, "reception"} {
				u := api.UserFields{Email: box, Agency: agency, Roles: account{roles: roles}.list()}
				list = append(list, Change{Kind: api.UserInvite, Target: fmt.Sprint("puppet", n), Agency: agency, After: api.ChangeRequest{User: &u}},
					Change{Kind: api.UsersInvite, Target: fmt.Sprint("puppet", n), Agency: agency, People: []api.UserFields{u}})
			}
		}
	}
	for id, a := range s.accounts {
		list = append(list, s.changesOf(id, a)...)
	}
	for agency := range s.domains {
		was := api.AgencyFields{Domains: s.domains[agency], Passwords: api.PasswordsLimited}
		for _, domains := range [][]string{append(slices.Clone(was.Domains), "evil.example"), {}} {
			will := api.AgencyFields{Domains: domains, Passwords: api.PasswordsForbidden}
			list = append(list, Change{Kind: api.AgencyChange, Target: agency, Agency: agency, Before: api.ChangeRequest{Agency: &was}, After: api.ChangeRequest{Agency: &will}})
		}
	}
	list = append(list, Change{Kind: api.AgencyAdd, Target: "C", After: api.ChangeRequest{Agency: &api.AgencyFields{Domains: []string{"evil.example"}}}})
	for _, role := range []string{"reception", "police_officer", Administrator, GovernanceOfficer} {
		for _, opens := range []bool{true, false} {
			list = append(list, Change{Kind: api.RoleChange, Target: role, InOffice: IsOffice(role),
				Before: api.ChangeRequest{Role: roleThat(s.opens[role])}, After: api.ChangeRequest{Role: roleThat(opens)}})
		}
		list = append(list, Change{Kind: api.RoleDelete, Target: role})
	}
	return list
}

// roleThat opens records, or none.
func roleThat(opens bool) *api.RoleFields {
	r := &api.RoleFields{Level: "software", Passwords: api.PasswordsForbidden}
	if opens {
		r.Permissions = []api.Permission{{Item: "risk_factors", Act: "read"}}
	}
	return r
}

// changesOf are those of somebody's entry: leave, return, and every other value of one field, or
// of the address with the agency.
func (s state) changesOf(id string, a account) (list []Change) {
	was := api.UserFields{Email: a.email, Agency: a.agency, Roles: a.list(), Ends: a.ends}
	add := func(kind string, will api.UserFields) {
		c := Change{Kind: kind, Target: id, Agency: a.agency, Before: api.ChangeRequest{User: &was}, After: api.ChangeRequest{User: &will}}
		if will.Agency != a.agency {
			c.Agency = ""
		}
		c.Remaining = fewAdministrators + 1
		list = append(list, c)
	}
	list = append(list, Change{Kind: api.UserLeave, Target: id, Agency: a.agency, Before: api.ChangeRequest{User: &was}, Remaining: fewAdministrators + 1})
	for _, kind := range []string{api.UserChange, api.UserReturn} {
		add(kind, was)
		for _, r := range append(slices.Clone(Offices), "police_officer", "reception") {
			more, less := was, was
			more.Roles = inOrder(append(slices.Clone(was.Roles), r))
			less.Roles = slices.DeleteFunc(slices.Clone(was.Roles), func(has string) bool { return has == r })
			add(kind, more)
			add(kind, less)
		}
		for _, box := range mailboxes {
			for _, agency := range []string{"A", "B"} {
				will := was
				will.Email, will.Agency = box, agency
				add(kind, will)
			}
		}
	}
	return list
}

func inOrder(roles []string) []string {
	slices.Sort(roles)
	return slices.Compact(roles)
}

// try makes a change with the person's accounts. says is "" when they cannot, or nothing comes of it.
func (s state) try(r rules, c Change) (next state, says string) {
	for id, a := range s.accounts {
		if !a.mine || a.left || r.mayMake(s.actor(id), c) != Allowed {
			continue
		}
		by := id + " makes " + c.Kind + " of " + c.Target
		if len(r.needs(c)) > 0 {
			second := s.second(r, id, c)
			if second == "" {
				continue
			}
			by += ", approved by " + second
		}
		if next, done := s.apply(r, c); done {
			return next, by
		}
	}
	return s, ""
}

// second is an account of the person's that may approve what another made.
func (s state) second(r rules, maker string, c Change) string {
	for id, a := range s.accounts {
		if a.mine && !a.left && r.mayDecide(s.actor(id), maker, c) == Allowed {
			return id
		}
	}
	return ""
}

func (s state) actor(id string) Actor {
	a := s.accounts[id]
	if a.left {
		return Actor{ID: id, Agency: a.agency}
	}
	return Actor{ID: id, Agency: a.agency, Roles: a.list()}
}

// apply does what the database does, and says whether it would.
func (s state) apply(r rules, c Change) (state, bool) {
	n := s.clone()
	switch c.Kind {
	case api.AgencyAdd, api.AgencyChange:
		n.domains[c.Target] = c.After.Agency.Domains
		return n, true
	case api.RoleChange:
		if n.opens[c.Target] = len(c.After.Role.Permissions) > 0; !n.opens[c.Target] {
			delete(n.opens, c.Target) // as it was before it ever did
		}
		return n, !IsOffice(c.Target) && n.sound(r)
	case api.RoleDelete:
		if IsOffice(c.Target) {
			return n, false
		}
		for id, a := range n.accounts {
			a.roles = strings.Join(slices.DeleteFunc(a.list(), func(has string) bool { return has == c.Target }), ",")
			n.accounts[id] = a
		}
		n.gone[c.Target] = true
		return n, true
	case api.UserLeave:
		a := n.accounts[c.Target]
		done := !a.left
		a.left, a.mine = true, false // what they held is revoked
		n.accounts[c.Target] = a
		return n, done
	}
	return n, n.write(r, c)
}

// write applies a change of somebody's entry. A code goes to the address where it changes, and to
// whoever is new or returns; whoever reads the mailbox then has the account.
func (s state) write(r rules, c Change) bool {
	will := c.After.User
	if c.Kind == api.UsersInvite {
		will = &c.People[0]
	}
	was, there := s.accounts[c.Target]
	invite, back := c.Kind == api.UserInvite || c.Kind == api.UsersInvite, c.Kind == api.UserReturn
	taken := false
	for id, a := range s.accounts {
		taken = taken || id != c.Target && a.email == will.Email
	}
	_, domain, _ := strings.Cut(will.Email, "@")
	code := invite || back || will.Email != was.email || will.Agency != was.agency
	switch {
	case taken || invite == there || !invite && back != was.left:
		return false
	case slices.ContainsFunc(will.Roles, func(r string) bool { return s.gone[r] }):
		return false
	case code && !r.anyAddress && !slices.Contains(s.domains[will.Agency], domain):
		return false
	}
	a := account{email: will.Email, agency: will.Agency, roles: strings.Join(will.Roles, ","), mine: was.mine, ends: will.Ends}
	if code {
		a.mine = slices.Contains(mailboxes, will.Email)
	}
	s.accounts[c.Target] = a
	return s.sound(r)
}

// sound reports whether nobody has roles that nobody has together.
func (s state) sound(r rules) bool {
	for _, a := range s.accounts {
		if r.conflict(a.list(), func(role string) bool { return s.opens[role] }) != "" {
			return false
		}
	}
	return true
}
