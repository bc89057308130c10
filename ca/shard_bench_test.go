package ca_test

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// populate records n revoked certificates that nobody holds, as if they had been issued and
// revoked one by one.
func (f fixture) populate(tb testing.TB, n int) {
	tb.Helper()
	_, err := f.db.Owner().Exec(context.Background(), fmt.Sprintf(`
		ALTER TABLE ca.certificate DISABLE TRIGGER guard;
		ALTER TABLE ca.status_counter DISABLE TRIGGER guard;
		INSERT INTO ca.certificate (issuer, serial, status, reason, status_at, identity, profile, level, holder, name,
				not_before, not_after, sha256, spki_sha256, der, issued_by, shard)
			SELECT 'people-1', '5' || lpad(to_hex(n), 31, '0'), 'revoked', 1, now(), 'urn:mais:user:' || gen_random_uuid(), 'person-software',
				'software', 'populate', 'populate', now(), now() + interval '90 days', sha256(n::text::bytea), sha256(('key ' || n)::bytea),
				'', 'populate', n %% 64
			FROM generate_series(1, %[1]d) n;
		INSERT INTO ca.status_change (number, issuer, serial, status, at, shard)
			SELECT s.number + n, 'people-1', '5' || lpad(to_hex(n), 31, '0'), 'revoked', now(), n %% 64
			FROM generate_series(1, %[1]d) n, ca.status_counter s;
		UPDATE ca.status_counter SET number = number + %[1]d;
		ALTER TABLE ca.certificate ENABLE ALWAYS TRIGGER guard;
		ALTER TABLE ca.status_counter ENABLE ALWAYS TRIGGER guard;
		ANALYZE ca.certificate, ca.status_change`, n))
	if err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkShard measures what one revocation costs at 100,000 revoked: the making of the
// shard's list, beside that of the full list. The goal is full/shard above 20.
func BenchmarkShard(b *testing.B) {
	f := newFixture(b)
	f.populate(b, 100_000)
	ctx, clock := context.Background(), time.Now()
	f.SetNow(func() time.Time { return clock })
	var shard, full time.Duration
	for b.Loop() {
		person := f.Person(b, "Jane Doe")
		series, n := shardOf(b, person.Certificate)
		if _, err := f.db.Owner().Exec(ctx, `UPDATE ca.certificate SET status = 'revoked' WHERE serial = '`+person.Ref.Serial+`'`); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		if _, err := f.CRLShard(ctx, series, n); err != nil {
			b.Fatal(err)
		}
		shard += time.Since(began)
		clock = clock.Add(2 * time.Hour) // the full list is due
		began = time.Now()
		if _, err := f.CRL(ctx, "people"); err != nil {
			b.Fatal(err)
		}
		full += time.Since(began)
	}
	b.ReportMetric(shard.Seconds()*1e3/float64(b.N), "shard-ms")
	b.ReportMetric(full.Seconds()*1e3/float64(b.N), "full-ms")
	b.ReportMetric(float64(full)/float64(shard), "full/shard")
}
