package relying

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/crypto/ocsp"

	"mais/certs"
	"mais/server/api"
)

const (
	patience = 10 * time.Second
	maxCRL   = 64 << 20
	maxOCSP  = 64 << 10
)

// Party asks about one certificate and knows who issued it.
type Party struct {
	Leaf, Issuer *x509.Certificate
	Now          time.Time
}

// CRL looks at the list that the certificate names (RFC 5280, 6.3).
func (p Party) CRL(ctx context.Context) api.CheckItem {
	item := api.CheckItem{What: "here-crl"}
	if len(p.Leaf.CRLDistributionPoints) == 0 {
		return unpublished(item, "names no revocation list")
	}
	at := p.Leaf.CRLDistributionPoints[0]
	der, err := fetch(ctx, http.MethodGet, at, nil, maxCRL)
	if err != nil {
		return unreachable(item, "the revocation list", at, err)
	}
	list, err := x509.ParseRevocationList(der)
	if err == nil {
		err = list.CheckSignatureFrom(p.Issuer)
	}
	if err == nil {
		err = covers(list, at)
	}
	if err != nil {
		return forged(item, "the revocation list", at, err)
	}
	for _, entry := range list.RevokedCertificateEntries {
		if entry.SerialNumber.Cmp(p.Leaf.SerialNumber) == 0 {
			return refused(item, "revocation list")
		}
	}
	return freshness(item, fmt.Sprintf("the revocation list number %v with %d entries", list.Number, len(list.RevokedCertificateEntries)),
		list.ThisUpdate, list.NextUpdate, p.Now)
}

// oidIssuingDistributionPoint is that of RFC 5280, 5.2.5.
var oidIssuingDistributionPoint = asn1.ObjectIdentifier{2, 5, 29, 28}

// covers demands that a list which covers a part of the certificates only is the one that the
// certificate named: its issuing distribution point holds the address. A full list has none.
func covers(list *x509.RevocationList, at string) error {
	name, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 6, Bytes: []byte(at)}) // GeneralName: a URI
	if err != nil {
		return err
	}
	for _, e := range list.Extensions {
		if e.Id.Equal(oidIssuingDistributionPoint) && !bytes.Contains(e.Value, name) {
			return fmt.Errorf("it is the list of other certificates")
		}
	}
	return nil
}

// OCSP asks the responder that the certificate names (RFC 6960).
func (p Party) OCSP(ctx context.Context) api.CheckItem {
	item := api.CheckItem{What: "here-ocsp"}
	if len(p.Leaf.OCSPServer) == 0 {
		return unpublished(item, "names no OCSP responder")
	}
	at := p.Leaf.OCSPServer[0]
	request, err := ocsp.CreateRequest(p.Leaf, p.Issuer, &ocsp.RequestOptions{Hash: crypto.SHA256})
	if err != nil {
		return forged(item, "the question to the OCSP responder", at, err)
	}
	der, err := fetch(ctx, http.MethodPost, at, request, maxOCSP)
	if err != nil {
		return unreachable(item, "the OCSP responder", at, err)
	}
	said, err := ocsp.ParseResponseForCert(der, p.Leaf, p.Issuer)
	if err == nil {
		err = p.mayAnswer(said.Certificate)
	}
	if err != nil {
		return forged(item, "the OCSP responder's answer", at, err)
	}
	if said.Status != ocsp.Good {
		return refused(item, "OCSP responder")
	}
	return freshness(item, "the OCSP responder's answer, good,", said.ThisUpdate, said.NextUpdate, p.Now)
}

// mayAnswer demands that whoever has signed an answer is the issuer, who brings no certificate,
// or was authorised by it (RFC 6960, 4.2.2.2). Of the two ocsp.ParseResponseForCert says only
// that the issuer has signed the certificate, as it has signed everybody's.
func (p Party) mayAnswer(signer *x509.Certificate) error {
	if signer == nil {
		return nil
	}
	rules, ok := certs.ProfileOf(signer)
	switch {
	case !ok || rules.Profile != certs.OCSPSigner || !rules.HasUsages(signer):
		return errors.New("who signed it is no OCSP responder")
	case p.Now.Before(signer.NotBefore) || p.Now.After(signer.NotAfter):
		return fmt.Errorf("the responder's certificate holds from %s to %s only", signer.NotBefore.UTC().Format(time.RFC3339), signer.NotAfter.UTC().Format(time.RFC3339))
	}
	return nil
}

func unpublished(item api.CheckItem, what string) api.CheckItem {
	item.State, item.Says = Warning, "this token's certificate "+what
	item.Do = "renew the token: certificates that are issued now name both"
	return item
}

func unreachable(item api.CheckItem, what, at string, err error) api.CheckItem {
	item.State, item.Says = Fault, fmt.Sprintf("%s cannot be had from %s: %v", what, at, err)
	item.Do = "relying parties need the plain listener: see that its name resolves, that its port is open from here, and that the service runs"
	return item
}

func forged(item api.CheckItem, what, at string, err error) api.CheckItem {
	item.State, item.Says = Fault, fmt.Sprintf("%s at %s does not hold: %v", what, at, err)
	item.Do = "find out who answers at that address; if it is the service, see its log"
	return item
}

func refused(item api.CheckItem, by string) api.CheckItem {
	item.State, item.Says = Fault, "the "+by+" refuses this token, which the service itself has just taken"
	item.Do = "compare 'tokenctl admin cert show' of this token with the service's log: the two must agree"
	return item
}

// fetch asks an address of a certificate. It uses no proxy: what a proxy keeps says nothing of
// what the service publishes.
func fetch(ctx context.Context, method, at string, body []byte, most int64) ([]byte, error) {
	to, err := url.Parse(at)
	if err != nil || to.Scheme != "http" || to.Host == "" {
		return nil, fmt.Errorf("%q is not http://HOST/…, as RFC 5280 and RFC 6960 want it", at)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, at, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/ocsp-request")
	}
	transport := &http.Transport{DialContext: (&net.Dialer{Timeout: patience}).DialContext, DisableCompression: true, DisableKeepAlives: true}
	client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return nil, short(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return nil, short(err)
	}
	if int64(len(text)) > most {
		return nil, fmt.Errorf("longer than %d bytes", most)
	}
	return text, nil
}

// short is a fault without the address, which the sentence around it has.
func short(err error) error {
	if wrapped, ok := err.(*url.Error); ok {
		return wrapped.Err
	}
	return err
}
