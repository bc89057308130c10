package issuance

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mais/certs"
)

// Backdate is how far back a certificate's validity begins, so that a relying party whose
// clock is a little slow takes it at once.
const Backdate = time.Minute

// Bounds on what our side may put into a certificate. RFC 5280, appendix A.1 gives a common
// name 64 characters; the number of names is ours.
const (
	maxCommonName = 64
	maxNames      = 50
)

// Subject is who a certificate is for, as our side decided it.
type Subject struct {
	Identity  certs.Identity
	Name      string   // the common name; for people to read, nothing decides on it
	DNSNames  []string // in lower case; only where the profile has names
	Addresses []netip.Addr
	Rules     certs.Rules     // the profile
	Validity  time.Duration   // from now; cut off where the issuer ends
	Keys      []certs.KeyType // that are certified
}

// Prepared is a certificate with every field fixed and nothing signed.
type Prepared struct {
	issuer   *Issuer
	subject  Subject
	request  Request
	template *x509.Certificate
}

// Prepare fixes the fields of a certificate for subject and the request's key, valid from
// now. It refuses what cannot be certified in any case; Lint judges the result.
func (i *Issuer) Prepare(s Subject, r Request, now time.Time) (Prepared, error) {
	if err := s.check(); err != nil {
		return Prepared{}, fmt.Errorf("prepare a certificate for %s: %w", s.Identity, err)
	}
	if r.proof == nil {
		return Prepared{}, fmt.Errorf("prepare a certificate for %s: %w: there is none", s.Identity, ErrRequest)
	}
	from, until, err := i.validity(s.Validity, now.UTC().Truncate(time.Second))
	if err != nil {
		return Prepared{}, err
	}
	serial := certs.NewSerial()
	where := i.addresses.statusOf(serial, s.Rules)
	return Prepared{i, s, r, &x509.Certificate{
		SerialNumber: serial,
		// The UUID tells apart two people of one name (RFC 5280, 4.1.2.6).
		Subject:               pkix.Name{CommonName: s.Name, SerialNumber: s.Identity.ID()},
		NotBefore:             from,
		NotAfter:              until,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           s.Rules.Usages,
		UnknownExtKeyUsage:    s.Rules.Own,
		BasicConstraintsValid: true,
		URIs:                  s.uris(),
		DNSNames:              s.DNSNames,
		IPAddresses:           ipsOf(s.Addresses),
		SubjectKeyId:          r.keyID(),
		Policies:              []x509.OID{s.Rules.Policy},
		CRLDistributionPoints: where.lists,
		OCSPServer:            where.ocsp,
		IssuingCertificateURL: i.issuerURL(s.Rules),
		ExtraExtensions:       noCheckOf(s.Rules),
	}}, nil
}

// issuerURL is left out for whom nobody builds a chain: an OCSP signer is sent by its
// response and checked against the issuer itself.
func (i *Issuer) issuerURL(r certs.Rules) []string {
	if r.NoCheck {
		return nil
	}
	return []string{i.addresses.Issuer}
}

// noCheck is id-pkix-ocsp-nocheck, not critical, with the value NULL (RFC 6960, 4.2.2.2.1).
var noCheck = pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 5}, Value: asn1.NullBytes}

func noCheckOf(r certs.Rules) []pkix.Extension {
	if !r.NoCheck {
		return nil
	}
	return []pkix.Extension{noCheck}
}

// uris returns the identity where the profile carries it.
func (s Subject) uris() []*url.URL {
	if !s.Rules.URI {
		return nil
	}
	return []*url.URL{s.Identity.URI()}
}

// validity returns the dates of a certificate made at now; it never outlives its issuer.
func (i *Issuer) validity(d time.Duration, now time.Time) (from, until time.Time, err error) {
	from, until = now.Add(-Backdate), now.Add(d)
	if from.Before(i.cert.NotBefore) {
		from = i.cert.NotBefore
	}
	if until.After(i.cert.NotAfter) {
		until = i.cert.NotAfter
	}
	if !until.After(now) {
		return from, until, fmt.Errorf("prepare a certificate: issuer %s ended at %s, or the validity %s is not above zero", i.id, i.cert.NotAfter, d)
	}
	return from, until, nil
}

func (s Subject) check() error {
	switch {
	case s.Identity.IsZero() || s.Identity.Kind() != s.Rules.Kind:
		return fmt.Errorf("the identity is not of the kind of profile %s", s.Rules.Profile)
	case !s.Rules.Names && len(s.DNSNames)+len(s.Addresses) > 0:
		return fmt.Errorf("profile %s carries no host names", s.Rules.Profile)
	case len(s.DNSNames)+len(s.Addresses) > maxNames:
		return fmt.Errorf("%d host names, at most %d", len(s.DNSNames)+len(s.Addresses), maxNames)
	}
	return CheckName(s.Name)
}

// CheckName says whether a name can stand as a common name: 1 to 64 characters of UTF-8,
// printable, without space at its ends.
func CheckName(name string) error {
	switch {
	case !utf8.ValidString(name):
		return errors.New("the name is not UTF-8")
	case name == "" || utf8.RuneCountInString(name) > maxCommonName:
		return fmt.Errorf("the name has %d characters, want 1 to %d", utf8.RuneCountInString(name), maxCommonName)
	case strings.TrimSpace(name) != name:
		return errors.New("the name begins or ends with space")
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }):
		return errors.New("the name has a character that does not print")
	}
	return nil
}

func ipsOf(addresses []netip.Addr) []net.IP {
	var out []net.IP
	for _, a := range addresses {
		out = append(out, a.Unmap().AsSlice())
	}
	return out
}
