package pg

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// Attach reaches the embedded database in o.Dir for a command on its machine: the cluster that
// another process of ours runs there, or one that is started for the purpose. The caller calls
// stop in either case.
//
// Only the running process knows the login roles' passwords of this start. Another comes in as
// the superuser, by the kernel's word, and takes on the role that each pool is for: the same
// rights, though the session could step out of them, which whoever can attach could do anyway.
func Attach(ctx context.Context, o ClusterOptions) (source Source, stop func() error, err error) {
	c, err := StartCluster(ctx, o)
	if err == nil {
		return c.Source(), c.Stop, nil
	}
	if !errors.Is(err, ErrInUse) {
		return Source{}, nil, err
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return Source{}, nil, err
	}
	sockets, err := socketsOf(layout{dir: dir}.data())
	if err != nil {
		return Source{}, nil, fmt.Errorf("attach: %w", err)
	}
	at := &endpoint{config: socketConfig(sockets, database), attached: true}
	return Source{at}, func() error { return nil }, nil
}
