package watch

import (
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"mais/certs"
)

const day = 24 * time.Hour

var from = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func cert(serial *big.Int, life time.Duration) *x509.Certificate {
	return &x509.Certificate{SerialNumber: serial, NotBefore: from, NotAfter: from.Add(life)}
}

func TestShare(t *testing.T) {
	for text, want := range map[string]float64{
		"2/3": 2.0 / 3, "0.67": 0.67, "0": 0, "9/10": 0.9, ".5": 0.5,
		"": -1, "1": -1, "0.91": -1, "-0.1": -1, "-1/9": -1, "two": -1, "1/0": -1, "NaN": -1, "Inf": -1, "0.666666666667": -1,
	} {
		got := TwoThirds()
		err := got.Set(text)
		if (err == nil) != (want >= 0) || err == nil && (got.value != want || got.String() != text) {
			t.Errorf("Set(%q) = %v, %v, want %v", text, got, err, want)
		}
		if err != nil && got != TwoThirds() {
			t.Errorf("Set(%q) failed, and left %v", text, got)
		}
	}
}

// TestDueSpreads: many sites that enrolled at the same moment do not come back at the same
// moment, and each stays within its tenth.
func TestDueSpreads(t *testing.T) {
	const sites, life = 1000, 30 * day
	first, last := from.Add(20*day), from.Add(21*day)
	var byHour [24]int
	for range sites {
		c := cert(certs.NewSerial(), life)
		due := TwoThirds().Due(c)
		if again := TwoThirds().Due(c); !again.Equal(due) {
			t.Fatalf("Due = %s, then %s: a restart would move it", due, again)
		}
		if due.Before(first.Add(-time.Second)) || !due.Before(last) {
			t.Fatalf("Due = %s, want from %s to %s", due, first, last)
		}
		byHour[min(23, max(0, int(due.Sub(first)/time.Hour)))]++
	}
	for hour, n := range byHour {
		if n < 10 || n > 90 { // 42 on average; ten standard deviations would be 64 away
			t.Errorf("%d of %d sites renew in hour %d of 24", n, sites, hour)
		}
	}
}

func TestDueAtOnce(t *testing.T) {
	var zero Share
	if err := zero.Set("0"); err != nil {
		t.Fatal(err)
	}
	if got := zero.Due(cert(big.NewInt(7), time.Hour)); !got.Equal(from) {
		t.Errorf("Due of a share of 0 = %s, want %s", got, from)
	}
}

func TestBackOff(t *testing.T) {
	for _, test := range []struct {
		failed         int
		left           time.Duration
		shortest, most time.Duration
	}{
		{1, 10 * day, 15 * time.Second, 30 * time.Second},
		{2, 10 * day, 30 * time.Second, time.Minute},
		{5, 10 * day, 4 * time.Minute, 8 * time.Minute},
		{7, 10 * day, 16 * time.Minute, 32 * time.Minute},
		{8, 10 * day, 30 * time.Minute, time.Hour},
		{1 << 40, 10 * day, 30 * time.Minute, time.Hour},
		{8, 100 * time.Minute, 5 * time.Minute, 10 * time.Minute}, // it becomes urgent
		{8, time.Second, 15 * time.Second, 30 * time.Second},
		{8, -day, 15 * time.Second, 30 * time.Second},
	} {
		low, high := backOff(test.failed, test.left, 0), backOff(test.failed, test.left, 0.999999999)
		if low != test.shortest || high > test.most || high < test.most-time.Second {
			t.Errorf("backOff(%d, %s) = %s to %s, want %s to %s", test.failed, test.left, low, high, test.shortest, test.most)
		}
	}
}

func TestTurn(t *testing.T) {
	var a attempts
	if !a.turn(from) {
		t.Error("a first attempt has to wait")
	}
	a.fail(from, day, 0)
	for after, want := range map[time.Duration]bool{0: false, 14 * time.Second: false, 15 * time.Second: true, -time.Hour: true} {
		if got := a.turn(from.Add(after)); got != want {
			t.Errorf("turn %s after a failure = %t, want %t", after, got, want)
		}
	}
}
