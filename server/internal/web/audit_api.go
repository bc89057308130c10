package web

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
)

func searchAudit(ctx context.Context, c *call) (answer, error) {
	f, err := auditFilterOf(c.URL.Query())
	if err != nil {
		return answer{}, err
	}
	return found(c.site.opts.Oversight.Search(ctx, c.review(), f))
}

// found answers a program with what was found.
func found[T any](what T, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return json200(what)
}

// auditFilterOf reads a filter from an address.
func auditFilterOf(q url.Values) (f api.AuditFilter, err error) {
	err = parameters{"from": &f.From, "to": &f.To, "who": &f.Who, "user": &f.User, "person": &f.Person, "agency": &f.Agency, "act": &f.Act, "outcome": &f.Outcome,
		"session": &f.Session, "address": &f.Address, "request": &f.Request, "before": &f.Before, "per_page": &f.PerPage}.read(q)
	return f, err
}

func showAuditEntry(ctx context.Context, c *call) (answer, error) {
	id, err := c.entryID()
	if err != nil {
		return answer{}, err
	}
	return found(c.site.opts.Oversight.Entry(ctx, c.review(), id))
}

func tellSession(ctx context.Context, c *call) (answer, error) {
	return found(c.site.opts.Oversight.Story(ctx, c.review(), chi.URLParam(c.Request, "name")))
}

func tellLookers(ctx context.Context, c *call) (answer, error) {
	var before int64
	if err := c.query(parameters{"before": &before}); err != nil {
		return answer{}, err
	}
	return found(c.site.opts.Oversight.Looks(ctx, c.review(), c.person(), before))
}

func tellRefusals(ctx context.Context, c *call) (answer, error) {
	from, to, err := c.daysOf(refusalDays)
	if err != nil {
		return answer{}, err
	}
	return found(c.site.opts.Oversight.Refusals(ctx, c.review(), from, to.AddDate(0, 0, 1)))
}

func tellFigures(ctx context.Context, c *call) (answer, error) {
	from, to, err := c.daysOf(figureDays)
	if err != nil {
		return answer{}, err
	}
	return found(c.site.opts.Oversight.Figures(ctx, c.review(), from, to))
}

func listAlerts(ctx context.Context, c *call) (answer, error) {
	var before int64
	var all bool
	if err := c.query(parameters{"before": &before, "all": &all}); err != nil {
		return answer{}, err
	}
	return found(c.site.opts.Oversight.Alerts(ctx, c.review(), before, !all))
}

func settleByProgram(ctx context.Context, c *call) (answer, error) {
	id, err := c.entryID()
	if err != nil {
		return answer{}, err
	}
	in, err := decode[api.SettleRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	if err := c.site.opts.Oversight.Settle(ctx, c.review(), id, in.Note); err != nil {
		return answer{}, err
	}
	return json200(in)
}

func exportAudit(ctx context.Context, c *call) (answer, error) {
	q := c.URL.Query()
	format := q.Get("format")
	q.Del("format")
	f, err := auditFilterOf(q)
	if err != nil {
		return answer{}, err
	}
	return c.exported(ctx, f, format)
}

// exportAuditPage gives what a page of the search asks for as a file.
func exportAuditPage(ctx context.Context, c *call) (answer, error) {
	a, _, _, err := c.askedAudit()
	if err != nil {
		return answer{}, errNotFound
	}
	f, faults := a.Filter()
	if len(faults) > 0 {
		return answer{}, errNotFound
	}
	return c.exported(ctx, f, chi.URLParam(c.Request, "format"))
}

// exported streams what a filter chooses. By the time that the answer begins its event is durable.
func (c *call) exported(ctx context.Context, f api.AuditFilter, format string) (answer, error) {
	write, known := auditFormats[format]
	if !known {
		return answer{}, fault("format", "is not csv or json")
	}
	out, err := c.site.opts.Oversight.Export(ctx, c.review(), f, format)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, kind: write.kind, gaps: out.Gaps, stream: func(ctx context.Context, w io.Writer) error { return write.all(w, out.Each(ctx)) }}, nil
}

// auditFormats are the formats of an export.
var auditFormats = map[string]struct {
	kind string
	all  func(io.Writer, iter.Seq2[api.AuditEntry, error]) error
}{
	"csv":  {"text/csv; charset=utf-8", auditCSV},
	"json": {"application/x-ndjson", auditLines},
}

func auditLines(w io.Writer, entries iter.Seq2[api.AuditEntry, error]) error {
	lines := json.NewEncoder(w)
	for e, err := range entries {
		if err != nil {
			return err
		}
		if err := lines.Encode(e); err != nil {
			return err
		}
	}
	return nil
}

// auditColumns are the columns of a table of the audit.
var auditColumns = []string{"id", "at", "act", "outcome", "reason", "user_id", "user_name", "agency", "site", "roles", "address", "session", "listener", "auth_method",
	"certificate", "method", "uri", "persons", "items", "rows", "request", "node", "login", "detail", "about"}

func auditCSV(w io.Writer, entries iter.Seq2[api.AuditEntry, error]) error {
	table := csv.NewWriter(w)
	if err := table.Write(auditColumns); err != nil {
		return err
	}
	for e, err := range entries {
		if err != nil {
			return err
		}
		if err := table.Write(safeCells(auditCells(e))); err != nil {
			return err
		}
	}
	table.Flush()
	return table.Error()
}

func auditCells(e api.AuditEntry) []string {
	certificate := ""
	if e.Serial != "" {
		certificate = e.Issuer + "/" + e.Serial
	}
	var detail []string
	for _, name := range slices.Sorted(maps.Keys(e.Detail)) {
		detail = append(detail, name+"="+e.Detail[name])
	}
	return []string{strconv.FormatInt(e.ID, 10), e.At.UTC().Format(time.RFC3339Nano), e.Act, e.Outcome, e.Reason, e.User, e.UserName, e.Agency, e.Site, strings.Join(e.Roles, " "),
		e.Address, e.Session, e.Listener, e.AuthMethod, certificate, e.Method, e.URI, strings.Join(e.Persons, " "), strings.Join(e.Items, " "), strconv.Itoa(e.Rows),
		e.Request, e.Node, e.Login, strings.Join(detail, "; "), e.About}
}
