package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/audit"
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
	c.noteFilter(filter)
	found, err := c.site.opts.Credentials.Certificates(ctx, c.who, filter)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Certificates)
	return json200(found)
}

// noteFilter puts what was asked for into the event, as it was understood: neither spaces nor
// what else an address may hold hides it.
func (c *call) noteFilter(f api.CertificateFilter) {
	if text := spelled(f); text != "" {
		if c.event.Detail == nil {
			c.event.Detail = map[string]string{}
		}
		audit.Spell(c.event.Detail, "filter", text)
	}
}

// spelled is a filter as the parameters of an address, in the order of their names.
func spelled(f api.CertificateFilter) string {
	v := url.Values{}
	for name, text := range map[string]string{
		"q": f.Query, "status": f.Status, "profile": f.Profile, "issuer": f.Issuer, "user": f.User, "agency": f.Agency, "site": f.Site, "card": f.Card, "sort": f.Sort,
	} {
		if text = strings.TrimSpace(text); text != "" {
			v.Set(name, text)
		}
	}
	for name, at := range map[string]time.Time{"expires_before": f.ExpiresBefore, "issued_from": f.IssuedFrom, "issued_before": f.IssuedBefore} {
		if !at.IsZero() {
			v.Set(name, at.UTC().Format(time.RFC3339))
		}
	}
	if f.Page > 1 {
		v.Set("page", strconv.Itoa(f.Page))
	}
	return v.Encode()
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

// filterOf reads a filter from an address; what it has no parameter for is refused, so that a
// slip of the pen does not mean everything.
func filterOf(q url.Values) (f api.CertificateFilter, err error) {
	texts := map[string]*string{
		"q": &f.Query, "status": &f.Status, "profile": &f.Profile, "issuer": &f.Issuer, "user": &f.User, "agency": &f.Agency, "site": &f.Site, "card": &f.Card, "sort": &f.Sort,
	}
	times := map[string]*time.Time{"expires_before": &f.ExpiresBefore, "issued_from": &f.IssuedFrom, "issued_before": &f.IssuedBefore}
	numbers := map[string]*int{"page": &f.Page, "per_page": &f.PerPage}
	for name, values := range q {
		value := strings.TrimSpace(values[0])
		switch {
		case len(values) > 1:
			return f, fault(name, "is there more than once")
		case texts[name] != nil:
			*texts[name] = value
		case times[name] != nil:
			if *times[name], err = time.Parse(time.RFC3339, value); err != nil {
				return f, fault(name, "is not a time such as 2026-03-12T09:30:00Z")
			}
		case numbers[name] != nil:
			if *numbers[name], err = strconv.Atoi(value); err != nil || *numbers[name] < 1 {
				return f, fault(name, "is not a number from 1")
			}
		default:
			return f, fault("query", "has a parameter that is not known here")
		}
	}
	return f, nil
}
