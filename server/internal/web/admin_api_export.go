package web

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mais/certs"
	"mais/server/api"
)

// streamPatience is how long a reader of a long answer may take for a part of it.
const streamPatience = 30 * time.Second

// streamed writes the body of an answer that has been recorded and released, as it comes. It
// bounds each part and not the whole: who reads on may take their time, until their connection
// has had its. No part leaves once the caller's token or role is gone.
func (s *Site) streamed(ctx context.Context, w http.ResponseWriter, c *call, out answer) error {
	still := func() error { return s.opts.Authn.Recheck(ctx, c.who, 0, 0) } // as far as this node knows
	to := bufio.NewWriterSize(timely{w, http.NewResponseController(w), still}, streamPart)
	if err := out.stream(ctx, to); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	return to.Flush()
}

// streamPart is how many bytes of a stream leave at once, about a hundred rows.
const streamPart = 32 << 10

// timely gives each write a time of its own, if the caller may still have it.
type timely struct {
	w       http.ResponseWriter
	control *http.ResponseController
	still   func() error
}

func (t timely) Write(p []byte) (int, error) {
	if err := t.still(); err != nil {
		return 0, err
	}
	if err := t.control.SetWriteDeadline(time.Now().Add(streamPatience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return t.w.Write(p)
}

// exportCertificate gives one certificate as a file.
func exportCertificate(ctx context.Context, c *call) (answer, error) {
	ref, err := c.named()
	if err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Credentials.Certificate(ctx, c.who, ref)
	if err != nil {
		return answer{}, err
	}
	form := c.URL.Query().Get("form")
	c.event.Detail["form"] = form
	out := answer{status: http.StatusOK, kind: "application/x-pem-file", body: []byte(found.PEM)}
	switch form {
	case "", "pem":
		return out, nil
	case "chain":
		issuer, known := c.site.opts.Authority.Authority(ref.Issuer)
		if !known {
			return answer{}, fmt.Errorf("issuer %s: %w", ref.Issuer, errNotFound)
		}
		out.body = append(out.body, certs.EncodeCertificates(issuer)...)
		return out, nil
	case "der":
		parsed, err := certs.ParseCertificates(out.body)
		if err != nil {
			return answer{}, err
		}
		return answer{status: http.StatusOK, kind: "application/pkix-cert", body: parsed[0].Raw}, nil // RFC 2585, 4.1
	}
	return answer{}, fault("form", "is not pem, der or chain")
}

// errEnough ends an export at the number of rows that its event names.
var errEnough = errors.New("web: as many as the event says")

// inventory gives all that a filter finds. How many that is stands in the event, and not one
// more is given; what is issued meanwhile is not among them.
func inventory(ctx context.Context, c *call) (answer, error) {
	query := c.URL.Query()
	format := query.Get("format")
	query.Del("format")
	write, known := inventoryFormats[format]
	if !known {
		return answer{}, fault("format", "is not csv or json")
	}
	filter, err := filterOf(query)
	if err != nil {
		return answer{}, err
	}
	if now := time.Now().UTC(); filter.IssuedBefore.IsZero() || filter.IssuedBefore.After(now) {
		filter.IssuedBefore = now
	}
	filter.Page, filter.PerPage = 1, 1
	found, err := c.site.opts.Credentials.Certificates(ctx, c.who, filter)
	if err != nil {
		return answer{}, err
	}
	c.noteFilter(certificateParameters(&filter))
	c.event.Rows = found.Total
	who, credentials := c.who, c.site.opts.Credentials
	return answer{status: http.StatusOK, kind: write.kind, stream: func(ctx context.Context, w io.Writer) error {
		return write.all(w, func(give func(api.Certificate) error) error {
			left := found.Total
			err := credentials.EachCertificate(ctx, who, filter, func(cert api.Certificate) error {
				if left--; left < 0 {
					return errEnough
				}
				return give(cert)
			})
			if errors.Is(err, errEnough) {
				return nil
			}
			return err
		})
	}}, nil
}

// inventoryFormats are the formats of an export.
var inventoryFormats = map[string]struct {
	kind string
	all  func(w io.Writer, each func(func(api.Certificate) error) error) error
}{
	"csv":  {"text/csv; charset=utf-8", inventoryCSV},
	"json": {"application/x-ndjson", inventoryJSON},
}

func inventoryJSON(w io.Writer, each func(func(api.Certificate) error) error) error {
	lines := json.NewEncoder(w)
	return each(func(c api.Certificate) error { return lines.Encode(c) })
}

// inventoryColumns are the columns of a table of the inventory.
var inventoryColumns = []string{"issuer", "serial", "status", "expired", "reason", "invalidity_date", "status_at", "status_by", "holder", "name", "agency",
	"profile", "level", "dns_names", "not_before", "not_after", "issued_at", "issued_by", "replaces", "destroyed_at", "identity", "raised_at"}

func inventoryCSV(w io.Writer, each func(func(api.Certificate) error) error) error {
	table := csv.NewWriter(w)
	if err := table.Write(inventoryColumns); err != nil {
		return err
	}
	err := each(func(c api.Certificate) error { return table.Write(safeCells(inventoryCells(c))) })
	table.Flush()
	return errors.Join(err, table.Error())
}

func inventoryCells(c api.Certificate) []string {
	at := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	maybe := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return at(*t)
	}
	return []string{c.Issuer, c.Serial, c.Status, strconv.FormatBool(c.Expired), c.Reason, maybe(c.InvalidityDate), at(c.StatusAt), c.StatusBy, c.Holder,
		c.Name, c.Agency, c.Profile, c.Level, strings.Join(c.DNSNames, " "), at(c.NotBefore), at(c.NotAfter), at(c.IssuedAt), c.IssuedBy, c.Replaces,
		maybe(c.DestroyedAt), c.Identity, maybe(c.RaisedAt)}
}

// safeCells makes text of what a spreadsheet would take for a formula: names are what anybody
// has typed. A sheet may leave spaces out at the beginning, and reads the full-width signs of
// East Asian keyboards as the others.
func safeCells(cells []string) []string {
	for n, cell := range cells {
		first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.In(r, unicode.Zs, unicode.Cf) }))
		if strings.ContainsRune("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20", first) {
			cells[n] = "'" + cell
		}
	}
	return cells
}
