package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage"
	"mais/server/internal/oversight"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/terms"
)

const problemPrefix = api.ProblemPrefix

// problem is what a caller is told. Cause and reference stay apart: the cause is in the log
// and the audit, under the reference number.
type problem struct {
	Type, Title  string
	Status       int
	Detail, Next string
}

// Errors of this package's own making.
var (
	errNotAllowed  = errors.New("web: not allowed")
	errNotFound    = errors.New("web: nothing there")
	errMethod      = errors.New("web: no such method here")
	errCrossSite   = errors.New("web: cross-site request")
	errTooLarge    = errors.New("web: request too large")
	errMediaType   = errors.New("web: not JSON")
	errRenewal     = errors.New("web: renewal refused")
	errTooMany     = errors.New("web: too many attempts")
	errUnavailable = errors.New("web: unavailable")
	errNotSignedIn = errors.New("web: not signed in")
	errTermsDue    = errors.New("web: the terms are not accepted")
	errDestroyed   = errors.New("web: not the word of a token that has ended")
)

// errInvalid is a request whose fields cannot be taken.
type errInvalid struct{ faults []api.FieldError }

func (e errInvalid) Error() string {
	var b strings.Builder
	b.WriteString("web: invalid request")
	for _, f := range e.faults {
		b.WriteString("; " + f.Field + " " + f.Detail)
	}
	return b.String()
}

