package browser

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"mais/tokenctl/internal/fault"
)

// owned demands that what is at the path, if anything is, belongs to the user. A link counts as
// what it leads to.
func owned(user int, path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != user {
		return fault.New(fault.Usage, "run it as the user it belongs to; as root with root's own home, by 'sudo -H'",
			"%s belongs to another user of this machine, who could have put there what would then run as you", path)
	}
	return nil
}

// ownedBelow demands it of everything below a directory down to the path.
func ownedBelow(user int, base, path string) error {
	rest, err := filepath.Rel(base, path)
	if err != nil || !filepath.IsLocal(rest) {
		return owned(user, path) // a profile that lies elsewhere
	}
	for _, part := range strings.Split(rest, string(filepath.Separator)) {
		base = filepath.Join(base, part)
		if err := owned(user, base); err != nil {
			return err
		}
	}
	return nil
}

// ownedBy demands it of a database and all that it consists of.
func (d database) ownedBy(user int) error {
	for _, name := range append([]string{""}, files...) {
		if err := owned(user, filepath.Join(string(d), name)); err != nil {
			return err
		}
	}
	return nil
}

// TrustedModule returns where a PKCS#11 module really lies. Whoever may write it, or a directory
// above it, has their code run in the browser: for one person that may be root and they, for
// everybody root alone, or who writes the policies. Anything else is refused (fault.Usage).
func TrustedModule(path string, everybody bool) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil || !isFile(real) {
		return "", fault.New(fault.Usage, "", "--module: %s is not there", path)
	}
	others := fs.FileMode(0o002)
	if everybody {
		others = 0o022
	}
	for at := real; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return "", err
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		writes := info.Mode().Perm()&others != 0 && !(info.IsDir() && info.Mode()&fs.ModeSticky != 0) // there one's own stays one's own
		if writes || ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
			return "", fault.New(fault.Usage, "put the module where root alone may write, such as /usr/lib, or take it from the distribution's package",
				"--module: others on this machine may write %s, and so what the browser would run", at)
		}
		if at == filepath.Dir(at) {
			return real, nil
		}
	}
}
