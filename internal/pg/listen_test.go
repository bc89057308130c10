package pg_test

import (
	"context"
	"testing"
	"time"

	"mais/internal/pg"
)

func TestListen(t *testing.T) {
	t.Parallel()
	c := startFilled(t, t.TempDir())
	db := superuser(t, c)
	ctx, cancel := context.WithCancel(testContext(t))
	woken, done := make(chan bool, 100), make(chan error, 1)
	go func() { done <- pg.Listen(ctx, c.Source(), pg.CA, "mais_status", func() { woken <- true }) }()
	await := func(what string) {
		t.Helper()
		select {
		case <-woken:
		case err := <-done:
			t.Fatalf("Listen() = %v before: %s", err, what)
		case <-time.After(within):
			t.Fatalf("not woken: %s", what)
		}
	}
	await("at first")
	exec(t, db, `SELECT pg_notify('mais_other', '')`)
	exec(t, db, `SELECT pg_notify('mais_status', '1')`)
	await("by a notification")
	if len(woken) > 0 {
		t.Error("woken by another channel")
	}
	exec(t, db, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1`, "mais_ca")
	await("by a lost connection")
	killPostmaster(t, c)
	await("by a restart")
	exec(t, db, `SELECT pg_notify('mais_status', '2')`)
	await("by a notification after it")
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Listen() = %v after the end of its context, want nil", err)
	}
	if err := pg.Listen(testContext(t), pg.Source{}, pg.CA, "mais_status", func() {}); err == nil {
		t.Error("Listen(zero source) succeeded")
	}
}

func TestListenEndsWhileTheServerIsAway(t *testing.T) {
	t.Parallel()
	c := startFilled(t, t.TempDir())
	s := c.Source()
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(testContext(t))
	done := make(chan error, 1)
	go func() { done <- pg.Listen(ctx, s, pg.CA, "mais_status", func() {}) }()
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("Listen() = %v, want nil", err)
		}
	case <-time.After(within):
		t.Error("Listen() did not end with its context")
	}
}
