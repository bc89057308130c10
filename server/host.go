package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/config"
	"mais/server/internal/audit"
	"mais/server/internal/authn"
	"mais/server/internal/authz"
	"mais/server/internal/demo"
	"mais/server/internal/jobs"
	"mais/server/internal/lifecycle"
	"mais/server/internal/mail"
	"mais/server/internal/people"
)

// Host is what commands on the server's own machine work with. Who may run them is the
// operating system's to say; each act is audited under the name given here.
type Host struct {
	Register *people.Host
	CA       *ca.CA
	Audit    *audit.Log
	Records  HostRecords
	Tokens   HostTokens
	Root     certs.Fingerprint

	server *Server
}

// OpenHost opens the parts of a service for a command, whether the service runs or not; an
// embedded database is shared with the process that runs it. The caller closes it.
func OpenHost(ctx context.Context, settings *config.Server, log *slog.Logger) (*Host, error) {
	s := newServer(settings, log)
	for _, open := range []func(context.Context) error{s.attachDatabase, s.openLedger, s.openAuthority, s.openAccess} {
		if err := open(ctx); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s.Host(), nil
}

// Host returns the server's parts for commands on its machine.
func (s *Server) Host() *Host {
	return &Host{
		Register: s.host, CA: s.authority, Audit: s.ledger, Records: HostRecords{s.authz}, Tokens: HostTokens{s.authority},
		Root: certs.FingerprintOf(s.authority.Root().Raw), server: s,
	}
}

// Rollover is the change of this node's key.
func (h *Host) Rollover() jobs.Rollover {
	return jobs.Rollover{Dir: h.server.settings.DataDir, Board: h.CA}
}

// OpenMail opens the outbox of settings that have mail, for a command beside a service that
// may be running. Nothing is sent. The caller closes it.
func OpenMail(ctx context.Context, settings *config.Server, log *slog.Logger) (service *mail.Service, closeAll func() error, err error) {
	source, stop, err := attachMigrated(ctx, settings, log)
	if err != nil {
		return nil, nil, err
	}
	options := MailOptions(settings, log)
	options.Source = source
	if service, err = mail.Open(ctx, options); err != nil {
		return nil, nil, errors.Join(err, stop())
	}
	return service, func() error { return errors.Join(service.Close(), stop()) }, nil
}

// Close closes what OpenHost opened.
func (h *Host) Close() error { return h.server.Close() }

func (s *Server) attachDatabase(ctx context.Context) error {
	source, stop, err := attachMigrated(ctx, s.settings, s.log)
	if err != nil {
		return err
	}
	s.source = source
	s.onClose(stop)
	return nil
}

// plainURL is what certificates carry for revocation lists: where the plain listener is, or
// will be when this is not the process that listens.
func (s *Server) plainURL() string {
	if s.listeners.plain != nil {
		return s.listeners.urls(s.settings).Plain
	}
	address, err := net.ResolveTCPAddr("tcp", s.settings.Listen.Plain)
	if err != nil {
		return s.settings.Listen.PlainURL
	}
	return s.settings.BaseURL(s.settings.Listen.PlainURL, "http", address)
}

// Invitation is a code that was just made.
type Invitation struct {
	Holder  string
	Code    ca.Code // shown once
	Expires time.Time
	Command string // that enrols the holder
}

// codeValidity is how long a code given out at the host is good.
const codeValidity = 7 * 24 * time.Hour

// InviteUser makes a code for the user with u's email address, and registers the user first
// when there is none: then u needs a name, a site and a role, else people.ErrUnknown.
func (h *Host) InviteUser(ctx context.Context, u people.User, by audit.Event) (Invitation, error) {
	known, err := h.User(ctx, u.Email)
	if errors.Is(err, people.ErrUnknown) && u.Name != "" && len(u.Sites) > 0 && len(u.Roles) > 0 {
		known = u
		known.ID, err = h.Register.AddUser(ctx, u, by)
	}
	if err != nil {
		return Invitation{}, err
	}
	who, err := certs.NewIdentity(certs.User, known.ID)
	if err != nil {
		return Invitation{}, err
	}
	ending, err := h.Register.BeingEnded(ctx, known.ID)
	if err == nil && ending {
		err = lifecycle.ErrEnding
	}
	if err != nil {
		return Invitation{}, err
	}
	card, err := h.Register.DemandsCard(ctx, known.Roles)
	if err != nil {
		return Invitation{}, err
	}
	command := "enrol --email"
	if card {
		command = "piv enrol --email"
	}
	return h.invite(ctx, ca.Invitation{Identity: who, Holder: known.Email, Name: known.Name}, command, by)
}

// InviteSite makes a code for a site, which serves under the DNS names, if any.
func (h *Host) InviteSite(ctx context.Context, s people.Site, dnsNames []string, by audit.Event) (Invitation, error) {
	who, err := certs.NewIdentity(certs.Site, s.ID)
	if err != nil {
		return Invitation{}, err
	}
	return h.invite(ctx, ca.Invitation{Identity: who, Holder: s.Name, Name: s.Name, DNSNames: dnsNames}, "site enrol --site", by)
}

// User returns the user with an email address, or people.ErrUnknown.
func (h *Host) User(ctx context.Context, email string) (people.User, error) {
	users, err := h.Register.Users(ctx)
	if err != nil {
		return people.User{}, err
	}
	for _, u := range users {
		if u.Email == email {
			return u, nil
		}
	}
	return people.User{}, fmt.Errorf("user %s: %w", email, people.ErrUnknown)
}

func (h *Host) invite(ctx context.Context, i ca.Invitation, command string, by audit.Event) (Invitation, error) {
	i.Expires, i.By = codeValidity, by.UserName
	code, err := h.CA.Invite(ctx, i)
	if err != nil {
		return Invitation{}, err
	}
	settings := h.server.settings
	address, err := net.ResolveTCPAddr("tcp", settings.Listen.Public)
	if err != nil {
		return Invitation{}, err
	}
	return Invitation{
		Holder: i.Holder, Code: code, Expires: time.Now().Add(codeValidity),
		Command: fmt.Sprintf("tokenctl %s %s --server %s --root-fingerprint %s", command, demo.Quote(i.Holder),
			settings.BaseURL(settings.Listen.PublicURL, "https", address), h.Root),
	}, nil
}

// Import loads the records of a CSV file, all or none.
func (h *Host) Import(ctx context.Context, r io.Reader, dryRun bool, progress func(done int)) (authz.ImportReport, error) {
	return h.server.authz.Import(ctx, authn.System("import"), r, dryRun, progress)
}

// HostRecords loads records.
type HostRecords struct{ authz *authz.Service }

// Generate loads n synthetic people; made again from the same seed they are the same.
func (h HostRecords) Generate(ctx context.Context, n int, seed uint64, progress func(done int)) error {
	return h.authz.Generate(ctx, authn.System("generator"), n, seed, progress)
}

// HostTokens invites.
type HostTokens struct{ authority *ca.CA }

// Open reports whether a code that was made for an identity will still be good in an hour.
func (h HostTokens) Open(ctx context.Context, who certs.Identity, code string) (bool, error) {
	return h.authority.CodeOpen(ctx, code, who, time.Now().Add(time.Hour))
}

// Live reports whether the identity holds an active certificate that has not expired.
func (h HostTokens) Live(ctx context.Context, who certs.Identity) (bool, error) {
	found, err := h.authority.FindIdentity(ctx, who)
	if err != nil {
		return false, err
	}
	for _, entry := range found {
		if entry.Live(time.Now()) {
			return true, nil
		}
	}
	return false, nil
}

// Invite makes a code; an earlier open one for the same identity is void.
func (h HostTokens) Invite(ctx context.Context, who certs.Identity, holder, name string) (code string, err error) {
	made, err := h.authority.Invite(ctx, ca.Invitation{Identity: who, Holder: holder, Name: name, By: "host"})
	if err != nil {
		return "", err
	}
	return made.Reveal(), nil
}

// RecordSwitch writes into the audit that the server's key is about to change, and for what
// reason although sites are cut off.
func (h *Host) RecordSwitch(ctx context.Context, s jobs.RolloverState, override string, by audit.Event) error {
	var names []string
	for _, site := range s.CutOff {
		names = append(names, site.Site)
	}
	by.Act, by.Outcome = "pin.switch", audit.Allowed
	by.Detail = map[string]string{"from": s.Key.String(), "to": s.Next.String()}
	if len(names) > 0 || override != "" {
		by.Detail["override"], by.Detail["cut_off"] = override, strings.Join(names, ", ")
	}
	_, err := h.Audit.Append(ctx, by)
	return err
}
