package watch

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mais/certs"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/notify"
	"mais/tokenctl/internal/token"
)

// tooMany renewals are a watch that goes round and round; it is stopped.
const tooMany = 10000

// scene is a watch in a bubble of false time, with a service that does as it is told.
type scene struct {
	*testing.T
	mu       sync.Mutex
	offset   time.Duration // of the clock on the wall
	token    *token.Token
	life     time.Duration
	renewal  error                     // what Renew says
	standing error                     // what Ask says
	handing  error                     // what Deploy says
	opening  error                     // what Open says
	work     func(ctx context.Context) // done by Renew first
	renewals []time.Time               // when Renew was called
	asks     []time.Time
	handed   []string // serials
	again    chan struct{}
	log      bytes.Buffer
	share    Share
	ended    chan error
	stop     context.CancelFunc
}

func (s *scene) now() time.Time {
	s.settle()
	return time.Now().Add(s.offset)
}

// settle lets the watch see what the script has written. False time orders the two, and the
// race detector does not know it.
func (s *scene) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
}

func (s *scene) issue() {
	leaf := &x509.Certificate{SerialNumber: certs.NewSerial(), NotBefore: s.now(), NotAfter: s.now().Add(s.life)}
	s.token = &token.Token{Name: "northgate", Chain: []*x509.Certificate{leaf}, Meta: token.Meta{Serial: certs.SerialHex(leaf.SerialNumber)}}
}

// play runs a watch in false time. script sees it from outside; what it leaves running is
// stopped, and has to end well.
func play(t *testing.T, script func(*scene)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &scene{T: t, life: 30 * day, again: make(chan struct{}), share: TwoThirds(), ended: make(chan error, 1)}
		s.issue()
		script(s)
		if s.stop == nil {
			return
		}
		s.stop()
		if err := <-s.ended; err != nil {
			t.Errorf("Run = %v after it was stopped, want nil", err)
		}
	})
}

func (s *scene) start() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	w := New(Work{
		Open: func() (*token.Token, error) { s.settle(); return s.token, s.opening },
		Renew: func(ctx context.Context) (*token.Token, error) {
			s.renewals = append(s.renewals, s.now())
			if len(s.renewals) == tooMany {
				s.stop()
			}
			if s.work != nil {
				s.work(ctx)
			}
			if s.renewal != nil {
				return nil, s.renewal
			}
			s.issue()
			return s.token, ctx.Err()
		},
		Ask: func(context.Context, *token.Token) error { s.asks = append(s.asks, s.now()); return s.standing },
		Deploy: func(_ context.Context, t *token.Token) (bool, error) {
			if len(s.handed) > 0 && s.handed[len(s.handed)-1] == t.Serial && s.handing == nil {
				return false, nil
			}
			s.handed = append(s.handed, t.Serial)
			return true, s.handing
		},
		Again: s.again,
	}, s.share, slog.New(slog.NewTextHandler(&s.log, nil)), &notify.Manager{}, s.now, func() float64 { return 0.5 })
	go func() { s.ended <- w.Run(ctx) }()
	synctest.Wait()
}

// pass lets false time go by.
func (s *scene) pass(d time.Duration) {
	s.settle()
	time.Sleep(d)
	synctest.Wait()
}

// over demands that the watch has ended by itself.
func (s *scene) over(kind fault.Kind) {
	s.Helper()
	select {
	case err := <-s.ended:
		if !fault.Is(err, kind) {
			s.Errorf("Run = %v, want the fault %s", err, kind)
		}
	default:
		s.Fatalf("it goes on; want the fault %s\n%s", kind, s.log.String())
	}
	s.stop()
	s.stop = nil
}

func (s *scene) goesOn() {
	s.Helper()
	select {
	case err := <-s.ended:
		s.stop = nil
		s.Fatalf("Run = %v, want it to go on\n%s", err, s.log.String())
	default:
	}
}

// TestSeason: a hundred days are five renewals or four, each when it is due, and little else.
func TestSeason(t *testing.T) {
	play(t, func(s *scene) {
		s.start()
		first := s.token.Certificate()
		s.pass(100 * day)
		if n := len(s.renewals); n < 4 || n > 5 {
			t.Errorf("%d renewals of thirty-day tokens in a hundred days, want 4 or 5", n)
		}
		if late := s.renewals[0].Sub(s.share.Due(first)); late < 0 || late > look {
			t.Errorf("the first renewal was %s after its moment, want a minute at most", late)
		}
		if len(s.handed) != len(s.renewals)+1 {
			t.Errorf("%d tokens handed on, want the first and the %d renewed", len(s.handed), len(s.renewals))
		}
		if n := len(s.asks); n < 90 || n > 101 {
			t.Errorf("the service was asked %d times in a hundred days, want about once a day", n)
		}
		if lines := strings.Count(s.log.String(), "\n"); lines > 150 {
			t.Errorf("%d lines in a hundred days", lines)
		}
	})
}

