package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"mais/server/api"
)

// auditQuery is a filter as the parameters of an address.
func auditQuery(f api.AuditFilter) url.Values {
	v := url.Values{}
	for name, value := range map[string]string{
		"who": f.Who, "user": f.User, "person": f.Person, "agency": f.Agency, "act": f.Act, "outcome": f.Outcome, "session": f.Session, "address": f.Address,
		"request": f.Request, "per_page": number(f.PerPage), "from": rfc3339(f.From), "to": rfc3339(f.To), "before": number(int(f.Before)),
	} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func withQuery(path string, v url.Values) string {
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// Audit reads a page of the audit.
func (c *Client) Audit(ctx context.Context, f api.AuditFilter) (Answer[api.AuditPage], error) {
	return call[api.AuditPage](ctx, c, http.MethodGet, withQuery(api.PathAudit, auditQuery(f)), nil)
}

// AuditEntry reads one entry.
func (c *Client) AuditEntry(ctx context.Context, id int64) (Answer[api.AuditEntry], error) {
	answer, err := call[api.AuditEntry](ctx, c, http.MethodGet, fmt.Sprintf("%s/%d", api.PathAuditEntry, id), nil)
	return answer, missing(err, "find it with 'tokenctl admin audit list'", "there is no entry %d", id)
}

// AuditSession reads what was done in a session.
func (c *Client) AuditSession(ctx context.Context, name string) (Answer[api.AuditStory], error) {
	answer, err := call[api.AuditStory](ctx, c, http.MethodGet, api.PathAuditSession+"/"+url.PathEscape(name), nil)
	return answer, missing(err, "an entry of the session has its name: 'tokenctl admin audit list --json'", "the audit has no session %.40q", name)
}

// AuditFind asks for a person's number.
func (c *Client) AuditFind(ctx context.Context, asked api.AuditFind) (Answer[api.AuditFound], error) {
	return call[api.AuditFound](ctx, c, http.MethodPost, api.PathAuditFind, asked)
}

// AuditPerson reads who looked at a person.
func (c *Client) AuditPerson(ctx context.Context, id string, before int64) (Answer[api.AuditLooks], error) {
	v := url.Values{}
	if before > 0 {
		v.Set("before", strconv.FormatInt(before, 10))
	}
	answer, err := call[api.AuditLooks](ctx, c, http.MethodGet, withQuery(api.PathAuditPerson+"/"+url.PathEscape(id), v), nil)
	return answer, missing(err, "give the record's number, 36 characters with hyphens", "%.40q is not the number of a record", id)
}

func daysQuery(from, to string) url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"from": from, "to": to} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

// AuditRefusals reads what was refused or failed on some days.
func (c *Client) AuditRefusals(ctx context.Context, from, to string) (Answer[api.AuditRefusals], error) {
	return call[api.AuditRefusals](ctx, c, http.MethodGet, withQuery(api.PathAuditRefusals, daysQuery(from, to)), nil)
}

// AuditFigures reads the numbers of some days.
func (c *Client) AuditFigures(ctx context.Context, from, to string) (Answer[api.AuditFigures], error) {
	return call[api.AuditFigures](ctx, c, http.MethodGet, withQuery(api.PathAuditFigures, daysQuery(from, to)), nil)
}

// AuditAlerts reads alerts, those that were settled too if all.
func (c *Client) AuditAlerts(ctx context.Context, all bool, before int64) (Answer[api.AuditAlerts], error) {
	v := url.Values{}
	if all {
		v.Set("all", "true")
	}
	if before > 0 {
		v.Set("before", strconv.FormatInt(before, 10))
	}
	return call[api.AuditAlerts](ctx, c, http.MethodGet, withQuery(api.PathAuditAlerts, v), nil)
}

// SettleAlert says what was found about an alert.
func (c *Client) SettleAlert(ctx context.Context, id int64, note string) (Answer[api.SettleRequest], error) {
	answer, err := call[api.SettleRequest](ctx, c, http.MethodPost, fmt.Sprintf("%s/%d/settle", api.PathAuditAlerts, id), api.SettleRequest{Note: note})
	return answer, missing(err, "see 'tokenctl admin audit alerts'", "there is no alert %d", id)
}

// AuditExport gives all that a filter chooses, line by line, as FormatCSV or FormatJSON, and before that
// each sentence on what the audit lacks of it.
func (c *Client) AuditExport(ctx context.Context, f api.AuditFilter, format string, lacks func(string), take func([]byte) error) error {
	v := auditQuery(f)
	v.Set("format", format)
	media := mediaLines
	if format == FormatCSV {
		media = mediaCSV
	}
	return c.lines(ctx, withQuery(api.PathAuditExport, v), media, func(h http.Header) {
		for _, gap := range h.Values(api.HeaderAuditGap) {
			lacks(gap)
		}
	}, take)
}
