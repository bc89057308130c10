package web

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mais/ca"
	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/manage"
	"mais/server/internal/web/page/frame"
)

const problemPrefix = api.ProblemPrefix

// problem is what a caller is told. Cause and reference stay apart: the cause is in the log
// and the audit, under the reference number.
type problem struct {
	Type, Title  string
	Status       int
	Detail, Next string
}

// problemOf returns what is said of err; its Type is complete.
func problemOf(err error) problem {
	for _, row := range problems {
		if row.is(err) {
			p := row.problem
			p.Type = problemPrefix + p.Type
			p.hindered(err)
			p.bounded(err)
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
func (p *problem) bounded(err error) {
	if many := new(authz.TooManyError); errors.As(err, &many) {
		p.Detail = strings.ReplaceAll(p.Detail, "{most}", strconv.Itoa(many.Most))
		p.Next = strings.ReplaceAll(p.Next, "{again}", many.Again.Add(time.Minute).In(frame.London).Format("15:04"))
	}
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
