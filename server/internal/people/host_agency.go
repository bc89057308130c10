package people

import (
	"context"
	"strings"

	"mais/internal/pg"
	"mais/server/api"
	"mais/server/internal/audit"
)

// SetAgency says who vouches for an agency's people, to which domains a code may go, and how
// far passwords go there. The agency is the one of that name; none is ErrUnknown.
func (h *Host) SetAgency(ctx context.Context, a api.AgencyFields, by audit.Event) error {
	by.Act, by.Detail = "agency.change", map[string]string{"agency": a.Name, "domains": strings.Join(a.Domains, " "), "passwords": a.Passwords}
	err := h.write(ctx, by, func(tx *pg.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE access.agency SET sponsor_name = $2, sponsor_email = $3, domains = $4, passwords = $5, version = version + 1
			WHERE name = $1`, a.Name, a.SponsorName, a.SponsorEmail, pg.Array(a.Domains), a.Passwords)
		if err == nil && n == 0 {
			err = pg.ErrNoRows
		}
		return err
	})
	return wrap("describe agency "+a.Name, err)
}

// SetPasswords says how far passwords go for a role, and whether they need a second factor.
func (h *Host) SetPasswords(ctx context.Context, role, passwords string, totp bool, by audit.Event) error {
	by.Act, by.Detail = "role.change", map[string]string{"role": role, "passwords": passwords}
	err := h.write(ctx, by, func(tx *pg.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE access.role SET passwords = $2, totp = $3, version = version + 1 WHERE name = $1`, role, passwords, totp)
		if err == nil && n == 0 {
			err = ErrNoRole
		}
		return err
	})
	return wrap("say how far passwords go for "+role, err)
}