// problems is the one table from what went wrong to what is said. {contact} stands for whom
// to call. The first row that fits counts; the last fits everything.
var problems = []struct {
	is func(error) bool
	problem
}{
	{is(audit.ErrUnavailable), problem{api.AuditUnavailable, "Nothing can be shown: the audit log cannot be written", 503,
		"Every look is recorded before anything is shown, and just now that is not possible.",
		"Try again in a minute. If it goes on, tell {contact}."}},
	{kind(authn.NoToken), problem{api.NoToken, "No token was presented", 401,
		"This service is for holders of a MAIS token, and your browser or program presented none.",
		"Insert your card or import your token, close every window of the browser, and open this page again. If you have no token, ask {contact} for an invitation."}},
	{kind(authn.UnknownToken), problem{api.UnknownToken, "This token is not known here", 401,
		"The certificate that was presented is not one that MAIS issued to a present user or site.",
		"Choose your MAIS token when the browser asks. If you did, tell {contact}: the token may have been forged or its holder removed."}},
	{kind(authn.Expired), problem{api.ExpiredToken, "Your token has expired", 403,
		"The certificate of your token is past its end.",
		"Ask {contact} for a new invitation and enrol again. Next time renew before it expires: tokenctl renew."}},
	{kind(authn.Held), problem{api.HeldToken, "Your token is on hold", 403,
		"Your token was put on hold, which can be undone.",
		"Tell {contact}, who can release it once it is clear that it is with you and safe."}},
	{kind(authn.Revoked), problem{api.RevokedToken, "Your token was revoked", 403,
		"Your token was revoked, for good.",
		"If you did not ask for it, tell {contact} now. To come back you need a new invitation."}},
	{kind(authn.Superseded), problem{api.SupersededToken, "Your token was replaced", 403,
		"Your token was renewed, and the new one has taken its place.",
		"Use the new token, and remove the old one from your browser. If you did not renew it, tell {contact} now."}},
	{kind(authn.WrongNetwork), problem{api.WrongNetwork, "You cannot come in from this network", 403,
		"MAIS answers from the networks of recognised sites only, and this address is in none of them.",
		"Use a computer at your own site. If you are there now, tell {contact} the address that was seen, and which site it is: its network may have to be added."}},
	{kind(authn.OutsideDates), problem{api.OutsideDates, "Your access has not begun, or has ended", 403,
		"You are who you say, but today is before the first day or after the last day that your agency gave for you.",
		"If the dates are wrong, ask {contact}: your agency has to say so."}},
	{is(errTermsDue), problem{api.TermsDue, "Accept the terms first", 403,
		"You have not accepted the confidentiality terms yet, or not since you were given a further role, and until then nothing of anybody is shown to you.",
		"Read and accept them: tokenctl terms, or sign in with a browser."}},
	{kind(authn.LevelTooLow), problem{api.LevelTooLow, "This token is not enough for your role", 403,
		"The token is good, but one of your roles asks for a key that is kept more safely, on a smart card.",
		"Use your smart card; a new one is enrolled with tokenctl piv enrol. If you have none, or it is not taken, ask {contact}."}},
	{is(lifecycle.ErrWitnessLevel), problem{api.LevelTooLow, "Your token is not enough to vouch for a card", 403,
		"A role here asks for a smart card, so whoever vouches for one must have signed in with one.",
		"Sign in with your smart card, or have an administrator vouch who has one."}},
	{kind(authn.NoPasswords), problem{api.NoPasswords, "You cannot use a password here", 403,
		"Your agency, or your role, asks for a token.",
		"Sign in with your card or token. If you have none, ask {contact} for an invitation."}},
	{is(authn.ErrPasswordBusy), problem{api.Unavailable, "Too many people are signing in just now", 503,
		"Comparing passwords takes memory, and all of it is in use. Nothing was done.",
		"Try again in a few seconds. If it goes on, tell {contact}."}},
	{is(authn.ErrPassword, authn.ErrReset, authn.ErrPending), problem{api.NotAllowed, "That took too long, or was used before", 403,
		"What you confirmed is not, or not any more, waiting to be confirmed here. Nothing was changed.",
		"Start again from the first page. If it goes on, ask {contact}."}},
	{is(authn.ErrRightsChanged), problem{api.SessionEnded, "What you may do was changed", 401,
		"Your roles, your sites or your agency were changed while you were signed in, which ends every session of yours.",
		"Open the start page and sign in again. If you did not expect it, ask {contact}."}},
	{kind(authn.SessionEnded), problem{api.SessionEnded, "Your session has ended", 401,
		"You were signed out, or have not used MAIS for a while.",
		"Open the start page and sign in again."}},
	{is(errNotSignedIn), problem{api.SessionEnded, "You are not signed in", 401,
		"This page is for those who have signed in.",
		"Open the start page and sign in."}},
	{kind(authn.SessionMismatch), problem{api.SessionMismatch, "This session belongs to another token or place", 403,
		"A session belongs to one token at one site. This one was ended, because it was presented by another token or from another site.",
		"Open the start page and sign in again. If you have not changed your token or place, tell {contact} now: somebody may have copied your session."}},
	{either(kind(authn.StatusStale), is(ca.ErrStale)), problem{api.StatusStale, "It cannot be checked just now whether tokens are good", 503,
		"MAIS refuses everyone while it cannot tell which tokens were revoked.",
		"Try again in a minute. If it goes on, tell {contact}."}},
	{kind(authn.AccessChanged), problem{api.AccessChanged, "Your access changed a moment ago", 403,
		"Your roles or site were changed while this was being answered.",
		"Try again."}},
	{is(errRenewal), problem{api.RenewalRefused, "Your token was not renewed", 403,
		"It can no longer be renewed, or the request does not prove a key that can be certified.",
		"Make a fresh key and try again: tokenctl renew. If that fails, ask {contact} for a new invitation."}},
	{is(ca.ErrRefused), problem{api.EnrolmentRefused, "The code was not accepted", 403,
		"The code is wrong, used, expired or not for this holder, or the request does not prove a key that can be certified.",
		"Check the code and the address it was sent to. After five wrong tries a code is dead: ask {contact} for another."}},
	{is(lifecycle.ErrLostCode), problem{api.LostRefused, "The code was not accepted", 403,
		"The code is wrong, was used, or is too old.",
		"Ask for another, or ring {contact}."}},
	{is(errNoReports), problem{api.Unavailable, "A loss cannot be reported here", 503,
		"This service sends no mail, so it cannot send you a code.",
		"Ring {contact} now: a card is stopped in a second."}},
	{is(errCrossSite), problem{api.CrossSite, "Another web site sent this request", 403,
		"Your browser says that a page of another site made it ask. MAIS answers its own pages only.",
		"Open MAIS yourself, by its address. If a page sent you here, tell {contact}."}},
	{is(authz.ErrNoReason), problem{api.NotAllowed, "Say first why you look at this record", 403,
		"A record opens when a reason for looking was given, and none was for this one in your session.",
		"Find the person, open the record and give the reason."}},
	{is(manage.ErrOneself, lifecycle.ErrOneself), problem{api.NotByYou, "This is about you", 403,
		"Nobody changes what the service knows of them, nor what they may do. Nothing was made, and nothing waits.",
		"Ask another administrator to do it."}},
	{is(manage.ErrOwn), problem{api.NotByYou, "You made this, or it is about you", 403,
		"Nobody decides on what they made themselves, or on what is about them. Somebody else has to decide.",
		"Ask another administrator to look at it: they find it among what waits for them."}},
	{forbidden, problem{api.NotAllowed, "You may not do this", 403,
		"None of your roles permits it.",
		"If your work needs it, ask {contact}."}},
	{is(lifecycle.ErrEnding), problem{api.Conflict, "Their former access is still being ended", 409,
		"What they held is being revoked, and their sessions ended. No new code is made before that is done.",
		"Try again in a moment. If it goes on, tell {contact}."}},
	{is(lifecycle.ErrTooOften), problem{api.TooMany, "They were invited too often", 429,
		"One user is sent at most three codes an hour. No code was made, and the last one that was sent still works.",
		"Ask them for the last mail, in their junk mail too. If there is none, try again in an hour."}},
	{is(oversight.ErrBusy), problem{api.TooMany, "An export of the audit is running already", 429,
		"Each governance officer has one export at a time, and all of them together two. Nothing was read.",
		"Wait until it has come down, or end it, and ask again. An export that nobody reads is over after ten minutes."}},
	{is(authz.ErrTooMany), problem{api.TooMany, "You asked for too many people", 429,
		"There is a bound to how many people one user asks for within an hour. Nothing was found.",
		"Go on in an hour. If so many people ask at once, share the work with another governance officer."}},
	{is(errTooMany), problem{api.TooMany, "Too many attempts", 429,
		"There were too many attempts from your address.",
		"Wait a minute and try again."}},
	{is(authz.ErrNotFound, errNotFound, lifecycle.ErrUnknown, manage.ErrUnknown), problem{api.NotFound, "There is nothing here", 404,
		"Nothing is known under this address.",
		"Check the address, or start from the first page."}},
	{is(errMethod), problem{api.NotFound, "This cannot be done here", 405,
		"The address is right, the method is not.",
		"See the description of the API."}},
	{is(lifecycle.ErrWord), problem{api.WrongWord, "That is not the word", 409,
		"Nothing was done: what was typed is not the word that confirms this plan.",
		"Look at the plan again, and type its word as it stands there."}},
	{is(manage.ErrWord), problem{api.WrongWord, "That is not the word", 409,
		"Nothing was done: what was typed is not the word that confirms this change.",
		"Look at the change again, and type its word as it stands there."}},
	{is(manage.ErrOutdated), problem{api.Conflict, "What it would do has changed since you looked: look again", 409,
		"Something that this change builds on is another now: who holds a role, what it permits, or what else waits. Nothing was done.",
		"Look at the change as it is now, and decide then."}},
	{is(manage.ErrTooMany), problem{api.TooManyOpen, "You have too many open changes", 409,
		"Each person has at most 20 drafts and waiting changes, and of those at most two lists. Nothing was made.",
		"Discard drafts that you do not need, or have those that wait decided on."}},
	{is(manage.ErrAddressTaken), problem{api.AddressTaken, "This address is registered already", 409,
		"Somebody was registered with it after the change was made. Nothing was done.",
		"Look whom you have with that address. If they are the same person, discard or refuse this change; if not, ask the sponsor for another address."}},
	{is(manage.ErrNameTaken), problem{api.NameTaken, "This name is taken already", 409,
		"Something else was given it after the change was made. Nothing was done.",
		"Discard or refuse this change, and make it again with another name."}},
	{is(manage.ErrRoleGone), problem{api.RoleGone, "A role of this change is gone: {by}", 409,
		"It was deleted after the change was made. Nothing was done.",
		"Discard or refuse this change, and make it again with a role that is there."}},
	{is(manage.ErrRule), problem{api.RuleAgainst, "A rule stands against this change now", 409,
		"Since it was made something else has come about: {by}. Nothing was done.",
		"Discard or refuse this change, and make one that fits what is there now."}},
	{is(manage.ErrConflict), problem{api.Conflict, "It has changed meanwhile", 409,
		"Somebody changed the same thing after you saw it, or a role that is given here. Nothing was done.",
		"Look at it as it is now, and make the change again if it is still needed."}},
	{is(manage.ErrSettled), problem{api.SettledAlready, "Somebody has settled this already", 409,
		"An alert is settled once, and what was said of it stays.",
		"Look at the alerts, those that are settled too: it says who settled it, and what they found."}},
	{is(manage.ErrState), problem{api.DecidedAlready, "This change is not open any more: {by}", 409,
		"What was applied, refused, discarded or has expired is not decided again. Nothing was done.",
		"Look at the change: it says what became of it. If it is still needed, make it again."}},
	{is(manage.ErrSigned), problem{api.ReviewSigned, "This review was signed off: {by}", 409,
		"What was decided in it stays as it was signed.",
		"Change what somebody may do on their own page, or open the next review."}},
	{is(manage.ErrUndecided), problem{api.ReviewUndecided, "{by} not decided on yet", 409,
		"A review is signed off once something was said of everybody in it.",
		"Look who is left: “Not decided on” on the review, or tokenctl admin review show ID --undecided."}},
	{is(manage.ErrForGood), problem{api.DecidedForGood, "This was decided for good: {by}", 409,
		"What was to be taken from them in this review was taken at once. Nothing more was done.",
		"If it was wrong, give it back on their own page, which needs a second person."}},
	{is(manage.ErrGone), problem{api.GoneMeanwhile, "They are not with the agency any more: {by}", 409,
		"They left, or moved to another agency, after the review was opened. Nobody has to decide on them here.",
		"Look at the review as it is now, and decide on the others."}},
	{is(lifecycle.ErrCardInUse), problem{api.CardInUseStill, "Something on the card is still good or on hold", 409,
		"A card is given back when everything on it has ended.",
		"Revoke what is on it first."}},
	{is(lifecycle.ErrNoMail), problem{api.Unavailable, "Mail is not set up", 503,
		"Codes go to their holders by mail, and this service sends none.",
		"Invite at the host: mais-server admin invite."}},
	{is(lifecycle.ErrNotSent), problem{api.Unavailable, "The code was not sent", 503,
		"No mail server took it. Codes that were sent to them before no longer work either.",
		"Try again, at most three times an hour. If it goes on, tell {contact}."}},
	{is(errDestroyed), problem{api.DestructionRefused, "That was not recorded", 403,
		"It is not signed by the key of a token of ours that has ended.",
		"Destroy only what has expired or was revoked: tokenctl destroy. If that fails, the record stays as it is, and no harm is done."}},
	{is(errTooLarge), problem{api.Invalid, "The request is too large", 413,
		"A request may have 64 KiB; one with lines of serials 2 MiB, a file of people 8 MiB.",
		"Send less."}},
	{is(errMediaType), problem{api.Invalid, "The request is not JSON", 415,
		"The API takes requests of type application/json, and a file of people as text/csv.",
		"Set Content-Type: application/json."}},
	{invalid, problem{api.Invalid, "The request cannot be understood", 400,
		"Some of what was sent cannot be taken.",
		"Correct what is named and send it again."}},
	{is(ca.ErrKey), problem{api.Unavailable, "No certificate can be issued just now", 503,
		"The key that certificates are signed with cannot be used. Tokens that were issued go on as before.",
		"Try again in some minutes. If it goes on, tell {contact}."}},
	{is(authz.ErrUnavailable, errUnavailable, ca.ErrJournal), problem{api.Unavailable, "The service cannot answer just now", 503,
		"A part that it needs does not answer.",
		"Try again in a minute. If it goes on, tell {contact}."}},
	{func(error) bool { return true }, problem{api.Internal, "Something went wrong", 500,
		"That is a fault of ours.",
		"Try again. If it happens again, tell {contact} the reference number."}},
}

