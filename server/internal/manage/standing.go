package manage

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mais/certs"
	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/people"
)

// Keys says how well the keys are kept that users hold.
type Keys interface {
	// BestLevels returns the highest level of what each user holds that is live; one without
	// an entry holds nothing.
	BestLevels(ctx context.Context, users []string) (map[string]certs.Level, error)
}

// standing is what the rules make of somebody.
type standing struct {
	may       permits
	missing   []string // roles that they would not have any more
	has       certs.Level
	demands   certs.Level
	passwords map[string]string // how far they go, by role: the lesser of the role's and the agency's
}

func (r rules) standing(h people.Holder, has certs.Level) standing {
	s := standing{may: permitsOf(h.Roles, r.permissions), has: has, passwords: map[string]string{}}
	for _, name := range h.Roles {
		role, there := r.roles[name]
		if !there {
			s.missing = append(s.missing, name)
			continue
		}
		s.demands = max(s.demands, levelOf(role.Level))
		s.passwords[name] = api.PasswordsOf(h.AgencyPasswords, role.Passwords)
		if levelOf(role.Level) > certs.Software { // authn serves nobody by password for it
			s.passwords[name] = api.PasswordsForbidden
		}
	}
	return s
}

// byPassword reports whether any of their roles is in a session of theirs that a password began.
func (s standing) byPassword() bool {
	for _, how := range s.passwords {
		if how != api.PasswordsForbidden {
			return true
		}
	}
	return false
}

// openedByPassword says that they may sign in by password, and where that opens less than their roles do.
func (s standing) openedByPassword() string {
	const less = "restricted items alone, to read"
	var limited []string
	open := 0
	for role, how := range s.passwords {
		switch how {
		case api.PasswordsAllowed:
			open++
		case api.PasswordsLimited:
			limited = append(limited, form.RoleLabel(role))
		}
	}
	slices.Sort(limited)
	switch {
	case len(limited) == 0:
		return "may sign in by password"
	case open == 0:
		return "may sign in by password, which opens " + less
	}
	return "may sign in by password, which as " + strings.Join(limited, " and ") + " opens " + less
}

// further reports whether passwords go further for one of the roles that both standings have.
func (s standing) further(o standing) bool {
	for role, how := range s.passwords {
		if other, both := o.passwords[role]; both && how != other && api.PasswordsOf(how, other) == other {
			return true
		}
	}
	return false
}

// refused reports whether no token that they hold is enough. Who holds none is refused anyway.
func (s standing) refused() bool { return s.has > 0 && s.has < s.demands }

// better says in words what s has beyond the standing before, other than items.
func (s standing) better(before standing) (what []string) {
	if before.refused() && !s.refused() {
		what = append(what, fmt.Sprintf("is served with %s, which was not enough", keyWords[s.has]))
	}
	switch {
	case s.byPassword() && !before.byPassword():
		what = append(what, s.openedByPassword())
	case s.byPassword() && s.further(before):
		what = append(what, "sees more when signed in by password")
	}
	return what
}

// worse says in words what s lacks of the standing before, other than items.
func (s standing) worse(before standing) (what []string) {
	for _, role := range s.missing {
		if !slices.Contains(before.missing, role) {
			what = append(what, "loses the role")
		}
	}
	if s.refused() && !before.refused() {
		what = append(what, fmt.Sprintf("would be refused: has %s, and %s is demanded", keyWords[s.has], keyWords[s.demands]))
	}
	switch {
	case before.byPassword() && !s.byPassword():
		what = append(what, "may sign in by password no more")
	case s.byPassword() && before.further(s):
		what = append(what, "sees less when signed in by password")
	}
	return what
}

// keyWords say how a key is kept.
var keyWords = map[certs.Level]string{
	certs.Software: "a key in a file", certs.Card: "a key on a smart card", certs.Attested: "a key on a card that its maker vouches for",
}

// levels are the levels in order.
var levels = []certs.Level{certs.Software, certs.Card, certs.Attested}

// levelOf is a level by its name; 0: there is none of the name.
func levelOf(name string) certs.Level {
	for _, l := range levels {
		if l.String() == name {
			return l
		}
	}
	return 0
}

// keysOf returns the best level of what each of these people hold.
func (s *Service) keysOf(ctx context.Context, who []people.Holder) (map[string]certs.Level, error) {
	if len(who) == 0 {
		return nil, nil
	}
	var ids []string
	for _, h := range who {
		ids = append(ids, h.ID)
	}
	return s.opts.Keys.BestLevels(ctx, ids)
}
