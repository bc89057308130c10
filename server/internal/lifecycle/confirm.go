package lifecycle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/people"
)

// inline is how long Confirm carries a plan out before it leaves the rest to Run.
const inline = time.Second

// Confirm lets a plan be carried out, by the word that PlanOf gives: the first of it before it
// returns, the rest in the background. Of a plan under way, or that has items that failed, it
// goes on with it. It returns ErrWord for another word, an *InvalidError for a plan without
// certificates or whose list was changed meanwhile.
func (s *Service) Confirm(ctx context.Context, p authn.Principal, id, word string) (api.Plan, error) {
	plan, err := s.plan(ctx, p, id)
	if err != nil {
		return api.Plan{}, err
	}
	results, err := s.opts.CA.PlanResults(ctx, id)
	if err != nil {
		return api.Plan{}, err
	}
	total, _ := ca.Certificates(results)
	if total == 0 {
		return api.Plan{}, invalid("plan", "has no certificate in it")
	}
	want, err := s.word(ctx, plan, total)
	if err != nil {
		return api.Plan{}, err
	}
	if !strings.EqualFold(strings.TrimSpace(word), want) {
		return api.Plan{}, ErrWord
	}
	if err := s.confirm(ctx, p, plan, total); err != nil {
		return api.Plan{}, refused("plan", err)
	}
	if finished, err := s.carryOut(ctx, id, inline); err != nil || !finished {
		if err != nil {
			s.opts.Log.ErrorContext(ctx, "a plan that was confirmed will be carried out later", "plan", id, "error", err)
		}
		s.rouse()
	}
	return s.PlanOf(ctx, p, id)
}

// Stop has the rest of a plan under way left undone, for whoever may confirm it. They may
// confirm it again, for what was left. It returns ErrUnknown, or an *InvalidError for a plan
// that is not under way.
func (s *Service) Stop(ctx context.Context, p authn.Principal, id string) (api.Plan, error) {
	if _, err := s.plan(ctx, p, id); err != nil {
		return api.Plan{}, err
	}
	if err := s.opts.CA.StopPlan(ctx, id, p.Name()); err != nil {
		return api.Plan{}, refused("plan", err)
	}
	return s.PlanOf(ctx, p, id)
}

// Discard forgets a plan of the caller's or their colleagues' that nobody has confirmed, and
// returns it as it was. It returns ErrUnknown, or an *InvalidError for one that was confirmed.
func (s *Service) Discard(ctx context.Context, p authn.Principal, id string) (api.Plan, error) {
	plan, err := s.plan(ctx, p, id)
	if err != nil {
		return api.Plan{}, err
	}
	was, err := s.describe(ctx, p, plan, false)
	if err == nil {
		err = refused("plan", s.opts.CA.DiscardPlan(ctx, id))
	}
	if errors.Is(err, ca.ErrNoPlan) { // another was quicker
		err = ErrUnknown
	}
	if err != nil {
		return api.Plan{}, err
	}
	return was, nil
}

// confirm records who confirms a plan, as the audit is to name them, and what they were told.
func (s *Service) confirm(ctx context.Context, p authn.Principal, plan ca.Plan, total int) error {
	as, err := json.Marshal(eventOf(ctx, p))
	if err != nil {
		return fmt.Errorf("encode who confirms: %w", err)
	}
	told := plan.Confirmed.Preview
	if plan.ConfirmedAt.IsZero() {
		foreseen, err := s.foresee(ctx, p, plan)
		if err != nil {
			return err
		}
		if told, err = json.Marshal(foreseen); err != nil {
			return fmt.Errorf("encode what was foreseen: %w", err)
		}
	}
	spare, err := s.liveAdministrators(ctx)
	if err != nil {
		return err
	}
	err = s.opts.CA.ConfirmPlan(ctx, plan.ID, total, ca.Confirmation{By: p.Identity(), With: p.Certificate(), As: as, Preview: told, Spare: spare})
	if errors.Is(err, ca.ErrSpared) {
		err = errLast
	}
	return err
}

// carryOut goes on with a confirmed plan, in the name of who confirmed it, for as long as the
// budget.
func (s *Service) carryOut(ctx context.Context, id string, budget time.Duration) (finished bool, err error) {
	plan, err := s.opts.CA.GetPlan(ctx, id)
	if err != nil {
		return false, err
	}
	var e audit.Event
	if err := json.Unmarshal(plan.Confirmed.As, &e); err != nil {
		return false, fmt.Errorf("decode who confirmed plan %s: %w", id, err)
	}
	e.Detail = maps.Clone(e.Detail)
	if e.Detail == nil {
		e.Detail = map[string]string{}
	}
	e.Detail["plan"] = id
	if plan.Note != "" {
		e.Detail["note"] = plan.Note
	}
	return s.opts.CA.RunPlan(WithEvent(ctx, e), id, budget, s.permit(plan))
}

// permit asks for each certificate whether who confirmed the plan still administers or holds
// it: by their roles as they are now, not as they were.
func (s *Service) permit(plan ca.Plan) ca.Permit {
	by := plan.Confirmed.By
	return func(ctx context.Context, of certs.Identity) (bool, error) {
		r := reach{own: by}
		if by.Kind() == certs.User {
			u, err := s.opts.Register.Present(ctx, by.ID())
			if errors.Is(err, people.ErrUnknown) {
				return false, ca.ErrPowerLost
			}
			if err != nil {
				return false, err
			}
			r = reachBy(by, u.Roles, u.Agency)
		}
		if !r.administers() && (plan.Scope != scopeOwn || plan.Act == "release") {
			return false, ca.ErrPowerLost
		}
		return s.permits(ctx, r, plan.Act, of)
	}
}
