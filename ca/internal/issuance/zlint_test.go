package issuance

import (
	"cmp"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	zx509 "github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3/lint"

	"mais/certs"
)

// wholeRegistry is all lints of our sources that fit, as zlint itself would run them.
func wholeRegistry(t testing.TB) lint.Registry {
	t.Helper()
	r, err := lint.GlobalRegistry().Filter(lint.FilterOptions{IncludeSources: sources, ExcludeNames: unfitNames()})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// wholeStatus returns what each lint says of a certificate.
func wholeStatus(t testing.TB, r lint.Registry, der []byte) map[string]lint.LintStatus {
	t.Helper()
	cert, err := zx509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]lint.LintStatus{}
	for _, l := range r.CertificateLints().Lints() {
		all[l.Name] = l.Execute(cert, r.GetConfiguration()).Status
	}
	return all
}

// corpus calls see with certificates of every profile: each type of key, the names and times
// that differ most, and all that is spoilt.
func corpus(t *testing.T, see func(t *testing.T, p Prepared)) {
	keys := testKeys(t)
	for _, r := range certs.AllRules {
		for n, name := range []string{"A", "Máire O’Neill", strings.Repeat("漢", 64), "O'Brien & Sons <ward 3>", "x@y.example", "1"} {
			for _, at := range []time.Time{now, now.AddDate(0, 6, 3)} {
				key := keys[n%len(keys)]
				t.Run(fmt.Sprintf("%s/%d/%s", r.Profile, n, certs.KeyTypeOf(key.Public())), func(t *testing.T) {
					s := testSubject(t, r.Profile)
					s.Name, s.Keys = name, certs.AllKeyTypes
					p, err := testIssuer(t, cmp.Or(r.Issuer, "people")).Prepare(s, testRequest(t, noNames, key), at)
					if err != nil {
						t.Fatal(err)
					}
					see(t, p)
				})
			}
		}
	}
	for _, test := range spoilts {
		t.Run(test.name, func(t *testing.T) {
			p := testPrepared(t, test.profile)
			test.spoil(&p)
			see(t, p)
		})
	}
}

func testKeys(t testing.TB) []crypto.Signer {
	t.Helper()
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys := []crypto.Signer{newKey(t), p384}
	for _, bits := range []int{2048, 3072, 4096} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

// The lints that run give the verdict that all would give: over the whole corpus, whatever
// any lint of zlint's finds is found, by itself or by one of our rules.
func TestIdleLintsAreIdle(t *testing.T) {
	whole := wholeRegistry(t)
	corpus(t, func(t *testing.T, p Prepared) {
		twin, err := p.twin()
		if err != nil {
			t.Fatal(err)
		}
		status, found := wholeStatus(t, whole, twin.Raw), broken(t, p)
		ours := slices.ContainsFunc(found, func(rule string) bool { return strings.HasPrefix(rule, "mais_") })
		for name, s := range status {
			run := !left(name, twin.PublicKey)
			switch {
			case run && s >= lint.Notice != slices.Contains(found, name):
				t.Errorf("%s says %s of it, and Lint names %v", name, s, found)
			case !run && s != lint.NA && !ours:
				t.Errorf("%s is left out, and yet judges what our rules let through: %s", name, s)
			}
		}
	})
}

func left(name string, key crypto.PublicKey) bool {
	if _, ok := key.(*ecdsa.PublicKey); ok {
		return idle(name, idleLints) || idle(name, idleForECDSA)
	}
	return idle(name, idleLints) || idle(name, idleForRSA)
}

// A lint that zlint no longer has, or a rule that we no longer have, is noticed.
func TestIdleLintsExist(t *testing.T) {
	whole, met := wholeRegistry(t), map[string]bool{}
	for _, i := range slices.Concat(idleLints, idleForECDSA, idleForRSA) {
		if i.why == "" || !slices.ContainsFunc(Rules, func(r Rule) bool { return r.Name == i.rule }) {
			t.Errorf("%v are left out because %q, by a rule %q", i.lints, i.why, i.rule)
		}
		for _, name := range i.lints {
			if whole.CertificateLints().ByName(name) == nil || met[name] {
				t.Errorf("%s is left out, and not one of zlint's, or twice", name)
			}
			met[name] = true
		}
	}
	for _, name := range unfitNames() {
		if lint.GlobalRegistry().CertificateLints().ByName(name) == nil {
			t.Errorf("%s is left out, and not one of zlint's", name)
		}
	}
	all, err := zlints()
	if err != nil {
		t.Fatal(err)
	}
	total := len(whole.CertificateLints().Lints())
	for sort, n := range map[string]int{"ECDSA": len(all.ecdsa), "RSA": len(all.rsa)} {
		if n < total/3 || n >= total {
			t.Errorf("%d of %d lints judge a certificate with an %s key", n, total, sort)
		}
	}
}

// What zlint says of a twin it says of the certificate: it looks at no signature.
func TestTwinIsJudgedLikeTheCertificate(t *testing.T) {
	whole := wholeRegistry(t)
	for _, r := range certs.AllRules {
		p := testPrepared(t, r.Profile)
		twin, err := p.twin()
		if err != nil {
			t.Fatal(err)
		}
		issued, err := linted(t, p).Issue(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		of := wholeStatus(t, whole, issued.Certificate().Raw)
		for name, s := range wholeStatus(t, whole, twin.Raw) {
			if s != of[name] {
				t.Errorf("%s: %s says %s of the twin and %s of the certificate", r.Profile, name, s, of[name])
			}
		}
	}
}
