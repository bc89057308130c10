package mail

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mais/certs"
	"mais/server/internal/mail/internal/outbox"
)

// SendLost sends the code with which somebody reports that their card or token is lost, or that others know
// the password that is all they have. Like an invitation's it is sent at once and never stored.
func (s *Service) SendLost(ctx context.Context, to, name, code string, expires time.Time, password bool) error {
	if s == nil {
		return ErrNotSetUp
	}
	text, err := s.compose("proof", letter{Name: name, Code: code, End: expires, Password: password})
	if err != nil {
		return fmt.Errorf("send a code for a lost card: %w", err)
	}
	if _, err := s.sendNow(ctx, to, name, text); err != nil {
		return fmt.Errorf("send a code for a lost card: %w", err)
	}
	s.opts.Log.InfoContext(ctx, "mail was sent", "kind", "proof")
	return nil
}

// tellOfCards writes to administrators of cards that were reported lost, of cards that came to
// another holder, and to them and the holder of a renewal at a lower level. It can be asked at any time: the outbox takes each message once.
func (s *Service) tellOfCards(ctx context.Context) error {
	now := s.opts.Now()
	n, err := s.box.Cards(ctx, now, now.Add(-newsOldest), s.ofCards)
	if n > 0 {
		s.wakeSender()
	}
	return err
}

func (s *Service) ofCards(news outbox.CardNews) []outbox.Message {
	var out []outbox.Message
	for _, a := range news.Administrators {
		for _, l := range news.Losses {
			if !a.ManagesAgency(l.Agency) || l.User == a.User && others(news.Administrators, l) {
				continue
			}
			letter := letter{Name: a.Name, By: l.Name + " (" + l.Address + ")", At: l.At}
			if l.Held > 0 {
				letter.Counts = []count{{N: l.Held, What: "put on hold"}}
			}
			out = s.add(out, "lost", l.ID, a.Address, a.Name, letter)
		}
		for _, m := range news.Moves {
			if !a.Manages(m.Subject) && !a.ManagesAgency(m.FormerAgency) {
				continue
			}
			it := item{Ref: m.Card, Who: movedTo(a, m), By: movedFrom(a, m), At: m.At}
			out = s.add(out, "moved", refOf(m.Subject), a.Address, a.Name, letter{Name: a.Name, At: m.At, Certificates: []item{it}})
		}
	}
	return s.ofLowerings(out, news)
}

// ofLowerings appends what is written of renewals at a lower level: to the holder, who knows
// whether it was they, and to their administrators.
func (s *Service) ofLowerings(out []outbox.Message, news outbox.CardNews) []outbox.Message {
	for _, l := range news.Lowerings {
		rules, _ := certs.RulesOf(certs.Profile(l.Profile))
		it := item{Ref: refOf(l.Subject), What: heldHow[l.Before], Reason: heldHow[rules.Level.String()]}
		if l.Address != "" {
			out = s.add(out, "lowered", it.Ref, l.Address, l.UserName, letter{Name: l.UserName, At: l.At, Certificates: []item{it}})
		}
		it.Who = whoOf(l.Subject)
		for _, a := range news.Administrators {
			if a.Manages(l.Subject) && a.User != l.User {
				out = s.add(out, "lowered", it.Ref, a.Address, a.Name, letter{Name: a.Name, At: l.At, Certificates: []item{it}})
			}
		}
	}
	return out
}

// heldHow says of a level how a key is held.
var heldHow = map[string]string{
	certs.Software.String(): "in a file, as far as anybody vouches for it",
	certs.Card.String():     "on a card, as a witness saw",
	certs.Attested.String(): "on a card whose maker vouches for it",
}

// others reports whether anybody else administers who has lost something. An only administrator
// is told of their own loss: it says what comes next, and somebody has to know.
func others(all []outbox.Administrator, l outbox.Loss) bool {
	return slices.ContainsFunc(all, func(a outbox.Administrator) bool { return a.User != l.User && a.ManagesAgency(l.Agency) })
}

const notYours = "somebody of another agency"

// movedTo names the new holder of a card to those who administer them.
func movedTo(a outbox.Administrator, m outbox.CardMove) string {
	if a.Manages(m.Subject) {
		return whoOf(m.Subject)
	}
	return notYours
}

// movedFrom names the former holder of a card to those who administer them.
func movedFrom(a outbox.Administrator, m outbox.CardMove) string {
	if a.ManagesAgency(m.FormerAgency) {
		return m.Former
	}
	return notYours
}
