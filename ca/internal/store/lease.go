package store

import (
	"context"
	"fmt"
	"time"

	"mais/internal/pg"
)

// Node is one run of a process that answers for the status of certificates.
type Node struct {
	Instance   string // a UUID of this run
	Name       string
	Issuers    []string      // the issuing CAs whose keys it has
	StaleAfter time.Duration // it answers so long after its last good look, and its lease is as long
	StartedAt  time.Time
	LeaseUntil time.Time
	Number     int64 // the last change that it has acknowledged
}

// CommandMark ends the name of a node that is a command at the host, and not a server.
const CommandMark = " (a command)"

// TakeLease records a node before its first look, and returns the database's time.
func TakeLease(ctx context.Context, q pg.Querier, n Node) (now time.Time, err error) {
	err = q.QueryRow(ctx, `INSERT INTO ca.node (instance, name, issuers, stale_after, lease_until)
		SELECT $1, $2, $3, s.after, clock_timestamp() + s.after FROM (SELECT $4::bigint * interval '1 millisecond') s (after)
		RETURNING clock_timestamp()`, n.Instance, n.Name, pg.Array(n.Issuers), n.StaleAfter.Milliseconds()).Scan(&now)
	if err != nil {
		return now, fmt.Errorf("take the lease of %s: %w", n.Name, err)
	}
	return now, nil
}

// RenewLease lengthens a node's lease, and returns the database's time and how many nodes
// hold one, commands aside. pg.ErrNoRows means that the lease is not there or has been ended.
func RenewLease(ctx context.Context, q pg.Querier, instance string, issuers []string) (now time.Time, live int, err error) {
	err = q.QueryRow(ctx, `UPDATE ca.node SET lease_until = clock_timestamp() + stale_after, issuers = $2
		WHERE instance = $1 AND ended_at IS NULL
		RETURNING clock_timestamp(), (SELECT count(*) FROM ca.node n WHERE n.instance <> $1 AND n.lease_until > clock_timestamp() AND right(n.name, length($3)) <> $3) + 1`,
		instance, pg.Array(issuers), CommandMark).Scan(&now, &live)
	if err != nil {
		return now, 0, fmt.Errorf("renew the lease: %w", err)
	}
	return now, live, nil
}

// EndLease says that a node has stopped answering, for good.
func EndLease(ctx context.Context, q pg.Querier, instance string) error {
	if _, err := q.Exec(ctx, `UPDATE ca.node SET ended_at = clock_timestamp() WHERE instance = $1 AND ended_at IS NULL`, instance); err != nil {
		return fmt.Errorf("end the lease: %w", err)
	}
	return nil
}

// BeginNode records the number that a node's first look found: it never answers by less.
func BeginNode(ctx context.Context, q pg.Querier, instance string, number int64) error {
	if _, err := q.Exec(ctx, `UPDATE ca.node SET began = $2, number = $2 WHERE instance = $1 AND began IS NULL`, instance, number); err != nil {
		return fmt.Errorf("record where the node began: %w", err)
	}
	return nil
}

// Acknowledge records that a node answers by all changes up to a number, from now on at the
// latest.
func Acknowledge(ctx context.Context, q pg.Querier, instance string, number int64) error {
	n, err := q.Exec(ctx, `WITH node AS (UPDATE ca.node SET number = $2 WHERE instance = $1 AND number < $2 RETURNING instance)
		INSERT INTO ca.acknowledgement (instance, number, at) SELECT instance, $2, clock_timestamp() FROM node`, instance, number)
	if err == nil && n != 1 {
		err = pg.ErrNoRows
	}
	if err != nil {
		return fmt.Errorf("acknowledge change %d: %w", number, err)
	}
	return nil
}

// SweepNodes forgets the nodes that ended more than a day ago and that no receipt can ask for.
func SweepNodes(ctx context.Context, q pg.Querier) error {
	_, err := q.Exec(ctx, `DELETE FROM ca.node n WHERE n.lease_until < clock_timestamp() - interval '1 day 1 minute'
		AND NOT EXISTS (SELECT FROM ca.acknowledgement a WHERE a.instance = n.instance)
		AND NOT EXISTS (SELECT FROM ca.status_change s WHERE s.number > greatest(coalesce(n.began, -1), (SELECT number FROM ca.receipt_floor))
			AND s.at >= n.started_at - interval '1 minute' AND s.at <= n.lease_until + n.stale_after)`)
	if err != nil {
		return fmt.Errorf("forget old nodes: %w", err)
	}
	return nil
}

// LiveNodes returns the nodes that hold a lease, by name.
func LiveNodes(ctx context.Context, q pg.Querier) ([]Node, error) {
	rows, err := q.Query(ctx, `SELECT instance, name, issuers, extract(epoch FROM stale_after), started_at, lease_until, coalesce(number, began, 0)
		FROM ca.node WHERE lease_until > clock_timestamp() ORDER BY name, started_at`)
	nodes, err := pg.Collect(rows, err, func(r *pg.Rows) (n Node, err error) {
		var seconds float64
		err = r.Scan(&n.Instance, &n.Name, pg.Array(&n.Issuers), &seconds, &n.StartedAt, &n.LeaseUntil, &n.Number)
		n.StaleAfter = time.Duration(seconds * float64(time.Second))
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the nodes: %w", err)
	}
	return nodes, nil
}
