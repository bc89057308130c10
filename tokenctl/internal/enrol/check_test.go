package enrol

import (
	"strings"
	"testing"
	"time"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/client/clienttest"
	"mais/tokenctl/internal/fault"
)

const somebody = "3f2c9a52-7d0e-4a53-9f60-2f6a3f1d8c11"

func TestCheckBelievesNothing(t *testing.T) {
	ours, theirs := clienttest.NewPKI(t), clienttest.NewPKI(t)
	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	other, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	answer := func(pki *clienttest.PKI, profile certs.Profile, life clienttest.Life) api.IssuedCertificate {
		return api.IssuedCertificate{
			Certificate: string(certs.EncodeCertificates(pki.Issue(t, profile, somebody, key.Public(), life))),
			Chain:       string(certs.EncodeCertificates(pki.Issuer(t, profile))),
			MutualURL:   "https://mais.example:9443",
		}
	}
	good := answer(ours, certs.PersonSoftware, clienttest.Life{})
	with := func(change func(*api.IssuedCertificate)) api.IssuedCertificate {
		changed := good
		change(&changed)
		return changed
	}
	past := clienttest.Life{From: time.Now().Add(-time.Hour), To: time.Now().Add(-time.Minute)}
	for _, test := range []struct {
		name string
		got  api.IssuedCertificate
		want string
	}{
		{"good", good, ""},
		{"another key", with(func(a *api.IssuedCertificate) {
			a.Certificate = string(certs.EncodeCertificates(ours.Issue(t, certs.PersonSoftware, somebody, other.Public(), clienttest.Life{})))
		}), "not for the key that was sent"},
		{"another root", answer(theirs, certs.PersonSoftware, clienttest.Life{}), "unknown authority"},
		{"our chain, their certificate", with(func(a *api.IssuedCertificate) {
			a.Certificate = answer(theirs, certs.PersonSoftware, clienttest.Life{}).Certificate
		}), "not issued by this service"},
		{"a site's", answer(ours, certs.SiteToken, clienttest.Life{}), "for a site, not a user"},
		{"a server's", answer(ours, certs.ServerNode, clienttest.Life{}), "for a server, not a user"},
		{"over", answer(ours, certs.PersonSoftware, past), "is this computer's clock right?"},
		{"a CA for a leaf", with(func(a *api.IssuedCertificate) { a.Certificate = a.Chain }), "not for the key"},
		{"two certificates", with(func(a *api.IssuedCertificate) { a.Certificate += a.Chain }), "not for the key"},
		{"no chain", with(func(a *api.IssuedCertificate) { a.Chain = "" }), "no certificate found"},
		{"garbage", with(func(a *api.IssuedCertificate) { a.Certificate = "\x00" }), "no certificate found"},
		{"a URL that is not ours to call", with(func(a *api.IssuedCertificate) { a.MutualURL = "http://mais.example" }), "mutual_url"},
		{"empty", api.IssuedCertificate{}, "no certificate found"},
	} {
		t.Run(test.name, func(t *testing.T) {
			contents, err := check(test.got, key.Public(), ours.Root(), certs.User, time.Now())
			if test.want == "" {
				if err != nil || contents.Meta.User != somebody || len(contents.Chain) != 2 {
					t.Errorf("check = %+v, %v, want the token of %s", contents.Meta, err, somebody)
				}
				return
			}
			if !fault.Is(err, fault.BadAnswer) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("check = %v, want bad-answer with %q", err, test.want)
			}
		})
	}
}
