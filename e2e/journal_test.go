package e2e_test

import (
	"bufio"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

// journal is what a process writes, line by line.
type journal struct {
	mu      sync.Mutex
	lines   []string
	changed chan struct{} // closed at each change
	done    chan struct{} // closed when there will be no more
}

func newJournal(r io.Reader) *journal {
	j := &journal{changed: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(j.done)
		lines := bufio.NewReader(r)
		for {
			line, err := lines.ReadString('\n')
			if line != "" {
				j.mu.Lock()
				j.lines = append(j.lines, strings.TrimSuffix(line, "\n"))
				close(j.changed)
				j.changed = make(chan struct{})
				j.mu.Unlock()
			}
			if err != nil {
				return
			}
		}
	}()
	return j
}

// find returns the first line from the given one on that holds words, and a channel that is
// closed when there is more to look at.
func (j *journal) find(from int, fits func(string) bool) (line string, ok bool, more <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, line := range j.lines[from:] {
		if fits(line) {
			return line, true, j.changed
		}
	}
	return "", false, j.changed
}

// await waits for a line with words among those from the given one on.
func (j *journal) await(t testing.TB, from int, words string) string {
	t.Helper()
	late := time.After(patience)
	for {
		line, ok, more := j.find(from, func(line string) bool { return strings.Contains(line, words) })
		if ok {
			return line
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("waited %s in vain for a line with %q in\n%s", patience, words, j.tail())
		}
	}
}

func (j *journal) tail() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines[max(0, len(j.lines)-60):], "\n")
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines, "\n")
}
