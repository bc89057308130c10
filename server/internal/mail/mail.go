// Package mail writes to people: to the holder and the administrators before a certificate
// ends and when one is held, released or revoked, and to whoever is invited. Call [Open], then
// [Service.Run] in the background; [Service.SendInvitation] sends an invitation at once.
//
// What is written about lies in the database's outbox until a mail server has taken it, so
// that nothing is lost when one is away; several nodes share the work. A mail may come twice,
// with the same Message-ID, when a connection breaks at the wrong moment. That it is read, or
// that it arrives after the mail server took it, the package does not promise: nothing in MAIS
// waits for it. An invitation's code is never stored, and no mail holds anything of a record.
package mail

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	gomail "github.com/wneessen/go-mail"

	"mais/config"
	"mais/internal/pg"
	"mais/server/internal/mail/internal/outbox"
)

// Errors that a caller tells apart.
var (
	ErrNotSetUp = errors.New("mail: no mail server is set up")
	ErrAddress  = errors.New("mail: not an address that mail is sent to: it must be one bare address of ASCII")
)

// Options are of Open. All fields but RemindAfter and Now are needed.
type Options struct {
	Settings   *config.Mail // valid
	Source     pg.Source
	Deployment string // names the service in every subject
	Contact    string // whom a reader is told to ask
	Host       string // our own name or address, said to the mail server
	Log        *slog.Logger
	// RemindAfter is how long after their code was sent somebody who has not used it is
	// reminded; 0: nobody is.
	RemindAfter time.Duration
	Now         func() time.Time // none: time.Now
}

// Service is the open post office. The nil Service sends nothing: there is no mail.
type Service struct {
	opts      Options
	from      *netmail.Address
	replyTo   *netmail.Address // nil: none
	transport transport
	courier   *courier
	box       *outbox.Box
	wake      chan struct{} // of one: there is something to deliver
	sends     *prometheus.CounterVec

	mu      sync.Mutex
	counted time.Time
	counts  outbox.Counts
}

// Open opens the outbox and reads what the settings name. No mail server is asked for yet.
func Open(ctx context.Context, o Options) (*Service, error) {
	s, err := newService(o)
	if err != nil {
		return nil, fmt.Errorf("open mail: %w", err)
	}
	if s.box, err = outbox.Open(ctx, o.Source); err != nil {
		return nil, fmt.Errorf("open mail: %w", err)
	}
	return s, nil
}

func newService(o Options) (*Service, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Service{opts: o, wake: make(chan struct{}, 1), sends: newSends()}
	var err error
	if s.from, err = config.ParseAddress(o.Settings.From); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	if o.Settings.ReplyTo != "" {
		if s.replyTo, err = config.ParseAddress(o.Settings.ReplyTo); err != nil {
			return nil, fmt.Errorf("reply to: %w", err)
		}
	}
	if o.Settings.Directory != "" {
		s.transport, err = newDirectory(o.Settings.Directory)
	} else {
		s.transport, err = newServer(o.Settings, o.Host)
	}
	s.courier = newCourier(s.transport)
	return s, err
}

// Close closes the outbox, after Run has ended.
func (s *Service) Close() error {
	if s == nil || s.box == nil {
		return nil
	}
	s.courier.close()
	return s.box.Close()
}

// codeTime bounds the sending of an invitation: somebody waits for it.
const codeTime = 20 * time.Second

// sendNow sends a text and returns what the mail server answered. An error is fit for the log.
func (s *Service) sendNow(ctx context.Context, to, name string, t text) (answer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, codeTime)
	defer cancel()
	m, err := s.build(uuid.NewString(), to, name, t, s.opts.Now())
	if err != nil {
		return "", err
	}
	if answer, err = s.sendBuilt(ctx, m); err != nil {
		return "", &saidError{errorText(err, to), err}
	}
	return answer, nil
}

func (s *Service) sendBuilt(ctx context.Context, m *gomail.Msg) (answer string, err error) {
	session, err := s.transport.open(ctx)
	if err != nil {
		s.sends.WithLabelValues(outcomeFailed).Inc()
		return "", err
	}
	defer session.close()
	answer, err = session.send(m)
	s.sends.WithLabelValues(outcomeOf(err)).Inc()
	return answer, err
}

// Test sends a mail that says it is a test, with these settings and without a database, and
// returns the mail server's answer.
func Test(ctx context.Context, o Options, to string) (answer string, err error) {
	s, err := newService(o)
	if err != nil {
		return "", fmt.Errorf("send a test: %w", err)
	}
	t, err := s.compose("test", letter{Name: to, At: s.opts.Now(), Code: rand.Text()[:8]})
	if err != nil {
		return "", fmt.Errorf("send a test: %w", err)
	}
	if answer, err = s.sendNow(ctx, to, "", t); err != nil {
		return "", fmt.Errorf("send a test: %w", err)
	}
	return answer, nil
}
