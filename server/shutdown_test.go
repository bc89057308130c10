package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// TestStopWaitsForHandlers: whoever is cut off by a stop still ends what they began before the parts
// that they work with are closed.
func TestStopWaitsForHandlers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{failed: make(chan error, 1)}
	began := make(chan struct{})
	var ended atomic.Bool
	served := s.answer(l, &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(began)
		<-r.Context().Done()
		for range 1000 { // what is left to do
			runtime.Gosched()
		}
		ended.Store(true)
	})})
	var caller sync.WaitGroup
	caller.Go(func() {
		if got, err := http.Get("http://" + l.Addr().String()); err == nil {
			io.Copy(io.Discard, got.Body)
			got.Body.Close()
		}
	})
	<-began
	over, cancel := context.WithCancel(t.Context())
	cancel()
	shutDown(over, []*http.Server{served}, &s.inHand)
	if !ended.Load() {
		t.Error("the stop went on while a handler was at work")
	}
	caller.Wait()
}
