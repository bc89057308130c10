package keys

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"go.step.sm/crypto/kms/uri"
)

// ErrURI is returned for a key's address that cannot be used.
var ErrURI = errors.New("keys: address of a key")

const (
	pkcs11Scheme = "pkcs11"
	maxURI       = 1 << 10
	placeholder  = "{id}"
)

// CheckURI says whether text can be the address of a key in a key manager: one line that
// go.step.sm/crypto/kms understands, such as a PKCS #11 URI (RFC 7512). A PIN may not stand in
// it, only the file that holds one (pin-source), since the address is no secret: it lies in a
// file, in settings, and in logs.
func CheckURI(text string) error {
	u, err := parseURI(text)
	switch {
	case err != nil:
		return err
	case u.Has("pin-value") || u.Has("pin-prompt"):
		return fmt.Errorf("%w: it holds a PIN or asks for one: write the PIN into a file, and pin-source=FILE here", ErrURI)
	case u.Scheme == "softkms" || u.Scheme == "file":
		return fmt.Errorf("%w: a key in a file lies in an encrypted one, which is what there is without an address", ErrURI)
	case u.Has("pin-source") && !filepath.IsAbs(strings.TrimPrefix(u.Get("pin-source"), "file:")):
		return fmt.Errorf("%w: pin-source wants the whole path of a file", ErrURI)
	}
	return nil
}

func parseURI(text string) (*uri.URI, error) {
	unseen := func(r rune) bool { return r <= ' ' || r >= 0x7f }
	if text == "" || len(text) > maxURI || !utf8.ValidString(text) || strings.ContainsFunc(text, unseen) {
		return nil, fmt.Errorf("%w: want one line of at most %d printable characters without space, such as pkcs11:token=mais?pin-source=/etc/mais/pin", ErrURI, maxURI)
	}
	u, err := uri.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: want SCHEME:…, such as pkcs11:token=mais?pin-source=/etc/mais/pin", ErrURI)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	return u, nil
}

// addressOf fills a template: {id} stands for the CA's name. PKCS #11 wants both a label and
// an id of a new key; the id is random, so that a key that an interrupted ceremony left
// behind is in nobody's way.
func addressOf(template, name string) (string, error) {
	u, err := parseURI(template)
	if err != nil {
		return "", err
	}
	address := strings.ReplaceAll(template, placeholder, name)
	if u.Scheme != pkcs11Scheme {
		return address, CheckURI(address)
	}
	path, query, found := strings.Cut(address, "?")
	if !u.Has("object") {
		path += ";object=" + name
	}
	if !u.Has("id") {
		id := make([]byte, 8)
		rand.Read(id)
		path += ";id=" + hex.EncodeToString(id)
	}
	if found {
		path += "?" + query
	}
	return path, CheckURI(path)
}

// managerOf returns the part of an address that names the key manager, for a scheme where
// several keys have one.
func managerOf(address string) string {
	u, err := parseURI(address)
	if err != nil || u.Scheme != pkcs11Scheme {
		return address
	}
	path, query, _ := strings.Cut(strings.TrimPrefix(address[len(u.Scheme)+1:], ";"), "?")
	var kept []string
	for part := range strings.SplitSeq(path, ";") {
		if !strings.HasPrefix(part, "object=") && !strings.HasPrefix(part, "id=") {
			kept = append(kept, part)
		}
	}
	manager := pkcs11Scheme + ":" + strings.Join(kept, ";")
	if query != "" {
		manager += "?" + query
	}
	return manager
}
