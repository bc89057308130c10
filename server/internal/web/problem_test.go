package web

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage"
)

// TestProblems: each stable problem has its status, says what to do, and is told apart.
func TestProblems(t *testing.T) {
	for kind, status := range map[string]int{
		api.NoToken: 401, api.UnknownToken: 401, api.SessionEnded: 401, api.ExpiredToken: 403, api.HeldToken: 403, api.RevokedToken: 403,
		api.SupersededToken: 403, api.WrongNetwork: 403, api.LevelTooLow: 403, api.OutsideDates: 403, api.TermsDue: 403, api.StatusStale: 503, api.AuditUnavailable: 503,
		api.EnrolmentRefused: 403, api.RenewalRefused: 403, api.NotAllowed: 403, api.NotFound: 404, api.Invalid: 413, api.TooMany: 429,
		api.Conflict: 409, api.AddressTaken: 409, api.NameTaken: 409, api.RoleGone: 409, api.RuleAgainst: 409, api.DecidedAlready: 409, api.SettledAlready: 409,
		api.TooManyOpen: 409, api.ReviewSigned: 409, api.ReviewUndecided: 409, api.DecidedForGood: 409, api.GoneMeanwhile: 409,
		api.CrossSite: 403, api.SessionMismatch: 403, api.AccessChanged: 403, api.Unavailable: 503, api.Internal: 500,
	} {
		found := false
		for _, row := range problems {
			if row.Type != kind {
				continue
			}
			found = true
			if kind != api.NotFound && kind != api.Invalid && row.Status != status {
				t.Errorf("%s has the status %d, want %d", kind, row.Status, status)
			}
			if row.Title == "" || row.Detail == "" || row.Next == "" {
				t.Errorf("%s does not say what happened and what to do: %+v", kind, row.problem)
			}
		}
		if !found {
			t.Errorf("no problem is %s", kind)
		}
	}
}

func TestProblemOf(t *testing.T) {
	for _, test := range []struct {
		err  error
		kind string
	}{
		{errNotFound, api.NotFound},
		{fmt.Errorf("look: %w", errNotAllowed), api.NotAllowed},
		{errors.Join(errNotFound, audit.ErrUnavailable), api.AuditUnavailable}, // whatever else was wrong
		{fault("f", "d"), api.Invalid},
		{&authn.Refusal{Kind: authn.Held}, api.HeldToken},
		{&authn.Refusal{Kind: authn.LevelTooLow}, api.LevelTooLow},
		{authz.ErrNoReason, api.NotAllowed},
		{fmt.Errorf("invite: %w", lifecycle.ErrTooOften), api.TooMany},
		{fmt.Errorf("%w: %w", lifecycle.ErrNotSent, errors.New("550 no such user")), api.Unavailable},
		{fmt.Errorf("find: %w", &authz.TooManyError{Most: 20}), api.TooMany},
		{fmt.Errorf("reason: %w", authz.ErrTooMany), api.TooMany},
		{lifecycle.ErrWord, api.WrongWord}, {manage.ErrWord, api.WrongWord},
		{errors.New("secret"), api.Internal},
	} {
		got := problemOf(test.err)
		if got.Type != api.ProblemPrefix+test.kind {
			t.Errorf("problemOf(%v) = %s, want %s", test.err, got.Type, test.kind)
		}
		if said := strings.ReplaceAll(got.Title+got.Detail+got.Next, "{contact}", ""); strings.Contains(said, "{") {
			t.Errorf("problemOf(%v) leaves a word open: %s", test.err, said)
		}
	}
}

// TestHindered: what stands in the way is named where it is known, and each cause has its problem.
func TestHindered(t *testing.T) {
	for _, test := range []struct {
		err         error
		kind, title string
	}{
		{&manage.Hindered{Err: manage.ErrUndecided, By: "25 people are"}, api.ReviewUndecided, "25 people are not decided on yet"},
		{fmt.Errorf("sign: %w", manage.ErrUndecided), api.ReviewUndecided, "Some are not decided on yet"},
		{&manage.Hindered{Err: manage.ErrSigned, By: "Ada Ministrator"}, api.ReviewSigned, "This review was signed off: Ada Ministrator"},
		{manage.ErrSigned, api.ReviewSigned, "This review was signed off"},
		{&manage.Hindered{Err: manage.ErrForGood, By: "dana@example.org"}, api.DecidedForGood, "This was decided for good: dana@example.org"},
		{&manage.Hindered{Err: manage.ErrGone, By: "dana@example.org"}, api.GoneMeanwhile, "They are not with the agency any more: dana@example.org"},
		{&manage.Hindered{Err: manage.ErrRoleGone, By: "Night helper"}, api.RoleGone, "A role of this change is gone: Night helper"},
		{&manage.Hindered{Err: manage.ErrAddressTaken, By: "is registered already"}, api.AddressTaken, "This address is registered already"},
		{&manage.Hindered{Err: manage.ErrState, By: "refused by Ada"}, api.DecidedAlready, "This change is not open any more: refused by Ada"},
		{manage.ErrSettled, api.SettledAlready, "Somebody has settled this already"},
		{manage.ErrConflict, api.Conflict, "It has changed meanwhile"},
		{manage.ErrOutdated, api.Conflict, "What it would do has changed since you looked: look again"},
	} {
		if got := problemOf(test.err); got.Type != api.ProblemPrefix+test.kind || got.Title != test.title || strings.Contains(got.Detail+got.Next, "{by}") {
			t.Errorf("problemOf(%v) = %+v, want %s: %s", test.err, got, test.kind, test.title)
		}
	}
}

// TestRefusalsInWords: whoever reviews the audit reads of every problem what it was, and no code.
func TestRefusalsInWords(t *testing.T) {
	for _, row := range problems {
		if form.RefusalLabel(row.Type) == form.Word(row.Type) {
			t.Errorf("%s has no words", row.Type)
		}
	}
}
