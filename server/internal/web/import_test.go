package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin/imported"
)

// imports is who is asked to read files; it notes what it was asked.
type imports struct {
	read   string
	asked  api.ImportRequest
	answer api.Import
	err    error
}

func (f *imports) Import(_ context.Context, _ authn.Principal, csv io.Reader, r api.ImportRequest) (api.Import, error) {
	text, err := io.ReadAll(csv)
	f.read, f.asked = string(text), r
	return f.answer, errors.Join(err, f.err)
}

func (f *imports) Funnel(context.Context, authn.Principal) (api.Funnel, error) {
	return api.Funnel{All: api.FunnelRow{People: 3, Lapsed: 1}}, f.err
}

func (f *imports) InviteAgain(_ context.Context, _ authn.Principal, agency string) (api.InvitedAgain, error) {
	f.read = agency
	return api.InvitedAgain{People: 1}, f.err
}

// importer is a site with them.
func importer(f *imports) *Site {
	s := bureau(&credentials{})
	s.opts.Imports = f
	return s
}

// uploads makes a form with a file as browsers send it.
func uploads(t *testing.T, file, name string, fields ...string) *http.Request {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile(imported.File, name)
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	for n := 0; n < len(fields); n += 2 {
		err = errors.Join(err, w.WriteField(fields[n], fields[n+1]))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	r := post(imported.Path, body.String())
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

// TestImportHere: the page reads the file with what was ticked, and says what became of it.
func TestImportHere(t *testing.T) {
	f := &imports{answer: api.Import{Rows: 2, Good: 1, Bad: 1, Faults: []api.RowFault{{Line: 3, Column: "email", Detail: "is not an email address"}}}}
	out, err := visit(t, importer(f), uploads(t, "email,name\n", "staff.csv", imported.Note, "new suite", imported.SkipFaulty, "yes"), "administrator", importHere)
	shows(t, out, err, http.StatusOK, "2 rows read", "Line 3", "This is not an email address", "Nobody was invited")
	if f.read != "email,name\n" || f.asked != (api.ImportRequest{Note: "new suite", SkipFaulty: true}) {
		t.Errorf("asked %+v to read %q", f.asked, f.read)
	}
	f.answer = api.Import{Rows: 1, Good: 1, Change: &api.Change{ID: "c1"}}
	if out, err = visit(t, importer(f), uploads(t, "x", "staff.csv"), "administrator", importHere); err != nil || out.goTo != "/admin/changes/c1" {
		t.Errorf("a change was made: to %q, %v", out.goTo, err)
	}
	out, err = visit(t, importer(f), uploads(t, "", ""), "administrator", importHere)
	shows(t, out, err, http.StatusUnprocessableEntity, "Choose a file")
	f.err = &lifecycle.InvalidError{Fields: []api.FieldError{{Field: "file", Detail: "line 1: the column name is missing"}}}
	out, err = visit(t, importer(f), uploads(t, "x", "x.csv"), "administrator", importHere)
	shows(t, out, err, http.StatusUnprocessableEntity, "cannot be taken: line 1: the column name is missing")
}

// nameless is a form with two files again, of which the first has no name, as where none was chosen.
func nameless(text string, header http.Header) *http.Request {
	r := post(imported.Path, strings.Replace(text, `filename="x.csv"`, `filename=""`, 1))
	r.Header = header
	return r
}

// TestUploadsTakeTurns: so many files are in memory at once; who finds no room is told to try again, and the
// end of a form, good or not, makes room.
func TestUploadsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := importer(&imports{})
		for range uploadsAtOnce - 1 {
			s.uploads <- struct{}{}
		}
		broken := uploads(t, "x", "x.csv")
		broken.Body = io.NopCloser(strings.NewReader("--nothing of the kind"))
		for _, r := range []*http.Request{broken, uploads(t, "", ""), uploads(t, "x", "x.csv")} {
			if _, err := visit(t, s, r, "administrator", importHere); errors.Is(err, errUploads) {
				t.Errorf("there was room for a file, and %v", err)
			}
		}
		s.uploads <- struct{}{}
		_, err := visit(t, s, uploads(t, "x", "x.csv"), "administrator", importHere)
		if p := problemOf(err); p.Status != http.StatusServiceUnavailable || !strings.Contains(p.Next, "Send it again") {
			t.Errorf("without room: %v, told %+v", err, p)
		}
	})
}

