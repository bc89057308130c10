package server

import (
	"context"
	"time"

	"mais/ca"
	"mais/server/api"
	"mais/server/internal/manage"
)

// unwrittenFor is how long what was taken away may be in no journal: the service writes it every
// few seconds.
const unwrittenFor = time.Minute

// checkAdministrators looks for somebody who lets others in. A restored database is told again of
// all who left, even of the last.
func (s *Server) checkAdministrators(ctx context.Context) api.CheckItem {
	f := api.CheckItem{What: "administrators", State: string(ca.Fault)}
	who, err := s.register.LastingAdministrators(ctx)
	switch {
	case err != nil:
		f.Says, f.Do = "whether there is an administrator could not be read", "look at the log"
	case len(who) == 0:
		f.Says = "there is no administrator without a last day: soon, or already, nobody lets others in"
		f.Do = "name one at the host: mais-server admin rescue-admin EMAIL --name NAME --site SITE"
	default:
		f.State, f.Says = string(ca.OK), count(len(who), "administrator has", "administrators have")+" no last day"
	}
	return f
}

// checkUnwritten looks for what was taken away by hand and is in no journal yet.
func (s *Server) checkUnwritten(ctx context.Context) api.CheckItem {
	f := api.CheckItem{What: "journal-access", State: string(ca.Fault)}
	n, err := s.register.UnwrittenWithdrawals(ctx, unwrittenFor)
	switch {
	case err != nil:
		f.Says, f.Do = "whether the journal has all that was taken away could not be read", "look at the log"
	case n > 0:
		f.Says = count(n, "thing that was taken away of access is", "things that were taken away of access are") + " in no journal yet: a restore of a backup would give that back"
		f.Do = "start the service, which writes it within seconds; where it runs, its log says why it does not: most likely the disk of the journal is full or gone"
	default:
		f.State, f.Says = string(ca.OK), "the journal has all that was taken away of access"
	}
	return f
}

// checkRestored says for a while that the service was restored, and what that took away again.
func (s *Server) checkRestored(ctx context.Context) api.CheckItem {
	f := api.CheckItem{What: "restored", State: string(ca.OK), Says: "the service was not restored within 14 days"}
	r, err := s.register.Restored(ctx, time.Now().Add(-manage.RestoredFor))
	switch {
	case err != nil:
		f.State, f.Says, f.Do = string(ca.Fault), "whether the service was restored could not be read", "look at the log"
	case r == nil:
	case r.Things == 0:
		f.Says = "the service was restored on " + r.At.UTC().Format(time.DateTime) + "; nothing of access had to be taken away again"
	default:
		f.State = string(ca.Warn)
		f.Says = "the service was restored on " + r.At.UTC().Format(time.DateTime) + "; " + count(r.Things, "thing", "things") + " of access taken away again, from " + count(r.People, "person", "people")
		f.Do = "return whoever had only moved; which they are: tokenctl admin audit list --act access.withdrawn-again, by a governance officer"
	}
	return f
}
