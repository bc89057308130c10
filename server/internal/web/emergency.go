package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"mais/server/api/form"
	"mais/server/internal/authz"
	"mais/server/internal/web/page/emergency"
)

// emergencyMinutes is how long emergency access lasts; authz ends it.
const emergencyMinutes = 30

// askEmergency shows what emergency access would open, and asks what the emergency is.
func askEmergency(ctx context.Context, c *call) (answer, error) {
	return c.onGrounds(ctx, func(g authz.Grounds) (answer, error) {
		return c.emergencyPage(ctx, g, http.StatusOK, "", "")
	})
}

// beginEmergency begins it. An attempt without a reason for looking goes to the records as
// well, which refuse it, so that the audit has it as what it is.
func beginEmergency(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form("why")
	if err != nil {
		return answer{}, err
	}
	grounds, err := c.site.opts.Records.Grounds(ctx, c.look(), c.person())
	if err != nil && !errors.Is(err, authz.ErrNoReason) {
		return answer{}, err
	}
	why := typed(sent["why"])
	if fault := faultOfWhy(why); fault != "" && err == nil {
		return c.emergencyPage(ctx, grounds, http.StatusUnprocessableEntity, why, fault)
	}
	_, err = c.site.opts.Records.BeginEmergency(ctx, c.look(), grounds, why)
	c.audited = true
	var invalid *authz.InvalidError
	switch {
	case errors.As(err, &invalid):
		return c.emergencyPage(ctx, grounds, http.StatusUnprocessableEntity, why, "Say what the emergency is in letters, numbers and signs only")
	case errors.Is(err, authz.ErrDenied):
		return c.noEmergency(ctx)
	case err != nil:
		return answer{}, err
	}
	return seeOther(c.recordPath())
}

// endEmergency ends it before its time.
func endEmergency(ctx context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	err := c.site.opts.Records.EndEmergency(ctx, c.look(), c.person())
	c.audited = true
	if err != nil {
		return answer{}, err
	}
	return seeOther(c.recordPath())
}

// emergencyPage is the page before emergency access.
func (c *call) emergencyPage(ctx context.Context, grounds authz.Grounds, status int, why, fault string) (answer, error) {
	records := c.site.opts.Records
	may, told, err := records.MayBegin(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	if !may {
		return c.noEmergency(ctx)
	}
	access, err := records.Access(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	person, err := records.Identify(ctx, c.look(), c.person())
	c.audited = true
	if err != nil {
		return answer{}, err
	}
	p := emergency.Page{
		Frame: c.site.frameFor(c, "Emergency access to withheld items", "/find"), Path: c.recordPath(),
		Name: strings.ToUpper(person.Surname) + ", " + person.FirstName, Born: form.Day(person.DateOfBirth),
		Parts: opened(access), Told: colleagues(told), Minutes: emergencyMinutes, Why: why, Fault: fault,
	}
	if on, is := grounds.Emergency(); is {
		p.Title, p.Ends = "Emergency access is on", on.Ends
	}
	p.Error = fault != ""
	return html(status, emergency.Render(p)), nil
}

// noEmergency says who can help somebody whose roles give nothing in an emergency.
func (c *call) noEmergency(ctx context.Context) (answer, error) {
	access, err := c.site.opts.Records.Access(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	title, nothing := "You have no emergency access", !slices.ContainsFunc(itemKeys(), func(key string) bool { return len(access.Items[key].Read) == 0 })
	if nothing {
		title = "You need no emergency access"
	}
	c.event.Reason = "not-allowed: no role of the caller gives anything in an emergency"
	return html(http.StatusForbidden, emergency.RenderRefused(emergency.Refused{
		Frame: c.site.frameFor(c, title, "/find"), Path: c.recordPath(), Nothing: nothing,
	})), nil
}

// opened returns the parts of a record that only an emergency opens, in the form's order.
func opened(a authz.Access) (parts []emergency.Part) {
	for _, s := range form.Sections() {
		var items []string
		for _, i := range s.Items {
			if may := a.Items[s.Name+"."+i.Name]; len(may.Read) == 0 && len(may.Emergency) > 0 {
				items = append(items, i.Label)
			}
		}
		switch len(items) {
		case 0:
		case len(s.Items):
			parts = append(parts, emergency.Part{Section: s.Label})
		default:
			parts = append(parts, emergency.Part{Section: s.Label, Items: items})
		}
	}
	return parts
}

func itemKeys() (keys []string) {
	for _, s := range form.Sections() {
		for _, i := range s.Items {
			keys = append(keys, s.Name+"."+i.Name)
		}
	}
	return keys
}

func colleagues(told []authz.Colleague) (names []emergency.Colleague) {
	for _, t := range told {
		names = append(names, emergency.Colleague(t))
	}
	return names
}

// typed is what somebody meant by what a browser sent of a text area: its line ends are two
// characters there and one on the screen that counts them.
func typed(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }

func faultOfWhy(why string) string {
	switch n := utf8.RuneCountInString(why); {
	case n == 0:
		return "Say what the emergency is"
	case n < emergency.MinWhy:
		return "Say what the emergency is in 10 characters or more"
	case n > emergency.MaxWhy:
		return "Say what the emergency is in 500 characters or fewer"
	case unreadable(why):
		return "Say what the emergency is in letters, numbers and signs only"
	}
	return ""
}

// unreadable reports whether a text holds characters that nobody types.
func unreadable(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && unicode.IsControl(r) })
}

// look is the caller's attempt to see records.
func (c *call) look() authz.Look { return authz.Look{Principal: c.who, Request: c.event} }

// person is the id in the path, as it came.
func (c *call) person() string { return chi.URLParam(c.Request, "id") }

// recordPath is where the record of that person is shown.
func (c *call) recordPath() string { return "/person/" + url.PathEscape(c.person()) }