// TestUploadIsBounded: what is no form of this page, or too long, is refused, and repeated
// nowhere.
func TestUploadIsBounded(t *testing.T) {
	plain := post(imported.Path, "file=x")
	plain.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	broken := uploads(t, "x", "x.csv")
	broken.Body = io.NopCloser(strings.NewReader("--nothing of the kind"))
	endless := uploads(t, strings.Repeat("x", 1<<10), "x.csv", imported.Note, strings.Repeat("n", 32<<10))
	capped := uploads(t, strings.Repeat("x", 64<<10), "x.csv")
	capped.Body = http.MaxBytesReader(nil, capped.Body, 16<<10)
	two := uploads(t, "x", "x.csv")
	text, err := io.ReadAll(two.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\r\n")
	both := strings.TrimSuffix(string(text), "--\r\n") + "\r\n" + rest
	two.Body = io.NopCloser(strings.NewReader(both))
	for name, of := range map[string]struct {
		r      *http.Request
		status int
	}{
		"two files":                           {two, http.StatusBadRequest},
		"two files, the first without a name": {nameless(both, two.Header), http.StatusBadRequest},
		"a plain form":                        {plain, http.StatusUnsupportedMediaType}, "not a form": {broken, http.StatusBadRequest},
		"a long note": {endless, http.StatusRequestEntityTooLarge}, "a long file": {capped, http.StatusRequestEntityTooLarge},
		"a strange field": {uploads(t, "x", "x.csv", "admin", "1"), http.StatusBadRequest},
		"a field twice":   {uploads(t, "x", "x.csv", imported.Note, "1", imported.Note, "2"), http.StatusBadRequest},
	} {
		if _, err := visit(t, importer(&imports{}), of.r, "administrator", importHere); err == nil || problemOf(err).Status != of.status {
			t.Errorf("%s: %v, want %d", name, err, of.status)
		}
	}
	if _, err := visit(t, importer(&imports{}), uploads(t, "x", "x.csv"), "police_officer", importHere); err == nil || problemOf(err).Status != http.StatusForbidden {
		t.Errorf("an officer imports: %v", err)
	}
}

// TestImportParameters: a slip of the pen makes no change of what was to be a dry run.
func TestImportParameters(t *testing.T) {
	send := func(query, kind string) (*imports, answer, error) {
		f := &imports{answer: api.Import{Rows: 1, Good: 1}}
		r := post(api.PathImport+"?"+query, "email,name\n")
		r.Header.Set("Content-Type", kind)
		out, err := visit(t, importer(f), r, "administrator", importPeople)
		return f, out, err
	}
	note := strings.Repeat("ŵ", 500) // characters: how long it may be is manage's to say
	f, out, err := send(url.Values{"dry_run": {"true"}, "note": {note}, "skip_faulty": {"false"}}.Encode(), "text/csv; charset=utf-8")
	if err != nil || out.status != http.StatusOK || f.asked != (api.ImportRequest{Note: note, DryRun: true}) || f.read != "email,name\n" {
		t.Errorf("asked %+v, %d, %v", f.asked, out.status, err)
	}
	for _, query := range []string{"dryrun=true", "dry_run=yes", "dry_run=true&dry_run=false", "note=x&note=y"} {
		if f, _, err := send(query, "text/csv"); err == nil || problemOf(err).Status != http.StatusBadRequest || f.read != "" {
			t.Errorf("%.30s: %v, and read %q", query, err, f.read)
		}
	}
	if _, _, err := send("", "application/json"); err == nil || problemOf(err).Status != http.StatusUnsupportedMediaType {
		t.Errorf("JSON: %v", err)
	}
}

// TestFunnelPage: it shows the numbers, and its button has fresh codes sent.
func TestFunnelPage(t *testing.T) {
	f := &imports{}
	out, err := visit(t, importer(f), get("/admin/people/funnel?sent=1"), "administrator", funnelPage)
	shows(t, out, err, http.StatusOK, "Of 3 people let in", "Fresh codes are on their way")
	r := post("/admin/people/funnel", "agency=6f2d6a0e")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if out, err := visit(t, importer(f), r, "administrator", inviteAgainHere); err != nil || out.goTo != "/admin/people/funnel?sent=1" || f.read != "6f2d6a0e" {
		t.Errorf("inviting again: to %q, %v, of %q", out.goTo, err, f.read)
	}
}
