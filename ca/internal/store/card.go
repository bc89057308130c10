package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"mais/certs"
	"mais/internal/pg"
)

// CardUse is a card and how a key on it is held, as it is recorded with a certificate.
type CardUse struct {
	// Card is the card's name for good. It is not read of a key that nobody vouches for: no holder's
	// word alone puts a key on a card.
	Card    string
	Serial  uint32 // 0: none told
	GUID    string
	Slot    byte
	KeyType string
	KeyHash []byte // SHA-256 of its SubjectPublicKeyInfo
	Witness string // id of the statement of who saw it; "": nobody did
	At      time.Time

	// What the card's maker says; without an Attestation the rest is not read.
	Attestation [][]byte
	Maker       string
	Firmware    string
	PIN, Touch  byte
	Form        byte

	// Read with it, and not written: who the witness was, and when.
	WitnessBy string
	WitnessAt time.Time
}

// ErrWitnessUsed is returned for a witness's statement that another certificate took.
var ErrWitnessUsed = errors.New("the witness's statement was used")

// vouched reports whether a maker or a witness said that the key is on the card.
func (u *CardUse) vouched() bool { return len(u.Attestation) > 0 || u.Witness != "" }

// RecordCard records that a certificate's key is on a card, or said to be. It returns whose key
// was the last that was vouched for on that card before, when that was somebody else than the
// certificate's identity, else "". What is merely said is never news of a card.
func RecordCard(ctx context.Context, tx *pg.Tx, ref certs.Ref, identity string, u CardUse) (former string, err error) {
	if former, err = recordCard(ctx, tx, ref, identity, u); err != nil {
		return "", fmt.Errorf("record the card of %s: %w", ref, err)
	}
	return former, nil
}

func recordCard(ctx context.Context, tx *pg.Tx, ref certs.Ref, identity string, u CardUse) (former string, err error) {
	if !u.vouched() {
		if u.Card, err = cardOfKey(ctx, tx, u.KeyHash); err != nil {
			return "", err
		}
		if u.Card != "" {
			err = lockCard(ctx, tx, u.Card)
		}
		if err != nil {
			return "", err
		}
		return "", insertUse(ctx, tx, ref, u, sql.NullInt64{})
	}
	if err := lockCard(ctx, tx, u.Card); err != nil {
		return "", err
	}
	before, former, err := formerUse(ctx, tx, identity, u)
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO ca.card (id, maker) VALUES ($1, $2) ON CONFLICT DO NOTHING`, u.Card, u.Maker); err != nil {
		return "", err
	}
	return former, insertUse(ctx, tx, ref, u, before)
}

// cardOfKey returns the card on which a key was vouched for, "" when it was on none: it cannot
// have left it since.
func cardOfKey(ctx context.Context, tx *pg.Tx, keyHash []byte) (card string, err error) {
	err = tx.QueryRow(ctx, `SELECT u.card FROM ca.card_use u JOIN ca.certificate c USING (issuer, serial)
		WHERE c.spki_sha256 = $1 AND u.vouched ORDER BY u.n DESC LIMIT 1`, keyHash).Scan(&card)
	if errors.Is(err, pg.ErrNoRows) {
		return "", nil
	}
	return card, err
}

// formerUse returns the last use of a card that was vouched for, when it was somebody else's. A
// witness sees a number and not its maker: what was seen is compared with every card of that
// number, and what a maker proves with what was seen.
func formerUse(ctx context.Context, tx *pg.Tx, identity string, u CardUse) (n sql.NullInt64, former string, err error) {
	err = tx.QueryRow(ctx, `SELECT u.n, c.identity FROM ca.card_use u JOIN ca.certificate c USING (issuer, serial)
		WHERE u.vouched AND (u.card = $1 OR u.card_serial = $2 AND (u.attestation IS NULL OR $3)) ORDER BY u.n DESC LIMIT 1`,
		u.Card, int64(u.Serial), len(u.Attestation) == 0).Scan(&n, &former)
	if errors.Is(err, pg.ErrNoRows) || err == nil && former == identity {
		return sql.NullInt64{}, "", nil
	}
	return n, former, err
}

func insertUse(ctx context.Context, tx *pg.Tx, ref certs.Ref, u CardUse, former sql.NullInt64) error {
	proven := len(u.Attestation) > 0
	small := func(b byte) sql.NullInt16 { return sql.NullInt16{Int16: int16(b), Valid: proven} }
	var attestation any
	if proven {
		attestation = pg.Array(u.Attestation)
	}
	n, err := tx.Exec(ctx, `INSERT INTO ca.card_use (issuer, serial, card, card_serial, guid, slot, key_type, firmware, pin, touch, form, attestation, witness, at, former)
		VALUES ($1, $2, nullif($3, ''), nullif($4::bigint, 0), nullif($5, ''), $6, $7, $8, $9, $10, $11, $12, nullif($13, '')::uuid, $14, $15)
		ON CONFLICT (witness) DO NOTHING`,
		ref.Issuer, ref.Serial, u.Card, int64(u.Serial), u.GUID, int16(u.Slot), u.KeyType,
		sql.NullString{String: u.Firmware, Valid: proven}, small(u.PIN), small(u.Touch), small(u.Form), attestation, u.Witness, u.At, former)
	if err == nil && n == 0 {
		err = ErrWitnessUsed
	}
	return err
}

// InsertLowered records that a renewal is of a lower level than what it renews, which had before.
func InsertLowered(ctx context.Context, tx *pg.Tx, ref certs.Ref, before string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO ca.level_lowered (issuer, serial, before, at) VALUES ($1, $2, $3, $4)`, ref.Issuer, ref.Serial, before, now)
	if err != nil {
		return fmt.Errorf("record the lower level of %s: %w", ref, err)
	}
	return nil
}

