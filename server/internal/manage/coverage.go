package manage

import (
	"net/netip"
	"slices"
	"strings"

	"mais/server/api"
)

// networksOf reads the prefixes of sites. What the database gives that is none holds nothing.
func networksOf(sites ...api.Site) (all []netip.Prefix) {
	for _, site := range sites {
		if site.ClosedAt != nil {
			continue
		}
		for _, text := range site.Networks {
			if p, err := netip.ParsePrefix(text); err == nil {
				all = append(all, p)
			}
		}
	}
	return all
}

// beyond returns the part of a prefix that none of the others holds, as prefixes in order: all
// of it, none, or what is left when it is halved until each half is one or the other.
func beyond(p netip.Prefix, others []netip.Prefix) []netip.Prefix {
	var touching []netip.Prefix
	for _, o := range others {
		switch {
		case !o.Overlaps(p):
		case o.Bits() <= p.Bits():
			return nil
		default:
			touching = append(touching, o)
		}
	}
	if len(touching) == 0 {
		return []netip.Prefix{p}
	}
	low, high := halves(p)
	return append(beyond(low, touching), beyond(high, touching)...)
}

// halves returns the two prefixes that a prefix of more than one address consists of.
func halves(p netip.Prefix) (low, high netip.Prefix) {
	bits := p.Bits()
	a := p.Addr().AsSlice()
	low = netip.PrefixFrom(p.Addr(), bits+1)
	a[bits/8] |= 0x80 >> (bits % 8)
	upper, _ := netip.AddrFromSlice(a)
	return low, netip.PrefixFrom(upper, bits+1)
}

// maxPlaces bounds the prefixes that are named of each who is affected.
const maxPlaces = 12

// texts writes prefixes, not more than are read.
func texts(all []netip.Prefix) (named []string) {
	for _, p := range all[:min(len(all), maxPlaces)] {
		named = append(named, p.String())
	}
	if len(all) > maxPlaces {
		named = append(named, "and more")
	}
	return named
}

// places are the sites by their UUIDs.
type places map[string]api.Site

// of returns the sites with these UUIDs.
func (all places) of(ids []string) (found []api.Site) {
	for _, id := range ids {
		if site, ok := all[id]; ok {
			found = append(found, site)
		}
	}
	return found
}

// without returns the sites with one prefix less at one of them, or with all of its gone.
func (all places) without(site, prefix string) places {
	return all.with(site, func(networks []string) []string {
		return slices.DeleteFunc(networks, func(n string) bool { return prefix == "" || n == prefix })
	})
}

// and returns the sites with one prefix more at one of them.
func (all places) and(site, prefix string) places {
	return all.with(site, func(networks []string) []string { return append(networks, prefix) })
}

func (all places) with(site string, networks func([]string) []string) places {
	changed := make(places, len(all))
	for id, s := range all {
		if id == site {
			s.Networks = networks(slices.Clone(s.Networks))
		}
		changed[id] = s
	}
	return changed
}

// lost are the networks that sites hold before a change and no longer after it, and whether any
// is left.
func lost(before, after []netip.Prefix) (gone []netip.Prefix, partly bool) {
	for _, p := range before {
		left := beyond(p, after)
		partly = partly || len(left) > 0 && left[0] != p
		gone = append(gone, left...)
	}
	return once(gone), partly
}

// once keeps each prefix that is not within another, in order.
func once(all []netip.Prefix) (kept []netip.Prefix) {
	slices.SortFunc(all, func(a, b netip.Prefix) int {
		if c := a.Addr().Compare(b.Addr()); c != 0 {
			return c
		}
		return a.Bits() - b.Bits()
	})
	for _, p := range all {
		if n := len(kept); n == 0 || !kept[n-1].Overlaps(p) {
			kept = append(kept, p)
		}
	}
	return kept
}

func sentenceList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
