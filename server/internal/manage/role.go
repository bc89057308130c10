package manage

import (
	"context"
	"errors"
	"fmt"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/people"
	"mais/server/internal/record"
)

// Roles returns all roles, for whoever manages anything: they are the same for every agency.
func (s *Service) Roles(ctx context.Context, p authn.Principal) (api.Roles, error) {
	if !reachOf(p).manages() {
		return api.Roles{}, ErrNotAllowed
	}
	roles, err := s.opts.Register.Described(ctx)
	return api.Roles{Roles: roles}, err
}

// Role returns one.
func (s *Service) Role(ctx context.Context, p authn.Principal, name string) (api.Role, error) {
	if !reachOf(p).manages() {
		return api.Role{}, ErrNotAllowed
	}
	return s.role(ctx, name)
}

// role returns a role, or ErrUnknown.
func (s *Service) role(ctx context.Context, name string) (api.Role, error) {
	found, err := s.opts.Register.DescribedRole(ctx, name)
	if errors.Is(err, people.ErrNoRole) {
		return api.Role{}, fmt.Errorf("%w: the role %.80q", ErrUnknown, name)
	}
	return found, err
}

// Items returns the data dictionary, for whoever manages anything.
func (s *Service) Items(_ context.Context, p authn.Principal) (api.Items, error) {
	if !reachOf(p).manages() {
		return api.Items{}, ErrNotAllowed
	}
	var all api.Items
	for _, section := range record.Dictionary() {
		listed := api.ItemSection{Key: section.Name, Label: section.Label}
		for _, i := range section.Items {
			listed.Items = append(listed.Items, api.ItemEntry{Key: i.Key(), Label: i.Label, Audience: i.Audience.String()})
		}
		all.Sections = append(all.Sections, listed)
	}
	return all, nil
}
