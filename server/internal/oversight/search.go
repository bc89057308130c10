package oversight

import (
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/audit"
	"mais/server/internal/lifecycle"
)

const (
	perPage   = 50
	mostPage  = 500
	mostText  = 200 // characters of what is typed
	mostUsers = 200 // whom a part of a name finds
)

var (
	actForm     = regexp.MustCompile(`^[a-z][a-z_.-]{0,63}\*?$`)
	sessionForm = regexp.MustCompile(`^[0-9a-f]{16}$`)
)

// Search returns a page of the entries that a filter chooses.
func (s *Service) Search(ctx context.Context, l Look, f api.AuditFilter) (api.AuditPage, error) {
	var users []api.AuditUser
	var slips api.AuditPage
	e := l.event(ActSearch)
	size := 0
	entries, gaps, err := releasedOf(ctx, s, l, e, f.From, f.To, func(e audit.Event) (audit.Sealed[[]audit.Entry], error) {
		chosen, err := checked(f)
		if err != nil {
			return audit.Sealed[[]audit.Entry]{}, err
		}
		if chosen.Users, users, err = s.who(ctx, f.Who); err != nil {
			return audit.Sealed[[]audit.Entry]{}, err
		}
		e.Detail = askedWho(f)
		size, chosen.Limit = chosen.Limit, chosen.Limit+1
		sealed, err := s.opts.Log.Search(ctx, e, chosen)
		if err == nil && sealed.Event().Rows == 0 {
			slips, err = s.slips(ctx, f)
		}
		return sealed, err
	})
	if err != nil {
		return api.AuditPage{}, err
	}
	page := api.AuditPage{Users: users, Unknown: slips.Unknown, Near: slips.Near}
	page.Entries, page.Next = cut(entries, size)
	if f.From.IsZero() {
		gaps = gaps.ofPage(f.Before, oldestOf(page.Entries), s.until(f.To))
	}
	page.Gaps = gaps.told()
	return page, nil
}

// until is the end of a list that is asked for up to a time: nothing is of the future.
func (s *Service) until(to time.Time) time.Time {
	now := s.now()
	if to.IsZero() || to.After(now) {
		return now
	}
	return to
}

// slips says which words of a question no entry at all has: a slip of the pen, as a rule.
func (s *Service) slips(ctx context.Context, f api.AuditFilter) (said api.AuditPage, err error) {
	for _, of := range []struct {
		field, text string
		alone       audit.Filter
	}{{"agency", f.Agency, audit.Filter{Agency: f.Agency}}, {"act", f.Act, audit.Filter{Act: f.Act}}} {
		if of.text == "" {
			continue
		}
		known, err := s.opts.Log.Any(ctx, of.alone)
		if err != nil {
			return said, err
		}
		if !known {
			said.Unknown = append(said.Unknown, of.field)
		}
	}
	if slices.Contains(said.Unknown, "act") {
		said.Near, err = s.nearActs(ctx, f.Act)
	}
	return said, err
}

// nearActs returns the acts, and the kinds of them, that are called nearly as was typed.
func (s *Service) nearActs(ctx context.Context, typed string) ([]string, error) {
	acts, err := s.opts.Log.Acts(ctx)
	names := slices.Clone(acts)
	for _, act := range acts {
		kind, _, _ := strings.Cut(act, ".")
		names = append(names, kind+".*")
	}
	return form.Near(typed, names), err
}

// cut takes the entry that was read beyond a page off, and says where the next one begins.
func cut(entries []audit.Entry, size int) (told []api.AuditEntry, next int64) {
	if len(entries) > size {
		entries = entries[:size]
		next = entries[size-1].ID
	}
	return wire(entries), next
}

// askedWho is what stands of the search for a person of staff in its event.
func askedWho(f api.AuditFilter) map[string]string {
	detail := map[string]string{}
	if f.Who != "" {
		detail["who"] = f.Who
	}
	if f.Before > 0 {
		detail["before"] = fmt.Sprint(f.Before)
	}
	return detail
}

// who finds the users whom a text means: as they are registered, and as the ledger knows those who
// are not any more. nil for an empty text.
func (s *Service) who(ctx context.Context, text string) (ids []string, users []api.AuditUser, err error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil, nil
	}
	registered, err := s.opts.Register.FindUsers(ctx, text, mostUsers)
	if err != nil {
		return nil, nil, err
	}
	ids = []string{}
	for _, u := range registered {
		ids, users = append(ids, u.ID), append(users, api.AuditUser{ID: u.ID, Name: u.Name, Agency: u.Agency})
	}
	known, err := s.opts.Log.Named(ctx, text, mostUsers)
	if err != nil {
		return nil, nil, err
	}
	for _, u := range known {
		if !slices.Contains(ids, u.ID) && len(ids) < mostUsers {
			ids, users = append(ids, u.ID), append(users, api.AuditUser(u))
		}
	}
	return ids, users, nil
}

