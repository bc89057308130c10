package certs

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"
)

// Kind says what an identity names. The zero Kind names nothing.
type Kind uint8

// The kinds of identity.
const (
	User   Kind = iota + 1 // a member of staff
	Site                   // a place or a system of an agency
	Server                 // a node of the MAIS service itself
)

var kindNames = map[Kind]string{User: "user", Site: "site", Server: "server"}

// String returns the kind as it stands in the identity's URI.
func (k Kind) String() string { return kindNames[k] }

// Identity is who a certificate speaks for: the URI urn:mais:KIND:UUID in its subject
// alternative name (RFC 5280, 4.2.1.6), but for a server's, which stands in the inventory
// only. Nothing in MAIS decides on the subject.
// The zero Identity is nobody. Identities are comparable.
type Identity struct {
	kind Kind
	id   uuid.UUID
}

// ErrNoIdentity is returned for a certificate or a string that carries no MAIS identity.
var ErrNoIdentity = errors.New("certs: no MAIS identity")

// NewIdentity makes the identity of kind with id, a UUID in its canonical lower-case form.
func NewIdentity(kind Kind, id string) (Identity, error) {
	if kindNames[kind] == "" {
		return Identity{}, fmt.Errorf("kind %d: %w", kind, ErrNoIdentity)
	}
	parsed, err := uuid.Parse(id)
	if err != nil || parsed == uuid.Nil || parsed.String() != id {
		return Identity{}, fmt.Errorf("id is not a canonical UUID: %w", ErrNoIdentity)
	}
	return Identity{kind, parsed}, nil
}

// ParseIdentity parses urn:mais:KIND:UUID. There is one spelling of each identity; any
// other, however RFC 8141 would compare it, is refused.
func ParseIdentity(uri string) (Identity, error) {
	rest, ok := strings.CutPrefix(uri, "urn:mais:")
	if !ok {
		return Identity{}, ErrNoIdentity
	}
	name, id, _ := strings.Cut(rest, ":")
	for kind, known := range kindNames {
		if name == known {
			return NewIdentity(kind, id)
		}
	}
	return Identity{}, ErrNoIdentity
}

// IdentityOf returns the identity of a certificate. A certificate with no URI, with more
// than one, or with one that is not ours has none.
func IdentityOf(cert *x509.Certificate) (Identity, error) {
	if len(cert.URIs) != 1 {
		return Identity{}, fmt.Errorf("%d URIs in the subject alternative name: %w", len(cert.URIs), ErrNoIdentity)
	}
	return ParseIdentity(cert.URIs[0].String())
}

// Kind returns what the identity names.
func (i Identity) Kind() Kind { return i.kind }

// ID returns the UUID in canonical form, or "" for nobody.
func (i Identity) ID() string {
	if i.IsZero() {
		return ""
	}
	return i.id.String()
}

// IsZero reports whether the identity is nobody.
func (i Identity) IsZero() bool { return i == Identity{} }

// URI returns the identity as it stands in a certificate, or nil for nobody.
func (i Identity) URI() *url.URL {
	if i.IsZero() {
		return nil
	}
	return &url.URL{Scheme: "urn", Opaque: "mais:" + i.kind.String() + ":" + i.ID()}
}

// String returns the URI, or "nobody".
func (i Identity) String() string {
	if i.IsZero() {
		return "nobody"
	}
	return i.URI().String()
}
