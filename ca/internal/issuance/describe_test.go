package issuance

import (
	"strings"
	"testing"

	"mais/certs"
)

// What a profile is said to have is what its certificates have.
func TestExtensionsAreThoseOfTheCertificate(t *testing.T) {
	for _, r := range certs.AllRules {
		p := testPrepared(t, r.Profile)
		twin, err := p.twin()
		if err != nil {
			t.Fatal(err)
		}
		said := map[string]Extension{}
		for _, e := range Extensions(r, p.issuer.addresses) {
			if e.Value == "" {
				t.Errorf("%s: nothing is said of %s", r.Profile, e.Name)
			}
			said[e.OID] = e
		}
		for _, e := range twin.Extensions {
			if got, ok := said[e.Id.String()]; !ok || got.Critical != e.Critical {
				t.Errorf("%s: extension %s, critical %t, is said to be %+v", r.Profile, e.Id, e.Critical, got)
			}
			delete(said, e.Id.String())
		}
		if len(said) > 0 {
			t.Errorf("%s: said to have %v, and has them not", r.Profile, said)
		}
	}
}

func TestLints(t *testing.T) {
	all, err := Lints()
	if err != nil {
		t.Fatal(err)
	}
	run, met := 0, map[string]bool{}
	for _, l := range all {
		if met[l.Name] || l.Demands == "" == (l.LeftOut == "") {
			t.Errorf("%+v: want it once, and either run or left out", l)
		}
		if met[l.Name] = true; l.LeftOut == "" {
			run++
		}
	}
	if whole := len(wholeRegistry(t).CertificateLints().Lints()); len(all) != whole+len(unfit) || run < whole/2 {
		t.Errorf("%d lints are told of, %d of them run, of %d that zlint has", len(all), run, whole)
	}
	if !strings.Contains(all[0].Name, "_") {
		t.Errorf("the first lint is %q", all[0].Name)
	}
}
