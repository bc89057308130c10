package config

import (
	"strings"
	"time"

	"filippo.io/age"
)

// Backup is how the service backs itself up: its database, its keys but not what opens them,
// its settings and its journal, in one file, signed and encrypted. A restored service has this
// section no more until somebody puts it back.
type Backup struct {
	// Directory is where the archives go, best on another machine's disk. Required. It is made
	// if need be. Several nodes and services may share it.
	Directory string `toml:"directory"`
	// Recipients are the age backup keys, public ("age1…"), to each of which the archives are
	// encrypted: `mais-server backup key` makes one. At least one; two, kept in two places, are
	// better. Whoever holds the secret half can read everything.
	Recipients []string `toml:"recipients"`
	// Every is how often. Default "168h", a week; from "1h" to "720h".
	Every Duration `toml:"every"`
	// Keep is how many archives of this node stay; older ones are removed. Default 8; 0 keeps
	// all.
	Keep *int `toml:"keep,omitempty"`
}

const (
	leastBackup = time.Hour
	mostBackup  = 30 * 24 * time.Hour
	mostKept    = 10_000
)

func (b *Backup) defaults() {
	if b.Every == 0 {
		b.Every = Duration(7 * 24 * time.Hour)
	}
	if b.Keep == nil {
		keep := 8
		b.Keep = &keep
	}
}

func (c *checker) backup(b *Backup) {
	b.defaults()
	c.text("backup.directory", b.Directory, 1, 4096)
	if len(b.Recipients) == 0 {
		c.fault("backup.recipients", "at least one backup key is needed: mais-server backup key makes one")
	}
	for _, r := range b.Recipients {
		switch {
		case strings.HasPrefix(strings.ToUpper(r), "AGE-SECRET-KEY"):
			c.fault("backup.recipients", "a secret key does not belong here, or on this machine: give its public half, age1…")
		case !backupKey(r):
			c.fault("backup.recipients", "%.20q is not a backup key age1…, or mistyped", r)
		}
	}
	if d := b.Every.Std(); d < leastBackup || d > mostBackup {
		c.fault("backup.every", "%s is not between %s and %s", d, leastBackup, mostBackup)
	}
	if b.Keep != nil && (*b.Keep < 0 || *b.Keep > mostKept) {
		c.fault("backup.keep", "%d is not between 0 and %d", *b.Keep, mostKept)
	}
}

// backupKey reports whether somebody can have the secret half of a key.
func backupKey(text string) bool {
	if !strings.HasPrefix(text, "age1") || len(text) > 4096 {
		return false
	}
	found, err := age.ParseRecipients(strings.NewReader(text))
	return err == nil && len(found) == 1
}
