package authn

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"testing"
)

// byLength is the look-up that was here before: a map, asked once for each length in use.
type byLength struct {
	sites   map[netip.Prefix][]string
	lengths [2][]int
}

func (n *byLength) add(p netip.Prefix, site string) {
	if n.sites == nil {
		n.sites = make(map[netip.Prefix][]string)
	}
	of := &n.lengths[0]
	if p.Addr().Is6() {
		of = &n.lengths[1]
	}
	if !slices.Contains(*of, p.Bits()) {
		*of = append(*of, p.Bits())
		slices.SortFunc(*of, func(a, b int) int { return b - a })
	}
	n.sites[p] = append(n.sites[p], site)
}

func (n *byLength) recognises(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	of := n.lengths[0]
	if a.Is6() {
		of = n.lengths[1]
	}
	for _, bits := range of {
		if p, err := a.Prefix(bits); err == nil && len(n.sites[p]) > 0 {
			return true
		}
	}
	return false
}

// linear is the least that does the job: each prefix in turn.
type linear []netip.Prefix

func (n linear) recognises(a netip.Addr) bool {
	return slices.ContainsFunc(n, func(p netip.Prefix) bool { return p.Contains(a) })
}

// prefixes are different, and like those of many agencies: most of IPv4, of 16 to 32 bits.
func prefixes(n int) (all []netip.Prefix) {
	random, known := rand.New(rand.NewPCG(6, 10_000)), map[netip.Prefix]bool{}
	for len(all) < n {
		var b [16]byte
		binary.BigEndian.PutUint64(b[:], random.Uint64())
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte(b[:])), 16+random.IntN(17))
		if random.IntN(5) == 0 {
			b[0], b[1] = 0x20, 0x01
			p = netip.PrefixFrom(netip.AddrFrom16(b), 32+random.IntN(33))
		}
		if p = p.Masked(); !known[p] {
			known[p], all = true, append(all, p)
		}
	}
	return all
}

// askedFor are addresses of which every second is in a prefix.
func askedFor(all []netip.Prefix) (addresses []netip.Addr) {
	random := rand.New(rand.NewPCG(1, 1))
	for len(addresses) < 1024 {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], random.Uint32())
		addresses = append(addresses, all[random.IntN(len(all))].Addr(), netip.AddrFrom4(b))
	}
	return addresses
}

// TestTableAgrees: the table says of every address what the least that does the job says.
func TestTableAgrees(t *testing.T) {
	all := prefixes(2000)
	var table networks
	var old byLength
	for i, p := range all {
		table.add(p, strconv.Itoa(i))
		old.add(p, strconv.Itoa(i))
	}
	own := make([]place, len(all))
	for i := range own {
		own[i] = place{ID: strconv.Itoa(i)}
	}
	for _, a := range askedFor(all) {
		want := linear(all).recognises(a)
		if got := table.recognises(a); got != want || old.recognises(a) != want {
			t.Errorf("recognises(%s) = %v, want %v", a, got, want)
		}
		site, ok := table.siteAt(a, own)
		best := -1
		for i, p := range all {
			if p.Contains(a) && (best < 0 || p.Bits() > all[best].Bits()) {
				best = i
			}
		}
		if ok != want || ok && site.ID != strconv.Itoa(best) {
			t.Errorf("siteAt(%s) = %q, %v, want %d", a, site.ID, ok, best)
		}
	}
}

// BenchmarkNetworks asks whether addresses are recognised, and which of two sites of their own
// a caller is at, beside a map for each length and a scan. Each figure is for one address.
func BenchmarkNetworks(b *testing.B) {
	all := prefixes(10_000)
	addresses := askedFor(all)
	var table networks
	var old byLength
	for i, p := range all {
		table.add(p, strconv.Itoa(i/4))
		old.add(p, strconv.Itoa(i/4))
	}
	own := []place{{ID: "17", Name: "Custody"}, {ID: "2300", Name: "Ward"}}
	for _, c := range []struct {
		name string
		ask  func(netip.Addr) bool
	}{
		{"recognises", table.recognises},
		{"recognises/map-by-length", old.recognises},
		{"recognises/scan", linear(all).recognises},
		{"site", func(a netip.Addr) bool { _, ok := table.siteAt(a, own); return ok }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				c.ask(addresses[i%len(addresses)])
			}
		})
	}
	b.Run("read-anew", func(b *testing.B) { // when access changes
		b.ReportAllocs()
		for b.Loop() {
			var fresh networks
			for _, p := range all {
				fresh.add(p, "site")
			}
		}
	})
}
