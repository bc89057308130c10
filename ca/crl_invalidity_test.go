package ca_test

import (
	"context"
	"crypto/x509"
	"encoding/asn1"
	"testing"
	"time"

	"mais/ca"
	"mais/certs"
)

// The lists say since when a key is known to be compromised, of those alone of which that was
// said (RFC 5280, 5.3.2), as openssl and others read it.
func TestInvalidityDateInLists(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	said, unsaid := f.Person(t, "Said").Ref, f.Person(t, "Unsaid")
	if err := f.Revoke(ctx, unsaid.Ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	since := f.statusOf(t, said).NotBefore.Add(time.Second).UTC()
	id := f.planned(t, ca.Plan{Act: "revoke", Reason: ca.KeyCompromise, Since: since}, said.Serial)
	f.confirm(t, id)
	f.carryOut(t, id)
	acts := f.Acts()
	if last := acts[len(acts)-1]; !last.Since.Equal(since) || last.Reason != "keyCompromise" {
		t.Errorf("the act = %+v, want it to say since when", last)
	}
	der, err := f.CRL(ctx, "people")
	if err != nil {
		t.Fatal(err)
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil || len(list.RevokedCertificateEntries) != 2 {
		t.Fatalf("the list has %d entries, %v", len(list.RevokedCertificateEntries), err)
	}
	for _, e := range list.RevokedCertificateEntries {
		var got time.Time
		for _, x := range e.Extensions {
			if x.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 24}) {
				if rest, err := asn1.UnmarshalWithParams(x.Value, &got, "generalized"); err != nil || len(rest) > 0 || x.Critical {
					t.Errorf("the extension %x: %v", x.Value, err)
				}
			}
		}
		want := time.Time{}
		if certs.SerialHex(e.SerialNumber) == said.Serial {
			want = since
		}
		if !got.Equal(want) {
			t.Errorf("%x is invalid since %s, want %s", e.SerialNumber, got, want)
		}
	}
}
