package web

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
)

// Description is the API's OpenAPI document.
//
//go:embed openapi.yaml
var Description []byte

func describe(context.Context, *call) (answer, error) {
	return answer{status: http.StatusOK, kind: "application/yaml", body: Description}, nil
}

func roots(_ context.Context, c *call) (answer, error) {
	return answer{status: http.StatusOK, kind: "application/x-pem-file", body: c.site.opts.Roots}, nil
}

func whoami(_ context.Context, c *call) (answer, error) {
	p := c.who
	return json200(api.Whoami{
		Kind: p.Identity().Kind().String(), User: p.Identity().ID(), Email: p.Email(), Name: p.Name(), Agency: p.Agency(),
		Site: p.Site(), Roles: append([]string{}, p.Roles()...), Serial: p.Certificate().Serial, Level: p.Level().String(),
		NotAfter: p.NotAfter(), Address: p.Address().String(),
	})
}

func search(ctx context.Context, c *call) (answer, error) {
	in, err := decode[api.SearchRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Records.Search(ctx, c.look(), in)
	c.audited = true
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}

func show(ctx context.Context, c *call) (answer, error) {
	record, err := c.site.opts.Records.Show(ctx, c.look(), c.person())
	c.audited = true
	if err != nil {
		return answer{}, err
	}
	return json200(record)
}

// enrol turns a code and a proof of possession into a certificate. Whatever is wrong with
// either gets the same refusal; why stands in the audit. Only that a right code would be spent
// on a token that is not enough for its holder's roles is told.
func enrol(ctx context.Context, c *call) (answer, error) {
	if !c.site.enrolled.Allow(c.verdict.Address(), time.Now()) {
		return answer{}, errTooMany
	}
	in, err := decode[api.EnrolRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	csr, err := certs.DecodeRequest([]byte(in.CSR))
	if err != nil {
		return answer{}, fmt.Errorf("%w: %w", ca.ErrRefused, err)
	}
	evidence, field, err := evidenceOf(in.KeyEvidence)
	if err != nil {
		return answer{}, fmt.Errorf("%w: %s %w", ca.ErrRefused, field, err)
	}
	acting, event := withAct(ctx, c)
	issued, err := c.site.opts.Authority.Enrol(acting, ca.Enrolment{
		Code: in.Code, Holder: in.Email, CSR: csr, By: c.verdict.Address().String(), Evidence: evidence,
		Admits: func(ctx context.Context, who certs.Identity) error {
			return c.site.opts.Authn.Admits(ctx, who, c.verdict.Address())
		},
		Enough: c.site.opts.Authn.Enough,
	})
	if err != nil {
		return answer{}, err
	}
	c.audited = event.recorded // not when the same key came again and got the same certificate
	return c.issued(issued)
}

// renew issues a successor to the token that the request is made with. What is wrong with the
// evidence how the new key is held is told, since whoever asks has proven to be somebody.
func renew(ctx context.Context, c *call) (answer, error) {
	in, err := decode[api.RenewRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	csr, err := certs.DecodeRequest([]byte(in.CSR))
	if err != nil {
		return answer{}, fault("csr", "is not one certificate signing request in PEM")
	}
	evidence, field, err := evidenceOf(in.KeyEvidence)
	if err != nil {
		return answer{}, fault(field, err.Error())
	}
	acting, event := withAct(ctx, c)
	issued, err := c.site.opts.Authority.Renew(acting, c.who.Certificate(), csr, evidence)
	if errors.Is(err, ca.ErrRefused) {
		return answer{}, fmt.Errorf("%w: %w", errRenewal, err)
	}
	if err != nil {
		return answer{}, err
	}
	c.audited = event.recorded
	return c.issued(issued)
}

func (c *call) issued(issued ca.Issued) (answer, error) {
	c.event.Detail = map[string]string{"issued": issued.Ref.String()}
	rules, _ := certs.ProfileOf(issued.Certificate)
	out, err := jsonAnswer(http.StatusCreated, api.IssuedCertificate{
		Certificate: string(certs.EncodeCertificates(issued.Certificate)),
		Chain:       string(certs.EncodeCertificates(issued.Chain...)),
		MutualURL:   c.site.opts.MutualURL,
		Level:       rules.Level.String(),
	})
	out.settled = true // the transaction that signed has read the status; a lost answer would cost the token
	return out, err
}

// revoke revokes the token that the request is made with.
func revoke(ctx context.Context, c *call) (answer, error) {
	in, err := decode[api.RevokeRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	reason := ca.Unspecified
	if in.Reason != "" {
		if reason, err = ca.ParseReason(in.Reason); err != nil {
			return answer{}, fault("reason", "is not a reason of RFC 5280, 5.3.1")
		}
	}
	ref := c.who.Certificate()
	acting, event := withAct(ctx, c)
	if err := c.site.opts.Authority.Revoke(acting, ref, reason, c.who.Identity().String()); err != nil {
		return answer{}, err
	}
	c.audited = event.recorded
	out, err := json200(api.Revoked{Serial: ref.Serial, At: time.Now().UTC()})
	out.settled, out.close = true, true
	return out, err
}

// plainGeneration serves the full revocation list of one generation of issuing CAs; that of
// the one that issues is plainCRL's as well.
func (s *Site) plainGeneration(w http.ResponseWriter, r *http.Request) {
	id := chi.URLParam(r, "id")
	s.list(w, r, id, func(ctx context.Context) ([]byte, error) { return s.opts.Authority.CRL(ctx, id) })
}
