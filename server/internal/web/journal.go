package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
	"mais/server/internal/authn"
)

// Journal is what the pages ask about the journal of what was taken away.
type Journal interface {
	// JournalHeads returns how far the journals have come, signed; it costs nothing.
	JournalHeads() string
	// NewJournalHeads returns those of what a caller remembers that are ahead; it is cheap.
	NewJournalHeads(text string) []string
	// SeenJournalHeads verifies these, and closes the service if they are genuine and missing.
	SeenJournalHeads(ctx context.Context, ahead []string, by string) error
	Quarantines(context.Context) ([]ca.Quarantine, error)
	ApproveQuarantine(ctx context.Context, id int64, by certs.Identity) error
}

// A caller with a good token may have so many heads verified: a signature and a look at the
// database each.
const (
	headRate  = 0.2 // a second
	headBurst = 4
)

// noteJournal takes in which heads the caller remembers. A genuine one that the database does
// not have closes the service, from this request on.
func (c *call) noteJournal(ctx context.Context) error {
	text := c.Header.Get(api.HeaderJournalSeen)
	if text == "" || c.who.IsZero() {
		return nil
	}
	journal := c.site.opts.Journal
	ahead := journal.NewJournalHeads(text)
	if len(ahead) == 0 || !c.site.heads.Allow(c.verdict.Address(), time.Now()) {
		return nil
	}
	return journal.SeenJournalHeads(ctx, ahead, c.who.Identity().String())
}

// announceJournal gives a program that calls the API the heads to remember.
func (c *call) announceJournal(h http.Header) {
	if c.event.Listener != authn.Mutual || c.who.IsZero() || !strings.HasPrefix(c.URL.Path, "/api/") {
		return
	}
	if heads := c.site.opts.Journal.JournalHeads(); heads != "" {
		h.Set(api.HeaderJournal, heads)
	}
}

// administrates refuses everybody but administrators of everything.
func (c *call) administrates() error {
	if !slices.Contains(c.who.Roles(), "administrator") || c.who.Identity().Kind() != certs.User {
		return errNotAllowed
	}
	return nil
}

func listQuarantines(ctx context.Context, c *call) (answer, error) {
	if err := c.administrates(); err != nil {
		return answer{}, err
	}
	all, err := c.site.opts.Journal.Quarantines(ctx)
	if err != nil {
		return answer{}, err
	}
	out := api.Quarantines{Quarantines: []api.Quarantine{}}
	for _, q := range all {
		out.Quarantines = append(out.Quarantines, quarantineOf(q))
	}
	return json200(out)
}

func quarantineOf(q ca.Quarantine) api.Quarantine {
	out := api.Quarantine{
		ID: q.ID, MadeAt: q.MadeAt.UTC(), MadeBy: q.MadeBy, Total: q.Total, Held: q.Held, Approved: []string{}, Needs: ca.Approvals,
	}
	if !q.FinishedAt.IsZero() {
		at := q.FinishedAt.UTC()
		out.FinishedAt = &at
	}
	for _, who := range q.Approved {
		out.Approved = append(out.Approved, who.String())
	}
	return out
}

// approveQuarantine records the caller's approval; once more is no fault.
func approveQuarantine(ctx context.Context, c *call) (answer, error) {
	if err := c.administrates(); err != nil {
		return answer{}, err
	}
	id, err := strconv.ParseInt(chi.URLParam(c.Request, "id"), 10, 64)
	if err != nil {
		return answer{}, errNotFound
	}
	acting, event := withAct(ctx, c)
	err = c.site.opts.Journal.ApproveQuarantine(acting, id, c.who.Identity())
	switch {
	case errors.Is(err, ca.ErrUnknown):
		return answer{}, fmt.Errorf("%w: %w", errNotFound, err)
	case err != nil && !errors.Is(err, ca.ErrAlready):
		return answer{}, err
	}
	c.audited = event.recorded
	all, err := c.site.opts.Journal.Quarantines(ctx)
	if err != nil {
		return answer{}, err
	}
	for _, q := range all {
		if q.ID == id {
			return json200(quarantineOf(q))
		}
	}
	return answer{}, errNotFound
}
