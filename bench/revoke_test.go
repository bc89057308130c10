package bench

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/server"
)

// revocations is how many tokens are revoked, one after another.
const revocations = 1000

// BenchmarkRevokeToRefusal revokes 1,000 tokens, each on another of three nodes that share a
// database, while the holder looks at records on all three as fast as each lets them, over
// connections that are open. It reports in milliseconds, from before the call that revokes:
// until the last of the three has refused, as the holder sees it (p50, p99, max); and by the
// signed receipts, from the commit until the last node had said that it refuses
// (receipt-p50, receipt-max). The goal is a max below a second. The baseline is the least that tells three
// others of a change: a durable commit of one row that notifies three listeners.
func BenchmarkRevokeToRefusal(b *testing.B) {
	nodes := startThree(b)
	s := nodes[0]
	raw := s.newBell(b, len(nodes))
	var refused, told, rung []float64
	for b.Loop() {
		for n := range revocations {
			own := s.officers(b, 1)[0]
			ref, _ := s.host.CA.RefOf(own.Leaf)
			rung = append(rung, ms(raw.ring(b)))
			refused = append(refused, ms(refusalOn(b, nodes, own, func() error {
				return nodes[n%len(nodes)].host.CA.Revoke(b.Context(), ref, ca.KeyCompromise, "bench")
			})))
			told = append(told, receiptOf(b, nodes[(n+1)%len(nodes)], ref, len(nodes)))
		}
	}
	b.ReportMetric(0, "ns/op")
	for _, m := range []struct {
		all  []float64
		name string
	}{{refused, ""}, {told, "receipt-"}, {rung, "raw-"}} {
		slices.Sort(m.all)
		b.ReportMetric(m.all[len(m.all)/2], m.name+"p50-ms")
		b.ReportMetric(m.all[len(m.all)*99/100], m.name+"p99-ms")
		b.ReportMetric(m.all[len(m.all)-1], m.name+"max-ms")
	}
	b.ReportMetric(float64(len(refused)), "revocations")
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

// refusalOn has the holder of a token look on every node until each refuses, and returns how
// long after act was called the last did. Then no new connection may be of use either.
func refusalOn(b *testing.B, nodes []*service, own tls.Certificate, act func() error) (last time.Duration) {
	b.Helper()
	var crew crew
	for _, n := range nodes {
		c := &client{address: n.mutual, config: asClient(own)}
		_, err := c.look(nodes[0].ids[0])
		must(b, err)
		crew = append(crew, c)
	}
	ends := make([]time.Time, len(crew))
	var looking sync.WaitGroup
	for n, c := range crew {
		looking.Go(func() {
			for at := 0; ; at++ {
				if _, err := c.look(nodes[0].ids[at%len(nodes[0].ids)]); err != nil {
					ends[n] = time.Now()
					c.close()
					return
				}
			}
		})
	}
	began := time.Now()
	must(b, act())
	looking.Wait()
	for n, c := range crew {
		last = max(last, ends[n].Sub(began))
		if _, err := c.look(nodes[0].ids[0]); err == nil || !strings.Contains(err.Error(), "status 403") {
			b.Fatalf("a new connection after the refusal gives %v, want status 403", err)
		}
		c.close()
	}
	return last
}

// receiptOf returns how many milliseconds after the commit the last node had said that it
// refuses, by the final receipt, which names them all.
func receiptOf(b *testing.B, by *service, ref certs.Ref, nodes int) (last float64) {
	b.Helper()
	_, r, err := by.host.CA.ReceiptWait(b.Context(), ref)
	must(b, err)
	if !r.Final || len(r.Nodes) != nodes {
		b.Fatalf("the receipt is %+v, want it final and of %d nodes", r, nodes)
	}
	for _, n := range r.Nodes {
		if n.RefusedFrom == nil {
			b.Fatalf("a node was silent: %+v", r)
		}
		last = max(last, ms(n.RefusedFrom.Sub(r.CommittedAt)))
	}
	return last
}

// startThree starts three services on one database, which the first of them holds the data of.
func startThree(b *testing.B) (nodes []*service) {
	b.Helper()
	s := &service{settings: threeSettings(b)}
	s.prepareDatabase(b, "")
	s.holdCeremony(b)
	database := s.shareDatabase(b)
	for range 3 {
		n := s
		if len(nodes) > 0 {
			n = &service{settings: threeSettings(b)}
			n.copyKeys(b, s)
		}
		n.settings.Database = database
		srv, err := server.New(b.Context(), n.settings, slog.New(slog.DiscardHandler))
		must(b, err)
		n.host, n.mutual = srv.Host(), srv.Addrs().Mutual.String()
		n.run(b, srv)
		nodes = append(nodes, n)
	}
	s.fill(b)
	return nodes
}

func threeSettings(b *testing.B) *config.Server {
	settings := config.Default(b.TempDir())
	settings.Names = []string{"localhost"}
	const free = "127.0.0.1:0"
	settings.Listen = config.Listen{Public: free, Mutual: free, Plain: free, Ops: free, PlainURL: "http://localhost:8080"}
	return settings
}

// shareDatabase starts PostgreSQL in the service's directory and lets everybody in who has the
// passwords, over its socket.
func (s *service) shareDatabase(b *testing.B) *config.Database {
	b.Helper()
	cluster, err := pg.StartCluster(b.Context(), pg.ClusterOptions{Dir: server.DatabaseDir(s.settings), Log: slog.New(slog.DiscardHandler)})
	must(b, err)
	b.Cleanup(func() { cluster.Stop() })
	passwords, dir := map[pg.Role]config.Secret{}, b.TempDir()
	for _, role := range pg.Roles() {
		passwords[role] = config.RandomSecret()
		must(b, config.WriteSecret(filepath.Join(dir, string(role)), passwords[role]))
	}
	roles, err := pg.RolesSQL(passwords)
	must(b, err)
	db, err := cluster.Superuser(b.Context(), "mais")
	must(b, err)
	defer db.Close()
	_, err = db.Exec(b.Context(), roles)
	must(b, err)
	var sockets string
	must(b, db.QueryRow(b.Context(), `SELECT current_setting('unix_socket_directories')`).Scan(&sockets))
	return &config.Database{Host: sockets, Port: 5432, Name: "mais", PasswordDir: dir}
}

// copyKeys gives a node the CA of another.
func (s *service) copyKeys(b *testing.B, from *service) {
	b.Helper()
	must(b, exec.Command("cp", "-a", server.KeyDir(from.settings), server.KeyDir(s.settings)).Run()) // with the files' modes
	unlock, err := config.ReadSecret(from.settings.UnlockPath())
	must(b, err)
	must(b, config.WriteSecret(s.settings.UnlockPath(), unlock))
}

// bell is the baseline: a row, and listeners.
type bell struct {
	db    *pg.DB
	heard chan time.Time
	n     int
}

func (s *service) newBell(b *testing.B, listeners int) *bell {
	b.Helper()
	_, err := s.owner.Exec(b.Context(), `CREATE TABLE ca.bench_bell (rung bigint NOT NULL); INSERT INTO ca.bench_bell VALUES (0)`)
	must(b, err)
	l := &bell{db: s.owner, heard: make(chan time.Time, listeners), n: listeners}
	for range listeners {
		go pg.Listen(b.Context(), s.source, pg.CA, "bench_bell", func() { l.heard <- time.Now() })
	}
	for range listeners {
		<-l.heard // it listens
	}
	return l
}

// ring returns how long it takes until all have heard.
func (l *bell) ring(b *testing.B) (last time.Duration) {
	b.Helper()
	began := time.Now()
	must(b, l.db.Transact(b.Context(), func(tx *pg.Tx) error {
		_, err := tx.Exec(b.Context(), `UPDATE ca.bench_bell SET rung = rung + 1`)
		if err == nil {
			_, err = tx.Exec(b.Context(), `SELECT pg_notify('bench_bell', '')`)
		}
		if err != nil {
			return fmt.Errorf("ring: %w", err)
		}
		return nil
	}))
	for range l.n {
		last = max(last, (<-l.heard).Sub(began))
	}
	return last
}
