package server

import (
	"context"

	"mais/server/internal/oversight"
)

// openOversight opens what governance officers ask of the audit, and the watch for unusual use.
func (s *Server) openOversight(context.Context) error {
	s.oversight = oversight.New(oversight.Options{
		Log: s.ledger, Recheck: s.authn, Register: s.register, Alerts: s.settings.Alerts, Post: s.mail, Logger: s.log,
	})
	s.start("the watch of the audit", s.oversight.Run)
	s.start("the count of the audit's days", s.oversight.RunDays)
	return nil
}
