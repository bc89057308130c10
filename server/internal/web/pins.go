package web

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"mais/certs"
	"mais/server/api"
	"mais/server/internal/authn"
)

// Pins is what the pages ask about the announcements of the server's keys; see package
// certs/pins.
type Pins interface {
	// Announcements returns those after a number, signed, oldest first: at most limit. It
	// asks nobody.
	Announcements(after int64, limit int) []string
	// Last returns the number of the last that this node believes.
	Last() int64
	// Holds records which a caller says that they hold.
	Holds(ctx context.Context, who certs.Identity, number int64) error
}

// pinsPage bounds what strangers are given at a time; clients ask on.
const pinsPage = 32

// announcements gives the signed announcements of the server's keys, to anyone: they prove
// themselves.
func announcements(_ context.Context, c *call) (answer, error) {
	after, err := strconv.ParseInt(c.URL.Query().Get("after"), 10, 64)
	if c.URL.Query().Has("after") && (err != nil || after < 0) {
		return answer{}, fault("after", "is not the number of an announcement")
	}
	signed := c.site.opts.Pins.Announcements(after, pinsPage)
	return json200(api.PinAnnouncements{Announcements: append([]string{}, signed...)})
}

// told remembers what callers last said they hold, so that only news are written.
type told struct {
	mu sync.Mutex
	by map[certs.Identity]claims
}

// claims are what one caller said within an hour.
type claims struct {
	number int64 // the last
	since  time.Time
	count  int
}

const (
	maxTold   = 100_000 // bounds the memory; beyond it some are written once more
	maxClaims = 60      // an hour of one caller that are written
)

func (t *told) news(who certs.Identity, number int64, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, known := t.by[who]
	if known && c.number == number {
		return false
	}
	if now.Sub(c.since) >= time.Hour {
		c = claims{since: now}
	}
	if c.count >= maxClaims {
		return false
	}
	if t.by == nil || len(t.by) >= maxTold {
		t.by = map[certs.Identity]claims{}
	}
	t.by[who] = claims{number, c.since, c.count + 1}
	return true
}

// notePins records which announcement the caller holds, if they say so: it decides when the
// server's key may change. A fault costs the record alone.
func (c *call) notePins(ctx context.Context) {
	text := c.Header.Get(api.HeaderPinsHeld)
	if text == "" || c.who.IsZero() {
		return
	}
	number, err := strconv.ParseInt(text, 10, 64)
	now := time.Now()
	// Numbers are times, and none holds one from the future. One above ours is of another node,
	// or of a database that was restored since.
	if err != nil || number < 0 || number > max(c.site.opts.Pins.Last(), now.Unix()) || !c.site.told.news(c.who.Identity(), number, now) {
		return
	}
	if err := c.site.opts.Pins.Holds(ctx, c.who.Identity(), number); err != nil {
		c.site.told.forget(c.who.Identity())
		c.site.opts.Logger.ErrorContext(ctx, "which pins a caller holds is not recorded", "request", c.id, "error", err)
	}
}

func (t *told) forget(who certs.Identity) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.by, who)
}

// announcePins tells a caller of the API the number of the last announcement.
func (c *call) announcePins(h http.Header) {
	if last := c.site.opts.Pins.Last(); last > 0 && c.event.Listener == authn.Mutual && !c.who.IsZero() {
		h.Set(api.HeaderPins, strconv.FormatInt(last, 10))
	}
}
