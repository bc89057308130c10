package e2e_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// party is somebody else's software that decides by our revocation lists and OCSP whether to
// take a certificate of ours.
type party struct {
	name string
	// ask has it look at the token as it stands now, by what it fetches now.
	ask func(t *testing.T, p *person) verdict
}

// verdict is whether it was taken, and what was said about it.
type verdict struct {
	good  bool
	words string
}

// TestRelyingParties lets openssl and GnuTLS, each by the shard that the certificate names,
// by the full list and by OCSP, take a good token, refuse it while it is held, take it when
// it is released, and refuse it for good once it is revoked.
func TestRelyingParties(t *testing.T) {
	t.Parallel()
	s := sharedDemo(t)
	p := s.join(t, "relying", "police_officer", custody)
	serial := p.whoami(t).Serial
	for _, step := range []struct {
		status string
		good   bool
	}{{"active", true}, {"held", false}, {"active", true}, {"revoked", false}} {
		s.psql(t, fmt.Sprintf("UPDATE ca.certificate SET status = '%[1]s' WHERE serial = '%[2]s' AND status <> '%[1]s'", step.status, serial))
		for _, other := range parties {
			// The node hears of a change made by plain SQL within a second.
			var last verdict
			await(t, fmt.Sprintf("%s to find the %s token good = %v", other.name, step.status, step.good), func() bool {
				last = other.ask(t, p)
				return last.good == step.good
			})
			if !last.good && !strings.Contains(strings.ToLower(last.words), "revoked") {
				t.Errorf("%s refuses the %s token for another reason: %s", other.name, step.status, last.words)
			}
		}
	}
}

var parties = []party{
	{"openssl by the shard", opensslByList(shardOf)},
	{"openssl by the full list", opensslByList(fullList)},
	{"openssl by OCSP", opensslByOCSP},
	{"GnuTLS by the shard", gnutlsByList(shardOf)},
	{"GnuTLS by the full list", gnutlsByList(fullList)},
	{"GnuTLS by OCSP", gnutlsByOCSP},
}

func opensslByList(list func(*testing.T, *person) string) func(*testing.T, *person) verdict {
	return func(t *testing.T, p *person) verdict {
		r := execute(t, exec.Command("openssl", "verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", p.file("roots.pem"), "-untrusted", p.file("cert.pem"),
			"-CRLfile", p.listsOf(t, list(t, p)), "-crl_check_all", p.file("cert.pem")))
		return verdict{r.code == 0, r.stdout + r.stderr}
	}
}

// opensslByOCSP asks with a nonce and demands it back.
func opensslByOCSP(t *testing.T, p *person) verdict {
	leaf, issuer := p.split(t)
	r := execute(t, exec.Command("openssl", "ocsp", "-issuer", issuer, "-cert", leaf, "-nonce", "-CAfile", p.file("roots.pem"),
		"-verify_other", issuer, "-url", p.service.demo.URLs.Plain+"/ocsp"))
	if words := r.stdout + r.stderr; r.code != 0 || !strings.Contains(words, "Response verify OK") || strings.Contains(words, "WARNING") {
		t.Errorf("openssl does not take the OCSP response: %s", words)
	}
	return verdict{strings.Contains(r.stdout, leaf+": good"), r.stdout + r.stderr}
}

func gnutlsByList(list func(*testing.T, *person) string) func(*testing.T, *person) verdict {
	return func(t *testing.T, p *person) verdict {
		r := execute(t, exec.Command("certtool", "--verify", "--verify-purpose", "1.3.6.1.5.5.7.3.2", "--verify-profile", "high",
			"--load-ca-certificate", p.file("roots.pem"), "--load-crl", p.listsOf(t, list(t, p)), "--infile", p.file("cert.pem")))
		return verdict{r.code == 0, r.stdout + r.stderr}
	}
}

func gnutlsByOCSP(t *testing.T, p *person) verdict {
	leaf, issuer := p.split(t)
	// GnuTLS wants a signer whose issuer it trusts itself; the chain above it is not built.
	trusted := write(t, filepath.Join(t.TempDir(), "trusted.pem"), read(t, issuer)+read(t, p.file("roots.pem")))
	r := execute(t, exec.Command("ocsptool", "--ask="+p.service.demo.URLs.Plain+"/ocsp", "--nonce", "--load-cert", leaf, "--load-issuer", issuer,
		"--load-trust", trusted))
	words := r.stdout + r.stderr
	if !strings.Contains(words, "Verifying OCSP Response: Success") {
		t.Errorf("GnuTLS does not take the OCSP response: %s", words)
	}
	return verdict{strings.Contains(words, "Certificate Status: good"), words}
}

// shardOf returns the address of the one list that the certificate names, as openssl reads it.
func shardOf(t *testing.T, p *person) string {
	t.Helper()
	r := execute(t, exec.Command("openssl", "x509", "-in", p.file("cert.pem"), "-noout", "-ext", "crlDistributionPoints")).exits(t, 0)
	_, address, found := strings.Cut(r.stdout, "URI:")
	if !found {
		t.Fatalf("the certificate names no list: %s", r.stdout)
	}
	return strings.TrimSpace(address)
}

func fullList(_ *testing.T, p *person) string { return p.service.demo.URLs.Plain + "/crl/people.crl" }

// listsOf fetches a list, and the root's, into one PEM file.
func (p *person) listsOf(t *testing.T, address string) string {
	t.Helper()
	dir := t.TempDir()
	var all strings.Builder
	for n, url := range []string{address, p.service.demo.URLs.Plain + "/crl/root.crl"} {
		der := write(t, filepath.Join(dir, fmt.Sprint(n, ".crl")), string(fetch(t, url)))
		all.WriteString(execute(t, exec.Command("openssl", "crl", "-inform", "DER", "-in", der)).exits(t, 0).stdout)
	}
	return write(t, filepath.Join(dir, "all.pem"), all.String())
}

// split writes the certificate and its issuer's into files of their own.
func (p *person) split(t *testing.T) (leaf, issuer string) {
	t.Helper()
	blocks := strings.SplitAfter(read(t, p.file("cert.pem")), "-----END CERTIFICATE-----\n")
	if len(blocks) < 2 {
		t.Fatalf("cert.pem has %d certificates, want the leaf and its issuer", len(blocks))
	}
	dir := t.TempDir()
	return write(t, filepath.Join(dir, "leaf.pem"), blocks[0]), write(t, filepath.Join(dir, "issuer.pem"), strings.Join(slices.Clone(blocks[1:]), ""))
}
