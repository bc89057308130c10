package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Everything that protects a listener and is no setting stands in this file, but for what the
// gate bounds before the handshake (package gate), and an exchange after it (package web).
const (
	headerTime    = 5 * time.Second  // from the first byte awaited to the end of the headers
	readTime      = 15 * time.Second // for a whole request
	writeTime     = 30 * time.Second // for an answer
	idleTime      = 60 * time.Second // between requests, so that a pulled card is noticed
	byteTime      = 10 * time.Second // without a byte being taken from us (HTTP/2)
	maxHeaders    = 16 << 10
	maxStreams    = 64               // at once on one connection (HTTP/2)
	settleTime    = 10 * time.Second // for the first look at the database
	shutdownTime  = 10 * time.Second
	lateTime      = 5 * time.Second // for what goes on after that, though its caller is cut off
	opsSources    = 64              // connections of the operators' listener
	courtesyIdle  = time.Second
	courtesyWrite = 5 * time.Second
)

// serverOnly is the TLS of the public listener and of the courtesy to strangers: no client
// certificate is asked for.
//
// TLS 1.3 only (NCSC). CurvePreferences stays nil, so that X25519MLKEM768 comes first by
// itself. Without tickets no connection is resumed: a resumed one would carry a verdict
// past the moment it was reached.
func serverOnly(certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{
		MinVersion:             tls.VersionTLS13,
		GetCertificate:         certificate,
		SessionTicketsDisabled: true,
		NextProtos:             []string{"h2", "http/1.1"},
	}
}

// mutual is the TLS of the mutual listener. It asks for a certificate and takes any, or
// none: whether it is good is said afterwards, by a page and not by a TLS alert. ClientCAs
// only steers the browser's chooser.
func mutual(certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error), issuers []*x509.Certificate) *tls.Config {
	config := serverOnly(certificate)
	config.ClientAuth = tls.RequestClientCert
	config.ClientCAs = x509.NewCertPool()
	for _, issuer := range issuers {
		config.ClientCAs.AddCert(issuer)
	}
	return config
}

// courtesy is serverOnly for one answer and goodbye.
func courtesy(certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	config := serverOnly(certificate)
	config.NextProtos = []string{"http/1.1"}
	return config
}

// httpServer has every timeout set: without ReadHeaderTimeout a silent connection stays for
// ever.
func httpServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeaders,
		// net/http would answer "OPTIONS *" by itself, before anybody is asked who they are.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: maxStreams,
			WriteByteTimeout:     byteTime,
			SendPingTimeout:      byteTime,
			PingTimeout:          byteTime,
		},
	}
}

// courtesyServer answers a stranger once.
func courtesyServer(handler http.Handler, log *slog.Logger, caller func(context.Context, net.Conn) context.Context) *http.Server {
	s := httpServer(handler, log)
	s.IdleTimeout, s.ReadTimeout, s.WriteTimeout = courtesyIdle, headerTime, courtesyWrite
	s.ConnContext = caller
	s.SetKeepAlivesEnabled(false)
	return s
}
