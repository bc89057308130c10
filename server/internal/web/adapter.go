package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"mais/ca"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/gate"
	"mais/server/internal/lifecycle"
	"mais/server/internal/oversight"
)

// call is one request as a handler sees it.
type call struct {
	*http.Request
	site    *Site
	id      string // the reference number
	verdict *authn.Verdict
	who     authn.Principal // zero on the public listener
	event   audit.Event     // of the request, as far as it is known before it is answered
	audited bool            // the use case has appended the event
}

// answer is what a handler returns. Nothing of it is sent before the adapter releases it.
type answer struct {
	status  int
	kind    string // content type
	body    []byte
	cookie  *http.Cookie
	cookies []*http.Cookie // more of them
	goTo    string         // Location
	close   bool           // ends the connection
	after   time.Duration  // when to try again what was tried too often; 0: what the words of most say, a minute
	// stream writes the body, in place of it, once the answer has been released; see streamed.
	stream func(context.Context, io.Writer) error
	gaps   []api.AuditGap // of what is streamed, told in headers
	// settled marks the answer to an act that is done and has changed what the caller may
	// do, such as revoking their own token; it is not checked against that change.
	settled bool
}

type handler func(context.Context, *call) (answer, error)

// route is the one way from a request to its answer:
// admit → handle → append the event → check once more → send.
func (s *Site) route(who access, act string, h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		c := newCall(s, r.WithContext(ctx), authn.VerdictOf(ctx), act)
		if c.stranger() && !s.strange.Allow(c.verdict.Address(), began) {
			s.turnAway(w, c)
			return
		}
		c.Body = http.MaxBytesReader(w, r.Body, bodyLimit(act))
		out, err := s.answer(ctx, c, who, h)
		if err == nil {
			err = s.release(ctx, c, out, nil)
		} else {
			err = errors.Join(err, s.release(ctx, c, answer{status: problemOf(err).Status}, err))
		}
		if err != nil {
			out = s.explain(c, err)
			out.after = tryAfter(err)
			out.close = out.close || c.stranger() && c.event.Listener == authn.Mutual // a token needs a new handshake
		}
		s.send(w, c, out)
		var broken error
		if out.stream != nil {
			broken = s.streamed(r.Context(), w, c, out)
		}
		s.record(c, act, out, errors.Join(err, broken), time.Since(began))
		if broken != nil {
			panic(http.ErrAbortHandler) // or what came would look whole
		}
	}
}

// stranger reports whether the caller holds no good token. Whoever does is answerable for
// what they ask.
func (c *call) stranger() bool {
	p, err := authn.FromContext(c.Context())
	return err != nil || p.IsZero()
}

// turnAway answers a stranger who asks too much. It is counted exactly, by source, and not
// recorded one by one: nobody without a token can fill the audit, whose end is the
// service's.
func (s *Site) turnAway(w http.ResponseWriter, c *call) {
	s.opts.Tally.Add(c.event.Listener, gate.Flooded, c.verdict.Address())
	out := s.explain(c, errTooMany)
	out.close = true
	s.send(w, c, out)
}

func newCall(s *Site, r *http.Request, v *authn.Verdict, act string) *call {
	c := &call{Request: r, site: s, id: uuid.NewString(), verdict: v, event: v.Event(act)}
	c.event.Request, c.event.Method, c.event.URI = c.id, r.Method, r.URL.EscapedPath()
	return c
}

// answer admits the caller and calls the handler. A panic is a fault like another.
func (s *Site) answer(ctx context.Context, c *call, who access, h handler) (out answer, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	if err := c.admit(ctx, who); err != nil {
		return answer{}, err
	}
	c.notePins(ctx)
	if err := c.noteJournal(ctx); err != nil {
		return answer{}, err
	}
	return h(lifecycle.WithEvent(ctx, c.event), c)
}

// admit lets the caller in whom the route admits. Only then has the session been used.
func (c *call) admit(ctx context.Context, who access) error {
	if err := c.verdict.Network(); err != nil {
		return err
	}
	switch who {
	case anyone:
		return sameSite(c.Request, who)
	case holder, signedIn:
	default:
		return errNotAllowed
	}
	var err error
	if c.who, err = authn.FromContext(ctx); err != nil {
		return err
	}
	if who == signedIn && c.who.Session() == "" {
		return errNotSignedIn
	}
	if err := sameSite(c.Request, who); err != nil {
		return err
	}
	if err := c.use(ctx); err != nil {
		c.who = authn.Principal{} // the page that says so knows of no session either
		return err
	}
	c.site.seen(ctx, c)
	return c.agreed(ctx, c.event.Act)
}

