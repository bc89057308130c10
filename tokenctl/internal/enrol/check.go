package enrol

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

// check believes nothing of an issued certificate because of where it came from: it is for
// our key, leads to our root, has our profile, and speaks for somebody of the kind asked.
func check(got api.IssuedCertificate, key crypto.PublicKey, root *x509.Certificate, kind certs.Kind, now time.Time) (token.Contents, error) {
	refuse := func(cause error) (token.Contents, error) {
		return token.Contents{}, fault.New(fault.BadAnswer, "run the same command again; if it stays so, tell your administrator",
			"the certificate that the service issued cannot be used").Because(cause)
	}
	leaf, err := certs.ParseCertificates([]byte(got.Certificate))
	if err != nil {
		return refuse(err)
	}
	chain, err := certs.ParseCertificates([]byte(got.Chain))
	if err != nil {
		return refuse(fmt.Errorf("chain: %w", err))
	}
	if len(leaf) != 1 || !certs.SameKey(leaf[0].PublicKey, key) {
		return refuse(errors.New("it is not for the key that was sent"))
	}
	if err := leads(chain, root, now); err != nil {
		return refuse(err)
	}
	_, rules, err := certs.CheckChain(leaf, chain[:1], now)
	if errors.Is(err, certs.ErrExpired) {
		return refuse(fmt.Errorf("it holds from %s to %s: is this computer's clock right?", leaf[0].NotBefore, leaf[0].NotAfter))
	}
	if err != nil {
		return refuse(err)
	}
	if rules.Kind != kind {
		return refuse(fmt.Errorf("it is for a %s, not a %s", rules.Kind, kind))
	}
	identity, err := certs.IdentityOf(leaf[0])
	if err != nil {
		return refuse(err)
	}
	mutual, err := token.ServiceURL(got.MutualURL)
	if err != nil {
		return refuse(fmt.Errorf("mutual_url: %w", err))
	}
	return token.Contents{Root: root, Chain: append(leaf, chain...), Meta: token.NewMeta(identity, leaf[0], mutual)}, nil
}

// leads says whether the issuing CA stands under root. Its usages are not asked here: they
// nest with the leaf's, which CheckChain looks at.
func leads(chain []*x509.Certificate, root *x509.Certificate, now time.Time) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(root)
	for _, cert := range chain[1:] {
		between.AddCert(cert)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	return err
}
