package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"mais/ca"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/web/page/factor"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/passwordsignin"
	"mais/server/internal/web/page/register"
	"mais/server/internal/web/page/terms"
)

// Passwords is what the pages ask about passwords: an *authn.Service.
type Passwords interface {
	PasswordsAnywhere() bool
	KnowsDevice(r *http.Request, email string) bool
	SignInByPassword(context.Context, *authn.Verdict, *http.Request, authn.PasswordSignIn, audit.Event) (authn.SignedIn, error)
	Register(context.Context, *authn.Verdict, authn.PasswordRegistration, audit.Event) (authn.PasswordSet, error)
	ConfirmFactor(ctx context.Context, v *authn.Verdict, what, sealed, typed string, e audit.Event) (authn.PasswordSet, error)
	JudgePassword(typed string) (authn.PasswordStrength, authn.PasswordFault)
	AskReset(v *authn.Verdict, email string, e audit.Event) error
	Reset(context.Context, *authn.Verdict, authn.PasswordReset, audit.Event) (authn.PasswordSet, error)
	SecurityOf(context.Context, authn.Principal) (authn.Security, error)
	ChangePassword(ctx context.Context, v *authn.Verdict, given authn.PasswordProof, next string, e audit.Event) (authn.PasswordStrength, error)
	ProvePassword(context.Context, *authn.Verdict, authn.PasswordProof) error
	RenewFactor(context.Context, *authn.Verdict, authn.PasswordProof) (authn.NewFactor, error)
	RenewCodes(context.Context, *authn.Verdict, authn.PasswordProof, audit.Event) ([]string, error)
}

// signInBurst is how many tries one source may make at once.
const signInBurst = 20

// publicHome is where the work begins for whoever is signed in with a password. For anybody else
// it is the form to sign in, where passwords are allowed anywhere, or how a token is enrolled.
func publicHome(ctx context.Context, c *call) (answer, error) {
	if who, err := authn.FromContext(ctx); err == nil && who.Session() != "" && c.use(ctx) == nil {
		c.who = who
		if due, err := c.owes(ctx); err != nil || due {
			return answer{status: http.StatusSeeOther, goTo: terms.Path}, err
		}
		path, err := c.start(ctx)
		if err != nil {
			return answer{}, err
		}
		return seeOther(path)
	}
	if c.site.opts.Passwords != nil && c.site.opts.Passwords.PasswordsAnywhere() {
		return c.passwordForm(http.StatusOK, "", nil)
	}
	return enrolPage(ctx, c)
}

func (c *call) passwordForm(status int, typed string, faults frame.Faults) (answer, error) {
	p := passwordsignin.Page{Frame: c.site.frameForNobody("Sign in"), Typed: typed, MutualURL: c.site.opts.MutualURL}
	free, first, most := authn.PasswordDelays()
	p.Free, p.First, p.Most = free, waiting(first), waiting(most)
	p.Faults = faults
	return html(status, passwordsignin.Render(p)), nil
}

// signInByPassword starts a session. Whatever is wrong, the answer is the same.
func signInByPassword(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(passwordsignin.Email, passwordsignin.Password, passwordsignin.Code)
	if err != nil {
		return answer{}, err
	}
	email := strings.TrimSpace(sent[passwordsignin.Email])
	if !isAddress(email) {
		return c.passwordForm(http.StatusUnprocessableEntity, "", frame.Faults{{Field: passwordsignin.Email, Text: "Enter your email address, like name@example.org"}})
	}
	passwords := c.site.opts.Passwords
	if !passwords.KnowsDevice(c.Request, email) && !c.site.signIns.Allow(c.verdict.Address(), time.Now()) {
		return answer{}, errTooMany
	}
	given := authn.PasswordSignIn{Email: email, Password: sent[passwordsignin.Password], Code: sent[passwordsignin.Code]}
	signed, err := passwords.SignInByPassword(ctx, c.verdict, c.Request, given, c.event)
	if err != nil {
		return c.notSignedIn(signed.Known, email, err)
	}
	c.audited = true
	return answer{status: http.StatusSeeOther, goTo: "/", cookies: signed.Cookies}, nil
}

