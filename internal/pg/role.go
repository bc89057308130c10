package pg

import "slices"

// Role is a login role of the database. Each has a pool of its own, logged in as it: a session that could set its role
// could also set it back.
type Role string

// The login roles. Their rights are granted in the migrations.
const (
	ReadRestricted Role = "mais_read_restricted" // reads what police may see
	ReadFull       Role = "mais_read_full"       // reads all of a record
	WriteHealth    Role = "mais_write_health"    // writes what clinicians record
	WriteJustice   Role = "mais_write_justice"   // writes what justice agencies record
	WriteCommunity Role = "mais_write_community" // writes what community agencies record
	Creds          Role = "mais_creds"           // reads who may come in, keeps sessions
	Register       Role = "mais_register"        // registers agencies, sites, subnets and users
	Audit          Role = "mais_audit"           // reads the audit log
	CA             Role = "mais_ca"              // the certificate authority
	Mail           Role = "mais_mail"            // reads whom a certificate concerns, keeps the outgoing mail
	Migrator       Role = "mais_migrate"         // becomes the owner to change the schema; given up before the server answers
)

const (
	// owner owns the database and everything in it. Nobody logs in as it.
	owner = "mais_owner"
	// bootstrap is the embedded cluster's superuser. Only the kernel's word on who connects lets anyone in as it.
	bootstrap = "mais_bootstrap"
)

var roles = []Role{ReadRestricted, ReadFull, WriteHealth, WriteJustice, WriteCommunity, Creds, Register, Audit, CA, Mail, Migrator}

// Roles returns all login roles.
func Roles() []Role { return slices.Clone(roles) }
