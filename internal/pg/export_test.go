package pg

import "context"

// What tests look at from outside.
const (
	MaxStatements  = maxStatements
	DebianBinaries = debianBinaries
)

var (
	FormatVerifier = formatVerifier
	ParseVersion   = parseVersion
	PostgresIn     = postgresIn
	ErrLost        = errLost
)

// FindBinaries returns the major version and directory of an installation.
var FindBinaries = func(pattern string, major int) (int, string, error) {
	b, err := findBinaries(context.Background(), pattern, major)
	return b.major, b.dir, err
}

// AccountFor returns the name of the account that runs a cluster.
func AccountFor(data string, me int, dedicated string) (string, error) {
	a, err := accountFor(data, me, dedicated)
	return a.name, err
}

// Password returns a login role's password of this start.
func (c *Cluster) Password(r Role) string { return string(c.passwords[r].Reveal()) }

// Sockets returns the directory of the socket.
func (c *Cluster) Sockets() string { return c.socketDir }

// Program returns the path of one of PostgreSQL's programs.
func (c *Cluster) Program(name string) string { return c.bin.path(name) }
