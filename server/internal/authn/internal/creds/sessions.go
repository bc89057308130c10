package creds

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/netip"
	"time"

	"mais/internal/pg"
	"mais/server/internal/audit"
)

// OpenSession is a session that lives, with what tells it from others.
type OpenSession struct {
	Session
	Email    string
	AgencyID string
	Office   bool // its user holds an office
	Began    time.Time
	Seen     time.Time
}

// Choice says which open sessions are listed; an empty field chooses all.
type Choice struct {
	User   string // UUID
	Agency string // UUID of the user's
	Query  string // part of the user's name or address
	Name   string // of the session, see SessionKey.Name
	Limit  int    // the last used so many
	Offset int
}

const openFrom = ` FROM access.session s JOIN access.user_account u ON u.id = s.user_id JOIN access.agency a ON a.id = u.agency
	JOIN access.site p ON p.id = s.site
	WHERE s.ended_at IS NULL AND s.seen_at > now() - (CASE WHEN s.issuer IS NULL THEN $8 ELSE $1 END)::float8 * interval '1 second'
	AND s.created_at > now() - (CASE WHEN s.issuer IS NULL THEN $9 ELSE $2 END)::float8 * interval '1 second'
	AND coalesce(u.left_at > now(), true)
	AND (now() AT TIME ZONE 'UTC')::date BETWEEN coalesce(u.starts_on, '-infinity') AND coalesce(u.ends_on, 'infinity')
	AND ($3::uuid IS NULL OR s.user_id = $3) AND ($4::uuid IS NULL OR u.agency = $4)
	AND ($5::text IS NULL OR position(lower($5) IN lower(u.name)) > 0 OR position(lower($5) IN u.email) > 0)
	AND ($6::bytea IS NULL OR s.id_hash BETWEEN $6 AND $7)`

// List returns the open sessions of a choice, the last used first, and how many there are in all.
func (s *Store) List(ctx context.Context, limits, ofPasswords Limits, c Choice) (list []OpenSession, total int, err error) {
	from, to, ok := span(c.Name)
	if !ok {
		return nil, 0, nil // no session has such a name
	}
	args := []any{limits.Idle.Seconds(), limits.Total.Seconds(), orNull(c.User), orNull(c.Agency), orNull(c.Query), from, to,
		ofPasswords.Idle.Seconds(), ofPasswords.Total.Seconds()}
	if err := s.db.QueryRow(ctx, `SELECT count(*)`+openFrom, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count open sessions: %w", err)
	}
	rows, err := s.db.Query(ctx, `SELECT s.id_hash, s.user_id::text, u.name, u.email, a.name, a.id::text, p.id::text, p.name,
			coalesce(s.issuer, ''), coalesce(s.serial, ''), s.listener, coalesce(host(s.address), ''), s.created_at, s.seen_at,
			EXISTS (SELECT FROM access.user_role r JOIN access.role d ON d.name = r.role WHERE r.user_id = u.id AND d.office)`+
		openFrom+` ORDER BY s.seen_at DESC, s.id_hash LIMIT $10 OFFSET $11`, append(args, c.Limit, c.Offset)...)
	list, err = pg.Collect(rows, err, scanOpen)
	if err != nil {
		return nil, 0, fmt.Errorf("list open sessions: %w", err)
	}
	return list, total, nil
}

func scanOpen(rows *pg.Rows) (v OpenSession, err error) {
	var key []byte
	var address string
	err = rows.Scan(&key, &v.User, &v.UserName, &v.Email, &v.Agency, &v.AgencyID, &v.Site, &v.SiteName, &v.Certificate.Issuer, &v.Certificate.Serial,
		&v.Listener, &address, &v.Began, &v.Seen, &v.Office)
	copy(v.Key[:], key)
	v.Live = true
	v.Address, _ = netip.ParseAddr(address) // "" is none
	return v, err
}

// span returns the first and the last key with a name, or nils for any.
func span(name string) (from, to any, ok bool) {
	if name == "" {
		return nil, nil, true
	}
	begins, err := hex.DecodeString(name)
	if err != nil || len(begins) != nameBytes || hex.EncodeToString(begins) != name {
		return nil, nil, false
	}
	var first, last SessionKey
	copy(first[:], begins)
	for i := range last {
		last[i] = 0xff
	}
	copy(last[:], begins)
	return first[:], last[:], true
}

// EndOfUser ends every session of a user but the one of a key; the zero key spares none.
func (s *Store) EndOfUser(ctx context.Context, user string, but SessionKey, reason string, describe func(Session) audit.Event) error {
	return s.end(ctx, describe, reason, `s.user_id = $2::uuid AND s.id_hash <> $3`, user, but[:])
}

// Forget deletes sessions that ended so long ago, at most so many, and returns how many those
// were. The database refuses an age below 30 days.
func (s *Store) Forget(ctx context.Context, age time.Duration, most int) (n int, err error) {
	err = s.db.QueryRow(ctx, `SELECT access.forget_sessions($1 * interval '1 second', $2)`, age.Seconds(), most).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("forget ended sessions: %w", err)
	}
	return n, nil
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func addressOrNull(a netip.Addr) any {
	if !a.IsValid() {
		return nil
	}
	return a.String()
}
