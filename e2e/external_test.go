package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mais/server/api"
)

// The two ends of the cable to the database (RFC 5737, TEST-NET-2): of each process others, as a rule,
// since the near end lies in the machine's own network.
var (
	hereAddress     = fmt.Sprintf("198.51.100.%d", os.Getpid()%64*4+1)
	databaseAddress = fmt.Sprintf("198.51.100.%d", os.Getpid()%64*4+2)
)

// TestExternalDatabase serves from a PostgreSQL on another address, in a network namespace
// of its own, over mutual TLS, set up as init says.
func TestExternalDatabase(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t)
	dir := t.TempDir()
	urls := writeSettings(t, dir, "127.0.0.1", "")
	if err := os.Remove(filepath.Join(dir, "mais.toml")); err != nil { // init writes it; the ports follow
		t.Fatal(err)
	}
	secret := write(t, filepath.Join(t.TempDir(), "root"), "a long passphrase for the root\n")
	initialise := []string{"init", "--dir", dir, "--name", "localhost", "--database", databaseAddress, "--agency", "Northshire NHS Trust", "--site", "MAIS desk",
		"--subnet", "127.0.0.0/8", "--root-passphrase-file", secret, "--admin", "One <one@trust.example>", "--admin", "Two <two@trust.example>"}
	said := server(t, initialise...).exits(t, 0).shows(t, "roles.sql", "ssl_cert_file", "ssl_key_file", "ssl_ca_file", "pg_hba.conf", "run the same command again")
	setPorts(t, dir, urls)

	// Before the database is there, the second run says what it cannot reach.
	server(t, initialise...).exits(t, 1).says(t, databaseAddress, "next:")

	db := startDatabase(t, namespace, filepath.Join(dir, "database"), hbaLine(t, said.stdout))
	made := server(t, initialise...).exits(t, 0)
	migrate, kept := filepath.Join(dir, "database", "passwords", "mais_migrate"), filepath.Join(t.TempDir(), "mais_migrate")
	move(t, migrate, kept) // nothing is left to migrate
	s := serve(t, dir, urls)
	code, command := shownInvitation(t, made.stdout, "one@trust.example")
	admin := newPerson(t, s, "one@trust.example")
	admin.run(t, command, code).exits(t, 0)
	admin.whoami(t)

	s.importPeople(t, namesakes)
	nurse := newPerson(t, s, "nurse@trust.example")
	invite := []string{"admin", "invite", nurse.email, "--name", "A Nurse", "--role", "clinician", "--site", "MAIS desk", "--dir", dir}
	server(t, invite...).exits(t, 1).says(t, "put the password of mais_migrate beside the others") // nobody is registered at the host without it
	move(t, kept, migrate)
	shown := server(t, invite...).exits(t, 0)
	move(t, migrate, kept)
	code, command = shownInvitation(t, shown.stdout, nurse.email)
	nurse.run(t, command, code).exits(t, 0)
	found := nurse.search(t, "angstrom")
	if found.Total != 1 {
		t.Fatalf("search = %+v", found)
	}
	record := data[api.Record](t, nurse.ctl(t, "show", found.Results[0].ID, "--json").exits(t, 0))
	if got := record.Sections["service_user_details"]["surname"].Value; got != "Ångström-O'Neill" {
		t.Errorf("surname = %v", got)
	}
	s.audited(t, 1, "the nurse's look", func(e event) bool { return e.Act == "record.show" && e.UserName == "A Nurse" && e.Outcome == "allowed" })

	links := db.sql(t, `SELECT count(*) FILTER (WHERE s.ssl AND s.version = 'TLSv1.3' AND s.client_dn LIKE '%MAIS server%'), count(*)
		FROM pg_stat_activity a JOIN pg_stat_ssl s USING (pid) WHERE a.client_addr = '`+hereAddress+`'`)
	if good, all, _ := strings.Cut(links, "|"); good != all || all == "0" {
		t.Errorf("%s of %s connections to the database are mutual TLS 1.3", good, all)
	}
	server(t, "psql", "--dir", dir, "--", "-c", "SELECT 1").exits(t, 1).says(t, "external", "next:")
	db.refusesOthers(t, filepath.Join(dir, "database"))

	db.restart(t)
	await(t, "the service to have its database again", func() bool { return nurse.ctl(t, "whoami").code == 0 })
	s.stop(t)
}

// move gives a file another place.
func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// newNamespace makes a network namespace with a cable to it.
func newNamespace(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("mais-e2e-%d", os.Getpid())
	here, there := fmt.Sprintf("mais%dh", os.Getpid()%100000), fmt.Sprintf("mais%dd", os.Getpid()%100000)
	t.Cleanup(func() {
		exec.Command("ip", "link", "delete", here).Run() // goes with the namespace as a rule
		exec.Command("ip", "netns", "delete", name).Run()
	})
	for _, line := range []string{
		"netns add " + name,
		"link add " + here + " type veth peer name " + there + " netns " + name,
		"address add " + hereAddress + "/30 dev " + here,
		"link set " + here + " up",
		"-n " + name + " address add " + databaseAddress + "/30 dev " + there,
		"-n " + name + " link set " + there + " up",
	} {
		if r := execute(t, exec.Command("ip", strings.Fields(line)...)); r.code != 0 {
			t.Fatalf("ip %s: %s\na network namespace needs CAP_NET_ADMIN and CAP_SYS_ADMIN: run as root, as CI does", line, r.stderr)
		}
	}
	return name
}

