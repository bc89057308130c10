package pg

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrInUse means that another process runs the cluster in this directory. The error names it.
var ErrInUse = errors.New("in use")

const (
	// maxSocketPath is what fits into sockaddr_un.sun_path.
	maxSocketPath = 107
	socketPrefix  = "mais-pg-"
	// handed is the first descriptor that exec.Cmd.ExtraFiles hands on.
	handed = "/proc/self/fd/3"
)

// layout is a cluster's directory:
//
//	lock                        held by the process that runs the cluster, with its number in it
//	data/                       PostgreSQL's, and its user's
//	run/                        the socket, or a link to where it is
//	pg_hba.conf, pg_ident.conf  written anew at each start
//
// The directory itself stays ours, so that PostgreSQL's user cannot put anything else in these places.
type layout struct {
	dir     string // absolute
	account account
	// hidden is the directory opened by us, when the account cannot get to it through its parents. We hand the descriptor
	// on, and PostgreSQL comes in by /proc/self/fd.
	hidden *os.File
}

func (l layout) data() string { return filepath.Join(l.dir, "data") }

func (l layout) socketHome() string { return filepath.Join(l.dir, "run") }

// seen returns the path of a part as PostgreSQL sees it.
func (l layout) seen(part string) string {
	if l.hidden != nil {
		return filepath.Join(handed, part)
	}
	return filepath.Join(l.dir, part)
}

// command prepares one of PostgreSQL's programs to be run by the account.
func (l layout) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=" + locale, "TZ=UTC"}
	cmd.SysProcAttr = l.account.attributes()
	if l.hidden != nil {
		cmd.ExtraFiles = []*os.File{l.hidden}
	}
	return cmd
}

// open makes the directory fit for the account.
func (l *layout) open(bin binaries) error {
	mode := fs.FileMode(0o700)
	if l.account.foreign() {
		mode = 0o711
	}
	if err := os.Chmod(l.dir, mode); err != nil {
		return err
	}
	if !l.account.foreign() {
		return nil
	}
	probe := l.command(bin.path("postgres"), "-V")
	probe.Dir = l.dir // entered as the account
	err := start(probe)
	if err == nil {
		return probe.Wait()
	}
	if errors.Is(err, fs.ErrPermission) {
		l.hidden, err = os.Open(l.dir)
	}
	return err
}

func (l layout) close() error {
	if l.hidden == nil {
		return nil
	}
	return l.hidden.Close()
}

// sockets makes the directory of the socket: run, or a private one among the temporary files when that cannot be reached or
// its path is too long for a socket's.
func (l layout) sockets() (string, error) {
	run := l.socketHome()
	if err := os.RemoveAll(run); err != nil {
		return "", err
	}
	dir, err := run, error(nil)
	if l.hidden == nil && socketFits(run) {
		err = os.Mkdir(run, 0o700)
	} else if dir, err = os.MkdirTemp("", socketPrefix); err == nil {
		err = os.Symlink(dir, run) // by which the next start finds it, should we be killed
	}
	if err != nil {
		return "", fmt.Errorf("directory for the socket: %w", err)
	}
	if !socketFits(dir) {
		return "", errors.Join(fmt.Errorf("directory for the socket: %s is too long a path", dir), os.Remove(dir))
	}
	return dir, l.account.give(dir)
}

func socketIn(dir string) string { return filepath.Join(dir, fmt.Sprint(".s.PGSQL.", socketPort)) }

func socketFits(dir string) bool { return len(socketIn(dir)) <= maxSocketPath }

// emptySockets removes what a killed postmaster has left: its lock file could name a process that somebody else is by now.
func (l layout) emptySockets(dir string) error {
	for _, path := range []string{socketIn(dir), socketIn(dir) + ".lock"} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// dropSockets removes a directory that sockets made among the temporary files, and nothing else.
func (l layout) dropSockets(dir string) error {
	if filepath.Dir(dir) != filepath.Clean(os.TempDir()) || !strings.HasPrefix(filepath.Base(dir), socketPrefix) {
		return nil
	}
	if owner, err := ownerOf(dir); err != nil || owner != l.account.uid {
		return nil
	}
	return os.RemoveAll(dir)
}

// lock takes the directory for this process. The kernel lets go of it when the process ends, however that happens.
func lock(dir string) (held, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return held{}, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			holder, _ := io.ReadAll(io.LimitReader(f, 20))
			err = fmt.Errorf("%s is %w by process %s", dir, ErrInUse, strings.TrimSpace(string(holder)))
		}
		return held{}, errors.Join(err, f.Close())
	}
	if err := f.Truncate(0); err != nil {
		return held{}, errors.Join(err, f.Close())
	}
	if _, err := fmt.Fprintln(f, os.Getpid()); err != nil {
		return held{}, errors.Join(err, f.Close())
	}
	return held{f}, nil
}

// held is a directory that this process has.
type held struct{ lock *os.File }

// Close lets go of it. A process that is just being started has the file open too until it is another
// program: without the unlocking the directory would be in use for that long.
func (h held) Close() error {
	return errors.Join(syscall.Flock(int(h.lock.Fd()), syscall.LOCK_UN), h.lock.Close())
}
