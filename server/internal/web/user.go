package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin/certificates"
	"mais/server/internal/web/page/admin/people"
	userpage "mais/server/internal/web/page/admin/user"
)

// sealedPeople is the label under which what was searched for stands in an address.
const sealedPeople = "people"

// user is the id of the person that the address names, which the event then names too.
func (c *call) user() string {
	id := chi.URLParam(c.Request, "id")
	c.event.Detail = map[string]string{"target": noted(id)}
	return id
}

// userParameters are those of PathUsers.
func userParameters(f *api.UserFilter) parameters {
	return parameters{"q": &f.Query, "agency": &f.Agency, "site": &f.Site, "role": &f.Role, "stage": &f.Stage, "sort": &f.Sort, "page": &f.Page, "per_page": &f.PerPage}
}

func listUsers(ctx context.Context, c *call) (answer, error) {
	var filter api.UserFilter
	if err := c.query(userParameters(&filter)); err != nil {
		return answer{}, err
	}
	c.noteFilter(userParameters(&filter))
	found, err := c.site.opts.Users.Users(ctx, c.who, filter)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Users)
	return json200(found)
}

func showUser(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Users.User(ctx, c.who, c.user())
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = 1
	return json200(found)
}

// peoplePage shows what an address asks for.
func peoplePage(ctx context.Context, c *call) (answer, error) {
	a, ok := people.Read(c.URL.Query())
	if !ok {
		return answer{}, errNotFound
	}
	query, gone, err := c.searched(sealedPeople, a.Sealed)
	if gone {
		return c.peopleList(ctx, http.StatusNotFound, people.Asked{}, func(p *people.Page) { p.Gone = true })
	}
	if err != nil {
		return answer{}, err
	}
	a.Query = query
	return c.peopleList(ctx, http.StatusOK, a, func(*people.Page) {})
}

func (c *call) peopleList(ctx context.Context, status int, a people.Asked, fill func(*people.Page)) (answer, error) {
	filter := a.Filter()
	c.noteFilter(userParameters(&filter))
	found, err := c.site.opts.Users.Users(ctx, c.who, filter)
	if errors.Is(err, lifecycle.ErrInvalid) {
		return answer{}, errNotFound
	}
	if err != nil {
		return answer{}, err
	}
	p, err := c.peopleFrame(ctx, a)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Users)
	p.Total, p.People = found.Total, found.Users
	fill(&p)
	return html(status, people.Render(p)), nil
}

// peopleFrame is the page without its list: what it can be narrowed to.
func (c *call) peopleFrame(ctx context.Context, a people.Asked) (people.Page, error) {
	p := people.Page{Frame: c.adminFrame("People", people.Path), Asked: a}
	agencies, err := c.site.opts.Places.Agencies(ctx, c.who)
	if err != nil {
		return p, err
	}
	roles, err := c.site.opts.Roles.Roles(ctx, c.who)
	p.Agencies, p.Roles = agencies.Agencies, roles.Roles
	return p, err
}

// findPeople looks at the form only; the address that it leads to makes the search.
func findPeople(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(people.Fields()...)
	if err != nil {
		return answer{}, err
	}
	a, faults := people.Typed(sent)
	if len(faults) > 0 {
		p, err := c.peopleFrame(ctx, a)
		if err != nil {
			return answer{}, err
		}
		p.Refused, p.Faults = true, faults
		return html(http.StatusUnprocessableEntity, people.Render(p)), nil
	}
	if a.Query != "" {
		if a.Sealed, err = c.verdict.Seal(sealedPeople, []byte(a.Query)); err != nil {
			return answer{}, err
		}
	}
	return seeOther(a.Path())
}

// shownChanges is how many changes somebody's page shows.
const shownChanges = 10

// userPage shows somebody, with what was changed of their entry.
func userPage(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Users.User(ctx, c.who, c.user())
	if err != nil {
		return answer{}, err
	}
	changes, err := c.site.opts.Changes.Changes(ctx, c.who, api.ChangeFilter{Target: found.ID, PerPage: shownChanges})
	if err != nil {
		return answer{}, err
	}
	sealed, err := c.verdict.Seal(sealedCertificates, []byte(found.Email))
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = 1
	return html(http.StatusOK, userpage.Render(userpage.Page{
		Frame: c.adminFrame(found.Name, people.Path), User: found, Own: found.ID == c.who.User(), Changes: changes.Changes,
		Certificates: certificates.Asked{Sealed: sealed}.Path(),
	})), nil
}

// mayDo is the person of the address, about whom the caller may do an act.
func (c *call) mayDo(ctx context.Context, act string) (api.User, error) {
	found, err := c.site.opts.Users.User(ctx, c.who, c.user())
	if err == nil && !slices.Contains(found.May, act) {
		err = errNotAllowed
	}
	return found, err
}
