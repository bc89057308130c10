package server

import (
	"context"
	"fmt"
	"os"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/config"
	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/jobs"
	"mais/server/internal/people"
	"mais/server/internal/web"
)

func (s *Server) openListeners(context.Context) (err error) {
	if s.listeners, err = listen(s.settings.Listen); err != nil {
		return err
	}
	s.onClose(func() error { s.listeners.close(); return nil })
	return nil
}

func (s *Server) openDatabase(ctx context.Context) error {
	source, stop, err := openMigrated(ctx, s.settings, s.log)
	if err != nil {
		return err
	}
	s.source = source
	s.onClose(stop)
	return nil
}

func (s *Server) openLedger(ctx context.Context) error {
	db, err := s.source.Open(ctx, pg.Audit)
	if err != nil {
		return fmt.Errorf("open the audit log: %w", err)
	}
	s.onClose(db.Close)
	s.health = db
	node, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("open the audit log: %w", err)
	}
	s.ledger = audit.New(db, audit.Options{Node: node, Logger: s.log})
	s.start("the audit log", s.ledger.Run)
	s.start("the count of dropped connections", func(ctx context.Context) error { return s.tally.Run(ctx, s.ledger) })
	return nil
}

func (s *Server) openAuthority(ctx context.Context) error {
	unlock, err := config.ReadSecret(s.settings.UnlockPath())
	if err != nil {
		return fmt.Errorf("read what unlocks the CA: %w", err)
	}
	db, err := s.source.Open(ctx, pg.CA)
	if err != nil {
		return fmt.Errorf("open the CA: %w", err)
	}
	s.onClose(db.Close)
	c := s.settings.CA
	s.authority, err = ca.Open(ctx, ca.Options{
		DB: db, Source: s.source, Dir: KeyDir(s.settings), Unlock: unlock, PlainURL: s.plainURL(),
		Record: web.RecordAct, Grace: c.Grace.Std(), StaleAfter: c.StatusStale.Std(), Log: s.log,
		Validity: map[certs.Profile]time.Duration{
			certs.PersonSoftware: c.PersonValidity.Std(), certs.SiteToken: c.SiteValidity.Std(), certs.ServerNode: c.ServerValidity.Std(),
		},
	})
	if err != nil {
		return err
	}
	s.start("the feed of revocations", s.authority.Feed().Run)
	s.start("the retirement of renewed certificates", func(ctx context.Context) error { return jobs.Supersede(ctx, s.authority, s.log) })
	return nil
}

func (s *Server) openAccess(ctx context.Context) (err error) {
	limits := s.settings.Limits
	s.authn, err = authn.New(ctx, authn.Options{
		Source: s.source, Authority: s.authority, Feed: s.authority.Feed(), Ledger: s.ledger, Logger: s.log,
		Stale: s.settings.CA.StatusStale.Std(), SessionIdle: limits.SessionIdle.Std(), SessionTotal: limits.SessionTotal.Std(),
	})
	if err != nil {
		return fmt.Errorf("open authentication: %w", err)
	}
	s.onClose(s.authn.Close)
	s.start("authentication", s.authn.Run)
	s.authz, err = authz.New(ctx, authz.Options{Source: s.source, Ledger: s.ledger, Recheck: s.authn})
	if err != nil {
		return fmt.Errorf("open authorisation: %w", err)
	}
	s.onClose(s.authz.Close)
	if s.register, err = people.Open(ctx, s.source); err != nil {
		return fmt.Errorf("open the register: %w", err)
	}
	s.onClose(s.register.Close)
	return nil
}

func (s *Server) openNode(ctx context.Context) (err error) {
	for _, w := range s.authority.Check() {
		s.log.WarnContext(ctx, w.What, "next", w.Do)
	}
	dns, addresses := s.settings.Hosts()
	s.node, err = jobs.OpenNode(ctx, jobs.NodeOptions{
		Dir: s.settings.DataDir, Issuer: s.authority, DNS: dns, Addresses: addresses, Logger: s.log,
	})
	if err != nil {
		return err
	}
	s.start("the renewal of the server's certificate", s.node.Run)
	if err := s.authority.Respond(ctx, s.node.Identity()); err != nil {
		s.log.WarnContext(ctx, "OCSP is not answered yet", "error", err)
	}
	s.start("the server's OCSP response", s.node.Staple)
	return nil
}