// TestClock: the machine sleeps past the moment, or its clock is set; the timers of the
// process know nothing of either.
func TestClock(t *testing.T) {
	for _, test := range []struct {
		name string
		jump time.Duration
		want int
	}{
		{"asleep for three weeks", 21 * day, 1},
		{"set on by a day", day, 0},
		{"set back by a year", -365 * day, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			play(t, func(s *scene) {
				s.start()
				s.offset = test.jump
				s.pass(2 * look)
				s.goesOn()
				if len(s.renewals) != test.want {
					t.Errorf("%d renewals within two minutes, want %d", len(s.renewals), test.want)
				}
			})
		})
	}
}

// TestClockSetBackWhileBackingOff: "try again at three" means nothing on another clock.
func TestClockSetBackWhileBackingOff(t *testing.T) {
	play(t, func(s *scene) {
		s.renewal = fault.New(fault.Unreachable, "", "gone")
		s.share = Share{0, "0"}
		s.start()
		s.pass(day)
		n := len(s.renewals)
		s.renewal, s.offset = nil, -12*time.Hour
		s.pass(2 * look)
		if len(s.renewals) != n+1 {
			t.Errorf("%d renewals within two minutes of the clock being set back, want 1", len(s.renewals)-n)
		}
	})
}

// TestUnreachable: it never gives up before the token is over, backs off, and gets louder.
func TestUnreachable(t *testing.T) {
	play(t, func(s *scene) {
		s.renewal = fault.New(fault.Unreachable, "look at the cable", "the service cannot be reached")
		s.start()
		s.pass(26 * day)
		s.goesOn()
		if log := s.log.String(); !strings.Contains(log, "level=WARN") || strings.Contains(log, "level=ERROR") || !strings.Contains(log, `next="look at the cable"`) {
			t.Errorf("with four days left, want warnings and no errors:\n%.2000s", log)
		}
		for i := 1; i < len(s.renewals); i++ {
			if pause := s.renewals[i].Sub(s.renewals[i-1]); pause < firstWait/2 || pause > longestWait+look {
				t.Errorf("%s between two tries", pause)
			}
		}
		tries := len(s.renewals)
		if tries < 5*24 || tries > 6*48+20 {
			t.Errorf("%d tries in about five and a half days", tries)
		}
		s.pass(4*day - time.Hour)
		s.goesOn()
		if !strings.Contains(s.log.String(), "level=ERROR msg=\"the token is about to expire") {
			t.Error("an hour before the end it has not become louder")
		}
		s.pass(2 * time.Hour)
		s.over(fault.Expired)
	})
}

func TestReachedAgain(t *testing.T) {
	play(t, func(s *scene) {
		s.renewal = fault.New(fault.Unavailable, "", "busy")
		s.start()
		s.pass(22 * day)
		s.renewal = nil
		s.pass(longestWait + look)
		if s.goesOn(); len(s.handed) != 2 {
			t.Errorf("%d tokens handed on, want the first and the renewed", len(s.handed))
		}
	})
}

// TestRefused: what a person has to see to ends the watch; what may pass does not.
func TestRefused(t *testing.T) {
	for _, kind := range []fault.Kind{fault.Revoked, fault.Superseded, fault.Expired, fault.UnknownToken, fault.WrongPassphrase, fault.NeedsSecret} {
		play(t, func(s *scene) {
			s.standing = fault.New(kind, "ask", "no")
			s.start()
			s.over(kind)
		})
		play(t, func(s *scene) { // it is learned a day later
			s.start()
			s.standing = fault.New(kind, "ask", "no")
			s.goesOn()
			s.pass(askEvery + look)
			s.over(kind)
		})
		play(t, func(s *scene) { // or from the renewal
			s.life = 3 * time.Hour
			s.issue()
			s.start()
			s.pass(time.Hour)
			s.standing, s.renewal = fault.New(kind, "ask", "no"), fault.New(kind, "ask", "no")
			s.pass(2 * time.Hour)
			s.over(kind)
		})
	}
	for _, kind := range []fault.Kind{fault.Held, fault.WrongNetwork, fault.Denied, fault.WrongPin, fault.WrongServer, fault.Unreachable, fault.Unavailable, fault.BadAnswer, fault.Busy, fault.Failed} {
		play(t, func(s *scene) {
			s.life = 3 * day
			s.issue()
			s.standing, s.renewal = fault.New(kind, "", "no"), fault.New(kind, "", "no")
			s.start()
			s.pass(s.life - time.Hour)
			s.goesOn()
		})
	}
}