// checked returns the filter as the ledger takes it, but for whom Who means.
func checked(f api.AuditFilter) (audit.Filter, error) {
	var faults []api.FieldError
	wrong := func(bad bool, field, detail string) {
		if bad {
			faults = append(faults, api.FieldError{Field: field, Detail: detail})
		}
	}
	wrong(!f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To), "to", "is not after from")
	wrong(long(f.Who), "who", "has more than 200 characters")
	wrong(long(f.Agency), "agency", "has more than 200 characters")
	wrong(!maybeUUID(f.User), "user", "is not a UUID")
	wrong(!maybeUUID(f.Person), "person", "is not a UUID")
	wrong(!maybeUUID(f.Request), "request", "is not a reference number")
	wrong(f.Act != "" && !actForm.MatchString(f.Act), "act", "is not the name of an act")
	wrong(f.Outcome != "" && !slices.Contains([]string{"allowed", "refused", "failed"}, f.Outcome), "outcome", "is not allowed, refused or failed")
	wrong(f.Session != "" && !sessionForm.MatchString(f.Session), "session", "is not the name of a session: 16 of 0-9a-f")
	wrong(f.Before < 0, "before", "is not the number of an entry")
	wrong(f.PerPage < 0 || f.PerPage > mostPage, "per_page", "is more than 500")
	if f.Address != "" {
		address, err := netip.ParseAddr(f.Address)
		wrong(err != nil || address.Zone() != "", "address", "is not an address")
		f.Address = address.Unmap().String()
	}
	if len(faults) > 0 {
		return audit.Filter{}, &lifecycle.InvalidError{Fields: faults}
	}
	if f.PerPage == 0 {
		f.PerPage = perPage
	}
	return audit.Filter{
		From: f.From, To: f.To, Before: f.Before, Limit: f.PerPage, Act: f.Act, Outcome: audit.Outcome(f.Outcome), User: f.User, Person: f.Person,
		Agency: f.Agency, Session: f.Session, Address: f.Address, Request: f.Request,
	}, nil
}

func long(text string) bool {
	return !utf8.ValidString(text) || strings.ContainsRune(text, 0) || utf8.RuneCountInString(text) > mostText
}

func maybeUUID(text string) bool { return text == "" || isUUID(text) }

func isUUID(text string) bool {
	id, err := uuid.Parse(text)
	return err == nil && id.String() == text
}

// Entry returns one entry by its number.
func (s *Service) Entry(ctx context.Context, l Look, id int64) (api.AuditEntry, error) {
	e := l.event(ActEntry)
	e.Detail = map[string]string{"entry": fmt.Sprint(id)}
	entries, err := released(ctx, s, l, e, func(e audit.Event) (audit.Sealed[[]audit.Entry], error) {
		if id < 1 {
			return audit.Sealed[[]audit.Entry]{}, errUnknown
		}
		return s.opts.Log.Entry(ctx, e, id)
	})
	if err != nil {
		return api.AuditEntry{}, err
	}
	if len(entries) == 0 {
		return api.AuditEntry{}, errUnknown // the event says that nothing was read
	}
	return wire(entries)[0], nil
}

// wire puts entries in the words of the API.
func wire(entries []audit.Entry) []api.AuditEntry {
	told := make([]api.AuditEntry, 0, len(entries))
	for _, e := range entries {
		told = append(told, wireOne(e))
	}
	return told
}

func wireOne(e audit.Entry) api.AuditEntry {
	address := ""
	if e.Address.IsValid() {
		address = e.Address.String()
	}
	return api.AuditEntry{
		ID: e.ID, At: e.At, Login: e.Login, Node: e.Node, Request: e.Request, Listener: e.Listener, Act: e.Act, Outcome: string(e.Outcome),
		Reason: e.Reason, Method: e.Method, URI: e.URI, Address: address, User: e.User, UserName: e.UserName, Agency: e.Agency, Site: e.Site,
		Roles: e.Roles, AuthMethod: e.AuthMethod, Session: e.Session, Issuer: e.Issuer, Serial: e.Serial, Persons: e.Persons, Items: e.Items,
		Rows: e.Rows, Detail: e.Detail, About: aboutOf(e),
	}
}

// Check says what is wrong with a filter, before anything is asked: an *lifecycle.InvalidError.
func Check(f api.AuditFilter) error {
	_, err := checked(f)
	return err
}
