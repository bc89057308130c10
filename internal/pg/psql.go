package pg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Command prepares one of PostgreSQL's client programs, such as pg_dump, to work on the cluster's database as its superuser.
// The caller connects its input and output.
func (c *Cluster) Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	return clientCommand(ctx, c.bin, c.socketDir, program, args)
}

func clientCommand(ctx context.Context, bin binaries, sockets, program string, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, bin.path(program), args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PG") { // which could lead elsewhere
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "PGHOST="+sockets, fmt.Sprint("PGPORT=", socketPort), "PGUSER="+bootstrap, "PGDATABASE="+database)
	return cmd
}

// ClientCommand prepares one of PostgreSQL's client programs, such as psql or pg_dump, on the cluster in dir as its
// superuser: on the running one, or on one that is started for the purpose. The caller connects its input and output, runs
// it, and calls stop in either case. It never makes a cluster.
func ClientCommand(ctx context.Context, dir, program string, args ...string) (cmd *exec.Cmd, stop func() error, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", program, err)
	}
	data := layout{dir: dir}.data()
	major, err := dataMajor(data)
	if err == nil && major == 0 {
		err = fmt.Errorf("there is no database in %s yet", dir)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", program, err)
	}
	c, err := StartCluster(ctx, ClusterOptions{Dir: dir})
	if err == nil {
		return c.Command(ctx, program, args...), c.Stop, nil
	}
	if !errors.Is(err, ErrInUse) {
		return nil, nil, fmt.Errorf("%s: %w", program, err)
	}
	sockets, err := socketsOf(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", program, err)
	}
	bin, err := findBinaries(ctx, debianBinaries, major)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", program, err)
	}
	return clientCommand(ctx, bin, sockets, program, args), func() error { return nil }, nil
}
