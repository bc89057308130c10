package authn

import (
	"context"
	"crypto/rand"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"mais/server/internal/audit"
)

// Who sprays tries a few passwords on many names, so that no name is tried often. Here is
// counted, over a quarter of an hour that moves on by halves, on how many names each source failed and on
// how many the same password did, whatever the sources. Of passwords only a hash is kept, under a
// key that this process made for itself and forgets: nobody can look a password up by it. Each
// node counts what comes to it: whoever spreads their tries over three may try three times as many.
const (
	sprayWindow   = 15 * time.Minute
	sprayBySource = 12  // names that one source failed on
	sprayByWord   = 25  // names that one password failed on
	sprayInAll    = 120 // names that anybody failed on
	maxSprayed    = 4096
)

type spray struct {
	mu     sync.Mutex
	key    []byte
	since  time.Time
	now    sprayed              // of the half that began then
	before sprayed              // of the one before
	raised map[string]time.Time // by kind
	failed int64
	alarms int64
}

// sprayed are names and sources, by what the failures have in common.
type sprayed struct {
	names, sources map[string]map[string]struct{}
}

func newSprayed() sprayed {
	return sprayed{map[string]map[string]struct{}{}, map[string]map[string]struct{}{}}
}

func newSpray() *spray {
	s := &spray{key: make([]byte, 32), raised: map[string]time.Time{}, now: newSprayed(), before: newSprayed()}
	rand.Read(s.key) // never fails: crypto/rand
	return s
}

// pattern is what many failures have in common, with how many names and sources failed in all.
type pattern struct {
	Kind           string // "source", "password" or "all"
	Names, Sources int
}

// overall is what all failures have in common.
const overall = "a"

// note counts a failure, and returns the pattern that it completes, if it does. Each kind is
// raised once in a window, however many sources or passwords complete it: the counts say more.
func (s *spray) note(at time.Time, from netip.Addr, name []byte, typed string) (found pattern, raise bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slide(at)
	s.failed++
	source := sourceOf(from).String()
	for _, of := range []struct {
		kind, key string
		limit     int
	}{
		{"all", overall, sprayInAll},
		{"password", "p" + string(keyed(s.key, typed)), sprayByWord},
		{"source", "s" + source, sprayBySource},
	} {
		put(s.now.names, of.key, string(name))
		if of.key == overall {
			put(s.now.sources, of.key, source)
		}
		if last, was := s.raised[of.kind]; !raise && (!was || at.Sub(last) >= sprayWindow) && union(s.now.names, s.before.names, of.key) >= of.limit {
			s.raised[of.kind], raise = at, true
			found = pattern{of.kind, union(s.now.names, s.before.names, overall), union(s.now.sources, s.before.sources, overall)}
		}
	}
	if raise {
		s.alarms++
	}
	return found, raise
}

// slide begins a new half and keeps the last, so that what is spread round the edge of two is
// seen too.
func (s *spray) slide(at time.Time) {
	switch past := at.Sub(s.since); {
	case past > sprayWindow:
		s.since, s.now, s.before = at, newSprayed(), newSprayed()
	case past > sprayWindow/2:
		s.since, s.now, s.before = at, newSprayed(), s.now
	}
}

// put adds to a set, within bounds.
func put(sets map[string]map[string]struct{}, key, value string) {
	set := sets[key]
	if set == nil {
		if len(sets) >= maxSprayed {
			return
		}
		set = map[string]struct{}{}
		sets[key] = set
	}
	if len(set) < maxSprayed {
		set[value] = struct{}{}
	}
}

// union counts what is in either of two sets.
func union(now, before map[string]map[string]struct{}, key string) int {
	n := len(now[key])
	for value := range before[key] {
		if _, both := now[key][value]; !both {
			n++
		}
	}
	return n
}

// PasswordFigures returns how many tries failed and how many alarms were raised since the start.
func (s *Service) PasswordFigures() (failed, alarms int64) {
	if s.passwords == nil {
		return 0, 0
	}
	s.passwords.spray.mu.Lock()
	defer s.passwords.spray.mu.Unlock()
	return s.passwords.spray.failed, s.passwords.spray.alarms
}

// noteFailure raises the alarm when a failure completes a pattern. The event is that of the
// request that did, and names nobody: whoever was tried has done nothing.
func (s *Service) noteFailure(ctx context.Context, v *Verdict, at attempt, e audit.Event) {
	found, raise := s.passwords.spray.note(s.opts.Now(), v.known.address, at.name, at.typed)
	if !raise {
		return
	}
	e.Act, e.Outcome = "alarm.spraying", audit.Refused
	e.User, e.UserName, e.Agency, e.Site, e.Roles, e.Session, e.AuthMethod = "", "", "", "", nil, "", ""
	e.Detail = map[string]string{"in_common": found.Kind, "names": strconv.Itoa(found.Names), "sources": strconv.Itoa(found.Sources), "within": sprayWindow.String()}
	s.opts.Logger.ErrorContext(ctx, "ALARM: passwords are being tried on many names",
		"in_common", found.Kind, "names", found.Names, "sources", found.Sources, "address", v.known.address.String())
	if _, err := s.opts.Ledger.Append(context.WithoutCancel(ctx), e); err != nil {
		s.opts.Logger.ErrorContext(ctx, "the alarm is not in the audit", "error", err)
	}
}
