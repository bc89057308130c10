package lifecycle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/authn"
	"mais/server/internal/people"
)

const (
	maxSerials   = 20_000 // in one request
	maxOwn       = 100    // in a holder's
	openOwn      = 10     // of a holder's plans may wait to be confirmed
	plansListed  = 50
	plansRead    = 3200 // to find them
	defaultItems = 100
	maxItems     = 1000
	wordDigits   = 6 // of a serial, to confirm a plan of one
)

// Plan prepares an act on what the caller administers or holds; nothing is done to any
// certificate. Holders do not release, and nobody what is their own. What is wrong with the request is an *InvalidError.
func (s *Service) Plan(ctx context.Context, p authn.Principal, req api.PlanRequest) (api.Plan, error) {
	r := reachOf(p)
	if p.Identity().IsZero() || req.Act == "release" && !r.administers() {
		return api.Plan{}, ErrNotAllowed
	}
	plan, err := s.planned(r, p, req)
	if err != nil {
		return api.Plan{}, err
	}
	list, err := s.chosen(ctx, r, req)
	if err != nil {
		return api.Plan{}, err
	}
	if err := s.few(ctx, r); err != nil {
		return api.Plan{}, err
	}
	id, err := s.opts.CA.MakePlan(ctx, plan)
	if err != nil {
		return api.Plan{}, refused("act", err)
	}
	if list.filter != nil {
		_, err = s.opts.CA.AddCertificates(ctx, id, *list.filter)
	} else {
		err = s.addLines(ctx, r, req.Act, id, list.lines)
	}
	if err != nil {
		return api.Plan{}, refused("filter", err)
	}
	return s.PlanOf(ctx, p, id)
}

// list is what a request chooses.
type list struct {
	filter *ca.Filter // nil: lines
	lines  []ca.Line
}

// chosen reads what a request chooses. To release one's own is an *InvalidError.
func (s *Service) chosen(ctx context.Context, r reach, req api.PlanRequest) (out list, err error) {
	field := "serials"
	for _, serial := range req.Serials {
		out.lines = append(out.lines, ca.Line{Text: serial})
	}
	if req.Filter != nil {
		field = "filter"
		f, err := s.read(ctx, r, *req.Filter)
		if err == nil {
			err = s.changeable(ctx, r, req.Act, &f)
		}
		if err != nil {
			return list{}, err
		}
		out.filter = &f
	}
	return out, s.notOwn(ctx, r, req.Act, field, out)
}

func (s *Service) notOwn(ctx context.Context, r reach, act, field string, chosen list) error {
	if act != "release" {
		return nil
	}
	own, err := s.releasesOwn(ctx, r, chosen.filter, chosen.lines)
	if err == nil && own {
		err = invalid(field, "choose a certificate of your own; another administrator has to release it")
	}
	return err
}

// few refuses a holder who has many plans that wait.
func (s *Service) few(ctx context.Context, r reach) error {
	if r.administers() {
		return nil
	}
	found, err := s.opts.CA.Plans(ctx, ca.PlansOf{Scope: scopeOwn, Owner: r.own, OwnScope: scopeOwn}, plansListed)
	open := 0
	for _, plan := range found {
		if plan.ConfirmedAt.IsZero() {
			open++
		}
	}
	if err == nil && open >= openOwn {
		err = invalid("act", "is one too many: ten plans of yours wait to be confirmed; they are forgotten after a day")
	}
	return err
}

// claimed stands before the note of a plan whose invalidity date only the holder vouches for.
const claimed = "date claimed by the holder: "

// planned checks what a request says of the act.
func (s *Service) planned(r reach, p authn.Principal, req api.PlanRequest) (ca.Plan, error) {
	plan := ca.Plan{Act: req.Act, Note: req.Note, Scope: r.scope(), Owner: p.Identity(), By: p.Name()}
	wrong := &InvalidError{}
	add := func(bad bool, field, detail string) {
		if bad {
			wrong.Fields = append(wrong.Fields, api.FieldError{Field: field, Detail: detail})
		}
	}
	revoke := req.Act == "revoke"
	add(!revoke && req.Act != "hold" && req.Act != "release", "act", "is not hold, release or revoke")
	if req.Reason != "" {
		reason, err := ca.ParseReason(req.Reason)
		add(!revoke || err != nil, "reason", "is not a reason to revoke of RFC 5280, 5.3.1; only a revocation has one")
		plan.Reason = reason
	}
	if req.InvalidityDate != nil {
		plan.Since = *req.InvalidityDate
		add(!revoke, "invalidity_date", "is for a revocation only")
		if !r.administers() {
			add(req.Reason != ca.KeyCompromise.String(), "invalidity_date", "is for a compromised key, with the reason keyCompromise")
			plan.Note = strings.TrimSuffix(claimed+plan.Note, ": ")
		}
		add(plan.Since.After(s.now()) || plan.Since.Year() < 2000, "invalidity_date", "is not between the year 2000 and now")
	}
	add(len(plan.Note) > form.MaxPlan || !ca.OneLine(plan.Note), "note",
		fmt.Sprintf("is not one line of at most %d bytes, or %d with a date that its holder claims", form.MaxPlan, form.MaxPlan-len(claimed)))
	add(len(req.Serials) > 0 && req.Filter != nil, "filter", "comes with serials; one of the two")
	add(len(req.Serials) > maxSerials, "serials", "are more than 20000; add them as lines")
	add(len(req.Serials) > maxOwn && !r.administers(), "serials", "are more than 100")
	if len(wrong.Fields) > 0 {
		return ca.Plan{}, wrong
	}
	return plan, nil
}

