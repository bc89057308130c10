package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

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

func listQuarantines(ctx context.Context, c *call) (answer, error) {
	all, err := c.site.opts.Credentials.Quarantines(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return json200(api.Quarantines{Quarantines: all})
}

// quarantine is the number of the quarantine that the address names. What cannot be one is not
// there.
func (c *call) quarantine() (int64, error) {
	text := chi.URLParam(c.Request, "id")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 || strconv.FormatInt(id, 10) != text {
		return 0, errNotFound
	}
	c.event.Detail = map[string]string{"quarantine": text}
	return id, nil
}

// approveQuarantine records the caller's approval; once more is no fault.
func approveQuarantine(ctx context.Context, c *call) (answer, error) {
	q, err := c.approve(ctx)
	if err != nil {
		return answer{}, err
	}
	return json200(q)
}

// approve approves what the address names. The approval and the event of the request are one.
func (c *call) approve(ctx context.Context) (api.Quarantine, error) {
	id, err := c.quarantine()
	if err != nil {
		return api.Quarantine{}, err
	}
	acting, event := withAct(ctx, c)
	q, err := c.site.opts.Credentials.ApproveQuarantine(acting, c.who, id)
	c.audited = event.recorded && err == nil
	return q, err
}