// setPorts changes the listeners of a mais.toml that init wrote.
func setPorts(t *testing.T, dir string, u urls) {
	t.Helper()
	path := filepath.Join(dir, "mais.toml")
	text := read(t, path)
	for name, url := range map[string]string{"public": u.Public, "mutual": u.Mutual, "plain": u.Plain, "ops": u.Ops} {
		for _, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(line, name+" = ") {
				text = strings.Replace(text, line, fmt.Sprintf("%s = %q", name, "127.0.0.1"+url[strings.LastIndex(url, ":"):]), 1)
			}
		}
	}
	write(t, path, text)
}

// hbaLine takes the line for pg_hba.conf out of what init said.
func hbaLine(t *testing.T, said string) string {
	t.Helper()
	_, line, ok := strings.Cut(said, "pg_hba.conf say: ")
	if !ok {
		t.Fatal("init does not say what pg_hba.conf needs")
	}
	line, _, _ = strings.Cut(line, "\n")
	return strings.Replace(line, "ADDRESS-OF-THIS-SERVER", hereAddress+"/32", 1)
}

// database is a PostgreSQL that somebody else runs.
type database struct {
	namespace, dir, programs string
	process                  *service
}

// startDatabase does what the database's administrator is told to do.
func startDatabase(t *testing.T, namespace, link, hba string) *database {
	t.Helper()
	programs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(programs) == 0 {
		t.Fatal("PostgreSQL is missing: install the Debian package postgresql")
	}
	// Not below a test's directory, which PostgreSQL's user cannot enter.
	dir, err := os.MkdirTemp("", "mais-e2e-db-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	db := &database{namespace: namespace, dir: dir, programs: programs[len(programs)-1]}
	execute(t, exec.Command("chown", "postgres:", dir)).exits(t, 0)
	execute(t, db.command("initdb", "-D", db.data(), "-A", "peer", "-E", "UTF8", "--locale", "C.UTF-8")).exits(t, 0)
	for _, name := range []string{"ca.crt", "server.crt", "server.key"} {
		execute(t, exec.Command("install", "-o", "postgres", "-m", "0600", filepath.Join(link, name), db.data())).exits(t, 0)
	}
	write(t, filepath.Join(db.data(), "pg_hba.conf"), "local all postgres peer\n"+hba+"\n")
	db.start(t)
	execute(t, db.command("createdb", "-h", dir, "mais")).exits(t, 0)
	psql := db.command("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", dir, "mais")
	psql.Stdin = strings.NewReader(read(t, filepath.Join(link, "roles.sql")))
	execute(t, psql).exits(t, 0)
	if err := os.Remove(filepath.Join(link, "server.key")); err != nil { // as init says to
		t.Fatal(err)
	}
	return db
}

func (db *database) data() string { return filepath.Join(db.dir, "data") }

// command runs one of PostgreSQL's programs in the namespace as its user.
func (db *database) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command("ip", append([]string{"netns", "exec", db.namespace, "runuser", "-u", "postgres", "--", filepath.Join(db.programs, program)}, args...)...)
	cmd.Dir = db.dir
	return cmd
}

func (db *database) start(t *testing.T) {
	t.Helper()
	var args = []string{"-D", db.data()}
	for _, s := range []string{"listen_addresses=" + databaseAddress, "unix_socket_directories=" + db.dir, "ssl=on", "ssl_cert_file=server.crt",
		"ssl_key_file=server.key", "ssl_ca_file=ca.crt", "ssl_min_protocol_version=TLSv1.3", "password_encryption=scram-sha-256"} {
		args = append(args, "-c", s)
	}
	p, err := launchCommand(db.dir, db.command("postgres", args...))
	if err != nil {
		t.Fatal(err)
	}
	db.process = p
	t.Cleanup(func() { db.stop(t) })
	p.stderr.await(t, 0, "ready to accept connections")
}

// stop ends the postmaster; runuser is its parent and ends with it.
func (db *database) stop(t *testing.T) {
	t.Helper()
	execute(t, db.command("pg_ctl", "stop", "-D", db.data(), "-m", "fast")) // fails when it is stopped already
	<-db.process.exited
}

func (db *database) restart(t *testing.T) {
	t.Helper()
	db.stop(t)
	db.start(t)
}

func (db *database) sql(t *testing.T, sql string) string {
	t.Helper()
	return strings.TrimSpace(execute(t, db.command("psql", "-X", "-q", "-A", "-t", "-h", db.dir, "mais", "-c", sql)).exits(t, 0).stdout)
}

// refusesOthers comes as a login role with its password, and without what else is asked for.
func (db *database) refusesOthers(t *testing.T, link string) {
	t.Helper()
	password := strings.TrimSpace(read(t, filepath.Join(link, "passwords", "mais_read_full")))
	for _, tt := range []struct {
		how  string
		code int
	}{
		{"sslmode=verify-full sslrootcert=" + link + "/ca.crt sslcert=" + link + "/client.crt sslkey=" + link + "/client.key", 0},
		{"sslmode=verify-full sslrootcert=" + link + "/ca.crt sslcert=/nowhere sslkey=/nowhere", 2},
		{"sslmode=disable", 2},
	} {
		cmd := exec.Command(filepath.Join(db.programs, "psql"), "-X", "-w", "-c", "SELECT 1",
			"host="+databaseAddress+" dbname=mais user=mais_read_full "+tt.how)
		cmd.Env = append(os.Environ(), "PGPASSWORD="+password)
		execute(t, cmd).exits(t, tt.code)
	}
}
