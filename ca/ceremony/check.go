package ceremony

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"

	"mais/ca/internal/issuance"
	"mais/ca/internal/keys"
)

// check says what of a ceremony cannot be: all of it at once.
func (c Ceremony) check() error {
	var faults []error
	if err := issuance.CheckName(c.Name); err != nil || len([]rune(c.Name)) > 40 {
		faults = append(faults, fmt.Errorf("name %q: want 1 to 40 printable characters", c.Name))
	}
	if len(c.DNSNames) == 0 {
		faults = append(faults, errors.New("no DNS name: give at least the server's own"))
	}
	for _, name := range c.DNSNames {
		if !validDNSName(name) {
			faults = append(faults, fmt.Errorf("DNS name %q: want a domain in lower case, without dots at its ends", name))
		}
	}
	for _, p := range c.IPRanges {
		if !p.IsValid() || p.Bits() == 0 || p.Addr().Is4In6() || p.Masked() != p {
			faults = append(faults, fmt.Errorf("address range %q: want a network such as 192.0.2.0/24, and not the whole Internet", p))
		}
	}
	if err := issuance.CheckPlainURL(c.PlainURL); err != nil {
		faults = append(faults, err)
	}
	if c.Manager != "" {
		if err := keys.CheckURI(c.Manager); err != nil {
			faults = append(faults, err)
		}
	}
	switch {
	case c.RootPassphrase.IsZero():
		faults = append(faults, errors.New("the root's passphrase is empty"))
	case c.Unlock.IsZero():
		faults = append(faults, errors.New("the unlock secret is empty"))
	case subtle.ConstantTimeCompare(c.RootPassphrase.Reveal(), c.Unlock.Reveal()) == 1:
		faults = append(faults, errors.New("the root's passphrase is the unlock secret: the root needs one of its own"))
	}
	return errors.Join(faults...)
}

// validDNSName takes host names of RFC 1123, 2.1 in lower case.
func validDNSName(name string) bool {
	if len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" ||
			label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}
