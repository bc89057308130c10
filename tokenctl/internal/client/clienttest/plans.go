package clienttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"mais/certs"
	"mais/server/api"
)

// plan is a plan with all of its items; the results are counted when it is shown.
type plan struct {
	api.Plan
	items     []api.PlanItem
	discarded bool
}

// Step sets how many items of a plan are done each time somebody looks at it; below 0 all are
// done at once, as it is from the start.
func (s *Service) Step(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.step = n
}

// Fail makes acts on a serial fail; "" makes none fail.
func (s *Service) Fail(serial string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing = serial
}

func (s *Service) makePlan(w http.ResponseWriter, r *http.Request) {
	var q api.PlanRequest
	if json.NewDecoder(r.Body).Decode(&q) != nil {
		Problem(http.StatusBadRequest, api.Problem{Type: api.Invalid, Title: "Bad request"})(w, r)
		return
	}
	p := &plan{Plan: api.Plan{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", len(s.plans)+1), Act: q.Act, Reason: q.Reason,
		InvalidityDate: q.InvalidityDate, Note: q.Note, By: s.Email, CreatedAt: today()}}
	s.plans = append(s.plans, p)
	own := certs.SerialHex(r.TLS.PeerCertificates[0].SerialNumber)
	for _, serial := range q.Serials {
		s.put(p, 0, serial, own)
	}
	for _, c := range s.inventory {
		if q.Filter != nil && q.Filter.User == c.Holder {
			s.put(p, 0, c.Issuer+"/"+c.Serial, own)
		}
	}
	answer(w, http.StatusCreated, s.shown(p))
}

// put adds an item for a serial, or for a line that names none.
func (s *Service) put(p *plan, line int, name, own string) {
	item := api.PlanItem{N: len(p.items) + 1, Line: line, Text: name, Result: api.ResultUnknown}
	_, serial, qualified := strings.Cut(name, "/")
	if !qualified {
		serial = name
	}
	i := slices.IndexFunc(s.inventory, func(c api.Certificate) bool { return c.Serial == serial })
	switch {
	case i >= 0:
		c := s.inventory[i]
		item.Text, item.Issuer, item.Serial, item.Holder, item.Status, item.Result = "", c.Issuer, c.Serial, c.Holder, c.Status, api.ResultWaiting
	case serial == own:
		item.Text, item.Issuer, item.Serial, item.Holder, item.Status, item.Result = "", "people-1", serial, s.Email, "active", api.ResultWaiting
	}
	if slices.ContainsFunc(p.items, func(o api.PlanItem) bool { return o.Serial == item.Serial && o.Text == item.Text }) {
		item.Result = api.ResultDuplicate
	}
	p.items = append(p.items, item)
}

func (s *Service) planOf(w http.ResponseWriter, r *http.Request) *plan {
	for _, p := range s.plans {
		if p.ID == r.PathValue("id") && !p.discarded {
			return p
		}
	}
	notFound(w, r)
	return nil
}

func (s *Service) addSerials(w http.ResponseWriter, r *http.Request) {
	var q api.AddSerials
	p := s.planOf(w, r)
	if p == nil {
		return
	}
	if json.NewDecoder(r.Body).Decode(&q) != nil || len(q.Lines) > 20_000 {
		Problem(http.StatusBadRequest, api.Problem{Type: api.Invalid, Title: "Bad request"})(w, r)
		return
	}
	for _, line := range q.Lines {
		s.put(p, line.Line, line.Serial, "")
	}
	answer(w, http.StatusOK, s.shown(p))
}

func (s *Service) confirm(w http.ResponseWriter, r *http.Request) {
	var q api.ConfirmPlan
	p := s.planOf(w, r)
	if p == nil {
		return
	}
	if json.NewDecoder(r.Body).Decode(&q) != nil || q.Word != s.shown(p).Word {
		Problem(http.StatusBadRequest, api.Problem{Type: api.Invalid, Title: "Another word"})(w, r)
		return
	}
	at := today()
	p.ConfirmedAt, p.FinishedAt = &at, nil
	for i := range p.items {
		if p.items[i].Result == api.ResultFailed {
			p.items[i].Result = api.ResultWaiting
		}
	}
	s.goOn(p)
	answer(w, http.StatusOK, s.shown(p))
}

