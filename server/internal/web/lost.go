package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"mais/ca"
	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/lost"
)

// Codes that report a loss, for each source in the long run and at once: a station behind one
// address loses no more.
const (
	lostPerSecond = 6.0 / 60
	lostBurst     = 6
)

// errNoReports: this service sends no mail, so nobody can prove that way who they are.
var errNoReports = errors.New("web: losses cannot be reported here")

// longestAddress is of a mail address (RFC 5321, 4.5.3.1.3).
const longestAddress = 254

// askLost has a code sent, if the address is somebody's. What it answers, and when, does not
// depend on that.
func (c *call) askLost(ctx context.Context, email string) error {
	if !c.site.lost.Allow(c.verdict.Address(), time.Now()) {
		return errTooMany
	}
	err := c.site.opts.Credentials.AskLost(ctx, email)
	switch {
	case errors.Is(err, lifecycle.ErrNoMail):
		return errNoReports
	case errors.Is(err, lifecycle.ErrBusy):
		return fmt.Errorf("%w: %w", errTooMany, err)
	}
	return err
}

// isAddress reports whether a text could be a mail address that is registered here.
func isAddress(text string) bool {
	at, err := mail.ParseAddress(text)
	return err == nil && at.Address == text && len(text) <= longestAddress && ca.OneLine(text)
}

// reportLost puts on hold what is its holder's whose code was typed.
func (c *call) reportLost(ctx context.Context, code string) (lifecycle.Loss, error) {
	if !c.site.enrolled.Allow(c.verdict.Address(), time.Now()) {
		return lifecycle.Loss{}, errTooMany
	}
	l, err := c.site.opts.Credentials.ReportLost(ctx, code, c.verdict.Address())
	if err != nil {
		return l, err
	}
	c.event.User, c.event.UserName, c.event.Agency, c.event.Roles, c.event.AuthMethod = l.User.ID, l.User.Name, l.User.Agency, l.User.Roles, lifecycle.MailProof
	c.event.Detail = map[string]string{"lost": l.ID, "held": strconv.Itoa(len(l.Held))}
	c.event.Rows = len(l.Held)
	return l, nil
}

func lostAsked(ctx context.Context, c *call) (answer, error) {
	in, err := decode[api.LostRequest](c.Request)
	if err != nil {
		return answer{}, err
	}
	if !isAddress(in.Email) {
		return answer{}, fault("email", "is not an email address")
	}
	if err := c.askLost(ctx, in.Email); err != nil {
		return answer{}, err
	}
	return jsonAnswer(http.StatusAccepted, api.LostAsked{Minutes: lifecycle.LostMinutes})
}

func lostConfirmed(ctx context.Context, c *call) (answer, error) {
	in, err := decode[api.LostConfirm](c.Request)
	if err != nil {
		return answer{}, err
	}
	l, err := c.reportLost(ctx, in.Code)
	if err != nil {
		return answer{}, err
	}
	return json200(api.LostHeld{Held: l.Held, Password: l.Password})
}

// lostPage is a page of the report of a loss.
func (c *call) lostPage(status int, title string, fill func(*lost.Page)) (answer, error) {
	p := lost.Page{Frame: c.site.frameFor(c, title, lost.Path), Minutes: lifecycle.LostMinutes}
	if fill != nil {
		fill(&p)
	}
	return html(status, lost.Render(p)), nil
}

// lostForm asks whose card was lost.
func lostForm(_ context.Context, c *call) (answer, error) {
	return c.lostAddress(http.StatusOK, nil)
}

// lostAddress is the first page. Nobody is known there yet, so that where passwords are allowed it is
// about theirs too.
func (c *call) lostAddress(status int, fill func(*lost.Page)) (answer, error) {
	title := lost.OfCard
	if c.site.opts.Passwords != nil && c.site.opts.Passwords.PasswordsAnywhere() {
		title = lost.OfAny
	}
	return c.lostPage(status, title, fill)
}

// askLostCode sends everybody on to the same page, whoever they named.
func askLostCode(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(lost.Email)
	if err != nil {
		return answer{}, err
	}
	email := strings.TrimSpace(sent[lost.Email])
	if !isAddress(email) {
		return c.lostAddress(http.StatusUnprocessableEntity, func(p *lost.Page) {
			p.Typed, p.Faults = email, frame.Faults{{Field: lost.Email, Text: "Enter your email address, like name@example.org"}}
		})
	}
	err = c.askLost(ctx, email)
	if errors.Is(err, errNoReports) {
		return c.lostAddress(http.StatusServiceUnavailable, func(p *lost.Page) { p.NoMail = true })
	}
	if err != nil {
		return answer{}, err
	}
	return seeOther(lost.CodePath)
}

// lostCodeForm asks for the code that came by mail.
func lostCodeForm(_ context.Context, c *call) (answer, error) {
	return c.lostPage(http.StatusOK, "Type the code", func(p *lost.Page) { p.AskCode = true })
}

// confirmLost takes the code, and says what it held. It is shown once: the code is spent.
func confirmLost(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(lost.Code)
	if err != nil {
		return answer{}, err
	}
	l, err := c.reportLost(ctx, sent[lost.Code])
	if errors.Is(err, lifecycle.ErrLostCode) {
		c.event.Reason = reasonOf(err)
		return c.lostPage(http.StatusForbidden, "Type the code", func(p *lost.Page) {
			p.AskCode, p.Faults = true, frame.Faults{{Field: lost.Code, Text: "The code was not accepted: it is wrong, was used, or is too old"}}
		})
	}
	if err != nil {
		return answer{}, err
	}
	return c.lostPage(http.StatusOK, "Everything of yours is on hold", func(p *lost.Page) {
		p.Done, p.Held, p.Password = true, l.Held, l.Password
		switch {
		case p.PasswordAlone():
			p.Title = "Your password opens nothing any more"
		case len(l.Held) == 0:
			p.Title = "Nothing of yours works any more"
		}
	})
}
