package mail

import (
	"context"
	"time"

	"mais/server/internal/mail/internal/outbox"
)

// Undelivered is a message that no mail server has taken yet, or ever. It has no text.
type Undelivered = outbox.Undelivered

// Undelivered returns what was not delivered, the oldest first: at most limit of it. It is for
// the operator at the host.
func (s *Service) Undelivered(ctx context.Context, limit int) ([]Undelivered, error) {
	return s.box.List(ctx, limit)
}

// Retry has the service try again what was given up within the last while, and says how many
// messages that is.
func (s *Service) Retry(ctx context.Context, within time.Duration) (int64, error) {
	now := s.opts.Now()
	return s.box.Retry(ctx, now.Add(-within), now)
}