// refused turns the CA's refusal of a plan into what is wrong with a field.
func refused(field string, err error) error {
	if errors.Is(err, ca.ErrPlan) {
		_, why, _ := strings.Cut(err.Error(), ca.ErrPlan.Error()+": ")
		return invalid(field, why)
	}
	return err
}

// addLines adds lines within the caller's reach; of a holder's those only that name a
// certificate of theirs.
func (s *Service) addLines(ctx context.Context, r reach, act, id string, lines []ca.Line) (err error) {
	if !r.administers() {
		if lines, err = s.ownLines(ctx, r, lines); err != nil {
			return err
		}
	}
	var within ca.Filter
	if err = s.confine(ctx, r, people.Choice{}, &within); err == nil {
		err = s.changeable(ctx, r, act, &within)
	}
	if err != nil {
		return err
	}
	return s.opts.CA.AddLines(ctx, id, within, lines)
}

// AddSerials adds lines of a file to a plan that nobody has confirmed, at most 20,000 at a
// time. What the plan would do then is for PlanOf to say, once, when all are there. It is for
// those who administer something.
func (s *Service) AddSerials(ctx context.Context, p authn.Principal, id string, lines []api.SerialLine) (api.Plan, error) {
	plan, err := s.plan(ctx, p, id)
	if err != nil {
		return api.Plan{}, err
	}
	if !reachOf(p).administers() {
		return api.Plan{}, ErrNotAllowed
	}
	if len(lines) > maxSerials {
		return api.Plan{}, invalid("lines", "are more than 20000")
	}
	add := make([]ca.Line, 0, len(lines))
	for _, l := range lines {
		if l.Line < 1 || l.Line > ca.MaxPlan {
			return api.Plan{}, invalid("lines", fmt.Sprintf("have one whose number is not between 1 and %d", ca.MaxPlan))
		}
		add = append(add, ca.Line{Number: l.Line, Text: l.Serial})
	}
	if err := s.notOwn(ctx, reachOf(p), plan.Act, "lines", list{lines: add}); err != nil {
		return api.Plan{}, err
	}
	if err := s.addLines(ctx, reachOf(p), plan.Act, id, add); err != nil {
		return api.Plan{}, refused("lines", err)
	}
	return s.describe(ctx, p, plan, false)
}

// plan returns a plan that the caller may see.
func (s *Service) plan(ctx context.Context, p authn.Principal, id string) (ca.Plan, error) {
	if parsed, err := uuid.Parse(id); err != nil || parsed.String() != id {
		return ca.Plan{}, ErrUnknown
	}
	plan, err := s.opts.CA.GetPlan(ctx, id)
	if errors.Is(err, ca.ErrNoPlan) || err == nil && !reachOf(p).sees(plan) {
		return ca.Plan{}, ErrUnknown
	}
	return plan, err
}

// PlanOf returns a plan of the caller's or their colleagues', with what it would do or, when it
// was confirmed, what it was said that it would do.
func (s *Service) PlanOf(ctx context.Context, p authn.Principal, id string) (api.Plan, error) {
	plan, err := s.plan(ctx, p, id)
	if err != nil {
		return api.Plan{}, err
	}
	return s.describe(ctx, p, plan, true)
}

// PlanSize returns how many items a plan of the caller's or their colleagues' has.
func (s *Service) PlanSize(ctx context.Context, p authn.Principal, id string) (items int, err error) {
	plan, err := s.plan(ctx, p, id)
	if err != nil {
		return 0, err
	}
	results, err := s.opts.CA.PlanResults(ctx, plan.ID)
	for _, n := range results {
		items += n
	}
	return items, err
}

// Plans returns the caller's plans and their colleagues', newest first, at most 50, and does not
// say what those would do that are not confirmed. What holders plan for themselves is not among
// an administrator's.
func (s *Service) Plans(ctx context.Context, p authn.Principal) ([]api.Plan, error) {
	if p.Identity().IsZero() {
		return nil, ErrNotAllowed
	}
	r := reachOf(p)
	found, err := s.listed(ctx, r)
	if err != nil {
		return nil, err
	}
	plans := make([]api.Plan, 0, len(found))
	for _, plan := range found {
		described, err := s.describe(ctx, p, plan, false)
		if err != nil {
			return nil, err
		}
		plans = append(plans, described)
	}
	return plans, nil
}

