package bench

import (
	"runtime"
	"slices"
	"testing"
	"time"
)

// side is one of two things that are measured against each other. run does n units of
// work, in one turn; before, which may be nil, gets them ready and is not measured.
type side struct {
	n      int
	before func(n int) error
	run    func(n int) error
}

// figures are what one side did in its turns.
type figures struct {
	rates          []float64 // units a second, of each turn
	units          int
	here, postgres time.Duration // of the processor: this process with clients and servers, and PostgreSQL
}

// inTurns lets two sides work in turns until b has had enough; who goes first changes every
// time. The first turn of each warms up and does not count. m is of the PostgreSQL that
// both use.
func inTurns(b *testing.B, m meter, ours, baseline side) (of, against figures) {
	b.Helper()
	for _, s := range []side{ours, baseline} {
		new(figures).turn(b, m, s)
	}
	for round := 0; b.Loop(); round++ {
		if round%2 == 0 {
			of.turn(b, m, ours)
			against.turn(b, m, baseline)
		} else {
			against.turn(b, m, baseline)
			of.turn(b, m, ours)
		}
	}
	return of, against
}

func (f *figures) turn(b *testing.B, m meter, s side) {
	b.Helper()
	if s.before != nil {
		must(b, s.before(s.n))
	}
	runtime.GC()                             // or one side collects what the other has left
	postgres, here := m.read(b), hereUsed(b) // in this order: reading the former uses the latter
	began := time.Now()
	must(b, s.run(s.n))
	took := time.Since(began)
	f.here += hereUsed(b) - here
	f.postgres += m.read(b) - postgres
	f.rates = append(f.rates, float64(s.n)/took.Seconds())
	f.units += s.n
}

func (f figures) cpu() time.Duration { return f.here + f.postgres }

func (f figures) rate() float64 { return median(f.rates) }

// each returns a share of the processor's time for one unit, in microseconds.
func (f figures) each(d time.Duration) float64 {
	return float64(d.Nanoseconds()) / 1e3 / float64(f.units)
}

// ratio is the median of the turns' ratios: each is of two neighbours in time.
func ratio(of, against figures) float64 {
	var all []float64
	for n := range of.rates {
		all = append(all, of.rates[n]/against.rates[n])
	}
	return median(all)
}

func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// reportRates reports both sides as units a second, and the first as a part of the second.
func reportRates(b *testing.B, unit string, of, against figures) {
	b.ReportMetric(0, "ns/op") // of a round, which nobody asked for
	b.ReportMetric(of.rate(), unit+"/s")
	b.ReportMetric(against.rate(), "raw-"+unit+"/s")
	b.ReportMetric(ratio(of, against), "ratio")
	reportCPU(b, of, against)
}

// reportCosts reports both sides as microseconds for a unit, and the first in units of the
// second.
func reportCosts(b *testing.B, unit, baseline string, of, against figures) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(1e6/of.rate(), "us/"+unit)
	b.ReportMetric(1e6/against.rate(), baseline+"-us")
	b.ReportMetric(1/ratio(of, against), "cost")
	reportCPU(b, of, against)
}

// reportCPU reports the processor's time for a unit: ours, the baseline's, and how many
// times the baseline's that is.
func reportCPU(b *testing.B, of, against figures) {
	b.ReportMetric(of.each(of.cpu()), "cpu-us")
	b.ReportMetric(against.each(against.cpu()), "raw-cpu-us")
	b.ReportMetric(of.each(of.cpu())/against.each(against.cpu()), "cpu-cost")
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
