package web

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"mais/ca"
)

// plainCRL serves a revocation list (RFC 5280, 4.2.1.13; media type of RFC 2585, 4.2).
func (s *Site) plainCRL(w http.ResponseWriter, r *http.Request) {
	series := chi.URLParam(r, "series")
	if series != "people" && series != "sites" && series != "root" {
		http.NotFound(w, r)
		return
	}
	s.list(w, r, series, func(ctx context.Context) ([]byte, error) { return s.opts.Authority.CRL(ctx, series) })
}

// plainShard serves the part of a list that a certificate names.
func (s *Site) plainShard(w http.ResponseWriter, r *http.Request) {
	series, number := chi.URLParam(r, "series"), chi.URLParam(r, "n")
	n, err := strconv.Atoi(number)
	if err != nil || strconv.Itoa(n) != number || series != "people" && series != "sites" {
		http.NotFound(w, r)
		return
	}
	s.list(w, r, series+"/"+number, func(ctx context.Context) ([]byte, error) { return s.opts.Authority.CRLShard(ctx, series, n) })
}

func (s *Site) list(w http.ResponseWriter, r *http.Request, name string, ask func(context.Context) ([]byte, error)) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	der, err := s.lists.get(ctx, name, ask)
	switch {
	case errors.Is(err, ca.ErrUnknown):
		http.NotFound(w, r)
	case err != nil:
		s.opts.Logger.ErrorContext(ctx, "a revocation list can't be given", "list", name, "error", err)
		http.Error(w, "the revocation list is not available just now", http.StatusServiceUnavailable)
	default:
		file(w, "application/pkix-crl", crlMaxAge, der)
	}
}

// lists keeps revocation lists, one question to the database at a time: anyone may fetch
// them, and no number of callers may take the connections that the feed of revocations needs.
type lists struct {
	number func() int64 // of the last change of status that this node knows
	turn   chan struct{}
	kept   map[string]list // by name, of which there are as many as lists
}

type list struct {
	der    []byte
	number int64 // of the last change of status when it was got
	at     time.Time
}

func newLists(authority Authority) *lists {
	return &lists{number: authority.StatusNumber, turn: make(chan struct{}, 1), kept: make(map[string]list)}
}

// get returns a list: the kept one while no status has changed, for a minute.
func (l *lists) get(ctx context.Context, name string, ask func(context.Context) ([]byte, error)) ([]byte, error) {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	number := l.number()
	if kept, ok := l.kept[name]; ok && kept.number == number && time.Since(kept.at) < crlMaxAge {
		return kept.der, nil
	}
	der, err := ask(ctx)
	if err == nil {
		l.kept[name] = list{der, number, time.Now()}
	}
	return der, err
}

// Bounds of a question to the OCSP responder.
const (
	ocspKind = "application/ocsp-"
	maxOCSP  = 8 << 10
)

// plainOCSP answers how certificates stand (RFC 6960, appendix A). What cannot be read is
// the responder's to say: every answer is its own, with status 200.
func (s *Site) plainOCSP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	question, ok := ocspQuestion(w, r)
	if !ok {
		http.Error(w, "send application/ocsp-request", http.StatusUnsupportedMediaType)
		return
	}
	der, maxAge := s.opts.Authority.OCSP(ctx, question)
	h := w.Header()
	h.Set("Content-Type", ocspKind+"response")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	if r.Method != http.MethodPost && maxAge > 0 { // RFC 5019, 6.2
		h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d, no-transform, must-revalidate", int(maxAge.Seconds())))
	}
	w.Write(der)
}

// ocspQuestion returns the request, or nothing when it cannot be read; ok is false when the
// body is of another type.
func ocspQuestion(w http.ResponseWriter, r *http.Request) (question []byte, ok bool) {
	if r.Method != http.MethodPost {
		return ocspInPath(r.URL.EscapedPath()), true
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != ocspKind+"request" {
		return nil, false
	}
	question, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxOCSP))
	if err != nil {
		return nil, true
	}
	return question, true
}

// ocspInPath reads what stands in base64 behind /ocsp/.
func ocspInPath(path string) []byte {
	text, err := url.PathUnescape(strings.TrimPrefix(path, "/ocsp/"))
	if err != nil || len(text) > base64.StdEncoding.EncodedLen(maxOCSP) {
		return nil
	}
	question, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return question
}
