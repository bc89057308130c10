package ca_test

import (
	"errors"
	"testing"
	"time"

	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/certs"
	"mais/certs/receipt"
	"mais/internal/pg/pgtest"
)

// A command, which has no feed and answers nobody, signs statements; nobody takes one for a
// receipt, and none is signed as one.
func TestSignStatement(t *testing.T) {
	c := catest.New(t, pgtest.New(t, camigrations.Set))
	node := catest.Identity(t, certs.Server)
	jws, err := c.SignStatement(t.Context(), node, "mais-test", []byte("said"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := receipt.VerifyStatement("mais-test", jws, c.Root(), time.Now())
	if err != nil || string(got.Payload) != "said" {
		t.Errorf("VerifyStatement = %q, %v", got.Payload, err)
	}
	if _, err := receipt.Verify(jws, c.Root(), time.Now()); !errors.Is(err, receipt.ErrInvalid) {
		t.Errorf("Verify takes it for a receipt: %v", err)
	}
	if _, err := c.SignStatement(t.Context(), node, receipt.Type, nil); err == nil {
		t.Error("SignStatement signs a receipt")
	}
	if _, err := c.SignStatement(t.Context(), catest.Identity(t, certs.User), "mais-test", nil); err == nil {
		t.Error("SignStatement signs in the name of a user")
	}
}
