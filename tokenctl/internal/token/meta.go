package token

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"mais/certs"
	"mais/tokenctl/internal/piv"
)

const (
	metaSchema   = 1
	maxMetaBytes = 64 << 10
)

// Meta is token.json: what the certificate does not say about a token, and how to reach the
// service. Readers ignore fields that they do not know; a change that would mislead an old
// reader raises Schema.
type Meta struct {
	Schema  int        `json:"schema"`
	Kind    string     `json:"kind"`              // user or site
	Public  string     `json:"public"`            // URL that enrolled it
	Mutual  string     `json:"mutual"`            // URL where it signs in
	User    string     `json:"user"`              // UUID of the identity in its certificate
	Holder  string     `json:"holder"`            // email address, or the site's name
	Serial  string     `json:"serial"`            // of cert.pem, lower-case hexadecimal
	Card    *piv.Ref   `json:"card,omitempty"`    // that has its key; nil: key.pem has
	Revoked *time.Time `json:"revoked,omitzero"`  // when this token was revoked from here
	Refused *Refusal   `json:"refused,omitempty"` // what the service said of it last; nil: it took it
}

// Refusal is that the service did not take a token, when it was last asked.
type Refusal struct {
	As string    `json:"as"` // held, revoked, superseded or expired
	At time.Time `json:"at"`
}

// NewMeta describes a certificate that was just issued; who called for it adds where from
// and for whom.
func NewMeta(identity certs.Identity, leaf *x509.Certificate, mutual *url.URL) Meta {
	return Meta{
		Schema: metaSchema,
		Kind:   identity.Kind().String(),
		User:   identity.ID(),
		Serial: certs.SerialHex(leaf.SerialNumber),
		Mutual: mutual.String(),
	}
}

// ParseMeta reads token.json. The file is ours, yet copied about and edited by hand, so that
// every field that steers a connection is checked.
func ParseMeta(text []byte) (Meta, error) {
	var m Meta
	if len(text) > maxMetaBytes {
		return Meta{}, fmt.Errorf("%d bytes, at most %d", len(text), maxMetaBytes)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&m); err != nil {
		return Meta{}, fmt.Errorf("decode: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Meta{}, fmt.Errorf("something stands behind the document")
	}
	return m, m.check()
}

func (m Meta) check() error {
	if m.Schema != metaSchema {
		return fmt.Errorf("schema %d, this tokenctl reads %d", m.Schema, metaSchema)
	}
	kind := certs.User
	switch m.Kind {
	case certs.User.String():
	case certs.Site.String():
		kind = certs.Site
	default:
		return fmt.Errorf("kind %q, want user or site", m.Kind)
	}
	if _, err := certs.NewIdentity(kind, m.User); err != nil {
		return fmt.Errorf("user: %w", err)
	}
	for _, field := range []struct{ name, text string }{{"public", m.Public}, {"mutual", m.Mutual}} {
		if u, err := ServiceURL(field.text); err != nil {
			return fmt.Errorf("%s: %w", field.name, err)
		} else if u.String() != field.text {
			return fmt.Errorf("%s: want %s", field.name, u)
		}
	}
	if serial, err := certs.ParseSerial(m.Serial); err != nil || serial != m.Serial {
		return fmt.Errorf("serial %q, want lower-case hexadecimal", m.Serial)
	}
	if m.Refused != nil && !slices.Contains(refusals, m.Refused.As) {
		return fmt.Errorf("refused as %.40q, which is no state of a token", m.Refused.As)
	}
	if m.Card != nil {
		return checkCard(kind, *m.Card)
	}
	return nil
}

var guidForm = regexp.MustCompile(`^([0-9a-f]{32})?$`)

// checkCard lets a person's token be on a card that can be told from others. A site has nobody
// to type a PIN.
func checkCard(kind certs.Kind, r piv.Ref) error {
	switch {
	case kind != certs.User:
		return fmt.Errorf("card: a %s has none", kind)
	case r.Serial == 0 && r.GUID == "":
		return errors.New("card: it has neither a serial number nor a GUID")
	case !guidForm.MatchString(r.GUID):
		return fmt.Errorf("card: GUID %q, want 32 lower-case hexadecimal digits", r.GUID)
	case r.Slot != piv.Authentication && r.Slot != piv.Signature && r.Slot != piv.KeyManagement:
		return fmt.Errorf("card: slot %q, want 9a, 9c or 9d", r.Slot)
	}
	return nil
}

func (m Meta) encode() ([]byte, error) {
	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

var dnsName = regexp.MustCompile(`^[a-z0-9.-]+$`)

func isAddress(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Zone() == "" // a zone can be any text
}

// ServiceURL normalises the URL of a listener: https, a host, perhaps a port, nothing else.
// A name without a scheme is taken for https. The host is a DNS name in ASCII or an address, so
// that it means nothing else in a shell, a browser's policy or its pattern.
func ServiceURL(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "https" {
		return nil, fmt.Errorf("%q is not https", text)
	}
	if u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" {
		return nil, fmt.Errorf("%q is not https://HOST or https://HOST:PORT", text)
	}
	u.Host = strings.ToLower(u.Host)
	if !dnsName.MatchString(u.Hostname()) && !isAddress(u.Hostname()) {
		return nil, fmt.Errorf("%q: the host is neither a DNS name nor an address", text)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}
