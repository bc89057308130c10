package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/plan"
	"mais/server/internal/web/page/admin/plans"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/tokens"
)

// planner makes the handlers of the pages of a plan, for administrators or for holders.
type planner plan.Scope

var (
	forAll = planner(plan.Administrator)
	forOwn = planner(plan.Holder)
)

// enter admits who may plan here at all: an administrator, or anybody for what is their own.
func (s planner) enter(c *call) error {
	if !s.Admin {
		return nil
	}
	_, err := c.administers()
	return err
}

func (s planner) frame(c *call, title string) frame.Frame {
	if s.Admin {
		return c.adminFrame(title, plans.Path)
	}
	return c.site.frameFor(c, title, tokens.Path)
}

// blank shows the form that says what to do and why.
func (s planner) blank(ctx context.Context, c *call) (answer, error) {
	if err := s.enter(c); err != nil {
		return answer{}, err
	}
	q := c.URL.Query()
	for name := range q {
		if !slices.Contains([]string{plan.Act, plan.Serial, plan.Filter}, name) {
			return answer{}, errNotFound
		}
	}
	c.noteChosen(q.Get(plan.Act), q[plan.Serial], nil)
	return s.form(ctx, c, http.StatusOK, plan.Typed{plan.Act: q.Get(plan.Act), plan.Filter: q.Get(plan.Filter), plan.Reason: q.Get(plan.Reason)}, q[plan.Serial], nil)
}

// form is the form with what was chosen and typed.
func (s planner) form(ctx context.Context, c *call, status int, typed plan.Typed, serials []string, faults frame.Faults) (answer, error) {
	act, known := admin.ActOf(typed[plan.Act])
	if !known || len(serials) > plan.MostSerials || !s.Admin && (act.Name == "release" || len(serials) != 1) {
		return answer{}, errNotFound
	}
	n := plan.New{Scope: plan.Scope(s), Act: act, Serials: serials, Filter: typed[plan.Filter], Typed: typed}
	n.Frame = s.frame(c, map[string]string{"hold": "Put certificates on hold", "release": "Release certificates", "revoke": "Revoke certificates"}[act.Name])
	if !s.Admin {
		n.Title = "Revoke a token of yours for good"
	}
	n.Faults = faults
	n.Own = act.Harms && slices.Contains(serials, c.who.Certificate().String())
	if n.Filter != "" {
		filter, err := c.filter(n.Filter)
		if err != nil {
			return answer{}, err
		}
		filter.Page, filter.PerPage = 1, 1
		found, err := c.site.opts.Credentials.Certificates(ctx, c.who, filter)
		if err != nil {
			return answer{}, err
		}
		n.Found = found.Total
	}
	var err error
	if n.Chosen, err = s.chosen(ctx, c, serials, n.Now); err != nil {
		return answer{}, err
	}
	return html(status, plan.RenderNew(n)), nil
}

// chosen are the certificates that were chosen one by one, of those that the caller may see.
func (s planner) chosen(ctx context.Context, c *call, serials []string, now time.Time) (rows []admin.Certificate, err error) {
	ask := c.site.opts.Credentials
	if !s.Admin {
		own, err := ask.Own(ctx, c.who)
		if err != nil {
			return nil, err
		}
		for _, cert := range admin.Certificates(own, now) {
			if slices.Contains(serials, cert.Ref()) {
				rows = append(rows, cert)
			}
		}
		return rows, nil
	}
	for _, text := range serials {
		ref, err := certs.ParseRef(text)
		if err != nil || ref.Issuer == "" {
			continue // the plan says so
		}
		cert, err := ask.Certificate(ctx, c.who, ref)
		switch {
		case errors.Is(err, lifecycle.ErrUnknown):
		case err != nil:
			return nil, err
		default:
			rows = append(rows, admin.Certificate{Certificate: cert.Certificate, Now: now})
		}
	}
	return rows, nil
}

// filter is the filter that a form of ours carries.
func (c *call) filter(text string) (api.CertificateFilter, error) {
	parameters, err := url.ParseQuery(text)
	if err != nil {
		return api.CertificateFilter{}, errNotFound
	}
	a, err := c.asked(parameters)
	if err != nil {
		return api.CertificateFilter{}, errNotFound
	}
	return a.Filter(), nil
}

// prepare makes the plan. Nothing is done to any certificate.
func (s planner) prepare(ctx context.Context, c *call) (answer, error) {
	sent, serials, err := c.formWith(plan.Serial, plan.Fields()...)
	if err != nil {
		return answer{}, err
	}
	if err := s.enter(c); err != nil {
		return answer{}, err
	}
	typed := plan.Typed(sent)
	r, lines, faults := typed.Read(time.Now())
	if len(faults) == 0 && len(serials) == 0 && len(lines) == 0 && typed[plan.Filter] == "" {
		faults = frame.Faults{{Field: plan.Lines, Text: "Enter at least one serial number"}}
	}
	if len(faults) > 0 {
		return s.form(ctx, c, http.StatusUnprocessableEntity, typed, serials, faults)
	}
	if _, known := admin.ActOf(r.Act); !known || len(serials) > plan.MostSerials || !s.Admin && (len(serials) != 1 || len(lines) > 0 || typed[plan.Filter] != "") {
		return answer{}, errNotFound
	}
	if r.Serials = serials; typed[plan.Filter] != "" {
		filter, err := c.filter(typed[plan.Filter])
		if err != nil {
			return answer{}, err
		}
		filter.Sort, filter.Page, filter.PerPage = "", 0, 0
		r.Filter = &filter
	}
	c.noteChosen(r.Act, serials, r.Filter)
	made, err := c.site.opts.Credentials.Plan(ctx, c.who, r)
	if err == nil && len(lines) > 0 {
		made, err = c.site.opts.Credentials.AddSerials(ctx, c.who, made.ID, lines)
	}
	if errors.Is(err, lifecycle.ErrInvalid) {
		return s.form(ctx, c, http.StatusUnprocessableEntity, typed, serials, faultsOfPlan(err))
	}
	if err != nil {
		return answer{}, err
	}
	c.notePlan(made)
	return seeOther(s.Root + "/" + url.PathEscape(made.ID))
}

