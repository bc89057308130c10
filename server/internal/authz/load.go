package authz

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz/internal/data"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
	"mais/server/internal/record/importcsv"
)

// ImportReport says what became of a load.
type ImportReport struct {
	Loaded  int // records that are new
	Skipped int // records that were there already, by source and source_reference
}

// Import loads the records of a CSV file (package importcsv says how it looks), all or none,
// together with its event. A second run changes nothing. With dryRun the file is read to
// its end and checked, and nothing is loaded. progress is told now and then how many
// records are done; it may be nil.
//
// Only the system principal "import" may. The error is ErrDenied, *importcsv.Faults, which
// prints as one line for each fault, or ErrUnavailable.
func (s *Service) Import(ctx context.Context, system authn.Principal, r io.Reader, dryRun bool, progress func(done int)) (ImportReport, error) {
	e := Look{Principal: system}.event(ActImport)
	d, err := mayLoad(system, importer)
	if err != nil {
		return ImportReport{}, s.failed(ctx, e, err)
	}
	people := importcsv.Read(r, record.DayOf(time.Now()))
	if dryRun {
		e.Detail = map[string]string{"dry_run": "true"}
		return s.dryRun(ctx, e, people, progress)
	}
	return s.load(ctx, d, e, people, progress)
}

// The parts of the server that may load records, each by its own act; authn.System makes
// their principals.
const (
	importer  = "import"
	generator = "generator"
)

// mayLoad returns what p may create if p is the system principal name.
func mayLoad(p authn.Principal, name string) (policy.Decision, error) {
	if p.Method() != authn.BySystem || p.Name() != name {
		return policy.Decision{}, ErrDenied
	}
	return policy.DecideSystem(name, policy.Create), nil
}

// load writes people under d, which mayLoad gave; the event commits with the records.
func (s *Service) load(ctx context.Context, d policy.Decision, e audit.Event, people iter.Seq2[record.Person, error], progress func(int)) (ImportReport, error) {
	count, err := s.records.Load(ctx, d, people, func(tx *pg.Tx, count data.Loaded) error {
		e.Items, e.Rows = d.Shorthand(), count.New
		return audit.AppendIn(ctx, tx, e)
	}, progress)
	if err != nil {
		return ImportReport{}, s.loadFailed(ctx, e, err)
	}
	return ImportReport{Loaded: count.New, Skipped: count.Known}, nil
}

// dryRun reads people to the end and loads none.
func (s *Service) dryRun(ctx context.Context, e audit.Event, people iter.Seq2[record.Person, error], progress func(int)) (ImportReport, error) {
	n := 0
	for _, err := range people {
		if err != nil {
			return ImportReport{}, s.loadFailed(ctx, e, err)
		}
		if n++; progress != nil {
			progress(n)
		}
	}
	e.Rows = n
	if _, err := s.ledger.Append(ctx, e); err != nil {
		return ImportReport{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return ImportReport{Loaded: n}, nil
}

// loadFailed records a load that came to nothing. The faults of a file are the operator's to
// read: what they say is for the caller, not for the ledger.
func (s *Service) loadFailed(ctx context.Context, e audit.Event, err error) error {
	var faults *importcsv.Faults
	if !errors.As(err, &faults) {
		return s.failed(ctx, e, err)
	}
	e = ended(e, audit.Failed, reasonInvalid)
	if _, err := s.ledger.Append(context.WithoutCancel(ctx), e); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return faults
}
