package e2e_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mais/server/api"
)

// lookers ask for records, all at once and again and again, and note what they were given.
type lookers struct {
	clients []*client
	persons []string

	mu      sync.Mutex
	served  map[string]string // request → person, of every answer of 200
	refused int
	reached map[int]chan struct{} // closed when so many were served
}

func (l *lookers) note(a answer, person string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a.status != http.StatusOK {
		l.refused++
		return
	}
	l.served[a.header.Get("Request-Id")] = person
	if c, ok := l.reached[len(l.served)]; ok {
		close(c)
		delete(l.reached, len(l.served))
	}
}

func (l *lookers) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.served)
}

// at returns a channel that is closed when n were served.
func (l *lookers) at(n int) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := make(chan struct{})
	l.reached[n] = c
	return c
}

// look runs every client until total were served or the service is gone.
func (l *lookers) look(ctx context.Context, s *service, total int) *sync.WaitGroup {
	var all sync.WaitGroup
	for n, c := range l.clients {
		all.Go(func() {
			for i := n; l.count() < total && ctx.Err() == nil; i++ {
				person := l.persons[i%len(l.persons)]
				a, err := c.do(ctx, http.MethodGet, api.PathPeople+person, nil, nil)
				l.note(a, person) // a cut answer of 200 was served as well
				if err == nil && a.status == http.StatusOK {
					continue
				}
				if !s.backAgain(ctx) {
					return
				}
			}
		})
	}
	return &all
}

// backAgain waits until the service says that it is ready, or has ended.
func (s *service) backAgain(ctx context.Context) bool {
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for {
		resp, err := http.Get(s.demo.URLs.Ops + "/readyz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return true
			}
		}
		select {
		case <-poll.C:
		case <-s.exited:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// TestCrashes kills PostgreSQL and then the server in the middle of a thousand looks. Every
// look that was answered stands in the audit.
func TestCrashes(t *testing.T) {
	t.Parallel()
	const total = 1000
	s := up(t, "--people", "50")
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	l := &lookers{served: map[string]string{}, reached: map[int]chan struct{}{}, persons: strings.Fields(s.psql(t, "SELECT id FROM record.person"))}
	for _, email := range []string{"officer@police.northshire.example", "constable@police.northshire.example", "nurse@trust.northshire.example"} {
		p := s.enrol(t, email)
		l.clients = append(l.clients, p.client(t), p.client(t), p.client(t))
	}

	third, twoThirds := l.at(total/3), l.at(2*total/3)
	all := l.look(ctx, s, total)
	wait(t, third, "a third of the looks")
	killed := s.postmaster(t)
	syscall.Kill(killed, syscall.SIGKILL)
	t.Log(s.stderr.await(t, 0, "the database is back"))
	if now := s.postmaster(t); now == killed {
		t.Errorf("the postmaster is process %d as before it was killed", now)
	}
	wait(t, twoThirds, "two thirds of the looks")
	s.kill(t)
	all.Wait()
	before := l.count()

	again := upIn(t, s.dir, samePorts(s.demo.URLs)...)
	t.Logf("after the server was killed: ready after %s", again.took)
	l.look(ctx, again, total).Wait()
	if n := l.count(); n < total || before >= total {
		t.Fatalf("%d looks were answered before the server was killed and %d in all, want the crash in the middle of %d", before, n, total)
	}

	audited := map[string]event{}
	for _, e := range again.audit(t, func(e event) bool { return e.Outcome == "allowed" }, "--act", "record.show") {
		audited[e.Request] = e
	}
	for request, person := range l.served {
		if e, ok := audited[request]; !ok || !slices.Equal(e.Persons, []string{person}) {
			t.Errorf("request %s was answered with the record of %s; its event: %v", request, person, e)
		}
	}
	t.Logf("%d answered, %d refused or cut, %d in the audit", len(l.served), l.refused, len(audited))
}

func wait(t *testing.T, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("waited %s in vain for %s", patience, what)
	}
}
