package enrol

import (
	"context"
	"crypto/x509"
	"time"

	"mais/certs"
	"mais/config"
	"mais/server/api"
	"mais/tokenctl/internal/fault"
)

// Certify has a key certified that others keep, such as the program that came with a card: csr
// is their request (PKCS #10, DER). It returns the holder's certificate and those above it, the
// root left out, and makes no token. The same request has the same certificate for ten minutes.
func Certify(ctx context.Context, in Invitation, csr []byte, code func(context.Context) (config.Secret, error)) ([]*x509.Certificate, error) {
	request, err := x509.ParseCertificateRequest(csr)
	if err == nil {
		err = request.CheckSignature()
	}
	if err != nil {
		return nil, fault.New(fault.Usage, "make the request again, with the key that is to be certified", "the request cannot be used").Because(err)
	}
	public, root, err := reach(ctx, in)
	if err != nil {
		return nil, err
	}
	defer public.Close()
	secret, err := code(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := public.Enrol(ctx, api.EnrolRequest{Email: in.Holder, Code: string(secret.Reveal()), CSR: string(certs.EncodeRequest(csr))})
	if err != nil {
		return nil, err
	}
	contents, err := check(answer.Value, request.PublicKey, root, in.Kind, time.Now())
	return contents.Chain, err
}