// stop leaves what waits of a plan under way undone.
func (s *Service) stop(w http.ResponseWriter, r *http.Request) {
	p := s.planOf(w, r)
	if p == nil {
		return
	}
	if p.ConfirmedAt == nil || p.FinishedAt != nil {
		Problem(http.StatusBadRequest, api.Problem{Type: api.Invalid, Title: "Not under way"})(w, r)
		return
	}
	for i := range p.items {
		if p.items[i].Result == api.ResultWaiting {
			p.items[i].Result, p.items[i].Detail = api.ResultFailed, "The plan was stopped."
		}
	}
	at := today()
	p.FinishedAt = &at
	answer(w, http.StatusOK, s.shown(p))
}

// discard forgets a plan that nobody has confirmed.
func (s *Service) discard(w http.ResponseWriter, r *http.Request) {
	p := s.planOf(w, r)
	if p == nil {
		return
	}
	if p.ConfirmedAt != nil {
		Problem(http.StatusBadRequest, api.Problem{Type: api.Invalid, Title: "It was confirmed"})(w, r)
		return
	}
	p.discarded = true
	answer(w, http.StatusOK, s.shown(p))
}

func (s *Service) plan(w http.ResponseWriter, r *http.Request) {
	if p := s.planOf(w, r); p != nil {
		s.goOn(p)
		answer(w, http.StatusOK, s.shown(p))
	}
}

// goOn does the next step of a plan that is under way.
func (s *Service) goOn(p *plan) {
	if p.ConfirmedAt == nil || p.FinishedAt != nil {
		return
	}
	left := s.step
	for i := range p.items {
		if p.items[i].Result != api.ResultWaiting {
			continue
		}
		if left == 0 {
			return
		}
		left--
		p.items[i].Result, p.items[i].Detail = s.change(p.Act, p.items[i].Serial)
	}
	at := today()
	p.FinishedAt = &at
}

func (s *Service) change(act, serial string) (result, why string) {
	to := map[string]string{"hold": "held", "release": "active", "revoke": "revoked"}[act]
	for i := range s.inventory {
		c := &s.inventory[i]
		switch {
		case c.Serial != serial:
		case serial == s.failing:
			return api.ResultFailed, "The database did not answer."
		case c.Status == to:
			return api.ResultAlready, ""
		case c.Expired && act != "revoke":
			return api.ResultNotAllowed, "It has expired."
		default:
			c.Status = to
		}
	}
	return api.ResultDone, ""
}

func (s *Service) shown(p *plan) api.Plan {
	out := p.Plan
	out.Results, out.Loses = map[string]int{}, []api.Loser{}
	for _, item := range p.items {
		out.Results[item.Result]++
		switch item.Result {
		case api.ResultUnknown:
			out.Bad++
			continue
		case api.ResultDuplicate:
			continue
		}
		out.Total++
		if out.Word = item.Serial[max(0, len(item.Serial)-6):]; len(out.Loses) < 2 {
			out.Loses = append(out.Loses, api.Loser{Holder: item.Holder, Name: "User", Agency: "Police", Roles: []string{"police_officer"}})
		}
	}
	if out.LosesAll = out.Total; out.Total != 1 {
		out.Word = out.Act + " " + strconv.Itoa(out.Total)
	}
	return out
}

func (s *Service) listPlans(w http.ResponseWriter, _ *http.Request) {
	all := api.Plans{Plans: []api.Plan{}}
	for _, p := range slices.Backward(s.plans) {
		if p.discarded {
			continue
		}
		all.Plans = append(all.Plans, s.shown(p))
	}
	answer(w, http.StatusOK, all)
}

func (s *Service) planItems(w http.ResponseWriter, r *http.Request) {
	p := s.planOf(w, r)
	if p == nil {
		return
	}
	after, _ := strconv.Atoi(r.URL.Query().Get("after"))
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	out := api.PlanItems{Items: p.items[min(after, len(p.items)):min(after+limit, len(p.items))]}
	if after+limit < len(p.items) {
		out.Next = after + limit
	}
	answer(w, http.StatusOK, out)
}
