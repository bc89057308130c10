package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"mais/server/internal/authn"
	"mais/server/internal/gate"
	problempage "mais/server/internal/web/page/problem"
)

func (s *Site) plainRoots(w http.ResponseWriter, r *http.Request) {
	file(w, "application/x-pem-file", issuerMaxAge, s.opts.Roots)
}

// plainCRL serves a revocation list (RFC 5280, 4.2.1.13; media type of RFC 2585, 4.2).
func (s *Site) plainCRL(w http.ResponseWriter, r *http.Request) {
	series := chi.URLParam(r, "series")
	if series != "people" && series != "sites" && series != "root" {
		http.NotFound(w, r)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	der, err := s.lists.get(ctx, series)
	if err != nil {
		s.opts.Logger.ErrorContext(ctx, "a revocation list can't be given", "series", series, "error", err)
		http.Error(w, "the revocation list is not available just now", http.StatusServiceUnavailable)
		return
	}
	file(w, "application/pkix-crl", crlMaxAge, der)
}

// lists keeps revocation lists, one question to the database at a time: anyone may fetch
// them, and no number of callers may take the connections that the feed of revocations needs.
type lists struct {
	authority Authority
	turn      chan struct{} // of one
	kept      map[string]list
}

type list struct {
	der    []byte
	number int64 // of the last change of status when it was got
	at     time.Time
}

func newLists(authority Authority) *lists {
	return &lists{authority: authority, turn: make(chan struct{}, 1), kept: make(map[string]list)}
}

// get returns the list of a series: the kept one while no status has changed, for a minute.
func (l *lists) get(ctx context.Context, series string) ([]byte, error) {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	number := l.authority.StatusNumber()
	if kept, ok := l.kept[series]; ok && kept.number == number && time.Since(kept.at) < crlMaxAge {
		return kept.der, nil
	}
	der, err := l.authority.CRL(ctx, series)
	if err == nil {
		l.kept[series] = list{der, number, time.Now()}
	}
	return der, err
}

// plainIssuer serves the certificate of the root or an issuing CA (RFC 5280, 4.2.2.1; RFC 2585, 4.1).
func (s *Site) plainIssuer(w http.ResponseWriter, r *http.Request) {
	cert, ok := s.opts.Authority.Authority(chi.URLParam(r, "id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	file(w, "application/pkix-cert", issuerMaxAge, cert.Raw)
}

func file(w http.ResponseWriter, kind string, maxAge time.Duration, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(maxAge.Seconds())))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Write(body)
}

// healthz says that the process answers.
func (s *Site) healthz(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ok") }

// readyz says whether callers would be answered.
func (s *Site) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience/4)
	defer cancel()
	if err := s.opts.Ready(ctx); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

func (s *Site) metrics() http.Handler {
	return promhttp.HandlerFor(s.opts.Metrics, promhttp.HandlerOpts{})
}

// Courtesy is what strangers are told, whatever they ask for: the address that was seen and
// whom to ask. The attempt is audited first. The connection ends with the answer.
func (s *Site) Courtesy() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		c := newCall(s, r.WithContext(ctx), authn.Stranger(gate.Caller(r)), "network.refused")
		err := c.verdict.Network()
		if failed := s.release(ctx, c, answer{status: http.StatusForbidden}, err); failed != nil {
			err = failed
		}
		out := s.explain(c, err)
		if wantsPage(c.Request) {
			out = html(out.status, problempage.Plain(s.problemData(c, err))) // style sheets are for those whom we know
		}
		out.close = true
		s.send(w, c, out)
		s.record(c, c.event.Act, out, err, time.Since(began))
	})
}
