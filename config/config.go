// Package config is how MAIS is told what to do: the settings of the server, read strictly
// from TOML by [Load], and [Secret], which holds a passphrase without ever printing it.
//
// The struct [Server] is the manual: the comment of each field gives its meaning, unit and
// default. A file is refused with every fault at once and the place of each. Secrets never
// stand in a file of settings; a setting names the file that holds one. Whether the files
// are there, and what the environment says, the package does not ask.
package config

import (
	"net/netip"
	"strings"
	"time"
)

// Server is the settings of mais-server. Relative paths are taken from the directory of
// the file that they stand in.
type Server struct {
	// DataDir holds what the server keeps on disk: the CA's keys, and the database when
	// the embedded one is used. Required. `mais-server init` makes it.
	DataDir string `toml:"data_dir"`

	// Deployment names the service on the CA's certificates and on every page.
	// Default "MAIS".
	Deployment string `toml:"deployment"`

	// Contact is whom a refused caller is told to ask: a telephone number or a mail
	// address, shown to anyone who reaches a listener. Default "your MAIS administrator".
	Contact string `toml:"contact"`

	// Names are the DNS names and addresses under which clients reach the server. They
	// stand in its certificate, and at `init` they become the name constraints of the
	// root. At least one.
	Names []string `toml:"names"`

	// SiteNames are further DNS names (a leading dot takes in everything below it) and
	// CIDR ranges that site certificates may carry. They count at `init` only.
	SiteNames []string `toml:"site_names"`

	Listen   Listen    `toml:"listen"`
	CA       CA        `toml:"ca"`
	Database *Database `toml:"database"` // absent: the embedded PostgreSQL in DataDir
	Limits   Limits    `toml:"limits"`
	Mail     *Mail     `toml:"mail"`   // absent: nobody is written to, and no invitation can be sent
	Backup   *Backup   `toml:"backup"` // absent: the service does not back itself up

	Invitations Invitations `toml:"invitations"`

	Attestation Attestation `toml:"attestation"`

	Passwords Passwords `toml:"passwords"`

	Reviews Reviews `toml:"reviews"`

	Alerts Alerts `toml:"alerts"`

	// Urgent are the numbers on the page "Urgent contacts", one [[urgent]] each, in the
	// order of the file but with those that answer round the clock first. At most 20.
	// Default none: the page then says to ask Contact. They are shown to whoever is signed
	// in, so they are an agency's numbers and nobody's own.
	Urgent []Contact `toml:"urgent,omitempty"`
}

// Contact is a number to call when somebody needs more than the record says.
type Contact struct {
	// Name is who answers: a team or a desk. Required, at most 80 bytes.
	Name string `toml:"name"`
	// Telephone is the number as people read it, "01632 960101" or "+44 1632 960101":
	// digits, in groups with single spaces if liked. Required. An extension belongs into For.
	Telephone string `toml:"telephone"`
	// Hours are when somebody answers. Exactly "24 hours" is round the clock, and comes
	// first; anything else is shown as it stands: "Mon to Fri, 9am to 5pm". Required, at
	// most 80 bytes.
	Hours string `toml:"hours"`
	// For is what to call about, in one sentence. Required, at most 200 bytes.
	For string `toml:"for"`
}

// RoundTheClock are the Hours of a contact who always answers.
const RoundTheClock = "24 hours"

// RoundTheClock reports whether somebody always answers.
func (c Contact) RoundTheClock() bool { return c.Hours == RoundTheClock }

// Dial returns the number as a telephone dials it: its digits, behind + if it has one.
func (c Contact) Dial() string { return strings.ReplaceAll(c.Telephone, " ", "") }

// Listen is where the server listens, each as "address:port". Port 0 takes a free one.
type Listen struct {
	// Public is TLS with the server's certificate only: enrolment, roots. Default ":8443".
	Public string `toml:"public"`
	// Mutual is mutual TLS: everything for token holders. Default ":9443".
	Mutual string `toml:"mutual"`
	// Plain is HTTP without TLS for CRLs and issuer certificates, which RFC 5280 wants
	// plain. Default ":8080".
	Plain string `toml:"plain"`
	// Ops is HTTP for health, readiness and metrics. It must be a loopback address.
	// Default "127.0.0.1:8081".
	Ops string `toml:"ops"`
	// PlainURL is the base of the addresses that certificates carry for CRLs and issuers,
	// best with a host name of its own: only then are browsers told to come by TLS alone
	// (HSTS), which would catch this address too. Default: http:// and the first of Names,
	// with Plain's port.
	PlainURL string `toml:"plain_url"`
	// MutualURL is where enrolled clients are sent. Default: https:// and the first of
	// Names, with Mutual's port.
	MutualURL string `toml:"mutual_url"`
	// PublicURL is where people enrol. Default: https:// and the first of Names, with
	// Public's port.
	PublicURL string `toml:"public_url"`
}

