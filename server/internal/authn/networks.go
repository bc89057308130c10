package authn

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/gaissmai/bart"
)

// ErrNetwork is returned for text that names no network MAIS can recognise.
var ErrNetwork = errors.New("authn: not a network")

// ParseNetwork parses a CIDR prefix as an administrator types it. Host bits, zones and
// octal are refused, and what would recognise everybody, or nearly: shorter than /8, or /16 of
// IPv6. A prefix of IPv4-mapped IPv6
// addresses becomes the IPv4 prefix, as every address does before it is compared.
func ParseNetwork(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%w: is not address/length, such as 192.0.2.0/24", ErrNetwork)
	}
	if p.Masked() != p {
		return netip.Prefix{}, fmt.Errorf("%w: has bits after its length; the network is %s", ErrNetwork, p.Masked())
	}
	if p.Addr().Is4In6() {
		if p.Bits() <= 96 {
			return netip.Prefix{}, fmt.Errorf("%w: is all of IPv4: give that of the site, such as 192.0.2.0/24", ErrNetwork)
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	switch least := leastBits(p); {
	case p.Bits() == 0:
		return netip.Prefix{}, fmt.Errorf("%w: recognises everybody: give that of the site, such as 192.0.2.0/24", ErrNetwork)
	case p.Bits() < least:
		return netip.Prefix{}, fmt.Errorf("%w: recognises too many; a network has a length of at least /%d", ErrNetwork, least)
	}
	return p, nil
}

// leastBits is how short a prefix may be: two halves of everybody would be everybody. The database
// holds the same.
func leastBits(p netip.Prefix) int {
	if p.Addr().Is4() {
		return 8
	}
	return 16
}

// NetworkFault is what of an error of ParseNetwork is said to whoever typed the network: it goes on
// after it, or after the name of its field.
func NetworkFault(err error) string {
	return strings.TrimPrefix(err.Error(), ErrNetwork.Error()+": ")
}

// AddressOf returns the address of a socket's far end, unmapped. An address with a zone is
// refused: a zone means a link of this host, not a place. Whatever cannot be read is the
// zero Addr, which no network holds.
func AddressOf(remote net.Addr) netip.Addr {
	tcp, ok := remote.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	a := tcp.AddrPort().Addr().Unmap()
	if a.Zone() != "" {
		return netip.Addr{}
	}
	return a
}

// place is a site as users and addresses refer to it.
type place struct {
	ID, Name, Agency, AgencyID string
}

// networks holds the recognised prefixes in a table as routers have it, which is asked in
// some ten nanoseconds however many they are. The zero value recognises nobody.
type networks struct {
	sites bart.Table[[]string] // site ids by prefix; several may share one
}

func (n *networks) add(p netip.Prefix, site string) {
	n.sites.Modify(p, func(sites []string, _ bool) ([]string, bool) { return append(sites, site), false })
}

// plain returns the address as networks hold it. One with a zone is refused: the table itself
// would look past the zone.
func plain(a netip.Addr) (netip.Addr, bool) {
	if !a.IsValid() || a.Zone() != "" {
		return a, false
	}
	return a.Unmap(), true
}

// recognises reports whether any prefix holds a.
func (n *networks) recognises(a netip.Addr) bool {
	a, ok := plain(a)
	return ok && n.sites.Contains(a)
}

// siteAt returns which of a caller's own sites the address belongs to: the one with the
// most specific prefix, ties broken by name and then id, so that the answer never varies.
func (n *networks) siteAt(a netip.Addr, own []place) (found place, ok bool) {
	if a, ok = plain(a); !ok {
		return place{}, false
	}
	for _, sites := range n.sites.Supernets(netip.PrefixFrom(a, a.BitLen())) { // the most specific first
		if found, ok = firstOf(own, sites); ok {
			return found, true
		}
	}
	return place{}, false
}

// firstOf returns which of the caller's own sites is among those of a prefix.
func firstOf(own []place, sites []string) (first place, ok bool) {
	for _, site := range own {
		if slices.Contains(sites, site.ID) && (!ok || before(site, first)) {
			first, ok = site, true
		}
	}
	return first, ok
}

func before(a, b place) bool {
	return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID)) < 0
}

// elsewhere is the cause of the WrongNetwork of a holder whom we know.
type elsewhere struct{ own []place }

func (e elsewhere) Error() string {
	return fmt.Sprintf("the address belongs to none of the %d sites of this holder", len(e.own))
}

// SitesOf returns, of a WrongNetwork, the names of the holder's own sites, where they would be
// let in. They may be told to the holder of a good token, who knows where they work; ok is
// false where nobody was known.
func SitesOf(err error) (names []string, ok bool) {
	var e elsewhere
	ok = errors.As(err, &e)
	for _, site := range e.own {
		names = append(names, site.Name)
	}
	slices.Sort(names)
	return slices.Compact(names), ok
}
