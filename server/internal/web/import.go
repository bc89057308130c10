package web

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
)

// actImport is the act of reading a file of people: its requests are longer than all others.
const (
	actImport = "user.import"
	maxImport = 8<<20 + 64<<10 // the file's bound, and what a form puts round it
)

// importPeople reads a file of people. Only one that made a change is 201.
func importPeople(ctx context.Context, c *call) (answer, error) {
	r, err := c.importRequest()
	if err != nil {
		return answer{}, err
	}
	if media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || media != "text/csv" {
		return answer{}, errMediaType
	}
	found, err := c.site.opts.Imports.Import(ctx, c.who, c.Body, r)
	if err != nil {
		return answer{}, importError(err)
	}
	c.noteImport(found, r)
	if found.Change == nil {
		return json200(found)
	}
	return jsonAnswer(http.StatusCreated, found)
}

// importError is an error of an import; a body that is too long is one of its own.
func importError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errTooLarge
	}
	return err
}

// noteImport puts into the event what became of a file: numbers, and the change.
func (c *call) noteImport(i api.Import, r api.ImportRequest) {
	c.event.Rows = i.Rows
	c.event.Detail = map[string]string{"rows": strconv.Itoa(i.Rows), "good": strconv.Itoa(i.Good), "bad": strconv.Itoa(i.Bad)}
	if r.DryRun {
		c.event.Detail["dry_run"] = "true"
	}
	if i.Change != nil {
		c.event.Detail["change"] = i.Change.ID
	}
}

// importRequest reads the parameters.
func (c *call) importRequest() (r api.ImportRequest, err error) {
	err = c.query(parameters{"note": &r.Note, "dry_run": &r.DryRun, "skip_faulty": &r.SkipFaulty})
	return r, err
}

func showFunnel(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Imports.Funnel(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Agencies)
	return json200(found)
}

func inviteAgain(ctx context.Context, c *call) (answer, error) {
	in, err := decode[api.InviteAgainRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	done, err := c.inviteLapsed(ctx, in.Agency)
	if err != nil {
		return answer{}, err
	}
	return jsonAnswer(http.StatusAccepted, done)
}

// inviteLapsed has fresh codes sent. The event says how many.
func (c *call) inviteLapsed(ctx context.Context, agency string) (api.InvitedAgain, error) {
	c.event.Detail = map[string]string{"agency_id": noted(agency)}
	done, err := c.site.opts.Imports.InviteAgain(ctx, c.who, agency)
	c.event.Rows = done.People
	return done, err
}

// inviteUserByID has a code sent to the user whom the address names.
func inviteUserByID(ctx context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	u, err := c.site.opts.Users.User(ctx, c.who, chi.URLParam(c.Request, "id"))
	if err != nil {
		return answer{}, err
	}
	acting, event := withAct(ctx, c)
	invited, err := c.site.opts.Credentials.Invite(acting, c.who, u.Email)
	c.audited = event.recorded && err == nil
	if err != nil {
		return answer{}, err
	}
	return jsonAnswer(http.StatusCreated, invited)
}
