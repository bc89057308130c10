package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin/role"
	"mais/server/internal/web/page/admin/roles"
	"mais/server/internal/web/page/admin/roleview"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/record/view"
)

// roleFields are the fields of a request for a role, with those of the form and how what is
// wrong with them is begun. The form's first is the one that every role has.
var roleFields = [][3]string{
	{"role.description", role.Description, "What it is for"}, {"role.name", role.Name, "The name"}, {"role.level", role.Level, "The token"},
	{"role.passwords", role.Passwords, "The password"}, {"role.permissions", role.May, "What it permits"}, {"note", role.Note, "Why"},
}

func rolesPage(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Roles.Roles(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	c.event.Rows = len(found.Roles)
	return html(http.StatusOK, roles.Render(roles.Page{Frame: c.adminFrame("Roles", roles.Path), Roles: found.Roles, All: c.administersAll()})), nil
}

func rolePage(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Roles.Role(ctx, c.who, c.role())
	if err != nil {
		return answer{}, err
	}
	return c.roleForm(ctx, http.StatusOK, found, role.TypedOf(found), nil)
}

// newRoleForm asks what a new role is to permit.
func newRoleForm(ctx context.Context, c *call) (answer, error) {
	if !c.administersAll() {
		return answer{}, lifecycle.ErrNotAllowed
	}
	return c.roleForm(ctx, http.StatusOK, api.Role{}, role.Blank(), nil)
}

func (c *call) roleForm(ctx context.Context, status int, of api.Role, typed role.Typed, faults frame.Faults) (answer, error) {
	items, err := c.site.opts.Roles.Items(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	title := "Add a role"
	if of.Version != 0 {
		title = form.RoleLabel(of.Name)
	}
	p := role.Page{Frame: c.adminFrame(title, roles.Path), Role: of, Typed: typed, Items: items, All: c.administersAll()}
	p.Faults = faults
	return html(status, role.Render(p)), nil
}

func addRole(ctx context.Context, c *call) (answer, error) {
	return c.proposedRole(ctx, api.RoleAdd, "")
}

func changeRole(ctx context.Context, c *call) (answer, error) {
	return c.proposedRole(ctx, api.RoleChange, c.role())
}

// proposedRole proposes what the form makes of the role of this name, or of a new one.
func (c *call) proposedRole(ctx context.Context, kind, name string) (answer, error) {
	sent, may, err := c.formWith(role.May, role.Fields()...)
	if err != nil {
		return answer{}, err
	}
	items, err := c.site.opts.Roles.Items(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	var of api.Role
	if kind == api.RoleChange {
		if of, err = c.site.opts.Roles.Role(ctx, c.who, name); err != nil {
			return answer{}, err
		}
		sent[role.Name] = of.Name
	}
	typed := role.Read(sent, may, items)
	out, err := c.proposed(ctx, api.ChangeRequest{Kind: kind, Target: of.Name, Version: typed.Version, Note: typed.Note, Role: typed.Asked(items)})
	if faults, ok := saidOf(err, roleFields); ok {
		return c.roleForm(ctx, http.StatusUnprocessableEntity, of, typed, faults)
	}
	return out, err
}

func deleteRole(ctx context.Context, c *call) (answer, error) {
	name := c.role()
	sent, err := c.form(role.Version)
	if err != nil {
		return answer{}, err
	}
	version, err := strconv.ParseInt(sent[role.Version], 10, 64)
	if err != nil {
		return answer{}, fault(role.Version, "is not a number")
	}
	out, err := c.proposed(ctx, api.ChangeRequest{Kind: api.RoleDelete, Target: name, Version: version})
	if faults, ok := saidOf(err, [][3]string{{"target", role.Description, "The role"}}); ok {
		found, err := c.site.opts.Roles.Role(ctx, c.who, name)
		if err != nil {
			return answer{}, err
		}
		return c.roleForm(ctx, http.StatusUnprocessableEntity, found, role.TypedOf(found), faults)
	}
	return out, err
}

// roleViewPage shows an invented record as a holder of the role would see it.
func roleViewPage(ctx context.Context, c *call) (answer, error) {
	found, err := c.site.opts.Roles.Role(ctx, c.who, c.role())
	if err != nil {
		return answer{}, err
	}
	var text string
	if err := c.query(parameters{"emergency": &text}); err != nil {
		return answer{}, err
	}
	emergency := text == "yes"
	seen, err := c.site.opts.Permissions.AsRole(ctx, c.who, found.Name, emergency)
	if err != nil {
		return answer{}, err
	}
	p := roleview.Page{
		Frame: c.adminFrame("As "+form.RoleLabel(found.Name), roles.Path), Role: found, Emergency: emergency,
		Record: view.Of(seen.Record, view.Reader{Now: time.Now().In(frame.London), Emergency: emergencyOnly(seen.Access)}),
	}
	return html(http.StatusOK, roleview.Render(p)), nil
}
