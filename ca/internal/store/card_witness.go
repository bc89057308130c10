package store

import (
	"context"
	"fmt"
	"time"

	"mais/internal/pg"
)

// CardWitness is somebody's word that they saw a key being made on a card.
type CardWitness struct {
	ID      string
	KeyHash []byte
	Holder  string // whose the key is to be
	Serial  uint32 // of the card; 0: it tells none
	GUID    string
	Slot    byte
	By      string
	At      time.Time
	Expires time.Time
}

// InsertWitness records a witness's word.
func InsertWitness(ctx context.Context, tx *pg.Tx, w CardWitness) error {
	_, err := tx.Exec(ctx, `INSERT INTO ca.witness (spki_sha256, identity, card_serial, guid, slot, witness, at, expires_at)
		VALUES ($1, $2, nullif($3::bigint, 0), nullif($4, ''), $5, $6, $7, $8)`,
		w.KeyHash, w.Holder, int64(w.Serial), w.GUID, int16(w.Slot), w.By, w.At, w.Expires)
	if err != nil {
		return fmt.Errorf("record a witness: %w", err)
	}
	return nil
}

// FindWitnesses returns the words on a key that is to be somebody's, which no certificate has
// taken and which are good at now, the last first.
func FindWitnesses(ctx context.Context, q pg.Querier, keyHash []byte, holder string, now time.Time) ([]CardWitness, error) {
	rows, err := q.Query(ctx, `SELECT w.id, w.spki_sha256, w.identity, coalesce(w.card_serial, 0), coalesce(w.guid, ''), w.slot, w.witness, w.at, w.expires_at
		FROM ca.witness w WHERE w.spki_sha256 = $1 AND w.identity = $2 AND w.expires_at > $3
			AND NOT EXISTS (SELECT FROM ca.card_use u WHERE u.witness = w.id)
		ORDER BY w.at DESC, w.id`, keyHash, holder, now)
	found, err := pg.Collect(rows, err, func(r *pg.Rows) (w CardWitness, err error) {
		return w, r.Scan(&w.ID, &w.KeyHash, &w.Holder, &w.Serial, &w.GUID, &w.Slot, &w.By, &w.At, &w.Expires)
	})
	if err != nil {
		return nil, fmt.Errorf("find witnesses: %w", err)
	}
	return found, nil
}

// ForgetWitnesses deletes what nobody made use of and was good until a day ago or longer, by the
// clock of the database.
func ForgetWitnesses(ctx context.Context, q pg.Querier) error {
	_, err := q.Exec(ctx, `DELETE FROM ca.witness w WHERE w.expires_at < clock_timestamp() - interval '25 hours'
		AND NOT EXISTS (SELECT FROM ca.card_use u WHERE u.witness = w.id)`)
	if err != nil {
		return fmt.Errorf("forget witnesses: %w", err)
	}
	return nil
}