// notSignedIn records whom a try was about, and shows the form again.
func (c *call) notSignedIn(about authn.Known, email string, err error) (answer, error) {
	c.about(about)
	c.event.Act = actPasswordFail
	var wait *authn.PasswordWait
	switch {
	case errors.As(err, &wait):
		c.event.Reason = "too soon after wrong tries"
		text := "Too many wrong tries. Wait " + waiting(wait.For) + " and try again"
		out, err := c.passwordForm(http.StatusTooManyRequests, email, frame.Faults{{Field: passwordsignin.Email, Text: text}})
		out.after = max(wait.For, time.Second)
		return out, err
	case errors.Is(err, authn.ErrPassword):
		c.event.Reason = err.Error()
		return c.passwordForm(http.StatusForbidden, email, frame.Faults{{Field: passwordsignin.Email,
			Text: "That was not accepted. The address, the password or the code is wrong, the code was used before, or you may not sign in with a password from this computer"}})
	}
	return answer{}, err
}

// actPasswordFail is the act of the event that a password was refused.
const actPasswordFail = "password.fail"

// about notes in the event whom an attempt was about, who is not proved to be they. The event is
// theirs only where a proof was right: else anybody could fill the log with refusals of others.
func (c *call) about(k authn.Known) {
	switch {
	case k.Proved:
		c.event.User, c.event.UserName, c.event.Agency, c.event.AuthMethod = k.User, k.Name, k.Agency, "none"
	case k.User != "":
		c.event.Detail = map[string]string{"tried": k.User}
	}
}

// waiting says a time to wait, rounded up.
func waiting(d time.Duration) string {
	if d <= time.Minute {
		return fmt.Sprintf("%d seconds", (d+time.Second-1)/time.Second)
	}
	return fmt.Sprintf("%d minutes", (d+time.Minute-1)/time.Minute)
}

// registerPage shows the form with the address that was typed, and with the code where that is not at fault.
func (c *call) registerPage(status int, email, code string, faults frame.Faults) (answer, error) {
	p := register.Page{Frame: c.site.frameForNobody("Set a password"), TypedEmail: email, Least: authn.MinPassword, Most: authn.MaxPassword}
	if len(code) <= maxTypedCode {
		p.TypedCode = code
	}
	p.Faults = faults
	return html(status, register.Render(p)), nil
}

func registerForm(_ context.Context, c *call) (answer, error) {
	return c.registerPage(http.StatusOK, "", "", nil)
}

// registerHere sets a password with an invitation's code, or has a second factor set up first.
func registerHere(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(register.Email, register.Code, register.Password, register.Again)
	if err != nil {
		return answer{}, err
	}
	email := strings.TrimSpace(sent[register.Email])
	if !isAddress(email) {
		return c.registerPage(http.StatusUnprocessableEntity, "", sent[register.Code], frame.Faults{{Field: register.Email, Text: "Enter your email address, like name@example.org"}})
	}
	if !c.site.enrolled.Allow(c.verdict.Address(), time.Now()) { // before anything is computed
		return answer{}, errTooMany
	}
	if faults := c.unfit(sent[register.Password], sent[register.Again], nil); faults != nil {
		return c.registerPage(http.StatusUnprocessableEntity, email, sent[register.Code], faults)
	}
	set, err := c.site.opts.Passwords.Register(ctx, c.verdict,
		authn.PasswordRegistration{Email: email, Code: sent[register.Code], Password: sent[register.Password]}, c.event)
	c.about(set.Known)
	if errors.Is(err, ca.ErrRefused) {
		c.event.Reason = reasonOf(err)
		return c.registerPage(http.StatusForbidden, email, "", frame.Faults{{Field: register.Code,
			Text: "The code was not accepted: it is wrong, was used, is too old, is for another address, or you may not have a password here"}})
	}
	if faults := c.unfit("", "", err); faults != nil {
		return c.registerPage(http.StatusUnprocessableEntity, email, sent[register.Code], faults)
	}
	return c.passwordSet(set, err, register.FactorPath)
}

