package manage

import (
	"context"
	"fmt"
	"sync"
	"time"

	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/manage/internal/terms"
)

// The errands that the database writes, by kind.
const (
	errandRevoke   = "revoke"   // the user's certificates and codes, for good; detail: reason
	errandEnd      = "end"      // the user's sessions; detail: reason
	errandInvite   = "invite"   // send the user a code; detail: by
	errandAddress  = "address"  // tell the holder at both addresses; detail: old, new
	errandPassword = "password" // tell the holder that theirs was taken away; detail: at
	errandSponsor  = "sponsor"  // tell the agency's sponsor who was invited; detail: agency
	errandWaiting  = "approval" // tell those who may approve that a change waits
	errandMaker    = "maker"    // tell who made a change that nothing came of it; detail: became
)

// errands do them; each may be called again after a failure, and after it was done.
var errands = map[string]func(*Service, context.Context, Errand) error{
	errandRevoke:   (*Service).revokeAll,
	errandEnd:      (*Service).endSessions,
	errandInvite:   (*Service).invite,
	errandAddress:  (*Service).tellAddress,
	errandPassword: (*Service).tellPassword,
	errandSponsor:  (*Service).tellSponsor,
	errandWaiting:  (*Service).tellApprovers,
	errandMaker:    (*Service).tellMaker,
}

// What takes away is not kept waiting by what sends thousands of mails.
var (
	urgent = []string{errandRevoke, errandEnd, errandAddress}
	slow   = []string{errandPassword, errandInvite, errandSponsor, errandWaiting, errandMaker}
)

// tells are the errands that only tell somebody, whom it helps no more after so many tries.
var tells = map[string]bool{errandAddress: true, errandPassword: true, errandSponsor: true, errandWaiting: true, errandMaker: true}

const tellings = 20 // the first dozen within two hours, then one an hour

// Errand is something to be done that follows from a change.
type Errand struct {
	ID                 int64
	Kind, User, Change string // UUIDs; "": none
	Detail             map[string]string
	Tries              int // this one too
}

const (
	errandsEvery  = 5 * time.Second // without a wake: another node's change, or one put off
	errandsAtOnce = 20
	errandLease   = 5 * time.Minute // after which another node may try
	errandTime    = 2 * time.Minute // for one
	longestBackOf = time.Hour
	itemsAtOnce   = 500 // each holds the lock of all changes of access for a second at most
	sweepEvery    = time.Minute
)

// Run does errands until ctx ends, those too that another node left undone, registers the people
// of changes of many, and ends what is past its time. It outlives every failure.
func (s *Service) Run(ctx context.Context) error {
	var loops sync.WaitGroup
	wakes := []chan struct{}{make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)}
	loops.Go(func() { s.spread(ctx, wakes) })
	loops.Go(func() { s.every(ctx, errandsEvery, wakes[0], func() { s.doErrands(ctx, urgent) }) })
	loops.Go(func() { s.every(ctx, errandsEvery, wakes[1], func() { s.doErrands(ctx, slow) }) })
	loops.Go(func() { s.every(ctx, errandsEvery, wakes[2], func() { s.applyItems(ctx); wake(wakes[1]) }) })
	loops.Go(func() { s.every(ctx, sweepEvery, nil, func() { s.sweep(ctx) }) })
	loops.Wait()
	return nil
}

// Wake has Run look at once whether there is something to do.
func (s *Service) Wake() { wake(s.wake) }

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it will look anyway
	}
}

// spread passes a wake on to every loop.
func (s *Service) spread(ctx context.Context, to []chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
			for _, c := range to {
				wake(c)
			}
		}
	}
}

// every does something now, with each wake, and now and then.
func (s *Service) every(ctx context.Context, period time.Duration, woken <-chan struct{}, do func()) {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for ctx.Err() == nil {
		do()
		select {
		case <-ctx.Done():
		case <-woken:
		case <-tick.C:
		}
	}
}

// doErrands does those that are due, until there are none.
func (s *Service) doErrands(ctx context.Context, kinds []string) {
	for ctx.Err() == nil {
		found, err := s.opts.Register.ClaimErrands(ctx, kinds, errandsAtOnce, errandLease)
		if err != nil {
			s.complain(ctx, "what follows from changes of access can't be read; it is tried again", err)
			return
		}
		s.doAll(ctx, found)
		if len(found) == 0 {
			return
		}
	}
}

// doErrand does one and says so. What fails is put off, longer each time. Whoever stops in the
// middle of it leaves it to be done again when its lease ends.
func (s *Service) doErrand(ctx context.Context, e Errand) {
	doing, cancel := context.WithTimeout(ctx, errandTime)
	defer cancel()
	err := s.attempt(doing, e)
	if ctx.Err() != nil {
		return
	}
	fault := ""
	if err != nil {
		fault = err.Error()
		s.complain(ctx, "what follows from a change of access failed; it is tried again", err, "kind", e.Kind, "errand", e.ID, "user", e.User, "tries", e.Tries)
	}
	if err != nil && tells[e.Kind] && e.Tries >= tellings {
		err = s.opts.Register.GiveUpErrand(ctx, e.ID, fault)
		if err == nil {
			return
		}
	}
	if err := s.opts.Register.EndErrand(ctx, e.ID, fault, backOff(e.Tries)); err != nil {
		s.complain(ctx, "what became of an errand can't be written; it is done again", err, "errand", e.ID)
	}
}

// attempt calls what does an errand. A panic is a failure like another.
func (s *Service) attempt(ctx context.Context, e Errand) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	do, known := errands[e.Kind]
	if !known {
		return fmt.Errorf("an errand of kind %q is not known to this version", e.Kind)
	}
	return do(s, ctx, e)
}

// backOff is how long an errand waits that has failed so often.
func backOff(tries int) time.Duration {
	return min(longestBackOf, 5*time.Second<<min(max(tries-1, 0), 12))
}

// applyItems registers the people of changes of many that were decided.
func (s *Service) applyItems(ctx context.Context) {
	for ctx.Err() == nil {
		id, _, err := s.opts.Register.ApplyItems(ctx, itemsAtOnce)
		if err != nil {
			s.complain(ctx, "people of a change can't be registered; it is tried again", err, "change", id)
			return
		}
		if id == "" {
			return
		}
	}
}

// sweep ends changes that nobody decided on, and what people past their last day hold.
func (s *Service) sweep(ctx context.Context) {
	by := audit.Event{UserName: byDates, AuthMethod: authn.BySystem}
	if _, err := s.opts.Register.ExpireChanges(ctx, by); err != nil {
		s.complain(ctx, "changes past their time can't be ended; it is tried again", err)
	}
	if n, err := s.opts.Register.RenewTerms(ctx, terms.Version); err != nil {
		s.complain(ctx, "nobody can be asked to accept the newer terms; it is tried again", err)
	} else if n > 0 {
		s.opts.Log.InfoContext(ctx, "the terms have changed: they are to be accepted once more", "version", terms.Version, "people", n)
	}
	s.sweepEnded(ctx)
}

func (s *Service) complain(ctx context.Context, what string, err error, more ...any) {
	if ctx.Err() == nil {
		s.opts.Log.ErrorContext(ctx, what, append([]any{"error", err}, more...)...)
	}
}
