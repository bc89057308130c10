package authz

import (
	"context"
	"fmt"
	"sync"
	"time"

	"mais/server/api"
	"mais/server/internal/authn"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
	"mais/server/internal/record/synthetic"
)

// AsRole is an invented person's record as somebody sees it who has one role.
type AsRole struct {
	Record api.Record
	Access Access // of that role
}

// AsRole returns an invented record cut as a holder of the role would see it; with emergency,
// while emergency access is on. The cut is the one that real records go through, under the
// permissions in force; nothing is read of anybody. It is no event of its own, and whom it is
// shown to is for the caller to know. The error is ErrUnavailable.
func (s *Service) AsRole(ctx context.Context, p authn.Principal, role string, emergency bool) (AsRole, error) {
	table, err := s.permissions.At(ctx, p.Generation())
	if err != nil {
		return AsRole{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	d := table.Grants.Decide([]string{role}, policy.Read)
	if emergency {
		d = table.Grants.DecideEmergency([]string{role})
	}
	seen := AsRole{Access: Access{Items: make(map[string]ItemAccess)}}
	seen.Access.add(role, table.Grants)
	seen.Record = wireRecord(record.View(record.NewPersonID(), nobody().Sections, d.Allows))
	return seen, nil
}

// nobody is the invented person of whom the most is recorded, among enough to have something of
// everything.
var nobody = sync.OnceValue(func() (fullest record.Person) {
	const among, seed = 62, 1
	most := 0
	for person := range synthetic.People(among, seed, record.DayOf(time.Now())) {
		if n := recorded(person); n > most {
			fullest, most = person, n
		}
	}
	return fullest
})

func recorded(p record.Person) (n int) {
	for _, rows := range p.Sections {
		for _, row := range rows {
			for _, entry := range row {
				if entry.State == record.Recorded {
					n++
				}
			}
		}
	}
	return n
}
