package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"mais/server/api"
)

// TestThreeProcesses runs three mais-servers on one PostgreSQL. What one of them revokes, and
// what plain SQL does, all three refuse, on connections that are open and on new ones, and say
// so in the database within a second of the commit. One that stood still meanwhile admits
// nobody by what it knew before.
//
// It does not run beside TestExternalDatabase, whose addresses it uses.
func TestThreeProcesses(t *testing.T) {
	nodes, db := startThree(t)
	nurses := make([]*person, 3)
	for n := range nurses {
		nurses[n] = newPerson(t, nodes[0], fmt.Sprintf("nurse%d@trust.example", n))
		shown := server(t, "admin", "invite", nurses[n].email, "--name", "A Nurse", "--role", "clinician", "--site", "MAIS desk", "--dir", nodes[0].dir).exits(t, 0)
		code, command := shownInvitation(t, shown.stdout, nurses[n].email)
		nurses[n].run(t, command, code).exits(t, 0)
	}
	revoke := func(by *service, serial string) {
		t.Helper()
		server(t, "admin", "cert", "revoke", serial, "--yes", "--reason", "keyCompromise", "--dir", by.dir).exits(t, 0)
	}
	var after []time.Duration
	for n, end := range []func(serial string){
		func(serial string) { revoke(nodes[1], serial) },
		func(serial string) {
			db.sql(t, `UPDATE ca.certificate SET status = 'revoked' WHERE serial = '`+serial+`'`)
		},
	} {
		serial := nurses[n].whoami(t).Serial
		var live []*client
		for _, node := range nodes {
			c := nurses[n].at(node).client(t)
			c.get(t, api.PathWhoami).granted(t)
			live = append(live, c)
		}
		end(serial)
		await(t, "three servers to say that they refuse", func() bool { return len(db.refusals(t, serial)) >= len(nodes) })
		for i, node := range nodes {
			live[i].refusedFromNowOn(t, api.RevokedToken)
			nurses[n].at(node).client(t).refusedFromNowOn(t, api.RevokedToken)
		}
		after = append(after, db.refusals(t, serial)...)
	}
	slices.Sort(after)
	if t.Logf("nodes said that they refuse so long after the commit: %s", after); after[len(after)/2] >= time.Second { // one may have stood still
		t.Errorf("nodes said that they refuse %s after the commit, want half within a second", after)
	}

	last := nurses[2]
	serial, slow := last.whoami(t).Serial, last.at(nodes[2]).client(t)
	slow.get(t, api.PathWhoami).granted(t)
	must(t, nodes[2].process.Signal(syscall.SIGSTOP))
	revoke(nodes[0], serial)
	await(t, "the lease of the stopped server to pass", func() bool {
		return db.sql(t, `SELECT count(*) FROM ca.node WHERE ended_at IS NULL AND lease_until + stale_after < clock_timestamp()`) == "1"
	})
	woken := make(chan answer, 1)
	go func() {
		a, err := slow.do(t.Context(), "GET", api.PathWhoami, nil, nil)
		if err != nil {
			a.status = 0 // the connection was closed under it: a refusal too
		}
		woken <- a
	}()
	must(t, nodes[2].process.Signal(syscall.SIGCONT))
	if a := <-woken; a.status == 200 {
		t.Errorf("a server that stood still admits what was revoked meanwhile: %s", a.body)
	}
	last.at(nodes[2]).client(t).refusedFromNowOn(t, api.RevokedToken)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// at is the person at another node of the service.
func (p *person) at(node *service) *person {
	there := *p
	there.service = node
	return &there
}

// refusals returns how long after the last change of a certificate servers have said that they
// go by it; commands, which hold a lease as well, are left out.
func (db *database) refusals(t *testing.T, serial string) (all []time.Duration) {
	t.Helper()
	out := db.sql(t, `SELECT (1000 * extract(epoch FROM min(a.at) - s.at))::bigint || 'ms'
		FROM (SELECT * FROM ca.status_change WHERE serial = '`+serial+`' ORDER BY number DESC LIMIT 1) s
			JOIN ca.acknowledgement a ON a.number >= s.number JOIN ca.node n USING (instance)
		WHERE n.began < s.number AND n.name NOT LIKE '% (a command)' GROUP BY n.instance, s.at`)
	for text := range strings.FieldsSeq(out) {
		after, err := time.ParseDuration(text)
		must(t, err)
		all = append(all, after)
	}
	return all
}

// startThree sets a service up on an external PostgreSQL and serves from three copies of it,
// each with ports and a node's identity of its own.
func startThree(t *testing.T) (nodes []*service, db *database) {
	t.Helper()
	dir := t.TempDir()
	urls := writeSettings(t, dir, "127.0.0.1", "")
	must(t, os.Remove(filepath.Join(dir, "mais.toml"))) // init writes it; the ports follow
	secret := write(t, filepath.Join(t.TempDir(), "root"), "a long passphrase for the root\n")
	initialise := []string{"init", "--dir", dir, "--name", "localhost", "--database", databaseAddress, "--agency", "Northshire NHS Trust", "--site", "MAIS desk",
		"--subnet", "127.0.0.0/8", "--root-passphrase-file", secret, "--admin", "One <one@trust.example>", "--admin", "Two <two@trust.example>"}
	said := server(t, initialise...).exits(t, 0)
	namespace := newNamespace(t)
	db = startDatabase(t, namespace, filepath.Join(dir, "database"), hbaLine(t, said.stdout))
	server(t, initialise...).exits(t, 0)
	setPorts(t, dir, urls)
	nodes = []*service{nil, nil, nil}
	for n := range nodes {
		own, at := dir, urls
		if n > 0 {
			own = t.TempDir()
			execute(t, exec.Command("cp", "-a", dir+"/.", own)).exits(t, 0)
			at = writeSettings(t, t.TempDir(), "127.0.0.1", "")
			path := filepath.Join(own, "mais.toml")
			write(t, path, strings.ReplaceAll(read(t, path), dir, own))
			setPorts(t, own, at)
		}
		nodes[n] = &service{dir: own}
		nodes[n].demo.URLs = at
	}
	for n, node := range nodes { // once all are copied: each makes a key of its own
		nodes[n] = serve(t, node.dir, node.demo.URLs)
	}
	return nodes, db
}