// maxTypedCode is more than a code has with any spaces: what is longer is none, and does not come back.
const maxTypedCode = 100

// unfit says why a new password is not taken, which was typed twice or is the cause of an error.
func (c *call) unfit(typed, again string, err error) frame.Faults {
	var fault authn.PasswordFault
	var unfit *authn.UnfitPassword
	switch {
	case errors.As(err, &unfit):
		fault = unfit.Fault
	case err == nil && typed != again:
		return frame.Faults{{Field: register.Again, Text: "The two are not the same: type the new password twice"}}
	case err == nil && typed != "":
		_, fault = c.site.opts.Passwords.JudgePassword(typed)
	case err == nil && c.Method == http.MethodPost && typed == "" && again == "":
		fault = ""
	}
	text := map[authn.PasswordFault]string{
		"short":    fmt.Sprintf("Enter at least %d characters: four or five words are good", authn.MinPassword),
		"long":     fmt.Sprintf("Enter at most %d characters", authn.MaxPassword),
		"own":      "It has your own name, address or agency in it, which others would try first. Put together words that have nothing to do with you",
		"expected": "This is among the first that others would try: common words or phrases, names, runs, years or repeats. Put together words that have nothing to do with each other",
	}[fault]
	if text == "" {
		return nil
	}
	return frame.Faults{{Field: register.Password, Text: text}}
}

// passwordSet shows what came of setting a password: the second factor to set up, or that it is done.
func (c *call) passwordSet(set authn.PasswordSet, err error, action string) (answer, error) {
	switch {
	case err != nil && !errors.Is(err, authn.ErrFactor):
		return answer{}, err
	case set.Factor != nil:
		return c.factorPage(*set.Factor, action, err)
	}
	c.audited = true
	p := factor.Page{Frame: c.site.frameForNobody("Your password is set"), Said: "Your password is set. Sign in with it from your own site.",
		Meter: int(set.Strength), Codes: set.Codes, Next: frame.Link{Path: "/", Text: "Sign in"}}
	return html(http.StatusOK, factor.Render(p)), nil
}

// factorPage shows a second factor to be set up; err is why it is shown again.
func (c *call) factorPage(f authn.NewFactor, action string, err error) (answer, error) {
	p := factor.Page{Frame: c.site.frameFor(c, "Set up your second factor", ""), Action: action,
		Secret: f.Secret, Side: f.Picture.Size, Picture: f.Picture.Path, Sealed: f.Sealed}
	status := http.StatusOK
	if err != nil {
		c.event.Reason = err.Error()
		status, p.Faults = http.StatusForbidden, frame.Faults{{Field: factor.Code, Text: "That is not the code that the authenticator shows now. Check that its clock is right"}}
	}
	return html(status, factor.Render(p)), nil
}

// confirmFactor takes the first code of a second factor that a registration or a recovery waits for.
func confirmFactor(what, action string) handler {
	return func(ctx context.Context, c *call) (answer, error) {
		set, err := c.confirmed(ctx, what)
		return c.passwordSet(set, err, action)
	}
}

func (c *call) confirmed(ctx context.Context, what string) (authn.PasswordSet, error) {
	sent, err := c.form(factor.Sealed, factor.Code)
	if err != nil {
		return authn.PasswordSet{}, err
	}
	if c.who.IsZero() && !c.site.enrolled.Allow(c.verdict.Address(), time.Now()) { // who is signed in waits for nobody of their address
		return authn.PasswordSet{}, errTooMany
	}
	set, err := c.site.opts.Passwords.ConfirmFactor(ctx, c.verdict, what, sent[factor.Sealed], sent[factor.Code], c.event)
	if c.who.IsZero() {
		c.about(set.Known)
	}
	return set, err
}
