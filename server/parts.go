package server

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"mais/ca"
	"mais/certs"
	"mais/certs/attest"
	"mais/config"
	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/demo"
	"mais/server/internal/jobs"
	"mais/server/internal/lifecycle"
	"mais/server/internal/mail"
	"mais/server/internal/people"
	"mais/server/internal/web"
	"mais/server/internal/withdrawal"
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
	return s.recordRestore(ctx)
}

func (s *Server) openAuthority(ctx context.Context) error {
	unlock, err := config.ReadSecret(s.settings.UnlockPath())
	if err != nil {
		return fmt.Errorf("read what unlocks the CA: %w", err)
	}
	node, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("open the CA: %w", err)
	}
	if s.listeners.plain == nil {
		node += ca.CommandMark
	}
	db, err := s.source.Open(ctx, pg.CA)
	if err != nil {
		return fmt.Errorf("open the CA: %w", err)
	}
	s.onClose(db.Close)
	makers, err := attestation(s.settings.Attestation)
	if err != nil {
		return fmt.Errorf("open the CA: %w", err)
	}
	if attest.TestCards {
		s.log.WarnContext(ctx, "this program was built for tests and may believe cards that anybody can make: no officer may be served by it")
	}
	c := s.settings.CA
	s.authority, err = ca.Open(ctx, ca.Options{
		DB: db, Source: s.source, Dir: KeyDir(s.settings), Unlock: unlock, PlainURL: s.plainURL(),
		Record: web.RecordAct, PlanEnded: lifecycle.RecordEnd, Grace: c.Grace.Std(), StaleAfter: c.StatusStale.Std(), Log: s.log, Node: node,
		Journal: c.JournalDir, JournalCopy: c.JournalCopy,
		Validity: c.Profile.Validities(), Keys: c.Profile.Keys(),
		Attestation: makers, Withdrawn: withdrawal.Again{},
	})
	if err != nil {
		return err
	}
	s.onClose(s.authority.Close)
	s.measureStatus(s.authority.Feed())
	s.start("the feed of revocations", s.authority.Feed().Run)
	s.start("the root's revocation list", s.authority.FollowRoot)
	s.start("the retirement of renewed certificates", func(ctx context.Context) error { return jobs.Supersede(ctx, s.authority, s.log) })
	return nil
}

func (s *Server) openAccess(ctx context.Context) (err error) {
	limits := s.settings.Limits
	passwords, err := s.passwordOptions()
	if err != nil {
		return err
	}
	s.authn, err = authn.New(ctx, authn.Options{
		Source: s.source, Authority: s.authority, Feed: s.authority.Feed(), Ledger: s.ledger, Logger: s.log,
		Stale: s.settings.CA.StatusStale.Std(), SessionIdle: limits.SessionIdle.Std(), SessionTotal: limits.SessionTotal.Std(), Passwords: passwords,
		Journal: s.authority,
	})
	if err != nil {
		return fmt.Errorf("open authentication: %w", err)
	}
	s.onClose(s.authn.Close)
	s.measurePasswords()
	s.start("authentication", s.authn.Run)
	s.authz, err = authz.New(ctx, authz.Options{Source: s.source, Ledger: s.ledger, Recheck: s.authn})
	if err != nil {
		return fmt.Errorf("open authorisation: %w", err)
	}
	s.onClose(s.authz.Close)
	if s.register, err = people.Open(ctx, s.source, s.authority); err != nil {
		return fmt.Errorf("open the register: %w", err)
	}
	s.onClose(s.register.Close)
	s.start("the journal of access", s.settleWithdrawals)
	s.host = people.NewHost(s.register, s.owner)
	s.onClose(s.host.Close)
	return nil
}

