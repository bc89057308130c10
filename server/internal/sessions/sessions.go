// Package sessions is what people do with sessions that are open: everybody sees and ends their
// own, an administrator those of whom they manage. Make a [Service] with [New].
//
// Who has the role administrator manages everybody, an agency_administrator the people of their
// agency who hold no office. It reads no record and looks at no certificate. Each session's end
// commits with its own event; that somebody looked is for the caller to record.
package sessions

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
	"mais/server/internal/manage"
)

// Authn is what knows the sessions.
type Authn interface {
	Sessions(context.Context, authn.SessionChoice) ([]authn.OpenSession, int, error)
	EndSession(ctx context.Context, s authn.OpenSession, reason string, by authn.Principal) (ended bool, err error)
	EndSessionsOf(ctx context.Context, user string, but [32]byte, reason string, by authn.Principal) (ended int, err error)
}

// Service answers. Its methods may be called concurrently. Their errors are manage.ErrNotAllowed,
// manage.ErrUnknown, *lifecycle.InvalidError, or a fault.
type Service struct{ authn Authn }

// New returns a service over what knows the sessions.
func New(a Authn) *Service { return &Service{a} }

const (
	perPage  = 50
	mostPage = 500
	mostOwn  = 200 // of one's own that are shown
	mostText = 200 // characters of a search
)

// Own returns the caller's own open sessions.
func (s *Service) Own(ctx context.Context, p authn.Principal) (api.Sessions, error) {
	if p.User() == "" {
		return api.Sessions{}, manage.ErrNotAllowed
	}
	found, total, err := s.authn.Sessions(ctx, authn.SessionChoice{User: p.User(), Limit: mostOwn})
	if err != nil {
		return api.Sessions{}, err
	}
	return api.Sessions{Total: total, Page: 1, PerPage: mostOwn, Sessions: told(found, p, func(authn.OpenSession) bool { return true })}, nil
}

// EndOwn ends one of the caller's own sessions.
func (s *Service) EndOwn(ctx context.Context, p authn.Principal, name string) (api.SessionsEnded, error) {
	if p.User() == "" {
		return api.SessionsEnded{}, manage.ErrNotAllowed
	}
	return s.end(ctx, authn.SessionChoice{User: p.User(), Name: name, Limit: 1}, authn.ReasonHolder, p, func(authn.OpenSession) bool { return true })
}

// EndOthers ends the caller's own sessions but the one that asks.
func (s *Service) EndOthers(ctx context.Context, p authn.Principal) (api.SessionsEnded, error) {
	if p.User() == "" {
		return api.SessionsEnded{}, manage.ErrNotAllowed
	}
	n, err := s.authn.EndSessionsOf(ctx, p.User(), p.SessionKey(), authn.ReasonHolder, p)
	return api.SessionsEnded{Ended: n}, err
}

// All returns a page of the open sessions of whom the caller manages.
func (s *Service) All(ctx context.Context, p authn.Principal, f api.SessionFilter) (api.Sessions, error) {
	r := reachOf(p)
	if !r.manages() {
		return api.Sessions{}, manage.ErrNotAllowed
	}
	f, err := checked(f)
	if err != nil {
		return api.Sessions{}, err
	}
	c := authn.SessionChoice{User: f.User, Agency: r.agency, Query: f.Query, Limit: f.PerPage, Offset: (f.Page - 1) * f.PerPage}
	found, total, err := s.authn.Sessions(ctx, c)
	if err != nil {
		return api.Sessions{}, err
	}
	return api.Sessions{Total: total, Page: f.Page, PerPage: f.PerPage, Sessions: told(found, p, r.reaches)}, nil
}

// One returns an open session of somebody whom the caller manages.
func (s *Service) One(ctx context.Context, p authn.Principal, name string) (api.Session, error) {
	r := reachOf(p)
	if !r.manages() {
		return api.Session{}, manage.ErrNotAllowed
	}
	found, err := s.find(ctx, authn.SessionChoice{Agency: r.agency, Name: name, Limit: 1})
	if err != nil {
		return api.Session{}, err
	}
	return told([]authn.OpenSession{found}, p, r.reaches)[0], nil
}

// End ends a session of somebody whom the caller manages.
func (s *Service) End(ctx context.Context, p authn.Principal, name string) (api.SessionsEnded, error) {
	r := reachOf(p)
	if !r.manages() {
		return api.SessionsEnded{}, manage.ErrNotAllowed
	}
	return s.end(ctx, authn.SessionChoice{Agency: r.agency, Name: name, Limit: 1}, authn.ReasonAdministrator, p, r.reaches)
}

