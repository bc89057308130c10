package web

import (
	"slices"
	"strings"
)

// packages are the names of ours, and of the driver, that stand before what their errors say.
var packages = []string{"assets", "attest", "audit", "authn", "backup", "ca", "ceremony", "certs", "creds", "dsn", "issuance", "jobs", "journal", "keys", "lifecycle", "mail",
	"manage", "ocsp", "oversight", "password", "people", "pins", "pq", "receipt", "usage", "web"}

// plainly is what an error says, without the package's name before it or before one that it wraps. A name
// that stands elsewhere may have come from outside, and stays.
func plainly(err error) string {
	text, own := err.Error(), true
	said := text
	for _, within := range wrappedIn(err) {
		part := within.Error()
		own = own && !strings.HasPrefix(text, part)
		said = strings.Replace(said, part, plainly(within), 1)
	}
	if name, rest, _ := strings.Cut(said, ": "); own && slices.Contains(packages, name) {
		return rest
	}
	return said
}

func wrappedIn(err error) []error {
	switch err := err.(type) {
	case interface{ Unwrap() []error }:
		return err.Unwrap()
	case interface{ Unwrap() error }:
		if within := err.Unwrap(); within != nil {
			return []error{within}
		}
	}
	return nil
}
