package watch

import "time"

const (
	firstWait   = 30 * time.Second
	longestWait = time.Hour
)

// attempts counts how often something failed in a row, and says when it is its turn again.
type attempts struct {
	failed int
	last   time.Time // when it failed
	next   time.Time // when it is tried again
}

// turn reports whether it may be tried. A clock that was set back behind the last failure says
// nothing about how long ago that was: then it may.
func (a *attempts) turn(now time.Time) bool {
	return a.failed == 0 || !now.Before(a.next) || now.Before(a.last)
}

// fail notes a failure. The wait doubles from half a minute to an hour, half of it by
// chance, so that sites whose server was away do not all come back at once. It is never
// more than a tenth of the time left, so that tries become frequent when they become urgent.
func (a *attempts) fail(now time.Time, left time.Duration, random float64) {
	a.failed++
	a.last, a.next = now, now.Add(backOff(a.failed, left, random))
}

func (a *attempts) reset() { *a = attempts{} }

func backOff(failed int, left time.Duration, random float64) time.Duration {
	wait := longestWait
	if shift := failed - 1; shift < 7 { // half a minute, seven times doubled, is over an hour
		wait = min(wait, firstWait<<shift)
	}
	wait = min(wait, max(left/10, firstWait))
	return wait/2 + time.Duration(random*float64(wait/2))
}
