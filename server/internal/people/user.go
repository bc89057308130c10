package people

import (
	"context"
	"fmt"
	"strings"

	"mais/internal/pg"
	"mais/server/api"
)

// Wanted chooses and orders users. Its zero value chooses all, by name.
type Wanted struct {
	api.UserFilter
	Within string // the UUID of the one agency that is looked into; "": all of them
}

// stageSQL says how far a user u, with their registration r, has come. Whoever was never sent a code
// counts as invited: the code is on its way.
const stageSQL = `CASE
	WHEN u.left_at <= now() THEN '` + api.StageLeft + `'
	WHEN u.ends_on < (now() AT TIME ZONE 'UTC')::date THEN '` + api.StageEnded + `'
	WHEN u.starts_on > (now() AT TIME ZONE 'UTC')::date THEN '` + api.StageDue + `'
	WHEN r.first_seen_at IS NOT NULL THEN '` + api.StageActive + `'
	WHEN r.registered_at IS NOT NULL THEN '` + api.StageRegistered + `'
	WHEN r.bounced_at IS NOT NULL THEN '` + api.StageBounced + `'
	WHEN r.expires_at <= now() THEN '` + api.StageLapsed + `'
	ELSE '` + api.StageInvited + `' END`

// The stages that a filter knows beside those of api.User.
const (
	Present  = "present" // who has not left
	Everyone = "all"
)

// orders are how users can be sorted. Each ends with the id, so that pages neither repeat nor omit anybody.
var orders = map[string]string{
	"name": "lower(u.name), u.id", "-name": "lower(u.name) DESC, u.id DESC",
	"email": "u.email", "-email": "u.email DESC",
	"agency": "a.name, lower(u.name), u.id", "-agency": "a.name DESC, lower(u.name), u.id",
	"seen": "r.last_seen_at NULLS FIRST, u.id", "-seen": "r.last_seen_at DESC NULLS LAST, u.id",
	"invited": "r.sent_at NULLS FIRST, u.id", "-invited": "r.sent_at DESC NULLS LAST, u.id",
}

// KnowsOrder reports whether users can be sorted so.
func KnowsOrder(order string) bool { return orders[order] != "" }

// chosenSQL joins what a filter looks at; its conditions follow.
const chosenSQL = ` FROM access.user_account u JOIN access.agency a ON a.id = u.agency LEFT JOIN access.registration r ON r.user_id = u.id WHERE true`

// conditions are those of w. What is asked of the caller is an argument, never text.
func (w Wanted) conditions() (sql string, args []any) {
	var b strings.Builder
	and := func(condition string, arg any) {
		args = append(args, arg)
		fmt.Fprintf(&b, " AND "+condition, len(args))
	}
	if w.Within != "" {
		and(`u.agency = $%d`, w.Within)
	}
	if w.Agency != "" {
		and(`u.agency = $%d`, w.Agency)
	}
	if words := strings.ToLower(strings.TrimSpace(w.Query)); words != "" {
		and(`(lower(u.name) LIKE $%[1]d OR u.email LIKE $%[1]d)`, "%"+escapeLike.Replace(words)+"%")
	}
	if w.Site != "" {
		and(`EXISTS (SELECT FROM access.user_site s WHERE s.user_id = u.id AND s.site = $%d)`, w.Site)
	}
	switch w.Role {
	case "":
	case api.NoRole:
		b.WriteString(` AND NOT EXISTS (SELECT FROM access.user_role o WHERE o.user_id = u.id)`)
	default:
		and(`EXISTS (SELECT FROM access.user_role o WHERE o.user_id = u.id AND o.role = $%d)`, w.Role)
	}
	switch w.Stage {
	case Everyone:
	case "", Present:
		b.WriteString(` AND (u.left_at IS NULL OR u.left_at > now())`)
	default:
		and(stageSQL+` = $%d`, w.Stage)
	}
	return b.String(), args
}

