package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/certificate"
	"mais/server/internal/web/page/frame"
)

// certificatePage shows one certificate.
func certificatePage(ctx context.Context, c *call) (answer, error) {
	detail, err := c.detail(ctx)
	if err != nil {
		return answer{}, err
	}
	p := certificate.Page{Frame: c.adminFrame("Certificate", certificatesPath), Detail: detail}
	p.Own = p.The().Ref() == c.who.Certificate().String()
	return html(http.StatusOK, certificate.Render(p)), nil
}

// detail is what is known of the certificate of the path.
func (c *call) detail(ctx context.Context) (api.CertificateDetail, error) {
	if _, err := c.administers(); err != nil {
		return api.CertificateDetail{}, err
	}
	ref, err := c.named()
	if err != nil {
		return api.CertificateDetail{}, err
	}
	return c.site.opts.Credentials.Certificate(ctx, c.who, ref)
}

// A page whose subject moves asks for itself again so often, and for so long only: each time
// is a use of the session, which must end when nobody is there.
const (
	askAgain = 5 * time.Second
	askUntil = 10 * time.Minute
)

// again makes a page ask for itself in a while, unless its reader has stopped that or what it
// shows began too long ago.
func (c *call) again(f *frame.Frame, began time.Time) {
	if c.URL.Query().Get("still") == "" && f.Now.Sub(began) < askUntil {
		f.Reload = frame.Reload{At: f.Now.Add(askAgain), Path: c.URL.EscapedPath()}
	}
}

// receiptPage shows the receipt for a change of a certificate's status: the last, or the one
// whose number is asked for.
func receiptPage(ctx context.Context, c *call) (answer, error) {
	detail, err := c.detail(ctx)
	if err != nil {
		return answer{}, err
	}
	number, err := c.change()
	if err != nil {
		return answer{}, err
	}
	jws, err := c.site.opts.Credentials.Receipt(ctx, c.who, certs.Ref{Issuer: detail.Issuer, Serial: detail.Serial}, number)
	if err != nil {
		return answer{}, err
	}
	says, err := receiptOf(jws)
	if err != nil {
		return answer{}, err
	}
	p := certificate.Receipt{Frame: c.adminFrame("Receipt", certificatesPath), JWS: jws, Says: says}
	p.Of = admin.Certificate{Certificate: detail.Certificate, Now: p.Now}
	for _, change := range detail.History {
		if change.Number == says.Number && change.By != "" {
			p.Says.By = change.By // the receipt names an identity, the inventory knows whose
		}
	}
	if p.Number = number; !says.Final {
		c.again(&p.Frame, says.CommittedAt)
		if p.Frame.Reload.Path != "" {
			p.Frame.Reload.Path = p.Path()
		}
	}
	return html(http.StatusOK, certificate.RenderReceipt(p)), nil
}

// receiptOf reads what a receipt of our own says. It checks no signature: nobody else made it.
func receiptOf(jws string) (says api.Receipt, err error) {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return says, errors.New("read a receipt: not a JWS in compact form (RFC 7515, 7.1)")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return says, fmt.Errorf("read a receipt: %w", err)
	}
	if err := json.Unmarshal(payload, &says); err != nil {
		return says, fmt.Errorf("read a receipt: %w", err)
	}
	return says, nil
}