var forbidden = is(authz.ErrDenied, errNotAllowed, authn.ErrNotUser, lifecycle.ErrNotAllowed, manage.ErrNotAllowed)

func is(targets ...error) func(error) bool {
	return func(err error) bool {
		return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
	}
}

func either(a, b func(error) bool) func(error) bool {
	return func(err error) bool { return a(err) || b(err) }
}

func kind(k authn.Kind) func(error) bool {
	return func(err error) bool { return authn.KindOf(err) == k }
}

func invalid(err error) bool {
	return len(faultsOf(err)) > 0
}

// problemOf returns what is said of err; its Type is complete.
func problemOf(err error) problem {
	for _, row := range problems {
		if row.is(err) {
			p := row.problem
			p.Type = problemPrefix + p.Type
			p.hindered(err)
			if many := new(authz.TooManyError); errors.As(err, &many) {
				p.bounded(many)
			}
			if has, demanded, ok := authn.LevelsOf(err); ok {
				p.Detail = fmt.Sprintf("It counts as %s, and one of your roles demands %s.", levelWords[has], levelWords[demanded])
			}
			if sites, ok := authn.SitesOf(err); ok {
				p.Detail = notYours(sites)
			}
			if told := ca.EvidenceFault(err); told != "" && errors.Is(err, errRenewal) {
				p.Detail, p.Next = told, "Your present token goes on as before. Make the key anew as is asked for, or on another card; if that fails, ask {contact}."
			}
			return p
		}
	}
	panic("unreachable: the last row fits everything")
}

