// Package client talks to the MAIS service: over a connection that is verified to the root
// when a token is made ([Public]), and over mutual TLS with the server's key pinned from
// then on ([Mutual]). [FetchRoot] comes before both.
//
// Every call is bounded in time and in the size of its answer, follows no redirection, uses
// no proxy, and returns a [fault.Error] that says what to do next. The package asks nobody
// anything and writes no files but the pins of the token that it goes by.
package client

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"mais/certs"
	"mais/certs/pins"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

const (
	maxAnswer      = 4 << 20
	maxHeader      = 64 << 10
	connectTimeout = 10 * time.Second
	callTimeout    = 30 * time.Second
	// cardTimeout is for a handshake in which a card signs: it may have to wait for another
	// tokenctl's signature, and for a person to touch it.
	cardTimeout = callTimeout - time.Second

	mediaJSON    = "application/json"
	mediaProblem = "application/problem+json"
	mediaPage    = "text/html" // what the service shows to networks that it does not serve
	mediaAny     = "*/*"
)

// Client is one party's view of one listener of the service.
type Client struct {
	base *url.URL
	http *http.Client
	// token is whose pins the client goes by, and keeps up to date; nil: it has none.
	token    *token.Token
	learning bool                              // of other pins, just now
	pinned   atomic.Pointer[pins.Announcement] // token's, for connections
	pinFault error                             // of the last call
	key      *remembering                      // of the token
	// stranger says that nothing is known yet of who answers: their words are not shown.
	stranger bool
	chain    []*x509.Certificate // of the server last spoken to
}

// Answer is what the service said: decoded, and as it came, for --json.
type Answer[T any] struct {
	Value T
	Raw   json.RawMessage
}

// Public returns a client for enrolment: no certificate of ours, no pin yet, the server
// verified to root, its name and its policy.
func Public(to *url.URL, root *x509.Certificate) *Client {
	c := &Client{base: to}
	c.http = newHTTP(tlsConfig(to, root, func(*x509.Certificate) error { return nil }, nil), connectTimeout)
	return c
}

// Mutual returns a client that signs in with a token: the server's key has to be one of the
// pinned ones besides.
func Mutual(t *token.Token, own tls.Certificate) (*Client, error) {
	to, err := token.ServiceURL(t.Mutual)
	if err != nil {
		return nil, err
	}
	c := &Client{base: to, token: t}
	c.goBy(t.Pins)
	trusts := func(server *x509.Certificate) error {
		if c.pinned.Load().Trusts(server) {
			return nil
		}
		return fault.New(fault.WrongPin, "ask your administrator whether the server's key was changed; nothing was sent",
			"%s proves a key that is not among those remembered (%s)", to.Host, certs.PinOf(server))
	}
	patience := connectTimeout
	if t.Card != nil {
		patience = cardTimeout
	}
	c.key = &remembering{Signer: own.PrivateKey.(crypto.Signer)}
	own.PrivateKey = c.key
	c.http = newHTTP(tlsConfig(to, t.Root, trusts, &own), patience)
	return c, nil
}

// Close ends the connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func newHTTP(config *tls.Config, handshake time.Duration) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			TLSClientConfig:        config,
			DialContext:            (&net.Dialer{Timeout: connectTimeout}).DialContext,
			TLSHandshakeTimeout:    handshake,
			MaxResponseHeaderBytes: maxHeader,
			DisableCompression:     true, // the bound is on what is read
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// call sends one request and decodes its answer.
func call[T any](ctx context.Context, c *Client, method, path string, body any) (Answer[T], error) {
	var none Answer[T]
	var encoded io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return none, fmt.Errorf("encode the request: %w", err)
		}
		encoded = bytes.NewReader(text)
	}
	text, err := c.send(ctx, method, path, encoded, mediaJSON)
	if err != nil {
		return none, err
	}
	out := Answer[T]{Raw: text}
	if err := json.Unmarshal(text, &out.Value); err != nil {
		return none, badAnswer(c.base).Because(err)
	}
	return out, nil
}

// send returns the body of an answer that is a success and has the media type wanted; with
// mediaAny the content decides.
func (c *Client) send(ctx context.Context, method, path string, body io.Reader, media string) ([]byte, error) {
	return c.sendAs(ctx, method, path, body, mediaJSON, media)
}

// sendAs is send for a body of another media type than JSON.
func (c *Client) sendAs(ctx context.Context, method, path string, body io.Reader, kind, media string) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, method, c.base.String()+path, body)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Accept", media+", "+mediaProblem)
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	c.bringJournal(req.Header)
	resp, err := c.do(req)
	if err != nil {
		return nil, c.unreached(ctx, err)
	}
	defer resp.Body.Close()
	c.keepJournal(resp.Header)
	c.chain = resp.TLS.PeerCertificates
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, c.unreached(ctx, err)
	}
	if len(text) > maxAnswer {
		return nil, badAnswer(c.base).Because(fmt.Errorf("longer than %d bytes", maxAnswer))
	}
	err = c.accept(resp, text, media)
	c.keepStanding(err)
	if err != nil {
		return nil, err
	}
	c.pinFault = c.keepUp(ctx, resp.Header)
	return text, nil
}

// accept says what is wrong with an answer, if anything.
func (c *Client) accept(resp *http.Response, text []byte, media string) error {
	got, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case c.stranger && (resp.StatusCode != http.StatusOK || got == mediaProblem):
		return fault.New(fault.Unreachable, "check the address, and that this computer is on a network that the service recognises; nothing was sent",
			"%s answered with status %d instead of its root certificate", c.base.Host, resp.StatusCode)
	case got == mediaProblem:
		return problemFault(resp.StatusCode, resp.Header.Get("Request-Id"), text)
	case resp.StatusCode == http.StatusForbidden && got == mediaPage:
		return fault.New(fault.WrongNetwork, "open "+c.base.String()+" in a browser: the page says which address it sees and whom to ask",
			"%s does not serve the network that this computer is on", c.base.Host)
	case resp.StatusCode/100 != 2 || media != mediaAny && got != media:
		return badAnswer(c.base).Because(fmt.Errorf("status %d with %q", resp.StatusCode, got))
	}
	return nil
}

func badAnswer(from *url.URL) *fault.Error {
	return fault.New(fault.BadAnswer, "see whether there is a newer tokenctl, or tell your administrator",
		"%s gave an answer that this tokenctl does not understand", from.Host)
}

// unreached says why no answer came.
func (c *Client) unreached(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var known *fault.Error
	if errors.As(err, &known) || errors.As(c.key.failed(), &known) {
		return known
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // without the method and the URL, which the message has
	}
	var unverified *tls.CertificateVerificationError
	if errors.As(err, &unverified) {
		return notTheService(c.base, unverified.Err)
	}
	return fault.New(fault.Unreachable, "check the address, and that this computer is on a network that the service recognises",
		"%s cannot be reached", c.base).Because(err)
}
