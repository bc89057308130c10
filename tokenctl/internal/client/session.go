package client

import (
	"context"
	"net/http"
	"net/url"

	"mais/server/api"
)

const nextSessions = "see the open ones: whose you do not administer are not shown, and one that has ended is gone"

// Sessions reads where the caller is signed in.
func (c *Client) Sessions(ctx context.Context) (Answer[api.Sessions], error) {
	return call[api.Sessions](ctx, c, http.MethodGet, api.PathSessions, nil)
}

// EndSession ends one of the caller's sessions.
func (c *Client) EndSession(ctx context.Context, name string) (Answer[api.SessionsEnded], error) {
	answer, err := call[api.SessionsEnded](ctx, c, http.MethodPost, api.PathSessions+"/"+url.PathEscape(name)+"/end", nil)
	return answer, missing(err, nextSessions, "you have no open session %.40q", name)
}

// EndSessions ends all sessions of the caller's: a program has none of its own.
func (c *Client) EndSessions(ctx context.Context) (Answer[api.SessionsEnded], error) {
	return call[api.SessionsEnded](ctx, c, http.MethodPost, api.PathSessions+"/end", nil)
}

// AllSessions reads a page of who is signed in.
func (c *Client) AllSessions(ctx context.Context, f api.SessionFilter) (Answer[api.Sessions], error) {
	v := url.Values{}
	for name, value := range map[string]string{"q": f.Query, "user": f.User, "page": number(f.Page), "per_page": number(f.PerPage)} {
		if value != "" {
			v.Set(name, value)
		}
	}
	at := api.PathAdminSessions
	if len(v) > 0 {
		at += "?" + v.Encode()
	}
	return call[api.Sessions](ctx, c, http.MethodGet, at, nil)
}

// EndAnySession ends somebody's session.
func (c *Client) EndAnySession(ctx context.Context, name string) (Answer[api.SessionsEnded], error) {
	answer, err := call[api.SessionsEnded](ctx, c, http.MethodPost, api.PathAdminSessions+"/"+url.PathEscape(name)+"/end", nil)
	return answer, missing(err, nextSessions, "there is no open session %.40q", name)
}

// EndSessionsOf ends all sessions of a user.
func (c *Client) EndSessionsOf(ctx context.Context, user string) (Answer[api.SessionsEnded], error) {
	answer, err := call[api.SessionsEnded](ctx, c, http.MethodPost, api.PathAdminSessions+"/end", api.EndSessions{User: user})
	return answer, missing(err, nextSessions, "the user %.40q has no open session", user)
}
