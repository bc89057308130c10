package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"mais/server/api/form"
	"mais/server/internal/authz"
	"mais/server/internal/web/page/emergency"
	"mais/server/internal/web/page/frame"
)

// emergencyForm shows what emergency access would open, and asks what the emergency is.
func emergencyForm(ctx context.Context, c *call) (answer, error) {
	grounds, err := c.site.opts.Reasons.Grounds(ctx, c.look(), c.person())
	if errors.Is(err, authz.ErrNoReason) {
		c.event.Persons = []string{grounds.Person()}
	}
	if err != nil {
		return answer{}, err
	}
	return c.emergencyPage(ctx, grounds, http.StatusOK, "", nil)
}

// beginEmergency begins it. An attempt without a reason for looking goes to the records as
// well, which refuse it, so that the audit has it as what it is.
func beginEmergency(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(emergency.Why)
	if err != nil {
		return answer{}, err
	}
	grounds, err := c.site.opts.Reasons.Grounds(ctx, c.look(), c.person())
	if err != nil && !errors.Is(err, authz.ErrNoReason) {
		return answer{}, err
	}
	why := form.Lines(sent[emergency.Why])
	if faults := faultsOfWhy(why); len(faults) > 0 && err == nil {
		return c.emergencyPage(ctx, grounds, http.StatusUnprocessableEntity, why, faults)
	}
	_, err = c.site.opts.Emergencies.BeginEmergency(ctx, c.look(), grounds, why)
	c.audited = true
	var invalid *authz.InvalidError
	switch {
	case errors.As(err, &invalid):
		return c.emergencyPage(ctx, grounds, http.StatusUnprocessableEntity, why, unreadableWhy)
	case errors.Is(err, authz.ErrTooMany):
		return c.emergencyPage(ctx, grounds, http.StatusUnprocessableEntity, why, tooManyOn)
	case errors.Is(err, authz.ErrDenied):
		return c.noEmergency(ctx)
	case err != nil:
		return answer{}, err
	}
	return c.toOpened(ctx)
}

// toOpened leads to the first section of the record that now shows more than before: whoever
// asked for it has no time to look for it.
func (c *call) toOpened(ctx context.Context) (answer, error) {
	access, err := c.site.opts.Permissions.Access(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	for _, s := range form.Sections() {
		for _, i := range s.Items {
			if access.Items[s.Name+"."+i.Name].InEmergencyOnly() {
				return seeOther(c.recordPath() + "#" + s.Name)
			}
		}
	}
	return seeOther(c.recordPath())
}

// endEmergency ends it before its time.
func endEmergency(ctx context.Context, c *call) (answer, error) {
	if err := noBody(c.Request); err != nil {
		return answer{}, err
	}
	err := c.site.opts.Emergencies.EndEmergency(ctx, c.look(), c.person())
	c.audited = true
	if err != nil {
		return answer{}, err
	}
	return seeOther(c.recordPath())
}

// emergencyPage is the page before emergency access.
func (c *call) emergencyPage(ctx context.Context, grounds authz.Grounds, status int, why string, faults frame.Faults) (answer, error) {
	may, told, err := c.site.opts.Emergencies.MayBegin(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	if !may {
		return c.noEmergency(ctx)
	}
	access, err := c.site.opts.Permissions.Access(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	person, err := c.site.opts.Records.Identify(ctx, c.look(), c.person())
	c.audited = true
	if err != nil {
		return answer{}, err
	}
	p := emergency.Page{
		Frame: c.site.frameFor(c, "Emergency access to withheld items", "/find"), Path: c.recordPath(),
		Name: form.Name(strings.ToUpper(person.Surname), person.FirstName), Born: form.Day(person.DateOfBirth),
		Parts: opened(access), Told: colleagues(told), Minutes: int(authz.EmergencyLasts / time.Minute), Why: why,
	}
	p.Faults = faults
	if on, is := grounds.Emergency(); is {
		p.Title, p.Ends = "Emergency access is on", on.Ends
	}
	return html(status, emergency.Render(p)), nil
}

// noEmergency says who can help somebody whose roles give nothing in an emergency.
func (c *call) noEmergency(ctx context.Context) (answer, error) {
	access, err := c.site.opts.Permissions.Access(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	title, nothing := "You have no emergency access", nothingWithheld(access)
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
			if a.Items[s.Name+"."+i.Name].InEmergencyOnly() {
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

// nothingWithheld reports whether a caller sees every item at any time.
func nothingWithheld(a authz.Access) bool {
	for _, s := range form.Sections() {
		for _, i := range s.Items {
			if len(a.Items[s.Name+"."+i.Name].Read) == 0 {
				return false
			}
		}
	}
	return true
}

func colleagues(told []authz.Colleague) (names []emergency.Colleague) {
	for _, t := range told {
		names = append(names, emergency.Colleague(t))
	}
	return names
}

// faultsOfWhy says what is wrong with the reason for an emergency, as authz would, in words
// for whoever typed it.
func faultsOfWhy(why string) frame.Faults {
	_, unseen := form.Unseen(why, "\n")
	text := ""
	switch n := utf8.RuneCountInString(why); {
	case n == 0:
		text = "Say what the emergency is"
	case n < form.MinWhy:
		text = fmt.Sprintf("Say what the emergency is in %d characters or more", form.MinWhy)
	case n > form.MaxWhy:
		text = fmt.Sprintf("Say what the emergency is in %d characters or fewer", form.MaxWhy)
	case unseen:
		return unreadableWhy
	case !form.Says(why):
		text = "Say what the emergency is in words"
	default:
		return nil
	}
	return frame.Faults{{Field: emergency.Why, Text: text}}
}

var unreadableWhy = frame.Faults{{Field: emergency.Why, Text: "Say what the emergency is in letters, numbers and signs only"}}

// tooManyOn stands on a page whose strip leads to those that are on.
var tooManyOn = frame.Faults{{Field: emergency.Why, Text: fmt.Sprintf("You have emergency access to %d records already: end one of them first", authz.MaxOn)}}
