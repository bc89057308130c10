package ca_test

import (
	"context"
	"crypto/sha256"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/ca/feed"
	"mais/certs"
)

// node opens another node on the fixture's database and follows.
func (f fixture) node(t testing.TB, name string, adjust ...func(*ca.Options)) *catest.CA {
	t.Helper()
	n := f.opened(t, name, adjust...)
	n.Follow(t)
	return n
}

func (f fixture) opened(t testing.TB, name string, adjust ...func(*ca.Options)) *catest.CA {
	t.Helper()
	return catest.New(t, f.db, append(adjust, func(o *ca.Options) { o.Node = name })...)
}

func statusOf(f *feed.Feed, token catest.Token) (certs.Status, error) {
	return f.Status(context.Background(), token.Ref, sha256.Sum256(token.Certificate.Raw))
}

// eventually waits for what another goroutine brings about.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}
