package ca

import (
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"mais/certs"
)

// Warning is something that an operator should see to.
type Warning struct {
	What string // is wrong
	Do   string // about it
}

// Warnings of what ends are given this long before.
const (
	warnAuthority = 180 * day
	warnRootList  = 60 * day
)

// Check looks at the key directory and at what ends when. It is for start-up and for
// `mais-server ca check`; no warning keeps the CA from working.
func (c *CA) Check() []Warning {
	var out []Warning
	now := c.now()
	if _, err := os.Lstat(filepath.Join(c.dir, keyFile(rootID))); err == nil {
		out = append(out, Warning{
			"the root's key lies in " + filepath.Join(c.dir, keyFile(rootID)) + ", encrypted, but the service does not need it",
			"move it, and a copy, to media that are kept elsewhere, and delete it here",
		})
	}
	out = append(out, c.checkModes()...)
	out = append(out, ending("the root", c.root, now)...)
	for _, i := range c.issuers {
		out = append(out, ending(i.ID(), i.Certificate(), now)...)
		out = append(out, c.cutShort(i.ID(), i.Certificate(), now)...)
	}
	list, err := x509.ParseRevocationList(c.rootList)
	if err == nil && now.After(list.NextUpdate.Add(-warnRootList)) {
		out = append(out, Warning{
			fmt.Sprintf("the root's revocation list ends on %s; after that relying parties that ask for it refuse every certificate", list.NextUpdate.Format(time.DateOnly)),
			"hold a ceremony with the root's key to make the next",
		})
	}
	return out
}

func (c *CA) checkModes() (out []Warning) {
	if info, err := os.Stat(c.dir); err == nil && info.Mode().Perm()&0o077 != 0 {
		out = append(out, Warning{c.dir + " can be opened by others", "run: chmod 700 " + c.dir})
	}
	for _, id := range issuingIDs {
		path := filepath.Join(c.dir, keyFile(id))
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
			out = append(out, Warning{path + " can be read by others", "run: chmod 600 " + path})
		}
	}
	return out
}

func ending(who string, cert *x509.Certificate, now time.Time) []Warning {
	switch {
	case now.Before(cert.NotBefore):
		return []Warning{{fmt.Sprintf("%s begins on %s, after this machine's clock", who, cert.NotBefore.Format(time.DateTime)), "set the clock"}}
	case now.After(cert.NotAfter):
		return []Warning{{fmt.Sprintf("%s ended on %s: nothing can be issued", who, cert.NotAfter.Format(time.DateOnly)), "hold a ceremony to make its successor"}}
	case now.After(cert.NotAfter.Add(-warnAuthority)):
		return []Warning{{fmt.Sprintf("%s ends on %s", who, cert.NotAfter.Format(time.DateOnly)), "plan a ceremony to make its successor"}}
	}
	return nil
}

// cutShort warns once new certificates no longer get their full validity.
func (c *CA) cutShort(id string, issuer *x509.Certificate, now time.Time) []Warning {
	for _, r := range certs.AllRules {
		if r.Issuer == seriesOf(id) && now.Before(issuer.NotAfter) && now.Add(c.validity[r.Profile]).After(issuer.NotAfter) {
			return []Warning{{
				fmt.Sprintf("certificates of profile %s would outlive %s and are cut short to %s", r.Profile, id, issuer.NotAfter.Format(time.DateOnly)),
				"hold a ceremony to make its successor, or shorten their validity",
			}}
		}
	}
	return nil
}