var escapeLike = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// userSQL reads what an administrator is shown of a user; what stands in lists is read for those of
// the page alone. Until when a code is good is told only of one that could be used.
const userSQL = `SELECT u.id, u.email, u.name, u.agency, a.name, u.version, ` + stageSQL + `,
	coalesce(u.starts_on::text, ''), coalesce(u.ends_on::text, ''), coalesce(u.vetting, ''), coalesce(u.vetted_on::text, ''), coalesce(u.vouched_by, ''),
	r.sent_at, r.reminded_at, r.bounced_at, coalesce(r.bounce, ''),
	CASE WHEN coalesce(u.left_at > now(), true) AND access.code_unused(r.code) THEN r.expires_at END, r.registered_at, r.first_seen_at, r.last_seen_at, u.accepted_at, u.left_at,
	CASE WHEN u.left_at <= now() THEN access.put_out_again(u.id, u.left_at) ELSE false END,
	ARRAY(SELECT s.id::text FROM access.user_site w JOIN access.site s ON s.id = w.site WHERE w.user_id = u.id ORDER BY s.name, s.id),
	ARRAY(SELECT s.name FROM access.user_site w JOIN access.site s ON s.id = w.site WHERE w.user_id = u.id ORDER BY s.name, s.id),
	ARRAY(SELECT o.role FROM access.user_role o WHERE o.user_id = u.id ORDER BY o.role),
	EXISTS (SELECT FROM access.password p WHERE p.user_id = u.id), (SELECT count(*) FROM access.session n WHERE n.user_id = u.id AND n.ended_at IS NULL)`

func scanUser(rows *pg.Rows) (u api.User, err error) { return u, rows.Scan(userFields(&u)...) }

func userFields(u *api.User) []any {
	return []any{
		&u.ID, &u.Email, &u.Name, &u.Agency, &u.AgencyName, &u.Version, &u.Stage,
		&u.Starts, &u.Ends, &u.Vetting, &u.VettedOn, &u.VouchedBy,
		&u.InvitedAt, &u.RemindedAt, &u.BouncedAt, &u.Bounce, &u.CodeEnds, &u.Registered, &u.FirstSeen, &u.LastSeen, &u.AcceptedAt, &u.LeftAt, &u.PutOut,
		pg.Array(&u.Sites), pg.Array(&u.SiteNames), pg.Array(&u.Roles), &u.Password, &u.Sessions,
	}
}

// UsersPage returns a page of the users that w chooses, and how many it chooses in all. The order is one
// that KnowsOrder knows.
func (r *Register) UsersPage(ctx context.Context, w Wanted, limit, offset int) (page []api.User, total int, err error) {
	where, args := w.conditions()
	if err := r.db.QueryRow(ctx, `SELECT count(*)`+chosenSQL+where, args...).Scan(&total); err != nil || total <= offset {
		return nil, total, wrap("count users", err)
	}
	by := orders[w.Sort]
	if by == "" {
		by = orders["name"]
	}
	ids := `SELECT u.id` + chosenSQL + where + fmt.Sprintf(` ORDER BY %s LIMIT $%d OFFSET $%d`, by, len(args)+1, len(args)+2)
	rows, err := r.db.Query(ctx, userSQL+` FROM (`+ids+`) AS page JOIN access.user_account u ON u.id = page.id
		JOIN access.agency a ON a.id = u.agency LEFT JOIN access.registration r ON r.user_id = u.id ORDER BY `+by, append(args, limit, offset)...)
	page, err = pg.Collect(rows, err, scanUser)
	return page, total, wrap("read users", err)
}

// UserOf returns one user, one who has left too, or ErrUnknown.
func (r *Register) UserOf(ctx context.Context, id string) (u api.User, err error) {
	err = r.db.QueryRow(ctx, userSQL+` FROM access.user_account u JOIN access.agency a ON a.id = u.agency
		LEFT JOIN access.registration r ON r.user_id = u.id WHERE u.id = $1`, id).Scan(userFields(&u)...)
	return u, wrap("read user "+id, err)
}
