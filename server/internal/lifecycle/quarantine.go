package lifecycle

import (
	"context"
	"errors"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
	"mais/server/internal/authn"
)

// Quarantines returns all quarantines, newest first. They are for who administers everything:
// what a lost journal put on hold is of every agency.
func (s *Service) Quarantines(ctx context.Context, p authn.Principal) ([]api.Quarantine, error) {
	if !reachOf(p).all {
		return nil, ErrNotAllowed
	}
	found, err := s.opts.CA.Quarantines(ctx)
	if err != nil {
		return nil, err
	}
	var approvers []certs.Identity
	for _, q := range found {
		approvers = append(approvers, q.Approved...)
	}
	members, err := s.whose(ctx, approvers)
	if err != nil {
		return nil, err
	}
	all := make([]api.Quarantine, 0, len(found))
	for _, q := range found {
		out := api.Quarantine{
			ID: q.ID, MadeAt: q.MadeAt.UTC(), MadeBy: q.MadeBy, FinishedAt: given(q.FinishedAt), Total: q.Total, Held: q.Held,
			Approved: []string{}, ApprovedBy: []string{}, Needs: ca.Approvals,
		}
		for _, who := range q.Approved {
			name := members[who.ID()].Label
			if name == "" {
				name = who.String() // who is no longer in the register
			}
			out.Approved, out.ApprovedBy = append(out.Approved, who.String()), append(out.ApprovedBy, name)
		}
		all = append(all, out)
	}
	return all, nil
}

// Quarantine returns one quarantine, or ErrUnknown.
func (s *Service) Quarantine(ctx context.Context, p authn.Principal, id int64) (api.Quarantine, error) {
	all, err := s.Quarantines(ctx, p)
	if err != nil {
		return api.Quarantine{}, err
	}
	for _, q := range all {
		if q.ID == id {
			return q, nil
		}
	}
	return api.Quarantine{}, ErrUnknown
}

// ApproveQuarantine records that the caller lets what is in a quarantine be released, and
// returns it as it stands then. Once more is no fault, and no second approval. ErrUnknown is of
// one that is not there, or not all on hold yet.
func (s *Service) ApproveQuarantine(ctx context.Context, p authn.Principal, id int64) (api.Quarantine, error) {
	if !reachOf(p).all {
		return api.Quarantine{}, ErrNotAllowed
	}
	err := s.opts.CA.ApproveQuarantine(ctx, id, p.Identity())
	switch {
	case errors.Is(err, ca.ErrUnknown):
		return api.Quarantine{}, ErrUnknown
	case err != nil && !errors.Is(err, ca.ErrAlready):
		return api.Quarantine{}, err
	}
	return s.Quarantine(ctx, p, id)
}
