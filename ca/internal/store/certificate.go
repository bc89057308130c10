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
}

const certificateColumns = `issuer, serial, status, reason, status_at, coalesce(status_by, ''), identity, profile, level, holder, name,
	dns_names, addresses, not_before, not_after, sha256, spki_sha256, shard, coalesce(replaces_issuer, ''), coalesce(replaces_serial, ''),
	supersede_after, issued_at, issued_by, invalidity_at, destroyed_at`

func (c *Certificate) fields() []any {
	return []any{&c.Ref.Issuer, &c.Ref.Serial, &c.Status, &c.Reason, &c.StatusAt, &c.StatusBy, &c.Identity, &c.Profile, &c.Level, &c.Holder, &c.Name,
		pg.Array(&c.DNSNames), pg.Array(&c.Addresses), &c.NotBefore, &c.NotAfter, &c.SHA256, &c.KeyHash, &c.Shard, &c.Replaces.Issuer, &c.Replaces.Serial,
		&c.SupersedeAfter, &c.IssuedAt, &c.IssuedBy, &c.InvalidityAt, &c.DestroyedAt}
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
}

// Insert records a certificate that was issued, and when the one that it renews is
// superseded; there is no other way into the inventory.
func Insert(ctx context.Context, tx *pg.Tx, i *issuance.Issued, o Origin) error {
	cert, subject, ref := i.Certificate(), i.Subject(), i.Ref()
	sum, key := sha256.Sum256(cert.Raw), sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	shard, ok := i.Shard()
	_, err := tx.Exec(ctx, `
		WITH renewed AS (UPDATE ca.certificate SET supersede_after = $21 WHERE issuer = $16 AND serial = $17 AND supersede_after IS NULL)
		INSERT INTO ca.certificate (issuer, serial, identity, profile, level, holder, name, dns_names, addresses,
		not_before, not_after, sha256, spki_sha256, der, order_id, replaces_issuer, replaces_serial, issued_at, issued_by, shard)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, nullif($15, ''), nullif($16, ''), nullif($17, ''), $18, $19, $20)`,
		ref.Issuer, ref.Serial, subject.Identity.String(), string(subject.Rules.Profile), subject.Rules.Level.String(), o.Holder, subject.Name,
		pg.Array(texts(subject.DNSNames)), pg.Array(addressTexts(subject.Addresses)),
		cert.NotBefore, cert.NotAfter, sum[:], key[:], cert.Raw, o.Order, o.Replaces.Issuer, o.Replaces.Serial, o.At, o.By,
		sql.NullInt32{Int32: int32(shard), Valid: ok}, timeOrNull(o.Ends))
	if err != nil {
		return fmt.Errorf("record certificate %s: %w", ref, err)
	}
	return nil
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
