package manage

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
)

// names are of what UUIDs stand for.
type names map[string]string

func (n names) of(id string) string {
	if name, ok := n[id]; ok {
		return name
	}
	return id
}

func (n names) list(ids []string) string {
	var all []string
	for _, id := range ids {
		all = append(all, n.of(id))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// differences are what a change changes, field by field.
func (s *Service) differences(ctx context.Context, c stored) ([]api.Difference, error) {
	was, will := c.before, c.after
	var n names
	if was.User != nil || will.User != nil || will.Site != nil || will.Network != nil {
		var err error
		if n, err = s.names(ctx); err != nil {
			return nil, err
		}
	}
	d := []api.Difference{}
	switch {
	case will.Agency != nil:
		d = append(d, differencesOfAgency(was.Agency, will.Agency)...)
	case will.Site != nil:
		d = append(d, differencesOfSite(n, was.Site, will.Site)...)
	case will.Network != nil:
		d = append(d, differencesOfNetwork(n, c.Kind, will.Network)...)
	case will.User != nil:
		d = append(d, differencesOfUser(n, was.User, will.User)...)
	case will.Role != nil:
		d = append(d, differencesOfRole(was.Role, will.Role)...)
	}
	return d, nil
}

// names reads what agencies and sites are called.
func (s *Service) names(ctx context.Context) (names, error) {
	n := names{}
	agencies, err := s.opts.Register.Agencies(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range agencies {
		n[a.ID] = a.Name
	}
	sites, err := s.opts.Register.Sites(ctx)
	for _, site := range sites {
		n[site.ID] = site.Name
	}
	return n, err
}

// field is one that may differ.
type field struct{ label, was, will string }

func differing(fields ...field) (d []api.Difference) {
	for _, f := range fields {
		if f.was != f.will {
			d = append(d, api.Difference{Field: f.label, Was: f.was, Becomes: f.will})
		}
	}
	return d
}

func differencesOfAgency(was, will *api.AgencyFields) []api.Difference {
	if was == nil {
		was = &api.AgencyFields{}
	}
	return differing(field{"Name", was.Name, will.Name}, field{"Kind", was.Kind, will.Kind}, field{"Sponsor", was.SponsorName, will.SponsorName},
		field{"Sponsor’s address", was.SponsorEmail, will.SponsorEmail}, field{"Mail domains", strings.Join(was.Domains, ", "), strings.Join(will.Domains, ", ")},
		field{"Passwords", was.Passwords, will.Passwords})
}

func differencesOfSite(n names, was, will *api.SiteFields) []api.Difference {
	if was == nil {
		was = &api.SiteFields{}
	}
	return differing(field{"Name", was.Name, will.Name}, field{"Agency", n.of(was.Agency), n.of(will.Agency)})
}

func differencesOfNetwork(n names, kind string, will *api.NetworkFields) []api.Difference {
	at := n.of(will.Site)
	if kind == api.NetworkRemove {
		return differing(field{"Network at " + at, will.Prefix, ""})
	}
	return differing(field{"Network at " + at, "", will.Prefix})
}

func differencesOfUser(n names, was, will *api.UserFields) []api.Difference {
	if was == nil {
		was = &api.UserFields{}
	}
	return differing(field{"Name", was.Name, will.Name}, field{"Email address", was.Email, will.Email}, field{"Agency", n.of(was.Agency), n.of(will.Agency)},
		field{"Sites", n.list(was.Sites), n.list(will.Sites)}, field{"Roles", labels(was.Roles), labels(will.Roles)},
		field{"First day", was.Starts, will.Starts}, field{"Last day", was.Ends, will.Ends}, field{"Vetting", was.Vetting, will.Vetting},
		field{"Vetted on", was.VettedOn, will.VettedOn}, field{"Vouched for by", was.VouchedBy, will.VouchedBy})
}

func labels(roles []string) string {
	var all []string
	for _, r := range roles {
		all = append(all, form.RoleLabel(r))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func differencesOfRole(was, will *api.RoleFields) []api.Difference {
	if was == nil {
		was = &api.RoleFields{}
	}
	return append(differing(field{"Name", was.Name, will.Name}, field{"Description", was.Description, will.Description}, field{"Level of token", was.Level, will.Level},
		field{"Passwords", was.Passwords, will.Passwords}, field{"Second factor with a password", yesNo(was.TOTP), yesNo(will.TOTP)}),
		differencesOfPermissions(was.Permissions, will.Permissions)...)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// differencesOfPermissions counts by act; which items those are stands with who gains them.
func differencesOfPermissions(was, will []api.Permission) (d []api.Difference) {
	for _, act := range acts {
		before, after := itemsWith(was, act), itemsWith(will, act)
		if slices.Equal(before, after) {
			continue
		}
		d = append(d, api.Difference{Field: "Items to " + act, Was: strconv.Itoa(len(before)), Becomes: changedItems(before, after)})
	}
	return d
}

func itemsWith(all []api.Permission, act string) (items []string) {
	for _, p := range all {
		if p.Act == act {
			items = append(items, p.Item)
		}
	}
	slices.Sort(items)
	return items
}

// changedItems says how many items there are then, which come, and which go.
func changedItems(before, after []string) string {
	said := strconv.Itoa(len(after))
	for _, part := range []struct {
		word         string
		items, other []string
	}{{"now also", after, before}, {"no longer", before, after}} {
		if own := notIn(part.items, part.other); len(own) > 0 {
			said += "; " + part.word + " " + strings.Join(own, ", ")
		}
	}
	return said
}

// notIn are the items, in words, that another list has not; beyond a dozen they are counted.
func notIn(items, other []string) (labels []string) {
	const most = 12
	var own []string
	for _, i := range items {
		if !slices.Contains(other, i) {
			own = append(own, i)
		}
	}
	labels = form.ItemLabels(own[:min(most, len(own))])
	if len(own) > most {
		labels = append(labels, strconv.Itoa(len(own)-most)+" more")
	}
	return labels
}
