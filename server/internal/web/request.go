package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"mais/server/api"
)

var crossOrigin = http.NewCrossOriginProtection()

// sameSite refuses what a page of another origin made a browser send, because the browser
// presents the token by itself, and to another port of this host the cookie as well: a
// hostile page could otherwise write looks into an officer's audit, by GET too. Programs send
// no Sec-Fetch-Site. "none" means that the person asked for it, by the address bar or a
// bookmark; a page cannot bring it about (Fetch Metadata, 2.4). But a link in a mail or a PDF
// can, so it opens no record of the API; on the pages a record opens only where its reason
// was given in this very session.
func sameSite(r *http.Request, who access) error {
	if err := crossOrigin.Check(r); err != nil {
		return fmt.Errorf("%w: %v", errCrossSite, err)
	}
	program := strings.HasPrefix(r.URL.Path, "/api/")
	if !program && who != signedIn { // the start page and the like, which links may lead to
		return nil
	}
	switch site := r.Header.Get("Sec-Fetch-Site"); site {
	case "", "same-origin":
		return nil
	case "none":
		if r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, api.PathPeople) {
			return nil
		}
	}
	return fmt.Errorf("%w: Sec-Fetch-Site is %.20q", errCrossSite, r.Header.Get("Sec-Fetch-Site"))
}

// decode reads the request's body as one JSON object of type T, strictly.
func decode[T any](r *http.Request) (v T, err error) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return v, errMediaType
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return v, decodeError(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("more than one value")
		}
		return v, decodeError(err)
	}
	return v, nil
}

// decodeError says where a body is wrong without repeating what stands there: it may be
// about a person.
func decodeError(err error) error {
	var tooLarge *http.MaxBytesError
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &tooLarge):
		return errTooLarge
	case errors.As(err, &syntax):
		return fault("", fmt.Sprintf("is not JSON at byte %d", syntax.Offset))
	case errors.As(err, &kind):
		return fault(kind.Field, "has the wrong type")
	case strings.HasPrefix(err.Error(), "json: unknown field "):
		return fault("", "has a field that is not known here")
	}
	return fault("", "is not one JSON object")
}

func fault(field, detail string) error {
	if field == "" {
		field = "body"
	}
	return errInvalid{[]api.FieldError{{Field: field, Detail: detail}}}
}

// noBody refuses a form with contents: the plain pages' buttons carry none.
func noBody(r *http.Request) error {
	n, err := io.Copy(io.Discard, r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return errTooLarge
	case err != nil || n > 0:
		return fault("", "is to be empty")
	}
	return nil
}

func json200(v any) (answer, error) { return jsonAnswer(http.StatusOK, v) }

func jsonAnswer(status int, v any) (answer, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return answer{}, fmt.Errorf("encode answer: %w", err)
	}
	return answer{status: status, kind: "application/json", body: body}, nil
}
