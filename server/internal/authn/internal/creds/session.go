package creds

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"mais/certs"
	"mais/internal/pg"
	"mais/server/internal/audit"
)

// SessionKey is the SHA-256 of a session's id, the only form of it that is stored.
type SessionKey [32]byte

// nameBytes is how much of a key its name tells.
const nameBytes = 8

// Name is what the audit calls the session. It opens nothing.
func (k SessionKey) Name() string { return hex.EncodeToString(k[:nameBytes]) }

// Session is a signed-in browser: what it is bound to, and whether it still lives.
type Session struct {
	Key         SessionKey
	User        string
	UserName    string
	Agency      string
	Site        string // id
	SiteName    string
	Certificate certs.Ref
	Listener    string
	Address     netip.Addr // where it began; not valid: not known. Create and List alone know it
	Factor      bool       // a code of a second factor was given. Create and Find alone know it
	Live        bool       // neither ended nor past idle or total
	Ended       bool
	Why         string // it ended; Find alone knows it
	Rested      bool   // not marked as seen for as long as Limits.Rest says
}

// Limits are how long a session lasts.
type Limits struct{ Idle, Total time.Duration }

// Rest returns how long a session need not be marked again as seen.
func (l Limits) Rest() time.Duration { return min(time.Minute, l.Idle/2) }

// Create stores a new session together with its event.
func (s *Store) Create(ctx context.Context, v Session, e audit.Event) error {
	return s.db.Transact(ctx, func(tx *pg.Tx) error { return create(ctx, tx, v, e) })
}

func create(ctx context.Context, tx *pg.Tx, v Session, e audit.Event) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO access.session (id_hash, user_id, issuer, serial, listener, site, address, factor)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		v.Key[:], v.User, orNull(v.Certificate.Issuer), orNull(v.Certificate.Serial), v.Listener, v.Site, addressOrNull(v.Address), v.Factor)
	if err != nil {
		return fmt.Errorf("store session: %w", err)
	}
	return audit.AppendIn(ctx, tx, e)
}

// Find returns a session, or ErrUnknown.
func (s *Store) Find(ctx context.Context, key SessionKey, limits Limits) (Session, error) {
	v := Session{Key: key}
	err := s.db.QueryRow(ctx, `
		SELECT user_id::text, site::text, coalesce(issuer, ''), coalesce(serial, ''), listener, ended_at IS NOT NULL, coalesce(end_reason, ''),
		       ended_at IS NULL AND seen_at > now() - $2 * interval '1 second' AND created_at > now() - $3 * interval '1 second',
		       seen_at < now() - $4 * interval '1 second', factor
		FROM access.session WHERE id_hash = $1`, key[:], limits.Idle.Seconds(), limits.Total.Seconds(), limits.Rest().Seconds()).
		Scan(&v.User, &v.Site, &v.Certificate.Issuer, &v.Certificate.Serial, &v.Listener, &v.Ended, &v.Why, &v.Live, &v.Rested, &v.Factor)
	if errors.Is(err, pg.ErrNoRows) {
		return Session{}, ErrUnknown
	}
	if err != nil {
		return Session{}, fmt.Errorf("read session: %w", err)
	}
	return v, nil
}

// Touch marks a session as used now.
func (s *Store) Touch(ctx context.Context, key SessionKey) error {
	// Of two at once the later one may come first; the other then finds nothing to do.
	_, err := s.db.Exec(ctx, `UPDATE access.session SET seen_at = now()
		WHERE id_hash = $1 AND ended_at IS NULL AND seen_at < now()`, key[:])
	if err != nil {
		return fmt.Errorf("mark session: %w", err)
	}
	return nil
}

// End ends one session; the event that describe makes commits with it. A session that was
// over already stays as it was, and describe is not called.
func (s *Store) End(ctx context.Context, key SessionKey, reason string, describe func(Session) audit.Event) error {
	return s.end(ctx, describe, reason, `s.id_hash = $2`, key[:])
}

// EndUnused is End for a session that nobody used for so long; another stays as it is, and
// describe is not called.
func (s *Store) EndUnused(ctx context.Context, key SessionKey, unused time.Duration, reason string, describe func(Session) audit.Event) error {
	return s.end(ctx, describe, reason, `s.id_hash = $2 AND s.seen_at <= now() - $3 * interval '1 second'`, key[:], unused.Seconds())
}

// EndOfCertificate ends every session of a certificate.
func (s *Store) EndOfCertificate(ctx context.Context, ref certs.Ref, reason string, describe func(Session) audit.Event) error {
	return s.end(ctx, describe, reason, `s.issuer = $2 AND s.serial = $3`, ref.Issuer, ref.Serial)
}

// EndIdle ends the sessions that are past their limits.
func (s *Store) EndIdle(ctx context.Context, limits, ofPasswords Limits, describe func(Session) audit.Event) error {
	return s.end(ctx, describe, "timeout",
		`(s.seen_at <= now() - (CASE WHEN s.issuer IS NULL THEN $4 ELSE $2 END)::float8 * interval '1 second'
			OR s.created_at <= now() - (CASE WHEN s.issuer IS NULL THEN $5 ELSE $3 END)::float8 * interval '1 second')`,
		limits.Idle.Seconds(), limits.Total.Seconds(), ofPasswords.Idle.Seconds(), ofPasswords.Total.Seconds())
}

// end is one transaction: the sessions that where picks end, and each one's event is
// appended. where is a constant of this file.
func (s *Store) end(ctx context.Context, describe func(Session) audit.Event, reason, where string, args ...any) error {
	return s.db.Transact(ctx, func(tx *pg.Tx) error { return endIn(ctx, tx, describe, reason, where, args...) })
}

// endIn is end within tx.
func endIn(ctx context.Context, tx *pg.Tx, describe func(Session) audit.Event, reason, where string, args ...any) error {
	rows, err := tx.Query(ctx, `
		UPDATE access.session s SET ended_at = now(), end_reason = $1
		FROM access.user_account u, access.agency a, access.site p
		WHERE u.id = s.user_id AND a.id = u.agency AND p.id = s.site AND s.ended_at IS NULL AND `+where+`
		RETURNING s.id_hash, s.user_id::text, u.name, a.name, p.id::text, p.name, coalesce(s.issuer, ''), coalesce(s.serial, ''), s.listener`,
		append([]any{reason}, args...)...)
	ended, err := pg.Collect(rows, err, scanEnded)
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	for _, v := range ended {
		if err := audit.AppendIn(ctx, tx, describe(v)); err != nil {
			return err
		}
	}
	return nil
}

func scanEnded(rows *pg.Rows) (v Session, err error) {
	var key []byte
	err = rows.Scan(&key, &v.User, &v.UserName, &v.Agency, &v.Site, &v.SiteName, &v.Certificate.Issuer, &v.Certificate.Serial, &v.Listener)
	copy(v.Key[:], key)
	v.Ended = true
	return v, err
}
