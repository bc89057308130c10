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
	db, leave, err := openOwner(ctx, settings, log)
	if err != nil {
		return people.Roles{}, nil, fmt.Errorf("open the roles: %w", err)
	}
	return people.NewRoles(db), func() error { return errors.Join(db.Close(), leave()) }, nil
}

// openOwner opens the database logged in as pg.Migrator, beside a service that may be running.
// The caller closes db and then calls leave.
func openOwner(ctx context.Context, settings *config.Server, log *slog.Logger) (db *pg.DB, leave func() error, err error) {
	open := OpenDatabase
	if settings.Database == nil {
		open = attachDatabase
	}
	source, leave, err := open(ctx, settings, log)
	if err != nil {
		return nil, nil, err
	}
	if db, err = source.Open(ctx, pg.Migrator); err != nil {
		return nil, nil, errors.Join(err, leave())
	}
	return db, leave, nil
}

// owner is what the host writes the register with. The source of a service has given up that
// right, so the database is opened anew, as a command beside it would.
func (s *Server) owner(ctx context.Context) (*pg.DB, func() error, error) {
	db, err := s.source.Open(ctx, pg.Migrator)
	if errors.Is(err, pg.ErrNoMigrator) {
		return openOwner(ctx, s.settings, s.log)
	}
	return db, func() error { return nil }, err
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
	var ids []string
	for _, u := range users {
		ids = append(ids, u.ID)
	}
	return keys{h.CA}.BestLevels(ctx, ids)
}

// keys says how well the keys are kept that users hold.
type keys struct{ ca *ca.CA }

func (k keys) BestLevels(ctx context.Context, users []string) (map[string]certs.Level, error) {
	live := ca.Filter{Status: "live", Confined: true}
	for _, id := range users {
		who, err := certs.NewIdentity(certs.User, id)
		if err != nil {
			return nil, err
		}
		live.Identities = append(live.Identities, who)
	}
	best := map[string]certs.Level{}
	err := k.ca.Each(ctx, live, func(batch []ca.Entry) error {
		for _, e := range batch {
			best[e.Identity.ID()] = max(best[e.Identity.ID()], e.Level)
		}
		return nil
	})
	return best, err
}
