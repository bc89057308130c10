package client

import (
	"net/http"

	"mais/server/api"
)

// bringJournal tells the service how far its journals had come when it was last spoken to.
func (c *Client) bringJournal(h http.Header) {
	if c.token == nil {
		return
	}
	if seen := c.token.JournalSeen(); seen != "" {
		h.Set(api.HeaderJournalSeen, seen)
	}
}

// keepJournal remembers what the service says. Where it cannot be written, others remember:
// the call goes on.
func (c *Client) keepJournal(h http.Header) {
	if announced := h.Get(api.HeaderJournal); c.token != nil && announced != "" {
		_ = c.token.KeepJournal(announced)
	}
}
