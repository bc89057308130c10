package manage

import (
	"cmp"
	"context"
	"slices"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage/internal/terms"
)

// Terms returns what the caller has to accept, with the sheets of their roles, and whether they have.
func (s *Service) Terms(ctx context.Context, p authn.Principal) (api.Terms, error) {
	if p.User() == "" {
		return api.Terms{}, ErrNotAllowed
	}
	accepted, err := s.opts.Register.AcceptanceOf(ctx, p.User())
	if err != nil {
		return api.Terms{}, err
	}
	t := api.Terms{Version: terms.Version, Text: terms.Text(), Sheets: []api.Sheet{}, AcceptedAt: accepted.At, Due: accepted.Due}
	for _, role := range accepted.Roles {
		sheet := sheetFor(p, role)
		sheet.New = !slices.Contains(accepted.Shown, role)
		t.Sheets = append(t.Sheets, sheet)
	}
	slices.SortStableFunc(t.Sheets, func(a, b api.Sheet) int { // what they have not read comes first
		return cmp.Compare(rank(a), rank(b))
	})
	return t, nil
}

func rank(s api.Sheet) int {
	if s.New {
		return 0
	}
	return 1
}

// sheetFor is the sheet of a role as it holds in the caller's session.
func sheetFor(p authn.Principal, role string) api.Sheet {
	s := terms.SheetOf(role)
	without := p.Method() == authn.ByPassword && !slices.Contains(p.Roles(), role)
	if without || slices.Contains(p.Limited(), role) {
		return terms.Limited(s, without)
	}
	return s
}

// Accept records that the caller accepts the terms of a version, shown the sheets of these roles; of others
// than those that Terms returns it is ErrConflict: they have read something else.
func (s *Service) Accept(ctx context.Context, p authn.Principal, version string, shown []string) error {
	if p.User() == "" {
		return ErrNotAllowed
	}
	if version != terms.Version {
		return ErrConflict
	}
	e, _ := lifecycle.EventOf(ctx)
	return told("terms", s.opts.Register.AcceptTerms(ctx, p.User(), version, shown, e))
}

// Seen notes that the caller was here today.
func (s *Service) Seen(ctx context.Context, p authn.Principal) error {
	if p.User() == "" {
		return nil
	}
	return s.opts.Register.Seen(ctx, p.User())
}
