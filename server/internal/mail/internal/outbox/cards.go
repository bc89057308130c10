package outbox

import (
	"context"
	"fmt"
	"time"

	"mais/internal/pg"
)

// Loss is that somebody has reported a lost card, and everything of theirs was put on hold.
type Loss struct {
	ID            string // of the report
	User          string // id
	Address, Name string
	Agency        string // id
	At            time.Time
	Held          int // certificates
}

// CardMove is that a card came to another holder.
type CardMove struct {
	Subject             // the certificate that was issued to the new one
	Card         string // id
	Former       string // the mail address of who had it before, as the certificate has it
	FormerAgency string // id
	At           time.Time
}

// Lowering is that a renewal came out at a lower level than what it renews.
type Lowering struct {
	Subject        // the new certificate
	Before  string // the level of what it renews
	At      time.Time
}

// CardNews is what there is to write about cards.
type CardNews struct {
	Losses         []Loss
	Moves          []CardMove
	Lowerings      []Lowering
	Administrators []Administrator
}

// ManagesAgency reports whether what is about an agency is the administrator's to know.
func (a Administrator) ManagesAgency(id string) bool { return a.All || id != "" && a.Agency == id }

// Cards gives what happened to cards since a moment and was not written of yet to write, and
// keeps the messages that it returns, all in one transaction. It says how many it kept.
func (b *Box) Cards(ctx context.Context, now, since time.Time, write func(CardNews) []Message) (kept int, err error) {
	err = b.db.Transact(ctx, func(tx *pg.Tx) error {
		var n CardNews
		var err error
		if n.Losses, err = losses(ctx, tx, since); err != nil {
			return err
		}
		if n.Moves, err = moves(ctx, tx, since); err != nil {
			return err
		}
		if n.Lowerings, err = lowerings(ctx, tx, since); err != nil {
			return err
		}
		if len(n.Losses)+len(n.Moves)+len(n.Lowerings) == 0 {
			return nil
		}
		if n.Administrators, err = administrators(ctx, tx); err != nil {
			return err
		}
		messages := write(n)
		kept = len(messages)
		return keep(ctx, tx, messages, now)
	})
	if err != nil {
		return 0, fmt.Errorf("write of cards: %w", err)
	}
	return kept, nil
}

func losses(ctx context.Context, tx *pg.Tx, since time.Time) ([]Loss, error) {
	rows, err := tx.Query(ctx, `SELECT r.id, u.id, u.email, u.name, u.agency, r.used_at, r.held
		FROM access.lost_report r JOIN access.user_account u ON u.id = r.user_id
		WHERE r.used_at > $1 AND NOT EXISTS (SELECT FROM mail.message m WHERE m.kind = 'lost' AND m.about = r.id) ORDER BY r.used_at`, since)
	return pg.Collect(rows, err, func(r *pg.Rows) (l Loss, err error) {
		err = r.Scan(&l.ID, &l.User, &l.Address, &l.Name, &l.Agency, &l.At, &l.Held)
		return l, err
	})
}

// moves finds certificates on a card whose last one before was somebody else's, as package ca
// recorded it: what a holder merely says of a card is no news.
func moves(ctx context.Context, tx *pg.Tx, since time.Time) ([]CardMove, error) {
	rows, err := tx.Query(ctx, `SELECT `+subjectColumns+`, k.card, k.at, f.holder, coalesce(fu.agency::text, '')
		FROM ca.card_use k JOIN ca.certificate c USING (issuer, serial)`+subjectJoins+`
		JOIN ca.card_use before ON before.n = k.former
		JOIN ca.certificate f ON (f.issuer, f.serial) = (before.issuer, before.serial)
		LEFT JOIN access.user_account fu ON fu.id = CASE WHEN f.identity LIKE 'urn:mais:user:%' THEN substr(f.identity, 15)::uuid END
		WHERE k.at > $1
			AND NOT EXISTS (SELECT FROM mail.message m WHERE m.kind = 'moved' AND m.about = c.issuer || '/' || c.serial) ORDER BY k.n`, since)
	return pg.Collect(rows, err, func(r *pg.Rows) (m CardMove, err error) {
		err = r.Scan(append(m.fields(), &m.Card, &m.At, &m.Former, &m.FormerAgency)...)
		return m, err
	})
}

func lowerings(ctx context.Context, tx *pg.Tx, since time.Time) ([]Lowering, error) {
	rows, err := tx.Query(ctx, `SELECT `+subjectColumns+`, l.before, l.at
		FROM ca.level_lowered l JOIN ca.certificate c USING (issuer, serial)`+subjectJoins+`
		WHERE l.at > $1 AND NOT EXISTS (SELECT FROM mail.message m WHERE m.kind = 'lowered' AND m.about = c.issuer || '/' || c.serial) ORDER BY l.at`, since)
	return pg.Collect(rows, err, func(r *pg.Rows) (l Lowering, err error) {
		err = r.Scan(append(l.fields(), &l.Before, &l.At)...)
		return l, err
	})
}
