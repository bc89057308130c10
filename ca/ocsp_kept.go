package ca

import (
	"crypto"
	"sync"
	"time"

	"mais/certs"
)

const (
	// maxAnswers bounds the answers that are kept, of about 1 KiB each; beyond it one is
	// forgotten for each that is signed.
	maxAnswers = 1 << 14
	// Of answers that are signed for one request alone there are at most liveRate a second
	// after the first liveBurst: a hundredth of a processor, whoever asks.
	liveRate  = 200
	liveBurst = 400
	// maxAsking is how many questions about certificates that memory does not hold go to the
	// database at a time.
	maxAsking = 4
)

// answers keeps what was signed and bounds what is.
type answers struct {
	live    bucket
	asking  chan struct{}
	signing sync.Mutex

	mu   sync.RWMutex
	kept map[answerKey]answer
}

// answerKey is all that an answer without nonce depends on, but for how its certificate
// stands.
type answerKey struct {
	ref  certs.Ref
	hash crypto.Hash
}

// answer is a signed response.
type answer struct {
	der                  []byte
	by                   *credential
	signedAt, nextUpdate time.Time

	// Of an answer that is kept: until when it is given out, and the number of the change
	// of status that it goes by.
	fresh time.Time
	asOf  int64
}

func newAnswers() *answers {
	return &answers{
		live:   bucket{rate: liveRate, burst: liveBurst, tokens: liveBurst, at: time.Now()},
		asking: make(chan struct{}, maxAsking), kept: map[answerKey]answer{},
	}
}

// get returns the answer that is kept if it is signed by this credential, goes by this
// change of status, and is in the first half of its life. A clock that was set back before
// it was signed makes it no answer.
func (s *answers) get(key answerKey, by *credential, asOf int64, now time.Time) (answer, bool) {
	s.mu.RLock()
	a, ok := s.kept[key]
	s.mu.RUnlock()
	return a, ok && a.by == by && a.asOf == asOf && now.Before(a.fresh) && !now.Before(a.signedAt)
}

func (s *answers) put(key answerKey, a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.kept[key]; !ok && len(s.kept) >= maxAnswers {
		for other := range s.kept { // any
			delete(s.kept, other)
			break
		}
	}
	s.kept[key] = a
}

// bucket is a token bucket on the monotonic clock.
type bucket struct {
	rate, burst float64 // a second; at most

	mu     sync.Mutex
	tokens float64
	at     time.Time
}

func (b *bucket) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.tokens = min(b.burst, b.tokens+b.rate*now.Sub(b.at).Seconds())
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
