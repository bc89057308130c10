package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-chi/chi/v5"

	"mais/certs"
	"mais/server/api"
)

// actSerials is the act of adding lines to a plan: its requests are longer than others.
const (
	actSerials = "plan.serials"
	maxLines   = 2 << 20
)

// bodyLimit is how much a request for an act may have.
func bodyLimit(act string) int64 {
	switch act {
	case actSerials:
		return maxLines
	case actImport:
		return maxImport
	}
	return maxBody
}

// named is the certificate that the address names. What cannot be one is not there.
func (c *call) named() (certs.Ref, error) {
	name := chi.URLParam(c.Request, "issuer") + "/" + chi.URLParam(c.Request, "serial")
	ref, err := certs.ParseRef(name)
	if err != nil || ref.String() != name {
		return certs.Ref{}, errNotFound
	}
	c.event.Detail = map[string]string{"certificate": ref.String()}
	return ref, nil
}

func listCertificates(ctx context.Context, c *call) (answer, error) {
	filter, err := filterOf(c.URL.Query())
	if err != nil {
		return answer{}, err
	}
	c.noteFilter(certificateParameters(&filter))
	found, err := c.site.opts.Credentials.Certificates(ctx, c.who, filter)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Certificates)
	return json200(found)
}

func showCertificate(ctx context.Context, c *call) (answer, error) {
	ref, err := c.named()
	if err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Credentials.Certificate(ctx, c.who, ref)
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}

func receipt(ctx context.Context, c *call) (answer, error) {
	ref, err := c.named()
	if err != nil {
		return answer{}, err
	}
	number, err := c.change()
	if err != nil {
		return answer{}, err
	}
	jws, err := c.site.opts.Credentials.Receipt(ctx, c.who, ref, number)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, kind: "application/jose", body: []byte(jws)}, nil // RFC 7515, 9.2.1
}

// change is the number of the change of status that is asked about; 0: the last.
func (c *call) change() (int64, error) {
	text := c.URL.Query().Get("number")
	if text == "" {
		return 0, nil
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 1 {
		return 0, fault("number", "is not the number of a change")
	}
	c.event.Detail["change"] = text
	return number, nil
}

func expiringCertificates(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Credentials.Expiries(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}

func ownTokens(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Credentials.Own(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return json200(api.OwnTokens{Tokens: found})
}

func checkAuthority(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Credentials.Check(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return json200(found)
}

// inviteUser has a code sent. The order and the event of the request are one.
func inviteUser(ctx context.Context, c *call) (answer, error) {
	in, err := decode[api.InviteRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	acting, event := withAct(ctx, c)
	invited, err := c.site.opts.Credentials.Invite(acting, c.who, in.Email)
	c.audited = event.recorded && err == nil // a code that was made and could not be sent is two
	if err != nil {
		return answer{}, err
	}
	return jsonAnswer(http.StatusCreated, invited)
}

// certificateParameters are those of PathCertificates.
func certificateParameters(f *api.CertificateFilter) parameters {
	return parameters{
		"q": &f.Query, "status": &f.Status, "profile": &f.Profile, "issuer": &f.Issuer, "user": &f.User, "agency": &f.Agency, "site": &f.Site, "card": &f.Card, "sort": &f.Sort,
		"expires_before": &f.ExpiresBefore, "issued_from": &f.IssuedFrom, "issued_before": &f.IssuedBefore, "page": &f.Page, "per_page": &f.PerPage,
	}
}

func filterOf(q url.Values) (f api.CertificateFilter, err error) {
	err = certificateParameters(&f).read(q)
	return f, err
}