// openMail opens the mail, if the settings have one.
func (s *Server) openMail(ctx context.Context) (err error) {
	if s.settings.Mail == nil {
		f := s.mail.Finding(ctx)
		s.log.WarnContext(ctx, f.Says, "check", f.What, "next", f.Do)
		return nil
	}
	options := MailOptions(s.settings, s.log)
	options.Source = s.source
	if s.mail, err = mail.Open(ctx, options); err != nil {
		return err
	}
	s.onClose(s.mail.Close)
	s.metrics.MustRegister(s.mail)
	s.start("mail", s.mail.Run)
	return nil
}

// MailOptions are those of mail for these settings, which have one, but for the database.
func MailOptions(settings *config.Server, log *slog.Logger) mail.Options {
	return mail.Options{
		Settings: settings.Mail, Deployment: settings.Deployment, Contact: settings.Contact, Host: settings.Names[0], Log: log,
		RemindAfter: settings.Invitations.RemindAfter.Std(),
	}
}

// mailer is who sends invitations; nil: nobody does.
func (s *Server) mailer() lifecycle.Mailer {
	if s.mail == nil {
		return nil
	}
	return s.mail
}

// lostMailer is who sends the codes that report a loss; nil: nobody does.
func (s *Server) lostMailer() lifecycle.LostMailer {
	if s.mail == nil {
		return nil
	}
	return s.mail
}

// openLifecycle opens what administrators and holders do with certificates.
func (s *Server) openLifecycle(ctx context.Context) error {
	reports, err := lifecycle.OpenReports(ctx, s.source)
	if err != nil {
		return err
	}
	s.onClose(reports.Close)
	s.lifecycle = lifecycle.New(lifecycle.Options{
		CA: s.authority, Register: s.register, Ledger: s.ledger, Mailer: s.mailer(), Command: s.enrolCommand, Log: s.log,
		Page: s.passwordPage, CodeValidity: s.settings.Invitations.ValidFor.Std(),
		Findings: s.findings(), ReceiptsFor: s.settings.CA.ReceiptsFor.Std(), LostMailer: s.lostMailer(), Reports: reports, Passwords: s.authn,
	})
	s.start("the plans for certificates", s.lifecycle.Run)
	s.start("the codes for lost cards", s.lifecycle.RunLost)
	return nil
}

// enrolCommand is what a user who was invited runs; card: with a smart card.
func (s *Server) enrolCommand(email string, card bool) string {
	command := "enrol"
	if card {
		command = "piv enrol"
	}
	return fmt.Sprintf("tokenctl %s --email %s --server %s --root-fingerprint %s",
		command, demo.Quote(email), s.listeners.urls(s.settings).Public, certs.FingerprintOf(s.authority.Root().Raw))
}

// passwordPage is where a user who was invited registers a password. It is whole: a browser that is
// given a host and a port alone asks without TLS, and gets nothing.
func (s *Server) passwordPage() string {
	return s.listeners.urls(s.settings).Public + "/register"
}

func (s *Server) openNode(ctx context.Context) (err error) {
	for _, f := range s.authority.Check(ctx) {
		if f.State != ca.OK {
			s.log.WarnContext(ctx, f.Says, "check", f.What, "state", string(f.State), "next", f.Do)
		}
	}
	dns, addresses := s.settings.Hosts()
	s.node, err = jobs.OpenNode(ctx, jobs.NodeOptions{
		Dir: s.settings.DataDir, Issuer: s.authority, DNS: dns, Addresses: addresses, Logger: s.log,
	})
	if err != nil {
		return err
	}
	s.metrics.MustRegister(jobs.NewCertificates(s.authority, s.node.Ends, s.log))
	s.start("the renewal of the server's certificate", s.node.Run)
	if err := s.authority.Respond(ctx, s.node.Identity()); err != nil {
		s.log.WarnContext(ctx, "OCSP is not answered yet", "error", err)
	}
	s.start("the server's OCSP response", s.node.Staple)
	if err := s.node.AnnounceKeys(ctx); err != nil { // now, so that the first to enrol learns the pins
		s.log.WarnContext(ctx, "the pins of the server's keys are not announced yet", "error", err)
	}
	s.start("the announcements of the server's keys", s.node.Announce)
	return nil
}
