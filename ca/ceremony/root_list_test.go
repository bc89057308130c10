package ceremony_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"path/filepath"
	"testing"

	"mais/ca/catest"
	"mais/ca/ceremony"
)

// An issuing CA that was revoked for less can be said to be compromised: it is revoked since it was, and that is never taken
// back, whichever of two lists says it.
func TestRootListRaises(t *testing.T) {
	to := filepath.Join(t.TempDir(), "root")
	if err := ceremony.CopyRoot(context.Background(), catest.Dir(t), to, catest.RootPassphrase); err != nil {
		t.Fatal(err)
	}
	root := ceremony.RootKey{Dir: to, Passphrase: catest.RootPassphrase}
	var raised []byte
	var first x509.RevocationListEntry
	for n, step := range []struct {
		reason string
		want   int
	}{{"superseded", 4}, {"cessationOfOperation", 4}, {"keyCompromise", 1}, {"superseded", 1}, {"cACompromise", 1}} {
		list, entry := nextList(t, root, nil, step.reason)
		if n == 0 {
			first = entry
		}
		if entry.ReasonCode != step.want || !entry.RevocationTime.Equal(first.RevocationTime) {
			t.Errorf("%d, revoked for %s: %+v, want reason %d since %s", n, step.reason, entry, step.want, first.RevocationTime)
		}
		raised = list
	}
	other := filepath.Join(t.TempDir(), "other")
	if err := ceremony.CopyRoot(context.Background(), catest.Dir(t), other, catest.RootPassphrase); err != nil {
		t.Fatal(err)
	}
	root.Dir = other
	nextList(t, root, nil, "superseded")
	if _, entry := nextList(t, root, raised, "superseded"); entry.ReasonCode != 1 {
		t.Errorf("with the list that the service has: %+v, want reason 1", entry)
	}
}

// nextList makes a list that revokes people-1, and returns its only entry too.
func nextList(t *testing.T, root ceremony.RootKey, current []byte, reason string) ([]byte, x509.RevocationListEntry) {
	t.Helper()
	text, err := ceremony.NextRootList(context.Background(), root, current, ceremony.Revocation{ID: "people-1", Reason: reason})
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	list, err := x509.ParseRevocationList(block.Bytes)
	if err != nil || len(list.RevokedCertificateEntries) != 1 {
		t.Fatalf("the list has %+v, %v, want one entry", list, err)
	}
	return text, list.RevokedCertificateEntries[0]
}
