package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Process is a program that is running.
type Process struct {
	ID   int    `json:"pid"`
	Name string `json:"name"`
}

func (p Process) String() string { return fmt.Sprintf("%s (process %d)", p.Name, p.ID) }

// heldBy returns the programs of this person that have the database open. A browser opens it
// with its first secure page, reads it into itself, and writes it when it likes: what is
// changed under it is lost or not seen.
func (d database) heldBy() (found []Process) {
	dir, err := filepath.EvalSymlinks(string(d))
	if err != nil {
		return nil // it is not there
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*") // the pattern is good
	seen := map[int]bool{}
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || filepath.Dir(target) != dir {
			continue // gone, or somebody else's
		}
		if base := filepath.Base(target); base != files[0] && base != files[1] {
			continue
		}
		var pid int
		if _, err := fmt.Sscanf(link, "/proc/%d/", &pid); err != nil || seen[pid] || pid == os.Getpid() {
			continue
		}
		seen[pid] = true
		name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
		found = append(found, Process{pid, strings.TrimSpace(string(name))})
	}
	return found
}
