package manage

import (
	"context"
	"sync"
	"time"

	"mais/server/internal/mail"
)

// Post writes to people of what follows from a change. Each message is written once, however
// often it is asked for. Where there is no mail it returns mail.ErrNotSetUp.
type Post interface {
	// TellSponsor tells an agency's sponsor who was invited in its name.
	TellSponsor(context.Context, mail.Sponsored) error
	// TellApprovers tells those who may decide on a change that it waits.
	TellApprovers(context.Context, mail.Waiting) error
	// TellMaker tells whoever made a change that nothing came of it.
	TellMaker(context.Context, mail.Returned) error
	// TellAddress tells somebody at both addresses that theirs was changed.
	TellAddress(ctx context.Context, change, name, old, new string) error
	// TellPassword tells somebody, once for an errand, that their password was taken away.
	TellPassword(ctx context.Context, errand int64, to mail.Person, at time.Time) error
}

// pace keeps acts apart. The zero pace is to be given a rate with every turn.
type pace struct {
	mu   sync.Mutex
	next time.Time
}

// wait returns when it is the caller's turn, so that perMinute are in a minute; 0: at once.
func (p *pace) wait(ctx context.Context, perMinute int) error {
	if perMinute <= 0 {
		return nil
	}
	p.mu.Lock()
	now := time.Now()
	turn := now
	if p.next.After(now) {
		turn = p.next
	}
	p.next = turn.Add(time.Minute / time.Duration(perMinute))
	p.mu.Unlock()
	timer := time.NewTimer(turn.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
