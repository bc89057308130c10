package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin/changes"
	"mais/server/internal/web/page/admin/funnel"
	"mais/server/internal/web/page/admin/imported"
	"mais/server/internal/web/page/admin/invite"
	"mais/server/internal/web/page/frame"
)

func importForm(_ context.Context, c *call) (answer, error) {
	return c.importPage(http.StatusOK, func(*imported.Page) {})
}

func (c *call) importPage(status int, fill func(*imported.Page)) (answer, error) {
	if _, err := c.administers(); err != nil {
		return answer{}, err
	}
	p := imported.Page{Frame: c.adminFrame("Invite many", imported.Path)}
	fill(&p)
	return html(status, imported.Render(p)), nil
}

// importExample is a file with the columns and nobody in it.
func importExample(_ context.Context, c *call) (answer, error) {
	if _, err := c.administers(); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, kind: "text/csv; charset=utf-8", body: []byte(strings.Join(imported.Columns, ",") + "\r\n")}, nil
}

// importHere reads the file that was sent. The page that answers says what is wrong with which
// row; where a change was made the way leads to it.
func importHere(ctx context.Context, c *call) (answer, error) {
	if _, err := c.administers(); err != nil {
		return answer{}, err
	}
	done, err := c.site.takeUpload(ctx)
	if err != nil {
		return answer{}, err
	}
	defer done()
	sent, file, err := c.upload(imported.Fields...)
	if err != nil {
		return answer{}, importError(err)
	}
	r := api.ImportRequest{Note: sent[imported.Note], DryRun: sent[imported.DryRun] != "", SkipFaulty: sent[imported.SkipFaulty] != ""}
	refuse := func(field, text string) (answer, error) {
		return c.importPage(http.StatusUnprocessableEntity, func(p *imported.Page) {
			p.Asked, p.Faults = r, frame.Faults{{Field: field, Text: text}}
		})
	}
	if file == nil {
		return refuse(imported.File, "Choose a file")
	}
	found, err := c.site.opts.Imports.Import(ctx, c.who, file, r)
	var invalid *lifecycle.InvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Fields[0].Field == "note":
		return refuse(imported.Note, "The note "+invalid.Fields[0].Detail)
	case errors.As(err, &invalid):
		return refuse(imported.File, "The file cannot be taken: "+invalid.Fields[0].Detail)
	case err != nil:
		return answer{}, importError(err)
	}
	c.noteImport(found, r)
	if found.Change != nil {
		return seeOther(changes.PathOf(found.Change.ID))
	}
	return c.importPage(http.StatusOK, func(p *imported.Page) { p.Asked, p.Read = r, &found })
}

// upload reads a form with a file. The file comes first, as on the page, and is in memory until the rest
// was read: the request has a bound. No file, or one without a name, is nil.
func (c *call) upload(fields ...string) (sent map[string]string, file io.Reader, err error) {
	parts, err := c.Request.MultipartReader()
	if err != nil {
		return nil, nil, errMediaType
	}
	sent = map[string]string{}
	for chosen := false; ; {
		part, err := parts.NextPart()
		switch {
		case err == io.EOF:
			return sent, file, nil
		case err != nil:
			return nil, nil, broken(err)
		case part.FormName() != imported.File:
			err = c.uploaded(part, sent, fields)
		case chosen:
			err = errStrangeForm
		case part.FileName() != "":
			file, err = whole(part)
		}
		chosen = chosen || part.FormName() == imported.File
		if err != nil {
			return nil, nil, err
		}
	}
}

// whole reads the file of a form.
func whole(part io.Reader) (io.Reader, error) {
	text, err := io.ReadAll(part)
	if err != nil {
		return nil, broken(err)
	}
	return bytes.NewReader(text), nil
}

// errStrangeForm: a field is not this page's, or there twice.
var errStrangeForm = fault("", "is not this page's form")

// uploaded takes one field of a form with a file.
func (c *call) uploaded(part *multipart.Part, sent map[string]string, fields []string) error {
	name := part.FormName()
	text, err := io.ReadAll(io.LimitReader(part, maxForm+1))
	switch {
	case err != nil:
		return broken(err)
	case len(text) > maxForm:
		return errTooLarge
	}
	if _, twice := sent[name]; twice || !slices.Contains(fields, name) {
		return errStrangeForm
	}
	sent[name] = strings.ToValidUTF8(string(text), "�")
	return nil
}

// broken is an error of a form that came in parts: too long, or not one.
func broken(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errTooLarge
	}
	return fmt.Errorf("%w: %v", fault("", "is not a form"), err)
}

func funnelPage(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Imports.Funnel(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Agencies)
	p := funnel.Page{Frame: c.adminFrame("Funnel", funnel.Path), Funnel: found, Sent: c.URL.Query().Has(funnel.Sent)}
	return html(http.StatusOK, funnel.Render(p)), nil
}

// inviteAgainHere has a fresh code sent to everybody whose code lapsed.
func inviteAgainHere(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(funnel.Agency)
	if err != nil {
		return answer{}, err
	}
	if _, err := c.inviteLapsed(ctx, sent[funnel.Agency]); err != nil {
		return answer{}, err
	}
	return seeOther(funnel.Path + "?" + funnel.Sent + "=1")
}

// inviteUserHere has a code sent to the user whose page it is asked from.
func inviteUserHere(ctx context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	u, err := c.site.opts.Users.User(ctx, c.who, chi.URLParam(c.Request, "id"))
	if err != nil {
		return answer{}, err
	}
	return c.sendCode(ctx, u.Email, func(text string) (answer, error) {
		return c.invitePage(http.StatusUnprocessableEntity, func(p *invite.Page) {
			p.Typed, p.Faults = u.Email, frame.Faults{{Field: invite.Email, Text: text}}
		})
	})
}
