package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mais/certs"
	"mais/internal/pg"
)

// Place is a PostgreSQL server's identity: what a restored database, a promoted standby and a
// moved one have otherwise.
type Place struct {
	System   string // the system identifier, and which database and tables of it
	Timeline int64  // 0 on a standby
}

// place selects a Place. A dump that is put back into the same server has another database, or at
// least other tables. The timeline is that of what is written now; pg_control_checkpoint()
// has the old one until the first checkpoint after a promotion.
const place = `(SELECT concat_ws('/', system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()), 'ca.journal_head'::regclass::oid)
	FROM pg_control_system()),
	CASE WHEN pg_is_in_recovery() THEN 0 ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint END`

// outcomes selects what became of the transactions of $1, in their order. One that this
// server has not come to yet is another server's.
const outcomes = `coalesce((SELECT array_agg(coalesce(CASE WHEN x.id::xid8 < pg_snapshot_xmax(pg_current_snapshot()) THEN pg_xact_status(x.id::xid8)
	ELSE 'in progress' END, 'unknown') ORDER BY x.n) FROM unnest($1::text[]) WITH ORDINALITY x(id, n)), '{}')`

// RegisterJournalKey records the key that signs journals, if there is none, and returns the
// one recorded.
func RegisterJournalKey(ctx context.Context, q pg.Querier, public []byte) (recorded []byte, err error) {
	if _, err := q.Exec(ctx, `INSERT INTO ca.journal_key (public) VALUES ($1) ON CONFLICT DO NOTHING`, public); err != nil {
		return nil, fmt.Errorf("register the journal's key: %w", err)
	}
	return JournalKey(ctx, q)
}

// JournalKey returns the key recorded, or pg.ErrNoRows.
func JournalKey(ctx context.Context, q pg.Querier) (public []byte, err error) {
	if err := q.QueryRow(ctx, `SELECT public FROM ca.journal_key`).Scan(&public); err != nil {
		return nil, fmt.Errorf("read the journal's key: %w", err)
	}
	return public, nil
}

// JournalHead is a row of ca.journal_head.
type JournalHead struct {
	Journal string  `json:"journal"`
	Node    string  `json:"node"`
	Number  int64   `json:"number"`
	Hash    string  `json:"hash"` // hexadecimal
	Seen    int64   `json:"seen_number"`
	Lost    int64   `json:"lost_number"`
	At      float64 `json:"at"` // when it was raised: seconds since 1970
}

// Missing reports whether entries of the journal that somebody remembers are not here.
func (h JournalHead) Missing() bool { return h.Seen > h.Number && h.Seen > h.Lost }

// JournalLook is what a look at the database says that concerns journals.
type JournalLook struct {
	Place    Place
	Recorded Place // that the nodes last took for whole; zero: none yet
	Heads    []JournalHead
	Outcomes []string // of the transactions asked about: committed, aborted, in progress, unknown
	Open     int64    // a quarantine that is not finished; 0: none
}

// LookAtJournals reads all that the feed compares before each look, in one statement: of the
// heads those asked about, those that are missing, and the recent that were raised last.
func LookAtJournals(ctx context.Context, q pg.Querier, transactions, journals []string, recent int) (l JournalLook, err error) {
	var heads []byte
	err = q.QueryRow(ctx, `SELECT `+place+`, `+outcomes+`,
		coalesce((SELECT system FROM ca.journal_place), ''), coalesce((SELECT timeline FROM ca.journal_place), 0),
		coalesce((SELECT json_agg(json_build_object('journal', journal, 'node', node, 'number', number, 'hash', encode(hash, 'hex'),
			'seen_number', seen_number, 'lost_number', lost_number, 'at', extract(epoch FROM at)) ORDER BY at DESC, journal) FROM ca.journal_head
			WHERE journal = ANY ($2) OR seen_number > number AND seen_number > lost_number
				OR journal IN (SELECT journal FROM ca.journal_head ORDER BY at DESC, journal LIMIT $3)), '[]'),
		coalesce((SELECT min(id) FROM ca.quarantine WHERE finished_at IS NULL), 0)`, pg.Array(transactions), pg.Array(journals), recent).Scan(
		&l.Place.System, &l.Place.Timeline, pg.Array(&l.Outcomes), &l.Recorded.System, &l.Recorded.Timeline, &heads, &l.Open)
	if err == nil {
		err = json.Unmarshal(heads, &l.Heads)
	}
	if err != nil {
		return JournalLook{}, fmt.Errorf("look at the journals' heads: %w", err)
	}
	return l, nil
}

