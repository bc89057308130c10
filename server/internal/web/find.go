package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/web/page/find"
	"mais/server/internal/web/page/frame"
)

// sealedFind is the label under which a search stands in an address.
const sealedFind = "find"

// findPage is the page with what is filled in already.
func (c *call) findPage(status int, fill func(*find.Page)) (answer, error) {
	p := find.Page{Frame: c.site.frameFor(c, "Find a person", "/find")}
	fill(&p)
	return html(status, find.Render(p)), nil
}

func findForm(_ context.Context, c *call) (answer, error) {
	return c.findPage(http.StatusOK, func(*find.Page) {})
}

// askFind looks at the form only. The search is made at the address that it leads to, so
// that going back and reloading work, each look is recorded, and no address, log or history
// holds what was typed.
func askFind(_ context.Context, c *call) (answer, error) {
	filled, err := c.form(find.Fields()...)
	if err != nil {
		return answer{}, err
	}
	q, faults := find.Typed(filled).Query(time.Now().In(frame.London))
	if len(faults) > 0 {
		return c.findPage(http.StatusUnprocessableEntity, func(p *find.Page) { p.Typed, p.Faults = filled, faults })
	}
	path, err := c.findPath(q)
	if err != nil {
		return answer{}, err
	}
	return seeOther(path)
}

// findPath is where a search is made, in this session.
func (c *call) findPath(q api.SearchRequest) (string, error) {
	plain, err := json.Marshal(q)
	if err != nil {
		return "", fmt.Errorf("encode search: %w", err)
	}
	sealed, err := c.verdict.Seal(sealedFind, plain)
	return "/find/" + sealed, err
}

// findResult makes the search of an address. One of another session is not open any more.
func findResult(ctx context.Context, c *call) (answer, error) {
	plain, err := c.verdict.Open(sealedFind, chi.URLParam(c.Request, "result"))
	if errors.Is(err, authn.ErrSealed) {
		return c.findPage(http.StatusNotFound, func(p *find.Page) { p.Gone = true })
	}
	if err != nil {
		return answer{}, err
	}
	var q api.SearchRequest
	if err := json.Unmarshal(plain, &q); err != nil {
		return answer{}, fmt.Errorf("decode search: %w", err)
	}
	found, err := c.site.opts.Records.Search(ctx, c.look(), q)
	c.audited = true
	if faults := findFaults(err); len(faults) > 0 {
		return c.findPage(http.StatusUnprocessableEntity, func(p *find.Page) { p.Typed, p.Faults = find.TypedOf(q), faults })
	}
	if err != nil {
		return answer{}, err
	}
	var ids []string
	for _, r := range found.Results {
		ids = append(ids, r.ID)
	}
	paths, err := c.pathsTo(ctx, ids)
	if err != nil {
		return answer{}, err
	}
	told := find.NewAnswer(q, found, time.Now())
	for n := range told.People { // as many as were found, or none
		told.People[n].Path = paths[ids[n]]
	}
	for n := range told.Again {
		if told.Again[n].Path, err = c.findPath(told.Again[n].Query); err != nil {
			return answer{}, err
		}
	}
	return c.findPage(http.StatusOK, func(p *find.Page) { p.Typed, p.Answer = find.TypedOf(q), told })
}

// findFaults are what the records' search finds wrong that the form let pass.
func findFaults(err error) (faults frame.Faults) {
	var invalid *authz.InvalidError
	if !errors.As(err, &invalid) {
		return nil
	}
	fields := map[string]frame.Fault{
		"surname": {Field: find.FamilyName, Text: "Family name"}, "first_name": {Field: find.FirstName, Text: "First name"},
		"date_of_birth": {Field: find.BirthDay, Text: "Date of birth"},
	}
	for _, wrong := range invalid.Fields {
		if f, ok := fields[wrong.Field]; ok {
			faults = append(faults, frame.Fault{Field: f.Field, Text: f.Text + " " + wrong.Detail})
		}
	}
	return faults
}
