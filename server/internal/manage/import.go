package manage

import (
	"context"
	"errors"
	"io"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage/internal/roster"
)

const (
	faultsShown  = 200  // of an import
	lookedUpOnce = 1000 // addresses
)

// Import reads people from a CSV file (package roster) and proposes to invite them, unless it
// is a dry run. Where a row has a fault nothing is proposed, lest somebody be left out unseen;
// with SkipFaulty the good rows are. The answer names nobody but by line and column.
func (s *Service) Import(ctx context.Context, p authn.Principal, csv io.Reader, req api.ImportRequest) (api.Import, error) {
	r := reachOf(p)
	if !r.manages() {
		return api.Import{}, ErrNotAllowed
	}
	if _, err := completeNote("note", req.Note); err != nil { // of a dry run too: it foresees what a real one says
		return api.Import{}, err
	}
	ground, err := s.opts.Register.Ground(ctx, r.agency)
	if err != nil {
		return api.Import{}, err
	}
	in := &importing{register: s.opts.Register, judge: newJudge(ground, r, s.now())}
	err = roster.Read(csv, func(row roster.Row) error { return in.take(ctx, row) })
	var whole *roster.FileError
	switch {
	case errors.As(err, &whole):
		return api.Import{}, &lifecycle.InvalidError{Fields: []api.FieldError{{Field: "file", Detail: whole.Error()}}}
	case err != nil:
		return api.Import{}, err
	}
	if err := in.lookUp(ctx); err != nil {
		return api.Import{}, err
	}
	out := in.out
	out.Good = len(in.good)
	if req.DryRun || out.Good == 0 || out.Bad > 0 && !req.SkipFaulty {
		return out, nil
	}
	change, err := s.ProposeMany(ctx, p, in.good, req.Note)
	if err != nil {
		return api.Import{}, err
	}
	out.Change = &change
	return out, nil
}

// addresses are those who know who is registered.
type addresses interface {
	Registered(ctx context.Context, agency string, addresses []string) (map[string]bool, error)
}

// importing is a file that is being read.
type importing struct {
	register addresses
	judge    *judge
	out      api.Import
	good     []api.UserFields
	waiting  []judged // whose addresses are still to be looked up, and the faulty among them, so that faults keep their order
}

// judged is a row, with the person whom it is about if it has no fault of its own.
type judged struct {
	row  roster.Row
	user api.UserFields
}

func (in *importing) take(ctx context.Context, row roster.Row) error {
	in.out.Rows++
	user := in.judge.user(&row)
	if in.waiting = append(in.waiting, judged{row, user}); len(in.waiting) == lookedUpOnce {
		return in.lookUp(ctx)
	}
	return nil
}

// lookUp asks of the rows that wait whether somebody whom the caller manages is registered with their
// address. Of others' people an agency's administrator learns nothing here.
func (in *importing) lookUp(ctx context.Context) error {
	var asked []string
	for _, w := range in.waiting {
		if len(w.row.Faults) == 0 {
			asked = append(asked, w.user.Email)
		}
	}
	taken, err := in.register.Registered(ctx, in.judge.reach.agency, asked)
	if err != nil {
		return err
	}
	for _, w := range in.waiting {
		if len(w.row.Faults) == 0 && taken[w.user.Email] {
			w.row.Blame(roster.Email, "is registered already: change that person, or have them return")
		}
		if len(w.row.Faults) > 0 {
			in.refuse(w.row)
			continue
		}
		in.good = append(in.good, w.user)
	}
	in.waiting = in.waiting[:0]
	return nil
}

func (in *importing) refuse(row roster.Row) {
	in.out.Bad++
	for _, f := range row.Faults {
		if len(in.out.Faults) < faultsShown {
			in.out.Faults = append(in.out.Faults, api.RowFault{Line: f.Line, Column: f.Column, Detail: f.Detail})
		}
	}
}
