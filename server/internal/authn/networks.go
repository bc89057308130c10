package authn

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// ErrNetwork is returned for text that names no network MAIS can recognise.
var ErrNetwork = errors.New("authn: not a network")

// ParseNetwork parses a CIDR prefix as an administrator types it. Host bits, zones and
// octal are refused, /0 because it would recognise everybody. A prefix of IPv4-mapped IPv6
// addresses becomes the IPv4 prefix, as every address does before it is compared.
func ParseNetwork(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%w: %q is not address/length", ErrNetwork, s)
	}
	if p.Masked() != p {
		return netip.Prefix{}, fmt.Errorf("%w: %s has bits after its length; the network is %s", ErrNetwork, p, p.Masked())
	}
	if p.Addr().Is4In6() {
		if p.Bits() <= 96 {
			return netip.Prefix{}, fmt.Errorf("%w: %s is all of IPv4", ErrNetwork, p)
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	if p.Bits() == 0 {
		return netip.Prefix{}, fmt.Errorf("%w: %s recognises everybody", ErrNetwork, p)
	}
	return p, nil
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

// networks holds the recognised prefixes. The zero value recognises nobody. Look-up tries
// each length in use, longest first, in a map: a handful of probes for thousands of
// prefixes.
type networks struct {
	sites   map[netip.Prefix][]string // site ids; several may share a prefix
	lengths [2][]int                  // in use, longest first: IPv4, IPv6
}

func (n *networks) add(p netip.Prefix, site string) {
	if n.sites == nil {
		n.sites = make(map[netip.Prefix][]string)
	}
	family := familyOf(p.Addr())
	if !slices.Contains(n.lengths[family], p.Bits()) {
		n.lengths[family] = append(n.lengths[family], p.Bits())
		slices.SortFunc(n.lengths[family], func(a, b int) int { return b - a })
	}
	n.sites[p] = append(n.sites[p], site)
}

func familyOf(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}

// recognises reports whether any prefix holds a.
func (n *networks) recognises(a netip.Addr) bool {
	for range n.holding(a) {
		return true
	}
	return false
}

// holding yields the site lists of the prefixes that hold a, most specific first.
func (n *networks) holding(a netip.Addr) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		if !a.IsValid() || a.Zone() != "" {
			return
		}
		a = a.Unmap()
		for _, bits := range n.lengths[familyOf(a)] {
			p, err := a.Prefix(bits)
			if err != nil {
				continue
			}
			if sites := n.sites[p]; len(sites) > 0 && !yield(sites) {
				return
			}
		}
	}
}

// siteAt returns which of a caller's own sites the address belongs to: the one with the
// most specific prefix, ties broken by name and then id, so that the answer never varies.
func (n *networks) siteAt(a netip.Addr, own []place) (place, bool) {
	for sites := range n.holding(a) {
		var found []place
		for _, site := range own {
			if slices.Contains(sites, site.ID) {
				found = append(found, site)
			}
		}
		if len(found) > 0 {
			return slices.MinFunc(found, func(a, b place) int {
				return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
			}), true
		}
	}
	return place{}, false
}
