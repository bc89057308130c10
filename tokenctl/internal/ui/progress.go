package ui

import (
	"fmt"
	"sync"
	"time"
)

const frame = 120 * time.Millisecond

// Progress shows, on a terminal only, what is being waited for. Call done before anything
// else is printed; it may be called more than once.
func (s *Screen) Progress(what string) (done func()) {
	return s.Live(func() string { return what })
}

// Live is Progress for a wait whose words change. They are asked for while the caller works.
func (s *Screen) Live(what func() string) (done func()) {
	if !s.errTTY {
		return func() {}
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(frame)
		defer tick.Stop()
		for n := 0; ; n++ {
			fmt.Fprintf(s.err, "\r%c %s\x1b[K", `|/-\`[n%4], Clean(what()))
			select {
			case <-tick.C:
			case <-stop:
				fmt.Fprint(s.err, "\r\x1b[K")
				return
			}
		}
	}()
	return sync.OnceFunc(func() { close(stop); <-stopped })
}
