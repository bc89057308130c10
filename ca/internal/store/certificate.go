package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"net/netip"
	"time"

	"mais/ca/internal/issuance"
	"mais/certs"
	"mais/internal/pg"
)

// Certificate is a row of ca.certificate without its DER.
type Certificate struct {
	Ref            certs.Ref
	Status         string
	Reason         sql.NullInt16
	StatusAt       time.Time
	StatusBy       string
	Identity       string
	Profile        string
	Level          string
	Holder         string
	Name           string
	DNSNames       []string
	Addresses      []string
	NotBefore      time.Time
	NotAfter       time.Time
	SHA256         []byte
	KeyHash        []byte
	Shard          sql.NullInt32 // of the revocation list that it names
	Replaces       certs.Ref
	SupersedeAfter sql.NullTime
	IssuedAt       time.Time
	IssuedBy       string
	InvalidityAt   sql.NullTime // since when its key was compromised
	DestroyedAt    sql.NullTime
	RaisedAt       sql.NullTime // when keyCompromise became the reason of what was revoked for less
}

const certificateColumns = `issuer, serial, status, reason, status_at, coalesce(status_by, ''), identity, profile, level, holder, name,
	dns_names, addresses, not_before, not_after, sha256, spki_sha256, shard, coalesce(replaces_issuer, ''), coalesce(replaces_serial, ''),
	supersede_after, issued_at, issued_by, invalidity_at, destroyed_at, raised_at`

func (c *Certificate) fields() []any {
	return []any{&c.Ref.Issuer, &c.Ref.Serial, &c.Status, &c.Reason, &c.StatusAt, &c.StatusBy, &c.Identity, &c.Profile, &c.Level, &c.Holder, &c.Name,
		pg.Array(&c.DNSNames), pg.Array(&c.Addresses), &c.NotBefore, &c.NotAfter, &c.SHA256, &c.KeyHash, &c.Shard, &c.Replaces.Issuer, &c.Replaces.Serial,
		&c.SupersedeAfter, &c.IssuedAt, &c.IssuedBy, &c.InvalidityAt, &c.DestroyedAt, &c.RaisedAt}
}

func scanCertificate(r *pg.Rows) (c Certificate, err error) {
	err = r.Scan(c.fields()...)
	return c, err
}

// Origin is what led to a certificate.
type Origin struct {
	Holder   string
	By       string
	Order    string    // id of the order spent on it, if any
	Replaces certs.Ref // the certificate it renews, if any
	Ends     time.Time // of the one that it renews, unless that is set already
	At       time.Time
	Card     *CardUse // that holds the key; nil: it is in a file
}

// Insert records that a key belongs to an identity, unless it belongs to somebody already; a
// certificate with it that was issued; and when the one that it renews is superseded. There is
// no other way into the inventory. It returns whose the key is, and whether a certificate
// with it was revoked because others hold it (reason 1 of RFC 5280, 5.3.1): another's, or an
// exposed one, nothing is recorded for. A second claim of the same key waits for the first
// to commit.
func Insert(ctx context.Context, tx *pg.Tx, i *issuance.Issued, o Origin) (owner string, exposed bool, err error) {
	// Who had to wait does not see yet what the other has committed, and asks once more.
	for range 2 {
		owner, exposed, err = insert(ctx, tx, i, o)
		if err != nil {
			return "", false, fmt.Errorf("record certificate %s: %w", i.Ref(), err)
		}
		if owner != "" {
			return owner, exposed, nil
		}
	}
	return "", false, fmt.Errorf("record certificate %s: its key belongs to somebody, and nobody", i.Ref())
}

func insert(ctx context.Context, tx *pg.Tx, i *issuance.Issued, o Origin) (owner string, exposed bool, err error) {
	cert, subject, ref := i.Certificate(), i.Subject(), i.Ref()
	sum, key := sha256.Sum256(cert.Raw), sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	shard, ok := i.Shard()
	err = tx.QueryRow(ctx, `
		WITH claimed AS (
			INSERT INTO ca.subject_key (spki_sha256, identity) VALUES ($13, $3) ON CONFLICT DO NOTHING RETURNING identity
		), key AS (
			SELECT coalesce((SELECT identity FROM claimed), (SELECT identity FROM ca.subject_key WHERE spki_sha256 = $13), '') AS owner,
				EXISTS (SELECT FROM ca.certificate WHERE spki_sha256 = $13 AND status = 'revoked' AND reason = 1) AS exposed
		), good AS (SELECT FROM key WHERE owner = $3 AND NOT exposed), renewed AS (
			UPDATE ca.certificate SET supersede_after = $21 FROM good WHERE issuer = $16 AND serial = $17 AND supersede_after IS NULL
		), recorded AS (
			INSERT INTO ca.certificate (issuer, serial, identity, profile, level, holder, name, dns_names, addresses,
			not_before, not_after, sha256, spki_sha256, der, order_id, replaces_issuer, replaces_serial, issued_at, issued_by, shard)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, nullif($15, ''), nullif($16, ''), nullif($17, ''), $18, $19, $20 FROM good
		)
		SELECT owner, exposed FROM key`,
		ref.Issuer, ref.Serial, subject.Identity.String(), string(subject.Rules.Profile), subject.Rules.Level.String(), o.Holder, subject.Name,
		pg.Array(texts(subject.DNSNames)), pg.Array(addressTexts(subject.Addresses)),
		cert.NotBefore, cert.NotAfter, sum[:], key[:], cert.Raw, o.Order, o.Replaces.Issuer, o.Replaces.Serial, o.At, o.By,
		sql.NullInt32{Int32: int32(shard), Valid: ok}, timeOrNull(o.Ends)).Scan(&owner, &exposed)
	return owner, exposed, err
}

