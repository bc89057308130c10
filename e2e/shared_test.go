package e2e_test

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// The demo that tests share which only look, and bring users of their own. All of these enrol from
// one address, more often than a service lets anybody.
var shared struct {
	sync.Once
	dir     string
	service *service
	err     error
}

func sharedDemo(t testing.TB) *service {
	t.Helper()
	shared.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "mais-e2e-shared-"); shared.err == nil {
			shared.service, shared.err = startDemo(shared.dir, append([]string{"--enrolments-per-minute", "600"}, anyPorts...)...)
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.service
}

func stopShared() error {
	if shared.dir == "" {
		return nil
	}
	var err error
	if shared.service != nil {
		if err = shared.service.end(); err != nil {
			err = fmt.Errorf("%w\n%s", err, shared.service.stderr.tail())
		}
	}
	return errors.Join(err, os.RemoveAll(shared.dir))
}
