package oversight

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/lifecycle"
)

// Alerts returns alarms before a number, 0 for all, the newest first; open: those only that nobody
// has settled.
func (s *Service) Alerts(ctx context.Context, l Look, before int64, open bool) (api.AuditAlerts, error) {
	found, gaps, err := releasedOf(ctx, s, l, l.event(ActAlerts), time.Time{}, time.Time{}, func(e audit.Event) (audit.Sealed[[]audit.Alarm], error) {
		if before < 0 {
			return audit.Sealed[[]audit.Alarm]{}, errUnknown
		}
		return s.opts.Log.Alarms(ctx, e, before, open, perPage+1)
	})
	if err != nil {
		return api.AuditAlerts{}, err
	}
	told := api.AuditAlerts{Alerts: []api.AuditAlert{}}
	oldest := time.Time{}
	for n, a := range found {
		if n == perPage {
			told.Next = found[n-1].Raised.ID
			break
		}
		told.Alerts, oldest = append(told.Alerts, alertOf(a, l.Principal)), a.Raised.At
	}
	told.Gaps = gaps.ofPage(before, oldest, s.now()).told()
	return told, nil
}

// noteOf is the detail of a settlement that holds its note.
const (
	detailAlarm = "alarm"
	detailNote  = "note"
	detailSays  = "says"
)

func alertOf(a audit.Alarm, p authn.Principal) api.AuditAlert {
	r := wireOne(a.Raised)
	told := api.AuditAlert{
		ID: r.ID, At: r.At, Kind: strings.TrimPrefix(r.Act, "alarm."), Says: says(r), User: r.User, UserName: r.UserName, Agency: r.Agency,
		Address: r.Address, Detail: r.Detail, May: []string{},
	}
	switch {
	case a.Settled.ID != 0:
		at := a.Settled.At
		told.SettledAt, told.SettledBy, told.Note = &at, a.Settled.UserName, spelled(a.Settled.Detail, detailNote)
	case r.User != p.User():
		told.May = append(told.May, "settle")
	}
	return told
}

// spelled is what audit.Spell put into a detail.
func spelled(detail map[string]string, key string) string {
	text := detail[key]
	for n := 2; detail[fmt.Sprintf("%s_%d", key, n)] != ""; n++ {
		text += detail[fmt.Sprintf("%s_%d", key, n)]
	}
	return text
}

// told are the alarms that other parts of the service raise, in a sentence.
var told = map[string]string{
	"alarm.uninventoried": "A certificate that our issuer signed is not in the inventory: its key has been used behind our back, or a row was lost.",
	"alarm.spraying":      "Passwords are being tried at many accounts.",
}

func says(r api.AuditEntry) string {
	if text := r.Detail[detailSays]; text != "" {
		return text
	}
	if text := told[r.Act]; text != "" {
		return text
	}
	return form.Word(strings.TrimPrefix(r.Act, "alarm."))
}

// Settle records what a governance officer found about an alarm, once, by somebody whom it is not
// about. Act alarm.settled.
func (s *Service) Settle(ctx context.Context, l Look, id int64, note string) error {
	e := l.event(ActSettle)
	e.Detail = map[string]string{detailAlarm: fmt.Sprint(id)}
	note = form.Lines(note)
	err := settleable(l, note)
	if err == nil {
		audit.Spell(e.Detail, detailNote, note)
		err = s.opts.Recheck.Recheck(ctx, l.Principal, 0, 0)
	}
	if err == nil {
		err = s.opts.Log.Settle(ctx, e, id, func(alarm audit.Entry) error {
			if alarm.User != "" && alarm.User == l.Principal.User() {
				return errOwn
			}
			return nil
		})
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, audit.ErrNoAlarm):
		err = errUnknown
	case errors.Is(err, audit.ErrSettledAlready):
		err = errSettled
	}
	return s.failed(ctx, e, err)
}

func settleable(l Look, note string) error {
	if !Reviews(l.Principal) {
		return errNotAllowed
	}
	detail := ""
	_, unseen := form.Unseen(note, "\n")
	switch {
	case note == "":
		detail = "is needed: say what was found"
	case utf8.RuneCountInString(note) > form.MaxNote:
		detail = fmt.Sprintf("has more than %d characters", form.MaxNote)
	case unseen || !utf8.ValidString(note):
		detail = "holds a character that cannot be seen"
	}
	if detail == "" {
		return nil
	}
	return &lifecycle.InvalidError{Fields: []api.FieldError{{Field: "note", Detail: detail}}}
}
