package bench

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"mais/ca"
	"mais/ca/ceremony"
	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/server"
)

// service is a whole MAIS in this process: what `mais-server serve` opens, with people in
// its database.
type service struct {
	settings *config.Server
	host     *server.Host
	source   pg.Source // the database, beside the service's own pools
	owner    *pg.DB    // logged in as the owner of the schemas
	mutual   string    // address
	public   string    // address
	meter    meter
	ids      []string // of all people
}

// people is how many there are to look at.
const people = 1000

// startService starts a service on loopback until the benchmark ends. library is one that
// PostgreSQL is to load, or empty.
func startService(b *testing.B, library string) *service {
	b.Helper()
	return startServiceWith(b, library, func(*config.Server) {})
}

// startServiceWith is startService with settings that change makes of its own.
func startServiceWith(b *testing.B, library string, change func(*config.Server)) *service {
	b.Helper()
	debug.SetGCPercent(400) // as the main of mais-server does; for both sides
	settings := config.Default(b.TempDir())
	settings.Names = []string{"localhost"}
	const free = "127.0.0.1:0"
	settings.Listen = config.Listen{Public: free, Mutual: free, Plain: free, Ops: free, PlainURL: "http://localhost:8080"}
	settings.Limits.EnrolmentsPerMinute = 1 << 20 // they are what is measured
	change(settings)
	s := &service{settings: settings}
	s.prepareDatabase(b, library)
	s.holdCeremony(b)

	log, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	must(b, err)
	b.Cleanup(func() { log.Close() })
	srv, err := server.New(b.Context(), settings, slog.New(slog.NewTextHandler(log, nil))) // as mais-server does
	must(b, err)
	s.host, s.mutual, s.public = srv.Host(), srv.Addrs().Mutual.String(), srv.Addrs().Public.String()
	s.run(b, srv)
	s.fill(b)
	return s
}

// run serves until the benchmark ends.
func (s *service) run(b *testing.B, srv *server.Server) {
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- srv.Run(ctx, func(server.URLs) error { close(ready); return nil })
	}()
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	<-ready
}

// prepareDatabase makes the cluster before the service finds it, because two settings want
// a restart: the whole text of a session's last statement is to be seen, and a library to
// be loaded.
func (s *service) prepareDatabase(b *testing.B, library string) {
	b.Helper()
	dir := server.DatabaseDir(s.settings)
	cluster, err := pg.StartCluster(b.Context(), pg.ClusterOptions{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	must(b, err)
	must(b, cluster.Stop())
	file, err := os.OpenFile(filepath.Join(dir, "data", "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	must(b, err)
	_, err = fmt.Fprintf(file, "track_activity_query_size = 64kB\nshared_preload_libraries = '%s'\n", library)
	must(b, err)
	must(b, file.Close())
}

// superuser runs SQL for which the service has no role, and returns what it prints.
func (s *service) superuser(b *testing.B, sql string) string {
	b.Helper()
	psql, stop, err := pg.ClientCommand(b.Context(), server.DatabaseDir(s.settings), "psql", "-XAtqc", sql)
	must(b, err)
	out, err := psql.Output()
	must(b, err)
	must(b, stop())
	return strings.TrimSpace(string(out))
}

func (s *service) holdCeremony(b *testing.B) {
	b.Helper()
	unlock := config.RandomSecret()
	must(b, config.WriteSecret(s.settings.UnlockPath(), unlock))
	_, err := ceremony.Init(b.Context(), ceremony.Ceremony{
		Dir: server.KeyDir(s.settings), Name: "MAIS bench", DNSNames: []string{"localhost"},
		RootPassphrase: config.RandomSecret(), Unlock: unlock, PlainURL: s.settings.Listen.PlainURL,
	})
	must(b, err)
}

// fill loads the synthetic people and registers a police station on loopback.
func (s *service) fill(b *testing.B) {
	b.Helper()
	must(b, s.host.Records.Generate(b.Context(), people, 1, nil))
	var stop func() error
	var err error
	s.source, stop, err = pg.Attach(b.Context(), pg.ClusterOptions{Dir: server.DatabaseDir(s.settings)})
	must(b, err)
	b.Cleanup(func() { stop() })
	s.owner = s.open(b, pg.Migrator)
	_, err = s.owner.Exec(b.Context(), `
		WITH agency AS (INSERT INTO access.agency (name, kind) VALUES ('Police', 'police') RETURNING id),
		     site AS (INSERT INTO access.site (agency, name) SELECT id, 'Station' FROM agency RETURNING id)
		INSERT INTO access.subnet (site, cidr) SELECT id, '127.0.0.0/8' FROM site`)
	must(b, err)
	rows, err := s.owner.Query(b.Context(), `SELECT id::text FROM record.person ORDER BY id`)
	s.ids, err = pg.Collect(rows, err, func(r *pg.Rows) (id string, err error) { err = r.Scan(&id); return id, err })
	must(b, err)
	s.meter = meter(postmasterOf(b, server.DatabaseDir(s.settings)))
}

// open returns a pool of the service's database that closes with the benchmark.
func (s *service) open(b *testing.B, role pg.Role) *pg.DB {
	b.Helper()
	db, err := s.source.Open(b.Context(), role)
	must(b, err)
	b.Cleanup(func() { db.Close() })
	return db
}

// officers registers n police officers, who enrol, and returns their tokens.
func (s *service) officers(b *testing.B, n int) []tls.Certificate {
	b.Helper()
	var tokens []tls.Certificate
	for range n {
		who, email := s.officer(b)
		key, csr := newRequest(b)
		issued, err := s.host.CA.Enrol(b.Context(), ca.Enrolment{Code: s.invite(b, who, email), Holder: email, CSR: csr, By: "127.0.0.1"})
		must(b, err)
		tokens = append(tokens, token(issued, key))
	}
	return tokens
}

// officer registers a police officer.
func (s *service) officer(b *testing.B) (who certs.Identity, email string) {
	b.Helper()
	var id string
	err := s.owner.QueryRow(b.Context(), `
		WITH account AS (INSERT INTO access.user_account (email, name, agency)
		         SELECT gen_random_uuid() || '@police.example', 'An Officer', id FROM access.agency RETURNING id, email),
		     place AS (INSERT INTO access.user_site SELECT account.id, site.id FROM account, access.site),
		     role AS (INSERT INTO access.user_role SELECT id, 'police_officer' FROM account)
		SELECT id::text, email FROM account`).Scan(&id, &email)
	must(b, err)
	who, err = certs.NewIdentity(certs.User, id)
	must(b, err)
	return who, email
}

func (s *service) invite(b *testing.B, who certs.Identity, email string) (code string) {
	b.Helper()
	made, err := s.host.CA.Invite(b.Context(), ca.Invitation{Identity: who, Holder: email, Name: "An Officer", By: "bench"})
	must(b, err)
	return made.Reveal()
}
