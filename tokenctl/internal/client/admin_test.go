package client

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/fault"
)

func TestQuery(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.FixedZone("", 3600))
	for _, test := range []struct {
		filter api.CertificateFilter
		want   string
	}{
		{api.CertificateFilter{}, ""},
		{api.CertificateFilter{Agency: "A & B", Sort: "-issued", PerPage: 200, Page: 2}, "?agency=A+%26+B&page=2&per_page=200&sort=-issued"},
		{api.CertificateFilter{ExpiresBefore: at, Query: "a/b?c#d"}, "?expires_before=2026-03-01T08%3A00%3A00Z&q=a%2Fb%3Fc%23d"},
	} {
		if got := query(test.filter); got != test.want {
			t.Errorf("query(%+v) = %q, want %q", test.filter, got, test.want)
		}
	}
}

// TestWithID: the word ID gives way to the id, and nothing that only has these letters in it.
func TestWithID(t *testing.T) {
	for next, want := range map[string]string{
		"tokenctl admin review show ID --undecided": "tokenctl admin review show a$1 --undecided",
		"'tokenctl admin change show ID'":           "'tokenctl admin change show a$1'",
		"give its IDENTITY, a UUID, or IDS":         "give its IDENTITY, a UUID, or IDS",
	} {
		var got *fault.Error
		if err := withID(fault.New(fault.Usage, next, "no"), "a$1"); !errors.As(err, &got) || got.Next != want {
			t.Errorf("withID = %v, %+v, want next %q", err, got, want)
		}
	}
}

// TestPathOf: what names a certificate cannot lead a request elsewhere.
func TestPathOf(t *testing.T) {
	for _, test := range []struct {
		ref  certs.Ref
		want string
	}{
		{certs.Ref{Issuer: "people-1", Serial: "7f00"}, api.PathCertificates + "/people-1/7f00"},
		{certs.Ref{Issuer: "../..", Serial: "7f00"}, api.PathCertificates + "/unknown/7f00"},
		{certs.Ref{Issuer: "people-1", Serial: "../../whoami?x#y"}, api.PathCertificates + "/unknown/..%2F..%2Fwhoami%3Fx%23y"},
		{certs.Ref{Serial: "7f00"}, api.PathCertificates + "/unknown/7f00"},
	} {
		got := pathOf(test.ref)
		if _, err := url.Parse(got); got != test.want || err != nil {
			t.Errorf("pathOf(%v) = %q, %v, want %q", test.ref, got, err, test.want)
		}
	}
}
