package client

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/url"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/fault"
)

// FetchRoot gets the root whose fingerprint the invitation names. The connection is not
// verified, and nothing but the request for the roots goes over it: what comes back counts
// only when the SHA-256 of its DER is the whole fingerprint.
func FetchRoot(ctx context.Context, from *url.URL, want certs.Fingerprint) (*x509.Certificate, error) {
	c := &Client{base: from, http: newHTTP(stranger(from), connectTimeout), stranger: true}
	defer c.Close()
	text, err := c.send(ctx, http.MethodGet, api.PathRoots, nil, mediaAny)
	if err != nil {
		return nil, err
	}
	wrong := fault.New(fault.WrongRoot, "compare the fingerprint with the one in your invitation, and ask your administrator; nothing was sent",
		"%s does not have the root %s", from.Host, want)
	roots, err := certs.ParseCertificates(text)
	if err != nil {
		return nil, wrong.Because(err)
	}
	for _, root := range roots {
		if want.Matches(root.Raw) && root.IsCA {
			return root, nil
		}
	}
	return nil, wrong
}

// Reach makes a verified connection and asks for the roots once more, so that a person is
// not asked for secrets in vain.
func (c *Client) Reach(ctx context.Context) error {
	_, err := c.send(ctx, http.MethodGet, api.PathRoots, nil, mediaAny)
	return err
}
