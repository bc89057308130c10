package client

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/fault"
)

const (
	nextCertificates = "find it with 'tokenctl admin cert list'; what you do not administer is not shown either"
	nextPlans        = "see 'tokenctl admin plan list'"
)

// Certificates reads a page of the inventory.
func (c *Client) Certificates(ctx context.Context, f api.CertificateFilter) (Answer[api.Certificates], error) {
	return call[api.Certificates](ctx, c, http.MethodGet, api.PathCertificates+query(f), nil)
}

// The formats of Inventory.
const (
	FormatCSV  = "csv"
	FormatJSON = "json" // a certificate a line
)

// Inventory gives every line of all that a filter finds, without its end.
func (c *Client) Inventory(ctx context.Context, f api.CertificateFilter, format string, line func([]byte) error) error {
	at := api.PathInventory + query(f)
	if strings.Contains(at, "?") {
		at += "&format=" + format
	} else {
		at += "?format=" + format
	}
	return c.lines(ctx, at, map[string]string{FormatCSV: mediaCSV, FormatJSON: mediaLines}[format], func(http.Header) {}, line)
}

// Certificate reads one certificate with its history and its line.
func (c *Client) Certificate(ctx context.Context, ref certs.Ref) (Answer[api.CertificateDetail], error) {
	answer, err := call[api.CertificateDetail](ctx, c, http.MethodGet, pathOf(ref), nil)
	return answer, noCertificate(err, ref)
}

// The forms of Export.
const (
	FormPEM   = "pem"
	FormDER   = "der"
	FormChain = "chain"
)

// Export reads one certificate as a file.
func (c *Client) Export(ctx context.Context, ref certs.Ref, form string) ([]byte, error) {
	text, err := c.send(ctx, http.MethodGet, pathOf(ref)+"/export?form="+url.QueryEscape(form), nil, mediaAny)
	return text, noCertificate(err, ref)
}

// Receipt reads the signed receipt for a change of a certificate's status, by its number, or for
// the last by 0: a JWS in compact form, not verified.
func (c *Client) Receipt(ctx context.Context, ref certs.Ref, number int64) (string, error) {
	path := pathOf(ref) + "/receipt"
	if number != 0 {
		path += "?number=" + strconv.FormatInt(number, 10)
	}
	text, err := c.send(ctx, http.MethodGet, path, nil, mediaAny)
	return strings.TrimSpace(string(text)), missing(err, nextCertificates,
		"there is no receipt for %s: its status has not changed so, or so long ago that none is made any more, or it is not yours to administer", ref)
}

// Expiries says how many live certificates end when.
func (c *Client) Expiries(ctx context.Context) (Answer[api.Expiries], error) {
	return call[api.Expiries](ctx, c, http.MethodGet, api.PathExpiries, nil)
}

// Check has the service look at its authority. The times are those before and after, by the
// clock here.
func (c *Client) Check(ctx context.Context) (answer Answer[api.Check], before, after time.Time, err error) {
	before = time.Now()
	answer, err = call[api.Check](ctx, c, http.MethodGet, api.PathCheck, nil)
	return answer, before, time.Now(), err
}

// Invite has a code sent to a registered user.
func (c *Client) Invite(ctx context.Context, r api.InviteRequest) (Answer[api.Invited], error) {
	answer, err := call[api.Invited](ctx, c, http.MethodPost, api.PathInvitations, r)
	return answer, missing(err, "have the person registered first; whom you do not administer is not known to you either", "nobody is registered with the address %.100q", r.Email)
}

// OwnTokens reads every certificate ever issued to the caller.
func (c *Client) OwnTokens(ctx context.Context) (Answer[api.OwnTokens], error) {
	return call[api.OwnTokens](ctx, c, http.MethodGet, api.PathOwnTokens, nil)
}

// Plan prepares an act on certificates.
func (c *Client) Plan(ctx context.Context, r api.PlanRequest) (Answer[api.Plan], error) {
	return call[api.Plan](ctx, c, http.MethodPost, api.PathPlans, r)
}

// AddSerials adds lines to a plan, at most 20,000.
func (c *Client) AddSerials(ctx context.Context, id string, lines []api.SerialLine) (Answer[api.Plan], error) {
	return plan[api.Plan](ctx, c, http.MethodPost, id, "/serials", api.AddSerials{Lines: lines})
}

