package certs_test

import (
	"crypto/x509"
	"errors"
	"net/url"
	"testing"

	"mais/certs"
)

// TestCheckServer: a site's certificate may hold the server's own name, and a user's may lead
// to the same root; neither stands in for the server.
func TestCheckServer(t *testing.T) {
	root := newAuthority(t, "Root", nil)
	sites := newAuthority(t, "Sites 1", &root, "mais.example")
	leaf := func(p certs.Profile, kind certs.Kind) *x509.Certificate {
		r, _ := certs.RulesOf(p)
		who, err := certs.NewIdentity(kind, id)
		if err != nil {
			t.Fatal(err)
		}
		return sites.issue(t, func(c *x509.Certificate) {
			c.ExtKeyUsage, c.Policies, c.URIs, c.DNSNames = r.Usages, []x509.OID{r.Policy}, nil, []string{"mais.example"}
			if r.URI {
				c.URIs = []*url.URL{who.URI()}
			}
		})
	}
	server, site := leaf(certs.ServerNode, certs.Server), leaf(certs.SiteToken, certs.Site)
	other := newAuthority(t, "Root", nil)
	for _, c := range []struct {
		name  string
		chain []*x509.Certificate
		root  *x509.Certificate
		host  string
		ok    bool
	}{
		{"the server", []*x509.Certificate{server, sites.cert}, root.cert, "mais.example", true},
		{"another name", []*x509.Certificate{server, sites.cert}, root.cert, "mais2.example", false},
		{"another root", []*x509.Certificate{server, sites.cert}, other.cert, "mais.example", false},
		{"without its issuer", []*x509.Certificate{server}, root.cert, "mais.example", false},
		{"a site with that name", []*x509.Certificate{site, sites.cert}, root.cert, "mais.example", false},
		{"a CA", []*x509.Certificate{sites.cert}, root.cert, "mais.example", false},
		{"a name that the constraints do not allow", []*x509.Certificate{leafNamed(t, sites, "other.example"), sites.cert}, root.cert, "other.example", false},
		{"601 certificates", append([]*x509.Certificate{server}, repeat(sites.cert, 600)...), root.cert, "mais.example", false},
		{"none", nil, root.cert, "mais.example", false},
	} {
		if err := certs.CheckServer(c.chain, c.root, c.host, now); (err == nil) != c.ok {
			t.Errorf("CheckServer(%s) = %v, want ok %v", c.name, err, c.ok)
		}
	}
	if err := certs.CheckServer([]*x509.Certificate{site, sites.cert}, root.cert, "mais.example", now); !errors.Is(err, certs.ErrProfile) {
		t.Errorf("a site in the server's place gives %v, want ErrProfile", err)
	}
}

func leafNamed(t *testing.T, by authority, name string) *x509.Certificate {
	r, _ := certs.RulesOf(certs.ServerNode)
	return by.issue(t, func(c *x509.Certificate) {
		c.ExtKeyUsage, c.Policies, c.URIs, c.DNSNames = r.Usages, []x509.OID{r.Policy}, nil, []string{name}
	})
}

// TestSitesBelowNameConstraints: a site's URN has no host, and is good all the same below a CA
// with name constraints.
func TestSitesBelowNameConstraints(t *testing.T) {
	sites := newAuthority(t, "Sites 1", nil, "mais.example")
	r, _ := certs.RulesOf(certs.SiteToken)
	who, err := certs.NewIdentity(certs.Site, id)
	if err != nil {
		t.Fatal(err)
	}
	for name, ok := range map[string]bool{"feed.mais.example": true, "mais.other": false} {
		cert := sites.issue(t, func(c *x509.Certificate) {
			c.ExtKeyUsage, c.Policies, c.URIs, c.DNSNames = r.Usages, []x509.OID{r.Policy}, []*url.URL{who.URI()}, []string{name}
		})
		_, got, err := certs.CheckChain([]*x509.Certificate{cert}, []*x509.Certificate{sites.cert}, now)
		if (err == nil) != ok || ok && got.Profile != certs.SiteToken {
			t.Errorf("CheckChain(site named %s) = %v, %v, want ok %v", name, got.Profile, err, ok)
		}
	}
}
