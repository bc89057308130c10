package manage

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func parsed(t testing.TB, texts string) (all []netip.Prefix) {
	t.Helper()
	for text := range strings.FieldsSeq(texts) {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestBeyond(t *testing.T) {
	for _, tt := range []struct{ prefix, others, want string }{
		{"10.0.0.0/8", "", "10.0.0.0/8"},
		{"10.0.0.0/8", "10.0.0.0/8", ""},
		{"10.1.0.0/16", "10.0.0.0/8", ""},
		{"10.0.0.0/8", "192.0.2.0/24 2001:db8::/32", "10.0.0.0/8"},
		{"10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9"},
		{"10.0.0.0/8", "10.0.0.0/9 10.128.0.0/9", ""},
		{"10.0.0.0/30", "10.0.0.1/32", "10.0.0.0/32 10.0.0.2/31"},
		{"2001:db8::/32", "2001:db8:8000::/33", "2001:db8::/33"},
		{"2001:db8::/127", "2001:db8::1/128", "2001:db8::/128"},
		{"::/1", "10.0.0.0/8", "::/1"},
	} {
		if diff := cmp.Diff(parsed(t, tt.want), beyond(parsed(t, tt.prefix)[0], parsed(t, tt.others)), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
			t.Errorf("beyond(%s, %s) (-want +got):\n%s", tt.prefix, tt.others, diff)
		}
	}
}

// TestBeyondIsWhatIsLeft: of every address of a prefix exactly those are left that none of the
// others holds.
func TestBeyondIsWhatIsLeft(t *testing.T) {
	whole := netip.MustParsePrefix("192.0.2.0/24")
	others := parsed(t, "192.0.2.0/28 192.0.2.77/32 192.0.2.128/26 192.0.2.130/31 192.0.3.0/24 0.0.0.0/8")
	left := beyond(whole, others)
	holds := func(all []netip.Prefix, a netip.Addr) (n int) {
		for _, p := range all {
			if p.Contains(a) {
				n++
			}
		}
		return n
	}
	for a := whole.Addr(); whole.Contains(a); a = a.Next() {
		want := 0
		if holds(others, a) == 0 {
			want = 1
		}
		if got := holds(left, a); got != want {
			t.Errorf("%s is in %d of what is left, want %d", a, got, want)
		}
	}
}

func TestOnce(t *testing.T) {
	got := once(parsed(t, "10.1.0.0/16 192.0.2.0/24 10.0.0.0/8 10.0.0.0/8 2001:db8::/48 10.2.0.0/16"))
	if diff := cmp.Diff(parsed(t, "10.0.0.0/8 192.0.2.0/24 2001:db8::/48"), got, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("once (-want +got):\n%s", diff)
	}
}

// FuzzBeyond: what is left lies within, and touches none of the others.
func FuzzBeyond(f *testing.F) {
	f.Add("10.0.0.0/8", "10.3.0.0/16", "10.0.0.0/9")
	f.Add("2001:db8::/32", "2001:db8::1/128", "::/1")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		var all []netip.Prefix
		for _, text := range []string{a, b, c} {
			p, err := netip.ParsePrefix(text)
			if err != nil {
				return
			}
			all = append(all, p.Masked())
		}
		for _, p := range beyond(all[0], all[1:]) {
			if !all[0].Contains(p.Addr()) || p.Bits() < all[0].Bits() || p.Overlaps(all[1]) || p.Overlaps(all[2]) {
				t.Fatalf("of %s, %s and %s %s is left", a, b, c, p)
			}
		}
	})
}
