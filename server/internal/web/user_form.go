package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"mais/server/api"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin/people"
	userpage "mais/server/internal/web/page/admin/user"
	"mais/server/internal/web/page/frame"
)

// The titles of the forms about people.
var userTitles = map[string]string{userpage.ToInvite: "Invite somebody", userpage.ToChange: "Change an entry", userpage.ToReturn: "Somebody returns"}

// userForm is the form for somebody's entry, as its agency is; with no agency, as the one of the entry is. Who
// manages one agency does not choose.
func (c *call) userForm(ctx context.Context, to string, of api.User, agency string) (userpage.Form, error) {
	here := people.Path
	if to == userpage.ToInvite {
		here += "/new"
	}
	f := userpage.Form{Frame: c.adminFrame(userTitles[to], here), For: to, User: of}
	f.Fill(of.UserFields)
	agencies, err := c.site.opts.Places.Agencies(ctx, c.who)
	if err != nil {
		return f, err
	}
	f.Agencies = agencies.Agencies
	if agency == "" {
		agency = of.Agency
	}
	if agency == "" && len(f.Agencies) == 1 {
		agency = f.Agencies[0].ID
	}
	if agency == "" {
		return f, nil
	}
	if f.Chosen = slices.ContainsFunc(f.Agencies, func(a api.Agency) bool { return a.ID == agency }); !f.Chosen {
		return f, errNotFound
	}
	f.Typed.Agency = agency
	sites, err := c.site.opts.Places.Sites(ctx, c.who, agency)
	if err != nil {
		return f, err
	}
	f.Sites = slices.DeleteFunc(sites.Sites, func(s api.Site) bool { return s.ClosedAt != nil })
	f.Roles, err = c.givable(ctx)
	return f, err
}

// givable are the roles that the caller can propose to give: an office only if they administer everything.
func (c *call) givable(ctx context.Context) ([]api.Role, error) {
	all, err := c.site.opts.Roles.Roles(ctx, c.who)
	if c.site.opts.Credentials.Administers(c.who) == everything && slices.Contains(c.who.Roles(), lifecycle.Administrator) {
		return all.Roles, err
	}
	return slices.DeleteFunc(all.Roles, func(r api.Role) bool { return r.Office }), err
}

// showUserForm shows the form for an entry.
func (c *call) showUserForm(ctx context.Context, to string, of api.User) (answer, error) {
	f, err := c.userForm(ctx, to, of, chi.URLParam(c.Request, "agency"))
	if err != nil {
		return answer{}, err
	}
	return html(http.StatusOK, userpage.RenderForm(f)), nil
}

// chooseAgency leads to the form as another agency's is: its sites are others.
func chooseAgency(_ context.Context, c *call) (answer, error) {
	sent, err := c.form(userpage.Agency)
	if err != nil {
		return answer{}, err
	}
	if _, err := c.administers(); err != nil {
		return answer{}, err
	}
	return seeOther(strings.TrimSuffix(c.URL.EscapedPath(), "/agency") + "/" + url.PathEscape(noted(sent[userpage.Agency])))
}

// sentUser is what a form about somebody brought.
type sentUser struct {
	fields map[string]string
	picked []string
}

func (c *call) sentUser() (sent sentUser, err error) {
	sent.fields, sent.picked, err = c.formWith(userpage.Pick, userpage.Fields()...)
	return sent, err
}

// proposeUser proposes what a form brought. What is wrong with it is said beside the fields.
func (c *call) proposeUser(ctx context.Context, to, kind string, of api.User, sent sentUser) (answer, error) {
	f, err := c.userForm(ctx, to, of, chi.URLParam(c.Request, "agency"))
	if err != nil {
		return answer{}, err
	}
	version, faults := f.Read(sent.fields, sent.picked)
	if len(faults) > 0 {
		return refusedUser(f, faults)
	}
	out, err := c.proposed(ctx, api.ChangeRequest{Kind: kind, Target: of.ID, Version: version, Note: f.Note, User: &f.Typed})
	var invalid *lifecycle.InvalidError
	if errors.As(err, &invalid) {
		return refusedUser(f, userpage.Said(invalid.Fields))
	}
	return out, err
}

func refusedUser(f userpage.Form, faults frame.Faults) (answer, error) {
	f.Faults = faults
	return html(http.StatusUnprocessableEntity, userpage.RenderForm(f)), nil
}

func newUserForm(ctx context.Context, c *call) (answer, error) {
	return c.showUserForm(ctx, userpage.ToInvite, api.User{})
}

func inviteUserByForm(ctx context.Context, c *call) (answer, error) {
	sent, err := c.sentUser()
	if err != nil {
		return answer{}, err
	}
	if _, err := c.administers(); err != nil {
		return answer{}, err
	}
	return c.proposeUser(ctx, userpage.ToInvite, api.UserInvite, api.User{}, sent)
}

func changeUserForm(ctx context.Context, c *call) (answer, error) {
	of, err := c.mayDo(ctx, "change")
	if err != nil {
		return answer{}, err
	}
	return c.showUserForm(ctx, userpage.ToChange, of)
}

func changeUserByForm(ctx context.Context, c *call) (answer, error) {
	sent, err := c.sentUser()
	if err != nil {
		return answer{}, err
	}
	of, err := c.mayDo(ctx, "change")
	if err != nil {
		return answer{}, err
	}
	return c.proposeUser(ctx, userpage.ToChange, api.UserChange, of, sent)
}

func returnUserForm(ctx context.Context, c *call) (answer, error) {
	of, err := c.mayDo(ctx, "return")
	if err != nil {
		return answer{}, err
	}
	return c.showUserForm(ctx, userpage.ToReturn, of)
}

func returnUserByForm(ctx context.Context, c *call) (answer, error) {
	sent, err := c.sentUser()
	if err != nil {
		return answer{}, err
	}
	of, err := c.mayDo(ctx, "return")
	if err != nil {
		return answer{}, err
	}
	return c.proposeUser(ctx, userpage.ToReturn, api.UserReturn, of, sent)
}

func leaveForm(ctx context.Context, c *call) (answer, error) {
	of, err := c.mayDo(ctx, "leave")
	if err != nil {
		return answer{}, err
	}
	return html(http.StatusOK, userpage.RenderLeave(userpage.Leave{Frame: c.adminFrame("Somebody leaves", people.Path), User: of})), nil
}

func leaveByForm(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(userpage.Note)
	if err != nil {
		return answer{}, err
	}
	of, err := c.mayDo(ctx, "leave")
	if err != nil {
		return answer{}, err
	}
	note := strings.TrimSpace(sent[userpage.Note])
	out, err := c.proposed(ctx, api.ChangeRequest{Kind: api.UserLeave, Target: of.ID, Version: of.Version, Note: note})
	var invalid *lifecycle.InvalidError
	if errors.As(err, &invalid) {
		p := userpage.Leave{Frame: c.adminFrame("Somebody leaves", people.Path), User: of, Note: note}
		p.Faults = userpage.SaidOfLeave(invalid.Fields)
		return html(http.StatusUnprocessableEntity, userpage.RenderLeave(p)), nil
	}
	return out, err
}
