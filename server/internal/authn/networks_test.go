package authn

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
)

func TestParseNetwork(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"127.0.0.0/8", "127.0.0.0/8"},
		{"10.1.2.3/32", "10.1.2.3/32"},
		{"2001:db8::/32", "2001:db8::/32"},
		{"::ffff:10.0.0.0/104", "10.0.0.0/8"},
		{"0.0.0.0/0", ""},
		{"::/0", ""},
		{"::ffff:0:0/96", ""},
		{"10.0.0.1/8", ""},
		{"010.0.0.0/8", ""},
		{"10.0.0.0", ""},
		{"10.0.0.0/08", ""},
		{"10.0.0.0/33", ""},
		{"fe80::%eth0/64", ""},
		{"0x0a.0.0.0/8", ""},
		{"10.0.0.0/8 ", ""},
		{"", ""},
	} {
		got, err := ParseNetwork(test.in)
		if test.want == "" {
			if err == nil {
				t.Errorf("ParseNetwork(%q) = %v, want an error", test.in, got)
			}
			continue
		}
		if err != nil || got.String() != test.want {
			t.Errorf("ParseNetwork(%q) = %v, %v, want %v", test.in, got, err, test.want)
		}
	}
}

func TestNetworks(t *testing.T) {
	var n networks
	add := func(prefix, site string) { n.add(netip.MustParsePrefix(prefix), site) }
	add("10.0.0.0/8", "force")
	add("10.1.0.0/16", "city")
	add("10.1.2.0/24", "desk-b")
	add("10.1.2.0/24", "desk-a")
	add("2001:db8::/32", "trust")
	own := []place{{ID: "force", Name: "Force"}, {ID: "desk-b", Name: "Desk"}, {ID: "desk-a", Name: "Desk"}, {ID: "trust", Name: "Trust"}}
	for _, test := range []struct {
		address string
		site    string // of own, or ""
		known   bool
	}{
		{"10.9.9.9", "force", true},
		{"10.1.9.9", "force", true}, // city is more specific but not the caller's
		{"10.1.2.3", "desk-a", true},
		{"::ffff:10.1.2.3", "desk-a", true},
		{"2001:db8::1", "trust", true},
		{"2001:db8::1%eth0", "", false},
		{"11.0.0.1", "", false},
		{"::a01:203", "", false}, // IPv4-compatible, not mapped
	} {
		a := netip.MustParseAddr(test.address)
		site, ok := n.siteAt(a, own)
		if site.ID != test.site || ok != (test.site != "") || n.recognises(a) != test.known {
			t.Errorf("siteAt(%s) = %q, %v, recognises = %v; want %q, recognises %v", a, site.ID, ok, n.recognises(a), test.site, test.known)
		}
	}
	if _, ok := n.siteAt(netip.MustParseAddr("10.1.9.9"), []place{{ID: "trust"}}); ok {
		t.Error("siteAt admits a caller from another site's network")
	}
	var empty networks
	if empty.recognises(netip.MustParseAddr("127.0.0.1")) || n.recognises(netip.Addr{}) {
		t.Error("an empty list or the zero address is recognised")
	}
}

func TestAddressOf(t *testing.T) {
	for _, test := range []struct {
		in   net.Addr
		want netip.Addr
	}{
		{&net.TCPAddr{IP: net.ParseIP("127.0.0.2"), Port: 1}, netip.MustParseAddr("127.0.0.2")},
		{&net.TCPAddr{IP: net.ParseIP("::1"), Port: 1}, netip.MustParseAddr("::1")},
		{&net.TCPAddr{IP: net.ParseIP("fe80::1"), Zone: "eth0"}, netip.Addr{}},
		{&net.UnixAddr{Name: "/x"}, netip.Addr{}},
		{nil, netip.Addr{}},
	} {
		if got := AddressOf(test.in); got != test.want {
			t.Errorf("AddressOf(%v) = %v, want %v", test.in, got, test.want)
		}
	}
}

func FuzzParseNetwork(f *testing.F) {
	for _, seed := range []string{"10.0.0.0/8", "::ffff:10.0.0.0/104", "0.0.0.0/0", "fe80::%eth0/64", "010.0.0.0/8"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParseNetwork(s)
		if err != nil {
			return
		}
		if p.Bits() == 0 || p.Addr().Is4In6() || p.Addr().Zone() != "" || p != p.Masked() {
			t.Fatalf("ParseNetwork(%q) = %v", s, p)
		}
		var n networks
		n.add(p, "site")
		if !n.recognises(p.Addr()) {
			t.Fatalf("%v does not recognise its own first address", p)
		}
	})
}

// TestSitesOf: a holder at the wrong place can be told which places are theirs, and nobody whom
// we do not know is told any.
func TestSitesOf(t *testing.T) {
	err := fmt.Errorf("judge: %w", refuse(WrongNetwork, elsewhere{[]place{{Name: "Ward"}, {Name: "Custody"}, {Name: "Ward"}}}))
	if names, ok := SitesOf(err); !ok || !slices.Equal(names, []string{"Custody", "Ward"}) {
		t.Errorf("SitesOf = %v, %v", names, ok)
	}
	if names, ok := SitesOf(refuse(WrongNetwork, elsewhere{})); !ok || len(names) != 0 {
		t.Errorf("of one without sites: %v, %v", names, ok)
	}
	if names, ok := SitesOf(refuse(WrongNetwork, errors.New("no site has this address"))); ok {
		t.Errorf("of a stranger: %v", names)
	}
}

// TestNetworkFault: what is said to whoever typed a network neither begins with our package nor names the network
// again.
func TestNetworkFault(t *testing.T) {
	for typed, want := range map[string]string{
		"10.0.0.1/8": "has bits after its length; the network is 10.0.0.0/8", "0.0.0.0/0": "recognises everybody: give that of the site, such as 192.0.2.0/24", "0.0.0.0/1": "recognises too many; a network has a length of at least /8",
	} {
		if _, err := ParseNetwork(typed); NetworkFault(err) != want {
			t.Errorf("NetworkFault of %s = %q, want %q", typed, NetworkFault(err), want)
		}
	}
}
