package manage

import (
	"context"
	"net/netip"

	"mais/server/api"
)

// foresee says what a change does to people; kinds without an entry do nothing to anybody. Each is given the
// change as it was asked for, with the fields of before and after filled in.
var foresee = map[string]func(*Service, context.Context, proposed) (api.Effect, error){
	api.NetworkAdd:    (*Service).foreseeNetwork,
	api.NetworkRemove: (*Service).foreseeNetwork,
	api.SiteClose:     (*Service).foreseeSite,
	api.AgencyAdd:     (*Service).foreseeNewAgency,
	api.AgencyChange:  (*Service).foreseeAgency,
	api.UserInvite:    (*Service).foreseeUser,
	api.UserChange:    (*Service).foreseeUser,
	api.UserLeave:     (*Service).foreseeUser,
	api.UserReturn:    (*Service).foreseeUser,
	api.UsersInvite:   (*Service).foreseeUsers,
	api.RoleAdd:       (*Service).foreseeRole,
	api.RoleChange:    (*Service).foreseeRole,
	api.RoleDelete:    (*Service).foreseeRole,
}

// proposed is a change as what foresees it needs it.
type proposed struct {
	ID            string // of the change; "" before it is stored
	Kind, Target  string
	Before, After api.ChangeRequest // the one field that fits Kind
	By            string            // who makes it: a UUID, "" at the host
	From          netip.Addr        // from where; zero: not known
}
