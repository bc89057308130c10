package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"mais/ca"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/jobs"
	"mais/server/internal/lifecycle"
	"mais/server/internal/mail"
)

// Check is what the pages and tokenctl admin ca check show, for a command at the host, whether
// the service runs or not. That it reads the audit is an event there, of by.
func (h *Host) Check(ctx context.Context, by audit.Event) (api.Check, error) {
	s := h.server
	if s.mail == nil && s.settings.Mail != nil {
		options := MailOptions(s.settings, s.log)
		options.Source = s.source
		service, err := mail.Open(ctx, options) // it sends nothing
		if err != nil {
			return api.Check{}, err
		}
		s.mail = service
		s.onClose(service.Close)
	}
	return lifecycle.New(lifecycle.Options{
		CA: s.authority, Register: s.register, Ledger: s.ledger, Log: s.log, Findings: s.findings(),
	}).CheckAtHost(ctx, by), nil
}

// findings are what a check says beside package ca.
func (s *Server) findings() []func(context.Context) api.CheckItem {
	return []func(context.Context) api.CheckItem{s.mail.Finding, s.checkBackup, s.checkPins, s.checkAdministrators, s.checkUnwritten, s.checkRestored}
}

// backupLate is how long after its time a backup is missed.
const backupLate = 2 * 24 * time.Hour

func (s *Server) checkBackup(context.Context) api.CheckItem {
	f := api.CheckItem{What: "backup", State: string(ca.Warn)}
	b := s.settings.Backup
	if b == nil {
		f.Says, f.Do = "the service does not back itself up", "give its settings a section [backup], or run mais-server backup by a timer of your own"
		return f
	}
	last, err := lastBackup(s.settings, time.Now())
	switch age := time.Since(last).Round(time.Hour); {
	case err != nil:
		f.Says, f.Do = "whether there is a backup cannot be told: "+err.Error(), "see that "+b.Directory+" can be read"
	case last.IsZero():
		f.Says, f.Do = "there is no backup of this node in "+b.Directory, "run: mais-server backup; when that fails, it says why"
	case age > b.Every.Std()+backupLate:
		f.State, f.Says = string(ca.Fault), fmt.Sprintf("the last backup is of %s, and one is due every %s", last.UTC().Format(time.DateTime), b.Every.Std())
		f.Do = "see the log for why none is made; run: mais-server backup"
	default:
		f.State, f.Says = string(ca.OK), "the last backup is of "+last.UTC().Format(time.DateTime)
	}
	return f
}

// checkPins looks at the announcements of this node's key, which sites and tokens pin.
func (s *Server) checkPins(ctx context.Context) api.CheckItem {
	f := api.CheckItem{What: "pins", State: string(ca.Warn)}
	if _, err := os.Stat(filepath.Join(s.settings.DataDir, "server.id")); errors.Is(err, fs.ErrNotExist) {
		f.State, f.Says = string(ca.OK), "this node has not served yet, so that nobody pins its key"
		return f
	}
	state, err := jobs.Rollover{Dir: s.settings.DataDir, Board: s.authority}.State(ctx)
	switch {
	case err != nil:
		f.State, f.Says, f.Do = string(ca.Fault), "how the pins of the server's key stand cannot be told: "+err.Error(), "run: mais-server pin status"
	case !state.Announced():
		f.Says, f.Do = "the server's key on disk is not announced: tokens and sites learn no other", "start the service, which announces it; the log says why if it does not"
	case state.Last.Recovery.IsZero():
		f.Says = "there is no pin recovery key: should this node's key be lost, every site has to be enrolled anew"
		f.Do = "make one, on a medium that is kept where the root's key is: mais-server pin recovery-key"
	case !state.Next.IsZero():
		f.State, f.Says = string(ca.OK), fmt.Sprintf("the next key is prepared; of %s %d lack it still", count(len(state.Sites), "site", "sites"), len(state.CutOff))
	default:
		f.State, f.Says = string(ca.OK), "the server's key is announced, and there is a pin recovery key"
	}
	return f
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