// CA is the settings of the built-in certificate authority.
type CA struct {
	// UnlockFile holds the passphrase of the issuing keys (see systemd's
	// LoadCredential). Default: "unlock" in DataDir.
	UnlockFile string `toml:"unlock_file"`
	// KeyManager is the address of a key manager in which `mais-server init` and `ca rotate`
	// make the issuing keys, such as a PKCS #11 URI (RFC 7512) with pin-source=FILE, {id}
	// standing for people-1 and so on. No PIN stands in it. Default none: the keys lie in
	// encrypted files. Keys that are there already stay where they are.
	KeyManager string `toml:"key_manager"`
	// Grace is how long a renewed certificate goes on beside its successor. Default "1h"; at
	// most "168h".
	Grace Duration `toml:"grace"`
	// StatusStale is how old a node's knowledge of revocations may be before it refuses
	// everyone. Default "3s"; from "1s" to "1m".
	StatusStale Duration `toml:"status_stale"`
	// ReceiptsFor is how long after a hold, a release or a revocation its receipt can be made;
	// one that was fetched by then is kept for good. What nodes acknowledged before is
	// forgotten. Default "61320h", seven years; from "744h", a month, to "262800h".
	ReceiptsFor Duration `toml:"receipts_for"`
	// JournalDir holds the journals of what was taken away, which a restore of the database
	// must not bring back. It belongs on another disk than the database. Default "ca/journal"
	// in DataDir.
	JournalDir string `toml:"journal_dir"`
	// JournalCopy is a second place for them, on another disk or machine, which several nodes
	// may share. It must be there: a place that is not mounted is not made. Default none.
	JournalCopy string `toml:"journal_copy"`
	// Profile is how long each kind of certificate lasts and which keys it takes.
	Profile Profiles `toml:"profile"`
}

// Database is an external PostgreSQL, 15 or later, reached over mutual TLS. Make its roles
// with the SQL that `mais-server init` writes.
type Database struct {
	// Host is its DNS name or address, as its certificate has it. Required.
	Host string `toml:"host"`
	// Port. Default 5432.
	Port int `toml:"port"`
	// Name is the database's name. Default "mais".
	Name string `toml:"name"`
	// RootFile is the certificate, PEM, that the database's own certificate leads to.
	// Required.
	RootFile string `toml:"root_file"`
	// CertFile and KeyFile are the server's client certificate and its key, PEM. Required.
	CertFile string `toml:"cert_file"`
	KeyFile  string `toml:"key_file"`
	// PasswordDir holds one file for each login role, named like the role. Required;
	// `mais-server init` makes it. mais_migrate is needed only when there is something to
	// migrate, and is best kept elsewhere until then.
	PasswordDir string `toml:"password_dir"`
}

// Limits bound what one caller can take.
type Limits struct {
	// SessionIdle ends a session that nobody uses. Default "15m"; at most "1h".
	SessionIdle Duration `toml:"session_idle"`
	// SessionTotal ends every session. Default "12h"; at most "24h".
	SessionTotal Duration `toml:"session_total"`
	// ConnectionsPerSource caps the open connections of one address. Default 256.
	ConnectionsPerSource int `toml:"connections_per_source"`
	// Connections caps all open connections of a listener. Default 8192.
	Connections int `toml:"connections"`
	// EnrolmentsPerMinute caps the attempts to enrol from one address. Default 30.
	EnrolmentsPerMinute int `toml:"enrolments_per_minute"`
}

// Duration is a length of time, written as time.ParseDuration reads it: "90s", "15m",
// "720h".
type Duration time.Duration

// UnmarshalText parses time.ParseDuration's form.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = Duration(parsed)
	return err
}

// MarshalText returns time.Duration's form.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String returns time.Duration's form.
func (d Duration) String() string { return time.Duration(d).String() }

// Std returns d as a time.Duration.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// Hosts splits Names into DNS names and addresses.
func (s *Server) Hosts() (dns []string, addresses []netip.Addr) {
	for _, name := range s.Names {
		if a, err := netip.ParseAddr(name); err == nil {
			addresses = append(addresses, a.Unmap())
		} else {
			dns = append(dns, name)
		}
	}
	return dns, addresses
}
