package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"mais/config"
	"mais/internal/pg"
)

// schemas must be in a dump, or it is of another database.
var schemas = []string{"access", "audit", "ca", "record"}

// pgClient prepares one of PostgreSQL's programs on the service's database: as the superuser of
// the embedded one, as the environment says (PGSERVICE, PGHOST, …) on an external one. The
// caller calls stop in the end.
func pgClient(ctx context.Context, settings *config.Server, program string, args ...string) (cmd *exec.Cmd, stop func() error, err error) {
	args = append(args, inDatabase(settings))
	if settings.Database == nil {
		return pg.ClientCommand(ctx, DatabaseDir(settings), program, args...)
	}
	return exec.CommandContext(ctx, program, args...), func() error { return nil }, nil
}

// inDatabase names the database, quoted so that its name is never taken for more than a name
// (libpq's connection strings).
func inDatabase(settings *config.Server) string {
	return `--dbname=dbname='` + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(databaseNameOf(settings)) + `'`
}

func databaseNameOf(settings *config.Server) string {
	if settings.Database != nil {
		return settings.Database.Name
	}
	return "mais"
}

// dump is the output of a pg_dump that runs.
type dump struct {
	from io.Reader
	cmd  *exec.Cmd
	said words
	end  context.CancelFunc
	stop func() error
	wait func() error // once
}

// dumpHead is as much of a dump as surely holds its list of contents.
const dumpHead = 16 << 20

// openDump starts a dump of the database, in pg_dump's custom format, and looks at its list of
// contents. It is never on a disk in the clear.
func openDump(ctx context.Context, settings *config.Server) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancel(ctx)
	d := &dump{end: cancel}
	var err error
	if d.cmd, d.stop, err = pgClient(ctx, settings, "pg_dump", "--format=custom"); err != nil {
		cancel()
		return nil, err
	}
	d.cmd.Stderr = &d.said
	d.wait = sync.OnceValue(func() error { return d.said.explain("pg_dump", d.cmd.Wait()) })
	out, err := d.cmd.StdoutPipe()
	if err == nil {
		err = d.cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, errors.Join(err, d.stop())
	}
	if err := d.begin(ctx, settings, out); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// begin reads as far as the list of contents, and checks it.
func (d *dump) begin(ctx context.Context, settings *config.Server, out io.Reader) error {
	head := make([]byte, dumpHead)
	n, err := io.ReadFull(out, head)
	head = head[:n]
	d.from = io.MultiReader(bytes.NewReader(head), out)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		d.from = bytes.NewReader(head)
		err = d.wait()
	}
	if err != nil {
		return err
	}
	return checkContents(ctx, settings, head)
}

// Read ends well only after pg_dump did.
func (d *dump) Read(b []byte) (int, error) {
	n, err := d.from.Read(b)
	if errors.Is(err, io.EOF) {
		if failed := d.wait(); failed != nil {
			err = failed
		}
	}
	return n, err
}

// Close ends pg_dump if it runs still.
func (d *dump) Close() error {
	d.end()
	d.wait() // how it ended, Read has said
	return d.stop()
}

var schemaInList = regexp.MustCompile(`(?m)^\d+; \d+ \d+ SCHEMA - (\S+) `)

// checkContents has pg_restore read the list of contents of a dump, which begins with head.
func checkContents(ctx context.Context, settings *config.Server, head []byte) error {
	cmd, stop, err := pgClient(ctx, settings, "pg_restore")
	if err != nil {
		return err
	}
	cmd.Args = []string{cmd.Args[0], "--list"} // from no database
	var list bytes.Buffer
	var said words
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(head), &list, &said
	if err := errors.Join(said.explain("pg_restore --list", cmd.Run()), stop()); err != nil {
		return fmt.Errorf("the dump cannot be read: %w", err)
	}
	var found []string
	for _, m := range schemaInList.FindAllStringSubmatch(list.String(), -1) {
		found = append(found, m[1])
	}
	for _, s := range schemas {
		if !slices.Contains(found, s) {
			return fmt.Errorf("the dump has no schema %s: it is not of this service's database, or by a role that may not read it", s)
		}
	}
	return nil
}

// load is a pg_restore that is fed.
type load struct {
	in   io.WriteCloser
	cmd  *exec.Cmd
	said words
}

// startLoad starts it: everything in one transaction, or nothing.
func startLoad(cmd *exec.Cmd) (*load, error) {
	cmd.Args = append(cmd.Args, "--exit-on-error", "--single-transaction")
	l := &load{cmd: cmd}
	cmd.Stderr = &l.said
	var err error
	if l.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	return l, cmd.Start()
}

func (l *load) write(content []byte) error {
	if _, err := l.in.Write(content); err != nil {
		return errors.Join(l.finish(), errors.New("pg_restore ended before the dump did"))
	}
	return nil
}

// finish ends the input and waits for the commit.
func (l *load) finish() error {
	l.in.Close() // Wait says what matters
	return l.said.explain("pg_restore", l.cmd.Wait())
}

// abort ends it without a commit: it is killed before it could take the end of its input for
// that of the dump.
func (l *load) abort() {
	if l.cmd.ProcessState == nil {
		l.cmd.Process.Kill()
		l.in.Close()
		l.cmd.Wait()
	}
}

// words keeps what a program says, up to a bound.
type words struct{ text bytes.Buffer }

const (
	maxWords = 64 << 10
	maxLines = 3
	maxLine  = 300
)

// Write never fails, so that the program goes on.
func (w *words) Write(b []byte) (int, error) {
	w.text.Write(b[:min(len(b), maxWords-w.text.Len())])
	return len(b), nil
}

var quotedValue = regexp.MustCompile(`"[^"]*("|$)`)

// explain adds to a program's error the first lines of its own errors. What stands around them,
// and what the database quotes in them, can be of a record (DETAIL, CONTEXT, a value), and
// is left out.
func (w *words) explain(program string, err error) error {
	if err == nil {
		return nil
	}
	var lines []string
	for line := range strings.Lines(w.text.String()) {
		line = strings.Map(func(r rune) rune {
			if unicode.IsPrint(r) {
				return r
			}
			return -1
		}, line)
		if !strings.HasPrefix(line, "pg_") && !strings.HasPrefix(line, "psql: ") {
			continue
		}
		if before, after, ok := strings.Cut(line, "ERROR:"); ok {
			line = before + "ERROR:" + quotedValue.ReplaceAllString(after, `"…"`)
		}
		if lines = append(lines, line[:min(len(line), maxLine)]); len(lines) == maxLines {
			break
		}
	}
	return fmt.Errorf("%s: %w: %s", program, err, strings.Join(lines, "; "))
}
