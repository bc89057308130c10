package bench

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// BenchmarkPageFirstByte is how long the first byte of a page takes, after the request, over
// a kept connection (HTTP/1.1): the answer to a search and a record, each beside the API's
// answer to the same question by the same officer in the same session. Each client is
// another officer, and asks again as soon as they are answered. cost is the page's time in
// units of the API's, of the median and of the slowest hundredth.
func BenchmarkPageFirstByte(b *testing.B) {
	s := startService(b, "")
	everybody := newVisitors(b, s, s.officers(b, 150), 4)
	for _, what := range []struct {
		name, act string
		page, api func(v *visitor, n int) (time.Duration, error)
	}{{"record", "record.show", (*visitor).seesRecord, (*visitor).asksRecord}, {"find", "record.search", (*visitor).seesFound, (*visitor).asksFound}} {
		audited := `SELECT count(*) FROM audit.event WHERE outcome = 'allowed' AND act = '` + what.act + `'`
		for _, clients := range []int{1, 150} {
			b.Run(fmt.Sprintf("%s/clients=%d", what.name, clients), func(b *testing.B) {
				here, turn := everybody[:clients], clients*looksPerClient[clients]
				before := s.number(b, audited)
				var page, api waits
				inTurns(b, s.meter,
					side{n: turn, run: func(n int) error { return page.turn(here, n, what.page) }},
					side{n: turn, run: func(n int) error { return api.turn(here, n, what.api) }})
				if got, want := s.number(b, audited)-before, page.asked()+api.asked(); got != want {
					b.Errorf("%d answers were audited, want %d", got, want)
				}
				b.ReportMetric(0, "ns/op")
				for _, q := range []struct {
					name string
					at   float64
				}{{"p50", 0.50}, {"p99", 0.99}} {
					ours, theirs := page.quantile(q.at), api.quantile(q.at)
					b.ReportMetric(ours, q.name+"-us")
					b.ReportMetric(theirs, "api-"+q.name+"-us")
					b.ReportMetric(ours/theirs, q.name+"-cost")
				}
			})
		}
	}
}

// waits are how long first bytes took, turn by turn.
type waits struct{ turns [][]time.Duration }

// turn has visitors ask n times in all.
func (w *waits) turn(all []*visitor, n int, ask func(*visitor, int) (time.Duration, error)) error {
	took, failed := make([]time.Duration, n), make([]error, len(all))
	var working sync.WaitGroup
	for k, v := range all {
		working.Go(func() {
			for at := k; at < n && failed[k] == nil; at += len(all) {
				took[at], failed[k] = ask(v, at/len(all))
			}
		})
	}
	working.Wait()
	w.turns = append(w.turns, took)
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

// asked is how often there was asked in all.
func (w *waits) asked() int { return len(slices.Concat(w.turns...)) }

// quantile returns a quantile of all waits, in microseconds. The first turn warmed up and
// does not count.
func (w *waits) quantile(at float64) float64 {
	all := slices.Sorted(slices.Values(slices.Concat(w.turns[1:]...)))
	return float64(all[int(at*float64(len(all)-1))].Nanoseconds()) / 1e3
}

// BenchmarkPageWeight is how many bytes a browser fetches for a page: the page itself, of
// people the one in the middle of twenty-five, and the style and scripts that it loads once
// and keeps. gzip is what they would take compressed; the service compresses the assets and
// no page.
func BenchmarkPageWeight(b *testing.B) {
	s := startService(b, "")
	v := newVisitors(b, s, s.officers(b, 1), 25)[0]
	for _, page := range []struct{ name, path string }{
		{"find", "/find"}, {"found", v.searches[0].path}, {"reason", "/person/{id}/reason"}, {"record", "/person/{id}"},
		{"history", "/person/{id}/history"}, {"looks", "/person/{id}/looks"}, {"print", "/person/{id}/print"},
		{"emergency", "/person/{id}/emergency"}, {"recent", "/recent"}, {"access", "/access"}, {"contacts", "/contacts"}, {"help", "/help"},
	} {
		b.Run(page.name, func(b *testing.B) {
			var text []byte
			var loaded weight
			for b.Loop() {
				text, loaded = v.middle(b, page.path), weight{}
				for _, asset := range v.assetsOf(b, text) {
					loaded.add(b, v.fetched(b, asset))
				}
			}
			var own weight
			own.add(b, text)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(own.bytes), "html-B")
			b.ReportMetric(float64(own.zipped), "html-gzip-B")
			b.ReportMetric(float64(loaded.bytes), "assets-B")
			b.ReportMetric(float64(loaded.zipped), "assets-gzip-B")
		})
	}
}

// middle fetches the page of each person and returns the one of the middle length.
func (v *visitor) middle(b *testing.B, path string) []byte {
	b.Helper()
	var texts [][]byte
	for _, id := range v.people {
		texts = append(texts, v.fetched(b, strings.ReplaceAll(path, "{id}", id)))
	}
	slices.SortFunc(texts, func(x, y []byte) int { return len(x) - len(y) })
	return texts[len(texts)/2]
}

// assetsOf returns what a page makes a browser load, modules that its script imports too.
func (v *visitor) assetsOf(b *testing.B, page []byte) (paths []string) {
	b.Helper()
	for _, named := range named.FindAllSubmatch(page, -1) {
		paths = append(paths, string(named[1]))
	}
	for n := 0; n < len(paths); n++ {
		if !strings.HasSuffix(paths[n], ".js") {
			continue
		}
		for _, module := range imported.FindAllSubmatch(v.fetched(b, paths[n]), -1) {
			if at := "/assets/" + string(module[1]); !slices.Contains(paths, at) {
				paths = append(paths, at)
			}
		}
	}
	return paths
}

var (
	named    = regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`)
	imported = regexp.MustCompile(`(?m)^import .*from ['"]\./([^'"]+)['"]`)
)

func (v *visitor) fetched(b *testing.B, path string) []byte {
	b.Helper()
	answer, text, _, err := v.ask("GET", path, "", "")
	must(b, err)
	if answer.StatusCode != 200 || len(text) == 0 {
		b.Fatalf("GET %s: status %d: %.300s", path, answer.StatusCode, text)
	}
	if strings.HasPrefix(path, "/assets/") && answer.Header.Get("Set-Cookie") != "" {
		b.Fatalf("GET %s sets a cookie", path)
	}
	return text
}

// weight is of what was fetched.
type weight struct{ bytes, zipped int }

func (w *weight) add(b *testing.B, text []byte) {
	b.Helper()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, err := z.Write(text)
	must(b, err)
	must(b, z.Close())
	w.bytes += len(text)
	w.zipped += zipped.Len()
}