// TestNewCertificateRefused: the new certificate was revoked before it was proven, and the
// present one is good.
func TestNewCertificateRefused(t *testing.T) {
	play(t, func(s *scene) {
		s.renewal = fault.New(fault.Revoked, "", "the new one is revoked")
		s.share = Share{0, "0"}
		s.start()
		s.goesOn()
		s.renewal = nil
		s.pass(2 * look)
		if len(s.renewals) != 2 || len(s.handed) != 2 {
			t.Errorf("%d renewals, %d handed on, want another try and its token", len(s.renewals), len(s.handed))
		}
	})
}

func TestFiles(t *testing.T) {
	t.Run("renewed by hand", func(t *testing.T) {
		play(t, func(s *scene) {
			s.start()
			s.issue()
			s.pass(look)
			if len(s.handed) != 2 || len(s.renewals) != 0 {
				t.Errorf("%d handed on and %d renewed, want the one that somebody else renewed handed on", len(s.handed), len(s.renewals))
			}
		})
	})
	t.Run("destroyed", func(t *testing.T) {
		play(t, func(s *scene) {
			s.start()
			s.opening = fault.New(fault.NoSuchToken, "", "gone")
			s.pass(look)
			s.over(fault.NoSuchToken)
		})
	})
	t.Run("away for a while", func(t *testing.T) {
		play(t, func(s *scene) {
			s.start()
			s.opening = errors.New("input/output error")
			s.pass(time.Hour)
			s.goesOn()
		})
	})
	t.Run("revoked from here", func(t *testing.T) {
		play(t, func(s *scene) {
			s.start()
			at := s.now()
			s.token.Revoked = &at
			s.pass(look)
			s.over(fault.Revoked)
		})
	})
}

// TestHandingOnFails: it is told, tried again, and stands in the way of nothing.
func TestHandingOnFails(t *testing.T) {
	play(t, func(s *scene) {
		s.handing = fault.New(fault.Partly, "", "nginx is not there")
		s.start()
		s.pass(22 * day)
		s.goesOn()
		if len(s.renewals) != 1 || !strings.Contains(s.log.String(), "could not be handed on") {
			t.Errorf("%d renewals, want 1; the log:\n%.1000s", len(s.renewals), s.log.String())
		}
		if n := len(s.handed); n < 22*24 || n > 22*48+20 {
			t.Errorf("tried %d times in 22 days", n)
		}
		s.handing = nil
		s.pass(longestWait + look)
		if got := s.handed[len(s.handed)-1]; got != s.token.Serial {
			t.Errorf("the last one handed on is %s, want the present %s", got, s.token.Serial)
		}
	})
}

// TestToldToLook: a signal does not wait for anything.
func TestToldToLook(t *testing.T) {
	play(t, func(s *scene) {
		s.renewal = fault.New(fault.Unreachable, "", "gone")
		s.start()
		s.pass(22 * day)
		tries := len(s.renewals)
		s.renewal = nil
		s.again <- struct{}{}
		synctest.Wait()
		if len(s.renewals) != tries+1 || !s.asks[len(s.asks)-1].Equal(s.now()) {
			t.Errorf("%d renewals and the service last asked at %s, want both at once, %s", len(s.renewals)-tries, s.asks[len(s.asks)-1], s.now())
		}
	})
}

// TestAtOnce renews at the start, and does not go round and round.
func TestAtOnce(t *testing.T) {
	play(t, func(s *scene) {
		s.share = Share{0, "0"}
		s.start()
		if len(s.renewals) != 1 {
			t.Fatalf("%d renewals at the start, want 1", len(s.renewals))
		}
		s.pass(30 * day)
		if n := len(s.renewals); n < 9 || n > 11 {
			t.Errorf("%d renewals in the life of one token, want one each tenth", n)
		}
	})
}

// TestStoppedInTheMiddle: whatever is under way is told to end, and Run ends well.
func TestStoppedInTheMiddle(t *testing.T) {
	play(t, func(s *scene) {
		s.share = Share{0, "0"}
		s.work = func(ctx context.Context) { <-ctx.Done() }
		s.start()
		s.goesOn()
	})
}

// TestWorkThatHangs is given up after its time, and is a failure like others.
func TestWorkThatHangs(t *testing.T) {
	play(t, func(s *scene) {
		s.share = Share{0, "0"}
		s.work = func(ctx context.Context) { <-ctx.Done() }
		s.renewal = errors.New("given up")
		s.start()
		s.pass(workLimit + look)
		s.goesOn()
		if !strings.Contains(s.log.String(), "the renewal has failed") {
			t.Errorf("the log does not tell:\n%s", s.log.String())
		}
	})
}
