package oversight

import (
	"context"
	"iter"
	"time"

	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/lifecycle"
)

// mostExportDays is the longest period of one export, and mostExport its most rows.
const (
	mostExportDays = 366
	mostExport     = 2_000_000
)

// Stream gives entries as they are asked for; the time of a stream is its own.
type Stream = func(context.Context) iter.Seq2[api.AuditEntry, error]

// Exported is what an export gives.
type Exported struct {
	Rows int
	Gaps []api.AuditGap // of which times of its period the audit has nothing
	Each Stream
}

// Export returns all that a filter chooses, oldest first, and how many that is: as many as its
// event says, and none that is recorded later. Its event is durable, and its reader was looked at
// again, when Export returns.
func (s *Service) Export(ctx context.Context, l Look, f api.AuditFilter, format string) (Exported, error) {
	e := l.event(ActExport)
	e.Detail = map[string]string{"format": format}
	if !Reviews(l.Principal) {
		return Exported{}, s.failed(ctx, e, errNotAllowed)
	}
	done, err := s.turn(ctx, l.Principal.User())
	if err != nil {
		return Exported{}, s.failed(ctx, e, err)
	}
	begins := false
	defer func() {
		if !begins { // also of a fault: or nobody would have the turn until it runs out
			done()
		}
	}()
	out, err := s.export(ctx, l, e, f)
	if err != nil {
		return Exported{}, err
	}
	begins = true
	all := out.Each
	out.Each = func(ctx context.Context) iter.Seq2[api.AuditEntry, error] { return bounded(ctx, done, all) }
	return out, nil
}

// bounded is a stream that ends in time, and gives its turn back.
func bounded(ctx context.Context, done func(), each Stream) iter.Seq2[api.AuditEntry, error] {
	return func(yield func(api.AuditEntry, error) bool) {
		defer done()
		ctx, cancel := context.WithTimeout(ctx, exportPatience)
		defer cancel()
		for entry, err := range each(ctx) {
			if err == nil {
				err = ctx.Err() // entries that are at hand need no database to tell
			}
			if !yield(entry, err) || err != nil {
				return
			}
		}
	}
}

func (s *Service) export(ctx context.Context, l Look, e audit.Event, f api.AuditFilter) (Exported, error) {
	chosen, err := s.exported(ctx, f)
	if err != nil {
		return Exported{}, s.failed(ctx, e, err)
	}
	var gaps lacks
	rows, last, err := s.opts.Log.Count(ctx, chosen)
	if err == nil {
		gaps, err = s.opts.Log.Gaps(ctx, chosen.From, chosen.To)
	}
	if err == nil && rows > mostExport {
		err = &lifecycle.InvalidError{Fields: []api.FieldError{{Field: "from", Detail: "leaves more than two million entries: ask for less at a time"}}}
	}
	if err != nil {
		return Exported{}, s.failed(ctx, e, err)
	}
	if f.Who != "" {
		e.Detail["who"] = f.Who
	}
	receipt, err := s.append(ctx, l, chosen.Noted(e, rows))
	if err != nil {
		return Exported{}, err
	}
	return Exported{rows, gaps.told(), func(ctx context.Context) iter.Seq2[api.AuditEntry, error] {
		return func(yield func(api.AuditEntry, error) bool) {
			for entry, err := range s.opts.Log.Each(ctx, receipt, chosen, last) {
				if !yield(wireOne(entry), err) || err != nil {
					return
				}
			}
		}
	}}, nil
}

// exported is the filter of an export, which is bounded in time.
func (s *Service) exported(ctx context.Context, f api.AuditFilter) (audit.Filter, error) {
	if f.To.IsZero() {
		f.To = s.now()
	}
	fault := func(detail string) error {
		return &lifecycle.InvalidError{Fields: []api.FieldError{{Field: "from", Detail: detail}}}
	}
	switch {
	case f.From.IsZero():
		return audit.Filter{}, fault("is needed: an export is of a period")
	case f.To.Sub(f.From) > mostExportDays*24*time.Hour:
		return audit.Filter{}, fault("is more than 366 days before to")
	}
	f.Before, f.PerPage = 0, 0
	chosen, err := checked(f)
	if err != nil {
		return audit.Filter{}, err
	}
	chosen.Limit = 0
	chosen.Users, _, err = s.who(ctx, f.Who)
	return chosen, err
}
