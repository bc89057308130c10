package outbox

import (
	"context"
	"fmt"
	"time"

	"mais/internal/pg"
)

// Reader is one who follows the changes of status, each at its own pace.
type Reader string

// The readers.
const (
	Holders        Reader = "holders"        // are told at once
	Administrators Reader = "administrators" // are told when it has become quiet
)

// Subject is whom a certificate is about, as the register has them now.
type Subject struct {
	Issuer, Serial string
	Identity       string
	Profile        string
	Holder, Name   string // as they were when it was issued
	NotAfter       time.Time
	User           string // id; "" for a site or a node
	Address        string // of a user who has not left
	UserName       string
	Agency         string // id; "" where there is none
	AgencyName     string
}

const subjectColumns = `c.issuer, c.serial, c.identity, c.profile, c.holder, c.name, c.not_after,
	coalesce(u.id::text, ''), CASE WHEN u.left_at IS NULL OR u.left_at > now() THEN coalesce(u.email, '') ELSE '' END,
	coalesce(u.name, ''), coalesce(a.id::text, ''), coalesce(a.name, '')`

// subjectJoins find the user or the site of an identity by its key.
const subjectJoins = ` LEFT JOIN access.user_account u ON u.id = CASE WHEN c.identity LIKE 'urn:mais:user:%' THEN substr(c.identity, 15)::uuid END
	LEFT JOIN access.site t ON t.id = CASE WHEN c.identity LIKE 'urn:mais:site:%' THEN substr(c.identity, 15)::uuid END
	LEFT JOIN access.agency a ON a.id = coalesce(u.agency, t.agency) `

func (s *Subject) fields() []any {
	return []any{&s.Issuer, &s.Serial, &s.Identity, &s.Profile, &s.Holder, &s.Name, &s.NotAfter, &s.User, &s.Address, &s.UserName, &s.Agency, &s.AgencyName}
}

// Change is a change of status.
type Change struct {
	Subject
	Number int64
	Status string // that it changed to: active, held or revoked
	At     time.Time
	By     string // what they are called; "" when it is not known
	Reason int    // of RFC 5280, 5.3.1; -1 when it is not known or there is none
	// Raised: it was revoked before, and has only got the reason keyCompromise.
	Raised bool
	// Again: a restored service was told of it by its journal. It was so before, since At.
	Again bool
}

// whoChanged is what whoever changed a certificate is called: a name of the register, the
// service for its own nodes, or else what was recorded, as of the operator at the server.
const whoChanged = `CASE WHEN s.status_by LIKE 'urn:mais:server:%' THEN 'the service' ELSE coalesce(bu.name, bt.name, s.status_by, '') END`

// changedJoins find them. What is recorded may be anything that plain SQL has put there.
const changedJoins = ` LEFT JOIN access.user_account bu ON bu.id = CASE WHEN s.status_by ~ '^urn:mais:user:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN substr(s.status_by, 15)::uuid END
	LEFT JOIN access.site bt ON bt.id = CASE WHEN s.status_by ~ '^urn:mais:site:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN substr(s.status_by, 15)::uuid END `

// Administrator is somebody who is told what concerns others.
type Administrator struct {
	User    string
	Address string
	Name    string
	All     bool   // of every agency
	Agency  string // id
}

// Manages reports whether what is about s is the administrator's to know.
func (a Administrator) Manages(s Subject) bool {
	return a.All || s.Agency != "" && a.Agency == s.Agency
}

// Window says when changes become news.
type Window struct {
	Now     time.Time
	Quiet   time.Duration // nothing has changed for so long; 0: at once, whatever the clocks say
	Longest time.Duration // or the first has waited for so long
	Apart   time.Duration // and the reader's last messages are so old, or there are Limit changes; 0: however old
	Oldest  time.Duration // what is older than this is passed over
	Limit   int           // changes at a time
	Hour    time.Time     // since when News.Told counts
}

// News is what there is to write about.
type News struct {
	Changes        []Change
	Administrators []Administrator
	Told           map[string]int // by address: the messages about holds and releases since Window.Hour
}

// toldWithin is how long after a change its holder has surely been written to. What a restored
// service is told again sooner may have been lost with it: twice is better than never.
const toldWithin = 10 * time.Minute

