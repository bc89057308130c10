// Package policy is the whole rule of who may do what to a record: a pure function of role,
// item and act. Make [Grants] of the permissions in force with [NewGrants] and ask
// [Grants.Decide]; Eh-DAS takes the [Decision] and names no column that it does not allow.
//
// What is not granted is denied. The package reads no database and knows no person: it does
// not say whether the caller is who they say, or whether the permissions are still in force.
package policy

import (
	"slices"

	"mais/server/internal/record"
)

// Act is what is done to an item. The zero Act is none, and nobody may do it.
type Act uint8

// The acts.
const (
	Read Act = iota + 1
	Create
	Update
	Emergency // to read while emergency access is on; see [Grants.DecideEmergency]

	// Find is to learn the number of one person whom the asker names whole, and nothing that stands
	// in the record. It is no permission: no row of a table grants it; see [DecideFind].
	Find
)

// Acts returns the acts that can be permitted, in order.
func Acts() []Act { return []Act{Read, Create, Update, Emergency} }

// String returns the act's name in the permission table, or "none".
func (a Act) String() string {
	switch a {
	case Read:
		return "read"
	case Create:
		return "create"
	case Update:
		return "update"
	case Emergency:
		return "emergency"
	case Find:
		return "find"
	}
	return "none"
}

// ParseAct is String's inverse; ok is false for any other name.
func ParseAct(name string) (a Act, ok bool) {
	for _, a := range Acts() {
		if a.String() == name {
			return a, true
		}
	}
	return 0, false
}

// Permission lets a role do an act to an item ("section.item").
type Permission struct {
	Role, Item string
	Act        Act
}

// Grants are the permissions in force. The zero Grants permit nothing. It never changes.
type Grants struct {
	sets map[grantee]itemSet
}

type grantee struct {
	role string
	act  Act
}

// NewGrants returns the grants that permissions make. One for an item or act that the
// dictionary does not know grants nothing.
func NewGrants(permissions []Permission) Grants {
	g := Grants{make(map[grantee]itemSet)}
	for _, p := range permissions {
		i, known := index[p.Item]
		if _, ok := ParseAct(p.Act.String()); !known || !ok {
			continue
		}
		to := grantee{p.Role, p.Act}
		g.sets[to] = g.sets[to].with(i)
	}
	return g
}

// Decide returns what one who has all these roles may do by act: the union of what each
// grants. An unknown role adds nothing.
func (g Grants) Decide(roles []string, act Act) Decision {
	d := Decision{act: act}
	for _, role := range roles {
		d.items = d.items.union(g.sets[grantee{role, act}])
	}
	return d
}

// DecideEmergency returns what one who has all these roles may read while their emergency
// access to the record is on: what they may always read, and what their roles give them in
// an emergency. That it is on is for the caller to know.
func (g Grants) DecideEmergency(roles []string) Decision {
	d := g.Decide(roles, Read)
	d.items = d.items.union(g.Decide(roles, Emergency).items)
	d.emergency = true
	return d
}

// DecideLimited returns what one may do by act who has some roles whole, and others limited:
// these give them to read what is for the restricted audience, and nothing else. It is for
// those who came in with a password.
func (g Grants) DecideLimited(roles, limited []string, act Act) Decision {
	whole := slices.DeleteFunc(slices.Clone(roles), func(role string) bool { return slices.Contains(limited, role) })
	d := g.Decide(whole, act)
	if act == Read {
		d.items = d.items.union(g.Decide(limited, act).restricted())
	}
	return d
}

// DecideLimitedEmergency is DecideEmergency for one who has some roles limited: these widen nothing.
func (g Grants) DecideLimitedEmergency(roles, limited []string) Decision {
	d := g.DecideLimited(roles, limited, Read)
	d.items = d.items.union(g.DecideLimited(roles, limited, Emergency).items)
	d.emergency = true
	return d
}

// GovernanceOfficer is the role that reviews emergency access. It is an office and no
// permission to an item: who holds it reads no record by it.
const GovernanceOfficer = "governance_officer"

// DecideFind returns by which items one who has these roles may find a person's number: a governance
// officer by whole names and the birth date, for people who ask who looked at them.
func DecideFind(roles []string) Decision {
	if !slices.Contains(roles, GovernanceOfficer) {
		return Decision{}
	}
	const details = "service_user_details."
	return Decision{act: Find, items: everything}.Only(details+"surname", details+"first_name", details+"aliases", details+"date_of_birth")
}

// systems are the parts of the server that touch records without a person asking, and the
// one act that each may do. They are listed here and not in the database: no row makes one.
var systems = map[string]Act{
	"import":    Create, // mais-server import
	"generator": Create, // synthetic people
}

// DecideSystem returns what the named part of the server may do by act: everything if it is
// its own act, nothing otherwise.
func DecideSystem(name string, act Act) Decision {
	if own, known := systems[name]; !known || own != act {
		return Decision{}
	}
	return Decision{act: act, items: everything}
}

// items is the dictionary in order, and index its inverse by key.
var items, index = func() (items []record.Item, index map[string]int) {
	index = make(map[string]int)
	for _, section := range record.Dictionary() {
		for _, item := range section.Items {
			index[item.Key()] = len(items)
			items = append(items, item)
		}
	}
	return items, index
}()