// texts makes an empty array of nil, which pg.Array would make NULL.
func texts(s []string) []string { return append([]string{}, s...) }

func addressTexts(addresses []netip.Addr) []string {
	out := []string{}
	for _, a := range addresses {
		out = append(out, a.String())
	}
	return out
}

// Read returns a certificate of the inventory.
func Read(ctx context.Context, q pg.Querier, ref certs.Ref) (c Certificate, err error) {
	err = q.QueryRow(ctx, `SELECT `+certificateColumns+` FROM ca.certificate WHERE issuer = $1 AND serial = $2`, ref.Issuer, ref.Serial).Scan(c.fields()...)
	if err != nil {
		return Certificate{}, fmt.Errorf("read certificate %s: %w", ref, err)
	}
	return c, nil
}

// BySerial returns the certificates of any issuer with a serial.
func BySerial(ctx context.Context, q pg.Querier, serial string) ([]Certificate, error) {
	rows, err := q.Query(ctx, `SELECT `+certificateColumns+` FROM ca.certificate WHERE serial = $1 ORDER BY issuer`, serial)
	return collect(rows, err)
}

// ByIdentity returns the certificates of an identity, newest first.
func ByIdentity(ctx context.Context, q pg.Querier, identity string) ([]Certificate, error) {
	rows, err := q.Query(ctx, `SELECT `+certificateColumns+` FROM ca.certificate WHERE identity = $1 ORDER BY issued_at DESC, serial`, identity)
	return collect(rows, err)
}

// Newest returns at most limit certificates, the newest first.
func Newest(ctx context.Context, q pg.Querier, limit int) ([]Certificate, error) {
	rows, err := q.Query(ctx, `SELECT `+certificateColumns+` FROM ca.certificate ORDER BY issued_at DESC, serial LIMIT $1`, limit)
	return collect(rows, err)
}

// Due locks up to limit certificates whose time to be superseded has come, leaving those
// that another node works on.
func Due(ctx context.Context, tx *pg.Tx, now time.Time, limit int) ([]Certificate, error) {
	rows, err := tx.Query(ctx, `SELECT `+certificateColumns+` FROM ca.certificate
		WHERE status = 'active' AND supersede_after <= $1 ORDER BY supersede_after LIMIT $2 FOR UPDATE SKIP LOCKED`, now, limit)
	return collect(rows, err)
}

func collect(rows *pg.Rows, err error) ([]Certificate, error) {
	found, err := pg.Collect(rows, err, scanCertificate)
	if err != nil {
		return nil, fmt.Errorf("read certificates: %w", err)
	}
	return found, nil
}

// Copy is a certificate that was handed out before and may be handed out again.
type Copy struct {
	Ref      certs.Ref
	DER      []byte
	IssuedAt time.Time
}

// OfOrder returns the active certificate that an order was spent on, if it has the key.
func OfOrder(ctx context.Context, q pg.Querier, order string, keyHash []byte) (c Copy, err error) {
	err = q.QueryRow(ctx, `SELECT issuer, serial, der, issued_at FROM ca.certificate
		WHERE order_id = $1 AND spki_sha256 = $2 AND status = 'active'`, order, keyHash).Scan(&c.Ref.Issuer, &c.Ref.Serial, &c.DER, &c.IssuedAt)
	if err != nil {
		return Copy{}, fmt.Errorf("read the order's certificate: %w", err)
	}
	return c, nil
}

// RenewalOf returns the newest active certificate that renews old, if it has the key.
func RenewalOf(ctx context.Context, q pg.Querier, old certs.Ref, keyHash []byte) (c Copy, err error) {
	err = q.QueryRow(ctx, `SELECT issuer, serial, der, issued_at FROM ca.certificate
		WHERE replaces_issuer = $1 AND replaces_serial = $2 AND spki_sha256 = $3 AND status = 'active'
		ORDER BY issued_at DESC LIMIT 1`, old.Issuer, old.Serial, keyHash).Scan(&c.Ref.Issuer, &c.Ref.Serial, &c.DER, &c.IssuedAt)
	if err != nil {
		return Copy{}, fmt.Errorf("read the renewal of %s: %w", old, err)
	}
	return c, nil
}
