package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"mais/server/api"
)

// Import sends a CSV file of people. Unless it is a dry run, and unless rows have faults that
// are not to be skipped, the service makes a change of it.
func (c *Client) Import(ctx context.Context, csv io.Reader, r api.ImportRequest) (Answer[api.Import], error) {
	var none Answer[api.Import]
	truth := map[bool]string{true: "true"}
	path := asked(api.PathImport, map[string]string{"note": r.Note, "dry_run": truth[r.DryRun], "skip_faulty": truth[r.SkipFaulty]})
	text, err := c.sendAs(ctx, http.MethodPost, path, csv, mediaCSV, mediaJSON)
	if err != nil {
		return none, err
	}
	out := Answer[api.Import]{Raw: text}
	if err := json.Unmarshal(text, &out.Value); err != nil {
		return none, badAnswer(c.base).Because(err)
	}
	return out, nil
}

// Funnel says how far those who were invited have come.
func (c *Client) Funnel(ctx context.Context) (Answer[api.Funnel], error) {
	return call[api.Funnel](ctx, c, http.MethodGet, api.PathFunnel, nil)
}

// InviteAgain has a fresh code sent to everybody of an agency, or with "" of all, whose code
// lapsed unused.
func (c *Client) InviteAgain(ctx context.Context, agency string) (Answer[api.InvitedAgain], error) {
	return call[api.InvitedAgain](ctx, c, http.MethodPost, api.PathFunnel+"/again", api.InviteAgainRequest{Agency: agency})
}
