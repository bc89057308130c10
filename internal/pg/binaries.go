package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// ErrMissing means that the embedded cluster lacks PostgreSQL's programs. The error names the Debian package.
var ErrMissing = errors.New("PostgreSQL is not installed")

const (
	oldestMajor = 15
	// debianBinaries is where Debian keeps the programs; what is in the PATH there are wrappers for clusters of its own.
	debianBinaries = "/usr/lib/postgresql/*/bin"
)

// binaries is an installation of PostgreSQL.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(program string) string { return filepath.Join(b.dir, program) }

// findBinaries returns the installation of a major version, or with 0 the latest one. It looks where pattern says, then
// where the PATH has postgres.
func findBinaries(ctx context.Context, pattern string, major int) (binaries, error) {
	dirs, err := filepath.Glob(pattern)
	if err != nil {
		return binaries{}, err
	}
	if p, err := exec.LookPath("postgres"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil { // initdb stands beside the program, not beside a link to it
			dirs = append(dirs, filepath.Dir(p))
		}
	}
	var best binaries
	var found []string
	for _, dir := range dirs {
		b, err := installed(ctx, dir)
		if err != nil {
			continue // only clients, or not PostgreSQL
		}
		found = append(found, strconv.Itoa(b.major))
		if b.major >= oldestMajor && b.major > best.major && (major == 0 || b.major == major) {
			best = b
		}
	}
	switch {
	case best.major != 0:
		return best, nil
	case major != 0 && len(found) > 0:
		return binaries{}, fmt.Errorf("the data was made by PostgreSQL %d and here is only PostgreSQL %s: %w: install the Debian package postgresql-%d",
			major, strings.Join(found, ", "), ErrMissing, major)
	default:
		return binaries{}, fmt.Errorf("%w, version %d or later: install the Debian package postgresql", ErrMissing, oldestMajor)
	}
}

// installed looks at one directory of programs.
func installed(ctx context.Context, dir string) (binaries, error) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return binaries{}, err
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "-V").Output()
	if err != nil {
		return binaries{}, err
	}
	major, err := parseVersion(string(out))
	return binaries{dir, major}, err
}

// parseVersion reads the major version out of "postgres (PostgreSQL) 15.18 (Debian …)" or "… 18beta1".
func parseVersion(out string) (int, error) {
	_, version, ok := strings.Cut(out, "(PostgreSQL) ")
	if !ok {
		return 0, fmt.Errorf("%.80q is not a version of PostgreSQL", out)
	}
	digits := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if digits < 0 {
		digits = len(version)
	}
	return strconv.Atoi(version[:digits])
}

// dataMajor returns the major version that made a data directory, 0 when there is none yet.
func dataMajor(data string) (int, error) {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(data); errors.Is(err, fs.ErrNotExist) {
			return 0, nil
		}
		return 0, fmt.Errorf("%s is not a whole database, it has no PG_VERSION: restore it from a backup, or move it away to begin an empty one", data)
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s is not a whole database: PG_VERSION: %w", data, err)
	}
	return major, nil
}
