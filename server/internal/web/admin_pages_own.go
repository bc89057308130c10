package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"net/url"
	"strings"

	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin/invite"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/tokens"
)

// tokensPage shows the caller's own certificates.
func tokensPage(ctx context.Context, c *call) (answer, error) {
	own, err := c.site.opts.Credentials.Own(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	return html(http.StatusOK, tokens.Render(tokens.Page{
		Frame: c.site.frameFor(c, "My tokens", tokens.Path), Own: own, InUse: c.who.Certificate().String(),
	})), nil
}

// sealedInvited is the label under which an address says that a code was sent, and to whom.
const sealedInvited = "invited"

// inviteForm asks whom to invite, and says it when somebody was.
func inviteForm(_ context.Context, c *call) (answer, error) {
	if _, err := c.administers(); err != nil {
		return answer{}, err
	}
	return c.invitePage(http.StatusOK, func(p *invite.Page) {
		p.Typed = noted(c.URL.Query().Get(invite.Email))
		plain, err := c.verdict.Open(sealedInvited, c.URL.Query().Get("sent"))
		if sent := new(api.Invited); err == nil && json.Unmarshal(plain, sent) == nil {
			p.Sent = sent
		}
	})
}

func (c *call) invitePage(status int, fill func(*invite.Page)) (answer, error) {
	p := invite.Page{Frame: c.adminFrame("Send a code", invitePath)}
	fill(&p)
	return html(status, invite.Render(p)), nil
}

// inviteSomebody sends a registered user a code.
func inviteSomebody(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(invite.Email)
	if err != nil {
		return answer{}, err
	}
	if _, err := c.administers(); err != nil {
		return answer{}, err
	}
	email := strings.TrimSpace(sent[invite.Email])
	refuse := func(text string) (answer, error) {
		return c.invitePage(http.StatusUnprocessableEntity, func(p *invite.Page) {
			p.Typed, p.Faults = email, frame.Faults{{Field: invite.Email, Text: text}}
		})
	}
	if at, err := mail.ParseAddress(email); err != nil || at.Address != email || len(email) > 254 { // RFC 5321, 4.5.3.1.3
		return refuse("Enter an email address, like name@example.org")
	}
	return c.sendCode(ctx, email, refuse)
}

// sendCode has a code sent and leads to the page that says so; refuse says on a form why not.
func (c *call) sendCode(ctx context.Context, email string, refuse func(text string) (answer, error)) (answer, error) {
	acting, event := withAct(ctx, c)
	invited, err := c.site.opts.Credentials.Invite(acting, c.who, email)
	c.audited = event.recorded && err == nil // a code that was made and could not be sent is two events
	var invalid *lifecycle.InvalidError
	switch {
	case errors.Is(err, lifecycle.ErrUnknown):
		return refuse("No user whom you administer is registered with this address")
	case errors.As(err, &invalid):
		return refuse("The address " + invalid.Fields[0].Detail)
	case errors.Is(err, lifecycle.ErrInvalid):
		return refuse("Enter the email address that the user is registered with")
	case errors.Is(err, lifecycle.ErrNoMail):
		return c.invitePage(http.StatusServiceUnavailable, func(p *invite.Page) { p.Typed, p.NoMail = email, true })
	case err != nil:
		return answer{}, err
	}
	plain, err := json.Marshal(invited)
	if err != nil {
		return answer{}, fmt.Errorf("encode what was sent: %w", err)
	}
	sealed, err := c.verdict.Seal(sealedInvited, plain)
	if err != nil {
		return answer{}, err
	}
	return seeOther(invite.Path + "?" + url.Values{"sent": {sealed}}.Encode())
}