// faultsOfPlan says at the form's fields what lifecycle found wrong with a plan.
func faultsOfPlan(err error) (faults frame.Faults) {
	fields := map[string]string{"reason": plan.Reason, "note": plan.Note, "invalidity_date": plan.Since}
	for _, f := range faultsOf(err) {
		if field := fields[f.Field]; field != "" {
			faults = append(faults, frame.Fault{Field: field, Text: "This " + f.Detail})
		}
	}
	if len(faults) == 0 {
		faults = frame.Faults{{Field: plan.Lines, Text: "That cannot be planned: choose certificates again"}}
	}
	return faults
}

// show is the page of a plan.
func (s planner) show(ctx context.Context, c *call) (answer, error) {
	if err := s.enter(c); err != nil {
		return answer{}, err
	}
	return s.page(ctx, c, http.StatusOK, "", nil)
}

// late is how long a plan may take before its page offers to go on with it.
const late = time.Minute

func (s planner) page(ctx context.Context, c *call, status int, typed string, faults frame.Faults) (answer, error) {
	p := plan.Page{Scope: plan.Scope(s), Only: c.URL.Query().Get("only"), Typed: typed}
	var err error
	if after := c.URL.Query().Get("after"); after != "" {
		if p.After, err = strconv.Atoi(after); err != nil || p.After < 1 {
			return answer{}, errNotFound
		}
	}
	if !plan.IsResult(p.Only) {
		return answer{}, errNotFound
	}
	if p.Plan, err = c.site.opts.Credentials.PlanOf(ctx, c.who, c.plan()); err != nil {
		return answer{}, err
	}
	c.notePlan(p.Plan)
	if p.Items, p.Next, err = c.items(ctx, p.Plan.ID, p.After, p.Only); err != nil {
		return answer{}, err
	}
	p.Frame = s.frame(c, title(p))
	p.Faults = faults
	if p.Running() {
		c.again(&p.Frame, *p.Plan.ConfirmedAt)
		p.Urgent = p.Now.Sub(*p.Plan.ConfirmedAt) > late
	}
	return html(status, plan.Render(p)), nil
}

// title is of the plan's page. It says how far it is, for whoever hears it when the page has
// asked again.
func title(p plan.Page) string {
	what := map[string]string{"hold": "hold", "release": "release", "revoke": "revoke"}[p.Plan.Act]
	switch {
	case p.Prepared():
		return "Check before you " + what
	case p.Running():
		return strconv.Itoa(p.Percent()) + " % done: " + what + " certificates"
	}
	return "What was done: " + what + " certificates"
}

// A page of a plan asks for so many items at once, and looks through so many of them at most
// for those with a result: what follows is on the next page.
const (
	itemsAtOnce = 1000
	itemsLooked = 50_000
)

// items are those of a page of a plan, and where the next begins, 0 when there is none.
func (c *call) items(ctx context.Context, id string, after int, only string) (items []api.PlanItem, next int, err error) {
	limit := plan.PerPage
	if only != "" {
		limit = itemsAtOnce
	}
	for looked := 0; ; looked += limit {
		part, err := c.site.opts.Credentials.PlanItems(ctx, c.who, id, after, limit)
		if err != nil {
			return nil, 0, err
		}
		for n, i := range part.Items {
			if only != "" && i.Result != only {
				continue
			}
			if items = append(items, i); len(items) == plan.PerPage {
				if n == len(part.Items)-1 {
					return items, part.Next, nil
				}
				return items, i.N, nil
			}
		}
		after = part.Next
		if only == "" || part.Next == 0 || looked >= itemsLooked {
			return items, part.Next, nil
		}
	}
}

// confirm carries the plan out, or goes on with it. It may end the caller's own token: then
// the page that follows says so.
func (s planner) confirm(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(plan.Word)
	if err != nil {
		return answer{}, err
	}
	if err := s.enter(c); err != nil {
		return answer{}, err
	}
	word := strings.TrimSpace(sent[plan.Word])
	if utf8.RuneCountInString(word) > maxWord {
		return s.page(ctx, c, http.StatusUnprocessableEntity, "", wrongWord)
	}
	id := c.plan()
	_, err = c.site.opts.Credentials.Confirm(ctx, c.who, id, word)
	if errors.Is(err, lifecycle.ErrWord) {
		return s.page(ctx, c, http.StatusUnprocessableEntity, word, wrongWord)
	}
	if errors.Is(err, lifecycle.ErrInvalid) { // its list has changed meanwhile: that is to be looked at again
		return s.page(ctx, c, http.StatusUnprocessableEntity, "", changed)
	}
	if err != nil {
		return answer{}, err
	}
	out, err := seeOther(s.Root + "/" + url.PathEscape(id))
	out.settled = true
	return out, err
}

// maxWord is longer than any word that confirms a plan.
const maxWord = 100

var wrongWord = frame.Faults{{Field: plan.Word, Text: "That is not what stands above the box: nothing was done. Type it as it stands there"}}

var changed = frame.Faults{{Field: plan.Word, Text: "The list has changed since you saw it, or is empty: nothing was done. Look at it again"}}
