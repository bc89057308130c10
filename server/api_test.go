package server

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/audit"
)

// described checks requests and answers against the OpenAPI document.
type described struct{ router routers.Router }

func newDescribed(t *testing.T, document []byte) described {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatalf("the document is not valid: %v", err)
	}
	for _, path := range doc.Paths.Map() {
		path.Servers = nil
		for _, operation := range path.Operations() {
			operation.Servers = nil
		}
	}
	doc.Servers = nil
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return described{router}
}

// check asserts that the answer is one that the document describes.
func (d described) check(t *testing.T, r reply, body []byte) {
	t.Helper()
	asked := r.Request.Clone(context.Background())
	asked.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := d.router.FindRoute(asked)
	if err != nil {
		t.Fatalf("%s %s is not described: %v", asked.Method, asked.URL.Path, err)
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}
	in := &openapi3filter.RequestValidationInput{Request: asked, PathParams: params, Route: route, Options: options}
	if r.StatusCode < 400 {
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			t.Errorf("%s %s: the request is not as described: %v", asked.Method, asked.URL.Path, err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: r.StatusCode, Header: r.Header, Options: options}
	out.SetBodyBytes(r.body)
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		t.Errorf("%s %s: the answer is not as described: %v\n%s", asked.Method, asked.URL.Path, err, r.body)
	}
}

// TestAPI goes through the life of a token and a look, each step against the description.
func TestAPI(t *testing.T) {
	w := sharedWorld(t)
	k := w.enrolled(t, "police_officer", w.custody)
	c := w.client(t, custody, k.tls)
	document := c.get(t, w.urls.Mutual+api.PathOpenAPI)
	public := c.get(t, w.urls.Public+api.PathOpenAPI)
	if document.Header.Get("Content-Type") != "application/yaml" || !bytes.Equal(document.body, public.body) {
		t.Fatalf("the document = %d %v", document.StatusCode, document.Header)
	}
	d := newDescribed(t, document.body)

	post := func(c *client, url string, body string) reply {
		t.Helper()
		got := c.do(t, request(t, "POST", url, []byte(body), "Content-Type", "application/json"))
		d.check(t, got, []byte(body))
		return got
	}
	d.check(t, c.get(t, w.urls.Mutual+api.PathWhoami), nil)
	d.check(t, w.client(t, custody).get(t, w.urls.Mutual+api.PathWhoami), nil)
	d.check(t, c.get(t, w.urls.Mutual+api.PathPeople+"7b0a3a0e-6a32-4b3c-9a6c-0c8a6a9c2f10"), nil)
	d.check(t, c.get(t, w.urls.Mutual+api.PathPeople+"none"), nil)
	for _, body := range []string{`{"surname":"sm"}`, `{"surname":"smith","exact":true}`, `{"exact":true}`, `{"surname":"x"}`, `{"date_of_birth":"1970-02-30"}`, `{}`, `{"surname":"Robert'); DROP TABLE--"}`, `x`} {
		post(c, w.urls.Mutual+api.PathSearch, body)
	}
	post(c, w.urls.Public+api.PathEnrol, `{"email":"a","code":"b","csr":"c"}`)
	post(c, w.urls.Mutual+api.PathRenew, `{"csr":"x"}`)
	post(c, w.urls.Mutual+api.PathRevoke, `{"reason":"boredom"}`)

	key, err := certs.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	csr, err := certs.NewRequest(key)
	if err != nil {
		t.Fatal(err)
	}
	renewed := post(c, w.urls.Mutual+api.PathRenew, `{"csr":`+quoted(string(certs.EncodeRequest(csr)))+`}`)
	var issued api.IssuedCertificate
	renewed.decode(t, http.StatusCreated, &issued)
	if e := w.audited(t, renewed, "token.renew", audit.Allowed); e.User != k.user || e.Detail["replaces"] != k.ref.String() {
		t.Errorf("the audit of the renewal = %+v", e)
	}
	next := w.tokenOf(t, k.user, issued, key)
	successor := w.client(t, custody, next.tls)
	d.check(t, successor.get(t, w.urls.Mutual+api.PathWhoami), nil)

	revoked := post(successor, w.urls.Mutual+api.PathRevoke, `{"reason":"cessationOfOperation"}`)
	var done api.Revoked
	revoked.decode(t, http.StatusOK, &done)
	// What it renewed, still in its grace period, falls with it: two acts of one request.
	var fell []string
	for _, e := range w.entries(t, "request = $1 AND act = 'token.revoke' AND outcome = 'allowed'", revoked.Header.Get("Request-Id")) {
		if e.User != k.user {
			t.Errorf("the audit of the revocation = %+v", e)
		}
		fell = append(fell, e.Detail["certificate"])
	}
	if done.Serial != next.ref.Serial || len(fell) != 2 || !slices.Contains(fell, next.ref.String()) || !slices.Contains(fell, k.ref.String()) {
		t.Errorf("revoke = %+v, its audit has %v; want %v and %v", done, fell, next.ref, k.ref)
	}
	refused := successor.get(t, w.urls.Mutual+api.PathWhoami)
	refused.wantProblem(t, http.StatusForbidden, api.RevokedToken)
	d.check(t, refused, nil)
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, "\n", `\n`) + `"` }
