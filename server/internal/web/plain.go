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
