package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"mais/server/api"
	"mais/tokenctl/internal/fault"
)

const (
	nextSearch     = "find the person's id with 'tokenctl search'"
	nextAdmin      = "ask your administrator"
	nextInvitation = "ask your administrator for a new invitation, and enrol again"
	nextLater      = "try again in a minute; if it stays so, tell your administrator"
)

// meaning is what a problem means to the person here. Without a message of ours the
// service's own words are shown. The service's next step goes before ours where theirs, since
// it names whom to call.
type meaning struct {
	kind          fault.Kind
	message, next string
	theirs        bool
}

// problems is the one table from the service's problems to faults.
var problems = map[string]meaning{
	api.NoToken:            {fault.NoToken, "the service saw no certificate", "choose another token with --token", false},
	api.UnknownToken:       {fault.UnknownToken, "the service does not know this token", nextInvitation, false},
	api.ExpiredToken:       {fault.Expired, "the token has expired", nextInvitation, true},
	api.HeldToken:          {fault.Held, "the token is on hold", nextAdmin + "; it can be released", true},
	api.RevokedToken:       {fault.Revoked, "the token has been revoked", nextInvitation, true},
	api.SupersededToken:    {fault.Superseded, "the token was renewed, and this is the old one", "use the copy that was renewed; without one, " + nextInvitation, false},
	api.WrongNetwork:       {fault.WrongNetwork, "", nextAdmin, true}, // it says which sites are the caller's
	api.OutsideDates:       {fault.Denied, "", nextAdmin, true},
	api.TermsDue:           {fault.Denied, "you have not accepted the terms yet, or not since you were given a further role", "read and accept them: tokenctl terms", false},
	api.LevelTooLow:        {fault.Denied, "", nextAdmin, true},
	api.StatusStale:        {fault.Unavailable, "the service cannot tell at the moment which tokens are revoked, and so serves nobody", nextLater, true},
	api.AuditUnavailable:   {fault.Unavailable, "the service cannot write its audit at the moment, and shows nothing that it cannot record", nextLater, true},
	api.EnrolmentRefused:   {fault.WrongCode, "the enrolment was refused: a wrong, used or expired code, or another holder than the one invited", "check both and try again; after five wrong tries the code is void, and you need a new invitation", true},
	api.RenewalRefused:     {fault.Denied, "the renewal was refused", nextInvitation, true},
	api.WrongWord:          {fault.Usage, "", "see the plan again with 'tokenctl admin plan show': its list has changed", false},
	api.Conflict:           {fault.Usage, "", "look at it again with 'tokenctl admin change show'", true},
	api.AddressTaken:       {fault.Usage, "", "look whom you have with it: tokenctl admin user list", true},
	api.NameTaken:          {fault.Usage, "", "choose another name", true},
	api.RoleGone:           {fault.Usage, "", "see which are there: tokenctl admin role list", true},
	api.RuleAgainst:        {fault.Usage, "", "see it as it is now: tokenctl admin change show ID", true},
	api.DecidedAlready:     {fault.Usage, "", "see what became of it: tokenctl admin change show ID", false},
	api.SettledAlready:     {fault.Usage, "", "see by whom: tokenctl admin audit alerts --all", false},
	api.TooManyOpen:        {fault.Usage, "", "see them: tokenctl admin change list --state open", true},
	api.ReviewSigned:       {fault.Usage, "", "change what somebody may do: tokenctl admin user change", true},
	api.ReviewUndecided:    {fault.Usage, "", "see who is left: tokenctl admin review show ID --undecided", false},
	api.DecidedForGood:     {fault.Usage, "", "give it back: tokenctl admin user change, or user return", false},
	api.GoneMeanwhile:      {fault.Usage, "", "see who is left: tokenctl admin review show ID --undecided", false},
	api.DestructionRefused: {fault.Denied, "the service does not take it that the token is destroyed: it is good there still, or unknown", "have your administrator revoke it, then run 'tokenctl destroy --report'", false},
	api.LostRefused:        {fault.WrongCode, "the code was not accepted: it is wrong, was used, or is too old", "ask for another with 'tokenctl lost', or ring your administrator", true},
	api.CardInUseStill:     {fault.Usage, "something on the card is still good or on hold", "revoke it first: tokenctl admin card revoke", false},
	api.NotAllowed:         {fault.Denied, "your role does not allow this", nextAdmin, true},
	api.WithoutRole:        {fault.Denied, "you have no role", nextAdmin, true},
	api.NotByYou:           {fault.Denied, "", nextAdmin, true}, // it says who may
	api.NotFound:           {fault.NotFound, "there is no such person", nextSearch, false},
	api.Invalid:            {fault.Usage, "", "", true},
	api.TooMany:            {fault.Unavailable, "", nextLater, true},
	api.SessionMismatch:    {fault.Denied, "", nextAdmin, true},
	api.SessionEnded:       {fault.Denied, "", nextAdmin, true},
	api.NoPasswords:        {fault.Denied, "", "sign in with your token", true},
	api.AccessChanged:      {fault.Denied, "", "try again", true},
	api.Unavailable:        {fault.Unavailable, "", nextLater, true},
	api.Internal:           {fault.Unavailable, "the service failed", "tell your administrator the reference", true},
}