// SetJournalPlace records the server that the database is whole in.
func SetJournalPlace(ctx context.Context, q pg.Querier, p Place) error {
	_, err := q.Exec(ctx, `INSERT INTO ca.journal_place (system, timeline) VALUES ($1, $2)
		ON CONFLICT (one) DO UPDATE SET system = $1, timeline = $2`, p.System, p.Timeline)
	if err != nil {
		return fmt.Errorf("record the server of the database: %w", err)
	}
	return nil
}

// BeforeEntry is what an entry needs to know of the transaction that it is written for.
type BeforeEntry struct {
	Place       Place
	Transaction string
	Outcomes    []string
	Reason      int    // of the first certificate, as the transaction has set it
	By          string // the same
}

// beforeEntry selects it but for the certificate; others of $1 are asked about on the way.
const beforeEntry = place + `, ` + outcomes + `, pg_current_xact_id()::text`

func (b *BeforeEntry) fields() []any {
	return []any{&b.Place.System, &b.Place.Timeline, pg.Array(&b.Outcomes), &b.Transaction}
}

// ReadBeforeEntry reads it; other transactions are asked about on the way.
func ReadBeforeEntry(ctx context.Context, tx *pg.Tx, transactions []string, ref certs.Ref) (b BeforeEntry, err error) {
	err = tx.QueryRow(ctx, `SELECT `+beforeEntry+`,
		coalesce((SELECT reason FROM ca.certificate WHERE issuer = $2 AND serial = $3), 0),
		coalesce((SELECT status_by FROM ca.certificate WHERE issuer = $2 AND serial = $3), '')`,
		pg.Array(transactions), ref.Issuer, ref.Serial).Scan(append(b.fields(), &b.Reason, &b.By)...)
	if err != nil {
		return BeforeEntry{}, fmt.Errorf("read where a journal entry belongs: %w", err)
	}
	return b, nil
}

// ReadBeforeWithdrawal is ReadBeforeEntry for what is no certificate, in a transaction of any login role.
func ReadBeforeWithdrawal(ctx context.Context, tx *pg.Tx, transactions []string) (b BeforeEntry, err error) {
	if err := tx.QueryRow(ctx, `SELECT `+beforeEntry, pg.Array(transactions)).Scan(b.fields()...); err != nil {
		return BeforeEntry{}, fmt.Errorf("read where a journal entry belongs: %w", err)
	}
	return b, nil
}

// EnterWithdrawal records an entry of what is no certificate and no order, in a transaction of any
// login role that may. It leaves the journal's head, for which others of the same node would wait.
func EnterWithdrawal(ctx context.Context, tx *pg.Tx, name EntryName, hash []byte) error {
	if _, err := tx.Exec(ctx, `SELECT ca.enter_withdrawal($1, $2, $3)`, name.Journal, name.Number, hash); err != nil {
		return fmt.Errorf("enter entry %d of journal %s: %w", name.Number, name.Journal, err)
	}
	return nil
}

// JournalEntry is what is kept of an entry: the certificates or orders that it names.
type JournalEntry struct {
	Journal string
	Number  int64
	Kind    string
	Hash    []byte
	Refs    []certs.Ref
	Orders  []string
	Since   time.Time // invalidity date; it stands in the journal, not in the database
}

// Raise is how far a journal has come.
type Raise struct {
	Journal, Node string
	Number        int64
	Hash          []byte
}

// raiseHead is of $1 to $4, and recordEntry of $1 and the six after a number, the fields of
// a Raise and of a JournalEntry.
const (
	raiseHead = `INSERT INTO ca.journal_head AS h (journal, node, number, hash) VALUES ($1, $2, $3, $4)
		ON CONFLICT (journal) DO UPDATE SET number = $3, hash = $4, at = clock_timestamp() WHERE h.number < $3`
	recordEntry = `INSERT INTO ca.journal_entry (journal, number, kind, hash, issuer, serial, order_id)
		SELECT $1, $%[1]d::bigint, $%[2]d, $%[3]d::bytea, i, s, NULL FROM unnest($%[4]d::text[], $%[5]d::text[]) u(i, s)
		UNION ALL SELECT $1, $%[1]d::bigint, $%[2]d, $%[3]d::bytea, NULL, NULL, o FROM unnest($%[6]d::text[]) o
		ON CONFLICT DO NOTHING`
)

