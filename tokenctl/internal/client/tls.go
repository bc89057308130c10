package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/url"
	"time"

	"mais/certs"
	"mais/tokenctl/internal/fault"
)

// tlsConfig is every security default of a connection to the service, on one page.
//
// The server proves itself before this side shows anything: Go's client calls
// VerifyConnection on the server's certificate, then checks its proof of possession
// (CertificateVerify, RFC 8446, 4.4.3), and only then sends its own certificate. A server
// that fails here has received a ClientHello and an alert.
//
// Without a ClientSessionCache nothing is resumed: a resumed connection would be verified
// by what was true when its ticket was made.
func tlsConfig(to *url.URL, root *x509.Certificate, trusts func(*x509.Certificate) error, own *tls.Certificate) *tls.Config {
	roots := x509.NewCertPool()
	roots.AddCert(root)
	config := &tls.Config{
		MinVersion: tls.VersionTLS13,
		RootCAs:    roots,
		ServerName: to.Hostname(),
		VerifyConnection: func(state tls.ConnectionState) error {
			if err := certs.CheckServer(state.PeerCertificates, root, to.Hostname(), time.Now()); err != nil {
				return notTheService(to, err)
			}
			return trusts(state.PeerCertificates[0])
		},
	}
	if own != nil {
		// Whatever issuers the server hints at: it judges the certificate, and says why.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return own, nil }
	}
	return config
}

const nextAddress = "check the address with your administrator; nothing was sent"

// notTheService tells another root from everything else that can be wrong.
func notTheService(to *url.URL, err error) error {
	var foreign x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &foreign):
		return fault.New(fault.WrongRoot, nextAddress, "the certificate of %s does not lead to the root that is trusted here", to.Host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fault.New(fault.WrongServer, "see that this computer's clock is right; if it is, tell your administrator; nothing was sent",
			"the certificate of %s is not valid now", to.Host).Because(err)
	}
	return fault.New(fault.WrongServer, nextAddress, "%s is not the service", to.Host).Because(err)
}

// stranger is the configuration of the one connection that verifies nothing, over which
// only the roots are fetched; their fingerprint is checked instead.
func stranger(to *url.URL) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, ServerName: to.Hostname(), InsecureSkipVerify: true}
}
