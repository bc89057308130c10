package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Secret begin the names that are never archived, wherever they lie: the root's key and the
// pin recovery key, which belong elsewhere, and whatever opens other keys. A backup beside what
// opens it would be worth no more than the machine.
var Secret = []string{"root.key", "recovery.key", "unlock", "root-passphrase"}

// Files returns the parts of all files below dir, which may be a link, named prefix/…, except
// what [Secret] says, names that begin with a dot, and the files and directories that without
// names by their paths, under whatever name they lie there. Anything in it that is neither a
// file nor a directory is an error: what a link means is not for a backup to guess.
func Files(dir, prefix string, without ...string) (parts []Part, err error) {
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	out, err := statsOf(without)
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir && d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if left(info, out) {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is no plain file: put the file itself there, or take it away", path)
		}
		inside, err := filepath.Rel(dir, path)
		parts = append(parts, File(filepath.ToSlash(filepath.Join(prefix, inside)), path))
		return err
	})
	return parts, err
}

// left reports whether something is left out.
func left(info fs.FileInfo, out []fs.FileInfo) bool {
	name := info.Name()
	if strings.HasPrefix(name, ".") {
		return true
	}
	for _, s := range Secret {
		if strings.HasPrefix(name, s) {
			return true
		}
	}
	for _, o := range out {
		if os.SameFile(info, o) {
			return true
		}
	}
	return false
}

func statsOf(paths []string) (out []fs.FileInfo, err error) {
	for _, path := range paths {
		switch info, err := os.Stat(path); {
		case err == nil:
			out = append(out, info)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return out, nil
}