var (
	recordEntrySQL = fmt.Sprintf(recordEntry, 2, 3, 4, 5, 6, 7)
	enterSQL       = `WITH raised AS (` + raiseHead + `) ` + fmt.Sprintf(recordEntry, 5, 6, 7, 8, 9, 10)
)

// Enter records an entry, and raises its journal's head, which is the last lock that a
// transaction should take: others of the same node wait for it.
func Enter(ctx context.Context, tx *pg.Tx, e JournalEntry, to Raise) error {
	_, err := tx.Exec(ctx, enterSQL, append([]any{to.Journal, to.Node, to.Number, to.Hash}, e.fields()...)...)
	if err != nil {
		return fmt.Errorf("enter entry %d of journal %s: %w", e.Number, e.Journal, err)
	}
	return nil
}

// fields are those after the journal.
func (e JournalEntry) fields() []any {
	var issuers, serials []string
	for _, r := range e.Refs {
		issuers, serials = append(issuers, r.Issuer), append(serials, r.Serial)
	}
	return []any{e.Number, e.Kind, e.Hash, pg.Array(issuers), pg.Array(serials), pg.Array(e.Orders)}
}

// RaiseHead raises a journal's head, unless it is there.
func RaiseHead(ctx context.Context, q pg.Querier, to Raise) error {
	_, err := q.Exec(ctx, raiseHead, to.Journal, to.Node, to.Number, to.Hash)
	if err != nil {
		return fmt.Errorf("raise the head of journal %s: %w", to.Journal, err)
	}
	return nil
}

// RecordEntry records what an entry names; what is recorded already is left.
func RecordEntry(ctx context.Context, tx *pg.Tx, e JournalEntry) error {
	_, err := tx.Exec(ctx, recordEntrySQL, append([]any{e.Journal}, e.fields()...)...)
	if err != nil {
		return fmt.Errorf("record entry %d of journal %s: %w", e.Number, e.Journal, err)
	}
	return nil
}

// EntryName names an entry of a journal.
type EntryName struct {
	Journal string
	Number  int64
}

// HoldsOf returns the entries that put a certificate on hold.
func HoldsOf(ctx context.Context, q pg.Querier, ref certs.Ref) ([]EntryName, error) {
	rows, err := q.Query(ctx, `SELECT journal, number FROM ca.journal_entry WHERE issuer = $1 AND serial = $2 AND kind = 'hold'
		ORDER BY journal, number`, ref.Issuer, ref.Serial)
	holds, err := pg.Collect(rows, err, func(r *pg.Rows) (n EntryName, err error) {
		err = r.Scan(&n.Journal, &n.Number)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("read what holds %s: %w", ref, err)
	}
	return holds, nil
}

// SeeHead notes that somebody remembers an entry of a journal, and reports whether that was
// not known and the entry is not here.
func SeeHead(ctx context.Context, tx *pg.Tx, journal, node string, number int64, by string) (missing bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO ca.journal_head AS h (journal, node, seen_number, seen_by) VALUES ($1, $2, $3, $4)
		ON CONFLICT (journal) DO UPDATE SET seen_number = $3, seen_by = $4
			WHERE h.seen_number < $3 AND h.number < $3 AND h.lost_number < $3`, journal, node, number, by)
	if err != nil {
		return false, fmt.Errorf("note the head of journal %s: %w", journal, err)
	}
	return n > 0, nil
}

// DeclareHeadsLost gives up the entries that are missing, and says of which journals.
func DeclareHeadsLost(ctx context.Context, tx *pg.Tx, by string) ([]EntryName, error) {
	rows, err := tx.Query(ctx, `UPDATE ca.journal_head SET lost_number = seen_number, lost_at = now(), lost_by = $1
		WHERE seen_number > number AND seen_number > lost_number RETURNING journal, seen_number`, by)
	lost, err := pg.Collect(rows, err, func(r *pg.Rows) (n EntryName, err error) {
		err = r.Scan(&n.Journal, &n.Number)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("declare journals lost: %w", err)
	}
	return lost, nil
}
