package ca_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"math"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
)

// BenchmarkOCSP measures an answer that is signed for its request, and one that is kept,
// beside the signature alone. The goals are raw/uncached of at least 0.5, and
// uncached/cached of at least 20.
func BenchmarkOCSP(b *testing.B) {
	f := newResponder(b, func(o *ca.Options) { o.StaleAfter = time.Hour })
	f.SetLive(math.MaxInt32, math.MaxInt32)
	ctx, person := context.Background(), f.Person(b, "Jane Doe")
	plain := questionOf(b, person)
	nonced := withNonce(b, plain, make([]byte, 32))
	key, digest := catest.Key(b), sha256.Sum256(plain)
	ask := func(question []byte) {
		if response, _ := f.OCSP(ctx, question); len(response) < 500 {
			b.Fatalf("the answer is %x", response)
		}
	}
	var raw, uncached, cached time.Duration
	for b.Loop() { // by turns, so that a busy machine treats them alike
		raw += catest.Spent(batch, func() {
			if _, err := ecdsa.SignASN1(rand.Reader, key, digest[:]); err != nil {
				b.Fatal(err)
			}
		})
		uncached += catest.Spent(batch, func() { ask(nonced) })
		cached += catest.Spent(batch, func() { ask(plain) })
	}
	for what, d := range map[string]time.Duration{"raw-ns": raw, "uncached-ns": uncached, "cached-ns": cached} {
		b.ReportMetric(float64(d.Nanoseconds())/float64(b.N*batch), what)
	}
	b.ReportMetric(float64(raw)/float64(uncached), "raw/uncached")
	b.ReportMetric(float64(uncached)/float64(cached), "uncached/cached")
}

// batch is how often a thing is done between two looks at the clock, which counts in
// microseconds.
const batch = 100
