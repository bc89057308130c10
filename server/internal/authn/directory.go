package authn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"mais/internal/pg"
	"mais/server/internal/authn/internal/creds"
)

// directory knows places, networks and users as of one access generation. Networks are read
// whole at each generation, users when they first appear in it. Its age is the local
// monotonic time since the start of the last good look at the generation's number.
type directory struct {
	store *creds.Store
	stale time.Duration
	start time.Time
	good  atomic.Int64 // when the last good look began, after start
	now   atomic.Pointer[snapshot]
	turn  chan struct{} // of one: who refreshes
}

// snapshot is the directory at one generation or, in parts, later: never earlier.
type snapshot struct {
	generation int64
	networks   networks
	places     map[string]place // by id
	passwords  bool             // somebody may come in with one
	users      sync.Map         // id → creds.User
}

func newDirectory(store *creds.Store, stale time.Duration) *directory {
	d := &directory{store: store, stale: stale, start: time.Now(), turn: make(chan struct{}, 1)}
	d.now.Store(&snapshot{})
	return d
}

// run refreshes the directory when the database says so, and otherwise often enough that
// two lost looks in a row are no outage.
func (d *directory) run(ctx context.Context, source pg.Source, log *slog.Logger) {
	wake := make(chan struct{}, 1)
	var listener sync.WaitGroup
	defer listener.Wait()
	listener.Go(func() {
		err := pg.Listen(ctx, source, pg.Creds, "mais_access", func() {
			select {
			case wake <- struct{}{}:
			default:
			}
		})
		if err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "changes of access are no longer announced; polling goes on", "error", err)
		}
	})
	tick := time.NewTicker(d.stale / 3)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-wake:
		}
		err := d.refresh(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			log.ErrorContext(ctx, "users and networks can't be read; nobody is admitted once they are stale", "error", err)
		}
		failing = err != nil
	}
}

// refresh looks at the generation and reads the networks anew when it has changed.
func (d *directory) refresh(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, dbPatience)
	defer cancel()
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return fmt.Errorf("refresh users and networks: %w", ctx.Err())
	}
	began := time.Since(d.start)
	n, err := d.store.Generation(ctx)
	if err != nil {
		return err
	}
	if n != d.now.Load().generation {
		fresh, err := d.read(ctx, n)
		if err != nil {
			return err
		}
		d.now.Store(fresh)
	}
	d.good.Store(int64(began))
	return nil
}

func (d *directory) read(ctx context.Context, generation int64) (*snapshot, error) {
	sites, err := d.store.Sites(ctx)
	if err != nil {
		return nil, err
	}
	passwords, err := d.store.PasswordsAnywhere(ctx)
	if err != nil {
		return nil, err
	}
	fresh := &snapshot{passwords: passwords, generation: generation, places: make(map[string]place, len(sites))}
	for _, site := range sites {
		fresh.places[site.ID] = place{ID: site.ID, Name: site.Name, Agency: site.Agency, AgencyID: site.AgencyID}
		for _, text := range site.Prefixes {
			prefix, err := ParseNetwork(text)
			if err != nil { // the database refuses such a row as well
				return nil, fmt.Errorf("site %s, network %.50q: %w", site.ID, text, err)
			}
			fresh.networks.add(prefix, site.ID)
		}
	}
	return fresh, nil
}

// fresh returns an error when the directory is too old to decide on.
func (d *directory) fresh() error {
	age := time.Since(d.start) - time.Duration(d.good.Load())
	if age > d.stale {
		return fmt.Errorf("users and networks were last read %v ago, the limit is %v", age.Round(time.Millisecond), d.stale)
	}
	return nil
}

// catchUp returns once the directory is at generation n or later.
func (d *directory) catchUp(ctx context.Context, n int64) error {
	if d.now.Load().generation >= n {
		return nil
	}
	if err := d.refresh(ctx); err != nil {
		return err
	}
	if at := d.now.Load().generation; at < n {
		return fmt.Errorf("access generation %d is asked for, the database is at %d", n, at)
	}
	return nil
}

// user returns a user as of the snapshot's generation or later.
func (d *directory) user(ctx context.Context, at *snapshot, id string) (creds.User, error) {
	if u, ok := at.users.Load(id); ok {
		return u.(creds.User), nil
	}
	ctx, cancel := context.WithTimeout(ctx, dbPatience)
	defer cancel()
	u, err := d.store.User(ctx, id)
	if err == nil {
		at.users.Store(id, u) // bounded: only holders of a certificate we issued are looked up
	}
	return u, err
}

// errGone says that a certificate's holder is no longer one of ours.
var errGone = errors.New("the holder is not, or no longer, a user or site of ours")

// Recognises reports whether any site's network holds the address. It answers from memory
// and may be as stale as Fresh says; the gate asks it before a handshake.
func (s *Service) Recognises(a netip.Addr) bool { return s.directory.now.Load().networks.recognises(a) }