// listed are the plans of Plans. Holders' own are left out, and more is read in their place: at
// most plansRead, whatever holders do.
func (s *Service) listed(ctx context.Context, r reach) ([]ca.Plan, error) {
	for limit := plansListed; ; limit *= 4 {
		found, err := s.opts.CA.Plans(ctx, ca.PlansOf{Everybody: r.all, Scope: r.scope(), Owner: r.own, OwnScope: scopeOwn}, limit)
		if err != nil {
			return nil, err
		}
		end := len(found) < limit || limit >= plansRead
		found = slices.DeleteFunc(found, func(p ca.Plan) bool { return p.Scope == scopeOwn && p.Owner != r.own })
		if end || len(found) >= plansListed {
			return found[:min(len(found), plansListed)], nil
		}
	}
}

// PlanItems returns up to limit items after number n, in order: 100 unless given, at most 1000.
// Whose certificates are not within the caller's reach, or are no more, it does not say, nor
// how those stand.
func (s *Service) PlanItems(ctx context.Context, p authn.Principal, id string, after, limit int) (api.PlanItems, error) {
	if after < 0 || limit < 0 || limit > maxItems {
		return api.PlanItems{}, invalid("limit", "is not between 1 and 1000, or after is below 0")
	}
	plan, err := s.plan(ctx, p, id)
	if err != nil {
		return api.PlanItems{}, err
	}
	limit = orElse(limit, defaultItems)
	found, err := s.opts.CA.PlanItems(ctx, plan.ID, after, limit)
	if err != nil {
		return api.PlanItems{}, err
	}
	if err := s.blank(ctx, reachOf(p), found); err != nil {
		return api.PlanItems{}, err
	}
	out := api.PlanItems{Items: make([]api.PlanItem, 0, len(found))}
	for _, i := range found {
		out.Items = append(out.Items, api.PlanItem{
			N: i.N, Line: i.Line, Text: i.Text, Issuer: i.Ref.Issuer, Serial: i.Ref.Serial, Holder: i.Holder, Status: i.Status,
			Result: i.Result, Detail: i.Detail, At: given(i.At.Time),
		})
	}
	if len(found) == limit {
		out.Next = found[limit-1].N
	}
	return out, nil
}

// blank takes out of items who holds certificates that are not within reach, and their status.
func (s *Service) blank(ctx context.Context, r reach, items []ca.PlanItem) error {
	if r.all {
		return nil
	}
	ids := make([]certs.Identity, len(items)) // zero where there is none
	for n, i := range items {
		ids[n], _ = certs.ParseIdentity(i.Identity)
	}
	members, err := s.whose(ctx, ids)
	if err != nil {
		return err
	}
	for n, who := range ids {
		if who != r.own && (r.agency == "" || members[who.ID()].Agency != r.agency) {
			items[n].Identity, items[n].Holder, items[n].Status = "", "", ""
		}
	}
	return nil
}

// describe says how a plan stands and, with foresee, what it would do.
func (s *Service) describe(ctx context.Context, p authn.Principal, plan ca.Plan, foresee bool) (api.Plan, error) {
	results, err := s.counted(ctx, plan)
	if err != nil {
		return api.Plan{}, err
	}
	out := api.Plan{
		ID: plan.ID, Act: plan.Act, InvalidityDate: given(plan.Since), Note: plan.Note, By: plan.By, CreatedAt: plan.MadeAt.UTC(),
		ConfirmedAt: given(plan.ConfirmedAt), FinishedAt: given(plan.FinishedAt), Results: results, Loses: []api.Loser{},
	}
	if plan.Act == "revoke" {
		out.Reason = plan.Reason.String()
	}
	out.Total, out.Bad = ca.Certificates(results)
	out.Bad -= results[api.ResultDuplicate]
	if out.Word, err = s.word(ctx, plan, out.Total); err != nil {
		return api.Plan{}, err
	}
	var told foreseen
	switch {
	case !plan.ConfirmedAt.IsZero():
		err = json.Unmarshal(plan.Confirmed.Preview, &told)
	case foresee:
		told, _, err = s.foretell(ctx, p, plan)
	}
	if err != nil {
		return api.Plan{}, err
	}
	told.into(&out)
	return out, nil
}

// word is what has to be typed to confirm a plan of so many certificates.
func (s *Service) word(ctx context.Context, plan ca.Plan, total int) (string, error) {
	if total != 1 {
		return fmt.Sprintf("%s %d", plan.Act, total), nil
	}
	ref, err := s.opts.CA.PlanCertificate(ctx, plan.ID)
	if err != nil {
		return "", err
	}
	return ref.Serial[max(0, len(ref.Serial)-wordDigits):], nil
}
