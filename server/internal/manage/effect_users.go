package manage

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/people"
)

// listShown is how many people of a list an effect names.
const listShown = 200

// foreseeUsers says who comes in by a list: those who get most of them one by one, and all of them
// counted by agency and role. Before the list is stored there is nothing to count.
func (s *Service) foreseeUsers(ctx context.Context, c proposed) (api.Effect, error) {
	if c.ID == "" {
		return api.Effect{}, nil
	}
	list, err := s.opts.Register.List(ctx, c.ID, listShown)
	if err != nil {
		return api.Effect{}, err
	}
	e := api.Effect{}
	for _, p := range list.First {
		a := api.Affected{Name: p.Name, Email: p.Address, Agency: p.Agency}
		for _, role := range p.Roles {
			a.What = append(a.What, "role "+role)
		}
		e.Gains = append(e.Gains, a)
	}
	for _, agency := range slices.Sorted(maps.Keys(list.Agencies)) {
		e.GainsAll += list.Agencies[agency]
		e.Warnings = append(e.Warnings, comingTo(agency, list))
	}
	e.Warnings = append(e.Warnings, listWarnings(list)...)
	networks, err := s.networksAlone(ctx, c.By, nil, c.ID)
	if err != nil {
		return api.Effect{}, err
	}
	e.Warnings = append(e.Warnings, networks...)
	for _, role := range rolesIn(list) {
		waiting, err := s.waits(ctx, c, role, "")
		if err != nil {
			return api.Effect{}, err
		}
		e.Warnings = append(e.Warnings, waiting...)
	}
	return e, nil
}

// rolesIn are the roles that a list gives.
func rolesIn(list people.List) (roles []string) {
	for _, r := range list.Roles {
		if r.Role != "" && !slices.Contains(roles, r.Role) {
			roles = append(roles, r.Role)
		}
	}
	return roles
}

// comingTo counts the people of an agency by role.
func comingTo(agency string, list people.List) string {
	var roles []string
	for _, r := range list.Roles {
		switch {
		case r.Agency != agency:
		case r.Role == "":
			roles = append(roles, fmt.Sprintf("%d without any role", r.People))
		default:
			roles = append(roles, fmt.Sprintf("%d as %s", r.People, strings.ToLower(form.RoleLabel(r.Role))))
		}
	}
	return fmt.Sprintf("%s of %s: %s.", persons(list.Agencies[agency]), agency, strings.Join(roles, ", "))
}

// listWarnings says what whoever decides on a list should have seen.
func listWarnings(list people.List) (all []string) {
	cards, emergency := 0, 0
	for _, r := range list.Roles {
		if r.Level != "" && r.Level != "software" {
			cards += r.People
		}
		if r.Emergency {
			emergency += r.People
		}
	}
	for _, w := range []struct {
		n             int
		ofOne, ofMany string
	}{
		{cards, "gets a role that demands a smart card, which is needed before registering", "get a role that demands a smart card: each needs one before they can register"},
		{emergency, "gets a role that can give itself emergency access", "get a role that can give itself emergency access"},
		{list.Later, "starts later, and is sent their code on that day", "start later, and are sent their code on that day"},
		{list.Endless, "has no last day", "have no last day"},
		{list.Unvetted, "has no vetting noted", "have no vetting noted"},
	} {
		if w.n > 0 {
			all = append(all, peopleDo(w.n, w.ofOne, w.ofMany)+".")
		}
	}
	return all
}
