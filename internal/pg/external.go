package pg

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/lib/pq"

	"mais/config"
)

// ExternalConfig says how to reach a database that somebody else runs.
type ExternalConfig struct {
	Host     string // DNS name or address, as the server's certificate has it; or the absolute directory of a unix socket
	Port     uint16 // 0 means 5432
	Database string // "" means "mais"

	// PEM files, read again for each connection so that they can be renewed in place. Not used with a unix socket.
	RootFile string // the certificate that the server's leads to
	CertFile string // our client certificate
	KeyFile  string // its key

	// PasswordDir holds a file for each login role, named like the role. That of the [Migrator] may be missing as long as
	// there is nothing to migrate, and had better be.
	PasswordDir string
}

// External returns the source of a database that is reached over mutual TLS 1.3 and SCRAM, or over a unix socket and SCRAM.
// It reads the passwords, the [Migrator]'s excepted, but does not connect. It reports every fault at once.
func External(c ExternalConfig) (Source, error) {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	cfg := baseConfig()
	cfg.Host, cfg.Port, cfg.Database = c.Host, c.Port, c.Database
	if cfg.Port == 0 {
		cfg.Port = 5432
	}
	if cfg.Database == "" {
		cfg.Database = database
	}
	switch {
	case c.Host == "":
		fault("no host")
	case filepath.IsAbs(c.Host):
		cfg.SSLMode = pq.SSLModeDisable // the kernel is between the two sides, there is nobody to hide from
	default:
		cfg.SSLMode, cfg.SSLMinProtocolVersion = pq.SSLModeVerifyFull, pq.SSLProtocolVersionTLS13
		cfg.SSLRootCert, cfg.SSLCert, cfg.SSLKey = c.RootFile, c.CertFile, c.KeyFile
		for what, file := range map[string]string{"root certificate": c.RootFile, "client certificate": c.CertFile, "client key": c.KeyFile} {
			// lib/pq goes on without a certificate when a file is missing.
			if _, err := os.Stat(file); err != nil {
				fault("%s: %w", what, err)
			}
		}
	}
	passwords := map[Role]config.Secret{}
	for _, role := range roles {
		if role == Migrator {
			continue
		}
		p, err := config.ReadSecret(filepath.Join(c.PasswordDir, string(role)))
		if err != nil {
			fault("password of %s: %w", role, err)
		}
		passwords[role] = p
	}
	if len(faults) > 0 {
		return Source{}, fmt.Errorf("external database: %w", errors.Join(faults...))
	}
	return Source{&endpoint{config: cfg, passwords: passwords, migrator: filepath.Join(c.PasswordDir, string(Migrator))}}, nil
}
