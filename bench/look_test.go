package bench

import (
	"fmt"
	"testing"
)

// looksPerClient is how many looks a client does in one turn, for 1, 16 and 150 clients
// some hundred milliseconds of work.
var looksPerClient = map[int]int{1: 100, 16: 25, 150: 8}

// BenchmarkLook is an officer's look at a record over a kept connection (HTTP/1.1, as
// tokenctl has it): verdict, policy, SELECT, audit, second check, release. Each client is
// another officer with a token of their own. ratio is the share of the baseline's looks a
// second that remains.
func BenchmarkLook(b *testing.B) {
	s := startService(b, "")
	tokens := s.officers(b, 150)
	l := s.newBaseline(b, newCrew(b, s.mutual, tokens[:1])[0])
	for _, clients := range []int{1, 16, 150} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			ours, raw := newCrew(b, s.mutual, tokens[:clients]), newCrew(b, l.address, tokens[:clients])
			before, notes := s.events(b), l.count(b, s)
			turn := clients * looksPerClient[clients]
			of, against := inTurns(b, s.meter,
				side{n: turn, run: func(n int) error { return ours.look(s.ids, n) }},
				side{n: turn, run: func(n int) error { return raw.look(s.ids, n) }})
			if got, want := s.events(b)-before, of.units+turn; got != want {
				b.Errorf("%d looks were audited, want %d", got, want)
			}
			if got, want := l.count(b, s)-notes, against.units+turn; got != want {
				b.Errorf("%d looks were noted, want %d", got, want)
			}
			reportRates(b, "looks", of, against)
			b.ReportMetric(of.each(of.postgres), "postgres-us")
			b.ReportMetric(against.each(against.postgres), "raw-postgres-us")
		})
	}
}

// events returns how many looks stand in the audit.
func (s *service) events(b *testing.B) int {
	b.Helper()
	return s.number(b, `SELECT count(*) FROM audit.event WHERE act = 'record.show' AND outcome = 'allowed'`)
}

// count returns how many notes the baseline has kept.
func (l *baseline) count(b *testing.B, s *service) int {
	b.Helper()
	return s.number(b, `SELECT count(*) FROM bench.note`)
}

// number asks the database as the owner of the schemas.
func (s *service) number(b *testing.B, query string) (n int) {
	b.Helper()
	must(b, s.owner.QueryRow(b.Context(), query).Scan(&n))
	return n
}
