package feed_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"runtime"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
)

// batch is how often a thing is done between two looks at the clock, which counts in
// microseconds.
const batch = 100

// BenchmarkStatusMillion measures what a request pays for its certificate's status when a
// million are known, one after another, and what they take in memory: the whole of Feed.Status,
// freshness and lock included, and the table within it (table-ns), beside a Go map from SHA-256
// to status. The goal is below 200 ns and 8 MiB, the allow-list included.
func BenchmarkStatusMillion(b *testing.B) {
	const million = 1_000_000
	f := newFixture(b, func(o *ca.Options) { o.StaleAfter = time.Hour })
	f.Follow(b)
	refs, sums := inventory(million)
	var plain map[[32]byte]uint8
	plainBytes := heapOf(func() {
		plain = map[[32]byte]uint8{}
		for _, sum := range sums {
			plain[sum] = 1
		}
	})
	feedBytes := heapOf(func() {
		for n := range refs {
			f.Feed().Learned(refs[n], sums[n], certs.Active)
		}
	})
	ctx, at := context.Background(), 0
	var ours, table, theirs time.Duration
	for b.Loop() { // by turns
		ours += catest.Spent(batch, func() {
			n := at % million
			if status, err := f.Feed().Status(ctx, refs[n], sums[n]); err != nil || status != certs.Active {
				b.Fatal(status, err)
			}
			at++
		})
		at -= batch
		table += catest.Spent(batch, func() { // each in a stretch that the others have not just brought near
			n := (at + million/3) % million
			if f.Feed().Table(refs[n], &sums[n]) != certs.Active {
				b.Fatal("the table has lost one")
			}
			at++
		})
		at -= batch
		theirs += catest.Spent(batch, func() {
			if plain[sums[(at+2*million/3)%million]] != 1 {
				b.Fatal("the map has lost one")
			}
			at++
		})
	}
	known, bytes := f.Feed().Known()
	b.ReportMetric(0, "ns/op") // of a round, which nobody asked for
	b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N*batch), "ns/look-up")
	b.ReportMetric(float64(table.Nanoseconds())/float64(b.N*batch), "table-ns")
	b.ReportMetric(float64(theirs.Nanoseconds())/float64(b.N*batch), "map-ns")
	b.ReportMetric(float64(feedBytes)/(1<<20), "MiB")
	b.ReportMetric(float64(plainBytes)/(1<<20), "map-MiB")
	b.ReportMetric(float64(bytes)/float64(known), "B/certificate")
	b.ReportMetric(float64(known), "certificates")
}

// inventory makes up n certificates. They lie side by side, so that reading them costs both
// sides little; in table and map they lie anywhere.
func inventory(n int) (refs []certs.Ref, sums [][32]byte) {
	random := make([]byte, 16*n)
	rand.Read(random)
	serials := hex.EncodeToString(random)
	for i := range n {
		refs = append(refs, certs.Ref{Issuer: "people-1", Serial: serials[32*i : 32*i+32]})
	}
	sums = make([][32]byte, n)
	for i := range sums {
		rand.Read(sums[i][:])
	}
	return refs, sums
}

// heapOf returns by how many bytes the heap grows for good.
func heapOf(make func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	make()
	runtime.GC()
	runtime.ReadMemStats(&after)
	return after.HeapAlloc - before.HeapAlloc
}