// ParseProblem reads an RFC 9457 document. It comes from outside: every field may be
// missing, long or hostile.
func ParseProblem(text []byte) (api.Problem, error) {
	var p api.Problem
	if err := json.Unmarshal(text, &p); err != nil {
		return api.Problem{}, fmt.Errorf("decode problem: %w", err)
	}
	for _, s := range []*string{&p.Type, &p.Title, &p.Detail, &p.Next, &p.Address, &p.Instance} {
		*s = shorten(*s)
	}
	return p, nil
}

const (
	maxWords  = 500
	maxErrors = 10
)

func shorten(s string) string {
	if len(s) <= maxWords {
		return s
	}
	return strings.ToValidUTF8(s[:maxWords], "") + "…"
}

// problemFault turns the service's refusal into what the person is told. request is the
// service's number for the request, for problems that carry none.
func problemFault(status int, request string, text []byte) error {
	p, err := ParseProblem(text)
	if err != nil {
		return fault.New(fault.BadAnswer, nextAdmin, "the service refused with status %d and did not say why", status)
	}
	m, ok := problems[strings.TrimPrefix(p.Type, api.ProblemPrefix)]
	if !ok {
		m = meaning{kind: kindOfStatus(status), theirs: true}
	}
	if m.message == "" {
		m.message = saidBy(p, status)
	}
	if m.theirs && p.Next != "" {
		m.next = uncapital(p.Next)
	}
	if p.Address != "" {
		m.message += " (the service sees the address " + p.Address + ")"
	}
	f := fault.New(m.kind, m.next, "%s", m.message)
	for _, e := range p.Errors[:min(len(p.Errors), maxErrors)] {
		f.Fields = append(f.Fields, fault.Field{Name: shorten(e.Field), Says: shorten(e.Detail)})
	}
	if f.Reference = strings.TrimPrefix(p.Instance, "urn:uuid:"); f.Reference == "" {
		f.Reference = shorten(request)
	}
	return f
}

// saidBy joins the service's own words; what is wrong with which field says more than the rest.
func saidBy(p api.Problem, status int) string {
	said := uncapital(p.Title)
	if said == "" {
		said = fmt.Sprintf("the service refused with status %d", status)
	}
	if len(p.Errors) == 0 && p.Detail != "" {
		return said + ": " + uncapital(p.Detail)
	}
	for _, e := range p.Errors[:min(len(p.Errors), maxErrors)] {
		said += fmt.Sprintf("; %s: %s", shorten(e.Field), shorten(e.Detail))
	}
	return said
}

// uncapital makes a sentence of the service's one of ours, which begin small and end open.
func uncapital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if second, _ := utf8.DecodeRuneInString(s[size:]); unicode.IsLower(second) || second == ' ' {
		s = string(unicode.ToLower(first)) + s[size:]
	}
	return strings.TrimSuffix(s, ".")
}

func kindOfStatus(status int) fault.Kind {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fault.Denied
	case status == http.StatusNotFound:
		return fault.NotFound
	case status == http.StatusBadRequest || status == http.StatusUnprocessableEntity:
		return fault.Usage
	}
	return fault.Unavailable
}
