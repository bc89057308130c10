package ca_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	xocsp "golang.org/x/crypto/ocsp"

	"mais/ca"
	"mais/certs"
	"mais/internal/pg"
)

// whileAsked does meanwhile while a question to the database has not been answered.
func (f fixture) whileAsked(t *testing.T, ask, meanwhile func()) {
	t.Helper()
	var asking sync.WaitGroup
	err := f.db.Owner().Transact(context.Background(), func(tx *pg.Tx) error {
		if _, err := tx.Exec(context.Background(), `LOCK TABLE ca.certificate`); err != nil {
			return err
		}
		asking.Go(ask)
		eventually(t, "the question is asked", func() bool {
			return f.count(t, `SELECT count(*) FROM pg_locks WHERE relation = 'ca.certificate'::regclass AND NOT granted`) > 0
		})
		meanwhile()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	asking.Wait()
}

// What was asked while this node was fresh is not said once it is stale, by OCSP neither.
func TestFeedStaleWhileItAsks(t *testing.T) {
	f := newFixture(t, func(o *ca.Options) { o.StaleAfter = time.Hour })
	signs(t, f.CA)
	ctx, token, other := context.Background(), f.Person(t, "Jane Doe"), f.Person(t, "John Doe")
	question := questionOf(t, other)
	for what, ask := range map[string]func() error{
		"Status": func() error { _, err := statusOf(f.Feed(), token); return err },
		"Status of what is unknown": func() error {
			_, err := f.Feed().Status(ctx, certs.Ref{Issuer: "people-1", Serial: certs.SerialHex(certs.NewSerial())}, [32]byte{})
			return err
		},
		"OCSP": func() error {
			if response, _ := f.OCSP(ctx, question); string(response) == string(xocsp.TryLaterErrorResponse) {
				return ca.ErrStale
			}
			return nil
		},
	} {
		f.Feed().CatchUp(ctx, 1<<40) // one look
		if response, _ := f.OCSP(ctx, questionOf(t, token)); len(response) < 500 {
			t.Fatalf("the answer is %x", response)
		}
		var err error
		f.whileAsked(t, func() { err = ask() }, func() { f.Feed().Shut(errors.New("test")) })
		if !errors.Is(err, ca.ErrStale) {
			t.Errorf("%s once it is stale = %v, want %v", what, err, ca.ErrStale)
		}
	}
}
