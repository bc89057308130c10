package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestForms: a form is taken as its page makes it and no other way. What somebody typed to
// find a person is in no address, log line or entry of the audit.
func TestForms(t *testing.T) {
	o := newOffice(t)
	const typed = "Secretivesurname"
	for _, r := range routes {
		if r.method != "POST" || r.path == "/sign-in" || r.path == "/sign-out" {
			continue
		}
		bodies := map[string]int{"unknown=" + typed: http.StatusBadRequest, strings.Repeat("x", 17<<10) + "=" + typed: http.StatusRequestEntityTooLarge}
		if len(r.fields) > 0 {
			field := r.fields[0]
			bodies[field+"="+typed+"&"+field+"="+typed] = http.StatusBadRequest
			bodies[field+"="+typed+"%ff"] = http.StatusBadRequest
			bodies[field+"="+typed+"%zz"] = http.StatusBadRequest
			bodies[field+"="+typed+"&unknown=1"] = http.StatusBadRequest
			bodies[field+"="+typed+";"+field+"=1"] = http.StatusBadRequest
		}
		for body, status := range bodies {
			got := o.ask(t, o.officer, r, body)
			if len(r.fields) == 0 && status == http.StatusRequestEntityTooLarge {
				status = http.StatusBadRequest // it is to be empty, whatever its size
			}
			if (r.path == "/reviews/{id}" || r.path == "/admin/people/import") && got.StatusCode == http.StatusForbidden {
				status = http.StatusForbidden // not an officer's
			}
			o.refusesForm(t, r, got, fmt.Sprintf("%.60q", body), status, typed)
		}
		if len(r.fields) == 0 {
			continue
		}
		for _, kind := range []string{"application/json", "text/plain", "multipart/form-data; boundary=x", ""} {
			got := o.ask(t, o.officer, r, r.fields[0]+"="+typed, "Content-Type", kind)
			o.refusesForm(t, r, got, kind, http.StatusUnsupportedMediaType, typed)
		}
	}
	for _, form := range []url.Values{{"family-name": {typed}}, {"first-name": {typed + "\x00"}}, {"family-name": {"x"}, "first-name": {typed}}, {"date-of-birth-day": {typed}}} {
		got := o.officer.send(t, "/find", form)
		if to := got.Header.Get("Location"); to != "" {
			o.officer.page(t, to)
		}
		if strings.Contains(got.Header.Get("Location"), typed) {
			t.Errorf("what was typed is in the address: %s", got.Header.Get("Location"))
		}
	}
	if told := o.log.String() + o.audit(t); strings.Contains(told, typed) {
		t.Error("the log or the audit repeats what was typed")
	}
}

func (o *office) refusesForm(t *testing.T, r route, got reply, what string, status int, typed string) {
	t.Helper()
	if got.StatusCode != status || strings.Contains(got.everything(), typed) {
		t.Errorf("%v with %s = %s, repeated %v; want %d and no repetition", r, what, got.Status, strings.Contains(got.everything(), typed), status)
	}
	if e := o.recorded(t, got, r.act); e.Outcome == "allowed" {
		t.Errorf("%v with %s: %+v", r, what, e)
	}
}
