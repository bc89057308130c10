package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mais/config"
	"mais/server/internal/authn"
)

// passwordOptions are how passwords are kept and taken. Their keys come of what unlocks the CA,
// the one secret that every node has and the database has not: when that is changed, second
// factors have to be set up anew, by mail and a recovery code.
func (s *Server) passwordOptions() (*authn.PasswordOptions, error) {
	unlock, err := config.ReadSecret(s.settings.UnlockPath())
	if err != nil {
		return nil, fmt.Errorf("read what unlocks the CA: %w", err)
	}
	p := s.settings.Passwords.OrDefault()
	rules := authn.PasswordRules{Context: authn.PasswordContext(append([]string{s.settings.Deployment, s.settings.Contact}, s.settings.Names...)...)}
	if p.ExpectedFile != "" {
		list, err := readExpected(p.ExpectedFile)
		if err != nil {
			return nil, err
		}
		rules.Lists = append(rules.Lists, list)
	}
	costs := authn.DefaultPasswordCosts
	costs.Memory, costs.Passes = uint32(p.MemoryMiB)<<10, uint32(p.Passes)
	return &authn.PasswordOptions{
		Key: unlock.Reveal(), Costs: costs, AtOnce: p.AtOnce, Total: p.SessionTotal.Std(), Rules: rules,
		Codes: s.authority, Mailer: passwordMail{s}, Service: s.settings.Deployment,
	}, nil
}

func readExpected(path string) (authn.ExpectedList, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read which passwords are not taken: %w", err)
	}
	defer file.Close()
	list, err := authn.ReadExpected(file)
	if err != nil {
		return nil, fmt.Errorf("read which passwords are not taken: %s: %w", path, err)
	}
	return list, nil
}

// passwordMail is the mail, which opens after authentication.
type passwordMail struct{ server *Server }

var errNoMail = errors.New("mail is not set up")

func (m passwordMail) SendReset(ctx context.Context, to, name, code string, expires time.Time) error {
	if m.server.mail == nil {
		return errNoMail
	}
	return m.server.mail.SendReset(ctx, to, name, code, expires)
}

func (m passwordMail) SendPasswordNews(ctx context.Context, to, name, what string, at time.Time) error {
	if m.server.mail == nil {
		return errNoMail
	}
	return m.server.mail.SendPasswordNews(ctx, to, name, what, at)
}

// measurePasswords counts what failed.
func (s *Server) measurePasswords() {
	figure := func(name, help string, value func() float64) {
		s.metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value))
	}
	figure("mais_password_failures_total", "Tries at passwords that were refused.", func() float64 {
		failed, _ := s.authn.PasswordFigures()
		return float64(failed)
	})
	figure("mais_password_spraying_alarms_total", "Alarms that passwords are tried on many names.", func() float64 {
		_, alarms := s.authn.PasswordFigures()
		return float64(alarms)
	})
}
