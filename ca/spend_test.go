package ca_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"mais/ca"
	"mais/ca/catest"
	"mais/certs"
)

func (f fixture) spend(code string) (certs.Identity, error) {
	return f.Spend(context.Background(), ca.Spending{Code: code, Holder: " Jane@Example.org", By: "127.0.0.1"})
}

// TestSpend: a code is spent on a password or on a certificate, once, and by one of many.
func TestSpend(t *testing.T) {
	f := newFixture(t)
	i := invitation(t)
	code := f.invite(t, i)
	for range 3 { // looking takes nothing
		if who, err := f.Spendable(t.Context(), ca.Spending{Code: code, Holder: i.Holder}); err != nil || who != i.Identity {
			t.Fatalf("Spendable = %v, %v, want %v", who, err, i.Identity)
		}
	}
	var served atomic.Int32
	var all sync.WaitGroup
	for range 60 {
		all.Go(func() {
			who, err := f.spend(code)
			switch {
			case err == nil && who == i.Identity:
				served.Add(1)
			case !errors.Is(err, ca.ErrRefused):
				t.Errorf("Spend = %v, %v, want it served or refused", who, err)
			}
		})
	}
	all.Wait()
	if n := served.Load(); n != 1 {
		t.Errorf("of 60 with one code %d were served, want 1", n)
	}
	if _, err := f.ask(code, catest.Request(t, catest.Key(t))); !errors.Is(err, ca.ErrRefused) {
		t.Errorf("a code that was spent on a password enrols: %v", err)
	}
	if n := f.certificates(t); n != 0 {
		t.Errorf("%d certificates, want none", n)
	}
	if n := f.count(t, `SELECT count(*) FROM ca.order_password p JOIN ca.journal_entry j ON j.order_id = p.order_id`); n != 1 {
		t.Errorf("the journal has %d such codes, want 1", n)
	}
}

// TestSpendRefused: each refusal is the same outwards, and wrong tries count.
func TestSpendRefused(t *testing.T) {
	f := newFixture(t)
	i := invitation(t)
	code := f.invite(t, i)
	away := errors.New("not there")
	for name, s := range map[string]ca.Spending{
		"no code":        {Code: "x", Holder: i.Holder},
		"another holder": {Code: code, Holder: "joe@example.org"},
		"elsewhere":      {Code: code, Holder: i.Holder, Admits: func(context.Context, certs.Identity) error { return away }},
	} {
		if _, err := f.Spend(t.Context(), s); !errors.Is(err, ca.ErrRefused) || errors.Is(err, away) {
			t.Errorf("%s: Spend = %v, want ErrRefused and no more", name, err)
		}
	}
	unknown := ca.Spending{Code: code, Holder: i.Holder, Admits: func(context.Context, certs.Identity) error { return ca.ErrStale }}
	if _, err := f.Spend(t.Context(), unknown); !errors.Is(err, ca.ErrStale) || errors.Is(err, ca.ErrRefused) {
		t.Errorf("where the holder may be is not known: Spend = %v, want ErrStale", err)
	}
	if n := f.count(t, `SELECT tries FROM ca.enrolment_order WHERE used_at IS NULL`); n != 1 {
		t.Errorf("%d wrong tries are counted, want 1", n)
	}
	if _, err := f.ask(code, catest.Request(t, catest.Key(t))); err != nil {
		t.Fatalf("the code does not enrol any more: %v", err)
	}
	if _, err := f.spend(code); !errors.Is(err, ca.ErrRefused) {
		t.Errorf("a code that was used to enrol is spent again: %v", err)
	}
}

// TestSpendTokenOnly: a code that its holder asked for themselves enrols, and sets no password.
func TestSpendTokenOnly(t *testing.T) {
	f := newFixture(t)
	i := invitation(t)
	i.TokenOnly = true
	code := f.invite(t, i)
	if _, err := f.Spendable(t.Context(), ca.Spending{Code: code, Holder: i.Holder}); !errors.Is(err, ca.ErrRefused) {
		t.Errorf("Spendable = %v, want it refused", err)
	} else if cause, _ := ca.CauseOf(err); cause != ca.CodeForToken {
		t.Errorf("the cause is %q, want %q", cause, ca.CodeForToken)
	}
	if _, err := f.spend(code); !errors.Is(err, ca.ErrRefused) {
		t.Errorf("Spend = %v, want it refused", err)
	}
	if _, err := f.ask(code, catest.Request(t, catest.Key(t))); err != nil {
		t.Errorf("the code does not enrol: %v", err)
	}
}
