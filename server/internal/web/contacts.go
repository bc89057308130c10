package web

import (
	"context"
	"net/http"
	"slices"

	"mais/config"
	"mais/server/internal/web/page/contacts"
)

// contactsPage shows the urgent contacts of the settings.
func contactsPage(_ context.Context, c *call) (answer, error) {
	return html(http.StatusOK, contacts.Render(contacts.Page{
		Frame: c.site.frameFor(c, "Urgent contacts", "/contacts"), Contacts: urgentFirst(c.site.opts.Urgent),
	})), nil
}

// urgentFirst returns the contacts in their order, those before the others who always answer.
func urgentFirst(urgent []config.Contact) (rows []contacts.Contact) {
	for _, u := range urgent {
		rows = append(rows, contacts.Contact{
			Name: u.Name, Telephone: u.Telephone, Dial: u.Dial(), Hours: u.Hours, Always: u.RoundTheClock(), For: u.For,
		})
	}
	slices.SortStableFunc(rows, func(a, b contacts.Contact) int {
		switch {
		case a.Always == b.Always:
			return 0
		case a.Always:
			return -1
		}
		return 1
	})
	return rows
}