// release appends the request's event, once, and lets a good answer to a known caller go
// only if they still are who they were when the event was durable.
func (s *Site) release(ctx context.Context, c *call, out answer, cause error) error {
	if c.audited {
		return nil
	}
	c.event.Outcome = outcomeOf(out.status)
	if cause != nil {
		c.event.Reason = reasonOf(cause)
	}
	receipt, err := s.opts.Ledger.Append(ctx, c.event)
	if err != nil {
		return err
	}
	if cause != nil || c.who.IsZero() || out.settled {
		return nil
	}
	return s.opts.Authn.Recheck(ctx, c.who, receipt.StatusNumber(), receipt.AccessGeneration())
}

func outcomeOf(status int) audit.Outcome {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		return audit.Refused
	}
	if status < http.StatusBadRequest {
		return audit.Allowed
	}
	return audit.Failed
}

// reasonOf is what the audit says of a refusal: its kind and the private cause, for governance officers to
// read and not for programmers.
func reasonOf(err error) string {
	return strings.TrimPrefix(problemOf(err).Type, problemPrefix) + ": " + withCause(plainly(err), err)
}

// causeOf is the private cause of an error, for the log: with why the CA refused.
func causeOf(err error) string { return withCause(err.Error(), err) }

func withCause(why string, err error) string {
	if cause, detail := ca.CauseOf(err); cause != "" {
		why += ": " + string(cause) + " " + detail
	}
	return strings.TrimSpace(why)
}

// send writes an answer with the headers that every answer of the TLS listeners has.
func (s *Site) send(w http.ResponseWriter, c *call, out answer) {
	h := w.Header()
	h.Set("Request-Id", c.id)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", contentSecurity)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	s.strict(h)
	c.announcePins(h)
	c.announceJournal(h)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	if out.goTo != "" {
		h.Set("Location", out.goTo)
	}
	if out.cookie == nil && out.cookies == nil && c.verdict.CookieStale() {
		out.cookie = c.verdict.NoCookie()
	}
	if out.cookie != nil {
		http.SetCookie(w, out.cookie)
	}
	for _, cookie := range out.cookies {
		http.SetCookie(w, cookie)
	}
	if out.close || c.verdict.Closing() {
		h.Set("Connection", "close") // in HTTP/2 net/http turns it into GOAWAY
	}
	for _, g := range out.gaps {
		h.Add(api.HeaderAuditGap, g.Says)
	}
	if len(out.body) > 0 || out.stream != nil {
		h.Set("Content-Type", out.kind)
	}
	if out.status == http.StatusTooManyRequests {
		h.Set("Retry-After", strconv.Itoa(int(cmp.Or(out.after, time.Minute).Round(time.Second)/time.Second)))
	}
	if out.status != http.StatusNoContent && out.stream == nil { // RFC 9110, 8.6
		h.Set("Content-Length", strconv.Itoa(len(out.body)))
	}
	w.WriteHeader(out.status)
	w.Write(out.body)
}

// tryAfter is when to try again what was tried too often, as its words say.
func tryAfter(err error) time.Duration {
	switch {
	case errors.Is(err, lifecycle.ErrTooOften):
		return time.Hour
	case errors.Is(err, oversight.ErrBusy):
		return 10 * time.Minute
	}
	return time.Minute
}

// strict makes browsers come by TLS only, where that is the deployment's wish.
func (s *Site) strict(h http.Header) {
	if s.opts.StrictTransport {
		h.Set("Strict-Transport-Security", "max-age=63072000")
	}
}

// contentSecurity is the policy of every page: nothing runs but our own script, nothing is
// loaded from or sent elsewhere, nobody frames us, and no text becomes script or markup
// (Trusted Types).
const contentSecurity = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// record writes the request's one log event and its metrics.
func (s *Site) record(c *call, act string, out answer, err error, took time.Duration) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("request", c.id), slog.String("listener", c.event.Listener), slog.String("act", act),
		slog.String("method", c.Method), slog.String("path", c.URL.EscapedPath()), slog.String("address", c.event.Address.String()),
		slog.String("user", c.event.User), slog.String("serial", c.event.Serial), slog.Int("status", out.status),
		slog.Int("bytes", len(out.body)), slog.Duration("took", took), slog.String("protocol", c.Proto),
	}
	if err != nil {
		problem := problemOf(err).Type
		attrs = append(attrs, slog.String("problem", problem), slog.String("cause", causeOf(err)))
		if out.status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		s.refusals.WithLabelValues(c.event.Listener, problem).Inc()
	}
	s.opts.Logger.LogAttrs(c.Context(), level, "request", attrs...)
	s.seconds.WithLabelValues(c.event.Listener, act, strconv.Itoa(out.status)).Observe(took.Seconds())
}
