package pg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// account is the user of the operating system that PostgreSQL runs as.
type account struct {
	name     string
	uid, gid int
}

// debianAccount is made by Debian's package for this and nothing else. No shared account will do, least of all nobody:
// whoever runs as it can read and change the files.
const debianAccount = "postgres"

// accountFor returns who is to run the cluster whose data directory this is, when we are the user me: we ourselves, or when
// we are root, which PostgreSQL refuses, whoever owns the data, and at first the dedicated account of that name.
func accountFor(data string, me int, dedicated string) (account, error) {
	owner, err := ownerOf(data)
	switch {
	case errors.Is(err, fs.ErrNotExist) && me != 0:
		return lookUp(user.LookupId, strconv.Itoa(me))
	case errors.Is(err, fs.ErrNotExist):
		a, err := lookUp(user.Lookup, dedicated)
		if err != nil {
			err = fmt.Errorf("%w: root cannot run PostgreSQL and the Debian package postgresql makes the account %s for it: install it, or run as another user",
				err, dedicated)
		}
		return a, err
	case err != nil:
		return account{}, err
	case owner == 0:
		return account{}, fmt.Errorf("%s belongs to root, as whom PostgreSQL refuses to run: give it to another user", data)
	case me != 0 && me != owner:
		return account{}, fmt.Errorf("%s belongs to user %d: run as that user or as root", data, owner)
	}
	return lookUp(user.LookupId, strconv.Itoa(owner))
}

func lookUp(by func(string) (*user.User, error), key string) (account, error) {
	u, err := by(key)
	if err != nil {
		return account{}, fmt.Errorf("the user to run PostgreSQL as: %w", err)
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	return account{u.Username, uid, gid}, errors.Join(err1, err2)
}

func ownerOf(path string) (int, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, err
	}
	return int(info.Sys().(*syscall.Stat_t).Uid), nil
}

// foreign reports whether the account is not the one that we run as.
func (a account) foreign() bool { return a.uid != os.Geteuid() }

// attributes are those of a PostgreSQL process: run by the account, interrupted when the thread that started it ends, and
// in a process group of its own, so that ^C in a terminal stops us first and we stop it.
func (a account) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT, Setpgid: true}
	if a.foreign() {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}

// give makes a directory the account's own and nobody else's.
func (a account) give(dir string) error {
	if a.foreign() {
		if err := os.Lchown(dir, a.uid, a.gid); err != nil {
			return err
		}
	}
	return os.Chmod(dir, 0o700)
}
