package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/oversight"
	"mais/server/internal/web/page/audit/entry"
	"mais/server/internal/web/page/audit/looks"
	"mais/server/internal/web/page/audit/story"
	"mais/server/internal/web/page/frame"

	pageaudit "mais/server/internal/web/page/audit"
	searchpage "mais/server/internal/web/page/audit/search" // search is a handler
)

// sealedWho is the label under which the part of a name that was searched for stands in an address.
const sealedWho = "audit"

// review is the caller's attempt to read the audit, which the use case records itself.
func (c *call) review() oversight.Look {
	c.audited = true
	return oversight.Look{Principal: c.who, Request: c.event}
}

// entryID is the number in the path.
func (c *call) entryID() (int64, error) {
	id, err := strconv.ParseInt(chi.URLParam(c.Request, "id"), 10, 64)
	if err != nil || id < 1 {
		return 0, errNotFound
	}
	return id, nil
}

// auditPage shows what an address asks for.
func auditPage(ctx context.Context, c *call) (answer, error) {
	a, sealed, before, err := c.askedAudit()
	gone := errors.Is(err, authn.ErrSealed)
	if err != nil && !gone {
		return answer{}, err
	}
	f, faults := a.Filter()
	if len(faults) > 0 {
		return answer{}, errNotFound
	}
	if gone {
		return html(http.StatusNotFound, searchpage.Render(searchpage.Page{Frame: c.adminFrame("Audit", pageaudit.Root), Asked: searchpage.Asked{}, Top: true, Gone: true, Refused: true})), nil
	}
	f.Before = before
	return c.auditList(ctx, a, sealed, f)
}

// auditList searches, and shows what was found or what is wrong with the question.
func (c *call) auditList(ctx context.Context, a searchpage.Asked, sealed string, f api.AuditFilter) (answer, error) {
	found, err := c.site.opts.Oversight.Search(ctx, c.review(), f)
	p := searchpage.Page{Frame: c.adminFrame("Audit", pageaudit.Root), Asked: a, Sealed: sealed, Top: f.Before == 0, Found: found}
	var invalid *lifecycle.InvalidError
	if errors.As(err, &invalid) {
		p.Refused, p.Faults = true, faultsOfAudit(invalid)
		return html(http.StatusUnprocessableEntity, searchpage.Render(p)), nil
	}
	if err != nil {
		return answer{}, err
	}
	return html(http.StatusOK, searchpage.Render(p)), nil
}

// auditWords say what is wrong with a field, for whoever filled it in.
var auditWords = map[string]string{
	searchpage.Who: "That part of a name is too long", searchpage.Person: "A person is asked for by the number of the record, 36 characters with hyphens",
	searchpage.User: "A user’s number has 36 characters with hyphens", searchpage.Request: "A reference number has 36 characters with hyphens",
	searchpage.Session: "A session’s name has 16 characters, 0 to 9 and a to f", searchpage.Address: "Enter an address like 10.1.2.3 or 2001:db8::1",
	searchpage.Act: "Choose what was done from the list", searchpage.Outcome: "Choose how it ended from the list", searchpage.To: "The last day is before the first",
	searchpage.Agency: "The agency’s name is too long",
}

func faultsOfAudit(invalid *lifecycle.InvalidError) (faults frame.Faults) {
	for _, f := range invalid.Fields {
		text := auditWords[f.Field]
		if text == "" {
			text = "This " + f.Detail
		}
		faults = append(faults, frame.Fault{Field: f.Field, Text: text})
	}
	return faults
}

// askedAudit reads what an address asks for.
func (c *call) askedAudit() (a searchpage.Asked, sealed string, before int64, err error) {
	a = searchpage.Asked{}
	for name, values := range c.URL.Query() {
		text := values[0]
		switch {
		case len(values) != 1:
			return a, "", 0, errNotFound
		case name == searchpage.Sealed:
			plain, err := c.verdict.Open(sealedWho, text)
			if err != nil {
				return a, "", 0, err
			}
			sealed, a[searchpage.Who] = text, string(plain)
		case name == searchpage.Before:
			if before, err = strconv.ParseInt(text, 10, 64); err != nil || before < 1 {
				return a, "", 0, errNotFound
			}
		case name != searchpage.Who && slices.Contains(searchpage.Fields(), name):
			a[name] = text
		default:
			return a, "", 0, errNotFound
		}
	}
	return a, sealed, before, nil
}

// askAudit looks at the form only; the address that it leads to makes the searchpage.
func askAudit(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(searchpage.Fields()...)
	if err != nil {
		return answer{}, err
	}
	if !oversight.Reviews(c.who) {
		return answer{}, errNotAllowed
	}
	a := searchpage.Asked{}
	for name, text := range sent {
		if text = strings.TrimSpace(text); text != "" {
			a[name] = text
		}
	}
	f, faults := a.Filter()
	if len(faults) == 0 {
		faults = faultsOfQuestion(f)
	}
	if len(faults) > 0 {
		p := searchpage.Page{Frame: c.adminFrame("Audit", pageaudit.Root), Asked: a, Top: true, Refused: true}
		p.Faults = faults
		return html(http.StatusUnprocessableEntity, searchpage.Render(p)), nil
	}
	sealed := ""
	if a[searchpage.Who] != "" {
		if sealed, err = c.verdict.Seal(sealedWho, []byte(a[searchpage.Who])); err != nil {
			return answer{}, err
		}
	}
	return seeOther(a.Path(sealed, 0))
}

// faultsOfQuestion says what package oversight would not take.
func faultsOfQuestion(f api.AuditFilter) frame.Faults {
	var invalid *lifecycle.InvalidError
	if errors.As(oversight.Check(f), &invalid) {
		return faultsOfAudit(invalid)
	}
	return nil
}

func auditEntryPage(ctx context.Context, c *call) (answer, error) {
	id, err := c.entryID()
	if err != nil {
		return answer{}, err
	}
	found, err := c.site.opts.Oversight.Entry(ctx, c.review(), id)
	if err != nil {
		return answer{}, err
	}
	return html(http.StatusOK, entry.Render(entry.Page{Frame: c.adminFrame("Entry "+strconv.FormatInt(id, 10), pageaudit.Root), Entry: found})), nil
}

func storyPage(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Oversight.Story(ctx, c.review(), chi.URLParam(c.Request, "name"))
	if err != nil {
		return answer{}, err
	}
	return html(http.StatusOK, story.Render(story.Page{Frame: c.adminFrame("The story of a session", pageaudit.Root), Story: found})), nil
}

func lookersPage(ctx context.Context, c *call) (answer, error) {
	var before int64
	if c.query(parameters{"before": &before}) != nil {
		return answer{}, errNotFound
	}
	found, err := c.site.opts.Oversight.Looks(ctx, c.review(), c.person(), before)
	if err != nil {
		return answer{}, err
	}
	return html(http.StatusOK, looks.Render(looks.Page{Frame: c.adminFrame("Who looked at a person", pageaudit.Root), Looks: found, Top: before == 0})), nil
}

// daysOf reads the first and the last day of a period; without them it is the last so many.
func (c *call) daysOf(days int) (from, to time.Time, err error) {
	today := time.Now().In(oversight.London)
	to = time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, oversight.London)
	from = to.AddDate(0, 0, 1-days)
	err = c.query(parameters{"from": (*day)(&from), "to": (*day)(&to)})
	return from, to, err
}
