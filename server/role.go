package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"mais/ca"
	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/server/internal/people"
)

// OpenRoles opens the roles of a service for a command, whether the service runs or not. That
// needs the right to change the schema: with an external database, the password of mais_migrate
// has to be at hand. The caller calls stop after the last use.
func OpenRoles(ctx context.Context, settings *config.Server, log *slog.Logger) (roles people.Roles, stop func() error, err error) {
	open := OpenDatabase
	if settings.Database == nil {
		open = attachDatabase
	}
	source, leave, err := open(ctx, settings, log)
	if err != nil {
		return people.Roles{}, nil, err
	}
	db, err := source.Open(ctx, pg.Migrator)
	if err != nil {
		return people.Roles{}, nil, errors.Join(fmt.Errorf("open the roles: %w", err), leave())
	}
	return people.NewRoles(db), func() error { return errors.Join(db.Close(), leave()) }, nil
}

func attachDatabase(ctx context.Context, settings *config.Server, log *slog.Logger) (pg.Source, func() error, error) {
	if err := settleSwap(settings.DataDir); err != nil {
		return pg.Source{}, nil, err
	}
	return pg.Attach(ctx, pg.ClusterOptions{Dir: DatabaseDir(settings), Log: log})
}

// Short is a user of a role and the best level of what they hold.
type Short struct {
	people.User
	Has certs.Level // 0: nothing that is live
}

// BelowLevel returns who has a role, and those of them who hold no live token of a level: once
// the role demands it they are refused, in open sessions too.
func (h *Host) BelowLevel(ctx context.Context, role string, level certs.Level) (holders int, short []Short, err error) {
	users, err := h.Register.Users(ctx)
	if err != nil {
		return 0, nil, err
	}
	users = slices.DeleteFunc(users, func(u people.User) bool { return !slices.Contains(u.Roles, role) })
	best, err := h.bestLevels(ctx, users)
	if err != nil {
		return 0, nil, err
	}
	for _, u := range users {
		if best[u.ID] < level {
			short = append(short, Short{u, best[u.ID]})
		}
	}
	return len(users), short, nil
}

// bestLevels returns the highest level of each user's live certificates, by the user's id.
func (h *Host) bestLevels(ctx context.Context, users []people.User) (map[string]certs.Level, error) {
	live := ca.Filter{Status: "live", Confined: true}
	for _, u := range users {
		who, err := certs.NewIdentity(certs.User, u.ID)
		if err != nil {
			return nil, err
		}
		live.Identities = append(live.Identities, who)
	}
	best := map[string]certs.Level{}
	err := h.CA.Each(ctx, live, func(batch []ca.Entry) error {
		for _, e := range batch {
			best[e.Identity.ID()] = max(best[e.Identity.ID()], e.Level)
		}
		return nil
	})
	return best, err
}
