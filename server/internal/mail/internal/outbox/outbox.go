// Package outbox is the SQL of package mail: the messages that wait, what they are about, and
// whom they go to. [Open] logs in as mais_mail. [Box.News], [Box.Notice] and [Box.Digest] read
// what happened and keep what the caller writes about it in one transaction, so that nothing
// is lost, told twice, or told of what was rolled back; [Box.Claim] hands out what is due.
//
// It writes no text and speaks to no mail server. Every moment is the caller's.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mais/internal/pg"
)

// Box is the open outbox. It is safe for concurrent use, and for several nodes.
type Box struct{ db *pg.DB }

// Open logs in to the database; the caller closes the box.
func Open(ctx context.Context, source pg.Source) (*Box, error) {
	db, err := source.Open(ctx, pg.Mail)
	if err != nil {
		return nil, fmt.Errorf("open the outbox: %w", err)
	}
	return &Box{db}, nil
}

// Close closes the pool.
func (b *Box) Close() error { return b.db.Close() }

// Message is a text to one person.
type Message struct {
	ID      string // a UUID; the outbox's to give
	Kind    string
	About   string // with Kind and Address, what it is not sent twice about
	Address string
	Name    string
	Subject string
	Body    string
	Created time.Time // its date, before which it is not sent; zero: now
	Tries   int
}

// keep puts messages into the outbox, but for those that are there already.
func keep(ctx context.Context, tx *pg.Tx, messages []Message, now time.Time) error {
	for _, m := range messages {
		if m.Created.IsZero() {
			m.Created = now
		}
		_, err := tx.Exec(ctx, `INSERT INTO mail.message (kind, about, recipient, name, subject, body, created_at, next_try_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (recipient, kind, about) DO NOTHING`,
			m.Kind, m.About, m.Address, m.Name, m.Subject, m.Body, m.Created)
		if err != nil {
			return fmt.Errorf("keep a message about %s: %w", m.About, err)
		}
	}
	return nil
}

// Claim returns the message that has waited longest of those due, and keeps it from others
// until the lease is over: whoever claims it says before then how it went. ok is false when
// none is due.
func (b *Box) Claim(ctx context.Context, now time.Time, lease time.Duration) (m Message, ok bool, err error) {
	row := b.db.QueryRow(ctx, `UPDATE mail.message SET tries = tries + 1, next_try_at = $2 WHERE id = (
			SELECT id FROM mail.message WHERE sent_at IS NULL AND given_up_at IS NULL AND next_try_at <= $1
			ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING id, kind, about, recipient, name, subject, body, created_at, tries`, now, now.Add(lease))
	err = row.Scan(&m.ID, &m.Kind, &m.About, &m.Address, &m.Name, &m.Subject, &m.Body, &m.Created, &m.Tries)
	if errors.Is(err, pg.ErrNoRows) {
		return Message{}, false, nil
	}
	if err != nil {
		return Message{}, false, fmt.Errorf("claim a message: %w", err)
	}
	return m, true, nil
}

// Sent says that a mail server has taken the message, and forgets its text.
func (b *Box) Sent(ctx context.Context, id string, now time.Time) error {
	return b.settle(ctx, "note that a message was sent", `UPDATE mail.message SET sent_at = $2, last_error = NULL, subject = '', body = ''
		WHERE id = $1 AND sent_at IS NULL AND given_up_at IS NULL`, id, now)
}

// Later puts the message off, with why. A reason is at most 500 characters.
func (b *Box) Later(ctx context.Context, id string, at time.Time, why string) error {
	return b.settle(ctx, "put a message off", `UPDATE mail.message SET next_try_at = $2, last_error = $3
		WHERE id = $1 AND sent_at IS NULL AND given_up_at IS NULL`, id, at, why)
}

// GiveUp ends the tries, with why.
func (b *Box) GiveUp(ctx context.Context, id string, now time.Time, why string) error {
	return b.settle(ctx, "give a message up", `UPDATE mail.message SET given_up_at = $2, last_error = $3
		WHERE id = $1 AND sent_at IS NULL AND given_up_at IS NULL`, id, now, why)
}

func (b *Box) settle(ctx context.Context, act, query string, args ...any) error {
	if _, err := b.db.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", act, err)
	}
	return nil
}

// Counts is how the outbox stands.
type Counts struct {
	Waiting, Sent, GivenUp int
	Oldest                 time.Time // made, of those that wait; zero: none does
	LastError              string    // of the one that has waited longest
	GivenUpError           string    // of the one that was given up last
}

// Count counts.
func (b *Box) Count(ctx context.Context) (c Counts, err error) {
	var oldest *time.Time
	err = b.db.QueryRow(ctx, `SELECT count(*) FILTER (WHERE sent_at IS NULL AND given_up_at IS NULL),
			count(sent_at), count(given_up_at), min(created_at) FILTER (WHERE sent_at IS NULL AND given_up_at IS NULL),
			coalesce((SELECT last_error FROM mail.message WHERE sent_at IS NULL AND given_up_at IS NULL
				ORDER BY created_at LIMIT 1), ''),
			coalesce((SELECT last_error FROM mail.message WHERE given_up_at IS NOT NULL ORDER BY given_up_at DESC LIMIT 1), '')
		FROM mail.message`).Scan(&c.Waiting, &c.Sent, &c.GivenUp, &oldest, &c.LastError, &c.GivenUpError)
	if err != nil {
		return Counts{}, fmt.Errorf("count messages: %w", err)
	}
	if oldest != nil {
		c.Oldest = *oldest
	}
	return c, nil
}

// Retry puts the messages back that were given up since, and says how many they are.
func (b *Box) Retry(ctx context.Context, since, now time.Time) (int64, error) {
	n, err := b.db.Exec(ctx, `UPDATE mail.message SET given_up_at = NULL, tries = 0, next_try_at = $2 WHERE given_up_at >= $1`, since, now)
	if err != nil {
		return 0, fmt.Errorf("try given-up messages again: %w", err)
	}
	return n, nil
}

// Undelivered is a message that no mail server has taken yet, or ever.
type Undelivered struct {
	Message
	GivenUp bool
	Next    time.Time // try, unless it was given up
	Error   string
}

// List returns what was not delivered, the oldest first: at most limit of them.
func (b *Box) List(ctx context.Context, limit int) ([]Undelivered, error) {
	rows, err := b.db.Query(ctx, `SELECT id, kind, about, recipient, name, subject, created_at, tries, given_up_at IS NOT NULL,
			next_try_at, coalesce(last_error, '')
		FROM mail.message WHERE sent_at IS NULL ORDER BY created_at LIMIT $1`, limit)
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (u Undelivered, err error) {
		err = r.Scan(&u.ID, &u.Kind, &u.About, &u.Address, &u.Name, &u.Subject, &u.Created, &u.Tries, &u.GivenUp, &u.Next, &u.Error)
		return u, err
	})
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	return found, nil
}

// Sweep forgets messages that were done with before a moment, and what was noticed of
// certificates that ended before it.
func (b *Box) Sweep(ctx context.Context, before time.Time) error {
	err := b.settle(ctx, "forget old messages", `DELETE FROM mail.message WHERE coalesce(sent_at, given_up_at) < $1`, before)
	if err != nil {
		return err
	}
	return b.settle(ctx, "forget old notices", `DELETE FROM mail.notice n USING ca.certificate c
		WHERE (c.issuer, c.serial) = (n.issuer, n.serial) AND c.not_after < $1`, before)
}
