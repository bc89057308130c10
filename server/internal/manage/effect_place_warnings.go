package manage

import (
	"net/netip"
	"slices"
	"strconv"

	"mais/server/api"
)

// A network of more addresses than these is worth a second thought: an agency's site of 65,536
// is a large one, and a /48 is what a whole site is given in IPv6 (RFC 6177).
const (
	large4 = 16
	large6 = 48
)

// shared are the addresses that more than one organisation uses.
var shared = []struct {
	prefix netip.Prefix
	why    string
}{
	{netip.MustParsePrefix("127.0.0.0/8"), "whoever is on the machine of the service, a proxy there too, comes from it"},
	{netip.MustParsePrefix("::1/128"), "whoever is on the machine of the service, a proxy there too, comes from it"},
	{netip.MustParsePrefix("10.0.0.0/8"), privateWhy},
	{netip.MustParsePrefix("172.16.0.0/12"), privateWhy},
	{netip.MustParsePrefix("192.168.0.0/16"), privateWhy},
	{netip.MustParsePrefix("fc00::/7"), privateWhy},
	{netip.MustParsePrefix("100.64.0.0/10"), "carriers put many customers behind it (RFC 6598)"},
	{netip.MustParsePrefix("169.254.0.0/16"), "it is given out by a single link, to anybody on it"},
	{netip.MustParsePrefix("fe80::/10"), "it is given out by a single link, to anybody on it"},
	{netip.MustParsePrefix("224.0.0.0/4"), "it is for groups of receivers, and nobody calls from it"},
	{netip.MustParsePrefix("ff00::/8"), "it is for groups of receivers, and nobody calls from it"},
}

const privateWhy = "it is private space, which every organisation uses inside: it says who calls only where their link to the service is theirs alone"

// addWarnings are what a network is worth a second thought for, before a site gets it.
func addWarnings(n *api.NetworkFields, site api.Site, now places) (all []string) {
	p, err := netip.ParsePrefix(n.Prefix)
	if err != nil {
		return []string{"It is no network."}
	}
	all = append(all, neighbours(p, site, now)...)
	switch {
	case p.Addr().Is4() && p.Bits() < large4:
		all = append(all, "It is very large: "+thousands(1<<(32-p.Bits()))+" addresses.")
	case p.Addr().Is6() && p.Bits() < large6:
		all = append(all, "It is very large: more than a /48, which is what a whole site is given.")
	}
	for _, s := range shared {
		if s.prefix.Overlaps(p) {
			all = append(all, "It is in, or holds, "+s.prefix.String()+": "+s.why+".")
		}
	}
	return all
}

// neighbours says what is at the same addresses already. Of other agencies nothing is told but that
// there is one: by trying, an agency's administrator would find out whose networks are where. An
// administrator asks the page of networks.
func neighbours(p netip.Prefix, site api.Site, now places) (all []string) {
	var sites []string
	foreign := false
	for _, other := range now {
		for _, q := range networksOf(other) {
			switch {
			case !q.Overlaps(p):
			case other.ID == site.ID && q.Bits() < p.Bits():
				all = append(all, "It is within "+q.String()+", which "+site.Name+" has already: nothing changes for anybody.")
			case other.ID == site.ID:
				all = append(all, "It holds "+q.String()+", which "+site.Name+" has already and no longer needs then.")
			case other.Agency != site.Agency:
				foreign = true
			default:
				sites = append(sites, other.Name)
			}
		}
	}
	slices.Sort(all)
	if foreign {
		all = append(all, "It overlaps a network of another agency: who calls from there may be of either. That is right for a shared gateway or a shared building only.")
	}
	if len(sites) > 0 {
		all = append(all, "It overlaps a network of "+named(sites)+": who works at both is taken to be where the network is the smaller.")
	}
	return all
}

// named lists names in order, each once.
func named(names []string) string {
	slices.Sort(names)
	return sentenceList(slices.Compact(names))
}

// closeWarnings are what closing a site is worth a second thought for.
func closeWarnings(site api.Site, now places) []string {
	for _, other := range now {
		if other.Agency == site.Agency && other.ID != site.ID && other.ClosedAt == nil {
			return nil
		}
	}
	return []string{"It is the last site of " + site.AgencyName + ": nobody of theirs comes in any more."}
}

// count says "1 site", "3,120 sites".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// persons says "1 person", "3,120 people".
func persons(n int) string { return count(n, "person", "people") }

// peopleDo says "1 person works", "3 people work".
func peopleDo(n int, one, many string) string { return count(n, "person "+one, "people "+many) }

// thousands writes a number with commas.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