// lockCard makes this transaction wait for every other that uses or returns the card, or one of
// the same number.
func lockCard(ctx context.Context, tx *pg.Tx, id string) error {
	if maker, number, _ := strings.Cut(id, "-"); maker != "guid" {
		id = number
	}
	_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, hashtext($2))`, cardLocks, id)
	return err
}

// useColumns are of ca.card_use u, its ca.card k and its ca.witness w, which may both be missing.
const useColumns = `coalesce(u.card, ''), coalesce(u.card_serial, 0), coalesce(u.guid, ''), u.slot, u.key_type, coalesce(u.witness::text, ''), u.at,
	CASE WHEN u.attestation IS NULL THEN '' ELSE k.maker END, coalesce(u.firmware, ''), coalesce(u.pin, 0), coalesce(u.touch, 0), coalesce(u.form, 0),
	coalesce(w.witness, ''), coalesce(w.at, 'epoch')`

func (u *CardUse) fields() []any {
	return []any{&u.Card, &u.Serial, &u.GUID, &u.Slot, &u.KeyType, &u.Witness, &u.At,
		&u.Maker, &u.Firmware, &u.PIN, &u.Touch, &u.Form, &u.WitnessBy, &u.WitnessAt}
}

// CardUses returns what is recorded of the cards of those of the certificates that have one,
// without the attestations.
func CardUses(ctx context.Context, q pg.Querier, refs []certs.Ref) (map[certs.Ref]CardUse, error) {
	var issuers, serials []string
	for _, r := range refs {
		issuers, serials = append(issuers, r.Issuer), append(serials, r.Serial)
	}
	found := map[certs.Ref]CardUse{}
	rows, err := q.Query(ctx, `SELECT u.issuer, u.serial, `+useColumns+`
		FROM unnest($1::text[], $2::text[]) AS t (issuer, serial) JOIN ca.card_use u USING (issuer, serial)
		LEFT JOIN ca.card k ON k.id = u.card LEFT JOIN ca.witness w ON w.id = u.witness`, pg.Array(texts(issuers)), pg.Array(texts(serials)))
	_, err = pg.Collect(rows, err, func(r *pg.Rows) (u CardUse, err error) {
		var ref certs.Ref
		err = r.Scan(append([]any{&ref.Issuer, &ref.Serial}, u.fields()...)...)
		found[ref] = u
		return u, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the cards of certificates: %w", err)
	}
	return found, nil
}

// Attestation returns the attestation that was recorded with a certificate, in DER; none when
// its key was not attested.
func Attestation(ctx context.Context, q pg.Querier, ref certs.Ref) (ders [][]byte, err error) {
	err = q.QueryRow(ctx, `SELECT coalesce(attestation, '{}') FROM ca.card_use WHERE issuer = $1 AND serial = $2`, ref.Issuer, ref.Serial).Scan(pg.Array(&ders))
	if err != nil && !errors.Is(err, pg.ErrNoRows) {
		return nil, fmt.Errorf("read the attestation of %s: %w", ref, err)
	}
	return ders, nil
}
