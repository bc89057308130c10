package feed

import (
	"fmt"
	"time"
)

// Fresh returns ErrStale when the last good look began too long ago.
func (f *Feed) Fresh() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fresh()
}

// fresh is Fresh for whoever holds mu.
func (f *Feed) fresh() error {
	if f.judged.of == f.lastGood && time.Since(f.judged.at) < f.judged.holds {
		return nil
	}
	switch {
	case f.lastGood.IsZero() && f.fault != nil:
		return fmt.Errorf("%w: %w", ErrStale, f.fault)
	case f.lastGood.IsZero():
		return fmt.Errorf("%w: there has been no look yet", ErrStale)
	}
	now := time.Now()
	left := f.staleAfter - sinceMoment(f.lastGood)
	switch {
	case left >= 0:
		f.judged = judgement{f.lastGood, now, min(left, judgedFor)}
		return nil
	case f.fault != nil:
		return fmt.Errorf("%w: %w", ErrStale, f.fault)
	}
	return ErrStale
}

// judgedFor is for how long both clocks need not be read again: the monotonic one alone costs half.
// A machine that falls asleep within this while answers as late as one that falls asleep
// between a question and its answer.
const judgedFor = time.Millisecond

// judgement is that a look was recent enough, by both clocks.
type judgement struct {
	of    time.Time // when the look began
	at    time.Time // when both clocks were read
	holds time.Duration
}

// sinceMoment is how long ago a moment was, by the clock that went further: a wall clock set back
// does not make old news fresh, and the monotonic clock of a machine that slept stood still.
func sinceMoment(t time.Time) time.Duration {
	now := time.Now()
	return max(now.Sub(t), now.Round(0).Sub(t.Round(0)))
}

// Age returns how long ago the last good look began, and false when there has been none.
func (f *Feed) Age() (age time.Duration, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lastGood.IsZero() {
		return 0, false
	}
	return sinceMoment(f.lastGood), true
}
