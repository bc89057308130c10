package client

import (
	"time"

	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

// standings are the refusals that say how the token itself stands.
var standings = map[fault.Kind]string{
	fault.Held: token.StateHeld, fault.Revoked: token.StateRevoked, fault.Superseded: token.StateSuperseded, fault.Expired: token.StateExpired,
}

// keepStanding remembers beside the token what an answer says of it; refusal is nil when the
// service took it. A disk that does not take that is no reason to fail: the service says it
// again.
func (c *Client) keepStanding(refusal error) {
	if c.token == nil {
		return
	}
	as := ""
	if refusal != nil {
		if as = standings[fault.Of(refusal).Kind]; as == "" {
			return
		}
	}
	_ = c.token.KeepStanding(as, time.Now())
}