// Plans reads the latest plans.
func (c *Client) Plans(ctx context.Context) (Answer[api.Plans], error) {
	return call[api.Plans](ctx, c, http.MethodGet, api.PathPlans, nil)
}

// PlanOf reads a plan as it stands.
func (c *Client) PlanOf(ctx context.Context, id string) (Answer[api.Plan], error) {
	return plan[api.Plan](ctx, c, http.MethodGet, id, "", nil)
}

// PlanItems reads a part of a plan's items, those after n.
func (c *Client) PlanItems(ctx context.Context, id string, n, limit int) (Answer[api.PlanItems], error) {
	return plan[api.PlanItems](ctx, c, http.MethodGet, id, "/items?after="+strconv.Itoa(n)+"&limit="+strconv.Itoa(limit), nil)
}

// Confirm carries a plan out, or goes on with it.
func (c *Client) Confirm(ctx context.Context, id, word string) (Answer[api.Plan], error) {
	return plan[api.Plan](ctx, c, http.MethodPost, id, "/confirm", api.ConfirmPlan{Word: word})
}

// Stop has the rest of a plan under way left undone.
func (c *Client) Stop(ctx context.Context, id string) (Answer[api.Plan], error) {
	return plan[api.Plan](ctx, c, http.MethodPost, id, "/stop", nil)
}

// Discard forgets a plan that nobody has confirmed.
func (c *Client) Discard(ctx context.Context, id string) (Answer[api.Plan], error) {
	return plan[api.Plan](ctx, c, http.MethodPost, id, "/discard", nil)
}

func plan[T any](ctx context.Context, c *Client, method, id, below string, body any) (Answer[T], error) {
	if !idForm.MatchString(id) {
		return Answer[T]{}, fault.New(fault.NotFound, nextPlans, "there is no plan %.70q", id)
	}
	answer, err := call[T](ctx, c, method, api.PathPlans+"/"+id+below, body)
	return answer, missing(err, nextPlans, "there is no plan %s, or it is not yours", id)
}

// ReportDestroyed tells the service, on a Public client, that a token was destroyed; its key
// has signed that. To tell it again does no harm.
func (c *Client) ReportDestroyed(ctx context.Context, d api.Destroyed) (Answer[api.DestructionNoted], error) {
	answer, err := call[api.DestructionNoted](ctx, c, http.MethodPost, api.PathDestroyed, d)
	return answer, missing(err, nextAdmin, "the service does not know the token")
}

// ServerChain returns the certificates that the server presented last, its own first.
func (c *Client) ServerChain() []*x509.Certificate { return c.chain }

func pathOf(ref certs.Ref) string {
	if read, err := certs.ParseRef(ref.Issuer + "/" + ref.Serial); err != nil || read != ref {
		ref.Issuer = "unknown" // of the service's own words: it decides where the request goes
	}
	return api.PathCertificates + "/" + ref.Issuer + "/" + url.PathEscape(ref.Serial)
}

func noCertificate(err error, ref certs.Ref) error {
	return missing(err, nextCertificates, "there is no certificate %s", ref)
}

// missing says what is not there: the table of problems speaks of people.
func missing(err error, next, format string, args ...any) error {
	var known *fault.Error
	if !errors.As(err, &known) || known.Kind != fault.NotFound {
		return err
	}
	said := fault.New(fault.NotFound, next, format, args...)
	said.Reference = known.Reference
	return said
}

// wordID is the word in a next step that stands for the id.
var wordID = regexp.MustCompile(`\bID\b`)

// withID puts the id into a next step that has the word ID for it, so that it can be typed as it stands.
func withID(err error, id string) error {
	var known *fault.Error
	if !errors.As(err, &known) {
		return err
	}
	said := *known
	said.Next = wordID.ReplaceAllLiteralString(said.Next, id)
	return &said
}

// query writes a filter as query parameters, those that are set.
func query(f api.CertificateFilter) string {
	v := url.Values{}
	for name, value := range map[string]string{
		"q": f.Query, "status": f.Status, "profile": f.Profile, "issuer": f.Issuer, "user": f.User, "agency": f.Agency, "site": f.Site, "card": f.Card,
		"expires_before": moment(f.ExpiresBefore), "issued_from": moment(f.IssuedFrom), "issued_before": moment(f.IssuedBefore),
		"sort": f.Sort, "page": number(f.Page), "per_page": number(f.PerPage),
	} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
