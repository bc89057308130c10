package web

import (
	"context"
	"net/http"
	"strings"

	"mais/server/api/form"
	"mais/server/internal/authz"
	pageaccess "mais/server/internal/web/page/access" // access is a type of routes.go
)

// accessPage shows what the caller's roles allow, and why.
func accessPage(ctx context.Context, c *call) (answer, error) {
	may, err := c.site.opts.Permissions.Access(ctx, c.who)
	if err != nil {
		return answer{}, err
	}
	p := pageaccess.Page{
		Frame: c.site.frameFor(c, "My access", "/access"), Address: c.who.Address().String(),
		Idle: c.site.opts.SessionIdle, Sections: sectionsOf(may), Limited: len(c.who.Limited()) > 0,
	}
	for _, r := range may.Roles {
		p.Roles = append(p.Roles, pageaccess.Role{Label: form.RoleLabel(r.Name), Description: r.Description})
	}
	return html(http.StatusOK, pageaccess.Render(p)), nil
}

// sectionsOf says of each item of the form by which roles it is seen.
func sectionsOf(may authz.Access) (sections []pageaccess.Section) {
	for _, s := range form.Sections() {
		section := pageaccess.Section{Label: s.Label}
		for _, i := range s.Items {
			by := may.Items[s.Name+"."+i.Name]
			section.Items = append(section.Items, pageaccess.Item{Label: i.Label, Read: roleLabels(by.Read), Emergency: roleLabels(by.Emergency), Token: roleLabels(by.Token)})
		}
		sections = append(sections, section)
	}
	return sections
}

func roleLabels(roles []string) string {
	var labels []string
	for _, name := range roles {
		labels = append(labels, form.RoleLabel(name))
	}
	return strings.Join(labels, ", ")
}
