package manage

import (
	"context"
	"maps"
	"slices"

	"mais/server/api"
	"mais/server/internal/people"
)

// maxAffected bounds who is named of those that a change touches.
const maxAffected = 200

// rules are all roles as they are, or as they would be.
type rules struct {
	permissions map[string][]api.Permission
	roles       map[string]api.RoleFields // without permissions
}

// foreseeRole says who of a role's holders gains or loses which items, who would be refused for
// the token that they have, and who could sign in by password no more. What another of their
// roles still gives them they do not lose.
func (s *Service) foreseeRole(ctx context.Context, c proposed) (api.Effect, error) {
	was, err := s.rules(ctx)
	if err != nil {
		return api.Effect{}, err
	}
	name, will := c.Target, was.with(c.Target, c.After.Role)
	if c.Kind == api.RoleAdd && c.After.Role != nil {
		name, will = c.After.Role.Name, was.with(c.After.Role.Name, c.After.Role)
	}
	holders, err := s.opts.Register.HoldersOf(ctx, name)
	if err != nil {
		return api.Effect{}, err
	}
	has, err := s.keysOf(ctx, holders)
	if err != nil {
		return api.Effect{}, err
	}
	var e api.Effect
	for _, h := range holders {
		now, then := was.standing(h, has[h.ID]), will.standing(h, has[h.ID])
		addAffected(&e.Gains, &e.GainsAll, h, then.may.beyond(now.may), then.better(now))
		addAffected(&e.Losses, &e.LossesAll, h, now.may.beyond(then.may), append(then.worse(now), leftBare(c.Kind == api.RoleDelete && len(h.Roles) == 1)...))
	}
	e.Warnings = append(roleWarnings(c, len(holders)), strandedBy(c, holders)...)
	waiting, err := s.waits(ctx, c, name, "")
	e.Warnings = append(e.Warnings, waiting...)
	return e, err
}

// rules reads all roles.
func (s *Service) rules(ctx context.Context) (rules, error) {
	all, err := s.opts.Register.Described(ctx)
	if err != nil {
		return rules{}, err
	}
	r := rules{map[string][]api.Permission{}, map[string]api.RoleFields{}}
	for _, role := range all {
		r.roles[role.Name] = role.RoleFields
		if !role.Office {
			r.permissions[role.Name] = role.Permissions
		}
	}
	return r, nil
}

// with returns the rules with one role as it is to become; nil: without it.
func (r rules) with(name string, role *api.RoleFields) rules {
	out := rules{maps.Clone(r.permissions), maps.Clone(r.roles)}
	delete(out.permissions, name)
	delete(out.roles, name)
	if role != nil && role.Name != "" {
		out.permissions[name], out.roles[name] = role.Permissions, *role
	}
	return out
}

// addAffected adds somebody to those who gain or lose, if they do: an entry for each set of
// items that the same acts are done to. Pages and tokenctl gather them again (package form).
func addAffected(to *[]api.Affected, all *int, h people.Holder, items []granted, what []string) {
	if len(items) == 0 && len(what) == 0 {
		return
	}
	if *all++; *all > maxAffected {
		return
	}
	entry := api.Affected{ID: h.ID, Name: h.Name, Email: h.Email, Agency: h.Agency, What: what}
	for n, g := range items {
		entry.Items, entry.Acts = g.Items, g.Acts
		if n < len(items)-1 {
			*to = append(*to, entry)
			entry.What = nil
		}
	}
	*to = append(*to, entry)
}

// leftBare says of somebody that they would have no role.
func leftBare(bare bool) []string {
	if !bare {
		return nil
	}
	return []string{"has no role left: nothing is open to them"}
}

// strandedBy says how many would have no role at all: they are served nothing, whatever they hold.
func strandedBy(c proposed, holders []people.Holder) []string {
	if c.Kind != api.RoleDelete {
		return nil
	}
	stranded := 0
	for _, h := range holders {
		if len(h.Roles) == 1 {
			stranded++
		}
	}
	if stranded == 0 {
		return nil
	}
	return []string{peopleDo(stranded, "has", "have") + " no other role and would be left with none: give them one first, or have them leave."}
}

// findBy are the items by which people are found.
var findBy = []string{"service_user_details.surname", "service_user_details.first_name", "service_user_details.date_of_birth"}

// roleWarnings are what a role's administrators should know beside who is touched.
func roleWarnings(c proposed, holders int) (all []string) {
	if holders == 0 && c.Kind != api.RoleAdd {
		all = append(all, "Nobody has this role.")
	}
	role := c.After.Role
	if role == nil || len(role.Permissions) == 0 {
		return all
	}
	may := permitsOf([]string{role.Name}, map[string][]api.Permission{role.Name: role.Permissions})
	finds := func(item string) bool { return may[actRead][item] }
	if !slices.ContainsFunc(findBy, finds) {
		all = append(all, "Whoever has this role alone finds nobody: it reads neither surname, nor first name, nor date of birth.")
	}
	if len(may[actRead]) == 0 && len(may[actEmergency]) > 0 {
		all = append(all, "Whoever has this role alone opens no record: items that it shows in an emergency add to what it always shows, and that is nothing.")
	}
	if was := c.Before.Role; was != nil && role.TOTP && !was.TOTP && role.Passwords != api.PasswordsForbidden {
		all = append(all, "Holders who sign in by password need a second factor from then on.")
	}
	return all
}
