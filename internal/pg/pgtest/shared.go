package pgtest

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"mais/internal/pg"
)

func startShared() (*cluster, error) {
	dir, err := os.MkdirTemp("", "mais-pgtest-")
	if err != nil {
		return nil, err
	}
	alive, err := sweepAfter(dir)
	if err != nil {
		return nil, fmt.Errorf("prepare to clean up %s: %w", dir, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := pg.StartCluster(ctx, pg.ClusterOptions{Dir: dir})
	if err != nil {
		return nil, err
	}
	admin, err := c.Superuser(ctx, "postgres")
	if err != nil {
		return nil, err
	}
	return &cluster{Cluster: c, admin: admin, alive: alive, templates: map[string]func() (string, error){}}, nil
}

// sweep reads until the test process has gone, then ends PostgreSQL without ceremony and removes its directory. A process
// that nobody has waited for yet still has a number, but no working directory.
const sweep = `
read -r line
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
	kill -QUIT "$pid" 2>/dev/null
	while [ -e "/proc/$pid/cwd" ]; do sleep 0.05; done
fi
rm -rf "$1"
`

// sweepAfter starts a process that removes dir after this one has ended. alive is our end of its input: the kernel closes it
// when we end, also by a panic, a timeout of go test or kill -9, where no clean-up of ours would run.
func sweepAfter(dir string) (alive io.Closer, err error) {
	cmd := exec.Command("/bin/sh", "-c", sweep, "sh", dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // ^C is for the test
	if alive, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	return alive, cmd.Start()
}