// problemOf is what is said of err to the caller: one without any role is told that, and not that
// theirs does not permit it.
func (c *call) problemOf(err error) problem {
	p := problemOf(err)
	if who, refused := authn.FromContext(c.Context()); p.Type == problemPrefix+api.NotAllowed && refused == nil && who.User() != "" && len(who.Roles()) == 0 && forbidden(err) {
		p.Type, p.Title = problemPrefix+api.WithoutRole, "You have no role"
		p.Detail, p.Next = "Whoever has no role may do nothing here but look after their own token.", "Ask an administrator, {contact}, for the role that your work needs."
	}
	return p
}

// bounded says how many there may be, and when there may be one more.
func (p *problem) bounded(many *authz.TooManyError) {
	p.Detail = fmt.Sprintf("One user asks for at most %d people within an hour. Nothing was found.", many.Most)
	p.Next = "Ask again from " + many.Again.Add(time.Minute).In(frame.London).Format("15:04") + " on. If so many people ask at once, share the work with another governance officer."
}

// hindered puts what stands in the way where the words leave room for it; without it they do without.
func (p *problem) hindered(err error) {
	var h *manage.Hindered
	if errors.As(err, &h) && h.By != "" {
		p.Title, p.Detail = strings.ReplaceAll(p.Title, "{by}", h.By), strings.ReplaceAll(p.Detail, "{by}", h.By)
		return
	}
	without := strings.NewReplacer(": {by}", "", "{by}", "Some are")
	p.Title, p.Detail = without.Replace(p.Title), without.Replace(p.Detail)
}

