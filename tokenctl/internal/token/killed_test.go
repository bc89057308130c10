package token

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"mais/config"
)

const replacerHome = "MAIS_TEST_REPLACER_HOME"

// TestKilled replaces a token again and again in another process, kills that with SIGKILL at
// any moment, and reads the token all the while: it is always there, whole, and opens.
func TestKilled(t *testing.T) {
	if dir := os.Getenv(replacerHome); dir != "" {
		replaceForEver(t, dir)
	}
	const rounds = 30
	f := newFixture(t)
	scratch := t.TempDir()
	reads, seen := 0, map[string]bool{}
	for range rounds {
		child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		// What it leaves in its own temporary directory goes with this test's.
		child.Env = append(os.Environ(), replacerHome+"="+f.home.Dir(), "TMPDIR="+scratch)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
			t.Fatalf("the other process has replaced nothing: %v", err)
		}
		killed := make(chan error)
		time.AfterFunc(time.Duration(rand.Int64N(int64(40*time.Millisecond))), func() { killed <- child.Process.Kill() })
		for dead := false; !dead; {
			select {
			case <-killed:
				dead = true
				child.Wait()
			default:
			}
			got, err := f.home.Open("anna")
			if err != nil {
				t.Fatalf("after %d reads, killed %t: %v", reads, dead, err)
			}
			if _, err := got.Unlock(InFile(config.Secret{})); err != nil {
				t.Fatalf("after %d reads, killed %t: %v", reads, dead, err)
			}
			seen[got.Serial] = true
			reads++
		}
		f.lock().Unlock() // finishes whatever was begun
	}
	if len(seen) < rounds {
		t.Errorf("%d tokens seen in %d rounds: nothing was replaced", len(seen), rounds)
	}
	t.Logf("%d reads of %d tokens over %d kills", reads, len(seen), rounds)
}

func replaceForEver(t *testing.T, dir string) {
	f := newFixture(t)
	f.home = Home{dir}
	for n := 0; ; n++ {
		l, err := f.home.Lock("anna")
		if err != nil {
			continue // a reader finishes what the last one had begun
		}
		p := f.begin(l)
		f.fill(p)
		if err := p.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		l.Unlock()
		if n == 0 {
			fmt.Println("replaced")
		}
	}
}