// EndAll ends all sessions of a user whom the caller manages. Somebody without a session is as
// unknown as somebody else's people.
func (s *Service) EndAll(ctx context.Context, p authn.Principal, user string) (api.SessionsEnded, error) {
	r := reachOf(p)
	if !r.manages() {
		return api.SessionsEnded{}, manage.ErrNotAllowed
	}
	if !isUUID(user) {
		return api.SessionsEnded{}, manage.ErrUnknown
	}
	found, err := s.find(ctx, authn.SessionChoice{Agency: r.agency, User: user, Limit: 1})
	if err != nil {
		return api.SessionsEnded{}, err
	}
	if !r.reaches(found) {
		return api.SessionsEnded{}, manage.ErrNotAllowed
	}
	n, err := s.authn.EndSessionsOf(ctx, user, [32]byte{}, authn.ReasonAdministrator, p)
	return api.SessionsEnded{Ended: n}, err
}

func (s *Service) find(ctx context.Context, c authn.SessionChoice) (authn.OpenSession, error) {
	if c.Name == "" && c.User == "" {
		return authn.OpenSession{}, manage.ErrUnknown
	}
	found, _, err := s.authn.Sessions(ctx, c)
	if err != nil {
		return authn.OpenSession{}, err
	}
	if len(found) == 0 {
		return authn.OpenSession{}, manage.ErrUnknown
	}
	return found[0], nil
}

func (s *Service) end(ctx context.Context, c authn.SessionChoice, reason string, p authn.Principal, may func(authn.OpenSession) bool) (api.SessionsEnded, error) {
	if c.Name == "" {
		return api.SessionsEnded{}, manage.ErrUnknown
	}
	found, err := s.find(ctx, c)
	if err != nil {
		return api.SessionsEnded{}, err
	}
	if !may(found) {
		return api.SessionsEnded{}, manage.ErrNotAllowed
	}
	ended, err := s.authn.EndSession(ctx, found, reason, p)
	switch {
	case err != nil:
		return api.SessionsEnded{}, err
	case !ended: // somebody was quicker
		return api.SessionsEnded{}, manage.ErrUnknown
	}
	return api.SessionsEnded{Ended: 1}, nil
}

// reach is whose sessions somebody manages. The zero reach is nobody's.
type reach struct {
	all    bool
	agency string // UUID
}

func reachOf(p authn.Principal) reach {
	roles := p.Roles()
	switch {
	case p.User() == "":
		return reach{}
	case slices.Contains(roles, lifecycle.Administrator):
		return reach{all: true}
	case slices.Contains(roles, lifecycle.AgencyAdministrator):
		return reach{agency: p.AgencyID()}
	}
	return reach{}
}

func (r reach) manages() bool { return r.all || r.agency != "" }

// reaches reports whether a session may be ended: an agency's administrator touches nobody who
// holds an office.
func (r reach) reaches(s authn.OpenSession) bool {
	return r.all || r.agency != "" && r.agency == s.AgencyID && !s.Office
}

func checked(f api.SessionFilter) (api.SessionFilter, error) {
	f.Query = strings.TrimSpace(f.Query)
	switch {
	case utf8.RuneCountInString(f.Query) > mostText || !utf8.ValidString(f.Query):
		return f, invalid("q", "has more than 200 characters")
	case f.User != "" && !isUUID(f.User):
		return f, invalid("user", "is not a UUID")
	case f.Page < 0 || f.Page > 1_000_000:
		return f, invalid("page", "is not the number of a page")
	case f.PerPage < 0 || f.PerPage > mostPage:
		return f, invalid("per_page", "is more than 500")
	}
	f.Page = max(1, f.Page)
	if f.PerPage == 0 {
		f.PerPage = perPage
	}
	return f, nil
}

func invalid(field, detail string) error {
	return &lifecycle.InvalidError{Fields: []api.FieldError{{Field: field, Detail: detail}}}
}

func isUUID(text string) bool {
	id, err := uuid.Parse(text)
	return err == nil && id.String() == text
}

// told puts sessions in the words of the API.
func told(found []authn.OpenSession, p authn.Principal, may func(authn.OpenSession) bool) []api.Session {
	list := make([]api.Session, 0, len(found))
	for _, f := range found {
		one := api.Session{
			Name: f.Key.Name(), User: f.User, UserName: f.UserName, Email: f.Email, Agency: f.Agency, Site: f.SiteName, Listener: f.Listener,
			Method: api.ByPassword, Began: f.Began.UTC(), Seen: f.Seen.UTC(), Current: f.Key == p.SessionKey(), May: []string{},
		}
		if f.Certificate.Issuer != "" {
			one.Method, one.Certificate = api.ByToken, f.Certificate.String()
		}
		if f.Address.IsValid() {
			one.Address = f.Address.String()
		}
		if may(f) {
			one.May = append(one.May, "end")
		}
		list = append(list, one)
	}
	return list
}