// mostSites is how many of their sites are named to somebody who is at none of them.
const mostSites = 5

// notYours says to a holder at which sites they would be let in.
func notYours(sites []string) string {
	const here = "MAIS lets you in from the networks of your own sites only, and this address is in none of them. "
	switch n := len(sites); {
	case n == 0:
		return here + "You are registered at no site that is open."
	case n == 1:
		return here + "Your site is " + sites[0] + "."
	case n > mostSites:
		return here + fmt.Sprintf("Your sites are %s and %d more.", strings.Join(sites[:mostSites], ", "), n-mostSites)
	default:
		return here + "Your sites are " + strings.Join(sites[:n-1], ", ") + " and " + sites[n-1] + "."
	}
}

// levelWords say how a key is kept.
var levelWords = map[certs.Level]string{
	certs.Software: "a key in a file", certs.Card: "a key on a smart card", certs.Attested: "a key that the maker of its smart card vouches for",
}

// explain turns an error into an answer: a problem for programs, a page for people.
func (s *Site) explain(c *call, err error) answer {
	if wantsPage(c.Request) {
		if errors.Is(err, errTermsDue) {
			return answer{status: http.StatusSeeOther, goTo: terms.Path}
		}
		return s.problemPage(c, err)
	}
	p := c.problemOf(err)
	wire := api.Problem{
		Type: p.Type, Title: p.Title, Status: p.Status, Detail: p.Detail, Next: strings.ReplaceAll(p.Next, "{contact}", s.opts.Contact),
		Address: p.address(c), Instance: "urn:uuid:" + c.id, Errors: faultsOf(err),
	}
	if p.Type == problemPrefix+api.EnrolmentRefused || p.Type == problemPrefix+api.LostRefused {
		wire.Instance = "" // every such refusal is the same bytes; the number is in Request-Id
	}
	return problemJSON(wire)
}

// address is the caller's, where that is the matter.
func (p problem) address(c *call) string {
	if p.Type != problemPrefix+api.WrongNetwork {
		return ""
	}
	return c.event.Address.String()
}

func problemJSON(wire api.Problem) answer {
	body, err := json.Marshal(wire)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return answer{status: wire.Status, kind: "application/problem+json", body: body}
}

// wantsPage reports whether a person is to read the answer: the API is for programs, and
// elsewhere a client that names JSON and not HTML is one.
func wantsPage(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		return false
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "text/html") || !strings.Contains(accept, "json")
}
