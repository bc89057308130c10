package gate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mais/server/internal/audit"
)

var start = time.Date(2010, 3, 12, 2, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time { return start.Add(time.Duration(seconds * float64(time.Second))) }

func TestLimiter(t *testing.T) {
	l := NewLimiter(1, 2)
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for i, test := range []struct {
		who  netip.Addr
		at   float64
		want bool
	}{
		{a, 0, true}, {a, 0, true}, {a, 0, false}, {b, 0, true}, {a, 0.9, false}, {a, 1, true}, {a, 1, false},
		{a, 100, true}, {a, 100, true}, {a, 100, false}, // no more than the burst is saved up
		{a, 50, false}, // a clock that goes back gives nothing
	} {
		if got := l.Allow(test.who, at(test.at)); got != test.want {
			t.Errorf("%d: Allow(%v, %v s) = %v, want %v", i, test.who, test.at, got, test.want)
		}
	}
}

func TestLimiterTakesA64AsOne(t *testing.T) {
	l := NewLimiter(1, 1)
	if !l.Allow(netip.MustParseAddr("2001:db8::1"), at(0)) || l.Allow(netip.MustParseAddr("2001:db8::2"), at(0)) {
		t.Error("two addresses of one /64 are two sources")
	}
	if !l.Allow(netip.MustParseAddr("2001:db8:0:1::1"), at(0)) {
		t.Error("two /64 are one source")
	}
}

func TestLimiterIsBounded(t *testing.T) {
	l := NewLimiter(1, 1)
	source := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}) }
	for i := range maxSources {
		if !l.Allow(source(i), at(0)) {
			t.Fatalf("source %d is refused", i)
		}
	}
	if l.Allow(source(maxSources), at(0.5)) {
		t.Error("one more source than can be remembered is let in")
	}
	if !l.Allow(source(maxSources), at(1)) || len(l.buckets) > 1 {
		t.Errorf("sources whose bucket is full again are not forgotten: %d", len(l.buckets))
	}
}

// ledger keeps what is appended, unless it fails.
type ledger struct {
	events []audit.Event
	fail   error
}

func (l *ledger) Append(_ context.Context, e audit.Event) (audit.Receipt, error) {
	if l.fail == nil {
		l.events = append(l.events, e)
	}
	return audit.Receipt{}, l.fail
}

func (l *ledger) total(t *testing.T) (n int) {
	t.Helper()
	for _, e := range l.events {
		count, err := strconv.Atoi(e.Detail["count"])
		if err != nil {
			t.Fatal(err)
		}
		n += count
	}
	return n
}

