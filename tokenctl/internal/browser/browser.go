// Package browser makes the browsers of a Linux machine use a token: it puts the service's root
// into their certificate databases (NSS), tells them of the PKCS#11 module by which they reach
// cards or gives them the key of a software token, and has Chromium present the token to the
// service without asking which.
//
// [Machine.Stores] finds where the browsers keep certificates. [Setup] plans what is missing
// there; its [Step]s are shown, or done by [Do]. What is done is noted in a [Ledger] first, so
// that [Undo] takes that away and nothing else. [Check] looks at each thing and says what to do.
//
// The work in databases is done by NSS's own tools, certutil, modutil and pk12util: the format
// is theirs. They run whatever code a database names, with the rights of who runs them: so
// nothing is read that belongs to another user of the machine. The package asks nobody anything,
// and talks neither to the service nor to a card.
package browser

import (
	"crypto/x509"
	"errors"
	"os"
	"os/exec"
	"path/filepath"

	"mais/config"
)

// Family is a kind of browser, by where it keeps certificates and policies.
type Family string

// The families.
const (
	Chromium Family = "chromium" // and what is made of it: Chrome, Edge, Brave
	Firefox  Family = "firefox"
)

// Machine is where a person's files and the machine's settings lie.
type Machine struct {
	Home   string // the person's home directory
	Config string // XDG_CONFIG_HOME
	Etc    string // /etc, or what stands for it
	look   func(program string) (string, error)
	user   int // whose all of it must be
}

// ThisMachine returns the machine for the person who runs tokenctl. etc is "" for /etc. Whose
// home is another's, as of root after "sudo -E", is refused (fault.Usage).
func ThisMachine(etc string) (Machine, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return Machine{}, err
	}
	conf, err := os.UserConfigDir()
	if err != nil {
		return Machine{}, err
	}
	if etc == "" {
		etc = "/etc"
	}
	etc, err = filepath.Abs(etc)
	if err != nil {
		return Machine{}, err
	}
	m := Machine{home, conf, etc, exec.LookPath, os.Geteuid()}
	return m, errors.Join(owned(m.user, m.Home), owned(m.user, m.Config))
}

// Want is what the browsers shall be able to do.
type Want struct {
	Root    *x509.Certificate // trusted for web servers, and for nothing else
	Service string            // https://HOST:PORT, where the token signs in
	Module  string            // the PKCS#11 module's file; "": cards are not wanted
	Key     *Key              // of a software token; nil: none
}

// Key is a software token's key, as browsers take it.
type Key struct {
	File       string // PKCS#12
	Passphrase config.Secret
	Chain      []*x509.Certificate // its certificate first
}
