package piv

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// cardPrograms names the programs of this person that have the smart card service's library
// open, and so may be the ones that keep a card. The service itself tells nobody which they
// are. It knows Linux's /proc; elsewhere it names none.
func cardPrograms() []string {
	maps, _ := filepath.Glob("/proc/[0-9]*/maps")
	var names []string
	for _, path := range maps {
		pid := filepath.Base(filepath.Dir(path))
		if pid == strconv.Itoa(os.Getpid()) || !mapsLibrary(path, "libpcsclite") {
			continue
		}
		name, err := os.ReadFile(filepath.Join("/proc", pid, "comm"))
		if err == nil && strings.TrimSpace(string(name)) != "pcscd" {
			names = append(names, fmt.Sprintf("%s (%s)", strings.TrimSpace(string(name)), pid))
		}
	}
	slices.Sort(names)
	return names
}

// mapsLibrary reports whether a process has a library in its memory. Another's cannot be read.
func mapsLibrary(maps, library string) bool {
	f, err := os.Open(maps)
	if err != nil {
		return false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if strings.Contains(lines.Text(), "/"+library) {
			return true
		}
	}
	return false
}
