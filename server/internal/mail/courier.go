package mail

import (
	"context"
	"fmt"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// idleTime is how long a session is kept for a next mail. Servers allow minutes (RFC 5321,
// 4.5.3.2.7), but the connection is somebody else's to use.
const idleTime = 5 * time.Second

// courier sends one mail at a time, and keeps the session for the next: thousands of
// invitations are one after another over few connections, each at most perSession long.
type courier struct {
	transport transport
	turn      chan struct{} // of one: held by whoever uses what follows

	session session            // nil: none is open
	end     context.CancelFunc // of the session's context
	sent    int
	idle    *time.Timer
}

func newCourier(t transport) *courier {
	return &courier{transport: t, turn: make(chan struct{}, 1)}
}

// begin waits for the turn, which the caller ends, and stops the clock of a kept session.
func (c *courier) begin(ctx context.Context) error {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("wait for the mail server: %w", ctx.Err())
	}
	if c.idle != nil {
		c.idle.Stop()
	}
	return nil
}

// send sends a mail. A kept session that has gone meanwhile is followed by another; a mail
// that was taken at that very moment may then come twice, with one Message-ID.
func (c *courier) send(ctx context.Context, m *gomail.Msg) (answer string, err error) {
	if err := c.begin(ctx); err != nil {
		return "", err
	}
	defer func() { <-c.turn }()
	kept := c.session != nil
	answer, err = c.sendOver(ctx, m)
	if _, about := isRefusal(err); err != nil && !about && kept && ctx.Err() == nil {
		answer, err = c.sendOver(ctx, m)
	}
	return answer, err
}

// ready opens a session for the next mail.
func (c *courier) ready(ctx context.Context) error {
	if err := c.begin(ctx); err != nil {
		return err
	}
	defer func() { <-c.turn }()
	if err := c.open(ctx); err != nil {
		return err
	}
	c.idle = time.AfterFunc(idleTime, c.expire)
	return nil
}

func (c *courier) sendOver(ctx context.Context, m *gomail.Msg) (answer string, err error) {
	if err := c.open(ctx); err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, c.end)
	answer, err = c.session.send(m)
	_, about := isRefusal(err)
	good := stop() && (err == nil || about)
	if c.sent++; !good || c.sent >= perSession {
		c.drop()
		return answer, err
	}
	c.idle = time.AfterFunc(idleTime, c.expire)
	return answer, err
}

// open opens a session, unless there is one. It outlives ctx once it is open.
func (c *courier) open(ctx context.Context) error {
	if c.session != nil {
		return nil
	}
	living, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, end)
	opened, err := c.transport.open(living)
	if err != nil || !stop() {
		end()
		if err == nil {
			opened.close()
			err = ctx.Err()
		}
		return err
	}
	c.session, c.end, c.sent = opened, end, 0
	return nil
}

// expire ends a session that nobody needed, unless somebody is at it.
func (c *courier) expire() {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	default:
		return
	}
	c.drop()
}

// drop ends the session. The caller has the turn.
func (c *courier) drop() {
	if c.session == nil {
		return
	}
	c.session.close()
	c.end()
	c.session, c.end = nil, nil
}

// close waits for the mail that is being sent and ends the session.
func (c *courier) close() {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	if c.idle != nil {
		c.idle.Stop()
	}
	c.drop()
}
