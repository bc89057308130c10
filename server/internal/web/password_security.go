package web

import (
	"context"
	"errors"
	"net/http"

	"mais/server/internal/authn"
	"mais/server/internal/web/page/factor"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/security"
)

func (c *call) securityPage(ctx context.Context, status int, fill func(*security.Page)) (answer, error) {
	of, err := c.site.opts.Passwords.SecurityOf(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	p := security.Page{Frame: c.site.frameFor(c, "My security", security.Path), Factor: of.Factor, Needs: of.Needs, Codes: of.Codes,
		Limited: len(c.who.Limited()) > 0, Least: authn.MinPassword, Most: authn.MaxPassword}
	if fill != nil {
		fill(&p)
	}
	return html(status, security.Render(p)), nil
}

func mySecurity(ctx context.Context, c *call) (answer, error) {
	return c.securityPage(ctx, http.StatusOK, nil)
}

// notProved shows the page again after a wrong proof. form is the one that was sent.
func (c *call) notProved(ctx context.Context, form string, err error) (answer, error) {
	var wait *authn.PasswordWait
	text := "Your password or the code was not accepted"
	status := http.StatusForbidden
	switch {
	case errors.As(err, &wait):
		text, status = "Too many wrong tries. Wait "+waiting(wait.For)+" and try again", http.StatusTooManyRequests
	case !errors.Is(err, authn.ErrPassword):
		return answer{}, err
	}
	c.event.Act, c.event.Reason = actPasswordFail, err.Error()
	return c.securityPage(ctx, status, func(p *security.Page) {
		p.Faults = frame.Faults{{Field: form + "-current", Text: text}}
	})
}

// proof reads the proof of a form with more fields.
func (c *call) proof(more ...string) (map[string]string, authn.PasswordProof, error) {
	sent, err := c.form(append(more, security.Current, security.Code)...)
	return sent, authn.PasswordProof{Password: sent[security.Current], Code: sent[security.Code]}, err
}

func changePassword(ctx context.Context, c *call) (answer, error) {
	sent, proof, err := c.proof(security.Password, security.Again)
	if err != nil {
		return answer{}, err
	}
	faults := c.unfit(sent[security.Password], sent[security.Again], nil)
	var worth authn.PasswordStrength
	if faults == nil {
		worth, err = c.site.opts.Passwords.ChangePassword(ctx, c.verdict, proof, sent[security.Password], c.event)
		faults = c.unfit("", "", err)
	}
	if faults != nil {
		return c.securityPage(ctx, http.StatusUnprocessableEntity, func(p *security.Page) { p.Faults = faults })
	}
	if err != nil {
		return c.notProved(ctx, "change", err)
	}
	return c.securityDone("Your password is changed", "Your password is changed. Your other sessions have ended, and a mail tells you of it.", int(worth), nil)
}

// securityDone says what was done; its event was committed with it.
func (c *call) securityDone(title, said string, meter int, codes []string) (answer, error) {
	c.audited = true
	p := factor.Page{Frame: c.site.frameFor(c, title, security.Path), Said: said, Meter: meter, Codes: codes, Next: frame.Link{Path: security.Path, Text: "Back to my security"}}
	return html(http.StatusOK, factor.Render(p)), nil
}

func renewFactor(ctx context.Context, c *call) (answer, error) {
	_, proof, err := c.proof()
	if err != nil {
		return answer{}, err
	}
	f, err := c.site.opts.Passwords.RenewFactor(ctx, c.verdict, proof)
	if err != nil {
		return c.notProved(ctx, "second", err)
	}
	return c.factorPage(f, security.ConfirmPath, nil)
}

func confirmOwnFactor(ctx context.Context, c *call) (answer, error) {
	set, err := c.confirmed(ctx, authn.ForFactor)
	switch {
	case err != nil && errors.Is(err, authn.ErrFactor) && set.Factor != nil:
		return c.factorPage(*set.Factor, security.ConfirmPath, err)
	case err != nil:
		return answer{}, err
	}
	return c.securityDone("Your second factor is set up", "From now on signing in asks for a code of this authenticator.", 0, nil)
}

func renewCodes(ctx context.Context, c *call) (answer, error) {
	_, proof, err := c.proof()
	if err != nil {
		return answer{}, err
	}
	codes, err := c.site.opts.Passwords.RenewCodes(ctx, c.verdict, proof, c.event)
	if err != nil {
		return c.notProved(ctx, "codes", err)
	}
	return c.securityDone("Your new recovery codes", "The old codes no longer work.", 0, codes)
}

// enrolOwn sends the caller a code for a token of their own.
func enrolOwn(ctx context.Context, c *call) (answer, error) {
	_, proof, err := c.proof()
	if err != nil {
		return answer{}, err
	}
	if err := c.site.opts.Passwords.ProvePassword(ctx, c.verdict, proof); err != nil {
		return c.notProved(ctx, "token", err)
	}
	acting, event := withAct(ctx, c)
	err = c.site.opts.Credentials.InviteOwn(acting, c.who)
	c.audited = event.recorded && err == nil
	if err != nil {
		return answer{}, err
	}
	return c.securityPage(ctx, http.StatusOK, func(p *security.Page) { p.Sent = c.who.Email() })
}
