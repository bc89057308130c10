package bench

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"mais/server/api"
)

// client is one caller with a connection that it keeps. It is leaner than net/http's, so
// that little of what is measured is its own.
type client struct {
	address string
	config  *tls.Config
	source  net.IP // where it is, unless anywhere
	conn    *tls.Conn
	in      *bufio.Reader
	counted *counted
}

func (c *client) open() error {
	if c.conn != nil {
		return nil
	}
	conn, raw, err := dialFrom(c.source, c.address, c.config)
	if err != nil {
		return err
	}
	c.conn, c.counted, c.in = conn, raw, bufio.NewReaderSize(conn, 16<<10)
	return nil
}

func (c *client) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// look shows one person and returns the answer's body. The server may end the connection
// with it; the next look then makes another.
func (c *client) look(id string) ([]byte, error) {
	if err := c.open(); err != nil {
		return nil, err
	}
	_, err := fmt.Fprintf(c.conn, "GET %s%s HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n", api.PathPeople, id)
	if err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	answer, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	body := make([]byte, answer.ContentLength)
	if _, err := io.ReadFull(answer.Body, body); err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("look at %s: status %d: %s", id, answer.StatusCode, body)
	}
	if answer.Close {
		c.close()
	}
	return body, nil
}

// ask sends a request, with a body in JSON unless it is nil, and demands a status.
func (c *client) ask(method, path string, in any, want int) error {
	if err := c.open(); err != nil {
		return err
	}
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", method, path, len(body), body)
	if _, err := c.conn.Write(b.Bytes()); err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	answer, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if answer.StatusCode != want {
		return fmt.Errorf("%s %s: status %d, want %d: %s", method, path, answer.StatusCode, want, got)
	}
	if answer.Close {
		c.close()
	}
	return nil
}

// crew is clients that look at once.
type crew []*client

// newCrew returns one client for each token; their connections end with the benchmark.
func newCrew(b *testing.B, address string, tokens []tls.Certificate) crew {
	var all crew
	for _, own := range tokens {
		c := &client{address: address, config: asClient(own)}
		b.Cleanup(c.close)
		all = append(all, c)
	}
	return all
}

// look has the crew look at n people of ids, as fast as it can. The people are spread, so
// that nobody's record is read twice in a short while.
func (all crew) look(ids []string, n int) error {
	var next atomic.Int64
	var working sync.WaitGroup
	failed := make(chan error, len(all))
	for _, c := range all {
		working.Go(func() {
			for at := int(next.Add(1)); at <= n; at = int(next.Add(1)) {
				if _, err := c.look(ids[at*617%len(ids)]); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	working.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
