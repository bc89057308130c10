package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"mais/server/internal/authn"
	"mais/server/internal/web/page/frame"
	recoverpage "mais/server/internal/web/page/recover"
)

func (c *call) recoverPage(status int, title string, fill func(*recoverpage.Page)) (answer, error) {
	p := recoverpage.Page{Frame: c.site.frameForNobody(title), Minutes: authn.ResetMinutes, Least: authn.MinPassword, Most: authn.MaxPassword}
	if fill != nil {
		fill(&p)
	}
	return html(status, recoverpage.Render(p)), nil
}

func recoverForm(_ context.Context, c *call) (answer, error) {
	return c.recoverPage(http.StatusOK, "Set a new password", nil)
}

func recoverCodeForm(_ context.Context, c *call) (answer, error) {
	return c.recoverPage(http.StatusOK, "Type the code", func(p *recoverpage.Page) { p.AskCode = true })
}

// askRecovery sends everybody on to the same page, whoever they named.
func askRecovery(_ context.Context, c *call) (answer, error) {
	sent, err := c.form(recoverpage.Email)
	if err != nil {
		return answer{}, err
	}
	email := strings.TrimSpace(sent[recoverpage.Email])
	if !isAddress(email) {
		return c.recoverPage(http.StatusUnprocessableEntity, "Set a new password", func(p *recoverpage.Page) {
			p.Faults = frame.Faults{{Field: recoverpage.Email, Text: "Enter your email address, like name@example.org"}}
		})
	}
	if !c.site.lost.Allow(c.verdict.Address(), time.Now()) {
		return answer{}, errTooMany
	}
	switch err := c.site.opts.Passwords.AskReset(c.verdict, email, c.event); {
	case errors.Is(err, authn.ErrNoPasswordMail):
		return c.recoverPage(http.StatusServiceUnavailable, "Set a new password", func(p *recoverpage.Page) { p.NoMail = true })
	case err != nil:
		return answer{}, err
	}
	return seeOther(recoverpage.CodePath)
}

// recoverHere takes the code of the mail, the second proof and the new password.
func recoverHere(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(recoverpage.Code, recoverpage.Proof, recoverpage.Password, recoverpage.Again)
	if err != nil {
		return answer{}, err
	}
	again := func(status int, faults frame.Faults) (answer, error) {
		return c.recoverPage(status, "Type the code", func(p *recoverpage.Page) { p.AskCode, p.Faults = true, faults })
	}
	if !c.site.enrolled.Allow(c.verdict.Address(), time.Now()) { // before anything is computed
		return answer{}, errTooMany
	}
	if faults := c.unfit(sent[recoverpage.Password], sent[recoverpage.Again], nil); faults != nil {
		return again(http.StatusUnprocessableEntity, faults)
	}
	set, err := c.site.opts.Passwords.Reset(ctx, c.verdict,
		authn.PasswordReset{Code: sent[recoverpage.Code], Proof: sent[recoverpage.Proof], Password: sent[recoverpage.Password]}, c.event)
	c.about(set.Known)
	var wait *authn.PasswordWait
	if errors.As(err, &wait) {
		c.event.Reason = "too soon after wrong second proofs"
		return again(http.StatusTooManyRequests, frame.Faults{{Field: recoverpage.Proof, Text: "Too many wrong codes. Wait " + waiting(wait.For) + " and try again, or use a recovery code"}})
	}
	if errors.Is(err, authn.ErrReset) {
		c.event.Reason = err.Error()
		return again(http.StatusForbidden, frame.Faults{{Field: recoverpage.Code,
			Text: "That was not accepted: the code from the mail or the second proof is wrong, was used, or is too old. After five tries ask for another code; after twenty wrong codes of your authenticator only a recovery code is taken"}})
	}
	if faults := c.unfit("", "", err); faults != nil {
		return again(http.StatusUnprocessableEntity, faults)
	}
	return c.passwordSet(set, err, recoverpage.FactorPath)
}
