package e2e_test

import (
	"io/fs"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// TestHostCommandsLeaveNothingOfRoots: of a service that runs under an account of its own, as the manual
// has it, commands at the host run as root. What they write the service must be able to read when it is
// next started.
func TestHostCommandsLeaveNothingOfRoots(t *testing.T) {
	t.Parallel()
	dir, root, secret, _, _ := elsewhere(t)
	account, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	execute(t, exec.Command("chown", "-R", account.Uid+":"+account.Gid, dir)).exits(t, 0)
	ca := func(args ...string) result {
		return server(t, append([]string{"ca"}, append(args, "--dir", dir)...)...)
	}
	place := "[ca]\njournal_dir = \"" + filepath.Join(dir, "journals", "here") + "\"\n" // of a service whose settings have just been changed
	write(t, filepath.Join(dir, "mais.toml"), read(t, filepath.Join(dir, "mais.toml"))+place)
	ca("check").exits(t, 9)
	ca("rotate", "people", "--root", root, "--root-passphrase-file", secret, "--yes").exits(t, 0)
	ca("rotate", "root-list", "--root", root, "--root-passphrase-file", secret).exits(t, 0)
	server(t, "admin", "rescue-subnet", "127.0.0.9/32", "--site", "MAIS desk", "--dir", dir).exits(t, 0)

	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Type() == fs.ModeSymlink { // anybody can read a link, and the directory's owner replace it
			return err
		}
		info, err := d.Info()
		if err == nil && strconv.Itoa(int(info.Sys().(*syscall.Stat_t).Uid)) != account.Uid {
			t.Errorf("%s belongs to another account than the service's", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