func TestTally(t *testing.T) {
	tally := NewTally(prometheus.NewRegistry())
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for range 3 {
		tally.Add("mutual", Dropped, a)
	}
	tally.Add("mutual", Dropped, b)
	tally.Add("public", Unproven, a)
	l := &ledger{fail: errors.New("away")}
	if err := tally.Flush(t.Context(), l); err == nil {
		t.Error("Flush = nil, want the ledger's error")
	}
	tally.Add("mutual", Dropped, a) // goes on where it was
	l.fail = nil
	if err := tally.Flush(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range l.events {
		got[fmt.Sprint(e.Listener, " ", e.Act, " ", e.Address)] = e.Detail["count"]
	}
	want := map[string]string{"mutual network.dropped 192.0.2.1": "4", "mutual network.dropped 192.0.2.2": "1", "public handshake.failed 192.0.2.1": "1"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("flushed %v, want %v", got, want)
	}
	if err := tally.Flush(t.Context(), l); err != nil || len(l.events) != 3 {
		t.Errorf("a second Flush appends %d events", len(l.events)-3)
	}
}

func TestTallyIsBoundedAndExact(t *testing.T) {
	tally := NewTally(prometheus.NewRegistry())
	const sources = maxTallied + 100
	for i := range sources {
		tally.Add("mutual", Dropped, netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	l := &ledger{}
	if err := tally.Flush(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if len(l.events) != maxTallied+1 || l.total(t) != sources {
		t.Errorf("%d events count %d, want %d and %d", len(l.events), l.total(t), maxTallied+1, sources)
	}
}

// TestTotalCap: a listener takes no more than its total, whoever comes.
func TestTotalCap(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := New(inner, Options{Name: "plain", Tally: NewTally(prometheus.NewRegistry()), PerSource: 10, Total: 2})
	defer g.Close()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	var taken []net.Conn
	for range 2 {
		dial()
		c, err := g.Accept()
		if err != nil {
			t.Fatal(err)
		}
		taken = append(taken, c)
	}
	if third, err := net.Dial("tcp", inner.Addr().String()); err == nil { // or reset already
		if n, err := third.Read(make([]byte, 1)); err == nil {
			t.Errorf("a third connection reads %d bytes, want it closed", n)
		}
		third.Close()
	}
	taken[0].Close()
	taken[0].Close() // counts once
	if g.Open() != 1 {
		t.Errorf("Open = %d after one of two closed, want 1", g.Open())
	}
	dial()
	if _, err := g.Accept(); err != nil {
		t.Error(err)
	}
}

func TestAcceptEndsWithClose(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := New(inner, Options{Name: "plain", Tally: NewTally(prometheus.NewRegistry()), PerSource: 1, Total: 1})
	done := make(chan error)
	go func() {
		_, err := g.Accept()
		done <- err
	}()
	g.Close()
	if err := <-done; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after Close = %v, want net.ErrClosed", err)
	}
}

// crowded is a listener of a process that has too many open files for its next connections.
type crowded struct {
	net.Listener
	refusals int
}

func (l *crowded) Accept() (net.Conn, error) {
	if l.refusals > 0 {
		l.refusals--
		return nil, syscall.EMFILE
	}
	return l.Listener.Accept()
}

// TestAcceptFails: the operator is told, once, and callers are let in as soon as they can be.
func TestAcceptFails(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	g := New(&crowded{inner, 2}, Options{
		Name: "plain", Tally: NewTally(prometheus.NewRegistry()), Logger: slog.New(slog.NewTextHandler(&log, nil)), PerSource: 1, Total: 1,
	})
	defer g.Close()
	caller, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer caller.Close()
	if _, err := g.Accept(); err != nil { // its run is past the failures, so the log is still
		t.Fatal(err)
	}
	if said := log.String(); strings.Count(said, "cannot be accepted") != 1 || !strings.Contains(said, "too many open files") {
		t.Errorf("the log says %q", said)
	}
}

// TestOldestUnprovenGivesWay: who fills a listener with connections that prove nothing pushes
// out their own; a caller who has proved something keeps the place.
func TestOldestUnprovenGivesWay(t *testing.T) {
	for name, o := range map[string]Options{"of one source": {PerSource: 2, Total: 10}, "of all": {PerSource: 10, Total: 2}} {
		t.Run(name, func(t *testing.T) {
			inner, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			o.Name, o.Tally, o.Proves = "mutual", NewTally(prometheus.NewRegistry()), true
			g := New(inner, o)
			defer g.Close()
			arrive := func() (theirs net.Conn, ours *conn) {
				theirs, err := net.Dial("tcp", inner.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { theirs.Close() })
				c, err := g.Accept()
				if err != nil {
					t.Fatal(err)
				}
				return theirs, c.(*conn)
			}
			proved, p := arrive()
			p.Proved()
			empty, _ := arrive()
			late, l := arrive() // takes the empty one's place
			if _, err := empty.Read(make([]byte, 1)); err == nil {
				t.Error("the oldest unproven connection is still served")
			}
			l.Proved()
			refused, err := net.Dial("tcp", inner.Addr().String())
			if err == nil { // both places are proved: nobody gives way
				_, err = refused.Read(make([]byte, 1))
				refused.Close()
			}
			if err == nil || g.Open() != 2 {
				t.Errorf("a third is taken beside two proved ones: %d open", g.Open())
			}
			for _, c := range []net.Conn{proved, late} {
				c.SetReadDeadline(time.Now().Add(-time.Second))
				var timeout net.Error
				if _, err := c.Read(make([]byte, 1)); !errors.As(err, &timeout) || !timeout.Timeout() {
					t.Errorf("a proved connection was closed: %v", err)
				}
			}
		})
	}
}
