package ca_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
)

// fill records n active certificates of n/2 people, as if they had been issued a second apart.
func (f fixture) fill(tb testing.TB, n int) {
	tb.Helper()
	_, err := f.db.Owner().Exec(context.Background(), fmt.Sprintf(`
		INSERT INTO ca.certificate (issuer, serial, identity, profile, level, holder, name, not_before, not_after, sha256, spki_sha256, der, issued_by, issued_at, shard)
			SELECT 'people-1', '5' || lpad(to_hex(n), 31, '0'), 'urn:mais:user:00000000-0000-4000-8000-' || lpad(to_hex(n / 2), 12, '0'), 'person-software',
				'software', 'officer' || n / 2 || '@police.example', 'Officer ' || n / 2, now() - n * interval '1 second', now() + interval '90 days' - n * interval '1 second',
				sha256(n::text::bytea), sha256(('key ' || n)::bytea), '', 'fill', now() - n * interval '1 second', n %% 64
			FROM generate_series(1, %d) n;
		ANALYZE ca.certificate`, n))
	if err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkInventory measures what an administrator waits for among 1,000,000 certificates:
// pages, searches, the chart of what ends when, and the export of all, with the memory that
// it takes; a plan of 100,000, with who would lose access by it; and 20,000 lines of a file of
// serials, of which there are a million in the plan already.
func BenchmarkInventory(b *testing.B) {
	const all = 1_000_000
	f := newFixture(b)
	f.fill(b, all)
	ctx := context.Background()
	timed := func(what string, do func()) {
		began := time.Now()
		do()
		b.ReportMetric(float64(time.Since(began).Milliseconds()), what+"-ms")
	}
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		for what, of := range map[string]struct {
			filter ca.Filter
			order  string
			offset int
		}{
			"page": {ca.Filter{}, "-issued", 0}, "last-page": {ca.Filter{}, "-issued", all - 50}, "holder-page": {ca.Filter{}, "holder", 0},
			"search": {ca.Filter{Text: "officer4711"}, "-issued", 0}, "live-soon": {ca.Filter{Status: "live"}, "expires", 0},
		} {
			timed(what, func() {
				_, _, err := f.Inventory(ctx, of.filter, of.order, 50, of.offset)
				must(err)
			})
		}
		timed("chart", func() {
			_, err := f.EndsByWeek(ctx, ca.Filter{Status: "live", ExpiresFrom: time.Now()}, 13)
			must(err)
		})
		timed("lapsed", func() {
			_, err := f.Lapsed(ctx, ca.Filter{Status: "expired", ExpiresFrom: time.Now().Add(-30 * 24 * time.Hour)})
			must(err)
		})
		timed("export", func() { b.ReportMetric(float64(f.export(b, all)>>10), "export-KiB-held") })

		some := ca.Filter{IssuedFrom: time.Now().Add(-100_000 * time.Second)}
		owner := catest.Identity(b, certs.User)
		id, err := f.MakePlan(ctx, ca.Plan{Act: "revoke", Scope: "all", Owner: owner})
		must(err)
		timed("plan-100k", func() {
			_, err := f.AddCertificates(ctx, id, some)
			must(err)
		})
		plan, err := f.GetPlan(ctx, id)
		must(err)
		timed("preview-100k", func() {
			_, err := f.Preview(ctx, plan, ca.PreviewOf{Limit: 50})
			must(err)
		})
		whole, err := f.MakePlan(ctx, ca.Plan{Act: "revoke", Scope: "all", Owner: owner})
		must(err)
		plan.ID = whole
		var lines []ca.Line
		for n := range all {
			text := fmt.Sprintf("5%031x", n+1)
			if n%1000 == 999 {
				text = "no serial"
			}
			if lines = append(lines, ca.Line{Number: n + 1, Text: text}); len(lines) == 20_000 {
				began := time.Now()
				must(f.AddLines(ctx, whole, ca.Filter{}, lines))
				if lines = lines[:0]; n == 19_999 || n == all-1 {
					b.ReportMetric(float64(time.Since(began).Milliseconds()), map[bool]string{true: "lines-last-20k-ms", false: "lines-first-20k-ms"}[n == all-1])
				}
			}
		}
		timed("results-1M", func() {
			_, err := f.PlanResults(ctx, whole)
			must(err)
		})
		timed("preview-1M", func() {
			_, err := f.Preview(ctx, plan, ca.PreviewOf{Limit: 50})
			must(err)
		})
	}
}

// export reads everything and returns the most memory that was held on the way.
func (f fixture) export(tb testing.TB, want int) (most uint64) {
	tb.Helper()
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, got := m.HeapAlloc, 0
	err := f.Each(context.Background(), ca.Filter{}, func(batch []ca.Entry) error {
		if got += len(batch); got%100_000 == 0 {
			runtime.GC()
			if runtime.ReadMemStats(&m); m.HeapAlloc > before {
				most = max(most, m.HeapAlloc-before)
			}
		}
		return nil
	})
	if err != nil || got < want {
		tb.Fatalf("Each gave %d, %v, want %d", got, err, want)
	}
	return most
}
