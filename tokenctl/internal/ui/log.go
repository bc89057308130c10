package ui

import "log/slog"

// Log returns a log on standard error for commands that go on for long: key=value, or with
// --json a document a line. Both escape what a terminal would obey.
func (s *Screen) Log() *slog.Logger {
	if s.json {
		return slog.New(slog.NewJSONHandler(s.err, nil))
	}
	return slog.New(slog.NewTextHandler(s.err, nil))
}
