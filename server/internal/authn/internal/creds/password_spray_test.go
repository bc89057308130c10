package creds_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"mais/ca/catest"
	"mais/ca/migrations"
	"mais/internal/pg/pgtest"
	"mais/server/internal/authn/internal/creds"
	servermigrations "mais/server/migrations"
)

var few = creds.Spraying{Window: 15 * time.Minute, Source: 6, Password: 10, InAll: 24}

func failure(name, source, word int) creds.Failure {
	n := sha256.Sum256(fmt.Append(nil, name))
	return creds.Failure{Name: n[:], Source: []byte{10, 0, 0, byte(source)}, Word: []byte{0, byte(word)}}
}

// Two nodes count together: half of each pattern comes to each, and each kind is raised once in its
// time by one of them. One person's own wrong tries never are.
func TestNoteFailure(t *testing.T) {
	for kind, of := range map[string]func(n int) creds.Failure{
		"source": func(n int) creds.Failure { return failure(n%12, 1, n) }, "password": func(n int) creds.Failure { return failure(n%20, n, 7) },
		"all": func(n int) creds.Failure { return failure(n, n, n) }, "": func(n int) creds.Failure { return failure(1, n%5, n) },
	} {
		db := pgtest.New(t, migrations.Set, servermigrations.Set)
		var nodes [2]*creds.Store
		for n := range nodes {
			store, err := creds.Open(t.Context(), db.Source(), catest.New(t, db))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { store.Close() })
			nodes[n] = store
		}
		var raised []string
		note := func(n int) {
			found, err := nodes[n%2].NoteFailure(t.Context(), of(n), few)
			if err != nil {
				t.Fatal(err)
			}
			if found.Kind != "" {
				if raised = append(raised, found.Kind); found.Names < few.Source || found.Sources < 1 {
					t.Errorf("the alarm counts %+v", found)
				}
			}
		}
		for n := range 60 {
			note(n)
		}
		if kind == "" && raised != nil || kind != "" && !slices.Equal(raised, []string{kind}) {
			t.Errorf("%q raised %q", kind, raised)
		}
		// A quarter of an hour later all of it is past, and begins anew.
		if _, err := db.Owner().Exec(t.Context(), `UPDATE access.password_guard SET last_at = last_at - interval '16 minutes', not_before = not_before - interval '16 minutes'`); err != nil {
			t.Fatal(err)
		}
		raised = nil
		if note(0); raised != nil {
			t.Errorf("%q: a first failure in a new time raised %q", kind, raised)
		}
	}
}

// The window slides: what is spread round any edge is seen, because there is none.
func TestNoteFailureSlides(t *testing.T) {
	f := open(t)
	raised := 0
	for n := range few.Source {
		found, err := f.NoteFailure(t.Context(), failure(n, 1, n), few)
		if err != nil {
			t.Fatal(err)
		}
		if found.Kind != "" {
			raised++
		}
		if _, err := f.owner.Exec(t.Context(), `UPDATE access.password_guard SET last_at = last_at - interval '150 seconds'`); err != nil {
			t.Fatal(err)
		}
	}
	if raised != 1 {
		t.Errorf("six within twelve and a half minutes raised %d alarms, want 1", raised)
	}
}
