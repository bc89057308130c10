package client

import (
	"context"
	"net/http"
	"net/url"
	"regexp"

	"mais/server/api"
	"mais/tokenctl/internal/fault"
)

// Enrol sends the code and the signing request, on a Public client only.
func (c *Client) Enrol(ctx context.Context, r api.EnrolRequest) (Answer[api.IssuedCertificate], error) {
	return call[api.IssuedCertificate](ctx, c, http.MethodPost, api.PathEnrol, r)
}

// Whoami asks whom the service takes the caller for.
func (c *Client) Whoami(ctx context.Context) (Answer[api.Whoami], error) {
	return call[api.Whoami](ctx, c, http.MethodGet, api.PathWhoami, nil)
}

// Search looks for people. The service records the look and every candidate.
func (c *Client) Search(ctx context.Context, r api.SearchRequest) (Answer[api.SearchResults], error) {
	return call[api.SearchResults](ctx, c, http.MethodPost, api.PathSearch, r)
}

var idForm = regexp.MustCompile(`^[0-9a-zA-Z-]{1,64}$`)

// Show reads one person's record. The service records the look.
func (c *Client) Show(ctx context.Context, id string) (Answer[api.Record], error) {
	if !idForm.MatchString(id) {
		return Answer[api.Record]{}, fault.New(fault.NotFound, nextSearch, "there is no person with the id %q", id)
	}
	return call[api.Record](ctx, c, http.MethodGet, api.PathPeople+url.PathEscape(id), nil)
}

// Renew sends the signing request of a new key.
func (c *Client) Renew(ctx context.Context, r api.RenewRequest) (Answer[api.IssuedCertificate], error) {
	return call[api.IssuedCertificate](ctx, c, http.MethodPost, api.PathRenew, r)
}

// Revoke revokes the certificate that the client signs in with.
func (c *Client) Revoke(ctx context.Context, r api.RevokeRequest) (Answer[api.Revoked], error) {
	return call[api.Revoked](ctx, c, http.MethodPost, api.PathRevoke, r)
}
