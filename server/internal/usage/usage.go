// Package usage answers how the service is used: who registered, who looks, and what people
// said to the one question after a look, whether it was of use. Make a [Service] with [New]
// and have [Service.Run] count; [Service.Report] is for whoever administers, [Service.Answer]
// for whoever looked.
//
// It knows numbers by day and user, never whose record was looked at. What people add in words
// may name somebody, whatever they are told: only governance officers read it, who read the
// audit as well.
package usage

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/people"
)

// The answers to "Was this of use?".
const (
	Yes      = "yes"
	Partly   = "partly"
	No       = "no"
	NotFound = "not-found" // "I could not find what I needed"
)

// Answers are all of them.
var Answers = []string{Yes, Partly, No, NotFound}

// governanceOfficer is the role that reads the words.
const governanceOfficer = "governance_officer"

const (
	maxWords = 200       // letters
	often    = time.Hour // how often use is counted anyway
	fresh    = time.Minute
)

// ErrAnswer is for an answer that is none of Answers.
var ErrAnswer = errors.New("usage: no such answer")

// Service answers. Its methods may be called concurrently.
type Service struct {
	register *people.Register
	log      *slog.Logger
	now      func() time.Time

	mu   sync.Mutex
	last map[string]api.Usage // the report of each agency, by its name, as it was made last; "": of all
}

// New returns a service over the register.
func New(register *people.Register, log *slog.Logger) *Service {
	return &Service{register: register, log: log, now: time.Now, last: map[string]api.Usage{}}
}

// Run counts every hour until ctx ends, so that a report never has much to count. It outlives
// every failure.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(often)
	defer tick.Stop()
	for {
		if _, err := s.register.CountUse(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "how the service is used could not be counted", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Ask reports whether the caller is to be asked about their look at a person's record: once
// in a session, and never by a machine.
func (s *Service) Ask(ctx context.Context, p authn.Principal, person string) (bool, error) {
	if p.User() == "" || p.Session() == "" {
		return false, nil
	}
	answered, err := s.register.Answered(ctx, look(p, person))
	return !answered, err
}

// Answer keeps what the caller said of their look at a person's record. The caller has seen to
// it that there was one.
func (s *Service) Answer(ctx context.Context, p authn.Principal, person, answer, words string) error {
	if p.User() == "" || p.Session() == "" {
		return lifecycle.ErrNotAllowed
	}
	if !slices.Contains(Answers, answer) {
		return fmt.Errorf("%w: %.20q", ErrAnswer, answer)
	}
	return s.register.Answer(ctx, people.UseAnswer{
		Look: look(p, person), User: p.User(), Agency: p.AgencyID(), Roles: p.Roles(), Answer: answer, Words: tidy(words),
	})
}

// look tells looks apart, and not whose record it was.
func look(p authn.Principal, person string) []byte {
	sum := sha256.Sum256([]byte("mais look\x00" + p.Session() + "\x00" + strings.ToLower(person)))
	return sum[:]
}

// tidy makes words fit to be kept: one line, no longer than the page says.
func tidy(words string) string {
	words = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(words, " "))
	letters := []rune(strings.Join(strings.Fields(words), " "))
	return strings.TrimSpace(string(letters[:min(len(letters), maxWords)]))
}