// News gives the changes that reader has not seen to write, and keeps the messages that it
// returns, all in one transaction: a fault loses neither. It says how far the reader moved; 0
// means that there is nothing to do for now. Superseded certificates are nobody's news, and
// holders were written to already about what a restored service was told again.
func (b *Box) News(ctx context.Context, reader Reader, w Window, write func(News) []Message) (moved int64, err error) {
	waiting := false
	err = b.db.QueryRow(ctx, `SELECT c.number > p.number FROM ca.status_counter c, mail.position p WHERE p.reader = $1`, reader).Scan(&waiting)
	if err != nil {
		return 0, fmt.Errorf("follow certificate status for %s: %w", reader, err)
	}
	if !waiting {
		return 0, nil
	}
	err = b.db.Transact(ctx, func(tx *pg.Tx) error {
		from, to, err := span(ctx, tx, reader, w)
		moved = to - from
		if err != nil || moved == 0 {
			return err
		}
		var n News
		if n.Changes, err = changesIn(ctx, tx, reader, from, to, w); err != nil {
			return err
		}
		if n.Administrators, err = administrators(ctx, tx); err != nil {
			return err
		}
		if n.Told, err = told(ctx, tx, n.Changes, w.Hour); err != nil {
			return err
		}
		messages := write(n)
		if err := keep(ctx, tx, messages, w.Now); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE mail.position SET number = $2, at = CASE WHEN $3 THEN greatest(at, $4) ELSE at END WHERE reader = $1`,
			reader, to, len(messages) > 0, w.Now)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("write to %s: %w", reader, err)
	}
	return moved, nil
}

// span locks the reader's position and says what it may read now: the changes after from, up
// to and including to.
func span(ctx context.Context, tx *pg.Tx, reader Reader, w Window) (from, to int64, err error) {
	var lately bool
	err = tx.QueryRow(ctx, `SELECT number, at > $2 FROM mail.position WHERE reader = $1 FOR UPDATE`, reader, w.Now.Add(-w.Apart)).Scan(&from, &lately)
	if err != nil {
		return 0, 0, err
	}
	var first, last *time.Time
	err = tx.QueryRow(ctx, `SELECT coalesce(max(number), $1), min(at) FILTER (WHERE status <> 'superseded'),
			max(at) FILTER (WHERE status <> 'superseded')
		FROM (SELECT number, at, status FROM ca.status_change WHERE number > $1 ORDER BY number LIMIT $2) AS next`,
		from, w.Limit).Scan(&to, &first, &last)
	if err != nil {
		return 0, 0, err
	}
	busy := w.Quiet > 0 && last != nil && last.After(w.Now.Add(-w.Quiet)) && first.After(w.Now.Add(-w.Longest))
	early := w.Apart > 0 && last != nil && lately && to-from < int64(w.Limit)
	if busy || early {
		return from, from, nil // wait
	}
	return from, to, nil
}

// told counts what the people whom changes are about were written of holds and releases since
// a moment. Nobody else writes meanwhile: the reader's position is locked.
func told(ctx context.Context, tx *pg.Tx, changes []Change, since time.Time) (map[string]int, error) {
	var addresses []string
	for _, c := range changes {
		addresses = append(addresses, c.Address)
	}
	rows, err := tx.Query(ctx, `SELECT recipient, count(*) FROM mail.message
		WHERE recipient = ANY ($1::text[]) AND kind IN ('held', 'released') AND created_at >= $2 GROUP BY recipient`, pg.Array(addresses), since)
	counts := map[string]int{}
	_, err = pg.Collect(rows, err, func(r *pg.Rows) (none struct{}, err error) {
		var address string
		var n int
		err = r.Scan(&address, &n)
		counts[address] = n
		return none, err
	})
	return counts, err
}

func changesIn(ctx context.Context, tx *pg.Tx, reader Reader, from, to int64, w Window) ([]Change, error) {
	rows, err := tx.Query(ctx, `SELECT `+subjectColumns+`, s.number, s.status, coalesce(s.first_at, s.at), s.first_at IS NOT NULL,
			`+whoChanged+`, coalesce(s.reason, -1),
			s.status = 'revoked' AND EXISTS (SELECT FROM ca.status_change b WHERE b.issuer = s.issuer AND b.serial = s.serial AND b.number < s.number AND b.status = 'revoked')
		FROM ca.status_change s JOIN ca.certificate c USING (issuer, serial)`+subjectJoins+changedJoins+`
		WHERE s.number > $1 AND s.number <= $2 AND s.status <> 'superseded' AND s.at > $3 
			AND ($4 OR s.first_at IS NULL OR s.at - s.first_at < $5 * interval '1 second') ORDER BY s.number`,
		from, to, w.Now.Add(-w.Oldest), reader != Holders, int64(toldWithin/time.Second))
	return pg.Collect(rows, err, func(r *pg.Rows) (c Change, err error) {
		err = r.Scan(append(c.fields(), &c.Number, &c.Status, &c.At, &c.Again, &c.By, &c.Reason, &c.Raised)...)
		return c, err
	})
}

// administrators returns who is told, by address.
func administrators(ctx context.Context, tx *pg.Tx) ([]Administrator, error) {
	rows, err := tx.Query(ctx, `SELECT u.id, u.email, u.name, bool_or(r.role = 'administrator'), u.agency
		FROM access.user_account u JOIN access.user_role r ON r.user_id = u.id
		WHERE r.role IN ('administrator', 'agency_administrator') AND (u.left_at IS NULL OR u.left_at > now())
		GROUP BY u.id ORDER BY u.email`)
	return pg.Collect(rows, err, func(r *pg.Rows) (a Administrator, err error) {
		err = r.Scan(&a.User, &a.Address, &a.Name, &a.All, &a.Agency)
		return a, err
	})
}
