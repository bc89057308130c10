package standing

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
)

// certificate is the n-th of those that the tests make up.
func certificate(n int) (issuer, serial string, sum [32]byte) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	return "people-1", fmt.Sprintf("%032x", n), sha256.Sum256(b[:])
}

func (t *Table) keyOf(n int) Key {
	issuer, serial, sum := certificate(n)
	return t.Key(issuer, serial, &sum)
}

// TestTableIsAMap does the same at random to a table and to a map.
func TestTableIsAMap(t *testing.T) {
	for _, certificates := range []int{1, 10, 1000, 50_000} {
		r := rand.New(rand.NewPCG(1, uint64(certificates)))
		table, want := New(1<<30), map[int]State{}
		for range 6 * certificates {
			n, s := r.IntN(certificates), State(1+r.IntN(stateMask))
			switch r.IntN(3) {
			case 0:
				table.Put(table.keyOf(n), s)
				want[n] = s
			case 1:
				_, there := want[n]
				if got := table.Update(table.keyOf(n), s); got != there {
					t.Fatalf("Update of %d = %v, want %v", n, got, there)
				}
				if there {
					want[n] = s
				}
			}
			if got := table.Get(table.keyOf(n)); got != want[n] {
				t.Fatalf("Get of %d = %d, want %d", n, got, want[n])
			}
		}
		for n := range certificates {
			if got := table.Get(table.keyOf(n)); got != want[n] {
				t.Fatalf("of %d, Get of %d = %d, want %d", certificates, n, got, want[n])
			}
		}
		if table.Len() != len(want) {
			t.Errorf("Len() = %d, want %d", table.Len(), len(want))
		}
	}
}

// TestKeyNamesAllOfACertificate: another issuer, serial or contents is another certificate.
func TestKeyNamesAllOfACertificate(t *testing.T) {
	table := New(1 << 20)
	issuer, serial, sum := certificate(1)
	_, _, other := certificate(2)
	table.Put(table.Key(issuer, serial, &sum), 1)
	for what, k := range map[string]Key{
		"contents": table.Key(issuer, serial, &other), "serial": table.Key(issuer, serial+"0", &sum),
		"issuer": table.Key("sites-1", serial, &sum), "boundary": table.Key(issuer+serial[:1], serial[1:], &sum),
		"secret": New(1<<20).Key(issuer, serial, &sum),
	} {
		if got := table.Get(k); got != 0 {
			t.Errorf("Get with another %s = %d, want 0", what, got)
		}
	}
}

// TestTableStaysWithinItsBound: it forgets some, and what it says of the rest is right.
func TestTableStaysWithinItsBound(t *testing.T) {
	const most = 1 << 20
	table := New(most)
	for n := range 300_000 {
		table.Put(table.keyOf(n), State(1+n%stateMask))
	}
	kept, late := 0, 0
	for n := range 300_000 {
		switch s := table.Get(table.keyOf(n)); {
		case s == 0:
		case s != State(1+n%stateMask):
			t.Fatalf("Get of %d = %d, want %d or 0", n, s, 1+n%stateMask)
		default:
			kept++
			if n >= 200_000 {
				late++
			}
		}
	}
	if table.Bytes() > most+most/10 || kept != table.Len() {
		t.Errorf("%d bytes and %d of %d found, want at most %d bytes and all", table.Bytes(), kept, table.Len(), most)
	}
	if kept < 130_000 || late < kept/3 {
		t.Errorf("%d are kept, of them %d of the last third: want more than 130,000, more of them late", kept, late)
	}
	before := table.Len()
	table.Put(table.keyOf(-1), 1)
	if table.Get(table.keyOf(-1)) != 1 || table.Len() > before+1 {
		t.Error("a full table does not take a new certificate")
	}
}

func TestTableWithoutRoom(t *testing.T) {
	table := New(0)
	table.Put(table.keyOf(1), 1)
	if table.Get(table.keyOf(1)) != 0 || table.Len() != 0 || table.Bytes() != 0 {
		t.Errorf("a table without room holds %d in %d bytes", table.Len(), table.Bytes())
	}
}

// TestBytesForEach: a million take less than 8 MiB, and on the way there and beyond nobody
// takes much more than their share, but for the moment in which the table grows.
func TestBytesForEach(t *testing.T) {
	const million, most = 1_000_000, 8 << 20
	table, moments := New(1<<30), 0
	for n := range 2 * million {
		var sum [32]byte
		binary.BigEndian.PutUint64(sum[:], uint64(n))
		table.Put(table.Key("people-1", "", &sum), 1)
		switch each := float64(table.Bytes()) / float64(n+1); {
		case n < million/2:
		case each > 18:
			t.Fatalf("at %d certificates each takes %.2f bytes, want at most 18", n+1, each)
		case each > 9:
			moments++
		}
		if n+1 == million && table.Bytes() > most {
			t.Errorf("a million certificates take %d bytes, want at most %d", table.Bytes(), most)
		}
	}
	if moments > million/50 {
		t.Errorf("each takes more than 9 bytes after %d of 2,000,000 certificates, want that to be rare", moments)
	}
}
