package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/migrations"
)

// asOf5 leaves a ledger with the indexes that it had after migration 00005.
const asOf5 = `DROP INDEX audit.event_time, audit.event_user, audit.event_act, audit.event_persons, audit.event_outcome,
		audit.event_unmet_time, audit.event_marks;
	CREATE INDEX event_at ON audit.event USING brin (at)`

// side is a ledger with indexes of its own, and what its turns took for each event.
type side struct {
	db          *pg.DB
	backend     int
	n           int
	took, spent []float64 // µs, by the clock and by the backend's processor
}

func newSide(b *testing.B, d *pgtest.Database) *side {
	b.Helper()
	if _, err := d.Owner().Exec(b.Context(), `VACUUM (ANALYZE) audit.event`); err != nil {
		b.Fatal(err)
	}
	s := &side{db: d.Open(b, pg.Audit), n: 1_000_000}
	if err := s.db.QueryRow(b.Context(), `SELECT pg_backend_pid()`).Scan(&s.backend); err != nil {
		b.Fatal(err)
	}
	return s
}

// turn appends batches of so many events.
func (s *side) turn(b *testing.B, size int) {
	b.Helper()
	batches := make([][]json.RawMessage, max(8, 512/size))
	for i := range batches {
		for range size {
			s.n++
			batches[i] = append(batches[i], lookEvent(s.n))
		}
	}
	processor, began := s.processor(b), time.Now()
	for _, events := range batches {
		if _, err := Append(b.Context(), s.db, events); err != nil {
			b.Fatal(err)
		}
	}
	each := 1000 * float64(size*len(batches))
	s.took, s.spent = append(s.took, float64(time.Since(began))/each), append(s.spent, float64(s.processor(b)-processor)/each)
}

// processor is how long the backend has run, in nanoseconds.
func (s *side) processor(b *testing.B) (ran int64) {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", s.backend))
	if err == nil {
		_, err = fmt.Sscan(string(text), &ran)
	}
	if err != nil {
		b.Fatal(err)
	}
	return ran
}

// BenchmarkAppend is what the entries of looks cost in a ledger of a million, so many in a commit,
// in units of what they cost with the indexes of migration 00005 alone. Both work in turns.
func BenchmarkAppend(b *testing.B) {
	d := reviewed(b, 1_000_000)
	before := reviewed(b, 1_000_000)
	if _, err := before.Owner().Exec(b.Context(), asOf5); err != nil {
		b.Fatal(err)
	}
	ours, base := newSide(b, d), newSide(b, before)
	for _, size := range []int{1, 32, 128} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			ours.turn(b, size)
			base.turn(b, size)
			ours.took, ours.spent, base.took, base.spent = nil, nil, nil, nil
			for b.Loop() {
				base.turn(b, size)
				ours.turn(b, size)
			}
			b.ReportMetric(middle(ratios(ours.took, base.took)), "cost")
			b.ReportMetric(middle(ratios(ours.spent, base.spent)), "cpu-cost")
			b.ReportMetric(middle(ours.spent), "cpu-µs/event")
			b.ReportMetric(middle(base.spent), "before-cpu-µs/event")
			b.ReportMetric(middle(ours.took), "µs/event")
			b.ReportMetric(middle(base.took), "before-µs/event")
		})
	}
}

func ratios(of, against []float64) (all []float64) {
	for n := range of {
		all = append(all, of[n]/against[n])
	}
	return all
}

func middle(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// lookItems are as many as a look shows; with them an entry has some 1,000 bytes.
var lookItems = strings.TrimSuffix(strings.Repeat("physical_health.asthma,custody.arrival,service_user_details.surname,", 6), ",")

// lookEvent is the entry of a look as the service makes it, by one of 500 users at one of 20,000
// people.
func lookEvent(n int) json.RawMessage {
	user, person := n*7919%500, n*104729%20000
	return json.RawMessage(fmt.Sprintf(`{"node":"node-1","request":"%08x-%04x-4c1e-8a52-%012x","listener":"mutual","act":"record.show","outcome":"allowed","method":"GET",
		"uri":"/api/v1/people/5ad8b9f6-7c1e-4a52-9f0d-%012[4]d","address":"10.0.%[5]d.%[6]d","user_id":"11111111-2222-4333-8444-%012[7]d","user_name":"User %[7]d",
		"agency":"Agency %[8]d","site":"Custody %[8]d","roles":["police_officer"],"auth_method":"token","session":"%.16[9]s","issuer":"people-1","serial":"%032[7]x",
		"persons":["5ad8b9f6-7c1e-4a52-9f0d-%012[4]d"],"items":["%[10]s"],"rows":1,"detail":{"reason":"custody"}}`,
		uint32(n*2654435761), n&0xffff, n*7919, person, user%200, user%250, user, user%40, fmt.Sprintf("%08x%08x", uint32(user*2654435761), user),
		strings.ReplaceAll(lookItems, ",", `","`)))
}

var sets = []pg.MigrationSet{camigrations.Set, migrations.Set}

// reviewed returns a database with n entries of a year, of all kinds: 500 users of 40 agencies,
// 20,000 people, sessions of 20 entries, one in twenty refused, one in five a look.
func reviewed(tb testing.TB, n int) *pgtest.Database {
	tb.Helper()
	d := pgtest.New(tb, sets...)
	_, err := d.Owner().Exec(context.Background(), fmt.Sprintf(`
		ALTER TABLE audit.event DISABLE TRIGGER durable;
		INSERT INTO audit.event (at, node, listener, method, uri, act, outcome, reason, user_id, user_name, agency, site, roles, issuer, serial, session, address, request, persons, items, detail)
		SELECT now() - interval '1 year' * (%[1]d - i) / %[1]d, 'node-1', 'mutual', 'GET', '/api/v1/people/' || i,
			(ARRAY['record.show', 'page.find', 'record.search', 'session.keep', 'page.access'])[i %% 5 + 1],
			CASE WHEN i %% 20 = 7 THEN 'refused' ELSE 'allowed' END, CASE WHEN i %% 20 = 7 THEN 'wrong-network: no site' END,
			format('11111111-2222-4333-8444-%%s', lpad((i::bigint * 7919 %% 500)::text, 12, '0'))::uuid, 'User ' || i::bigint * 7919 %% 500, 'Agency ' || i::bigint * 7919 %% 500 %% 40,
			'Custody', '{police_officer}', 'people-1', md5(i::text), left(md5((i / 20)::text), 16), ('10.0.' || i %% 200 || '.' || i %% 250)::inet, gen_random_uuid(),
			CASE WHEN i %% 5 IN (0, 2) THEN ARRAY[format('5ad8b9f6-7c1e-4a52-9f0d-%%s', lpad((i::bigint * 104729 / 5 %% 20000)::text, 12, '0'))::uuid] END,
			CASE WHEN i %% 5 = 0 THEN '{%[2]s}'::text[] END, '{"reason": "custody"}'
		FROM generate_series(1, %[1]d) AS i;
		ALTER TABLE audit.event ENABLE ALWAYS TRIGGER durable`, n, lookItems))
	if err == nil {
		_, err = d.Owner().Exec(context.Background(), `VACUUM (ANALYZE) audit.event`)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return d
}
