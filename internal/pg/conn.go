package pg

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"syscall"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

const (
	// maxStatements bounds the prepared statements of one connection; the server keeps a plan for each.
	maxStatements = 256
	// grace is how long after the caller's deadline an answer is still awaited: lib/pq cancels the statement at the
	// deadline, and a live server answers that at once. Only a frozen one, or a dead network, uses it up.
	grace = 5 * time.Second
)

// errLost replaces driver.ErrBadConn once a statement has been sent. On ErrBadConn database/sql silently runs the statement
// again on another connection, and lib/pq returns it also when the server died after the commit but before its answer.
var errLost = errors.New("connection to the database lost")

// connector makes the connections of a pool.
type connector struct {
	config pq.Config
	// answer bounds the wait for an answer when the caller's context has no deadline. Zero: no bound.
	answer time.Duration
}

func (c connector) Driver() driver.Driver { return &pq.Driver{} }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := pq.NewConnectorConfig(c.config)
	if err != nil {
		return nil, err
	}
	var d firstDial
	inner.Dialer(&d)
	opened, err := inner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{pqConn: opened.(pqConn), socket: d.first, answer: c.answer, statements: map[string]*statement{}}, nil
}

// firstDial remembers the first connection that lib/pq opens; later ones only carry requests to cancel.
type firstDial struct {
	net.Dialer
	first net.Conn
}

func (d *firstDial) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

func (d *firstDial) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := d.Dialer.DialContext(ctx, network, address)
	if err == nil && d.first == nil {
		d.first = c
	}
	return c, err
}

// pqConn is what a connection of lib/pq can do and we use.
type pqConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// conn is a connection of lib/pq that keeps its prepared statements, waits for no answer for ever, and notices before it
// is used that its server has gone.
//
// The statements belong to the connection, not to the pool as a sql.Stmt would: preparing one inside a transaction then
// needs no second connection, which a pool full of transactions does not have.
type conn struct {
	pqConn
	socket     net.Conn
	answer     time.Duration
	statements map[string]*statement
	uses       uint64
	// watched is closed when the context of the transaction that is under way ends: lib/pq waits for that until the
	// transaction does, with a goroutine, and cancels the statement that runs then.
	watched <-chan struct{}
}

type statement struct {
	driver.Stmt
	used uint64
}

// await sets how long the coming answer may take.
func (c *conn) await(ctx context.Context, otherwise time.Duration) {
	var until time.Time
	if d, ok := ctx.Deadline(); ok {
		until = d.Add(grace)
	} else if otherwise > 0 {
		until = time.Now().Add(otherwise)
	}
	c.socket.SetReadDeadline(until) // it can only fail when the socket is closed, and then the read fails as well
}

// unwatched returns a context for a statement. One whose end lib/pq waits for already, it need not wait for anew: that
// costs two switches between goroutines for each statement.
func (c *conn) unwatched(ctx context.Context) context.Context {
	if c.watched != nil && ctx.Done() == c.watched {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// prepared returns the prepared statement for query. Nothing has been executed when it fails, so its errors may be retried.
func (c *conn) prepared(ctx context.Context, query string) (*statement, error) {
	c.await(ctx, c.answer)
	s, ok := c.statements[query]
	if !ok {
		if len(c.statements) >= maxStatements {
			if err := c.forgetOldest(); err != nil {
				return nil, err
			}
		}
		stmt, err := c.pqConn.PrepareContext(ctx, query)
		if err != nil {
			return nil, err
		}
		s = &statement{Stmt: stmt}
		c.statements[query] = s
	}
	c.uses++
	s.used = c.uses
	return s, nil
}

func (c *conn) forgetOldest() error {
	var oldest string
	first := c.uses + 1
	for query, s := range c.statements {
		if s.used < first {
			oldest, first = query, s.used
		}
	}
	s := c.statements[oldest]
	delete(c.statements, oldest)
	return s.Close()
}

// failed looks at the error of a statement that was sent.
func (c *conn) failed(query string, err error) error {
	if errors.Is(err, driver.ErrBadConn) {
		return errLost
	}
	// 0A000 is "cached plan must not change result type": a migration has changed the table. The next use prepares anew.
	if pq.As(err, pqerror.FeatureNotSupported) != nil {
		if s, ok := c.statements[query]; ok {
			delete(c.statements, query)
			s.Close()
		}
	}
	return err
}

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(c.unwatched(ctx), args)
	return rows, c.failed(query, err)
}

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		c.await(ctx, c.answer)
		result, err := c.pqConn.ExecContext(ctx, query, nil)
		return result, c.failed(query, err)
	}
	s, err := c.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.Stmt.(driver.StmtExecContext).ExecContext(c.unwatched(ctx), args)
	return result, c.failed(query, err)
}

// PrepareContext is called for COPY only, which may take longer than one answer.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.await(ctx, 0)
	return c.pqConn.PrepareContext(ctx, query)
}

// BeginTx implements driver.ConnBeginTx.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c.await(ctx, c.answer)
	tx, err := c.pqConn.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	c.watched = ctx.Done()
	return &transaction{tx, c, ctx}, nil
}

// Ping implements driver.Pinger.
func (c *conn) Ping(ctx context.Context) error {
	c.await(ctx, c.answer)
	return c.pqConn.Ping(ctx)
}

// ResetSession is called before a connection of the pool is used again. It finds out whether the server has hung up, so that
// a restart of the server costs no caller an error: from here ErrBadConn makes the pool try another connection.
func (c *conn) ResetSession(ctx context.Context) error {
	if !quiet(c.socket) {
		return driver.ErrBadConn
	}
	return c.pqConn.ResetSession(ctx)
}

// quiet reports whether the other side is connected and has said nothing. An idle server speaks only to say goodbye, or
// that a setting has changed, and then a new connection is as good.
func quiet(socket net.Conn) bool {
	raw, err := socket.(syscall.Conn).SyscallConn()
	if err != nil {
		return false
	}
	var peeked error
	err = raw.Control(func(fd uintptr) {
		var b [1]byte
		_, _, peeked = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	})
	return err == nil && peeked == syscall.EAGAIN
}

// transaction is a transaction of conn.
type transaction struct {
	driver.Tx
	conn *conn
	ctx  context.Context // of BeginTx; database/sql gives Commit and Rollback none
}

func (t *transaction) Commit() error {
	t.conn.await(t.ctx, t.conn.answer)
	t.conn.watched = nil
	return t.conn.failed("", t.Tx.Commit())
}

func (t *transaction) Rollback() error {
	t.conn.await(t.ctx, t.conn.answer)
	t.conn.watched = nil
	return t.conn.failed("", t.Tx.Rollback())
}
