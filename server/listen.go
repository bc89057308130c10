package server

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"syscall"

	"mais/config"
)

// ListenError says that an address cannot be listened on.
type ListenError struct {
	Name    string // public, mutual, plain or ops
	Address string
	err     error
}

// Error says which listener, why, and what to do.
func (e *ListenError) Error() string {
	why := e.err.Error()
	switch {
	case errors.Is(e.err, syscall.EADDRINUSE):
		why = "the port is taken: stop what listens there, or give another address"
	case errors.Is(e.err, syscall.EADDRNOTAVAIL):
		why = "this machine does not have that address"
	case errors.Is(e.err, fs.ErrPermission):
		why = "not permitted: ports below 1024 need the capability to bind them"
	}
	return fmt.Sprintf("listen on %s for the %s listener (listen.%s): %s", e.Address, e.Name, e.Name, why)
}

// Unwrap returns the system's error.
func (e *ListenError) Unwrap() error { return e.err }

// listeners are the four, in the order of the operator's guide.
type listeners struct{ public, mutual, plain, ops net.Listener }

// listen opens all four or none. Nobody is answered before the server runs.
func listen(l config.Listen) (open listeners, err error) {
	for _, one := range []struct {
		name, address string
		to            *net.Listener
	}{
		{"public", l.Public, &open.public}, {"mutual", l.Mutual, &open.mutual},
		{"plain", l.Plain, &open.plain}, {"ops", l.Ops, &open.ops},
	} {
		if *one.to, err = net.Listen("tcp", one.address); err != nil {
			open.close()
			return listeners{}, &ListenError{one.name, one.address, err}
		}
	}
	return open, nil
}

func (l listeners) close() {
	for _, one := range []net.Listener{l.public, l.mutual, l.plain, l.ops} {
		if one != nil {
			one.Close()
		}
	}
}

// Addrs are the addresses that the server listens on; they differ from the settings where
// these ask for port 0.
type Addrs struct{ Public, Mutual, Plain, Ops net.Addr }

// URLs are the base addresses to reach the listeners by.
type URLs struct{ Public, Mutual, Plain, Ops string }

// apart reports whether the plain listener has a host name of its own.
func (u URLs) apart() bool {
	host := func(text string) string {
		parsed, err := url.Parse(text)
		if err != nil {
			return ""
		}
		return parsed.Hostname()
	}
	plain := host(u.Plain)
	return plain != "" && plain != host(u.Public) && plain != host(u.Mutual)
}

func (l listeners) addrs() Addrs {
	return Addrs{l.public.Addr(), l.mutual.Addr(), l.plain.Addr(), l.ops.Addr()}
}

func (l listeners) urls(s *config.Server) URLs {
	return URLs{
		Public: s.BaseURL(s.Listen.PublicURL, "https", l.public.Addr()),
		Mutual: s.BaseURL(s.Listen.MutualURL, "https", l.mutual.Addr()),
		Plain:  s.BaseURL(s.Listen.PlainURL, "http", l.plain.Addr()),
		Ops:    "http://" + l.ops.Addr().String(),
	}
}
