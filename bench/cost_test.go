package bench

import (
	"runtime"
	"testing"
)

// BenchmarkLookCost counts what one look asks of the rest of the machine, beside the
// baseline: statements of SQL, their write-ahead log, the row that stays, bytes over
// the network, and what is taken from Go's heap, the client's part of it included. The statements include those by which the service keeps itself current, a
// few in a second, and the one that a trigger runs at commit.
func BenchmarkLookCost(b *testing.B) {
	s := startService(b, "pg_stat_statements")
	s.superuser(b, `CREATE EXTENSION pg_stat_statements; GRANT USAGE ON SCHEMA public TO mais_owner`)
	tokens := s.officers(b, 1)
	ours := newCrew(b, s.mutual, tokens)[0]
	l := s.newBaseline(b, ours)
	raw := newCrew(b, l.address, tokens)[0]
	var of, against costs
	n := 0
	for b.Loop() {
		n += costLooks
		of.add(s.costsOf(b, ours))
		against.add(s.costsOf(b, raw))
	}
	b.ReportMetric(0, "ns/op")
	of.report(b, "", n)
	against.report(b, "raw-", n)
	b.ReportMetric(float64(s.number(b, `SELECT avg(pg_column_size(e))::int FROM audit.event e WHERE act = 'record.show'`)), "row-B")
	b.ReportMetric(float64(s.number(b, `SELECT avg(pg_column_size(e))::int FROM bench.note e`)), "raw-row-B")
}

const costLooks = 1000

// costs are totals of some looks.
type costs struct{ statements, log, body, wire, objects, heap int }

func (c *costs) add(d costs) {
	c.statements += d.statements
	c.log += d.log
	c.body += d.body
	c.wire += d.wire
	c.objects += d.objects
	c.heap += d.heap
}

func (c costs) report(b *testing.B, prefix string, looks int) {
	for _, m := range []struct {
		total int
		unit  string
	}{{c.statements, "statements"}, {c.log, "log-B"}, {c.body, "body-B"}, {c.wire, "wire-B"}, {c.objects, "objects"}, {c.heap, "heap-B"}} {
		b.ReportMetric(float64(m.total)/float64(looks), prefix+m.unit)
	}
}

// costsOf counts during costLooks looks of c, over a connection that is open.
func (s *service) costsOf(b *testing.B, c *client) costs {
	b.Helper()
	must(b, c.open())
	before, wire := s.databaseCosts(b), c.counted.bytes
	body, memory := 0, allocated()
	for n := range costLooks {
		answer, err := c.look(s.ids[n%len(s.ids)])
		must(b, err)
		body += len(answer)
	}
	now, after := allocated(), s.databaseCosts(b)
	return costs{after.statements - before.statements, after.log - before.log, body, c.counted.bytes - wire,
		int(now.Mallocs - memory.Mallocs), int(now.TotalAlloc - memory.TotalAlloc)}
}

// allocated is what this process has taken from Go's heap so far, the client too.
func allocated() (m runtime.MemStats) {
	runtime.ReadMemStats(&m)
	return m
}

func (s *service) databaseCosts(b *testing.B) (c costs) {
	b.Helper()
	must(b, s.owner.QueryRow(b.Context(), `SELECT sum(calls), sum(wal_bytes) FROM pg_stat_statements(false)`).
		Scan(&c.statements, &c.log))
	return c
}
