package pg

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"
)

const (
	reconnectFirst = 100 * time.Millisecond
	reconnectLast  = 5 * time.Second
)

// Listen calls wake once it listens on channel as role, at every notification, and each time it has found its way back
// after the connection was lost, since notifications may have been lost with it. A notification only says "look": what
// happened is in the tables. wake must not block. Listen returns nil when ctx ends and an error only for a source that
// does not know the role. A server that has vanished without a word is noticed by TCP's keep-alive, after some two minutes.
func Listen(ctx context.Context, s Source, role Role, channel string, wake func()) error {
	c, err := s.as(role)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", channel, err)
	}
	for {
		if err := listen(ctx, dsn(c), channel, wake); err == nil {
			return nil
		}
		select { // the server ended the connection just as it was asked
		case <-ctx.Done():
			return nil
		case <-time.After(reconnectFirst):
		}
	}
}

func listen(ctx context.Context, dsn, channel string, wake func()) error {
	l := pq.NewListener(dsn, reconnectFirst, reconnectLast, nil)
	defer l.Close()
	defer context.AfterFunc(ctx, func() { l.Close() })() // ends the wait for a server that is away
	if err := l.Listen(channel); err != nil {
		return err
	}
	wake()
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, open := <-l.Notify:
			if !open {
				return nil
			}
			wake()
		}
	}
}

// dsn writes c as a connection string, which is all that pq.Listener takes.
func dsn(c pq.Config) string {
	var b strings.Builder
	set := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s='%s' ", key, strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value))
		}
	}
	set("host", c.Host)
	set("port", fmt.Sprint(c.Port))
	set("dbname", c.Database)
	set("user", c.User)
	set("password", c.Password)
	set("application_name", c.ApplicationName)
	set("sslmode", string(c.SSLMode))
	set("sslrootcert", c.SSLRootCert)
	set("sslcert", c.SSLCert)
	set("sslkey", c.SSLKey)
	set("ssl_min_protocol_version", string(c.SSLMinProtocolVersion))
	set("connect_timeout", fmt.Sprint(int(c.ConnectTimeout.Seconds())))
	return b.String()
}
