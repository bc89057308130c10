package manage

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/people"
)

// foreseeNetwork says who may come from where, or may no more, when a site gets a network or
// loses one. What another site of theirs holds they neither gain nor lose.
func (s *Service) foreseeNetwork(ctx context.Context, c proposed) (api.Effect, error) {
	n := c.After.Network
	if n == nil {
		n = c.Before.Network
	}
	if n == nil {
		return api.Effect{}, ErrUnknown
	}
	now, err := s.places(ctx)
	if err != nil {
		return api.Effect{}, err
	}
	site, there := now[n.Site]
	if !there {
		return api.Effect{}, ErrUnknown
	}
	if c.Kind == api.NetworkAdd {
		then := now.and(n.Site, n.Prefix)
		now = now.without(n.Site, n.Prefix) // once it was applied, as it was foreseen
		return s.moved(ctx, c, site, now, then, addWarnings(n, site, now))
	}
	now = now.and(n.Site, n.Prefix)
	then := now.without(n.Site, n.Prefix)
	var warnings []string
	if len(networksOf(then[n.Site])) == 0 {
		warnings = append(warnings, "It is the last network of "+site.Name+": nobody comes in from there any more.")
	}
	return s.moved(ctx, c, site, now, then, warnings)
}

// foreseeSite says who may no longer come in, and from where, when a site is closed.
func (s *Service) foreseeSite(ctx context.Context, c proposed) (api.Effect, error) {
	now, err := s.places(ctx)
	if err != nil {
		return api.Effect{}, err
	}
	site, there := now[c.Target]
	if !there {
		return api.Effect{}, ErrUnknown
	}
	site.ClosedAt = nil
	now[c.Target] = site
	return s.moved(ctx, c, site, now, now.without(c.Target, ""), closeWarnings(site, now))
}

// places reads all sites.
func (s *Service) places(ctx context.Context) (places, error) {
	list, err := s.opts.Register.PlacesSites(ctx, "")
	all := make(places, len(list))
	for _, site := range list {
		all[site.ID] = site
	}
	return all, err
}

// moved compares from where those of a site may come, before a change and after it.
func (s *Service) moved(ctx context.Context, c proposed, site api.Site, now, then places, warnings []string) (api.Effect, error) {
	staff, err := s.opts.Register.StaffAt(ctx, site.ID)
	if err != nil {
		return api.Effect{}, err
	}
	e := api.Effect{Warnings: warnings}
	stranded := 0
	for _, h := range withSites(staff, site, now, then) {
		addPlaces(&e.Gains, &e.GainsAll, h.Staff, h.gains, h.gainsPartly, "could not come in from anywhere", len(h.now) == 0)
		addPlaces(&e.Losses, &e.LossesAll, h.Staff, h.losses, h.lossesPartly, "can come in from nowhere any more", len(h.then) == 0)
		if len(h.losses) > 0 && len(h.then) == 0 {
			stranded++
		}
		if c.By != "" && c.By == h.ID && len(h.losses) > 0 && cutOff(c.From, h.then) {
			e.Warnings = append([]string{"You would cut yourself off: " + youLose(c.From, h.then)}, e.Warnings...)
		}
	}
	if stranded > 0 {
		e.Warnings = append(e.Warnings, peopleDo(stranded, "works", "work")+" at no other site with a network and could not come in from anywhere.")
	}
	return s.endings(ctx, e, c, site, then)
}

// endings adds the sessions and the site's certificates that a change puts an end to.
func (s *Service) endings(ctx context.Context, e api.Effect, c proposed, site api.Site, then places) (api.Effect, error) {
	if c.Kind == api.NetworkAdd {
		return e, nil
	}
	open, err := s.opts.Register.SessionsAt(ctx, site.ID)
	if err != nil {
		return e, err
	}
	left := networksOf(then[site.ID])
	for _, from := range open {
		if cutOff(from, left) {
			e.Sessions++
		}
	}
	id, err := certs.NewIdentity(certs.Site, site.ID)
	if err != nil {
		return e, err
	}
	good, err := s.opts.Certificates.Good(ctx, id)
	if err != nil || good == 0 {
		return e, err
	}
	what := count(good, "good certificate of the site’s own system is", "good certificates of the site’s own system are") + " refused from "
	switch {
	case c.Kind == api.SiteClose:
		e.Warnings = append(e.Warnings, what+"then on. Revoke what is good besides: a closed site does not do that by itself.")
	case len(left) == 0:
		e.Warnings = append(e.Warnings, what+"everywhere.")
	default:
		e.Warnings = append(e.Warnings, what+c.prefix()+".")
	}
	return e, nil
}

func (c proposed) prefix() string {
	for _, n := range []*api.NetworkFields{c.After.Network, c.Before.Network} {
		if n != nil {
			return n.Prefix
		}
	}
	return ""
}

// moving is somebody with from where they may come, before and after.
type moving struct {
	people.Staff
	now, then                 []netip.Prefix
	gains, losses             []netip.Prefix
	gainsPartly, lossesPartly bool
}

// withSites works out what changes for each: once for all who work at the same sites.
func withSites(staff []people.Staff, site api.Site, now, then places) (all []moving) {
	known := map[string]moving{}
	for _, h := range staff {
		if !slices.Contains(h.Sites, site.ID) { // of a site that was closed since
			h.Sites = append(h.Sites, site.ID)
		}
		key := strings.Join(h.Sites, " ")
		m, ok := known[key]
		if !ok {
			m.now, m.then = networksOf(now.of(h.Sites)...), networksOf(then.of(h.Sites)...)
			m.gains, m.gainsPartly = lost(networksOf(then[site.ID]), m.now)
			m.losses, m.lossesPartly = lost(networksOf(now[site.ID]), m.then)
			known[key] = m
		}
		m.Staff = h
		all = append(all, m)
	}
	return all
}

// addPlaces adds somebody to those who gain or lose, if they do.
func addPlaces(to *[]api.Affected, all *int, h people.Staff, where []netip.Prefix, partly bool, wholly string, none bool) {
	if len(where) == 0 {
		return
	}
	if *all++; *all > maxAffected {
		return
	}
	a := api.Affected{ID: h.ID, Name: h.Name, Email: h.Email, Agency: h.Agency, Places: texts(where)}
	if none {
		a.What = append(a.What, wholly)
	}
	if partly {
		a.What = append(a.What, "for the rest another network of theirs stands")
	}
	*to = append(*to, a)
}

// cutOff reports whether somebody at an address is no longer recognised; without an address,
// whether they are nowhere.
func cutOff(from netip.Addr, then []netip.Prefix) bool {
	if !from.IsValid() {
		return len(then) == 0
	}
	return !slices.ContainsFunc(then, func(p netip.Prefix) bool { return p.Contains(from.Unmap()) })
}

func youLose(from netip.Addr, then []netip.Prefix) string {
	if len(then) == 0 {
		return "you could come in from nowhere. Have somebody else do this."
	}
	return "you are at " + from.Unmap().String() + ", which no network of your other sites holds. Have somebody at another site do this."
}
