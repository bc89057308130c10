package client

import (
	"context"
	"net/http"
	"net/url"

	"mais/server/api"
	"mais/tokenctl/internal/fault"
)

const nextChanges = "see 'tokenctl admin change list'"

// ProposeChange makes a draft of a change; nothing is changed.
func (c *Client) ProposeChange(ctx context.Context, r api.ChangeRequest) (Answer[api.Change], error) {
	answer, err := call[api.Change](ctx, c, http.MethodPost, api.PathChanges, r)
	return answer, missing(err, "see 'tokenctl admin --help'; what you do not administer is not shown either", "there is no such thing to change")
}

// Changes reads a page of changes.
func (c *Client) Changes(ctx context.Context, f api.ChangeFilter) (Answer[api.Changes], error) {
	return call[api.Changes](ctx, c, http.MethodGet, asked(api.PathChanges, map[string]string{
		"state": f.State, "kind": f.Kind, "target": f.Target, "page": number(f.Page), "per_page": number(f.PerPage),
	}), nil)
}

// asked is a path with those query parameters that have a value.
func asked(path string, parameters map[string]string) string {
	v := url.Values{}
	for name, value := range parameters {
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// ChangeOf reads a change as it stands.
func (c *Client) ChangeOf(ctx context.Context, id string) (Answer[api.Change], error) {
	return change(ctx, c, http.MethodGet, id, "", nil)
}

// ConfirmChange applies a draft, or has it wait for a second person.
func (c *Client) ConfirmChange(ctx context.Context, id string, in api.ConfirmRequest) (Answer[api.Change], error) {
	return change(ctx, c, http.MethodPost, id, "/confirm", in)
}

// ChangePeople reads a page of the people of a change of many.
func (c *Client) ChangePeople(ctx context.Context, id string, page, perPage int) (Answer[api.ChangePeople], error) {
	if !idForm.MatchString(id) {
		return Answer[api.ChangePeople]{}, fault.New(fault.NotFound, nextChanges, "there is no change %.70q", id)
	}
	answer, err := call[api.ChangePeople](ctx, c, http.MethodGet, asked(api.PathChanges+"/"+url.PathEscape(id)+"/items", map[string]string{
		"page": number(page), "per_page": number(perPage),
	}), nil)
	return answer, missing(err, nextChanges, "there is no change %.40q", id)
}

// StopChange stops a list that is under way.
func (c *Client) StopChange(ctx context.Context, id string) (Answer[api.Change], error) {
	return change(ctx, c, http.MethodPost, id, "/stop", nil)
}

// ApproveChange applies a change that waits for a second person.
func (c *Client) ApproveChange(ctx context.Context, id string, d api.DecisionRequest) (Answer[api.Change], error) {
	return change(ctx, c, http.MethodPost, id, "/approve", d)
}

// RefuseChange ends a change that waits for a second person.
func (c *Client) RefuseChange(ctx context.Context, id string, d api.DecisionRequest) (Answer[api.Change], error) {
	return change(ctx, c, http.MethodPost, id, "/refuse", d)
}

// DiscardChange forgets a change of the caller's that was not applied.
func (c *Client) DiscardChange(ctx context.Context, id string) (Answer[api.Change], error) {
	return change(ctx, c, http.MethodPost, id, "/discard", nil)
}

func change(ctx context.Context, c *Client, method, id, below string, body any) (Answer[api.Change], error) {
	if !idForm.MatchString(id) {
		return Answer[api.Change]{}, fault.New(fault.NotFound, nextChanges, "there is no change %.70q", id)
	}
	answer, err := call[api.Change](ctx, c, method, api.PathChanges+"/"+url.PathEscape(id)+below, body)
	return answer, missing(withID(err, id), nextChanges, "there is no change %.40q", id)
}
