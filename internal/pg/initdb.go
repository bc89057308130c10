package pg

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// unfinished begins the names of data directories that initdb is filling.
const unfinished = "data.new-"

// initdb makes the data directory. It becomes the data directory only when it is whole and on disk; what a crash has left
// unfinished goes.
func (l layout) initdb(ctx context.Context, bin binaries) error {
	old, err := filepath.Glob(filepath.Join(l.dir, unfinished+"*"))
	if err != nil {
		return err
	}
	for _, dir := range old {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	fresh, err := os.MkdirTemp(l.dir, unfinished)
	if err != nil {
		return err
	}
	if err := l.account.give(fresh); err != nil {
		return err
	}
	var out bytes.Buffer
	cmd := l.command(bin.path("initdb"), "--pgdata="+l.seen(filepath.Base(fresh)), "--username="+bootstrap,
		"--encoding="+encoding, "--locale="+locale, "--auth-local=peer", "--auth-host=reject", "--data-checksums", "--no-instructions")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := start(cmd); err != nil {
		return fmt.Errorf("initdb: %w", err)
	}
	defer context.AfterFunc(ctx, func() { cmd.Process.Signal(os.Interrupt) })()
	if err := cmd.Wait(); err != nil {
		if free := freeShm(); free < tinyShm {
			err = fmt.Errorf("%w (/dev/shm has only %d kB left)", err, free>>10)
		}
		return fmt.Errorf("initdb: %w: %s", err, bytes.TrimSpace(out.Bytes()))
	}
	if err := os.Rename(fresh, l.data()); err != nil {
		return err
	}
	return syncDir(l.dir)
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
