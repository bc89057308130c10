package authn

import (
	"errors"
	"testing"
)

// TestResetOfNobody: an address that nobody has is told in the audit from a database that cannot say.
func TestResetOfNobody(t *testing.T) {
	s, d := newLevels(t)
	if _, err := s.sendReset(t.Context(), resetAsk{email: "nobody@b"}); !errors.Is(err, errNoPassword) {
		t.Errorf("sendReset for nobody = %v, want %v", err, errNoPassword)
	}
	change(t, d, `ALTER TABLE access.password RENAME TO away`)
	if _, err := s.sendReset(t.Context(), resetAsk{email: "a@b"}); err == nil || errors.Is(err, errNoPassword) {
		t.Errorf("sendReset without the table = %v, want the database's error", err)
	}
}
