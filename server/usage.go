package server

import (
	"context"

	"mais/server/internal/usage"
)

// openUsage opens what says how the service is used.
func (s *Server) openUsage(context.Context) error {
	s.usage = usage.New(s.register, s.log)
	s.start("the count of how the service is used", s.usage.Run)
	return nil
}
